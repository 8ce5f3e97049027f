"""Many processes at one store, and files that change under an open view."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assay.corpus import decisions, doctor, selection
from assay.corpus.selection import Request
from assay.corpus.store import RETAINED, Store
from assay.scanner.errors import CorpusError, UsageError
from tests.corpus.crashing import ACME, BASE, UPDATE
from tests.corpus.packs import FREE, small_pack
from tests.corpus.vectors import PACK, PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from assay.corpus.state import StoreState
    from assay.corpus.view import PackView

NUMBERS = range(1, 40)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder in memory if there is such, since waiting for the disk is not what is tested here."""
    made = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    yield made
    shutil.rmtree(made)


def asked(folder: Path) -> Request:
    return Request(expectations=FREE, shipped=str(folder / "default-1.pack"))


# --- what each process does ------------------------------------------------------------------------------------


def scan(folder: Path, chance: random.Random) -> None:
    with selection.open_corpus(Store(str(folder / "store")), BASE, asked(folder)) as view:
        assert view.advisories("npm", "thief", None)
        assert view.indicators("npm", "hit", "5.6.1")
        assert view.popular("pypi")
        assert view.denied("npm", "banned", "1.0.0")


def bring(folder: Path, chance: random.Random) -> None:
    channel = chance.choice(["default", "org", "default"])
    path = str(folder / f"{channel}-{chance.choice(NUMBERS)}.pack")
    Store(str(folder / "store")).import_pack(path, BASE, FREE)


def decide(folder: Path, chance: random.Random) -> None:
    store = Store(str(folder / "store"))
    digest, known = chance.choice(sorted(store.state().packs.items()))
    choice: list[Callable[[], object]] = [
        lambda: decisions.rollback(store, known.channel, digest, "a race", BASE, FREE),
        lambda: decisions.use(store, known.channel),
        lambda: decisions.remove(store, digest),
        lambda: decisions.switch_off(store, "org"),
        lambda: decisions.update_anchor(store, UPDATE, BASE),
        lambda: decisions.add_anchor(store, ACME, "acme", "0" * 64, BASE),
    ]
    chance.choice(choice)()


def work(folder: str, what: str, seed: int, times: int) -> list[str]:
    """Do one thing again and again; return what came of it, a code or a kind of error each."""
    chance = random.Random(seed)
    ended = []
    for _ in range(times):
        try:
            {"scan": scan, "bring": bring, "decide": decide}[what](Path(folder), chance)
            ended.append("done")
        except UsageError:
            ended.append("usage")
        except CorpusError as refusal:
            ended.append(refusal.code)
    return ended


@pytest.mark.parametrize("times", [50, pytest.param(600, marks=pytest.mark.slow)])
def test_many_processes_at_once(folder: Path, times: int) -> None:
    for seq in NUMBERS:
        roots = (UPDATE,) if seq % 3 == 0 else ()
        (folder / f"default-{seq}.pack").write_bytes(small_pack(seq=seq, roots=roots))
        (folder / f"org-{seq}.pack").write_bytes(small_pack(channel="org", signers=("org-a",), seq=seq, roots=roots))
    Store(str(folder / "store")).import_pack(str(folder / "default-1.pack"), BASE, FREE)
    tasks = [("scan", 1), ("bring", 2), ("bring", 3), ("decide", 4)]
    with multiprocessing.get_context("spawn").Pool(len(tasks)) as pool:
        ended = pool.starmap(work, [(str(folder), what, seed, times) for what, seed in tasks], chunksize=1)
    outcomes = {what: set(found) for (what, _), found in zip(tasks, ended, strict=True)}
    assert outcomes["scan"] == {"done"}
    assert outcomes["bring"] == {"done", "E_ROLLBACK"}
    assert outcomes["decide"] == {"done", "usage"}
    wrong = [each for each in doctor.examine(str(folder / "store"), BASE, asked(folder)) if each.wrong]
    assert wrong == []
    state = Store(str(folder / "store")).state()
    assert {each.seq for each in state.packs.values()} <= {*NUMBERS}
    for channel, known in state.channels.items():
        assert known.accepted.seq >= max((state.packs[each].seq for each in state.packs_of(channel)), default=1)


