"""What single values of an organisation's tables must look like: hosts, URLs, addresses, days, names, versions.

Each function takes what a person wrote, undoes what is done to make an address harmless to click ("defanging":
``hxxp://``, ``evil[.]example``), and returns the one spelling that is stored and searched for. Nothing here asks the
Unicode tables of the interpreter for more than NFC, so that a value is good or bad on every machine alike.

Sources of the shapes: host names RFC 1123 §2.1 (letters, digits, hyphens; labels of at most 63, 253 in all), e-mail
RFC 5321 §4.5.3.1 and the dot-atom of RFC 5322 §3.2.3, package names PEP 508 and npm's ``validate-npm-package-name``
(old packages have names that new ones may not have), SPDX ids SPDX 2.3 Annex D (``idstring``).
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from assay.corpus import versions as version_schemes
from assay.corpus.fields import CONTROL
from assay.scanner.errors import UsageError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem

EVERY_VERSION = "*"

LONGEST_URL = 500
LONGEST_REASON = 500
LONGEST_VERSIONS = 256
_LONGEST_NAME = 214
"""Characters of a package name that npm takes; PyPI takes fewer."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}")
_IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\]*)(.*)")
_LOCAL_PART = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMES = {
    "npm": re.compile(r"(?:@[^@/\s*]+/)?[^@/\s*]+"),
    "pypi": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"),
}
_SPDX_ID = re.compile(r"(?=.{1,100}\Z)(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?")

_DOTS = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_AT_SIGNS = re.compile(r"\[@\]|\(@\)|\[at\]|\(at\)", re.IGNORECASE)
_SLASHES = re.compile(r"\[:\]//|\[://\]|:\[//\]")
_HXXP = re.compile(r"\Ahxxp(s?)(?=:)", re.IGNORECASE)

WEB = frozenset({"http", "https"})
FETCHED = WEB | {"ftp", "ftps", "sftp", "ssh", "git", "ws", "wss"}
"""Schemes of URLs that code is fetched from or that data is sent to."""


def shown(text: str) -> str:
    """Return text as an error message quotes it: printable ASCII, at most 80 characters."""
    quoted = ascii(text)[1:-1]
    return quoted if len(quoted) <= 80 else quoted[:77] + "..."


def line(text: str, what: str, longest: int) -> str:
    """Return free text without space around it, in NFC; ``what`` names it in the error.

    Raises:
        UsageError: it is too long, or holds control, invisible or direction-changing characters.
    """
    text = _composed(text.strip(), what)
    if len(text) > longest:
        raise UsageError(f"{what}: longer than {longest} characters")
    return text


def verbatim(text: str, what: str, least: int, longest: int) -> str:
    """Return text that is searched for to the letter.

    Raises:
        UsageError: too short (space around it does not count), too long, not in NFC, or not printable.
    """
    if len(text.strip()) < least or len(text) > longest:
        raise UsageError(f"{what}: not {least} to {longest} characters")
    if _composed(text, what) != text:
        raise UsageError(f"{what}: not in Unicode normalisation form C")
    return text


def _composed(text: str, what: str) -> str:
    if CONTROL.search(text):
        raise UsageError(f"{what}: holds control, invisible or direction-changing characters: {shown(text)}")
    return text if text.isascii() else normalize("NFC", text)


def day(text: str) -> str:
    """Return a day YYYY-MM-DD, or "" for none.

    Raises:
        UsageError: there is no such day.
    """
    text = text.strip()
    if not text:
        return ""
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise UsageError(f"expires {shown(text)}: not a day written YYYY-MM-DD")


# --- where things come from and go to --------------------------------------------------------------------------


def host(text: str, what: str = "host") -> str:
    """Return a host name or IPv4 address in lower case, without the dot of the root.

    Raises:
        UsageError: not a host alone, in ASCII.
    """
    name = _DOTS.sub(".", text.strip())
    if not name.isascii():
        raise UsageError(f"{what} {shown(name)}: not ASCII; write it as it is asked for in the DNS, xn--...")
    name = name.lower().removesuffix(".")
    if name.startswith("*."):
        raise UsageError(f"{what} {shown(name)}: leave the *. out; hosts below the host count as well")
    if "/" in name or ":" in name or "@" in name:
        raise UsageError(f"{what} {shown(name)}: a host alone is wanted, without scheme, user, port and path")
    if not _HOST.fullmatch(name) or (_is_number(name) and not _IPV4.fullmatch(name)):
        raise UsageError(f"{what} {shown(name)}: not a host name of letters, digits, hyphens and dots")
    return name


