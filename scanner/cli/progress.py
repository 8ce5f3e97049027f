"""The progress bar: on a terminal's stderr only, and only for reads that take a while. Loads rich."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FEWEST_FILES = 2_000
"""A target with fewer files is read before a bar could be seen."""


@contextmanager
def reading() -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (files done, files in all) and shows a bar, gone again at the end."""
    bar = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
    task = bar.add_task("reading", total=None)

    def advance(done: int, total: int) -> None:
        if total >= FEWEST_FILES:
            bar.start()
            bar.update(task, completed=done, total=total, refresh=True)

    try:
        yield advance
    finally:
        bar.stop()
