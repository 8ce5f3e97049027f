"""The files of a package on their way through an evaluation: held, in portions, and their facts brought together."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.facts import Facts, Where
from assay.scanner.code.package import PackageCode, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from assay.scanner.code.ir import Place

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
    size: int


class Store:
    """The content of files by path, compressed from the point on where there is much of it."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._size = 0

    def __contains__(self, path: str) -> bool:
        """Say whether a file is held."""
        return path in self._held

    def paths(self) -> Iterable[str]:
        """Return the paths of what is held."""
        return self._held.keys()

    def size(self, path: str) -> int:
        """Return the bytes of a file that is held.

        Raises:
            KeyError: it is not held.
        """
        return self._held[path].size

    def put(self, path: str, data: bytes) -> None:
        """Hold a file."""
        self._size += len(data)
        large = self._size > _HELD
        self._held[path] = _Held(zlib.compress(data, 1) if large else data, large, len(data))

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


def summed(unread: Iterable[Unread]) -> tuple[Unread, ...]:
    """Return what was not read, sorted: of each kind of budget that ran out the first place, and how many more."""
    found: list[Unread] = []
    more: dict[str, list[Unread]] = {}
    for one in sorted(unread):
        group = found if one.reason != "code-budget" else more.setdefault(one.detail.partition(", line ")[0], [])
        group.append(one)
    for first, *others in more.values():
        count = f"; so in {len(others)} more places" if others else ""
        found.append(first._replace(detail=first.detail + count))
    return tuple(sorted(found))


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
    if offset:
        more = moved(more, lambda module, layer, place: (module, layer + offset if layer else 0, place))
        more = more._replace(layers=tuple(fact._replace(number=fact.number + offset) for fact in more.layers))
    return Facts(
        some.imports + more.imports,
        some.calls + more.calls,
        some.layers + more.layers,
        some.flows + more.flows,
        some.strings + more.strings,
        some.exhausted + more.exhausted,
    )


def moved(facts: Facts, change: Callable[[str, int, Place], tuple[str, int, Place]]) -> Facts:
    """Facts that stand elsewhere: ``change`` gives module, layer and place for those that a fact says."""

    def at(where: Where) -> Where:
        module, layer, place = change(where.module, where.layer, where.place)
        return where._replace(module=module, layer=layer, place=place)

    return Facts(
        tuple(fact._replace(where=at(fact.where)) for fact in facts.imports),
        tuple(fact._replace(where=at(fact.where)) for fact in facts.calls),
        tuple(fact._replace(where=at(fact.where)) for fact in facts.layers),
        tuple(
            fact._replace(where=at(fact.where), chain=tuple(change(*station) for station in fact.chain))
            for fact in facts.flows
        ),
        tuple(fact._replace(where=at(fact.where)) for fact in facts.strings),
        tuple(fact._replace(where=at(fact.where)) for fact in facts.exhausted),
    )
