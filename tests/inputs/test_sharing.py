"""Work shared by copies of this process: the same whoever did it, and nothing is lost with a copy that ends early."""

from __future__ import annotations

import os
import sys

import pytest

from assay.scanner.inputs.sharing import MOST_SHARES, shared


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


def test_what_fails_fails_here() -> None:
    def work(number: int) -> int:
        raise ValueError(str(number))

    with pytest.raises(ValueError, match="0"):
        shared(1, work, 2)
    with pytest.raises(ChildProcessError):  # no copy is left behind
        os.waitpid(-1, os.WNOHANG)


def test_when_the_time_is_up_pieces_are_left_out() -> None:
    left = iter([False, False, True])
    assert shared(5, str, 1, lambda: next(left, True)) == {0: "0", 1: "1"}
    assert shared(5, str, 3, lambda: True) == {}


def test_where_processes_are_not_copied_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.scanner.inputs.sharing.sys.platform", "darwin")
    assert set(shared(9, lambda _: os.getpid(), 4).values()) == {os.getpid()}
