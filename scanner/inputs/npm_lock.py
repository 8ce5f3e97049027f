"""What the lockfiles of npm, yarn, pnpm and bun share: entries checked and taken, scopes handed on along the graph."""

from __future__ import annotations

from functools import cache, reduce
from operator import and_, or_
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from assay.scanner.inputs.collect import Collector, shown
from assay.scanner.inputs.integrity import hashes_of
from assay.scanner.inputs.npm_fields import is_name, is_printable, is_version, licences_of
from assay.scanner.inputs.npm_specifier import anchored, fetched_as, is_archive, specifier
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STRINGS = frozenset({str})
_FETCHED = (Source.REGISTRY, Source.URL)
_ON_DISK = (Source.FILE, Source.LINK, Source.WORKSPACE)
_FLAGS = {Scope.PROD: 0, Scope.DEV: 1, Scope.OPTIONAL: 2, Scope.PEER: 4}


class NpmLock(Collector):
    """The packages of one lockfile. What cannot be one becomes a gap that names its place (``packages.x.version``)."""

    def __init__(self, path: str) -> None:
        super().__init__("npm", path)
        self.folder = dirname(path)
        self._manifests: dict[str, str] = {}

    def take(
        self,
        place: str,
        name: str,
        version: str | None,
        *,
        source: Source = Source.REGISTRY,
        where: str | None = None,
        line: int | None = None,
        scopes: Iterable[Scope] = (),
        integrity: Any = None,
        resolved: str | None = None,
        licence: Any = None,
        alias: str | None = None,
    ) -> str | None:
        """Note one package and return its purl; None, and a gap, if it has no usable name, version or address.

        Only what does not come from a registry may go without a version; what lies on disk is fetched from nowhere.
        ``integrity`` and ``licence`` are as the file has them, of any type. What ``resolved`` states to be another
        package is that one, installed under the name that the entry claims.
        """
        if resolved and source in _FETCHED:
            alias = name if alias is None else alias
            name, version = fetched_as(name, version, resolved)
        problem = _problem(name, version, source, where, resolved)
        if problem is None and alias is not None and alias != name and not is_name(alias):
            problem = "bad-name", "installed under what is no name of an npm package"
        if problem is not None:
            self.gap(problem[0], f"{shown(place)}: {problem[1]}")
            return None
        purl = self.add(
            name,
            version,
            source=source,
            where=where,
            line=line,
            scopes=scopes,
            hashes=self._hashes(place, integrity) if integrity is not None else (),
            resolved=None if source in _ON_DISK else resolved,
            licences=self.licences(place, licence) if licence is not None else (),
            alias=alias,
        )
        if where is not None and source in (Source.FILE, Source.LINK) and not is_archive(where):
            self._manifests[purl] = where.removeprefix(f"{self.folder}/") if self.folder else where
        return purl

    def lack(self, place: str, name: str, wanted: str, line: int | None = None) -> str | None:
        """Note a dependency that the lockfile names but does not hold, and return its purl: an install brings it too.

        Its version is known if ``wanted`` is one; None for what comes from the project's own folders.
        """
        meant = specifier(name, wanted, self.folder)
        if meant.source not in _FETCHED and meant.source is not Source.GIT:
            return None
        if meant.source is Source.REGISTRY and meant.pinned is None:
            if not is_name(meant.name) or not is_name(name):
                return None  # nothing that could be installed
            if not is_printable(wanted):
                self.gap("bad-address", f"{shown(place)}: a range with control characters")
                return None
            return self.add_unresolved(meant.name, wanted, line=line, alias=name)
        return self.take(place, meant.name, meant.pinned, source=meant.source, where=meant.where, line=line, alias=name)

    def connect(self, purl: str, needs: Iterable[tuple[str, str]]) -> None:
        """Note what a package depends on, as (name, purl); the manifest of one that is a folder on disk says so too."""
        needs = list(needs)
        self.require(purl, [other for _, other in needs])
        folder = self._manifests.get(purl)
        if folder is not None:
            for name, other in needs:
                self.bind(folder, name, other)

    def mention(self, purl: str, alias: str | None, line: int | None = None) -> None:
        """Note another name that a package is installed under, as ``Collector`` does; a gap if it is none."""
        if alias is not None and not is_name(alias):
            self.gap("bad-name", f"{shown(alias)}: installed under what is no name of an npm package")
            alias = None
        super().mention(purl, alias, line)

    def take_member(self, place: str, name: str, version: str | None, folder: str, line: int | None) -> str | None:
        """Note a workspace, which the project itself asks for; ``folder`` is relative to the lockfile's."""
        purl = self.take(place, name, version, source=Source.WORKSPACE, where=anchored(self.folder, folder), line=line)
        if purl is not None:
            self.ask_for(purl, (Scope.PROD,))
        return purl

    def _hashes(self, place: str, integrity: Any) -> tuple[str, ...]:
        if not isinstance(integrity, str):
            self.wrong_type(place, "integrity", "a string")
            return ()
        hashes = hashes_of(integrity)
        if not hashes:
            self.gap("bad-hash", f"{shown(place)}: an integrity without a known hash")
        return hashes

    def add_hash(self, purl: str, text: str) -> None:
        """Note a hash (``algorithm:hex``) that does not stand in an integrity."""
        self._facts[purl].hashes.add(text)

    def licences(self, place: str, licence: Any) -> tuple[str, ...]:
        """Return the licences of a ``license`` of any type; a gap if it is none."""
        licences = licences_of(licence)
        if licences is None:
            self.wrong_type(place, "license", "a licence")
        return licences or ()

    def wanted(self, entry: Mapping[str, Any], group: str, place: str) -> dict[str, str]:
        """Return name to range of each dependency in a group of an entry; what is not a string is a gap."""
        wanted = self.mapping(entry, group, place)
        if _STRINGS.issuperset(map(type, wanted.values())):
            return wanted
        for name in (name for name, spec in wanted.items() if type(spec) is not str):
            self.wrong_type(f"{place}.{group}" if place else group, name, "a string")
        return {name: spec for name, spec in wanted.items() if type(spec) is str}


