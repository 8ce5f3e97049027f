"""Where data is sent: which addresses are no service of a program's own but a place where anybody picks up data."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import pairwise

from assay.scanner.lazy_pattern import lazy

_SERVICES = {
    "a webhook": (
        "discord.com/api discordapp.com/api hooks.slack.com/services api.telegram.org/bot maker.ifttt.com/trigger "
        "open.feishu.cn/open-apis/bot oapi.dingtalk.com/robot qyapi.weixin.qq.com/cgi-bin/webhook "
        "webhook.office.com"
    ),
    "a place for pastes and files": (
        "pastebin.com paste.ee hastebin.com ghostbin.com ghostbin.co rentry.co dpaste.com dpaste.org controlc.com "
        "privatebin.net termbin.com ix.io sprunge.us transfer.sh file.io gofile.io anonfiles.com bayfiles.com "
        "0x0.st catbox.moe bashupload.com temp.sh oshi.at uguu.se pixeldrain.com tmpfiles.org anonymfile.com "
        "cdn.discordapp.com/attachments media.discordapp.net/attachments"
    ),
    "a logger of visitors": "iplogger.org iplogger.com iplogger.co grabify.link 2no.co yip.su iplis.ru ipgrabber.ru",
    "a tunnel": (
        "ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev trycloudflare.com loca.lt localtunnel.me "
        "serveo.net localhost.run lhr.life pagekite.me playit.gg portmap.io portmap.host telebit.io bore.pub "
        "pinggy.link pinggy.io devtunnels.ms duckdns.org no-ip.org ddns.net hopto.org zapto.org"
    ),
    "a bin for requests": (
        "requestbin.com requestbin.net pipedream.net webhook.site requestcatcher.com beeceptor.com hookbin.com "
        "postb.in hookdeck.com typedwebhook.tools requestrepo.com mocky.io requestinspector.com webhook-test.com "
        "webhooks.site burpcollaborator.net oastify.com interact.sh oast.pro oast.live oast.site oast.online "
        "oast.fun oast.me dnslog.cn ceye.io canarytokens.com canarytokens.org eyes.sh xss.ht bxss.me"
    ),
}
"""Hosts, with all below them, and the beginning of the path. Out-of-band testing services count as bins."""

_KINDS = {text: kind for kind, texts in _SERVICES.items() for text in texts.split()}
_URL = lazy(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@\s]*@)?(?P<host>\[[0-9a-f:.]+\]|[^/:?#\s\[\]]+)"
    r"(?::\d+)?(?P<path>/\S*)?"
)
_LOCAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
_RESOLVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220", "114.114.114.114")
)
"""Public name servers, to which programs connect to learn their own address."""

_TELLS_ADDRESS = lazy(
    r"//(?:[\w-]+\.)*(?:ipify\.org|ip-api\.com|ipinfo\.io|ipapi\.co|ifconfig\.(?:me|co|io)|icanhazip\.com|ident\.me"
    r"|checkip\.amazonaws\.com|checkip\.dyndns\.(?:org|com)|ipecho\.net|myip\.(?:com|wtf)|ip\.42\.pl|ipwho\.is"
    r"|ipgeolocation\.io|geolocation-db\.com|freegeoip\.\w+|api\.myip\.com|wtfismyip\.com|ip\.me|httpbin\.org/ip"
    r"|api\.my-ip\.io|ipv4\.\w+\.\w+|jsonip\.com|ip\.sb|cip\.cc|ipleak\.net|extreme-ip-lookup\.com)"
)
_METADATA = lazy(r"(?:^|//)(?:169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|100\.100\.100\.200)\b")
_RANDOM = 16
"""Letters and digits of a label that nobody would type."""


def shape(target: str) -> str:
    """Say what sort of suspicious place a target is, "" for none. Several addresses are parted by blanks."""
    for text in target.lower().split():
        match = _URL.match(text)
        if match is None:
            continue
        host = match["host"].strip("[].…")
        found = _kind_of_service(host, match["path"] or "") or _kind_of_host(host, bool(match["scheme"]))
        if found:
            return found
    return ""


def is_metadata(text: str) -> bool:
    """Say whether a text names the service from which a machine in a cloud fetches its own credentials."""
    return _METADATA.search(text.lower()) is not None


def tells_public_address(url: str) -> bool:
    """Say whether whoever fetches this URL learns its own address on the internet."""
    return _TELLS_ADDRESS.search(url.lower()) is not None


def _kind_of_service(host: str, path: str) -> str:
    labels = host.split(".")
    for start in range(max(len(labels) - 1, 0)):
        name = ".".join(labels[start:])
        for length in range(min(path.count("/"), 3) + 1):
            known = name + "/".join(path.split("/")[: length + 1])
            if known in _KINDS:
                return _KINDS[known]
        if name == "api.telegram.org" and path.startswith("/bot"):
            return "a webhook"
    return ""


def _kind_of_host(host: str, is_url: bool) -> str:
    address = _address(host, is_url)
    if address is not None:
        local = any(address in network for network in _LOCAL if network.version == address.version)
        return "" if local or host in _RESOLVERS else "a bare address"
    labels = host.split(".")
    if len(labels) > 1 and any(map(_is_random, labels[:-1])):
        return "a host with a random name"
    return ""


def _address(host: str, is_url: bool) -> IPv4Address | IPv6Address | None:
    """The address that a host is, one written as a whole number too where it stands in a URL."""
    try:
        if is_url and host.isdecimal() and len(host) < 11:
            return IPv4Address(int(host))
        return ip_address(host)
    except ValueError:
        return None


def _is_random(label: str) -> bool:
    digits = sum(character.isdecimal() for character in label)
    changes = sum(one.isdecimal() != other.isdecimal() for one, other in pairwise(label))
    return len(label) >= _RANDOM and label.isalnum() and digits >= 3 and len(label) - digits >= 6 and changes >= 5
