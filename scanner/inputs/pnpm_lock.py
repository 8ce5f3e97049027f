"""pnpm-lock.yaml, lockfileVersion 5.x (pnpm 3 to 7), 6.x (pnpm 8) and 9.0 (pnpm 9 and later).

Format: https://github.com/pnpm/spec/tree/master/lockfile, and for the keys of ``packages`` (dependency paths)
https://github.com/pnpm/spec/blob/master/dependency-path.md: ``/name/1.0.0_peer@2.0.0`` in version 5,
``/name@1.0.0(peer@2.0.0)`` in 6, ``name@1.0.0(peer@2.0.0)`` in 9, which keeps what depends on the peers apart, under
``snapshots``. From pnpm 11 on a first YAML document may hold what pnpm itself is configured with; it is read like the
second.
"""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused, shown
from assay.scanner.inputs.npm_lock import NpmLock, scopes_along
from assay.scanner.inputs.npm_specifier import anchored, exact, repository_of, split_descriptor
from assay.scanner.inputs.yaml_text import YamlMap, load_yaml
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.inputs.text import Loaded

_VERSION = lazy(r"(?:5(?:\.[0-4])?(?:-inlineSpecifiers)?|6\.[01]|9\.0)\Z")
_NEXT_DOCUMENT = lazy(rb"^---[ \t]*\r?\n", re.MULTILINE)
_IMPORTED = (
    ("dependencies", Scope.PROD),
    ("devDependencies", Scope.DEV),
    ("optionalDependencies", Scope.OPTIONAL),
    ("configDependencies", Scope.DEV),
    ("packageManagerDependencies", Scope.DEV),
)
_REQUIRED = (("dependencies", Scope.PROD), ("optionalDependencies", Scope.OPTIONAL))
_SLASHED = lazy(r"(?:[^/@]+/)?((?:@[^/]+/)?[^/]+)/([^/_(]+)[^/]*\Z")