def _is_number(name: str) -> bool:
    """Say whether the last label is a number: such a name is an IPv4 address or none (RFC 1123 §2.1)."""
    return name.rpartition(".")[2].isdigit()


def domain(text: str) -> str:
    """Return a host that is looked for in files, with at least one dot. Raises UsageError as ``host``."""
    name = host(text, "domain")
    if "." not in name:
        raise UsageError(f"domain {shown(name)}: has no dot")
    return name


def url(text: str, what: str = "url", schemes: frozenset[str] = FETCHED) -> str:
    """Return a URL with scheme and host in lower case, the rest to the letter.

    Raises:
        UsageError: no scheme that is known, no host, a user name or password, or a character that URLs do not have.
    """
    fanged = _DOTS.sub(".", _HXXP.sub(r"http\1", _SLASHES.sub("://", text.strip(), count=1)))
    if len(fanged) > LONGEST_URL or _composed(fanged, what) != fanged or any(each.isspace() for each in fanged):
        raise UsageError(f"{what} {shown(fanged)}: longer than {LONGEST_URL} characters, or with white space in it")
    match = _URL.fullmatch(fanged)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in schemes:
        raise UsageError(f"{what} {shown(fanged)}: not {', '.join(sorted(schemes))} :// host")
    return f"{scheme}://{_authority(match[2], what)}{match[3]}"


def _authority(text: str, what: str) -> str:
    """Return host and port of a URL."""
    if "@" in text:
        raise UsageError(f"{what}: leave user name and password out")
    if text.startswith("["):
        address, bracket, port = text.partition("]")
        address = address.lower() + bracket
        if not _IPV6.fullmatch(address) or (port and not port.startswith(":")):
            raise UsageError(f"{what}: {shown(text)} is no address")
    else:
        address, colon, port = text.partition(":")
        address, port = host(address, f"{what}: host"), colon + port
    if port and not (port[1:].isascii() and port[1:].isdigit() and 0 < int(port[1:6]) <= 65_535 and len(port) <= 6):
        raise UsageError(f"{what}: {shown(port[1:])} is no port")
    return address + port


def email(text: str) -> str:
    """Return an e-mail address with its domain in lower case.

    Raises:
        UsageError: not an address of a host with a dot.
    """
    address = _DOTS.sub(".", _AT_SIGNS.sub("@", text.strip()))
    if address[:7].lower() == "mailto:":
        address = address[7:]
    local, _, name = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local):
        raise UsageError(f"e-mail address {shown(address)}: not NAME@HOST")
    name = host(name, "e-mail host")
    if "." not in name:
        raise UsageError(f"e-mail address {shown(address)}: its host has no dot")
    return f"{local}@{name}"


# --- packages --------------------------------------------------------------------------------------------------


def ecosystem(text: str) -> Ecosystem:
    """Return ``npm`` or ``pypi``.

    Raises:
        UsageError: neither.
    """
    known = text.strip()
    if known == "npm":
        return "npm"
    if known == "pypi":
        return "pypi"
    raise UsageError(f"ecosystem {shown(known)}: neither npm nor pypi")


def package_name(where: Ecosystem, text: str) -> str:
    """Return the name that identifies a package.

    Raises:
        UsageError: no package of the ecosystem can have that name.
    """
    name = text.strip()
    if len(name) > _LONGEST_NAME or not _NAMES[where].fullmatch(name) or _composed(name, "package name") != name:
        raise UsageError(f"{where} package {shown(name)}: not a package name")
    return normalise_name(where, name)


def versions(where: Ecosystem, text: str) -> str:
    """Return "*", a range in the ecosystem's own syntax, or one exact version in the spelling that it is shown in.

    Raises:
        UsageError: none of these.
    """
    wanted = text.strip()
    if not wanted:
        raise UsageError("versions: missing; * stands for all")
    if len(wanted) > LONGEST_VERSIONS or not wanted.isascii() or CONTROL.search(wanted):
        raise UsageError(f"versions {shown(wanted)}: neither a version nor a range of {where}")
    exact = version_schemes.scheme(where).normal(wanted)
    if exact is not None:
        return exact
    if not version_schemes.is_range(where, wanted):
        raise UsageError(f"versions {shown(wanted)}: neither a version nor a range of {where}")
    return wanted


def spdx_id(text: str) -> str:
    """Return a licence id of SPDX, or a ``LicenseRef-``; its shape is checked, not whether SPDX lists it.

    Raises:
        UsageError: not of that shape; an expression of several licences is not.
    """
    licence = text.strip()
    if not _SPDX_ID.fullmatch(licence):
        raise UsageError(f"licence {shown(licence)}: not one SPDX id")
    return licence
