"""Every member of an archive, one at a time: content up to a bound, hash, size; archives within archives as well.

What a container is, its bytes say and not its name. Memory is bounded by one member per level of nesting.
"""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive import tar, zip_directory
from assay.scanner.inputs.archive import zip as zip_archive
from assay.scanner.inputs.archive.budget import BrokenError, Budget, Entry, ExhaustedError, Log, Source, held
from assay.scanner.inputs.archive.compression import STREAMS, decoded
from assay.scanner.inputs.archive.content import ARCHIVES, HEAD, UNSUPPORTED, kind_of
from assay.scanner.inputs.archive.names import fault, folded, tidy
from assay.scanner.inputs.archive.tar_header import BLOCK, is_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.scanner.inputs.sightings import Search

WITHIN = "!/"
"""Stands between an archive and the path within it: ``dist/x.whl!/x/__init__.py``."""

_LONGEST_MARK = 4
"""Bytes that a search wants first: a byte order mark may be so long."""

_STREAM_ENDINGS = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "lzma": ".lzma"}


class Member(NamedTuple):
    """One file of an archive. ``path`` is within the archive, nested ones with ``!/``.

    ``data`` is the content, None if it is larger than the budget holds; ``kind`` is what the content is by its first
    bytes ("" if unknown), ``search`` what was searched in it. ``level`` is 0 for the archive itself.
    """

    path: str
    sha256: str
    size: int
    kind: str
    data: bytes | None
    level: int
    search: Search | None = None


class Reading(NamedTuple):
    """What reading an archive needs all the way down. ``tolerated(path)`` says that a nested archive may be broken."""

    budget: Budget
    log: Log
    begin: Callable[[], Search] | None
    tolerated: Callable[[str], bool]


def container_of(source: Source) -> str:
    """Return what kind of container a file is by its bytes: a kind of ``kind_of``, "" if it is none.

    A zip may have something before it, and an old tar has no mark but the checksum of its first header.
    """
    head = source.read(0, HEAD)
    kind = kind_of(head)
    if kind in ARCHIVES or kind in STREAMS or kind in UNSUPPORTED:
        return kind
    if is_header(head[:BLOCK]):
        return "tar"
    return "zip" if zip_directory.find_end(source) is not None else ""


def members(source: Source, kind: str, reading: Reading, name: str) -> Iterator[Member]:
    """Yield every file of the archive. ``name`` is the file name that a lone compressed file is called after.

    What cannot be read is in the log; what stood before it was yielded.
    """
    try:
        yield from _walk(source, kind, reading, name, "", 0)
    except ExhaustedError as error:
        reading.log.gap(error.reason, error.detail)


def _walk(source: Source, kind: str, reading: Reading, name: str, prefix: str, level: int) -> Iterator[Member]:
    """Yield the members of one container and of those within it.

    Raises:
        ExhaustedError: a bound of the whole was met.
    """
    log = reading.log if level == 0 else Log(within=True)
    seen = _Names(log)
    try:
        for entry in _entries(source, kind, reading.budget, log, name):
            path = prefix + seen.called(entry.name)
            member = _read(entry, path, len(prefix), level, reading, log)
            if member:
                seen.read(member.path[len(prefix) :], member.sha256)
                yield member
                yield from _within(member, reading)
    except BrokenError as error:
        log.gap(error.reason, error.detail)
    finally:
        if level:
            _hand_up(log, prefix, reading)


def _hand_up(log: Log, prefix: str, reading: Reading) -> None:
    """Pass on what was met in a nested archive, with its path; test data may be broken on purpose."""
    where = prefix.removesuffix(WITHIN)
    for reason, member, detail in log.gaps:
        if reading.tolerated(where):
            reading.log.passed.add(where)
        else:
            reading.log.gap(reason, detail, prefix + member if member else where)
    for kind, member, detail in log.notes:
        if kind not in _OF_THE_WHOLE and not reading.tolerated(where):
            reading.log.note(kind, detail, prefix + member if member else where)


_OF_THE_WHOLE = frozenset({"colliding-names", "duplicate-name"})


