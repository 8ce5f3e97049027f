"""Work shared by copies of this process: the same whoever did it, and nothing is lost with a copy that ends early."""

from __future__ import annotations

import os
import sys
import time

import pytest

from assay.scanner.inputs.sharing import MOST_SHARES, shared

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # pytest's workers have threads


@pytest.mark.parametrize("pieces", [0, 1, 7, MOST_SHARES, 2 * MOST_SHARES + 3])
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_piece_is_done(pieces: int, jobs: int) -> None:
    assert shared(pieces, str, jobs) == {number: str(number) for number in range(pieces)}


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_several_processes_take_part() -> None:
    parent = os.getpid()
    ends, begins = os.pipe()

    def work(number: int) -> int:
        if os.getpid() == parent:
            os.read(ends, 1)  # until a copy has had its share
        else:
            os.write(begins, b"." * 8)
        return os.getpid() if number >= 0 else 0

    assert len(set(shared(8, work, 2).values())) == 2
    os.close(ends)
    os.close(begins)


def test_what_a_copy_leaves_is_done_again() -> None:
    parent = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != parent:
            os._exit(3)
        return number

    assert shared(50, work, 3) == {number: number for number in range(50)}


def test_what_fails_fails_here_and_leaves_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    parent, fork = os.getpid(), os.fork
    copies: list[int] = []

    def counted() -> int:
        copies.append(fork())
        return copies[-1]

    def work(number: int) -> int:
        if os.getpid() != parent:
            time.sleep(60)
        raise ValueError(str(number))

    monkeypatch.setattr(os, "fork", counted)
    with pytest.raises(ValueError, match=r"\d"):
        shared(8, work, 3)
    assert len(copies) == (2 if sys.platform == "linux" else 0)
    for process in copies:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def test_when_the_time_is_up_pieces_are_left_out() -> None:
    left = iter([False, False, True])
    assert shared(5, str, 1, lambda: next(left, True)) == {0: "0", 1: "1"}
    assert shared(5, str, 3, lambda: True) == {}


def test_where_processes_are_not_copied_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.scanner.inputs.sharing.sys.platform", "darwin")
    assert set(shared(9, lambda _: os.getpid(), 4).values()) == {os.getpid()}
