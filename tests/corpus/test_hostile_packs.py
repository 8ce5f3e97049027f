"""Every vector that the hostile-pack suite must hold: each refused with its code, the store as it was.

The table stands in ``vectors``, in the order of the format's own list; ``ELSEWHERE`` says where the rest of it is.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assay.corpus import advisories, anchors, selection
from assay.corpus.advisories import Entry
from assay.corpus.anchors import Trust
from assay.corpus.inspection import Inspection, inspect_pack
from assay.corpus.pack import MemoryBytes
from assay.corpus.ranges import EVERYTHING
from assay.corpus.selection import Request
from assay.corpus.store import Store
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView
from assay.formatters.escape import visible
from assay.scanner.cli.corpus.inspect import _inspection_lines
from assay.scanner.errors import CorpusError
from tests.corpus.packs import FREE, ROOT, accepted, contents, record, signed_root, small_pack
from tests.corpus.vectors import HEAD, NEVER, PACK, VECTORS, Vector, carrying, put, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.corpus.verify import Expectations


LIST = """
empty; wrong magic; length 2^32-1; cut in the envelope; last byte missing; a NUL or a zip appended; non-zero padding;
65 roots;

a bit flipped in names; index; block; two sections' content swapped;

payload changed; 1 of 2; the same signature twice; keyid relabelled; unknown signers; org key on vendor;
root key on a pack; 17 signatures; none; extra field; non-canonical base64; wrong payloadType; in-toto payload;
low-order key; non-canonical S;

duplicate key; white space; float; NaN; bool as int; bad UTF-8; nesting 200,000; spec 2; other channel; unknown channel;
overlap; negative; 2^40; gap; duplicate name; ../../etc/passwd; absolute; unknown kind; vendor allow; wrong body_length;
stripped root update; terminal escapes in title;

rollback; equivocation; fast-forward and its recovery by epoch; revoked digest; revoked key; wrong root version;
new root without old signatures; kill at every fsync and rename; two imports at once; store read-only; disk full;
source is a link; a FIFO; a device; or changes while it is read;

unsorted; block outside; record beyond its block; colliding prefixes; names __proto__; NUL; right-to-left; 10 kB;

every single-bit flip of a small pack; 100,000 mutations by a fuzzer
"""
"""The list of the format: container, body, signatures, manifest, state, index, and two more."""

ELSEWHERE = {
    "kill at every fsync and rename": "test_crashes.test_killed_at_every_call",
    "two imports at once": "test_races.test_many_processes_at_once",
    "store read-only": "test_crashes.test_a_store_that_cannot_be_written",
    "disk full": "test_crashes.test_a_full_disk",
    "or changes while it is read": "test_hostile_packs.test_a_source_that_changes_while_it_is_read",
    "colliding prefixes": "test_hostile_packs.test_colliding_prefixes_are_both_found",
    "names __proto__": "test_hostile_packs.test_names_that_are_strange_are_names",
    "NUL": "test_hostile_packs.test_names_that_are_strange_are_names",
    "right-to-left": "test_hostile_packs.test_names_that_are_strange_are_names",
    "10 kB": "test_hostile_packs.test_names_that_are_strange_are_names",
    "every single-bit flip of a small pack": "test_bit_flips.test_every_flipped_bit",
    "100,000 mutations by a fuzzer": "test_fuzz.test_mutations_that_coverage_guides",
}

BASE = Trust((anchors.first(signed_root(ROOT, "root-a", "root-b")),))


def files(store: Store) -> dict[str, bytes]:
    """Return every file of a store with its content, and its folders; the lock does not count."""
    folder = Path(store._root)
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
        if path.name != "lock"
    }


def made_store(folder: Path) -> Store:
    """Return a store that has accepted number 5."""
    made = Store(str(folder / "store"))
    made.import_pack(put("5.pack", small_pack(seq=5))(folder), BASE, FREE)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield one store for all that is refused, which must be the same to the last byte after each test and all."""
    folder = tmp_path_factory.mktemp("hostile")
    made = made_store(folder)
    before = files(made)
    yield made
    assert files(made) == before


def path_of(vector: Vector, tmp_path: Path) -> str:
    make = put("hostile.pack", vector.made) if isinstance(vector.made, bytes) else vector.made
    return make(tmp_path)


def refused(vector: Vector, call: Callable[[], object]) -> None:
    """Check that a call ends in the refusal that the vector names, in one printable line."""
    with pytest.raises(CorpusError) as caught:
        call()
    assert (caught.value.code, caught.value.exit_code) == (vector.code, 5), caught.value
    assert vector.detail in caught.value.detail
    assert caught.value.detail.isprintable()


def read_everything(view: PackView) -> None:
    """Touch every section of every pack as a scan would that meets a component for each entry."""
    for ecosystem in ("npm", "pypi"):
        for name in ("good-one", "thief", "a-b", "hit", "banned"):
            view.advisories(ecosystem, name, "1.0.0")
            view.indicators(ecosystem, name, "1.0.0")
            view.denied(ecosystem, name, "1.0.0")
            view.internal(ecosystem, name)
        view.popular(ecosystem)
        view.registry_hosts(ecosystem)
    view.listed_files()
    view.licences()


def test_the_good_pack_is_accepted(store: Store, tmp_path: Path) -> None:
    """Or all that follows would prove nothing."""
    path = put("good.pack")(tmp_path)
    with selection.open_corpus(store, BASE, Request(packs=[path], expectations=FREE)) as view:
        read_everything(view)
    assert inspect_pack(path, BASE, FREE).verified
    assert store.import_pack(path, BASE, FREE).manifest.seq == 6


