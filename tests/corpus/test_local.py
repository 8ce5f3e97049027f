"""The invoker's own indicators as a pack: how it begins, goes on, and what happens when something of it is missing."""

from __future__ import annotations

import multiprocessing
import os
import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.corpus import anchors, decisions, durable, entries, keys, local, sections
from assay.corpus.contents import verify_pack
from assay.corpus.store import RETAINED, Store
from assay.scanner.errors import CorpusError, UsageError
from tests.corpus.indicator_entries import ENTRIES, indicator_entries
from tests.corpus.packs import FREE, ROOT, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from assay.corpus.indicators import IndicatorEntry
    from assay.corpus.local import Change

TRUST = anchors.trusting(ROOT)
DAY = "2026-03-01"


def adding(*new: IndicatorEntry) -> Callable[[tuple[IndicatorEntry, ...]], Iterable[IndicatorEntry]]:
    return lambda known: (*known, *new)


def change(
    folder: Path | str,
    edit: Callable[[tuple[IndicatorEntry, ...]], Iterable[IndicatorEntry]],
    new_key: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate,
) -> Change:
    return local.change(str(folder), TRUST, edit, day=DAY, new_key=new_key)


def domain(number: int) -> IndicatorEntry:
    return entries.indicator("domain", f"h{number}.example")


def registered(folder: Path) -> tuple[IndicatorEntry, ...]:
    return local.read(str(folder), TRUST).entries


def forbidden_key() -> Ed25519PrivateKey:
    raise AssertionError("a second key was made")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def refused(folder: Path, code: str, *words: str) -> None:
    with pytest.raises(CorpusError) as refusal:
        change(folder, adding(domain(99)))
    assert refusal.value.code == code
    assert all(word in refusal.value.detail for word in words)


# --- the pack --------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(rows=st.lists(indicator_entries(), max_size=5), seed=st.randoms(use_true_random=False))
def test_same_indicators_number_and_day_give_the_same_bytes(rows: list[IndicatorEntry], seed: object) -> None:
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    data = local.build(rows, 7, DAY, key("default-a"))
    assert data == local.build(shuffled, 7, DAY, key("default-a"))
    trusted = anchors.Trust((anchors.first(local.trust_root(key("default-a"))),))
    verified = verify_pack(data, trusted, FREE)
    assert tuple(entry for entry, _ in local.held_by(verified)) == tuple(sorted(set(rows)))


@pytest.mark.parametrize("changed", [(ENTRIES[1:], 7, DAY), (ENTRIES, 8, DAY), (ENTRIES, 7, "2026-03-02")])
def test_anything_else_gives_another_digest(changed: tuple[tuple[IndicatorEntry, ...], int, str]) -> None:
    trusted = anchors.Trust((anchors.first(local.trust_root(key("default-a"))),))
    first = verify_pack(local.build(ENTRIES, 7, DAY, key("default-a")), trusted, FREE)
    assert verify_pack(local.build(*changed, key("default-a")), trusted, FREE).digest != first.digest


def test_the_key_may_sign_indicators_of_the_local_channel_and_nothing_else() -> None:
    root = anchors.first(local.trust_root(key("default-a"))).root
    (channel,) = root.channels.values()
    assert (channel.name, channel.capabilities, channel.priority) == ("local", frozenset({sections.IOC}), 0)
    assert (root.version, root.role.threshold, channel.role) == (1, 1, root.role)


# --- first use -------------------------------------------------------------------------------------------------


