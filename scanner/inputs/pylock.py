"""``pylock.toml`` and ``pylock.*.toml``: lock-version 1.

Format: https://packaging.python.org/en/latest/specifications/pylock-toml/ (PEP 751). The lock does not say what the
project asks for. ``dependencies`` name other entries by as many of their keys as tell them apart. Scopes come from
the markers: an entry bound to extras is OPTIONAL, one bound to dependency groups that are not installed by default
is DEV, all others are PROD. A lock that declares neither extras nor groups does not tell: uv writes the packages of
development groups without a marker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import in_target, version_control
from assay.scanner.inputs.pypi_lock import PypiLock, artifact_address, packages
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_MEMBERSHIP = lazy(r"""['"]([^'"]{1,256})['"]\s{1,16}in\s{1,16}(extras|dependency_groups)\b""")


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``pylock.toml``: components, and edges if the tool wrote any; the manifest says which are direct."""
    try:
        document = load_toml(data)
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = PypiLock(path)
    version = lock.text(document.value, "lock-version")
    if version is None or not version.startswith("1."):
        return refused("lockfile", path, ParseError("unknown-version", "a pylock.toml of a version other than 1"))
    standard = set(lock.texts(document.value, "default-groups"))
    grouped = bool(lock.texts(document.value, "extras") or lock.texts(document.value, "dependency-groups"))
    purls: list[tuple[str, str, dict[str, Any]]] = []
    for place, table, line in packages(lock, document.value, "packages", data):
        version = lock.text(table, "version", place)
        purl = lock.take(lock.text(table, "name", place), version, place, line, *_origin(lock, table, place))
        if purl:
            lock.give_scopes({purl: _scopes(lock.text(table, "marker", place) or "", standard, grouped=grouped)})
            _add_files(lock, purl, table, place)
            purls.append((purl, place, table))
    for purl, place, table in purls:
        _connect(lock, purl, table, place)
    lock.bind_all()
    return lock.parsed("lockfile", directness=False, notes=document.gaps(path))


def _origin(lock: PypiLock, table: dict[str, Any], place: str) -> tuple[Source, str | None]:
    vcs = lock.mapping(table, "vcs", place)
    directory = lock.mapping(table, "directory", place)
    archive = lock.mapping(table, "archive", place)
    for key, source in (("vcs", vcs), ("directory", directory), ("archive", archive)):
        where = f"{place}.{key}"
        url, local = lock.text(source, "url", where), lock.text(source, "path", where)
        subdirectory = lock.text(source, "subdirectory", where)
        suffix = f"#subdirectory={subdirectory}" if subdirectory else ""
        if key == "vcs" and (url or local):
            kind = lock.text(vcs, "type", where) or "git"
            address = f"{kind}+{url or local}"
            return Source.GIT, version_control(address, lock.text(vcs, "commit-id", where), subdirectory)
        if local is not None:
            linked = key == "directory" and source.get("editable") is True
            return Source.LINK if linked else Source.FILE, in_target(lock.folder, local) + suffix
        if url is not None:
            return Source.URL, url + suffix
    return Source.REGISTRY, None


def _scopes(marker: str, standard: set[str], *, grouped: bool) -> set[Scope]:
    memberships = _MEMBERSHIP.findall(marker)
    if not memberships:
        return {Scope.PROD} if grouped else set()
    return {
        Scope.OPTIONAL if where == "extras" else Scope.PROD if group in standard else Scope.DEV
        for group, where in memberships
    }


def _add_files(lock: PypiLock, purl: str, table: dict[str, Any], place: str) -> None:
    sdist = lock.mapping(table, "sdist", place)
    wheels = list(lock.tables(table, "wheels", place))
    archive = lock.mapping(table, "archive", place)
    for where, file in ((f"{place}.sdist", sdist), (f"{place}.archive", archive), *wheels):
        hashes = lock.mapping(file, "hashes", where)
        texts = {algorithm: lock.text(hashes, algorithm, f"{where}.hashes") for algorithm in hashes}
        lock.add_files(purl, (f"{key}:{text}" for key, text in texts.items() if text), f"{where}.hashes")
    addresses = [text for where, wheel in wheels if (text := lock.text(wheel, "url", where))]
    lock.add_files(purl, (), place, artifact_address(lock.text(sdist, "url", f"{place}.sdist"), addresses))


def _connect(lock: PypiLock, purl: str, table: dict[str, Any], place: str) -> None:
    for where, dependency in lock.tables(table, "dependencies", place):
        name = lock.named(lock.text(dependency, "name", where), where)
        if name:
            lock.require(purl, lock.find(name, lock.text(dependency, "version", where)))