class _Import(NamedTuple):
    """What a project depends on: name, locked version or path, range as its manifest has it."""

    name: str
    reference: str
    range: str
    scope: Scope
    place: str
    line: int | None


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``pnpm-lock.yaml``."""
    lock = NpmLock(path)
    try:
        documents = [_load(document) for document in _documents(data)]
    except ParseError as error:
        return refused("lockfile", path, error)
    for document in documents:
        _Reading(lock, document.value).read()
    return lock.parsed("lockfile", notes=tuple(gap for document in documents for gap in document.gaps(path)))


def _documents(data: bytes) -> list[bytes]:
    """Return the YAML documents of a file that has one or two, each on its own lines; else the whole file."""
    cuts = [match.start() for match in _NEXT_DOCUMENT.finditer(data)]
    if len(cuts) > 2 or (len(cuts) == 2 and data[: cuts[0]].strip()):
        return [data]
    cut = next((place for place in cuts if data[:place].strip()), None)
    return [data] if cut is None else [data[:cut], b"\n" * data.count(b"\n", 0, cut) + data[cut:]]


def _load(data: bytes) -> Loaded:
    loaded = load_yaml(data)
    if loaded.value is None:
        raise ParseError("empty", "empty, not a pnpm-lock.yaml")
    if not isinstance(loaded.value, YamlMap):
        raise ParseError("wrong-type", "not an object")
    if not _VERSION.match(str(loaded.value.get("lockfileVersion"))):
        raise ParseError("unknown-version", "lockfileVersion is none of 5.x, 6.0, 6.1 and 9.0")
    return loaded


class _Reading:
    """One document: its packages by their keys, its importers (the projects that it locks) by their folders."""

    def __init__(self, lock: NpmLock, document: YamlMap) -> None:
        self.lock = lock
        self.document = document
        self.major = int(str(document["lockfileVersion"])[0])
        self.packages = lock.mapping(document, "packages")
        self.snapshots = lock.mapping(document, "snapshots") if self.major == 9 else self.packages
        self.importers = lock.mapping(document, "importers") if "importers" in document else {".": document}
        self.purls: dict[str, str] = {}
        self.members: dict[str, str] = {}
        self.edges: dict[str, list[tuple[str, Scope]]] = {}

    def read(self) -> None:
        """Take every package and every project, connect them, and hand on the scopes."""
        if self.major == 9 and self.packages and "snapshots" not in self.document:
            self.lock.gap("no-snapshots", "snapshots: missing, so that nothing tells what depends on what")
        for key, entry in self.packages.items():
            self._take(key, entry)
        for key in self.snapshots:
            known = self.purls.get(key) or self.purls.get(_without_peers(key))
            if known is not None:
                self.purls[key] = known
            elif key not in self.packages and _without_peers(key) not in self.packages:
                self.lock.gap("dangling", f"{shown(f'snapshots.{key}')}: not among the packages")
        for key, entry in self.snapshots.items():
            if key in self.purls and isinstance(entry, dict):
                self._connect(self.purls[key], entry, f"packages.{key}")
        self._take_members()
        roots = [root for folder in self.importers for root in self._asked_for(folder)]
        self.lock.give_scopes(scopes_along(roots, self.edges))

    # --- packages ----------------------------------------------------------------------------------------------

    def _take(self, key: str, entry: Any) -> None:
        place = f"packages.{key}"
        if not isinstance(entry, dict):
            self.lock.wrong_type("packages", key, "an object")
            return
        name, reference = self._split(key)
        version = self.lock.text(entry, "version", place) or exact(reference)
        resolution = self.lock.mapping(entry, "resolution", place)
        source, where, resolved = self._origin(resolution, reference, f"{place}.resolution")
        purl = self.lock.take(
            place,
            self.lock.text(entry, "name", place) or name,
            version,
            source=source,
            where=where,
            line=_line(self.packages, key),
            integrity=resolution.get("integrity"),
            resolved=resolved,
        )
        if purl is not None:
            self.purls[key] = purl

    def _split(self, key: str) -> tuple[str, str]:
        """Return (name, version or address) of a dependency path without its peers."""
        path = _without_peers(key.removeprefix("/"))
        if self.major > 5:
            return split_descriptor(path)
        match = _SLASHED.match(path)
        return (match[1], match[2]) if match else (path, "")

    def _origin(self, resolution: dict[str, Any], reference: str, place: str) -> tuple[Source, str | None, str | None]:
        """Return (source, address, URL that it is fetched from)."""
        if "repo" in resolution:
            address = "#".join(self.lock.text(resolution, part, place) or "" for part in ("repo", "commit"))
            return Source.GIT, repository_of(address) or address, address
        if "directory" in resolution:
            directory = self.lock.text(resolution, "directory", place) or ""
            return Source.FILE, anchored(self.lock.folder, directory), None
        tarball = self.lock.text(resolution, "tarball", place)
        if exact(reference):
            return Source.REGISTRY, None, tarball
        if tarball is None:
            return (Source.URL, reference, None) if ":" in reference else (Source.REGISTRY, None, None)
        if tarball.startswith("file:"):
            return Source.FILE, anchored(self.lock.folder, tarball.removeprefix("file:")), None
        repository = repository_of(tarball)
        return (Source.GIT, repository, tarball) if repository else (Source.URL, tarball, tarball)

    def _connect(self, purl: str, entry: dict[str, Any], place: str) -> None:
        edges, needs = self.edges.setdefault(purl, []), []
        for group, scope in _REQUIRED:
            if group in entry:
                for name, reference in self.lock.wanted(entry, group, place).items():
                    other = self._find(name, reference)
                    if other is None and group == "dependencies":
                        other = self._lacking(place, name, _without_peers(reference))
                    if other is not None:
                        self.lock.mention(other, name)
                        edges.append((other, scope))
                        needs.append((name, other))
        self.lock.connect(purl, needs)

    def _lacking(self, place: str, name: str, reference: str) -> str | None:
        real, version = (name, reference) if exact(reference) else self._split(reference)
        return self.lock.lack(place, name, f"npm:{real}@{version}" if exact(version) else reference)

    def _find(self, name: str, reference: str) -> str | None:
        """Return the package that ``name: reference`` means: a version, or a whole dependency path for an alias."""
        slash, joint = {5: ("/", "/"), 6: ("/", "@"), 9: ("", "@")}[self.major]
        return self.purls.get(f"{slash}{name}{joint}{reference}") or self.purls.get(reference)

    # --- projects ----------------------------------------------------------------------------------------------

    def _take_members(self) -> None:
        """Note each workspace that another one links to; the lockfile does not tell the names of the others."""
        for folder, importer in self.importers.items():
            if not isinstance(importer, dict):
                self.lock.wrong_type("importers", folder, "an object")
                continue
            for wanted in self._imports(folder):
                target = _linked(folder, wanted.reference)
                if target is not None and target in self.importers and target not in self.members:
                    self._take_member(target, wanted.name, wanted.range)

    def _take_member(self, folder: str, name: str, wanted: str) -> None:
        """Note a workspace by the name that another one has for it; ``workspace:real@*`` tells the real one."""
        real, aliased = split_descriptor(wanted.removeprefix("workspace:"))
        name = real if wanted.startswith("workspace:") and real and aliased else name
        purl = None
        if folder != ".":
            line = _line(self.importers, folder)
            purl = self.lock.take_member(f"importers.{folder}", name, None, folder, line)
        if purl is not None:
            self.members[folder] = purl

    def _asked_for(self, folder: str) -> Iterator[tuple[str, Scope]]:
        """Yield (purl, scope) of what a project depends on, and connect the project with it."""
        own = self.members.get(folder)
        for wanted in self._imports(folder):
            purl = self._linked_purl(folder, wanted) or self._find(wanted.name, wanted.reference)
            if purl is None:
                if _linked(folder, wanted.reference) is None:
                    self.lock.gap("dangling", f"{shown(wanted.place)}: not among the packages")
                continue
            self.lock.mention(purl, wanted.name)
            self.lock.ask_for(purl)
            self.lock.bind("" if folder == "." else folder, wanted.name, purl)
            if own is not None:
                self.lock.require(own, [purl])
            yield purl, wanted.scope

    def _linked_purl(self, folder: str, wanted: _Import) -> str | None:
        target = _linked(folder, wanted.reference)
        if target is None or target in self.importers:
            return None if target is None else self.members.get(target)
        where = anchored(self.lock.folder, target)
        return self.lock.take(wanted.place, wanted.name, None, source=Source.LINK, where=where, line=wanted.line)

    def _imports(self, folder: str) -> Iterator[_Import]:
        importer = self.importers[folder]
        if not isinstance(importer, dict):
            return
        for group, scope in _IMPORTED:
            imports = self.lock.mapping(importer, group, f"importers.{folder}") if group in importer else {}
            for name, value in imports.items():
                place = f"importers.{folder}.{group}.{name}"
                line = _line(imports, name)
                if isinstance(value, str):
                    yield _Import(name, value, "", scope, place, line)
                elif isinstance(value, dict):
                    reference, wanted = (self.lock.text(value, key, place) for key in ("version", "specifier"))
                    yield _Import(name, reference or "", wanted or "", scope, place, line)
                else:
                    self.lock.wrong_type("", place, "a version")


def _line(holder: dict[str, Any], key: str) -> int | None:
    return holder.lines[key] if isinstance(holder, YamlMap) else None


def _without_peers(key: str) -> str:
    return key.partition("(")[0]


def _linked(folder: str, reference: str) -> str | None:
    """Return the folder, relative to the lockfile, that ``link:../b`` means in a project's manifest."""
    if not reference.startswith("link:"):
        return None
    return normpath(join(folder, reference.removeprefix("link:").replace("\\", "/")))
