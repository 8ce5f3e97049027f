"""The advisory index and its blocks: the tables that a scan asks (pack format 1, "Advisory index").

Index section::

    0   4      u32 LE n, entries
    4   4      u32 LE b, blocks
    8   8      zero
    16  8 n    prefixes: the first 8 bytes of sha256(ecosystem NUL name) as u64 LE, ascending, equal ones allowed
    …   4 n    places: u32 LE, block number << 16 | offset of the entry in its block
    …   40 b   blocks: u32 LE offset in the section of blocks, u32 LE length, sha256

A block is a run of entries, each u32 LE length + canonical JSON ``[ecosystem, name, [record…]]``; it ends with the
entry that fills 64 KiB. A record is the array that ``Record`` describes, in its order. Names are compared in full,
since a collision of 64 bits is cheap to make.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import canonical
from assay.corpus.ranges import EVERYTHING, End, Interval
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.scanner.models import Ecosystem

BLOCK_FILL = 64 * 1024
"""A block takes no further entry once it has this many bytes; so every entry starts below it."""

MAX_BLOCK = 64 * 1024 * 1024

ECOSYSTEMS: tuple[Ecosystem, ...] = ("npm", "pypi")
MALWARE, VULNERABILITY = 0, 1
SEVERITIES = ("critical", "high", "medium", "low", "info")

_LABELS = {"npm": "npm", "pypi": "PyPI"}
_HEAD = struct.Struct("<IIQ")
_BLOCK = struct.Struct("<II32s")
_U32 = struct.Struct("<I")


class Record(NamedTuple):
    """One advisory about one package, as stored.

    ``kind`` is 0 for malware, 1 for a vulnerability. ``source`` counts into the manifest's sources. ``severity``
    counts into ``SEVERITIES``, None if the source gives none. ``summary`` None stands for the sentence that OpenSSF's
    records say of every package. ``affected`` are intervals of versions that are surely affected, ``versions`` single
    ones that no interval holds (canonical spelling, or verbatim if no version), ``possible`` intervals of which no more
    can be said than that they may be.
    """

    id: str
    kind: int
    source: int
    severity: int | None
    cvss: str | None
    summary: str | None
    aliases: tuple[str, ...]
    affected: tuple[Interval, ...]
    versions: tuple[str, ...]
    possible: tuple[Interval, ...]

    @property
    def whole_package(self) -> bool:
        """True when the record covers every version."""
        return self.affected == (EVERYTHING,)


class Entry(NamedTuple):
    """All that is known of one package: its records by id."""

    ecosystem: str
    name: str
    records: tuple[Record, ...]


class Block(NamedTuple):
    """Where a block lies in its section, and its hash."""

    offset: int
    length: int
    sha256: bytes


def prefix(ecosystem: str, name: str) -> int:
    """Return the number that the index sorts a package by."""
    text = f"{ecosystem}\0{name}".encode("utf-8", "surrogatepass")
    return int.from_bytes(sha256(text).digest()[:8], "little")


def malware_summary(ecosystem: str, name: str) -> str:
    """Return the summary that OpenSSF's records give nearly every package; a record leaves it out."""
    return f"Malicious code in {name} ({_LABELS[ecosystem]})"


# --- writing ---------------------------------------------------------------------------------------------------


def encode(entries: Iterable[Entry]) -> tuple[bytes, bytes]:
    """Return the index and the blocks. Entries must ascend by (ecosystem, name): neighbours then share a block."""
    blocks = bytearray()
    starts = [0]
    places: list[tuple[int, int]] = []
    for entry in entries:
        if len(blocks) - starts[-1] >= BLOCK_FILL:
            starts.append(len(blocks))
        places.append((prefix(entry.ecosystem, entry.name), (len(starts) - 1) << 16 | len(blocks) - starts[-1]))
        data = encode_entry(entry)
        blocks += _U32.pack(len(data)) + data
    places.sort()
    ends = [*starts[1:], len(blocks)] if places else []
    table = b"".join(
        _BLOCK.pack(start, end - start, sha256(blocks[start:end]).digest())
        for start, end in zip(starts, ends, strict=False)
    )
    prefixes = _little_endian(array("Q", [key for key, _ in places]))
    offsets = _little_endian(array("I", [place for _, place in places]))
    return _HEAD.pack(len(places), len(ends), 0) + prefixes + offsets + table, bytes(blocks)


def encode_entry(entry: Entry) -> bytes:
    """Return the canonical JSON of one entry."""
    return canonical.dump([entry.ecosystem, entry.name, [_to_json(record) for record in entry.records]])


def _to_json(record: Record) -> list[Any]:
    return [
        *record[:7],
        [_interval_to_json(each) for each in record.affected],
        record.versions,
        [_interval_to_json(each) for each in record.possible],
    ]


def _interval_to_json(interval: Interval) -> list[Any]:
    if interval.high is None:
        return [interval.low]
    if interval.end is End.FIXED:
        return [interval.low, interval.high]
    return [interval.low, interval.high, int(interval.end)]


