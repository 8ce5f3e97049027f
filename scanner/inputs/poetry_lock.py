"""``poetry.lock``, lock-version 1.x and 2.x, and those of Poetry 1.0, which name no version.

Format: https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py. The lock holds the graph, but
not what the project asks for. A dependency is a range: where several versions of a name are locked, it is taken to
mean all of them. One that belongs to an extra counts if it is locked. Scopes: ``groups`` since 2.1, ``category``
before 1.5; in between the lock tells only what is optional.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import identify, in_target, version_control
from assay.scanner.inputs.pypi_lock import PypiLock, packages
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_VERSIONS = ("1.", "2.")
_MAIN = "main"


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``poetry.lock``: components and their graph; which of them are direct, the manifest must say."""
    try:
        document = load_toml(data)
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = PypiLock(path)
    metadata = lock.mapping(document.value, "metadata")
    version = lock.text(metadata, "lock-version", "metadata")
    if version is not None and not version.startswith(_VERSIONS):
        return refused("lockfile", path, ParseError("unknown-version", "a poetry.lock of a version other than 1 and 2"))
    purls: list[tuple[str, str, dict[str, Any]]] = []
    for place, table, line in packages(lock, document.value, "package", data):
        purl = _take(lock, table, place, line, metadata)
        if purl:
            purls.append((purl, place, table))
    for purl, place, table in purls:
        for name in lock.mapping(table, "dependencies", place):
            lock.require(purl, lock.find(identify(name) or ""))
    lock.bind_all()
    return lock.parsed("lockfile", directness=False, notes=document.gaps(path))


def _take(lock: PypiLock, table: dict[str, Any], place: str, line: int | None, metadata: dict[str, Any]) -> str | None:
    origin = _origin(lock, table, place)
    if origin is None:
        return None
    name = lock.text(table, "name", place)
    purl = lock.take(name, lock.text(table, "version", place), place, line, *origin)
    if purl is None or name is None:
        return None
    lock.give_scopes({purl: _scopes(lock, table, place)})
    lock.add_files(purl, _hashes(lock, table, place, name, metadata), f"{place}.files")
    return purl


def _origin(lock: PypiLock, table: dict[str, Any], place: str) -> tuple[Source, str | None] | None:
    source = lock.mapping(table, "source", place)
    place = f"{place}.source"
    kind, url = lock.text(source, "type", place), lock.text(source, "url", place)
    if kind in (None, "legacy", "pypi"):
        return Source.REGISTRY, None
    if url is None:
        lock.miss("unknown-source", place, "no address")
        return None
    subdirectory = lock.text(source, "subdirectory", place)
    if kind == "git":
        commit = lock.text(source, "resolved_reference", place) or lock.text(source, "reference", place)
        return Source.GIT, version_control(url, commit, subdirectory)
    if kind == "url":
        return Source.URL, url + (f"#subdirectory={subdirectory}" if subdirectory else "")
    if kind == "file":
        return Source.FILE, in_target(lock.folder, url)
    if kind == "directory":
        return Source.LINK if table.get("develop") is True else Source.FILE, in_target(lock.folder, url)
    lock.miss("unknown-source", place, "none of the sources that Poetry writes")
    return None


def _scopes(lock: PypiLock, table: dict[str, Any], place: str) -> set[Scope]:
    """Return why a package is locked, as far as the lock says: an optional one is only there for an extra."""
    groups = set(lock.texts(table, "groups", place))
    category = lock.text(table, "category", place)
    if category:
        groups.add(category)
    scopes = {Scope.DEV} if groups - {_MAIN} else set()
    if table.get("optional") is True:
        scopes.add(Scope.OPTIONAL)
    elif _MAIN in groups:
        scopes.add(Scope.PROD)
    return scopes


def _hashes(lock: PypiLock, table: dict[str, Any], place: str, name: str, metadata: dict[str, Any]) -> list[str]:
    """Return the hashes of a package's files, from where each version of the format keeps them."""
    files = list(lock.tables(table, "files", place))
    if "files" in metadata:
        files += lock.tables(lock.mapping(metadata, "files", "metadata"), name, "metadata.files")
    found = [lock.text(file, "hash", where) for where, file in files]
    if "hashes" in metadata:
        bare = lock.texts(lock.mapping(metadata, "hashes", "metadata"), name, "metadata.hashes")
        found += [f"sha256:{text}" for text in bare]
    return [text for text in found if text]
