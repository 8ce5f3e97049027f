"""What npm runs by itself when it installs a package: which script brings code to run, and which commands are usual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.command_lines import Command, is_build_step, parts_of, program
from assay.rules.fetching_commands import fetching
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import CallFact

COMMAND = "npm.run"
"""The name by which facts speak of the shell that npm gives a script to (``scanner/code/npm/spoken.py``)."""

_SCRIPT = lazy(r"(?:^|/)package\.json scripts\.(?P<name>.+)|(?:^|/)(?P<gyp>binding\.gyp)\Z", re.DOTALL)
_REACHES_OUT = frozenset(
    "curl wget fetch aria2c ftp sftp scp ssh rsync nc ncat netcat socat telnet nslookup dig host ping openssl git "  # noqa: SIM905
    "certutil bitsadmin mshta rundll32 regsvr32 wmic msiexec osascript schtasks reg crontab "
    "systemctl launchctl pip pip3 pipx gem cargo go brew apt apt-get yum dnf apk pacman choco winget docker kubectl "
    "aws gcloud az gh base64 xxd eval env printenv whoami hostname id uname ifconfig ipconfig chattr chown dd mkfs "
    "shred format perl ruby php lua osacompile at nohup".split()
)
"""Programs that no script of a package needs to install it; what each fetches or sends is judged apart."""

_TOOLS = frozenset(
    "cp mv rm mkdir chmod ln touch cat ls sed awk grep find rimraf shx cpx copyfiles xcopy copy move del rd "  # noqa: SIM905
    "node npm npx yarn pnpm bun node-gyp node-pre-gyp node-gyp-build prebuild-install prebuildify cmake-js tar unzip "
    "husky tsc ngcc patch-package".split()
)
"""Programs that installers start: what handles files, what npm brings, what compiles and unpacks addons."""

_QUESTIONS = {"reg": ("query",), "systemctl": ("status", "is-active"), "crontab": ("-l",), "docker": ("--version",)}
_ADDRESS = lazy(r"[a-z][a-z+]+://(?!(?:localhost|127\.0\.0\.1)\b)", re.IGNORECASE)
_UNSEEN = lazy(r"\s-w(?:i\w*)?\s+[\"']?(?:hidden|1)\b", re.IGNORECASE)
_OWN_BINARY = lazy(r"^\.{1,2}[/\\]|^[^\s:$%…-][^\s:]*[/\\]")
_SOURCE = lazy(r"\.(?:[cm]?[jt]sx?|py|sh|bash|bat|cmd|ps1)$", re.IGNORECASE)
_TARBALL = lazy(r"^uses the network: .*(?:https?://|…)[^\s'\"]*/-/[^\s'\"]*\.tgz")
_INSTALLS = lazy(r"\b(?:npm|yarn|pnpm)(?:\.cmd)?\s+(?:install|i|add|ci)\s(?!.*(?:://|git\+|github:|--registry))")
"""Packages as npm names their archives, and as it installs them."""

_TEMPORARY = lazy(r"^writes (?:/tmp/|/var/tmp/|%te?mp%|.*[/\\]te?mp[/\\])", re.IGNORECASE)
_ASKED = lazy(r" --version'\)$")


def script_of(seen: Seen) -> str:
    """Return which script of npm brings code to run, or ``binding.gyp``; "" if none does."""
    found = _SCRIPT.search(seen.trace[0]) if seen.trace else None
    return (found["name"] or found["gyp"] or "") if found else ""


def script_command(call: CallFact, command: Command) -> Severity:
    """Return how bad it is that a script of npm starts a command: LOW for what is usual, else MEDIUM.

    A line of a script may name any tool; code that a script runs starts the tools of npm and of builds.
    """
    if not command.words or is_build_step(command):
        return Severity.INFO
    is_usual = _is_usual if line_of(call) else _is_tool
    return Severity.LOW if all(map(is_usual, parts_of(command))) else Severity.MEDIUM


def _is_usual(words: list[str]) -> bool:
    """Say whether a command only starts a tool by its name, or a file that is read as code.

    What is fetched from an address, and a program that came with the package as it is, are not.
    """
    name = program(words[0])
    line = " ".join(words)
    if is_build_step(Command(line, (line,))) or _asks(words):
        return True
    if name in _REACHES_OUT and not is_version(words):
        return False
    if any(_ADDRESS.search(word) for word in words) or _UNSEEN.search(line) or fetching(line):
        return False
    return not _OWN_BINARY.match(words[0]) or bool(_SOURCE.search(words[0])) or is_version(words)


def _is_tool(words: list[str]) -> bool:
    """Say whether a command starts what installers start: node and npm, what unpacks, what compiles addons."""
    known = program(words[0]) in _TOOLS or bool(_SOURCE.search(words[0])) or _asks(words)
    return known and _is_usual(words)


def _asks(words: list[str]) -> bool:
    """Say whether a program that can change the system is merely asked how it is."""
    return " ".join(words[1:2]).lower() in _QUESTIONS.get(program(words[0]), ())


def is_version(words: list[str]) -> bool:
    """Say whether a program is merely asked for its version."""
    return len(words) == 2 and words[1] in ("--version", "-v", "-V", "-version", "version")


def line_of(call: CallFact) -> str:
    """Return the line of shell that a script gives, "" for a call of anything else."""
    value = call.arguments[0].value.value if call.name == COMMAND and call.arguments else None
    return value if isinstance(value, str) else ""


def is_from_registry(what: str) -> bool:
    """Say whether a deed is that a package is fetched from a registry, by the shape of its address or by npm.

    A program of it that is merely asked for its version is not run for what it does.
    """
    return any(pattern.search(what) for pattern in (_TARBALL, _INSTALLS, _ASKED))


def is_temporary(what: str) -> bool:
    """Say whether a deed is that a file is written to where the system keeps what is not needed for long."""
    return _TEMPORARY.search(what) is not None
