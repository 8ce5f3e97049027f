"""Reading with several processes. A module of its own because its imports cost more than a small scan."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.tree import Limits, ReadFile, Sought, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.code_folders import Portion


def read_portions(
    root: bytes, batches: list[tuple[Portion, ...]], limits: Limits, sought: Sought, jobs: int
) -> Iterator[list[ReadFile]]:
    """Yield what each batch of portions gave, in their order, whoever read it and whenever it was done."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(batches)), mp_context=context) as pool:
        yield from pool.map(partial(_read_batch, root, limits, sought), batches)


def _read_batch(root: bytes, limits: Limits, sought: Sought, batch: tuple[Portion, ...]) -> list[ReadFile]:
    return [read for portion in batch for read in read_all(root, portion, limits, sought)]
