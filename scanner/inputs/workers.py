"""Reading with several processes. A module of its own because its imports cost more than a small scan."""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from assay.scanner.inputs.tree import Limits, ReadFile, Sought, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.code_folders import Portion


_USUAL = 20_000
"""Bytes of a file that lies open, on average; the files of an install of 500 packages have as many."""


def read_portions(
    root: bytes, batches: list[tuple[Portion, ...]], limits: Limits, sought: Sought, jobs: int
) -> Iterator[list[ReadFile]]:
    """Yield what each batch of portions gave, in their order, whoever read it and whenever it was done.

    The largest are read first, so that no worker is left alone with one at the end.
    """
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    weights = [sum(_weight(root, portion) for portion in batch) for batch in batches]
    with ProcessPoolExecutor(min(jobs, len(batches)), mp_context=context) as pool:
        order = sorted(range(len(batches)), key=lambda number: (-weights[number], number))
        begun = {number: pool.submit(_read_batch, root, limits, sought, batches[number]) for number in order}
        try:
            for number in range(len(batches)):
                yield begun.pop(number).result()
        finally:
            for one in begun.values():
                one.cancel()


def _weight(root: bytes, portion: Portion) -> int:
    """About how many bytes a portion has: those of an archive, else what so many files usually have."""
    if not portion.archive:
        return len(portion.entries) * _USUAL
    try:
        return os.lstat(os.path.join(root, portion.entries[0].raw)).st_size
    except OSError:
        return 0


def _read_batch(root: bytes, limits: Limits, sought: Sought, batch: tuple[Portion, ...]) -> list[ReadFile]:
    return [read for portion in batch for read in read_all(root, portion, limits, sought)]