def test_first_use(folder: Path) -> None:
    assert local.read(str(folder), TRUST) == local.NOTHING
    assert not folder.exists()
    made = change(folder, adding(*ENTRIES))
    assert (made.before, made.after.entries, made.after.seq) == (local.NOTHING, ENTRIES, 1)
    assert local.read(str(folder), TRUST) == made.after
    assert {known.name for known in Store(str(folder)).state().anchors.values()} == {"local"}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_may_read_the_key_at_any_time(folder: Path, monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    modes = []
    real = durable.place

    def watched(temporary: str, path: str, mode: int) -> None:
        modes.append(stat.S_IMODE(os.stat(temporary).st_mode)) if path.endswith("local.pem") else None
        real(temporary, path, mode)

    monkeypatch.setattr(durable, "place", watched)
    before = os.umask(umask)
    try:
        change(folder, adding(domain(1)))
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert stat.S_IMODE((folder / "keys" / "local.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o700
    assert not local.is_exposed(str(folder))
    (folder / "keys" / "local.pem").chmod(0o640)
    assert local.is_exposed(str(folder))


class CutOffError(Exception):
    """The process ended here."""


@pytest.mark.parametrize("steps", range(12))
def test_a_first_use_that_was_cut_off_is_made_up_for(folder: Path, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Stop before each writing and each renaming in turn; the next call goes on with what is there."""
    left = iter(range(steps))
    made: list[Ed25519PrivateKey] = []

    def new_key() -> Ed25519PrivateKey:
        made.append(Ed25519PrivateKey.generate())
        return made[-1]

    with monkeypatch.context() as patch:
        for name in ("write_through", "place"):
            real = getattr(durable, name)

            def step(*arguments: object, real: Callable[..., None] = real, **named: object) -> None:
                if next(left, None) is None:
                    raise CutOffError
                real(*arguments, **named)

            patch.setattr(durable, name, step)
        try:
            change(folder, adding(domain(1)), new_key)
            finished = True
        except CutOffError:
            finished = False
    assert finished == (steps >= 10)  # key, root, state, copy of the pack, state: each written, then renamed
    was_there = (folder / "keys" / "local.pem").exists()
    change(folder, adding(domain(1), domain(2)), forbidden_key if was_there else new_key)
    assert registered(folder) == (domain(1), domain(2))
    assert [symptom for symptom in (folder / "keys").iterdir() if symptom.name != "local.pem"] == []


# --- going on --------------------------------------------------------------------------------------------------


def test_each_change_is_a_pack_of_the_next_number(folder: Path) -> None:
    numbers = [change(folder, adding(domain(number))).after.seq for number in range(8)]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    assert registered(folder) == tuple(domain(number) for number in range(8))
    assert len(Store(str(folder)).digests()) == RETAINED


def test_no_change_makes_no_pack(folder: Path) -> None:
    first = change(folder, adding(domain(1)))
    again = change(folder, adding(domain(1)))
    assert again.after is again.before
    assert again.after == first.after


def test_when_nothing_is_left_the_pack_is_empty(folder: Path) -> None:
    change(folder, adding(domain(1)))
    made = change(folder, lambda _: ())
    assert (made.after.entries, made.after.seq) == ((), 2)
    assert local.read(str(folder), TRUST) == made.after
    assert change(folder, adding(domain(2))).after.seq == 3


def test_an_edit_that_refuses_leaves_everything_as_it_is(folder: Path) -> None:
    change(folder, adding(domain(1)))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def refusing(_: tuple[IndicatorEntry, ...]) -> Iterable[IndicatorEntry]:
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        change(folder, refusing)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _add_several(folder: str, numbers: range) -> None:
    for number in numbers:
        change(folder, adding(domain(number)))


def test_changes_at_once_lose_nothing(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    parts = [range(first, first + 4) for first in (0, 4, 8)]
    workers = [context.Process(target=_add_several, args=(str(folder), part)) for part in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert set(registered(folder)) == {domain(number) for number in range(12)}
    assert local.read(str(folder), TRUST).seq == 12


# --- what the invoker decided, and what is missing -------------------------------------------------------------


def test_a_list_that_was_switched_off_is_not_begun_anew(folder: Path) -> None:
    change(folder, adding(domain(1)))
    decisions.switch_off(Store(str(folder)), "local")
    assert registered(folder) == ()
    with pytest.raises(UsageError, match="switched off; 'assay corpus use local' brings"):
        change(folder, adding(domain(2)))
    decisions.use(Store(str(folder)), "local")
    assert registered(folder) == (domain(1),)


def test_a_list_that_was_rolled_back_is_not_changed(folder: Path) -> None:
    first = change(folder, adding(domain(1)))
    change(folder, adding(domain(2)))
    decisions.rollback(Store(str(folder)), "local", first.after.digest, "too many", TRUST, FREE)
    assert registered(folder) == (domain(1),)
    with pytest.raises(UsageError, match=r"rolled back to an older list \(too many\)"):
        change(folder, adding(domain(3)))
    decisions.use(Store(str(folder)), "local")
    assert registered(folder) == (domain(1), domain(2))


def test_a_lost_key_is_said_and_can_be_given_up(folder: Path) -> None:
    change(folder, adding(domain(1)))
    (folder / "keys" / "local.pem").unlink()
    assert registered(folder) == (domain(1),)
    refused(folder, "E_STORE", "keys/local.pem is missing", "put it back", "assay corpus trust remove local")
    decisions.remove_anchor(Store(str(folder)), "local")
    made = change(folder, adding(domain(2)))
    assert (made.after.entries, made.after.seq) == ((domain(2),), 2)
    assert registered(folder) == (domain(2),)


def test_a_key_that_is_another_or_none(folder: Path) -> None:
    change(folder, adding(domain(1)))
    path = folder / "keys" / "local.pem"
    path.write_bytes(keys.encode_private(key("stranger")))
    refused(folder, "E_STORE", "not the one that signed")
    path.write_bytes(b"")
    refused(folder, "E_STORE", "not a private key in PEM")
    assert registered(folder) == (domain(1),)


def test_a_pack_that_was_changed_is_not_gone_on_with(folder: Path) -> None:
    made = change(folder, adding(domain(1)))
    path = folder / "packs" / f"{made.after.digest}.pack"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"h1.example", b"h2.example"))
    refused(folder, "E_HASH")


def test_a_store_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    refused(tmp_path / "file" / "store", "E_STORE", "cannot be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_is_read_only(folder: Path) -> None:
    change(folder, adding(domain(1)))
    for path in (folder, folder / "packs", folder / "local.lock"):
        path.chmod(0o444 if path.is_file() else 0o555)
    try:
        refused(folder, "E_STORE", "cannot be written")
        assert registered(folder) == (domain(1),)
    finally:
        folder.chmod(0o755)
        (folder / "packs").chmod(0o755)
