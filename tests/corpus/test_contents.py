"""The full check at import: what was signed must also be well formed."""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import advisories, canonical, sections
from assay.corpus.advisories import Entry
from assay.corpus.ranges import EVERYTHING, End, Interval
from assay.scanner.knowledge import IndicatorKind
from tests.corpus import packs
from tests.corpus.packs import ENTRIES, accepted, contents, record, refused, small_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def advisory_pack(index: bytes, blocks: bytes) -> bytes:
    return small_pack([("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, blocks)])


def raw_blocks(*entries: bytes) -> tuple[bytes, bytes]:
    """Return index and blocks of entries given as JSON, well formed or not, in one block."""
    block = b"".join(struct.pack("<I", len(entry)) + entry for entry in entries)
    places, offset = [], 0
    for entry in entries:
        try:
            ecosystem, name = json.loads(entry)[:2]
        except (ValueError, TypeError, KeyError, RecursionError):
            ecosystem, name = "npm", "unknown"
        places.append((advisories.prefix(str(ecosystem), str(name)), offset))
        offset += 4 + len(entry)
    places.sort()
    index = struct.pack("<IIQ", len(places), 1, 0)
    index += struct.pack(f"<{len(places)}Q", *(key for key, _ in places))
    index += struct.pack(f"<{len(places)}I", *(place for _, place in places))
    return index + struct.pack("<II32s", 0, len(block), sha256(block).digest()), block


GOOD = json.loads(advisories.encode_entry(ENTRIES[0]))


def test_raw_blocks_are_those_of_the_encoder() -> None:
    assert raw_blocks(*map(advisories.encode_entry, ENTRIES)) == advisories.encode(ENTRIES)


def _changed(change: Callable[[Any], object]) -> bytes:
    value = json.loads(json.dumps(GOOD))
    change(value)
    return canonical.dump(value)


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"{}",
        b"null",
        b"[",
        b"[1.5]",
        b"[" * 100_000,
        canonical.dump(GOOD).replace(b",", b", ", 1),
        _changed(lambda entry: entry.pop()),
        _changed(lambda entry: entry.__setitem__(0, "cargo")),
        _changed(lambda entry: entry.__setitem__(0, ["npm"])),
        _changed(lambda entry: entry.__setitem__(1, None)),
        _changed(lambda entry: entry.__setitem__(2, {})),
        _changed(lambda entry: entry.__setitem__(2, [])),
        _changed(lambda entry: entry[2].append(entry[2][0])),
        _changed(lambda entry: entry[2][0].pop()),
        _changed(lambda entry: entry[2][0].__setitem__(0, 1)),
        _changed(lambda entry: entry[2][0].__setitem__(1, 2)),
        _changed(lambda entry: entry[2][0].__setitem__(1, True)),
        _changed(lambda entry: entry[2][0].__setitem__(2, 1)),
        _changed(lambda entry: entry[2][0].__setitem__(2, -1)),
        _changed(lambda entry: entry[2][0].__setitem__(3, 5)),
        _changed(lambda entry: entry[2][0].__setitem__(4, 1)),
        _changed(lambda entry: entry[2][0].__setitem__(5, [])),
        _changed(lambda entry: entry[2][0].__setitem__(6, "T")),
        _changed(lambda entry: entry[2][0].__setitem__(6, [1])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [[]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", None]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "2.0.0", 3]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "2.0.0", True]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "2.0.0", 0]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "2.0.0", 1, 1]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0", "2.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "nonsense"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["2.0.0", "1.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["2.0.0", "2.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0"], ["2.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["1.0.0", "3.0.0"], ["2.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(7, [["2.0.0", "3.0.0"], ["0", "1.0.0"]])),
        _changed(lambda entry: entry[2][0].__setitem__(8, ["v1.0.0"])),
        _changed(lambda entry: entry[2][0].__setitem__(9, [["2.0.0", "1.0.0"]])),
        _changed(lambda entry: (entry.__setitem__(0, "pypi"), entry.__setitem__(1, "Not_Normal"))),
    ],
)
def test_an_entry_that_is_not_well_formed(entry: bytes) -> None:
    refused(advisory_pack(*raw_blocks(entry)), "E_INDEX")


INDEX, BLOCKS = advisories.encode(ENTRIES)
PREFIXES, PLACES, TABLE = 16, 16 + 8 * 3, 16 + 12 * 3


def _put(offset: int, data: bytes) -> bytes:
    return INDEX[:offset] + data + INDEX[offset + len(data) :]


@pytest.mark.parametrize(
    ("index", "blocks", "code"),
    [
        (INDEX, BLOCKS, None),
        (b"", BLOCKS, "E_INDEX"),
        (INDEX[:-1], BLOCKS, "E_INDEX"),
        (INDEX + b"\0", BLOCKS, "E_INDEX"),
        (_put(0, struct.pack("<I", 2**32 - 1)), BLOCKS, "E_INDEX"),
        (_put(4, struct.pack("<I", 2**32 - 1)), BLOCKS, "E_INDEX"),
        (_put(8, b"\1"), BLOCKS, "E_INDEX"),
        (_put(PREFIXES, INDEX[PREFIXES + 8 : PREFIXES + 16] + INDEX[PREFIXES : PREFIXES + 8]), BLOCKS, "E_INDEX"),
        (_put(PREFIXES, b"\0"), BLOCKS, "E_INDEX"),
        (_put(PLACES, struct.pack("<I", 1)), BLOCKS, "E_INDEX"),
        (_put(PLACES, struct.pack("<I", 5 << 16)), BLOCKS, "E_INDEX"),
        (_put(PLACES, INDEX[PLACES + 4 : PLACES + 8]), BLOCKS, "E_INDEX"),
        (_put(TABLE, struct.pack("<I", 1)), BLOCKS, "E_INDEX"),
        (_put(TABLE, struct.pack("<I", 2**32 - 1)), BLOCKS, "E_INDEX"),
        (_put(TABLE + 4, struct.pack("<I", 2**32 - 1)), BLOCKS, "E_INDEX"),
        (_put(TABLE + 4, struct.pack("<I", 0)), BLOCKS, "E_INDEX"),
        (_put(TABLE + 8, b"\0\0"), BLOCKS, "E_HASH"),
        (INDEX, BLOCKS + b"\0", "E_INDEX"),
        (INDEX, BLOCKS[:-1], "E_INDEX"),
    ],
)
def test_index(index: bytes, blocks: bytes, code: str | None) -> None:
    if code is None:
        accepted(advisory_pack(index, blocks))
    else:
        refused(advisory_pack(index, blocks), code)


def test_a_record_that_ends_beyond_its_block() -> None:
    index, block = raw_blocks(canonical.dump(GOOD))
    block = struct.pack("<I", len(block)) + block[4:]
    refused(advisory_pack(index[:-32] + sha256(block).digest(), block), "E_INDEX", "beyond its block")


def test_packages_must_ascend() -> None:
    encoded = [advisories.encode_entry(entry) for entry in ENTRIES]
    refused(advisory_pack(*raw_blocks(*reversed(encoded))), "E_INDEX", "do not ascend")
    refused(advisory_pack(*raw_blocks(encoded[0], encoded[0])), "E_INDEX")


@pytest.mark.parametrize(
    "intervals",
    [
        (EVERYTHING,),
        (Interval("0", "1.0.0"), Interval("1.0.1", "1.0.1", End.LAST_AFFECTED)),
        (Interval("0", "1.0.0", End.LIMIT), Interval("2.0.0-rc.1")),
    ],
)
def test_intervals_that_are_well_formed(intervals: Iterable[Interval]) -> None:
    accepted(advisory_pack(*advisories.encode([Entry("npm", "a", (record("T", *intervals),))])))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (sections.NAMES, b'{"ecosystem":"npm","names":["a","a"]}'),
        (sections.NAMES, b'{"ecosystem":"npm","names":[1]}'),
        (sections.NAMES, b'{"ecosystem":"npm","names":{}}'),
        (sections.NAMES, b'{"ecosystem":"cargo","names":[]}'),
        (sections.NAMES, b'{"ecosystem":["npm"],"names":[]}'),
        (sections.NAMES, b'{"ecosystem":"pypi","names":["A_b"]}'),
        (sections.NAMES, b'{"names":[],"ecosystem":"npm"}'),
        (sections.NAMES, b"[]"),
        (sections.NAMES, b""),
        (sections.IOC, b'{"source":0,"versions":[["npm","b",["1.0.0"]],["npm","a",["1.0.0"]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm","a",["1.0.0"]],["npm","a",["1.0.0"]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm","a",["1.0.0","1.0.0"]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm","a",["v1.0.0"]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm","a",[]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm","a"]]}'),
        (sections.IOC, b'{"source":0,"versions":[["go","a",["1.0.0"]]]}'),
        (sections.IOC, b'{"source":0,"versions":[["npm",1,["1.0.0"]]]}'),
        (sections.IOC, b'{"source":1,"versions":[]}'),
        (sections.IOC, b'{"source":true,"versions":[]}'),
        (sections.IOC, b'{"source":0,"strings":[],"versions":[]}'),
    ],
)
def test_a_table_that_is_not_well_formed(kind: str, content: bytes) -> None:
    refused(small_pack([("table", kind, content)]), "E_INDEX")


def test_a_pack_may_be_empty() -> None:
    accepted(small_pack([]))
    accepted(advisory_pack(*advisories.encode([])))


def test_contents_are_of_every_kind_but_allow() -> None:
    assert {kind for _, kind, _ in contents()} == sections.KINDS - {sections.ALLOW}
    assert {each.kind for each in packs.SEEN} == set(IndicatorKind)
    assert packs.plan()[0].body_length == accepted(small_pack()).manifest.body_length
