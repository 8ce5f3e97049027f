"""Work of many small pieces shared with copies of this process, where a process can be copied: without one to start,
nothing is imported again, and only what came of the work is sent.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")

MOST_SHARES = 1_000
"""Shares of the work that may wait; their numbers fit into the smallest buffer that a pipe has, one page."""

_NUMBER = 4


def shared(
    pieces: int, work: Callable[[int], _Result], jobs: int, expired: Callable[[], bool] | None = None
) -> dict[int, _Result]:
    """Return what ``work`` gave for each piece by its number, from 0 on; ``work`` must not fail.

    ``jobs`` processes take the next share whenever they are done with one, this process among them. A copy that ends
    before its time is nothing lost: its pieces are done again here. When the time is up, pieces are left out.
    """
    shares = min(pieces, MOST_SHARES)
    count = min(jobs, shares) - 1 if sys.platform == "linux" else 0
    waiting = _waiting(shares)

    def done() -> dict[int, _Result]:
        found: dict[int, _Result] = {}
        while (not expired or not expired()) and (taken := os.read(waiting, _NUMBER)):
            for number in range(int.from_bytes(taken, "little"), pieces, shares):
                found[number] = work(number)
        return found

    copies = [_copied(done) for _ in range(count)]
    try:
        found = done()
        while copies:
            found |= _answer(*copies.pop())
    finally:
        os.close(waiting)
        for process, answer in copies:
            os.close(answer)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    missing = (number for number in range(pieces) if number not in found)
    for number in missing:
        if expired and expired():
            break
        found[number] = work(number)
    return found


def _waiting(shares: int) -> int:
    """Return a pipe from which each process reads the number of its next share."""
    source, sink = os.pipe()
    os.write(sink, b"".join(number.to_bytes(_NUMBER, "little") for number in range(shares)))
    os.close(sink)
    return source


def _copied(done: Callable[[], object]) -> tuple[int, int]:
    """Copy this process for a call whose result, pickled, comes by a pipe; return the copy and that pipe."""
    source, sink = os.pipe()
    process = os.fork()
    if process:
        os.close(sink)
        return process, source
    code = 1
    try:
        os.close(source)
        with open(sink, "wb") as pipe:
            pickle.dump(done(), pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)


def _answer(process: int, source: int) -> dict[int, Any]:
    """Wait for a copy and return its result, nothing if it did not come to its end."""
    with open(source, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(process, 0)
    found: dict[int, Any] = pickle.loads(data) if status == 0 else {}  # noqa: S301 - from this process's own copy
    return found