def _within(member: Member, reading: Reading) -> Iterator[Member]:
    kind = member.kind
    if kind not in ARCHIVES and kind not in STREAMS:
        return
    if member.level + 1 > reading.budget.limits.nesting:
        limit = reading.budget.limits.nesting
        reading.log.gap("too-nested", f"an archive within more than {limit} archives was not opened", member.path)
    elif member.data is None:
        reading.log.gap("too-large", "an archive within an archive, too large to be opened", member.path)
    else:
        name = member.path.rpartition("/")[2]
        inner = reading._replace(budget=reading.budget.nested())
        yield from _walk(held(member.data), kind, inner, name, member.path + WITHIN, member.level + 1)


def _entries(source: Source, kind: str, budget: Budget, log: Log, name: str) -> Iterator[Entry]:
    """Yield the entries of one container; a compressed file that is no tar is an archive of one."""
    if kind == "zip":
        yield from zip_archive.entries(source, budget, log)
        return
    pieces: Iterator[bytes] = source.pieces(0, source.size)
    if kind in STREAMS:
        pieces = decoded(pieces, STREAMS[kind], budget)
        head = b""
        while len(head) < BLOCK and (piece := next(pieces, None)) is not None:
            head += piece
        pieces = chain((head,), pieces)
        if not is_header(head[:BLOCK]):
            budget.member(len(name))
            yield Entry(_unpacked_name(name, kind), _counted(pieces, budget))
            return
    yield from tar.entries(pieces, budget, log)


def _unpacked_name(name: str, kind: str) -> str:
    return name.removesuffix(_STREAM_ENDINGS[kind]) or "unnamed"


def _counted(pieces: Iterator[bytes], budget: Budget) -> Iterator[bytes]:
    for piece in pieces:
        budget.spend(len(piece))
        yield piece


def _read(entry: Entry, path: str, skip: int, level: int, reading: Reading, log: Log) -> Member | None:
    """Read one entry to its end: None and a gap if that fails. ``skip`` characters of the path lead to its archive.

    Raises:
        BrokenError: the archive cannot be followed any further.
        ExhaustedError: a bound of the whole was met.
    """
    most = reading.budget.limits.held
    search = reading.begin() if reading.begin else None
    digest, size, kept, head, lead = hashlib.sha256(), 0, [], b"", b""
    try:
        for piece in entry.pieces:
            digest.update(piece)
            if search and len(lead := lead + piece) >= _LONGEST_MARK:
                search.feed(lead)
                lead = b""
            if len(head) < HEAD:
                head += piece[: HEAD - len(head)]
            size += len(piece)
            if size <= most:
                kept.append(piece)
            else:
                kept.clear()
    except BrokenError as error:
        log.gap(error.reason, error.detail, path[skip:])
        if not entry.follows:
            raise BrokenError("truncated", "the rest of the archive was not read") from error
        return None
    if search and lead:
        search.feed(lead)
    return Member(
        path, digest.hexdigest(), size, kind_of(head), b"".join(kept) if size <= most else None, level, search
    )


class _Names:
    """The names of one archive, as they are shown: each once, with what is wrong with it noted."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._folded: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._first: dict[str, str] = {}
        self._original: dict[str, str] = {}

    def called(self, name: str) -> str:
        """Return the path that a member is shown under; of one that stands twice the second is ``NAME#2``."""
        shown = tidy(name)
        if wrong := fault(name):
            self._log.note("unsafe-name", wrong, shown)
        count = self._taken[shown] = self._taken.get(shown, 0) + 1
        if count > 1:
            original = shown
            while shown in self._taken:
                shown = f"{original}#{count}"
                count += 1
            self._taken[original], self._taken[shown] = count - 1, 1
            self._original[shown] = original
            return shown
        key = folded(shown)
        other = self._folded.setdefault(key, shown)
        if other != shown:
            self._log.note("colliding-names", "differs from another name by case or Unicode form alone", shown)
        return shown

    def read(self, shown: str, sha256: str) -> None:
        """Note a second member of one name if its content is another."""
        original = self._original.get(shown)
        if original is None:
            self._first[shown] = sha256
        elif self._first.get(original) != sha256:
            self._log.note("duplicate-name", "two members of one name with different content", original)
