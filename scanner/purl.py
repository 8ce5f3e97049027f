"""Package names, package URLs and credentials in URLs.

Written out rather than taken from packageurl-python: a lockfile needs thousands of purls, and the library folds the
case of npm names, which are case-sensitive (``JSONStream`` and ``jsonstream`` are two packages). The tests compare
everything else with the library. Format: https://github.com/package-url/purl-spec
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Source

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem

_TARGET = "pkg:generic/"
_SEPARATORS = lazy(r"[-_.]+")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_UNQUOTED = lazy(r"[A-Za-z0-9._~:/-]*")
_USERINFO = lazy(r"(?<=:/|//)[^/?#@\s]*(?:@[^/?#@\s]*)*@")

_SECRET = lazy(
    r"token|secret|passw|pwd|auth|api[-_]?key|access[-_]?key|sig\Z|signature|credential|session|jwt", re.IGNORECASE
)


def normalise_name(ecosystem: Ecosystem, name: str) -> str:
    """Return the name that identifies a package: PEP 503 on PyPI (ASCII case only), verbatim on npm."""
    if ecosystem == "pypi":
        return _SEPARATORS.sub("-", name).translate(_ASCII_LOWER)
    return name


def purl(ecosystem: Ecosystem, name: str, version: str | None = None, **qualifiers: str) -> str:
    """Return the package URL of a normalised name; ``qualifiers`` are sorted and percent-encoded."""
    text = _named(ecosystem, name) + _versioned(version)
    if qualifiers:
        text += "?" + "&".join(f"{key}={quote(qualifiers[key], safe='/~:')}" for key in sorted(qualifiers))
    return text


def _versioned(version: str | None) -> str:
    if version is None:
        return ""
    return "@" + (version if _UNQUOTED.fullmatch(version) else quote(version, safe="/~:"))


@lru_cache(maxsize=4096)
def _named(ecosystem: Ecosystem, name: str) -> str:
    scope, slash, bare = name.rpartition("/")
    prefix = quote(scope, safe="/~:") + slash if slash else ""
    return f"pkg:{ecosystem}/{prefix}{quote(bare, safe='~:')}"


def purl_from(ecosystem: Ecosystem, name: str, version: str | None, source: Source, where: str | None) -> str:
    """Return the purl of a component from ``source``.

    ``where`` is its address: a repository URL with commit for GIT, a URL for URL, a path relative to the target for
    FILE, LINK and WORKSPACE; None if the input does not tell. It becomes ``vcs_url`` or ``download_url`` (``file:…``
    for paths), so that a package which does not come from a registry never has the purl of one that does.
    """
    if source is Source.REGISTRY:
        return _named(ecosystem, name) + _versioned(version)
    where = where or ""
    if source is Source.GIT:
        return purl(ecosystem, name, version, vcs_url=without_credentials(where))
    if source is Source.URL:
        return purl(ecosystem, name, version, download_url=without_credentials(where))
    where = without_credentials(where)
    return purl(ecosystem, name, version, download_url=where if where.startswith("file:") else f"file:{where}")


def package_of(purl: str) -> str:
    """Return a purl without version and qualifiers."""
    path = purl.partition("?")[0]
    head, _, _ = path.rpartition("@")
    return head if head.partition("/")[2] else path


def local_path(purl: str) -> str | None:
    """Return the path that a purl of a FILE, LINK or WORKSPACE component points at, None for any other purl."""
    _, mark, address = purl.partition("?download_url=file:")
    return unquote(address) if mark else None


def target_purl(name: str) -> str:
    """Return the purl that stands for a target itself, by the name in its manifest ("." if it has none)."""
    return _TARGET + quote(name, safe="", errors="backslashreplace")


def is_target(purl: str) -> bool:
    """Say whether a purl stands for the target itself and not for a package."""
    return purl.startswith(_TARGET)


def without_credentials(url: str) -> str:
    """Return a URL without user name, password or token before its host; ``git@`` of an SSH address stays.

    What a query gives as a token, key, password or signature becomes ``REDACTED``.
    """
    if "@" in url:
        url = _USERINFO.sub(lambda match: "git@" if match.group() == "git@" else "", url)
    if "=" not in url:
        return url
    address, mark, query = url.partition("?")
    return address + mark + "".join(map(_redacted, re.split("([&;#])", query)))


def _redacted(parameter: str) -> str:
    key, equals, _ = parameter.partition("=")
    return f"{key}=REDACTED" if equals and _SECRET.search(key) else parameter
