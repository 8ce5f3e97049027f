"""The members of a tar archive, read in one pass: ustar, PAX, GNU long names; sparse files are refused.

What another reader could take otherwise is a gap: a size that two headers state differently, data after the end, an
archive without an end. Links are not followed and nothing special is made; they are noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive.budget import BrokenError, Budget, Entry, Log
from assay.scanner.inputs.archive.names import tidy
from assay.scanner.inputs.archive.tar_header import BLOCK, Header, parse_header, pax_records

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_EXTENDED = 1 << 20
"""Bytes of an extended header or a long name; real ones have a few hundred."""

_REGULAR = frozenset({b"0", b"\0", b"7"})
_SPECIAL = {b"3": "a device", b"4": "a device", b"6": "a pipe"}
_EMPTY = bytes(BLOCK)
_BEYOND = 64
"""Blocks after the end that are looked at for data: tar pads to 20."""


class _Pending(NamedTuple):
    """What extended headers say of the member that follows."""

    name: bytes | None = None
    link: bytes | None = None
    size: int | None = None
    sparse: bool = False


class _Stream:
    """The bytes of an archive from its begin to its end, in whatever pieces they come."""

    def __init__(self, pieces: Iterator[bytes], budget: Budget) -> None:
        self._pieces = pieces
        self._budget = budget
        self._held = b""
        self._at = 0

    def some(self, most: int) -> bytes:
        """Return at least one and at most ``most`` bytes, none only at the end."""
        while self._at == len(self._held):
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._budget.spend(len(piece))
            self._held, self._at = piece, 0
        start, self._at = self._at, min(self._at + most, len(self._held))
        return self._held[start : self._at]

    def exactly(self, length: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        given = self.some(length) if length else b""
        if len(given) == length:
            return given
        parts = [given]
        length -= len(given)
        while length and (part := self.some(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


def entries(pieces: Iterator[bytes], budget: Budget, log: Log) -> Iterator[Entry]:
    """Yield the regular files in the order in which they stand.

    Raises:
        BrokenError: the archive cannot be followed any further.
        ExhaustedError: the budget is spent.
    """
    stream = _Stream(pieces, budget)
    pending, common = _Pending(), _Pending()
    while True:
        block = stream.exactly(BLOCK)
        if block == _EMPTY:
            _look_beyond(stream, log)
            return
        if len(block) < BLOCK:
            raise BrokenError(
                "truncated", "the archive ends without its end mark" if not block else "a header is cut off"
            )
        header = parse_header(block)
        if header.kind in b"xgLK":
            budget.member(0)
            if header.kind == b"g":
                common = _extended(stream, header, common)
                if common != _Pending():
                    log.gap("ambiguous", "a global header names or sizes every member")
            else:
                pending = _extended(stream, header, pending)
            continue
        yield from _member(stream, _applied(header, _merged(common, pending), log), budget, log)
        pending = _Pending()


def _merged(common: _Pending, own: _Pending) -> _Pending:
    return _Pending(
        common.name if own.name is None else own.name,
        common.link if own.link is None else own.link,
        common.size if own.size is None else own.size,
        common.sparse or own.sparse,
    )


def _extended(stream: _Stream, header: Header, before: _Pending) -> _Pending:
    if header.size > MAX_EXTENDED:
        raise BrokenError("too-large", f"an extended header of more than {MAX_EXTENDED} bytes")
    data = stream.exactly(header.size)
    stream.exactly(-header.size % BLOCK)
    if len(data) < header.size:
        raise BrokenError("truncated", "an extended header is cut off")
    if header.kind == b"L":
        return before._replace(name=data.rstrip(b"\0"))
    if header.kind == b"K":
        return before._replace(link=data.rstrip(b"\0"))
    records = pax_records(data)
    size = records.get("size")
    if size is not None and not (size.isdigit() and len(size) <= 18):
        raise BrokenError("corrupt", "a size that is no number; the archive cannot be followed any further")
    return _Pending(
        records.get("path", before.name),
        records.get("linkpath", before.link),
        before.size if size is None else int(size),
        before.sparse or any(key.startswith("GNU.sparse.") for key in records),
    )


def _applied(header: Header, pending: _Pending, log: Log) -> tuple[Header, bool]:
    """Return the header with what extended headers say of it, and whether it is sparse."""
    size = header.size
    if pending.size is not None and pending.size != size:
        if size:
            shown = tidy((pending.name or header.name).decode("utf-8", "backslashreplace"))
            log.gap("ambiguous", f"{size} bytes by its header, {pending.size} by an extended one", shown)
        size = pending.size
    name = header.name if pending.name is None else pending.name
    link = header.link if pending.link is None else pending.link
    return Header(name, size, header.kind, link), pending.sparse or header.kind == b"S"


def _member(stream: _Stream, found: tuple[Header, bool], budget: Budget, log: Log) -> Iterator[Entry]:
    header, sparse = found
    budget.member(len(header.name))
    name = header.name.decode("utf-8", "backslashreplace")
    shown = tidy(name)
    if sparse:
        raise BrokenError("unsupported", "a sparse file; the archive cannot be followed any further")
    is_folder = header.kind == b"5" or (header.kind == b"\0" and name.endswith("/"))
    if is_folder or header.kind in (b"1", b"2"):
        if header.size:  # some readers go on behind the header, others behind so many bytes
            log.gap("ambiguous", "a folder or a link with a size", shown)
        if not is_folder:
            _note_link(name, header, log)
        return
    if header.kind in _SPECIAL:
        log.note("special-member", _SPECIAL[header.kind], shown)
        return
    if header.kind not in _REGULAR:
        log.note("special-member", "of a type that is none of tar's", shown)
    yield Entry(name, _content(stream, header.size))


def _note_link(name: str, header: Header, log: Log) -> None:
    """Note a link that leads out of the archive's own folder; others are what source archives have."""
    points_at = header.link.decode("utf-8", "backslashreplace")
    steps = name.split("/")[:-1] if header.kind == b"2" else []
    for part in points_at.split("/"):
        if part == ".." and steps:
            steps.pop()
        elif part == "..":
            log.note("link-outside", "a link that leads out of the archive", tidy(name))
            return
        elif part not in ("", "."):
            steps.append(part)
    if points_at.startswith("/"):
        log.note("link-outside", "a link to an absolute path", tidy(name))


def _content(stream: _Stream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        some = stream.some(left)
        if not some:
            raise BrokenError("truncated", "the content is cut off")
        left -= len(some)
        yield some
    stream.exactly(-size % BLOCK)


def _look_beyond(stream: _Stream, log: Log) -> None:
    """Read what follows the first empty block: padding, or data that most readers never see."""
    for _ in range(_BEYOND):
        block = stream.exactly(BLOCK)
        if block.strip(b"\0"):
            log.gap("trailing-data", "data follow the end of the archive")
            return
        if len(block) < BLOCK:
            return
    while some := stream.some(1 << 20):
        if some.strip(b"\0"):
            log.gap("trailing-data", "data follow the end of the archive")
            return
