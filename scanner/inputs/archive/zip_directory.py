"""The directory of a zip: where it is, what it lists, and where that is ambiguous.

Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, version 6.3.10; sections are cited as 4.x. Read
here rather than by zipfile, whose answers to defective archives differ between Python versions. Where readers differ,
the answer that zipfile gives (the last end record) is followed, for pip installs by it, and the ambiguity is a gap.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive.budget import BrokenError, Budget, ExhaustedError, Log, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

END = b"PK\x05\x06"
LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"

_MAX_COMMENT = 65_535
_END_SIZE, _LOCATOR_SIZE, _END64_SIZE, _CENTRAL_SIZE = 22, 20, 56, 46
MAX_DIRECTORY = 64 * 1024**2
"""Bytes of a directory; 100,000 members with names of 500 bytes take 55 MB."""

_ALL_16, _ALL_32 = 0xFFFF, 0xFFFFFFFF


class Listed(NamedTuple):
    """One member as the directory lists it (4.3.12). ``offset`` is that of its local header in the source."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    is_link: bool


class Directory(NamedTuple):
    """The directory: its members in order, and the ranges of the source that it and its end records take up.

    ``whole`` is False if it lists more members than the budget allows.
    """

    members: list[Listed]
    ranges: list[tuple[int, int]]
    whole: bool


class _End(NamedTuple):
    offset: int
    listed: int
    size: int
    start: int
    comment_end: int


def find_end(source: Source) -> int | None:
    """Return the offset of the end record that zipfile takes: the last one within reach of the file's end."""
    tail_start = max(0, source.size - _END_SIZE - _MAX_COMMENT)
    tail = source.read(tail_start, source.size - tail_start)
    if tail[-_END_SIZE:-18] == END and tail[-2:] == b"\0\0":
        return source.size - _END_SIZE
    place = tail.rfind(END, 0, max(0, len(tail) - 18))
    return tail_start + place if place >= 0 else None


def read_directory(source: Source, budget: Budget, log: Log) -> Directory:
    """Return what the archive lists.

    Raises:
        BrokenError: there is no directory, or it cannot be followed.
        ExhaustedError: it lists more members than the budget allows; what stands before is logged by the caller.
    """
    place = find_end(source)
    if place is None:
        raise BrokenError("not-an-archive", "no end record: not a zip, or cut off")
    start, ranges, end = _widen(source, _read_end(source, place, log), log)
    if end.size > MAX_DIRECTORY:
        raise ExhaustedError("too-large", f"a directory of more than {MAX_DIRECTORY} bytes")
    shift = start - end.start
    if start < 0 or shift < 0:
        raise BrokenError("truncated", "the directory does not lie within the archive")
    if shift:
        log.gap("prefix-data", f"{shift} bytes stand before the archive")
    data = source.read(start, end.size)
    members = list(_listed(data, shift, end, log, budget))
    _look_for_others(source, end, log)
    before = [(0, shift)] if shift else []
    whole = len(members) < budget.limits.members
    return Directory(members, [*ranges, (start, start + end.size), *before], whole)


def _read_end(source: Source, place: int, log: Log) -> _End:
    record = source.read(place, _END_SIZE)
    if len(record) < _END_SIZE:
        raise BrokenError("truncated", "the end record is cut off")
    disk, first_disk, here, count, size, start, comment = struct.unpack("<4xHHHHIIH", record)
    if (disk, first_disk) not in ((0, 0), (_ALL_16, _ALL_16)) or here != count:
        raise BrokenError("unsupported", "an archive in several parts")
    comment_end = place + _END_SIZE + comment
    if comment_end < source.size:
        log.gap("trailing-data", f"{source.size - comment_end} bytes follow the end of the archive")
    elif comment_end > source.size:
        log.gap("truncated", "the comment of the archive is cut off")
    return _End(place, count, size, start, min(comment_end, source.size))


