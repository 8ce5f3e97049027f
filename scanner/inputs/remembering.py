"""Packages that were read before: known by the hashes of their files, so that nobody reads their code again.

Loaded only if a scan remembers. First every file is hashed, by several processes at once; of a package whose files hash
to a key that the store has, no more is read. What is left is read as if nothing were remembered, and kept.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive.content import kind_of
from assay.scanner.inputs.formats import format_of, language_of, of_installed
from assay.scanner.inputs.npm_code import is_from_git, is_read_as_code
from assay.scanner.inputs.remembered import Store, is_filled, key_of
from assay.scanner.inputs.sharing import shared
from assay.scanner.inputs.tree import ReadFile, entry_points_of, read_bytes, read_file, searcher_for, with_reading
from assay.scanner.models import FileDigest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.inputs.code_folders import Memory, Portion, Read
    from assay.scanner.inputs.target import ReadOptions
    from assay.scanner.inputs.tree import Entry, Limits, Sought

FEWEST_SHARED = 1_000
"""Files that are hashed sooner than a process is copied."""

_FORM = "assay.scanner.code.stored"
"""The module that knows the form of entries, loaded by name as whoever reads code is."""


class Identified(NamedTuple):
    """The files of a portion once they are hashed, in its order: SHA-256, size and kind of each.

    ``told`` are those of which there is more to tell, by their number: what was parsed, sighted, or could not be read.
    ``kept`` is what the store has of the package, None if nothing.
    """

    rows: list[tuple[str, int, str]]
    told: dict[int, ReadFile]
    kept: bytes | None


def recall(
    root: bytes, portions: list[Portion], options: ReadOptions, sought: Sought
) -> Iterator[list[ReadFile] | None]:
    """Yield for each portion what is remembered of it, None for one that has to be read.

    Where nobody reads code, what was hashed is all there is. What is not hashed when the time is up has to be read.
    """

    def work(number: int) -> Identified | None:
        portion = portions[number]
        return None if portion.archive else identify(root, portion, options.limits, sought)

    found: dict[int, Identified | None] = {}
    if sought.remember and is_filled(sought.remember):
        many = sum(len(portion.entries) for portion in portions) >= FEWEST_SHARED
        found = shared(len(portions), work, options.jobs if many else 1, options.expired)
    for number, portion in enumerate(portions):
        identified = found.pop(number, None)
        yield _recalled(portion, identified, sought) if identified else None


def identify(root: bytes, portion: Portion, limits: Limits, sought: Sought) -> Identified:
    """Hash the files of a portion, and look up what is kept of its code."""
    searcher = searcher_for(sought)
    npm = portion.ecosystem == "npm"
    rows: list[tuple[str, int, str]] = []
    told: dict[int, ReadFile] = {}
    for entry in portion.entries:
        form = format_of(entry.path) or (of_installed(entry.path) if sought.owners else None)
        row = None if form or searcher else _hashed(root, entry, limits, kinds=npm)
        if row is None:
            one = read_file(root, entry, limits, form, searcher=searcher, kinds=npm)
            row = (one.digest.sha256, one.digest.size, one.kind) if one.digest else ("", 0, "")
            if one.parsed or one.gaps or one.sightings:
                told[len(rows)] = one
        rows.append(row)
    kept = None
    if sought.remember and is_read_as_code(portion, sought) and all(one.digest for one in told.values()):
        files = [(entry.path, row[0], row[1]) for entry, row in zip(portion.entries, rows, strict=True)]
        kept = Store(sought.remember).get(_key(portion, files, told.values()))
    return Identified(rows, told, kept)


def _hashed(root: bytes, entry: Entry, limits: Limits, *, kinds: bool) -> tuple[str, int, str] | None:
    """Return SHA-256, size and kind of a file, None if it cannot be read."""
    try:
        read = read_bytes(os.path.join(root, entry.raw), 0, None, limits.file_bytes)
    except OSError:
        return None
    return read.sha256, read.size, kind_of(read.head) if kinds else ""


def _recalled(portion: Portion, identified: Identified, sought: Sought) -> list[ReadFile] | None:
    found: Read | None = None
    taken: frozenset[str] = frozenset()
    if is_read_as_code(portion, sought):
        form = importlib.import_module(_FORM)
        known = form.decode(identified.kept) if identified.kept is not None else None
        if known is None:
            return None
        found, taken = known
    start = portion.start
    read = []
    for entry, (sha256, size, kind) in zip(portion.entries, identified.rows, strict=True):
        path = entry.path
        language = None if path[start:] in taken else language_of(path)
        read.append(ReadFile(path, FileDigest(path, sha256, size), language=language, kind=kind))
    for number, one in identified.told.items():
        read[number] = one._replace(language=read[number].language)
    return with_reading(read, portion, found) if found else read


def keep(portion: Portion, read: list[ReadFile], found: Read, memory: Memory) -> None:
    """Keep what reading a package gave, unless some of it could not be read."""
    files = [one.digest[:3] for one in read if one.digest]
    if len(files) < len(read):
        return
    start = portion.start
    taken = (one.path[start:] for one in read if one.language is None and language_of(one.path))
    content = importlib.import_module(_FORM).encode(found, frozenset(taken))
    Store(memory).put(_key(portion, files, read), content)


def _key(portion: Portion, files: Iterable[tuple[str, str, int]], told: Iterable[ReadFile]) -> str:
    """Return the key of a package: all that decides what reading it gives; paths are those from its folder."""
    start = portion.start
    surroundings = (is_from_git(portion, told),) if portion.ecosystem == "npm" else entry_points_of(told)
    held = [(path[start:], data.hex(), len(data)) for path, data in portion.held]
    within = [(path[start:], sha256, size) for path, sha256, size in files]
    return key_of((portion.packed, portion.ecosystem, *surroundings), [*within, *held])
