"""The files of a package on their way through an evaluation: held, in portions, and their facts brought together."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.facts import Facts, Where
from assay.scanner.code.package import PackageCode, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

WINDOW = 1 << 20
"""Bytes of source that are evaluated together; their intermediate form takes about fifty times as much memory.

Of a package with more candidates a flow is followed within one window alone, and files that lie together stay together.
"""

MOST = 64 << 20
"""Bytes of candidates of one package; the largest innocent package met has 12 MB."""

_HELD = 4 << 20
"""Bytes of source that are held as they are; from there on they are held compressed."""


class Reading(NamedTuple):
    """What came of a package's code: None if it has none, and what of it was not looked at."""

    code: PackageCode | None
    unread: tuple[Unread, ...] = ()


class _Held(NamedTuple):
    data: bytes
    compressed: bool


class Store:
    """The content of files by path, compressed from the point on where there is much of it."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._size = 0

    def __contains__(self, path: str) -> bool:
        """Say whether a file is held."""
        return path in self._held

    def put(self, path: str, data: bytes) -> None:
        """Hold a file."""
        self._size += len(data)
        large = self._size > _HELD
        self._held[path] = _Held(zlib.compress(data, 1) if large else data, large)

    def get(self, path: str) -> bytes | None:
        """Return a file, None if it is not held."""
        held = self._held.get(path)
        return None if held is None else zlib.decompress(held.data) if held.compressed else held.data

    def pop(self, path: str) -> bytes:
        """Return a file and let it go.

        Raises:
            KeyError: it is not held.
        """
        held = self._held.pop(path)
        return zlib.decompress(held.data) if held.compressed else held.data


def windows(chosen: Iterable[str], sizes: Mapping[str, int], unread: list[Unread]) -> Iterator[list[str]]:
    """Yield the chosen files in portions of ``WINDOW`` bytes; what goes beyond ``MOST`` is noted as unread."""
    window: list[str] = []
    size = total = 0
    for path in chosen:
        length = sizes[path]
        total += length
        if total > MOST:
            unread.append(Unread(path, "code-budget", f"more than {MOST} bytes of code to be evaluated"))
            continue
        if window and size + length > WINDOW:
            yield window
            window, size = [], 0
        window.append(path)
        size += length
    if window:
        yield window


def unfinished(facts: Facts, paths: Mapping[str, str]) -> Iterator[Unread]:
    """Yield where a budget ran out; ``paths`` are those of the modules by name.

    A long loop that was not run to its end is common in tables, and no gap.
    """
    for fact in facts.exhausted:
        if fact.kind in _TOLD:
            detail = f"{_TOLD[fact.kind]}, line {fact.where.place.line}"
            yield Unread(paths[fact.where.module], "code-budget", detail)


_TOLD = {
    "steps": "the steps of evaluation ran out",
    "bytes": "the bytes of evaluation ran out",
    "layers": "too many layers of decoded code, or one too large",
}


def united(some: Facts, more: Facts) -> Facts:
    """Facts of two windows as one: the layers of the second are numbered on from those of the first."""
    if not any(some):
        return more
    offset = len(some.layers)

    def moved(where: Where) -> Where:
        return where._replace(layer=where.layer + offset) if where.layer and offset else where

    def at(layer: int) -> int:
        return layer + offset if layer else 0

    return Facts(
        some.imports + tuple(fact._replace(where=moved(fact.where)) for fact in more.imports),
        some.calls + tuple(fact._replace(where=moved(fact.where)) for fact in more.calls),
        some.layers
        + tuple(fact._replace(where=moved(fact.where), number=fact.number + offset) for fact in more.layers),
        some.flows
        + tuple(
            fact._replace(
                where=moved(fact.where),
                chain=tuple((module, at(layer), place) for module, layer, place in fact.chain),
            )
            for fact in more.flows
        ),
        some.strings + tuple(fact._replace(where=moved(fact.where)) for fact in more.strings),
        some.exhausted + tuple(fact._replace(where=moved(fact.where)) for fact in more.exhausted),
    )
