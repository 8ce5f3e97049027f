"""The npm packages of a target: what each holds and says, held against the lockfile that it was installed by. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.code_folders import folder_of, name_of
from assay.scanner.inputs.collect import shown
from assay.scanner.inputs.npm_folders import LOCKFILES, MANIFEST, name_in, shelf_at
from assay.scanner.inputs.npm_package import disagreements, entry_points
from assay.scanner.models import Component, Mismatch, Package, PackedFile
from assay.scanner.purl import local_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from assay.scanner.inputs.code_folders import Portion
    from assay.scanner.inputs.npm_manifest import NpmManifest
    from assay.scanner.inputs.tree import ReadFile


class Contents(NamedTuple):
    """A target after reading: its files by path, the portions that are npm packages, and the purl of each folder.

    ``hidden`` says of a path whether a file may be there that was not read: left out, a link, or a gap.
    """

    files: Mapping[str, ReadFile]
    portions: Sequence[Portion]
    purls: Mapping[str, str]
    hidden: Callable[[str], bool]


class _Lock(NamedTuple):
    """What a lockfile says: the versions by name, and which (alias, name) belong together."""

    versions: Mapping[str, frozenset[str | None]]
    aliases: frozenset[tuple[str, str]]


def members(portions: Iterable[Portion], components: Iterable[Component]) -> dict[str, str]:
    """Return the purl of each folder with the source of a package that the project itself links to or copies in."""
    folders = {portion.folder for portion in portions if portion.packed == "source" and portion.folder}
    found: dict[str, str] = {}
    for component in components:
        folder = local_path(component.purl) if folders and component.ecosystem == "npm" else None
        if folder in folders:
            found[str(folder)] = component.purl
    return found


def packages(contents: Contents) -> tuple[Package, ...]:
    """Return every npm package whose files are here, by path: those in folders, in archives, and single files."""
    made = _Made(contents)
    found = [made.package(portion) for portion in contents.portions if portion.entries or portion.held]
    placed = {portion.folder for portion in contents.portions}
    for file in contents.files.values():
        if file.others:
            found += [one._replace(purl=contents.purls.get(one.path, one.purl)) for one in file.others]
        one = file.package
        if one and one.ecosystem == "npm" and one.path not in placed:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.path, one.packed)))


class _Made:
    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._locks = dict(_locks(contents.files))

    def package(self, portion: Portion) -> Package:
        contents, folder = self._contents, portion.folder
        start = len(folder) + 1 if folder else 0
        files = []
        code = None
        paths = [entry.path for entry in portion.entries]
        if portion.held:
            paths = sorted((*paths, *(path for path, _ in portion.held)))
        for path in paths:
            read = contents.files.get(path)
            if read and read.digest:
                files.append(PackedFile(path[start:], read.digest.sha256, read.digest.size, read.kind))
            if read and read.package:
                code = read.package.code
        manifest = self._manifest(f"{folder}/{MANIFEST}" if folder else MANIFEST)
        mismatches: list[Mismatch] = []
        if manifest and portion.packed == "installed":
            names = frozenset(file.path for file in files)
            mismatches += disagreements(manifest, names, lambda path: self._may_be(f"{folder}/{path}"))
            mismatches += self._against_lock(folder, manifest)
        return Package(
            purl=contents.purls.get(folder, "") if folder else "",
            path=folder,
            packed=portion.packed or "source",
            files=tuple(files),
            entry_points=entry_points(manifest) if manifest else (),
            scripts=tuple(sorted({command for command, _ in manifest.bins})) if manifest else (),
            mismatches=tuple(sorted(set(mismatches))),
            code=code,
            ecosystem="npm",
            platforms=manifest.platforms if manifest else (),
            people=manifest.people if manifest else (),
            lifecycle=manifest.lifecycle if manifest else (),
        )

    def _may_be(self, path: str) -> bool:
        """Say whether a file may be there although its content was not read."""
        return path in self._contents.files or self._contents.hidden(path)

    def _manifest(self, path: str) -> NpmManifest | None:
        read = self._contents.files.get(path)
        return read.parsed.npm if read and read.parsed else None

    def _against_lock(self, folder: str, manifest: NpmManifest) -> Iterator[Mismatch]:
        """Yield how an installed package differs from what the nearest lockfile locks under the name of its folder.

        Node finds a package by its folder, whatever the manifest in it says; only an alias tells a name from another.
        """
        name, lock = name_in(folder), self._lock_of(folder)
        if lock is None or not name or not manifest.name:
            return
        if manifest.name != name and (name, manifest.name) not in lock.aliases:
            detail = f"installed as {shown(name)}, the manifest says {shown(manifest.name)}"
            yield Mismatch("other-name", MANIFEST, detail)
        locked = lock.versions.get(manifest.name)
        if locked and None not in locked and manifest.version and manifest.version not in locked:
            versions = ", ".join(shown(one) for one in sorted(str(one) for one in locked)[:4])
            detail = f"version {shown(manifest.version)}, the lockfile has {versions}"
            yield Mismatch("unlocked-version", MANIFEST, detail)

    def _lock_of(self, folder: str) -> _Lock | None:
        """Return the lockfile that a package was installed by: the one beside its topmost ``node_modules``, or above.

        What a package carries within, as test data or along with it, was not installed by it.
        """
        around = folder[: max(shelf_at(f"{folder}/"), 0)].rstrip("/")
        if shelf_at(f"{around}/") >= 0 and not _is_package(around):
            return None
        while True:
            if around in self._locks:
                return self._locks[around]
            if not around:
                return None
            around = folder_of(around)


def _is_package(folder: str) -> bool:
    """Say whether a folder below ``node_modules`` is a package's own, or one of pnpm's store that holds packages."""
    name = name_in(folder)
    return name.count("/") == (1 if name.startswith("@") else 0) if name else True


def _locks(files: Mapping[str, ReadFile]) -> Iterator[tuple[str, _Lock]]:
    for path, file in files.items():
        if name_of(path) not in LOCKFILES or file.parsed is None or not file.parsed.components:
            continue
        versions: dict[str, set[str | None]] = {}
        aliases: set[tuple[str, str]] = set()
        for component in file.parsed.components:
            versions.setdefault(component.name, set()).add(component.version)
            aliases.update((alias, component.name) for alias in component.aliases)
        yield folder_of(path), _Lock({name: frozenset(some) for name, some in versions.items()}, frozenset(aliases))
