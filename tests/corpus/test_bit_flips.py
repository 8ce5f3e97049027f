"""No bit of a pack is free to change: every one is turned over in turn, and every time the pack is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.corpus import advisories, indicators, lists, names, sections
from assay.corpus.advisories import Entry
from assay.corpus.contents import verify_pack
from assay.corpus.ranges import EVERYTHING
from assay.corpus.store import Store
from assay.scanner.errors import CorpusError
from tests.corpus import packs
from tests.corpus.crashing import BASE
from tests.corpus.packs import FREE, record, signed_root, small_pack, trust_root
from tests.corpus.test_hostile_packs import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROOTS = (signed_root(trust_root(2), "root-a", "root-b"), signed_root(trust_root(3), "root-b", "root-c"))
INDEX, BLOCKS = advisories.encode([Entry("npm", "a", (record("T", EVERYTHING),))])
LICENCES = lists.encode_licences(lists.Licences(frozenset({"MIT"}), frozenset()))
OWN = lists.encode_internal(lists.InternalNames(frozenset(), frozenset({"@a"})))
SMALL = small_pack(
    [
        ("advisories", sections.ADVISORIES, INDEX),
        ("blocks", sections.BLOCKS, BLOCKS),
        ("ioc", sections.IOC, indicators.encode(indicators.IndicatorTable(0, {("npm", "a"): ("1.0.0",)}))),
        ("names", sections.NAMES, names.encode(names.NameList("npm", ["a"]))),
        ("deny", sections.DENY, lists.encode_entries(packs.DENIED[:1])),
        ("allow", sections.ALLOW, lists.encode_entries(packs.DENIED[:1])),
        ("internal", sections.INTERNAL_NAMES, OWN),
        ("hosts", sections.REGISTRY_HOSTS, lists.encode_hosts(packs.HOSTS[:1])),
        ("licences", sections.LICENCES, LICENCES),
    ],
    ("default-a", "default-b"),
    ROOTS,
    seq=6,
)
"""A section of every kind and two root updates, in as few bytes as may be."""

BITS = 8 * len(SMALL)
STEP = 211
"""Of how many bits one is tried each time; a prime, so that every bit of a byte has its turn."""


def flipped(bit: int) -> bytes:
    place = bit // 8
    return SMALL[:place] + bytes([SMALL[place] ^ 1 << bit % 8]) + SMALL[place + 1 :]


def accepted(bits: Iterable[int]) -> list[int]:
    """Return the bits that may be turned over without a refusal; anything but a refusal is a crash."""
    found = []
    for bit in bits:
        try:
            verify_pack(flipped(bit), BASE, FREE)
        except CorpusError:
            continue
        found.append(bit)
    return found


def test_the_pack_holds_every_kind_and_is_good() -> None:
    verified = verify_pack(SMALL, BASE, FREE)
    assert {section.kind for section in verified.manifest.sections} == sections.KINDS
    assert len(verified.container.roots) == 2


@pytest.mark.parametrize(
    "bits", [range(0, BITS, STEP), pytest.param(range(BITS), marks=pytest.mark.slow)], ids=["sample", "all"]
)
def test_every_flipped_bit(bits: range) -> None:
    assert accepted(bits) == []


@pytest.mark.parametrize(
    "lengths",
    [range(0, len(SMALL), 17), pytest.param(range(len(SMALL)), marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_every_cut(lengths: range) -> None:
    for length in lengths:
        with pytest.raises(CorpusError):
            verify_pack(SMALL[:length], BASE, FREE)


def test_flipped_bits_leave_the_store_as_it_was(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    path = tmp_path / "carried.pack"
    path.write_bytes(small_pack(seq=5))
    store.import_pack(str(path), BASE, FREE)
    before = files(store)
    for bit in range(3, BITS, BITS // 60):
        path.write_bytes(flipped(bit))
        with pytest.raises(CorpusError):
            store.import_pack(str(path), BASE, FREE)
        assert files(store) == before
    path.write_bytes(SMALL)
    store.import_pack(str(path), BASE, FREE)
