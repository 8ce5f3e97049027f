"""The members of a zip, read by its directory and held against the local headers that stand before each.

Format: APPNOTE 6.3.10, see ``zip_directory``. What another reader could take otherwise is a gap: a local header that
says something else, members that overlap, bytes that no member and no record accounts for.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive.budget import BrokenError, Budget, Entry, Log, Source
from assay.scanner.inputs.archive.compression import ZIP_METHODS, inflated
from assay.scanner.inputs.archive.names import tidy
from assay.scanner.inputs.archive.zip_directory import LOCAL, Directory, Listed, read_directory, show

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL_SIZE = 30
_ENCRYPTED, _DESCRIPTOR, _PATCHED, _STRONG, _MASKED = 0x1, 0x8, 0x20, 0x40, 0x2000
_DESCRIPTOR_MARK = b"PK\x07\x08"
_COMPARED = _ENCRYPTED | _STRONG | _MASKED
_UNICODE_PATH = 0x7075
_NOTHING = 2
"""Bytes that deflate makes of no bytes; some writers compress even folders."""


class _Placed(NamedTuple):
    """A member, where its content starts, and where whatever belongs to it ends."""

    listed: Listed
    start: int
    end: int


def entries(source: Source, budget: Budget, log: Log) -> Iterator[Entry]:
    """Yield the members in the order of the directory; folders are left out.

    Raises:
        BrokenError: there is no directory.
        ExhaustedError: the budget is spent.
    """
    directory = read_directory(source, budget, log)
    placed: dict[int, _Placed] = {}
    for number, listed in enumerate(directory.members):
        if found := _place(source, listed, log):
            placed[number] = found
    overlapping = _account(placed, directory, log)
    for number, listed in enumerate(directory.members):
        budget.member(len(listed.name))
        name = show(listed.name, listed.flags)
        if name.endswith("/") and not listed.size and listed.packed <= _NOTHING:
            continue
        one = placed.get(number)
        if one is None or number in overlapping:
            continue
        if problem := _unreadable(listed):
            log.gap(*problem, tidy(name))
            continue
        if listed.is_link:
            log.note("link", "a symbolic link in a zip", tidy(name))
        yield Entry(name, _content(source, one, budget), follows=True)


def _place(source: Source, listed: Listed, log: Log) -> _Placed | None:
    """Read a member's local header (4.3.7) and compare it with the directory; None and a gap if there is none."""
    shown = tidy(show(listed.name, listed.flags))
    head = source.read(listed.offset, _LOCAL_SIZE + len(listed.name) + 64)
    if len(head) < _LOCAL_SIZE or head[:4] != LOCAL:
        log.gap("corrupt", "no local header where the directory says", shown)
        return None
    flags, method, crc, packed, size, name_length, extra_length = struct.unpack_from("<6xHH4xIIIHH", head)
    wanted = _LOCAL_SIZE + name_length + extra_length
    if len(head) < wanted:
        head = source.read(listed.offset, wanted)
    name = head[_LOCAL_SIZE : _LOCAL_SIZE + name_length]
    extra = head[_LOCAL_SIZE + name_length : wanted]
    start = listed.offset + wanted
    end = start + listed.packed
    if end > source.size:
        log.gap("truncated", "the content lies beyond the end of the archive", shown)
        return None
    told = "" if name == listed.name else "another name"
    if method != listed.method or (flags ^ listed.flags) & _COMPARED:
        told = "another method or encryption"
    if not flags & _DESCRIPTOR and _differs((crc, packed, size), listed, extra):
        told = "another size or checksum"
    if _renames(extra, listed.name):
        told = "another name"
    if told:
        log.gap("ambiguous", f"the local header states {told} than the directory", shown)
    if flags & _DESCRIPTOR:
        end = _after_descriptor(source, listed, end)
    return _Placed(listed, start, end)


def _differs(local: tuple[int, int, int], listed: Listed, extra: bytes) -> bool:
    crc, packed, size = local
    if 0xFFFFFFFF in (packed, size) and len(extra) >= 4:
        return crc != listed.crc
    return (crc, packed, size) != (listed.crc, listed.packed, listed.size)


def _renames(extra: bytes, name: bytes) -> bool:
    """Say whether the Info-ZIP Unicode path field (4.6.9) gives the member another name."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == _UNICODE_PATH and extra[place + 9 : place + 4 + length] != name:
            return name.isascii()
        place += 4 + length
    return False


def _after_descriptor(source: Source, listed: Listed, end: int) -> int:
    """Return where the data descriptor (4.3.9) after a member's content ends: 12 to 24 bytes, with a mark or without.

    Without one that fits, the bytes belong to nobody, and are accounted for as such.
    """
    data = source.read(end, 24)
    for mark in (_DESCRIPTOR_MARK, b""):
        for form in ("<III", "<IQQ"):
            body = struct.calcsize(form)
            if data.startswith(mark) and len(data) >= len(mark) + body:
                told = struct.unpack_from(form, data, len(mark))
                if told == (listed.crc, listed.packed, listed.size):
                    return end + len(mark) + body
    return end


def _account(placed: dict[int, _Placed], directory: Directory, log: Log) -> set[int]:
    """Return the numbers of the members that overlap one before them, and note bytes that belong to nobody."""
    taken = sorted([(start, end, -1) for start, end in directory.ranges])
    taken += [(one.listed.offset, one.end, number) for number, one in placed.items()]
    reached = hidden = places = 0
    overlapping: set[int] = set()
    for start, end, number in sorted(taken):
        if start < reached:
            if number >= 0:
                listed = placed[number].listed
                log.gap("overlapping", "shares bytes with another member", tidy(show(listed.name, listed.flags)))
                overlapping.add(number)
            else:
                log.gap("overlapping", "a member shares bytes with the directory")
        elif start > reached:
            hidden, places = hidden + start - reached, places + 1
        reached = max(reached, end)
    if hidden and directory.whole:
        log.gap("hidden-data", f"{hidden} bytes in {places} places belong to no member that the directory lists")
    return overlapping


def _unreadable(listed: Listed) -> tuple[str, str] | None:
    if listed.flags & (_ENCRYPTED | _STRONG | _MASKED):
        return "encrypted", "encrypted; its content cannot be read"
    if listed.flags & _PATCHED:
        return "unsupported", "compressed patched data"
    if listed.method and listed.method not in ZIP_METHODS:
        return "unsupported", f"compression method {listed.method}"
    return None


def _content(source: Source, one: _Placed, budget: Budget) -> Iterator[bytes]:
    """Yield a member's content and hold it against its size and checksum.

    Raises:
        BrokenError: it cannot be had, or has another size or checksum than the directory states.
        ExhaustedError: the budget is spent.
    """
    listed = one.listed
    pieces = source.pieces(one.start, one.start + listed.packed)
    crc = size = 0
    for some in inflated(pieces, ZIP_METHODS.get(listed.method), budget):
        budget.spend(len(some))
        crc = zlib.crc32(some, crc)
        size += len(some)
        yield some
    if size != listed.size:
        raise BrokenError("size-mismatch", f"{listed.size} bytes stated, {size} there")
    if crc != listed.crc:
        raise BrokenError("bad-checksum", "the content does not have the stated checksum")