class Overtaken(Store):
    """A store into which others import between the moments when a scan reads its state and opens the pack."""

    def __init__(self, folder: Path, numbers: Iterable[int]) -> None:
        super().__init__(str(folder / "store"))
        self._folder = folder
        self._numbers = iter(numbers)

    def state(self) -> StoreState:
        known = super().state()
        for _, seq in zip(range(RETAINED + 1), self._numbers, strict=False):
            Store(self._root).import_pack(str(self._folder / f"{seq}.pack"), BASE, FREE)
        return known


@pytest.mark.parametrize("newest", [2, RETAINED + 3, 2 * RETAINED + 4])
def test_a_scan_that_imports_overtake_uses_the_newest(tmp_path: Path, newest: int) -> None:
    """The pack that was in use when the scan read the state is gone when it opens it, once or twice."""
    for seq in range(1, newest + 1):
        (tmp_path / f"{seq}.pack").write_bytes(small_pack(seq=seq))
    Store(str(tmp_path / "store")).import_pack(str(tmp_path / "2.pack"), BASE, FREE)
    store = Overtaken(tmp_path, range(3, newest + 1))
    with selection.open_corpus(store, BASE, Request(expectations=FREE, shipped=str(tmp_path / "1.pack"))) as view:
        assert [info.seq for info in view.packs()] == [newest]


# --- files that change under an open view ----------------------------------------------------------------------


def exchanged(path: Path, data: bytes) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(data)
    os.replace(other, path)


def rewritten(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def ask_all(view: PackView) -> list[str]:
    """Ask for what lies in each section; return the code of each refusal."""
    questions: list[Callable[[], object]] = [
        lambda: view.advisories("npm", "thief", None),
        lambda: view.indicators("npm", "hit", "5.6.1"),
        lambda: view.popular("npm"),
        lambda: view.popular("pypi"),
        lambda: view.denied("npm", "banned", "1.0.0"),
        lambda: view.internal("pypi", "our-tool"),
        lambda: view.registry_hosts("npm"),
        view.licences,
    ]
    codes = []
    for ask in questions:
        try:
            assert ask()
        except CorpusError as refusal:
            codes.append(refusal.code)
    return codes


def flipped_everywhere() -> bytes:
    """Return the pack with a bit of every section turned over."""
    data = bytearray(PACK)
    for place in PLACES.values():
        data[place] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("change", "data", "codes"),
    [
        (exchanged, flipped_everywhere(), []),
        (rewritten, flipped_everywhere(), ["E_HASH"] * 8),
        (rewritten, small_pack(seq=7, title="another, longer pack that lies elsewhere" * 4), ["E_HASH"] * 8),
        (rewritten, PACK[: PLACES["advisories"]], ["E_CONTAINER"] * 8),
        (rewritten, b"", ["E_CONTAINER"] * 8),
    ],
    ids=["renamed over", "a bit of each section", "another pack", "cut off", "emptied"],
)
def test_a_pack_that_changes_while_a_view_is_open(
    tmp_path: Path, change: Callable[[Path, bytes], None], data: bytes, codes: list[str]
) -> None:
    """What is read was hashed in this process, or is refused; a file renamed over it is another one."""
    (tmp_path / "good.pack").write_bytes(PACK)
    store = Store(str(tmp_path / "store"))
    digest = store.import_pack(str(tmp_path / "good.pack"), BASE, FREE).digest
    request = Request(expectations=FREE, shipped=str(tmp_path / "good.pack"))
    with selection.open_corpus(store, BASE, Request(packs=[store.pack_path(digest)], expectations=FREE)) as view:
        change(Path(store.pack_path(digest)), data)
        assert ask_all(view) == codes
    (tmp_path / "good.pack").write_bytes(small_pack(seq=1))
    with pytest.raises(CorpusError):
        ask_anew(store, request)


def ask_anew(store: Store, request: Request) -> None:
    """Open what a scan uses anew and ask for everything; raise the first refusal."""
    with selection.open_corpus(store, BASE, request) as view:
        for code in ask_all(view):
            raise CorpusError(code, "as before")
