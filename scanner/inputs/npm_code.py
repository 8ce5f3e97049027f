"""The files of one npm package in a folder: each read once and handed on, then dropped. Loaded by whoever meets one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.formats import format_of, of_installed
from assay.scanner.inputs.npm_folders import MANIFEST
from assay.scanner.inputs.tree import keep, npm_sources_for, read_file, searcher_for, with_reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.inputs.code_folders import Portion
    from assay.scanner.inputs.tree import Limits, ReadFile, Sought


def read_package(root: bytes, portion: Portion, limits: Limits, sought: Sought) -> list[ReadFile]:
    """Return every file of a portion, the first with what the package's code does."""
    searcher = searcher_for(sought)
    sources = npm_sources_for(sought) if is_read_as_code(portion, sought) else None
    start = portion.start
    read = []
    for entry in portion.entries:
        form = format_of(entry.path) or (of_installed(entry.path) if sought.owners else None)
        take = partial(sources.take, entry.path[start:]) if sources else None
        read.append(read_file(root, entry, limits, form, searcher=searcher, take=take, kinds=True))
    if sources is None:
        return read
    for path, data in portion.held:
        sources.take(path[start:], data)
    source = portion.packed == "source"
    found = sources.finish(portion.packed or "source", portion.paths, git=is_from_git(portion, read), root=source)
    keep(portion, read, found, sought)
    return with_reading(read, portion, found)


def is_read_as_code(portion: Portion, sought: Sought) -> bool:
    """Say whether somebody reads the code of a portion.

    Of an npm package that holds no more than lockfiles and a manifest without scripts nobody does.
    """
    if portion.ecosystem != "npm":
        return bool(sought.code and portion.packed)
    return bool(sought.npm) and (
        portion.packed == "installed"
        or any(format_of(entry.path) is None for entry in portion.entries)
        or any(b'"scripts"' in data or b"\\u" in data for _, data in portion.held)
    )


def is_from_git(portion: Portion, read: Iterable[ReadFile]) -> bool:
    """Say whether the lockfile says that the package, in the version that lies here, comes from git."""
    if not portion.git:
        return False
    place = f"{portion.folder}/{MANIFEST}"
    own = next((one.parsed for one in read if one.path == place), None)
    versions = {package.component.version for package in own.installed} if own else set()
    return None in portion.git or not versions.isdisjoint(portion.git)
