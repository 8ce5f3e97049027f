"""The files of a package on their way to whoever reads code: given at once, or only if nobody remembers what they gave.

Loaded by whoever meets a package of which something may be remembered.
"""

from __future__ import annotations

import importlib
import os
from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.remembered import Store, key_of
from assay.scanner.inputs.tree import MAX_CODE_BYTES, read_bytes
from assay.scanner.models import Gap

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.inputs.code_folders import Memory, NpmSources, Portion, Read, Sources
    from assay.scanner.inputs.tree import Entry, ReadFile

HELD = 16 << 20
"""Bytes of a package that are held until it is known whether they are wanted; what is beyond is read once more."""

_FORM = "assay.scanner.code.stored"
"""The module that knows the form of entries, loaded by name as whoever reads code is."""


class Remembering:
    """The files of one package. What reading gave is remembered by their content (see ``remembered``)."""

    def __init__(self, root: bytes, portion: Portion, memory: Memory) -> None:
        self._root = root
        self._portion = portion
        self._store = Store(memory)
        self._given: list[tuple[Entry, bytes | None, bool]] = []
        self._size = 0

    def taker(self, entry: Entry) -> Callable[[bytes | None], bool]:
        """Return what a file is given to once it has been read."""
        return partial(self._take, entry)

    def _take(self, entry: Entry, data: bytes | None) -> bool:
        self._size += len(data or b"")
        held = data if self._size <= HELD else None
        self._given.append((entry, held, data is not None))
        return False

    def finish(
        self,
        read: list[ReadFile],
        surroundings: tuple[object, ...],
        sources: Sources | NpmSources,
        finish: Callable[[], Read],
    ) -> tuple[list[ReadFile], Read]:
        """Return the files, those marked that are read as code, and what came of them: remembered, or read now.

        ``surroundings`` are all that decides the result besides the files.
        """
        form = importlib.import_module(_FORM)
        start = len(self._portion.folder) + 1 if self._portion.folder else 0
        digests = [one.digest for one in read]
        files = [(digest.path[start:], digest.sha256, digest.size) for digest in digests if digest]
        held = ((path[start:], data.hex(), len(data)) for path, data in self._portion.held)
        key = key_of((self._portion.packed, self._portion.ecosystem, *surroundings), [*files, *held])
        complete = len(files) == len(read)
        content = self._store.get(key) if complete else None
        known = form.decode(content) if content is not None else None
        if known is None:
            taken, changed = self._read(sources, start, {one.path: one.sha256 for one in digests if one})
            found = finish()
            if complete and not changed:
                self._store.put(key, form.encode(found, taken))
        else:
            (found, taken), changed = known, frozenset()
        return [_marked(one, one.path[start:] in taken, one.path in changed) for one in read], found

    def _read(
        self, sources: Sources | NpmSources, start: int, digests: dict[str, str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Give the files to whoever reads code; say which it took, and which are no longer what was hashed."""
        taken, changed = set(), set()
        for entry, held, wanted in self._given:
            data = held
            if wanted and held is None:
                try:
                    read = read_bytes(os.path.join(self._root, entry.raw), MAX_CODE_BYTES)
                    data, now = read.data, read.sha256
                except OSError:
                    data, now = None, ""
                if now != digests[entry.path]:
                    changed.add(entry.path)
            if sources.take(entry.path[start:], data):
                taken.add(entry.path[start:])
        for path, content in self._portion.held:
            sources.take(path[start:], content)
        return frozenset(taken), frozenset(changed)


def _marked(read: ReadFile, taken: bool, changed: bool) -> ReadFile:
    gaps = (Gap(read.path, "changed", "the file was changed while it was read"),) if changed else ()
    return read._replace(language=None if taken else read.language, gaps=read.gaps + gaps)
