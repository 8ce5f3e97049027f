"""The store: what import accepts and which pack a scan then uses; ``test_crashes`` and ``test_races`` hold the rest."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import pack, selection
from assay.corpus.store import Store
from assay.scanner.errors import CorpusError
from tests.corpus.packs import FREE, ROOT, small_pack

if TYPE_CHECKING:
    from assay.corpus.verify import Expectations
    from assay.corpus.view import PackView


def state(folder: Path) -> dict[str, bytes]:
    """Return every file of a store with its content; the lock does not count."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def shipped(tmp_path: Path) -> str:
    path = tmp_path / "shipped.pack"
    path.write_bytes(small_pack(seq=3, title="shipped"))
    return str(path)


def in_use(store: Store, shipped: str) -> PackView:
    """Return the view that a scan uses."""
    return selection.open_corpus(store, ROOT, selection.Request(expectations=FREE, shipped=shipped))


def source(tmp_path: Path, data: bytes | None = None, **changes: Any) -> str:
    path = tmp_path / "carried.pack"
    path.write_bytes(small_pack(**changes) if data is None else data)
    return str(path)


def test_import_list_export(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    assert store.list_packs(ROOT, FREE) == ()
    assert store.state().accepted() == {}
    assert not folder.exists()
    verified = store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    (stored,) = store.list_packs(ROOT, FREE)
    assert (stored.digest, stored.refusal) == (verified.digest, None)
    assert stored.info is not None
    assert (stored.info.seq, stored.info.digest) == (5, f"sha256:{verified.digest}")
    assert os.stat(stored.path).st_mode & 0o777 == 0o444
    assert sorted(state(folder)) == [f"packs/{verified.digest}.pack", "state.json"]
    out = tmp_path / "out.pack"
    store.export_pack(f"sha256:{verified.digest}", str(out))
    assert out.read_bytes() == small_pack(seq=5)


def test_a_compressed_export_is_imported_elsewhere(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    digest = store.import_pack(source(tmp_path), ROOT, FREE).digest
    first, second = tmp_path / "a.pack.gz", tmp_path / "b.pack.gz"
    store.export_pack(digest, str(first), compress=True)
    store.export_pack(digest, str(second), compress=True)
    assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress(first.read_bytes()) == small_pack()
    assert Store(str(tmp_path / "other")).import_pack(str(first), ROOT, FREE).digest == digest


def test_export_refuses_to_overwrite_or_to_leave_the_store(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    digest = store.import_pack(source(tmp_path), ROOT, FREE).digest
    (tmp_path / "there").write_bytes(b"")
    with pytest.raises(CorpusError, match="E_SOURCE"):
        store.export_pack(digest, str(tmp_path / "there"))
    for wrong in ("0" * 64, "../../shipped", "../state.json", ""):
        with pytest.raises(CorpusError, match="E_STORE"):
            store.export_pack(wrong, str(tmp_path / "out"))


def test_the_newer_of_imported_and_shipped_is_used(tmp_path: Path, folder: Path, shipped: str) -> None:
    store = Store(str(folder))
    with in_use(store, shipped) as view:
        assert view.packs()[0].seq == 3
    assert not folder.exists()
    store.import_pack(source(tmp_path, seq=2), ROOT, FREE)
    with in_use(store, shipped) as view:
        assert view.packs()[0].seq == 3
    store.import_pack(source(tmp_path, seq=4), ROOT, FREE)
    before = state(folder)
    with in_use(store, shipped) as view:
        assert view.packs()[0].seq == 4
        assert view.advisories("npm", "thief", None)
    assert state(folder) == before


def refused(store: Store, path: str, code: str, expectations: Expectations = FREE) -> None:
    """Check that an import is refused with a code and leaves the store as it was."""
    folder = Path(store._root)
    before = state(folder)
    with pytest.raises(CorpusError) as caught:
        store.import_pack(path, ROOT, expectations)
    assert caught.value.code == code, caught.value
    assert state(folder) == before


def test_rollback_and_equivocation(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    refused(store, source(tmp_path, seq=4), "E_ROLLBACK")
    refused(store, source(tmp_path, seq=5, title="another"), "E_EQUIVOCATION")
    store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    store.import_pack(source(tmp_path, seq=6), ROOT, FREE)
    assert [each.seq for each in store.state().accepted().values()] == [6]
    assert len(store.list_packs(ROOT, FREE)) == 2


def test_an_import_may_ask_for_freshness(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    refused(store, source(tmp_path, seq=6), "E_STALE", FREE._replace(as_of="2030-01-01"))


def test_what_is_unpacked_is_capped(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MAX_BYTES", 4096)
    refused(Store(str(folder)), source(tmp_path, gzip.compress(pack.MAGIC + bytes(50_000_000))), "E_SOURCE")
    refused(Store(str(folder)), source(tmp_path, pack.MAGIC + bytes(5000)), "E_SOURCE")


def test_a_store_that_is_a_file(tmp_path: Path, folder: Path) -> None:
    folder.write_bytes(b"")
    with pytest.raises(CorpusError, match="E_STORE"):
        Store(str(folder)).import_pack(source(tmp_path), ROOT, FREE)


def test_what_a_crash_left_behind_is_no_obstacle(tmp_path: Path, folder: Path) -> None:
    store = Store(str(folder))
    store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    (folder / "incoming").write_bytes(b"half a pack")
    (folder / "state.new").write_bytes(b"half a state")
    assert store.import_pack(source(tmp_path, seq=6), ROOT, FREE).manifest.seq == 6
    assert "incoming" not in state(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"channels":{},"spec":2,"type":"assay.store"}',
        b'{"channels":{"default":1},"spec":1,"type":"assay.store"}',
    ],
)
def test_a_damaged_state_is_an_error_and_no_fresh_start(
    tmp_path: Path, folder: Path, shipped: str, content: bytes
) -> None:
    store = Store(str(folder))
    store.import_pack(source(tmp_path, seq=5), ROOT, FREE)
    (folder / "state.json").write_bytes(content)
    refused(store, source(tmp_path, seq=6), "E_STORE")
    with pytest.raises(CorpusError, match="E_STORE"):
        in_use(store, shipped)


def test_an_imported_pack_that_vanished_or_was_exchanged(tmp_path: Path, folder: Path, shipped: str) -> None:
    store = Store(str(folder))
    digest = store.import_pack(source(tmp_path, seq=5), ROOT, FREE).digest
    path = folder / "packs" / f"{digest}.pack"
    path.chmod(0o644)
    path.write_bytes(small_pack(seq=4))
    with pytest.raises(CorpusError, match="E_ROLLBACK"):
        in_use(store, shipped)
    path.write_bytes(small_pack(seq=5, title="another"))
    with pytest.raises(CorpusError, match="E_EQUIVOCATION"):
        in_use(store, shipped)
    path.write_bytes(small_pack(seq=6))
    with pytest.raises(CorpusError, match="E_STORE"):
        in_use(store, shipped)
    assert [each.refusal is None for each in store.list_packs(ROOT, FREE)] == [False]
    path.unlink()
    with pytest.raises(CorpusError, match="E_SOURCE"):
        in_use(store, shipped)
