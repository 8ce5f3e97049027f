"""Names, versions, hashes and addresses as the formats of PyPI write them.

Written out rather than taken from packaging: a lockfile needs thousands of them, and importing packaging takes longer
than reading a small lockfile does.
"""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import NamedTuple
from urllib.parse import unquote

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Source
from assay.scanner.purl import normalise_name, without_credentials

_NAME = lazy(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?")
_VERSION = lazy(r"[!-~]{1,256}")
_HASH = lazy(r"[a-z0-9_]{2,16}:[0-9a-f]{16,128}")
_UNPRINTABLE = lazy(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LEADING_NAME = lazy(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_SDIST_VERSION = lazy(r"[0-9]+(?:[.+!]?[A-Za-z0-9]+)*")
_SCHEME = lazy(r"(?:(?:git|hg|svn|bzr)\+[a-z]+|https?|ftp|file):", re.IGNORECASE)
_DRIVE = lazy(r"[A-Za-z]:/")
_PROJECT_ROOT = "file:///${PROJECT_ROOT}/"
_SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2")
ARCHIVE_ENDINGS = (".whl", ".tgz", ".tar", ".tar.xz", ".tbz", ".txz", *_SDIST_ENDINGS)
"""Endings that pip takes for a file to install (pip's ARCHIVE_EXTENSIONS)."""


class Address(NamedTuple):
    """Where something other than a registry package comes from.

    ``where`` is as ``purl_from`` wants it. ``name`` and ``version`` are what the address itself says: ``egg=`` or the
    name of a wheel or source archive (its version is then exact). ``hashes`` stand in its fragment.
    """

    source: Source
    where: str
    name: str | None = None
    version: str | None = None
    hashes: tuple[str, ...] = ()


def identify(name: str) -> str | None:
    """Return the normalised name, or None if it is no valid name (PEP 508, at most 256 characters)."""
    return normalise_name("pypi", name) if _NAME.fullmatch(name) else None


def is_version(text: str) -> bool:
    """Say whether a text can be a version: printable ASCII without spaces, at most 256 characters.

    Long runs of digits are left out on purpose: how many of them become a number depends on the interpreter.
    """
    return _VERSION.fullmatch(text) is not None


def leading_name(requirement: str) -> str | None:
    """Return the normalised name that a PEP 508 string begins with."""
    match = _LEADING_NAME.match(requirement)
    return identify(match.group(1).rstrip("._-")) if match else None


def hash_of(text: str) -> str | None:
    """Return ``algorithm:hex`` in lower case, or None if the text is not that."""
    lowered = text.lower()
    return lowered if _HASH.fullmatch(lowered) else None


def is_printable(text: str) -> bool:
    """Say whether a text holds no control character and no line break."""
    return _UNPRINTABLE.search(text) is None


def is_address(text: str) -> bool:
    """Say whether a text begins with a scheme that pip fetches from."""
    return _SCHEME.match(text) is not None


def in_target(folder: str, path: str) -> str:
    """Return a path that a file in ``folder`` names, relative to the target; absolute paths stay as they are."""
    written = path.replace("\\", "/")
    return normpath(written if _DRIVE.match(written) else join(folder, written))


def climbs(path: str) -> bool:
    """Say whether a path relative to the target leads out of it."""
    return path.startswith(("/", "../")) or path == ".." or _DRIVE.match(path) is not None


def version_control(url: str, commit: str | None, subdirectory: str | None = None) -> str:
    """Return the address of a checkout in pip's form: ``git+https://host/repo@commit#subdirectory=sub``.

    ``url`` loses its credentials; one that names no kind of version control is taken for git's.
    """
    text = without_credentials(url if is_address(url) and "+" in url.partition(":")[0] else f"git+{url}")
    text += f"@{commit}" if commit else ""
    return text + (f"#subdirectory={subdirectory}" if subdirectory else "")


def read_address(text: str, folder: str, *, editable: bool = False) -> Address | None:
    """Read a URL, a version-control URL or a path, as pip and PEP 508 write them; None if it is unprintable.

    ``folder`` is the one that relative paths start from. A path has no fragment, and so no ``egg=``.
    """
    if not is_printable(text):
        return None
    body, _, fragment = text.strip().partition("#") if is_address(text.strip()) else (text.strip(), "", "")
    options = dict(part.partition("=")[::2] for part in reversed(fragment.split("&")))
    hashes = tuple(sorted(found for key, value in options.items() if (found := hash_of(f"{key}:{value}"))))
    name, version = _named_by_file(body)
    egg = options.get("egg")
    if egg:
        name = identify(unquote(egg).partition("[")[0]) or name
    if body.startswith(_PROJECT_ROOT):
        body = body[len(_PROJECT_ROOT) :] or "."
    scheme = body.partition(":")[0].lower() if is_address(body) else ""
    if scheme in ("", "file"):
        source = Source.LINK if editable else Source.FILE
        return Address(source, body if scheme else in_target(folder, body), name, version, hashes)
    source = Source.GIT if "+" in scheme else Source.URL
    if source is Source.GIT and name is None:
        name = _named_by_repository(body)
    subdirectory = options.get("subdirectory")
    where = without_credentials(body) + (f"#subdirectory={subdirectory}" if subdirectory else "")
    return Address(source, where, name, None if source is Source.GIT else version, hashes)


def _named_by_repository(address: str) -> str | None:
    """Return the name of a repository, after which most packages in one are named; pip asks the repository itself."""
    path = address.partition("://")[2].partition("?")[0].partition("/")[2].rpartition("@")
    last = unquote(path[0] or path[2]).rstrip("/").rpartition("/")[2]
    return identify(last.removesuffix(".git"))


def _named_by_file(address: str) -> tuple[str | None, str | None]:
    """Return name and version as a wheel's or source archive's file name gives them (PEP 427, PEP 625)."""
    file = unquote(address.partition("?")[0].replace("\\", "/").rpartition("/")[2])
    if file.endswith(".whl"):
        parts = file[:-4].split("-")
        name = identify(parts[0])
        return (name, parts[1]) if name and len(parts) in (5, 6) and is_version(parts[1]) else (None, None)
    ending = next((ending for ending in _SDIST_ENDINGS if file.endswith(ending)), None)
    if ending is None:
        return None, None
    stem, _, version = file[: -len(ending)].rpartition("-")
    name = identify(stem)
    return (name, version) if name and len(version) <= 256 and _SDIST_VERSION.fullmatch(version) else (None, None)
