"""Reading with several processes. A module of its own because its imports cost more than a small scan."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.tree import Entry, Limits, ReadFile, Sought, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_chunks(
    root: bytes, chunks: list[list[Entry]], limits: Limits, sought: Sought, jobs: int
) -> Iterator[list[ReadFile]]:
    """Yield what each chunk gave, in the order of the chunks, whoever read it and whenever it was done."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(chunks)), mp_context=context) as pool:
        yield from pool.map(partial(_read_chunk, root, limits, sought), chunks)


def _read_chunk(root: bytes, limits: Limits, sought: Sought, chunk: list[Entry]) -> list[ReadFile]:
    return read_all(root, chunk, limits, sought)