def _widen(source: Source, end: _End, log: Log) -> tuple[int, list[tuple[int, int]], _End]:
    """Return where the directory starts, which ranges the end records take up, and the end by the zip64 records."""
    ranges = [(end.offset, end.comment_end)]
    if end.offset < _LOCATOR_SIZE or source.read(end.offset - _LOCATOR_SIZE, 4) != _LOCATOR:
        if _ALL_32 in (end.size, end.start):
            raise BrokenError("truncated", "a zip64 archive without its end record")
        return end.offset - end.size, ranges, end
    locator = end.offset - _LOCATOR_SIZE
    stated = struct.unpack("<8xQ4x", source.read(locator, _LOCATOR_SIZE))[0]
    place = locator - _END64_SIZE
    record = source.read(place, _END64_SIZE) if place >= 0 else b""
    if record[:4] != _END64 or struct.unpack_from("<Q", record, 4)[0] != _END64_SIZE - 12:
        raise BrokenError("unsupported", "a zip64 end record that does not stand before its locator")
    here, count, size, start = struct.unpack("<24xQQQQ", record)
    for small, large, limit in ((end.listed, count, _ALL_16), (end.size, size, _ALL_32), (end.start, start, _ALL_32)):
        if small not in (large, limit):
            log.gap("ambiguous", "the two end records of the archive disagree")
            break
    if here != count:
        raise BrokenError("unsupported", "an archive in several parts")
    if stated != start + size:
        log.gap("ambiguous", "the zip64 locator does not point at the end record")
    widened = _End(end.offset, count, size, start, end.comment_end)
    return place - size, [*ranges, (place, end.offset)], widened


def _listed(data: bytes, shift: int, end: _End, log: Log, budget: Budget) -> Iterator[Listed]:
    place = count = 0
    while place + _CENTRAL_SIZE <= len(data) and data[place : place + 4] == _CENTRAL:
        fields = struct.unpack_from("<4xHHHHHHIIIHHHHHII", data, place)
        made, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length = fields[:12]
        attributes, offset = fields[14], fields[15]
        name_start = place + _CENTRAL_SIZE
        extra_start = name_start + name_length
        place = extra_start + extra_length + comment_length
        if place > len(data):
            break
        name = data[name_start:extra_start]
        count += 1
        if count > budget.limits.members:
            log.gap("too-many-members", f"more than {budget.limits.members} members; the rest was not read")
            return
        wide = _zip64(data[extra_start : extra_start + extra_length], (size, packed, offset))
        if wide is None:
            log.gap("corrupt", "a member without its zip64 sizes", show(name, flags))
            continue
        size, packed, offset = wide
        is_link = made >> 8 == 3 and attributes >> 28 == 0o12
        yield Listed(name, flags, method, crc, packed, size, offset + shift, is_link)
    if place != len(data) or count != end.listed:
        log.gap("ambiguous", f"the directory has {count} members; its end record states {end.listed}, or another size")


def _zip64(extra: bytes, small: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """Return size, packed size and offset with the zip64 extra field (4.5.3) applied, None if it lacks one."""
    if _ALL_32 not in small:
        return small
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            body = extra[place + 4 : place + 4 + length]
            numbers = iter(struct.unpack_from(f"<{len(body) // 8}Q", body))
            wide = [next(numbers, None) if number == _ALL_32 else number for number in small]
            return None if None in wide else (wide[0] or 0, wide[1] or 0, wide[2] or 0)
        place += 4 + length
    return None


def _look_for_others(source: Source, end: _End, log: Log) -> None:
    """Note a second end record that a reader might take instead: it leads to a directory and reaches the end.

    The bytes of one within a member or a comment by themselves mean nothing: an archive that holds another one as it
    is has such, and so have innocent wheels.
    """
    tail_start = max(0, source.size - _END_SIZE - _MAX_COMMENT)
    tail = source.read(tail_start, source.size - tail_start)
    place = tail.find(END)
    while place >= 0:
        record = tail[place : place + _END_SIZE]
        if tail_start + place != end.offset and len(record) == _END_SIZE:
            _, _, count, size, _, comment = struct.unpack("<6xHHHIIH", record)
            ends = tail_start + place + _END_SIZE + comment
            first = tail_start + place - size
            if ends == source.size and count and first >= 0 and source.read(first, 4) == _CENTRAL:
                log.gap("ambiguous", "several end records, each with a directory of its own")
                return
        place = tail.find(END, place + 1)


def show(name: bytes, flags: int) -> str:
    """Return a name as text: UTF-8 if flag 11 says so, else code page 437, as zipfile reads it (appendix D)."""
    if name.isascii():
        return name.decode("ascii")
    return name.decode("utf-8", "backslashreplace") if flags & 0x800 else name.decode("cp437")
