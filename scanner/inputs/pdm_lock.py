"""``pdm.lock``, lock_version 4.x.

Format: https://pdm-project.org/latest/reference/lockfile/ and what PDM writes. A package with extras has an entry of
its own beside the plain one; both are the same component. ``groups`` names the groups that need a package: "default"
is PROD, "dev" is DEV; whether another one is an optional-dependency or a development group, only the manifest knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import in_target, leading_name, version_control
from assay.scanner.inputs.pypi_lock import PypiLock, artifact_address, packages
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_SCOPES = {"default": Scope.PROD, "dev": Scope.DEV}
_VERSION_CONTROL = ("git", "hg", "svn", "bzr")


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``pdm.lock``: components and their graph; which of them are direct, the manifest must say."""
    try:
        document = load_toml(data)
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = PypiLock(path)
    metadata = lock.mapping(document.value, "metadata")
    version = lock.text(metadata, "lock_version", "metadata")
    if version is None or not version.startswith("4."):
        return refused("lockfile", path, ParseError("unknown-version", "a pdm.lock of a version other than 4"))
    purls: list[tuple[str, str, dict[str, Any]]] = []
    for place, table, line in packages(lock, document.value, "package", data):
        purl = _take(lock, table, place, line, metadata)
        if purl:
            purls.append((purl, place, table))
    for purl, place, table in purls:
        for requirement in lock.texts(table, "dependencies", place):
            lock.require(purl, lock.find(leading_name(requirement) or "", _exact(requirement)))
    lock.bind_all()
    return lock.parsed("lockfile", directness=False, notes=document.gaps(path))


def _take(lock: PypiLock, table: dict[str, Any], place: str, line: int | None, metadata: dict[str, Any]) -> str | None:
    name, version = lock.text(table, "name", place), lock.text(table, "version", place)
    purl = lock.take(name, version, place, line, *_origin(lock, table, place))
    if purl is None:
        return None
    lock.give_scopes({purl: {_SCOPES[group] for group in lock.texts(table, "groups", place) if group in _SCOPES}})
    files = list(lock.tables(table, "files", place))
    if "files" in metadata:
        files += lock.tables(lock.mapping(metadata, "files", "metadata"), f"{name} {version}", "metadata.files")
    hashes = [text for where, file in files if (text := lock.text(file, "hash", where))]
    addresses = [text for where, file in files if (text := lock.text(file, "url", where))]
    sdist = next((text for text in addresses if text.endswith((".tar.gz", ".zip"))), None)
    lock.add_files(purl, hashes, f"{place}.files", artifact_address(sdist, addresses))
    return purl


def _origin(lock: PypiLock, table: dict[str, Any], place: str) -> tuple[Source, str | None]:
    subdirectory = lock.text(table, "subdirectory", place)
    for kind in _VERSION_CONTROL:
        url = lock.text(table, kind, place)
        if url is not None:
            return Source.GIT, version_control(
                f"{kind}+{url.removeprefix(f'{kind}+')}", lock.text(table, "revision", place), subdirectory
            )
    url = lock.text(table, "url", place)
    if url is not None:
        return Source.URL, url.partition("#")[0] + (f"#subdirectory={subdirectory}" if subdirectory else "")
    local = lock.text(table, "path", place)
    if local is not None:
        return Source.LINK if table.get("editable") is True else Source.FILE, in_target(lock.folder, local)
    return Source.REGISTRY, None


def _exact(requirement: str) -> str | None:
    """Return the version of ``name==version``, as PDM writes an entry with extras to its plain one."""
    _, operator, version = requirement.partition(";")[0].partition("==")
    return version.strip() if operator and "," not in version else None
