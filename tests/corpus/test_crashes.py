"""Whatever ends an import or a decision on its way: the store is the old one or the new one, and goes on working."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus.store import Store
from tests.command import ROOT
from tests.corpus.crashing import ACTIONS, BASE, UPDATE
from tests.corpus.packs import FREE, small_pack

if TYPE_CHECKING:
    from collections.abc import Iterator


def trials(*arguments: str) -> list[dict[str, Any]]:
    """Return what ``crashing`` reports of its trials."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.crashing", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def wrong(found: list[dict[str, Any]]) -> dict[int, list[str]]:
    return {number: trial["wrong"] for number, trial in enumerate(found, 1) if trial["wrong"]}


CALLS = {"import": 30, "rollback": 7, "use": 7, "switch off": 7, "remove": 8, "trust add": 16, "trust update": 16}
"""How many calls that change the disk an action takes at least."""

OFTEN = ("import", "remove")
"""Actions that are tried each time; the others are made of the same steps."""


@pytest.mark.parametrize(
    "action", [action if action in OFTEN else pytest.param(action, marks=pytest.mark.slow) for action in ACTIONS]
)
def test_killed_at_every_call(action: str) -> None:
    """At each fsync, rename, unlink, open for writing, chmod and mkdir of the action."""
    found = trials("kill", action)
    assert wrong(found) == {}
    assert [trial["killed"] for trial in found] == [True] * (len(found) - 1) + [False]
    assert len(found) > CALLS.get(action, 7)
    states = [trial["state"] for trial in found]
    assert states == sorted(states, reverse=True)  # the old one, and from some call on the new one
    assert {*states} == {"old", "new"}


@pytest.mark.parametrize("action", ["import", pytest.param("trust add", marks=pytest.mark.slow)])
def test_a_write_that_is_torn(action: str) -> None:
    """Half of a file is on the disk when the power goes: of the pack, of a root, of the state."""
    found = trials("tear", action)
    assert wrong(found) == {}
    states = [trial["state"] for trial in found]
    assert states == sorted(states, reverse=True)
    assert len(found) > 4


def test_the_state_names_only_what_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a name is given, what it is given to was waited for; before the state is replaced, so were all names."""
    source = tmp_path / "carried.pack"
    source.write_bytes(small_pack(roots=(UPDATE,)))
    pending: set[int] = set()
    written: set[int] = set()
    placed: list[str] = []
    real = {name: getattr(os, name) for name in ("fsync", "replace", "mkdir")}

    def fsync(handle: int) -> None:
        real["fsync"](handle)
        written.add(os.fstat(handle).st_ino)
        pending.discard(os.fstat(handle).st_ino)

    def replace(source: str, target: str) -> None:
        assert os.stat(source).st_ino in written
        if target.endswith("state.json"):
            assert not pending
        real["replace"](source, target)
        placed.append(os.path.relpath(target, tmp_path / "new" / "store"))
        pending.add(os.stat(os.path.dirname(target)).st_ino)

    def mkdir(path: str, mode: int = 0o777) -> None:
        real["mkdir"](path, mode)
        pending.add(os.stat(os.path.dirname(path)).st_ino)

    with monkeypatch.context() as patch:
        for each in (fsync, replace, mkdir):
            patch.setattr(os, each.__name__, each)
        Store(str(tmp_path / "new" / "store")).import_pack(str(source), BASE, FREE)
    assert [name.partition("/")[0] for name in placed] == ["roots", "roots", "packs", "state.json"]
    assert not pending


# --- disks that fail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, pytest.param(errno.EIO, marks=pytest.mark.slow)])
def test_a_call_that_fails(number: int) -> None:
    """Each call in turn that changes the disk fails once: the import is refused, and nothing is left behind."""
    found = trials("fail", str(number))
    assert wrong(found) == {}
    assert {trial["code"] for trial in found} == {"E_STORE", "accepted"}
    assert len(found) >= 30


def test_no_file_may_grow_any_further() -> None:
    """By the limit that a process has (ulimit -f): each write fails in turn, and the import with it."""
    found = trials("limit")
    assert wrong(found) == {}
    assert [trial["code"] for trial in found] == ["accepted" if trial["enough"] else "E_STORE" for trial in found]
    assert {trial["enough"] for trial in found} == {True, False}


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Yield a folder that is a disk of 512 KiB, if this machine lets us have one."""
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    folder = Path(tempfile.mkdtemp())  # not below tmp_path, which others than its owner may not enter
    folder.chmod(0o755)
    (folder / "disk").mkdir()
    options = ["-t", "tmpfs", "-o", "size=512k,mode=0777", "none"]
    made = subprocess.run([mount, *options, str(folder / "disk")], capture_output=True, encoding="utf-8")
    try:
        if made.returncode:
            pytest.skip(f"no disk can be mounted here: {made.stderr.strip()}")
        yield folder / "disk"
    finally:
        subprocess.run(["umount", str(folder / "disk")], capture_output=True)
        shutil.rmtree(folder)


def test_a_full_disk(small_disk: Path) -> None:
    found = trials("full", str(small_disk))
    assert wrong(found) == {}
    assert [trial["code"] for trial in found][:1] == ["E_STORE"]
    assert {trial["code"] for trial in found} == {"E_STORE", "accepted"}


def test_a_store_that_cannot_be_written() -> None:
    """Imports are refused, scans go on, and the doctor says so."""
    (trial,) = trials("read-only")
    assert (trial["code"], trial["state"], trial["wrong"]) == ("E_STORE", "old", [])
    assert trial["doctor"] == ["writing"]
