"""Reading with several processes. A module of its own because its imports cost more than a small scan."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.tree import Limits, ReadFile, Sought, read_all
from assay.scanner.models import FileDigest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.inputs.code_folders import Portion

_USUAL = 20_000
"""Bytes of a file that lies open, on average; the files of an install of 500 packages have as many."""

_Sent = ReadFile | tuple[str, int, str | None, str]
"""A file on its way from a worker: of most no more than SHA-256, size, language and kind is to be told."""


class _Order(NamedTuple):
    """What all workers are told when they begin: what to read, and how. Only numbers of batches follow."""

    root: bytes
    limits: Limits
    sought: Sought
    batches: list[tuple[Portion, ...]]


_ORDERS: list[_Order] = []


def read_portions(
    root: bytes, batches: list[tuple[Portion, ...]], limits: Limits, sought: Sought, jobs: int
) -> Iterator[list[ReadFile]]:
    """Yield what each batch of portions gave, in their order, whoever read it and whenever it was done.

    The largest are read first, so that no worker is left alone with one at the end.
    """
    forks = sys.platform == "linux"
    context = multiprocessing.get_context("fork" if forks else "spawn")
    for name in _readers(batches, sought) if forks else ():
        importlib.import_module(name)
    weights = [sum(_weight(root, portion) for portion in batch) for batch in batches]
    order = _Order(root, limits, sought, batches)
    with ProcessPoolExecutor(min(jobs, len(batches)), context, _begin, (order,)) as pool:
        numbers = sorted(range(len(batches)), key=lambda number: (-weights[number], number))
        begun = {number: pool.submit(_read_batch, number) for number in numbers}
        try:
            for number in range(len(batches)):
                yield _unpacked(batches[number], begun.pop(number).result())
        finally:
            for one in begun.values():
                one.cancel()


def _readers(batches: Iterable[tuple[Portion, ...]], sought: Sought) -> list[str]:
    """Return the modules that every worker will need: what this process has loaded, its copies have as well."""
    kinds = {(portion.archive, portion.ecosystem, portion.packed) for batch in batches for portion in batch}
    archives = any(archive for archive, _, _ in kinds)
    needed = {"assay.scanner.inputs.artifact"} if archives else set()
    if sought.npm and any(ecosystem == "npm" for _, ecosystem, _ in kinds):
        needed |= {"assay.scanner.inputs.npm_code", sought.npm}
    if sought.code and any(packed and ecosystem == "pypi" for _, ecosystem, packed in kinds):
        needed.add(sought.code)
    return sorted(needed)


def _weight(root: bytes, portion: Portion) -> int:
    """About how many bytes a portion has: those of an archive, else what so many files usually have."""
    if not portion.archive:
        return len(portion.entries) * _USUAL
    try:
        return os.lstat(os.path.join(root, portion.entries[0].raw)).st_size
    except OSError:
        return 0


def _begin(order: _Order) -> None:
    _ORDERS.append(order)


def _read_batch(number: int) -> list[list[_Sent]]:
    order = _ORDERS[-1]
    return [_packed(read_all(order.root, portion, order.limits, order.sought)) for portion in order.batches[number]]


def _packed(read: list[ReadFile]) -> list[_Sent]:
    return [
        (one.digest.sha256, one.digest.size, one.language, one.kind)
        if one.digest and one == ReadFile(one.path, one.digest, language=one.language, kind=one.kind)
        else one
        for one in read
    ]


def _unpacked(batch: tuple[Portion, ...], sent: list[list[_Sent]]) -> list[ReadFile]:
    """Return the files of a batch; those of which little was told bear the paths of the portion's, in its order."""
    found = []
    for portion, some in zip(batch, sent, strict=True):
        for number, one in enumerate(some):
            if isinstance(one, ReadFile):
                found.append(one)
            else:
                path = portion.entries[number].path
                sha256, size, language, kind = one
                found.append(ReadFile(path, FileDigest(path, sha256, size), language=language, kind=kind))
    return found