def test_the_table_holds_the_whole_list_in_its_order() -> None:
    phrases = [" ".join(phrase.split()) for phrase in LIST.split(";")]
    held = dict.fromkeys(vector.phrase for vector in VECTORS)
    assert [phrase for phrase in phrases if phrase not in ELSEWHERE] == list(held)
    assert set(ELSEWHERE) <= set(phrases)
    assert len({vector.id for vector in VECTORS}) == len(VECTORS)
    for place in ELSEWHERE.values():
        module, _, test = place.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.corpus.{module}"), test))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.id for vector in VECTORS])
def test_import_refuses_it_and_changes_nothing(unchanged: Store, tmp_path: Path, vector: Vector) -> None:
    before = files(unchanged)
    path = path_of(vector, tmp_path)
    refused(vector, lambda: unchanged.import_pack(path, BASE, FREE))
    assert files(unchanged) == before


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.id for vector in VECTORS])
def test_inspect_says_unverified(unchanged: Store, tmp_path: Path, vector: Vector) -> None:
    path = path_of(vector, tmp_path)
    expectations = FREE._replace(accepted=unchanged.state().accepted())
    seen = inspected(path, expectations)
    if isinstance(seen, CorpusError):  # nothing can be said of it
        assert vector.scan == NEVER or seen.code in (vector.code, "E_MANIFEST")
        assert seen.detail.isprintable()
    else:
        assert seen.refusal is not None
        assert seen.refusal.code == vector.code
        shown = [visible(line) for line in _inspection_lines(seen)]
        assert shown[0].startswith(f"state     UNVERIFIED ({vector.code}")
        assert all(line.isprintable() for line in shown)


def inspected(path: str, expectations: Expectations) -> Inspection | CorpusError:
    try:
        return inspect_pack(path, BASE, expectations)
    except CorpusError as refusal:
        return refusal


SCANNED = [vector for vector in VECTORS if vector.scan != NEVER]


@pytest.mark.parametrize("vector", SCANNED, ids=[vector.id for vector in SCANNED])
def test_a_scan_refuses_it(unchanged: Store, tmp_path: Path, vector: Vector) -> None:
    before = files(unchanged)
    request = Request(packs=[path_of(vector, tmp_path)], expectations=FREE)
    if vector.scan == HEAD:
        refused(vector, lambda: selection.open_corpus(unchanged, BASE, request))
    else:
        with selection.open_corpus(unchanged, BASE, request) as view:
            refused(vector, lambda: read_everything(view))
    assert files(unchanged) == before


# --- what is accepted ------------------------------------------------------------------------------------------


def test_an_epoch_recovers_from_a_jump_to_the_highest_number(store: Store, tmp_path: Path) -> None:
    store.import_pack(put("far.pack", small_pack(seq=2**50))(tmp_path), BASE, FREE)
    with pytest.raises(CorpusError, match="E_ROLLBACK"):
        store.import_pack(put("good.pack")(tmp_path), BASE, FREE)
    store.import_pack(put("next.pack", carrying(update(epoch=2), epoch=2, seq=1))(tmp_path), BASE, FREE)
    assert store.state().accepted()["default"][:2] == (2, 1)


COLLIDING = ("cf29f810f5db48432", "c98831e6a7bd0793a")
"""Names whose SHA-256 with the ecosystem start with the same 8 bytes: ten minutes of one processor."""


def test_colliding_prefixes_are_both_found() -> None:
    left, right = COLLIDING
    assert advisories.prefix("npm", left) == advisories.prefix("npm", right)
    made = contents([Entry("npm", name, (record(f"T-{name}", EVERYTHING),)) for name in sorted(COLLIDING)])
    view = PackView([accepted(small_pack(made))])
    for name in COLLIDING:
        assert [match.advisory.id for match in view.advisories("npm", name, None)] == [f"T-{name}"]
    alone = PackView([accepted(small_pack(contents([Entry("npm", left, (record("T", EVERYTHING),))])))])
    assert alone.advisories("npm", right, None) == ()
    assert alone.mentioned("npm", [right]) == {right}  # it may be; the look-up says no


STRANGE = ["__proto__", "constructor", "a\0b", "\u202egnp", "x" * 10_000, "--no-audit", "pattern.json", "ё", ""]


def test_names_that_are_strange_are_names() -> None:
    """They are found as they stand and stand for nothing else."""
    entries = [Entry("npm", each, (record("T", EVERYTHING),)) for each in sorted(STRANGE)]
    view = PackView([accepted(small_pack(contents(entries)))])
    for name in STRANGE:
        assert len(view.advisories("npm", name, None)) == 1
    for name in ("__proto", "a", "a\0", "\ud800", "x" * 9_999):
        assert view.advisories("npm", name, None) == ()


# --- bytes that change -----------------------------------------------------------------------------------------


def test_a_source_that_changes_while_it_is_read(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is verified is the copy, and the copy is what is kept."""
    path = put("changing.pack")(tmp_path)
    before = files(store)
    real_read = os.read

    def read(handle: int, size: int) -> bytes:
        part = real_read(handle, 100)
        if part and os.path.samestat(os.fstat(handle), os.stat(path)):
            put("changing.pack", bytes(len(PACK)))(tmp_path)
        return part

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", read)
        with pytest.raises(CorpusError, match="E_ENVELOPE"):
            store.import_pack(path, BASE, FREE)
    assert files(store) == before


def test_bytes_that_vanish_while_they_are_read() -> None:
    class Shrinking(MemoryBytes):
        def read(self, offset: int, length: int) -> bytes:
            return MemoryBytes(PACK[: len(PACK) // 2]).read(offset, length)

    with pytest.raises(CorpusError, match=r"E_CONTAINER.*cut off"):
        verify_head(Shrinking(PACK), BASE, FREE)
