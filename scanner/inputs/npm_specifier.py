"""What an npm dependency asks for: range, alias, archive, repository, folder, workspace or catalog entry.

Format: npm's documentation, page package-json#dependencies, and the protocols that yarn, pnpm and
bun add to it (``patch:``, ``portal:``, ``workspace:``, ``catalog:``, ``jsr:``).
"""

from __future__ import annotations

import re
from posixpath import isabs, join, normpath
from typing import NamedTuple
from urllib.parse import unquote

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Source

MAX_SPECIFIER = 4096
"""Characters of a range or address that are looked at; more is taken for a range that no version is known to match."""

_EXACT = lazy(r"\s*[=v]*\s*([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\s*\Z")
_RANGE = lazy(r"[\s^~<>=*v]*[0-9xX*]|\s*\*?\s*\Z|latest\Z")
_ALIAS = lazy(r"((?:@[^/@]+/)?[^/@]+)(?:@(.*))?\Z", re.DOTALL)
_SHORTHAND = lazy(r"([^\s/@:.~#][^\s/@:#]*)/([^\s/@:#]+)(?:#(.*))?\Z")
_ARCHIVE = lazy(r"\.(?:tgz|tar|tar\.gz)\Z", re.IGNORECASE)

_REGISTRY_ARCHIVE = lazy(r"/((?:@[^/]+(?:/|%2[fF]))?([^/@]+))/-/(?:[^/]+/)?\2-([0-9][^/?#]*)\.tgz(?:[?#]|\Z)")

_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org", "gist": "gist.github.com"}
_ANY_HOST = "|".join(map(re.escape, _HOSTS.values()))
_HOSTED = lazy(
    rf"(?:[a-z+]+://)?(?:[^/@\s]*@)?(?:www\.)?({_ANY_HOST})[/:]([^\s/#]+(?:/[^\s/#]+?)?)(?:\.git)?/?(?:#(.*))?\Z"
)
_CODELOAD = lazy(r"https://codeload\.(github\.com)/([^\s/]+/[^\s/]+)/(?:legacy\.)?tar\.gz/([^\s?#]+)\Z")
_REPOSITORY = lazy(r"(?:git\+[a-z]+|git|ssh):|[\w.-]+@[^\s/]+:", re.ASCII)
_WEB = lazy(r"https?://", re.IGNORECASE)
_FOLDERS = {"file:": Source.FILE, "exec:": Source.FILE, "link:": Source.LINK, "portal:": Source.LINK}


class Specifier(NamedTuple):
    """What one dependency means.

    ``name`` is the real package name, which differs from the key only for aliases. ``pinned`` is the version if the
    range admits exactly one. ``where`` is the address for every source but REGISTRY, as ``purl_from`` wants it.
    """

    name: str
    source: Source = Source.REGISTRY
    where: str | None = None
    pinned: str | None = None


def specifier(name: str, wanted: str, folder: str = "") -> Specifier:
    """Return what ``wanted`` means as the value of the dependency ``name`` in a manifest that lies in ``folder``."""
    text = wanted.strip()
    if len(text) > MAX_SPECIFIER:
        return Specifier(name)
    protocol = text[: text.find(":") + 1].lower()
    rest = text[len(protocol) :]
    if protocol in _FOLDERS:
        return Specifier(name, _FOLDERS[protocol], anchored(folder, rest))
    if protocol == "npm:":
        return _alias(name, rest)
    if protocol == "jsr:":
        return _jsr(name, rest)
    if protocol == "workspace:":
        where = anchored(folder, rest) if rest.startswith((".", "/")) else None
        return Specifier(name, Source.WORKSPACE, where)
    if protocol == "patch:":
        inner = patched(rest)
        return specifier(name, inner[1], folder) if inner else Specifier(name)
    if protocol == "catalog:":
        return Specifier(name)
    return _address(name, text, folder) or Specifier(name, pinned=exact(text))


def _alias(name: str, rest: str) -> Specifier:
    """``npm:real@range``, or berry's ``npm:range`` for the package itself."""
    match = _ALIAS.match(rest)
    if not match or (match[2] is None and not rest.startswith("@") and _RANGE.match(rest)):
        return Specifier(name, pinned=exact(rest))
    return Specifier(match[1], pinned=exact(match[2] or ""))


