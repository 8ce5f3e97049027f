"""What the two formats of bills of materials have in common: purls, and a graph over references of the document.

Only npm and PyPI packages become components. Everything else that a bill lists (other ecosystems, files, the
application itself) is a node without a package: what depends on it depends on what it depends on in turn.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from assay.scanner.inputs.collect import Collector, shown
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.pypi import identify, is_version
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from typing import Any

    from assay.scanner.models import Component, Ecosystem, Gap

MAX_STEPS = 1_000_000
"""Steps along dependencies in one bill; the largest real ones have some 100,000 dependencies in all."""

_NPM_NAME = lazy(r"(?:@[!-.0-~]{1,214}/)?[!-.0-?A-~][!-.0-~]{0,213}")
_HASH = lazy(r"[a-z][a-z0-9-]{2,15}:[0-9a-f]{16,128}")
_PURL_TYPE = lazy(r"[A-Za-z][A-Za-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class PackageUrl:
    """A purl of npm or PyPI: its normalised name, its version if there is one, its decoded qualifiers."""

    ecosystem: Ecosystem
    name: str
    version: str | None
    qualifiers: dict[str, str]


def objects(holder: dict[str, Any], key: str, place: str, found: Collector) -> list[tuple[str, dict[str, Any]]]:
    """Return the objects of a list, each with its place; other things in it are gaps."""
    result = []
    for index, item in enumerate(found.sequence(holder, key, place)):
        where = _at(place, key, index)
        if isinstance(item, dict):
            result.append((where, item))
        else:
            found.wrong_type("", where, "an object")
    return result


def texts(holder: dict[str, Any], key: str, place: str, found: Collector) -> list[str]:
    """Return the strings of a list; other things in it are gaps."""
    result = []
    for index, item in enumerate(found.sequence(holder, key, place)):
        if isinstance(item, str):
            result.append(item)
        else:
            found.wrong_type("", _at(place, key, index), "a string")
    return result


def _at(place: str, key: str, index: int) -> str:
    return f"{place}.{key}[{index}]" if place else f"{key}[{index}]"


def ecosystem_of(text: str) -> str | None:
    """Return the type of a purl in lower case, or None if the text is no purl at all."""
    scheme, colon, rest = text.partition(":")
    kind = rest.lstrip("/").partition("/")[0]
    return kind.lower() if colon and scheme.lower() == "pkg" and _PURL_TYPE.fullmatch(kind) else None


def read_purl(text: str) -> PackageUrl | None:
    """Read a purl of npm or PyPI, or return None if it names no package of theirs.

    The steps are those of https://github.com/package-url/purl-spec ("How to parse a purl string"). packageurl-python
    is not used: it folds the case of npm names, and its use of urlsplit makes odd input differ between interpreters.
    """
    remainder, _, query = text.partition("#")[0].partition("?")
    kind, _, path = remainder.partition(":")[2].lstrip("/").partition("/")
    head, _, tail = path.strip("/").rpartition("@")
    try:
        name = unquote(head or path.strip("/"), errors="strict")  # an "@" at the start is that of an npm scope
        version = unquote(tail, errors="strict") if head else ""
        pairs = [pair.partition("=") for pair in query.split("&") if pair]
        qualifiers = {key.lower(): unquote(value, errors="strict") for key, _, value in pairs}
    except UnicodeDecodeError:
        return None
    return _package(kind.lower(), name, version, qualifiers)


def _package(kind: str, name: str, version: str, qualifiers: dict[str, str]) -> PackageUrl | None:
    identity = identify(name) if kind == "pypi" else name if kind == "npm" and _NPM_NAME.fullmatch(name) else None
    if identity is None or (version and not is_version(version)):
        return None
    return PackageUrl(cast("Ecosystem", kind), identity, version or None, qualifiers)


def digest_of(algorithm: str, value: str) -> str | None:
    """Return ``algorithm:hex`` in lower case, or None. ``SHA-256`` and ``SHA256`` are both ``sha256``."""
    digest = f"{algorithm.lower()}:{value.lower()}"
    digest = re.sub(r"^sha-(?=[0-9]+:)", "sha", digest)
    return digest if _HASH.fullmatch(digest) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a bill says of one package besides its purl."""

    version: str | None = None
    source: Source | None = None
    scopes: tuple[Scope, ...] = ()
    hashes: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    resolved: str | None = None
    aliases: tuple[str, ...] = ()
    requirement: str | None = None


