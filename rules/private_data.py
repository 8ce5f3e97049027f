"""What is private in data that flows: who somebody is, secrets of the environment, files, what is typed or shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.addresses import shape, tells_public_address
from assay.rules.destruction import is_whole
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import FlowFact

IDENTITY = frozenset({"host name", "user name", "hardware", "public address", "folder"})
"""What tells machines and people apart."""

COMMAND_OUTPUT = "output of a command"
CONTACT = "nothing but a sign of life"
FILES = "files"
ENVIRONMENT = "whole environment"
KEY = "private key or seed phrase"
REGISTRY = "values of the registry"
SETTING = "a variable of the environment"
VARIABLE = "a secret of the environment"
FOREIGN = "a secret of another service"
GIVEN = "what a caller gives to log in elsewhere"
VARIABLES = frozenset({VARIABLE, FOREIGN})
SECRETS = frozenset({COMMAND_OUTPUT, "credentials", ENVIRONMENT, "files of the system", FOREIGN})
"""What nobody sends without being asked."""

_IDENTITIES = {
    "host name": "socket.gethostname socket.getfqdn platform.node os.uname win32api.GetComputerName os.hostname",
    "user name": "getpass.getuser os.getlogin pwd.getpwuid win32api.GetUserName psutil.users os.userInfo username "
    "username.sync fullname systeminformation.users",
    "hardware": "uuid.getnode wmi.WMI().Win32_ComputerSystemProduct getmac.get_mac_address psutil.net_if_addrs "
    "netifaces.interfaces ctypes.windll.kernel32.GetVolumeInformationW os.networkInterfaces node-machine-id.machineId "
    "node-machine-id.machineIdSync macaddress.one macaddress.all getmac address.mac systeminformation.uuid "
    "systeminformation.system systeminformation.networkInterfaces internal-ip.v4 internal-ip.v4.sync ip.address",
    "public address": "public-ip public-ip.v4 public-ip.publicIp public-ip.publicIpv4",
}
_BY_CALL = {name: kind for kind, names in _IDENTITIES.items() for name in names.split()}
_BY_VARIABLE = {
    "USER": "user name", "USERNAME": "user name", "LOGNAME": "user name", "USERDOMAIN": "host name",
    "COMPUTERNAME": "host name", "HOSTNAME": "host name",
}  # fmt: skip
_FOLDERS = frozenset({"os.getcwd", "HOME", "USERPROFILE"})
_ENVIRONMENTS = (
    "os.environ os.environb os.environ.copy os.environ.items os.environ.values process.env Bun.env Deno.env.toObject"
)
_WHOLE = frozenset(_ENVIRONMENTS.split())
_WHO = lazy(
    r"^\s*(?:sudo\s+)?(?:whoami|hostname|id|uname|ifconfig|ipconfig"
    r"|ip a(?:ddr)?|systeminfo|env|printenv|set|w|who|ps|netstat|tasklist"
    r"|wmic|ver|net (?:user|view)|cat /(?:etc|proc|flag)|type "
    r"|git config \S* ?(?:--get )?user\.|npm whoami|ls -\w* ?[/~]|dir [/~c]|curl \S*(?:ifconfig|ipinfo|ipify))\b"
)
_TOKEN = lazy(
    r"^\s*(?:gh auth token|npm (?:token|config get \S*_auth)|gcloud auth print-|az account get-access-token"
    r"|aws configure get|security find-|op (?:read|item)|vault (?:read|token))"
)
_SYSTEM_FILE = lazy(
    r"^/(?:etc/(?!hostname|os-release|localtime|mime|ssl|ca-cert|pki|resolv|hosts)"
    r"|flag|root/|proc/self/environ|home/)"
)
_ENDING = lazy(r"(?:/\*\*)?/\*\.?\w*$")
"""A pattern for files of one sort below a folder."""

_OWNERS = {
    "AWS": "amazonaws aws", "GITHUB": "github", "GH": "github", "GITLAB": "gitlab", "CI_JOB": "gitlab", "NPM": "npm",
    "NODE_AUTH": "npm", "TWINE": "pypi", "PYPI": "pypi", "DOCKER": "docker", "AZURE": "azure microsoft",
    "GOOGLE": "google", "OPENAI": "openai", "ANTHROPIC": "anthropic", "HF": "huggingface", "SLACK": "slack",
    "STRIPE": "stripe", "CARGO_REGISTRY": "crates", "VAULT": "vault", "HEROKU": "heroku",
}  # fmt: skip
"""Who gives out secrets that are kept in variables of these names, as their addresses say it."""

_OWNER = lazy(rf"(?i)({'|'.join(_OWNERS)})_")
_FIXED = lazy(r"(?:https?://)?((?:[\w-]+\.)+[a-z][\w-]+)(?=[/:?\s]|$)")
_SECRET = lazy(
    r"(?i)(?:^|_)(?:pass(?:word|wd|phrase)?|secret|token|access_?key(?:_id)?|api_?key|auth"
    r"|credentials?)(?:$|_)"
)
_KEY = lazy(
    r"(?:^|_)(?:priv(?:ate)?_?keys?|secret_?keys?|seed_?(?:phrases?|words?)?|mnemonics?|keypairs?|wif"
    r"|recovery_phrase|wallet_?key)(?:$|_)"
)


_DOMAIN = lazy(r"^[^/]{0,300}\.[a-z][\w-]{1,30}\.?\Z", re.IGNORECASE)
_SESSION_KEY = lazy(r"secret_?key\Z", re.IGNORECASE)
_SETTINGS = lazy(r"^\s*\S{1,40}\s+config\s+(?:get|ls|list|--get)\b(?!.{0,200}(?:auth|token|passw|secret|user\.))")
"""What a program is asked for that says how it is set up: ``npm config get registry``."""


def says_where(flow: FlowFact) -> bool:
    """Say whether what a program prints of its settings is the host that is asked, and so not sent to anybody."""
    known_host = flow.target and not flow.target.startswith("…")
    return flow.role == "url" and not known_host and _SETTINGS.search(flow.detail) is not None


def _is_destination(flow: FlowFact) -> bool:
    """Say whether a value is where something connects to, and no part of what is asked for or looked up there."""
    if flow.role == "host":
        return _DOMAIN.search(flow.target) is None
    return flow.role == "url" and "?" not in flow.target and not shape(flow.target)


def _is_of_protocol(flow: FlowFact) -> bool:
    """Say whether a secret key is written to a connection that the caller made: keys of sessions have that name too."""
    return flow.name.startswith("net.") and not flow.target and _SESSION_KEY.match(flow.detail) is not None


def kind_of(flow: FlowFact) -> str:
    """Say what private data a flow carries, "" if it is none."""
    detail = flow.detail
    if flow.source == "environment":
        if detail in _WHOLE and not _is_destination(flow):
            return ENVIRONMENT
        named = _BY_VARIABLE.get(detail.upper())
        secret = FOREIGN if _is_foreign(flow) else VARIABLE
        return named or (secret if _SECRET.search(detail) else SETTING)
    if flow.source == "remote":
        return "public address" if tells_public_address(detail) else ""
    if flow.source == "process":
        if says_where(flow):
            return ""
        if _TOKEN.search(detail):
            return "credentials"
        return COMMAND_OUTPUT if _WHO.search(detail) else "output of a program"
    if flow.source == "file":
        if detail.startswith("winreg."):
            return REGISTRY
        return "files of the system" if _SYSTEM_FILE.search(detail) or is_whole(_ENDING.sub("", detail)) else FILES
    if flow.source == "parameter":
        return KEY if is_key(detail) and not _is_of_protocol(flow) else ""
    return _PLAIN.get(flow.source, _BY_CALL.get(detail, "folder" if detail in _FOLDERS else ""))


def _is_foreign(flow: FlowFact) -> bool:
    """Whether a secret that bears the name of a service is content for an address of somebody else."""
    owner = _OWNER.match(flow.detail)
    fixed = _FIXED.match(flow.target.lower())
    if owner is None or fixed is None or flow.role not in ("data", "url"):
        return False
    return not any(word in fixed[1] for word in _OWNERS[owner[1].upper()].split())


_PLAIN = {
    "clipboard": "clipboard", "credential": "credentials", "keys": "keystrokes", "platform": "platform",
    "screen": "screen", "input": "what is typed in",
}  # fmt: skip


def is_fixed(target: str) -> bool:
    """Say whether the host of an address stands in the code."""
    return _FIXED.match(target.lower()) is not None


def is_key(name: str) -> bool:
    """Say whether a parameter is named after a private key or a seed phrase."""
    return _KEY.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) is not None