def _jsr(name: str, rest: str) -> Specifier:
    """``jsr:@scope/name@range`` or ``jsr:range``: the registry serves it to npm as ``@jsr/scope__name``."""
    match = _ALIAS.match(rest) if rest.startswith("@") else None
    real, wanted = (match[1], match[2] or "") if match else (name, rest)
    return Specifier("@jsr/" + real.removeprefix("@").replace("/", "__"), pinned=exact(wanted))


def _address(name: str, text: str, folder: str) -> Specifier | None:
    repository = repository_of(text)
    if repository:
        return Specifier(name, Source.GIT, repository)
    if _WEB.match(text):
        real, version = stated_by(text) or (name, None)
        return Specifier(real, Source.URL, text, version)
    if text.startswith((".", "/", "~/")) or (_ARCHIVE.search(text) and not exact(text)):
        return Specifier(name, Source.FILE, anchored(folder, text))
    return None


def repository_of(text: str) -> str | None:
    """Return the repository that a specifier or a resolved URL means, or None if it means something else.

    Repositories of the hosts that have a shorthand come back in one form, ``git+https://host/user/name.git#commit``,
    however they were written, so that the same commit is the same component in every lockfile.
    """
    text = text.replace("#commit=", "#", 1)
    host, _, path = text.partition(":")
    shorthand = _SHORTHAND.match(path if host in _HOSTS else text)
    if shorthand:
        return _hosted(_HOSTS.get(host, "github.com"), f"{shorthand[1]}/{shorthand[2]}", shorthand[3])
    if host == "gist":
        gist, _, commit = path.partition("#")
        return _hosted(_HOSTS[host], gist, commit)
    hosted = _HOSTED.match(text) or _CODELOAD.match(text)
    if hosted:
        return _hosted(hosted[1], hosted[2], hosted[3])
    if _REPOSITORY.match(text) or (_WEB.match(text) and text.partition("#")[0].endswith(".git")):
        return text
    return None


def _hosted(host: str, path: str, commit: str | None) -> str:
    address = f"git+https://{host}/{path.removesuffix('.git')}.git"
    return f"{address}#{commit}" if commit else address


def patched(rest: str) -> tuple[str, str] | None:
    """Return (name, range) of what berry's ``patch:name@range#file`` patches; ``rest`` stands after ``patch:``."""
    match = _ALIAS.match(unquote(rest.partition("#")[0]))
    return (match[1], match[2] or "") if match else None


def split_descriptor(text: str) -> tuple[str, str]:
    """Return (name, range) of ``name@range``, the range "" if there is none; a name may begin with a scope's ``@``."""
    cut = text.find("@", 1)
    return (text, "") if cut < 0 else (text[:cut], text[cut + 1 :])


def stated_by(url: str) -> tuple[str, str] | None:
    """Return (name, version) that the address of a registry's archive states: ``…/name/-/name-1.2.3.tgz``."""
    match = _REGISTRY_ARCHIVE.search(url)
    return (unquote(match[1]), match[3]) if match else None


def fetched_as(name: str, version: str | None, url: str) -> tuple[str, str | None]:
    """Return (name, version) of what is fetched for an entry: what the address of a registry's archive states.

    A poisoned lockfile says one thing and has another fetched; package managers install what they fetch.
    """
    if url.endswith(f"/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"):
        return name, version
    return stated_by(url) or (name, version)


def exact(wanted: str) -> str | None:
    """Return the version if a range admits exactly one (``1.2.3``, ``=1.2.3``, ``v1.2.3``), else None."""
    match = _EXACT.match(wanted)
    return match[1] if match else None


def is_archive(path: str) -> bool:
    """Say whether a path names a packed package, by its ending."""
    return _ARCHIVE.search(path) is not None


def anchored(folder: str, where: str) -> str:
    """Return a path that a file in ``folder`` names, relative to the target; absolute paths stay as they are."""
    where = where.partition("::")[0].replace("\\", "/")
    return where if isabs(where) or where.startswith("~/") else normpath(join(folder, where))