class Bill:
    """The packages and the graph of the bill at ``path``, while it is being read."""

    def __init__(self, path: str) -> None:
        self.found = Collector("npm", path)
        self._collectors: dict[Ecosystem, Collector] = {"npm": self.found, "pypi": Collector("pypi", path)}
        self._requirements: dict[str, str] = {}
        self._packages: dict[str, set[str]] = {}
        self._owners: dict[str, Ecosystem] = {}
        self._edges: dict[str, set[str]] = defaultdict(set)
        self._steps = 0

    def node(self, holder: dict[str, Any], key: str, place: str) -> str | None:
        """Return the reference under ``key``; the document holds something there, be it a package of ours or not."""
        ref = self.found.text(holder, key, place)
        if ref is not None:
            self._packages.setdefault(ref, set())
        return ref

    def add_package(self, ref: str | None, text: str, entry: Entry, place: str) -> None:
        """Note the package with the purl ``text``; other ecosystems are passed over, what is no purl is a gap."""
        if ecosystem_of(text) not in ("npm", "pypi", None):
            return
        package = read_purl(text) if ecosystem_of(text) else None
        version = package.version or entry.version if package else None
        if package is None or (version and not is_version(version)):
            self.found.gap("bad-purl", f"{place}: not the purl of a package: {shown(text)}")
            return
        source, where = _origin(package, entry.source)
        collector = self._collectors[package.ecosystem]
        purl = collector.add(
            package.name,
            version,
            source=source,
            where=where,
            scopes=entry.scopes,
            hashes=entry.hashes,
            licences=entry.licences,
            resolved=entry.resolved or (where if source is Source.URL else None),
        )
        for alias in entry.aliases:
            collector.add(package.name, version, source=source, where=where, alias=alias)
        if entry.requirement and version is None:
            self._requirements[purl] = entry.requirement
        self._owners[purl] = package.ecosystem
        if ref is not None:
            self._packages.setdefault(ref, set()).add(purl)

    def add_dependency(self, ref: str, required: str) -> None:
        """Note that ``ref`` depends on ``required``."""
        self._edges[ref].add(required)

    def add_scope(self, ref: str, scope: Scope) -> None:
        """Note why the project depends on the packages of ``ref``."""
        for purl in self._packages.get(ref, ()):
            self._collectors[self._owners[purl]].give_scopes({purl: (scope,)})

    def parsed(self, roots: frozenset[str], project: str | None, notes: tuple[Gap, ...]) -> Parsed:
        """Return the bill; what the ``roots`` depend on is direct, and unknown if they depend on nothing."""
        self._note_unknown(roots)
        direct: set[str] = set()
        for root in sorted(roots):
            direct |= self._required(root, roots)
        for purl in direct:
            self._collectors[self._owners[purl]].ask_for(purl)
        for ref in sorted(self._packages.keys() - roots):
            if self._packages[ref]:
                required = self._required(ref, roots)
                for purl in self._packages[ref]:
                    self._collectors[self._owners[purl]].require(purl, required)
        components = [item for collector in self._collectors.values() for item in collector.components()]
        return Parsed(
            "sbom",
            components=tuple(sorted(map(self._with_requirement, components), key=lambda item: item.purl)),
            directness=bool(direct),
            gaps=notes + self.found.gaps(),
            project=project,
        )

    def _note_unknown(self, roots: frozenset[str]) -> None:
        named = self._edges.keys() | set().union(*self._edges.values())
        for ref in sorted(named - self._packages.keys() - roots):
            self.found.gap("unknown-reference", f"the dependencies name {shown(ref)}, which is not listed")

    def _required(self, start: str, roots: frozenset[str]) -> set[str]:
        """Return the packages that ``start`` depends on, directly or by way of nodes that are no packages."""
        result: set[str] = set()
        pending = sorted(self._edges.get(start, ()))
        seen = {start, *roots}
        while pending and self._steps <= MAX_STEPS:
            self._steps += 1
            ref = pending.pop()
            if ref in seen:
                continue
            seen.add(ref)
            packages = self._packages.get(ref)
            if packages:
                result |= packages
            else:
                pending.extend(sorted(self._edges.get(ref, ())))
        if pending:
            self.found.gap("budget", f"more than {MAX_STEPS} steps through the dependencies; the rest is not followed")
        return result

    def _with_requirement(self, component: Component) -> Component:
        requirement = self._requirements.get(component.purl)
        return component._replace(requirement=requirement) if requirement else component


def _origin(package: PackageUrl, stated: Source | None) -> tuple[Source, str | None]:
    """Return source and address of a package.

    ``vcs_url`` alone does not make it a checkout: common writers of bills put the repository of registry packages
    there, and a package that is taken for a checkout is not compared with the records of malware.
    """
    address = package.qualifiers.get("download_url")
    if stated in (Source.GIT, Source.REGISTRY):
        return stated, package.qualifiers.get("vcs_url")
    if stated is not None:
        return stated, address
    if not address:
        return Source.REGISTRY, None
    return (Source.FILE if address.startswith("file:") else Source.URL), address