def _problem(
    name: str, version: str | None, source: Source, where: str | None, resolved: str | None
) -> tuple[str, str] | None:
    if not is_name(name):
        return "bad-name", "not the name of an npm package"
    if version is None and source is Source.REGISTRY:
        return "no-version", "no version"
    if version is not None and not is_version(version):
        return "bad-version", "not a version"
    if (resolved and not is_printable(resolved)) or (where and not is_printable(where)):
        return "bad-address", "an address with control characters"
    return None


def scopes_along(
    roots: Iterable[tuple[str, Scope]], edges: Mapping[str, Iterable[tuple[str, Scope]]]
) -> dict[str, tuple[Scope, ...]]:
    """Return for each node that can be reached why the project depends on it, as npm itself decides.

    ``roots`` are the nodes that the project asks for, each with its scope; ``edges`` say what each node depends on,
    PROD for a plain dependency. A way to a node collects the scopes on it. What can be reached by PROD alone is PROD;
    else what all ways share, such as DEV; else, if they share nothing, all of them.
    Algorithm: calc-dep-flags of npm's arborist.
    """
    ways: dict[str, set[int]] = {}
    pending = [(node, _FLAGS[scope]) for node, scope in roots]
    while pending:
        node, label = pending.pop()
        labels = ways.setdefault(node, set())
        if label not in labels:
            labels.add(label)
            pending.extend((other, label | _FLAGS[scope]) for other, scope in edges.get(node, ()))
    return {node: _shared(frozenset(labels)) for node, labels in ways.items()}


@cache
def _shared(labels: frozenset[int]) -> tuple[Scope, ...]:
    if 0 in labels:
        return (Scope.PROD,)
    flags = reduce(and_, labels) or reduce(or_, labels)
    return tuple(scope for scope, flag in _FLAGS.items() if flag & flags)
