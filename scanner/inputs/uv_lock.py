"""``uv.lock`` and the ``script.py.lock`` of a script, version 1.

Format: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile (uv documents no schema; the keys read here
are those that uv itself writes). The lock tells the whole graph, the members of the workspace and, for each of them,
what it asks for in which group: so directness and scopes are exact. The project at the lock's own folder is no
component; other members of the workspace are.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import basename
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import identify, in_target, version_control
from assay.scanner.inputs.pypi_lock import PypiLock, artifact_address, table_lines
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.parsed import Parsed

_LOCAL = {"path": Source.FILE, "directory": Source.FILE, "virtual": Source.LINK, "editable": Source.LINK}
_SCRIPT_LOCKS = (".py.lock", ".pyw.lock")
_SOURCES = ("registry", "git", "url", *_LOCAL)


class _Origin(NamedTuple):
    """Where a package comes from; ``folder`` is that of its manifest, relative to the lockfile's, if it has one."""

    source: Source
    where: str | None = None
    folder: str | None = None


@dataclass(slots=True)
class _Package:
    """One ``[[package]]``: its purl (None for the project at the lock's own folder) and its manifest's folder."""

    place: str
    table: dict[str, Any]
    purl: str | None
    folder: str | None
    is_project: bool


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``uv.lock``: components with exact directness and scopes, bindings for every manifest that it covers."""
    try:
        document = load_toml(data)
    except ParseError as error:
        return refused("lockfile", path, error)
    version = document.value.get("version")
    if type(version) is not int or version != 1:
        return refused("lockfile", path, ParseError("unknown-version", "a uv.lock of a version other than 1"))
    reading = _Reading(data, path, document.value)
    return reading.lock.parsed("lockfile", notes=document.gaps(path))


class _Reading:
    """The packages of one lock, and the names of the projects that it belongs to; ``script`` is the file it is for."""

    def __init__(self, data: bytes, path: str, document: dict[str, Any]) -> None:
        self.lock = PypiLock(path)
        self.packages: list[_Package] = []
        self.own: set[str] = set()
        self.script = basename(path).removesuffix(".lock") if path.endswith(_SCRIPT_LOCKS) else ""
        manifest = self.lock.mapping(document, "manifest")
        self.members = {identify(name) for name in self.lock.texts(manifest, "members", "manifest")}
        tables = list(self.lock.tables(document, "package"))
        for (place, table), line in zip(tables, table_lines(data, "package", len(tables)), strict=True):
            self._take(table, place, line)
        for package in self.packages:
            self._connect(package)
        self._connect_manifest(manifest)
        self.lock.spread_scopes()

    def _take(self, table: dict[str, Any], place: str, line: int | None) -> None:
        name = self.lock.named(self.lock.text(table, "name", place), place)
        origin = self._origin(self.lock.mapping(table, "source", place), f"{place}.source")
        if name is None or origin is None:
            return
        if origin.folder == "":
            self.own.add(name)
            self.packages.append(_Package(place, table, None, origin.folder, is_project=True))
            return
        is_project = origin.folder is not None and name in self.members
        source = Source.WORKSPACE if is_project else origin.source
        purl = self.lock.take(name, self.lock.text(table, "version", place), place, line, source, origin.where)
        if purl is None:
            return
        if is_project:
            self.lock.ask_for(purl, (Scope.PROD,))
        self._add_files(purl, table, place)
        self.packages.append(_Package(place, table, purl, origin.folder, is_project))

    def _origin(self, source: dict[str, Any], place: str) -> _Origin | None:
        texts = {key: self.lock.text(source, key, place) for key in _SOURCES if key in source}
        if texts.get("registry") is not None:
            return _Origin(Source.REGISTRY)
        git, url = texts.get("git"), texts.get("url")
        if git is not None:
            return _Origin(Source.GIT, _git_address(git))
        if url is not None:
            subdirectory = self.lock.text(source, "subdirectory", place)
            return _Origin(Source.URL, url + (f"#subdirectory={subdirectory}" if subdirectory else ""))
        for key, kind in _LOCAL.items():
            text = texts.get(key)
            if text is not None:
                folder = in_target("", text)
                manifest = None if key == "path" else "" if folder == "." else folder
                return _Origin(kind, in_target(self.lock.folder, text), manifest)
        self.lock.miss("unknown-source", place, "none of the sources that uv writes")
        return None

    def _add_files(self, purl: str, table: dict[str, Any], place: str) -> None:
        sdist = self.lock.mapping(table, "sdist", place)
        hashes, addresses = [], []
        for where, file in ((f"{place}.sdist", sdist), *self.lock.tables(table, "wheels", place)):
            hashes.append(self.lock.text(file, "hash", where))
            addresses.append(self.lock.text(file, "url", where))
        resolved = artifact_address(addresses[0], (address for address in addresses[1:] if address))
        self.lock.add_files(purl, (found for found in hashes if found), place, resolved)

    def _connect(self, package: _Package) -> None:
        """Resolve what a package depends on; a project's groups are direct, but no need of those who depend on it."""
        for scope, place, dependency in self._dependencies(package):
            targets = self._resolve(dependency, place)
            for target in targets:
                if package.is_project:
                    self.lock.ask_for(target, (scope,))
                if package.folder is not None:
                    self.lock.bind_to(package.folder, target)
            if package.purl and (scope is Scope.PROD or not package.is_project):
                self.lock.require(package.purl, targets)

    def _dependencies(self, package: _Package) -> Iterator[tuple[Scope, str, dict[str, Any]]]:
        for place, dependency in self.lock.tables(package.table, "dependencies", package.place):
            yield Scope.PROD, place, dependency
        for key, scope in (("optional-dependencies", Scope.OPTIONAL), ("dev-dependencies", Scope.DEV)):
            yield from self._groups(package.table, key, scope, package.place)

    def _groups(
        self, table: dict[str, Any], key: str, scope: Scope, where: str
    ) -> Iterator[tuple[Scope, str, dict[str, Any]]]:
        groups = self.lock.mapping(table, key, where)
        for group in groups:
            for place, dependency in self.lock.tables(groups, group, f"{where}.{key}"):
                yield scope, place, dependency

    def _resolve(self, dependency: dict[str, Any], place: str) -> list[str]:
        """Return the packages that a dependency means; with forks it names the version, and the source too."""
        name = self.lock.named(self.lock.text(dependency, "name", place), place)
        if name is None:
            return []
        version = self.lock.text(dependency, "version", place)
        if "source" in dependency:
            origin = self._origin(self.lock.mapping(dependency, "source", place), f"{place}.source")
            exact = origin and self.lock.locked(name, version, origin.source, origin.where)
            if exact:
                return [exact]
        found = self.lock.find(name, version)
        if not found and name not in self.own:
            self.lock.miss("dangling", place, "names a package that the lockfile does not hold")
        return found

    def _connect_manifest(self, manifest: dict[str, Any]) -> None:
        """Resolve what a workspace without a project, or a script, asks for."""
        wanted = [(Scope.PROD, *item) for item in self.lock.tables(manifest, "requirements", "manifest")]
        wanted += self._groups(manifest, "dependency-groups", Scope.DEV, "manifest")
        for scope, place, dependency in wanted:
            for target in self._resolve(dependency, place):
                self.lock.ask_for(target, (scope,))
                self.lock.bind_to(self.script, target)


def _git_address(text: str) -> str:
    """Turn ``https://host/repo?subdirectory=sub&rev=main#commit`` into pip's form."""
    body, _, commit = text.partition("#")
    url, _, query = body.partition("?")
    subdirectory = next((part[13:] for part in query.split("&") if part.startswith("subdirectory=")), None)
    return version_control(url, commit, unquote(subdirectory) if subdirectory else None)
