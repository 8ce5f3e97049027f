"""The files of one npm package in a folder: each read once and handed on, then dropped. Loaded by whoever meets one."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.formats import format_of, of_installed
from assay.scanner.inputs.npm_folders import MANIFEST
from assay.scanner.inputs.tree import npm_sources_for, read_file, remembering, searcher_for, with_reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.inputs.code_folders import NpmSources, Portion, Read
    from assay.scanner.inputs.tree import Limits, ReadFile, Sought


class _Later:
    """Who reads code, loaded only once there is something to read: of most packages everything may be remembered."""

    def __init__(self, sought: Sought) -> None:
        self._sought = sought

    @cached_property
    def _sources(self) -> NpmSources:
        made = npm_sources_for(self._sought)
        if made is None:
            raise TypeError("nobody reads the code of npm packages")
        return made

    def take(self, path: str, data: bytes | None) -> bool:
        """Hand a file on."""
        return self._sources.take(path, data)

    def finish(self, packed: str, files: Iterable[str], *, git: bool = False, root: bool = False) -> Read:
        """Have what was taken read."""
        return self._sources.finish(packed, files, git=git, root=root)


def read_package(root: bytes, portion: Portion, limits: Limits, sought: Sought) -> list[ReadFile]:
    """Return every file of a portion, the first with what the package's code does."""
    searcher = searcher_for(sought)
    memory = remembering(root, portion, sought) if sought.npm else None
    direct_to = npm_sources_for(sought) if not memory and _holds_more(portion) else None
    sources = _Later(sought) if memory else direct_to
    start = len(portion.folder) + 1 if portion.folder else 0
    read = []
    for entry in portion.entries:
        form = format_of(entry.path) or (of_installed(entry.path) if sought.owners else None)
        direct = partial(sources.take, entry.path[start:]) if sources else None
        take = memory.taker(entry) if memory else direct
        read.append(read_file(root, entry, limits, form, searcher=searcher, take=take, kinds=True))
    if sources is None:
        return read
    git, source = _is_from_git(portion, read), portion.packed == "source"
    finish = partial(sources.finish, portion.packed or "source", portion.paths, git=git, root=source)
    if memory:
        read, found = memory.finish(read, (git, source), sources, finish)
        return with_reading(read, portion, found)
    for path, data in portion.held:
        sources.take(path[start:], data)
    return with_reading(read, portion, finish())


def _holds_more(portion: Portion) -> bool:
    """Say whether a package holds more than lockfiles and a manifest without scripts; if not, no reader is loaded."""
    return (
        portion.packed == "installed"
        or any(format_of(entry.path) is None for entry in portion.entries)
        or any(b'"scripts"' in data or b"\\u" in data for _, data in portion.held)
    )


def _is_from_git(portion: Portion, read: list[ReadFile]) -> bool:
    """Say whether the lockfile says that the package, in the version that lies here, comes from git."""
    if not portion.git:
        return False
    place = f"{portion.folder}/{MANIFEST}"
    own = next((one.parsed for one in read if one.path == place), None)
    versions = {package.component.version for package in own.installed} if own else set()
    return None in portion.git or not versions.isdisjoint(portion.git)