def _little_endian(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


# --- reading ---------------------------------------------------------------------------------------------------


class Index:
    """The index section, searched where it lies."""

    def __init__(self, data: bytes) -> None:
        """Take the section's bytes, whose hash was checked.

        Raises:
            CorpusError: E_INDEX: the lengths do not add up.
        """
        if len(data) < _HEAD.size:
            raise _refusal("too short")
        self.count, block_count, zero = _HEAD.unpack_from(data)
        places = _HEAD.size + 8 * self.count
        self._table = places + 4 * self.count
        if zero or len(data) != self._table + _BLOCK.size * block_count:
            raise _refusal("its lengths do not add up")
        self.block_count: int = block_count
        self._data = data
        self.prefixes = _numbers("Q", data, _HEAD.size, places)
        self.places = _numbers("I", data, places, self._table)

    def find(self, ecosystem: str, name: str) -> Iterator[tuple[int, int]]:
        """Yield (block, offset) of every entry whose prefix is that of the package; its name must be compared."""
        wanted = prefix(ecosystem, name)
        position = bisect_left(self.prefixes, wanted)
        while position < self.count and self.prefixes[position] == wanted:
            place = self.places[position]
            yield place >> 16, place & 0xFFFF
            position += 1

    def mentioned(self, ecosystem: str, packages: Iterable[str]) -> set[str]:
        """Return those of the packages that may have an entry: exactly these, but for names that collide in 64 bits."""
        prefixes, count = self.prefixes, self.count
        wanted = {name: prefix(ecosystem, name) for name in packages}
        positions = {name: bisect_left(prefixes, number) for name, number in wanted.items()}
        return {name for name, place in positions.items() if place < count and prefixes[place] == wanted[name]}

    def block(self, number: int) -> Block:
        """Return where a block lies.

        Raises:
            CorpusError: E_INDEX: no such block.
        """
        if number >= self.block_count:
            raise _refusal("an entry lies in a block that is not there")
        return Block(*_BLOCK.unpack_from(self._data, self._table + _BLOCK.size * number))


def _numbers(code: str, data: bytes, start: int, end: int) -> Sequence[int]:
    if sys.byteorder == "little":
        return memoryview(data)[start:end].cast(code)  # type: ignore[call-overload, no-any-return]
    numbers = array(code, data[start:end])
    numbers.byteswap()
    return numbers


def entry_bytes(block: bytes, offset: int) -> bytes:
    """Return the JSON of the entry at an offset of a block.

    Raises:
        CorpusError: E_INDEX: it does not end within the block.
    """
    try:
        (length,) = _U32.unpack_from(block, offset)
    except struct.error as error:
        raise _refusal("an entry starts beyond its block") from error
    start = offset + _U32.size
    if start + length > len(block):
        raise _refusal("an entry ends beyond its block")
    return block[start : start + length]


def decode_entry(data: bytes) -> Entry:
    """Return the entry in canonical JSON whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not an entry.
    """
    value = canonical.load_typed(data, "E_INDEX", "advisory")
    if type(value) is not list or len(value) != 3 or value[0] not in ECOSYSTEMS or type(value[2]) is not list:
        raise _refusal("an entry is not [ecosystem, name, records]")
    ecosystem, name, records = value
    if type(name) is not str:
        raise _refusal("a package name is not a string")
    return Entry(ecosystem, name, tuple(map(_record, records)))


def _record(value: Any) -> Record:
    if type(value) is not list or len(value) != len(Record._fields):
        raise _refusal("a record does not have its fields")
    id_, kind, source, severity, cvss, summary, aliases, affected, versions, possible = value
    if type(id_) is not str or not _is_optional_text(cvss) or not _is_optional_text(summary):
        raise _refusal("a record's id, vector or summary is not a string")
    if not (_is_count(kind, 2) and _is_count(source, 1024) and (severity is None or _is_count(severity, 5))):
        raise _refusal("a record's kind, source or severity is not known")
    return Record(
        id_, kind, source, severity, cvss, summary,
        _texts(aliases), _intervals(affected), _texts(versions), _intervals(possible),
    )  # fmt: skip


def _is_optional_text(value: Any) -> bool:
    return value is None or type(value) is str


def _is_count(value: Any, end: int) -> bool:
    return type(value) is int and 0 <= value < end


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(type(item) is str for item in value):
        raise _refusal("aliases or versions are not strings")
    return tuple(value)


def _intervals(value: Any) -> tuple[Interval, ...]:
    if type(value) is not list:
        raise _refusal("intervals are not an array")
    if value == [["0"]]:
        return (EVERYTHING,)
    return tuple(map(_interval, value))


def _interval(value: Any) -> Interval:
    if type(value) is not list or not 1 <= len(value) <= 3 or not all(type(bound) is str for bound in value[:2]):
        raise _refusal("an interval is not [low, high, end]")
    if len(value) < 3:
        return Interval(*value)
    if type(value[2]) is not int or value[2] not in (1, 2):
        raise _refusal("an interval ends in an unknown way")
    return Interval(value[0], value[1], End(value[2]))


def _refusal(reason: str) -> CorpusError:
    return CorpusError("E_INDEX", f"advisory index: {reason}")
