"""What reading one archive may cost, nested ones included, and what was met on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from assay.scanner.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNPACKED = 4 * 1024**3
"""Bytes that one archive may hold. The largest wheels that public indexes carry (CUDA builds) hold about 3 GiB."""

MAX_MEMBERS = 100_000
"""Members of one archive, nested ones included; the largest real wheels and sdists have about 30,000."""

MAX_NAMES = 32 * 1024**2
"""Characters of all names; 30,000 names of real length take 3 MB. Names are held, unlike content."""

MAX_RATIO = 1000
"""Bytes out for each byte in. Deflate ends at 1,032, bzip2 and xz at thousands; whole source archives reach 30."""

MAX_RATIO_WITHIN = 100
"""The same in an archive within an archive: none of these is installed as it is, and the matrices in the benchmarks of
scipy's source archive alone unpack to 6.7 GB, some at 980 to 1."""

RATIO_FROM = 16 * 1024**2
"""Bytes out from which the ratio counts: below it even a file of zeros costs next to nothing."""

MAX_NESTING = 3
"""Archives within archives: an archive in a source archive's test data, and what that holds, is as deep as real ones
go."""

MAX_NAME = 4096
"""Bytes of a member's path (PATH_MAX on Linux)."""

MAX_DEPTH = 128
"""Folders in a member's path, as for folders on disk."""

HELD = 32 * 1024**2
"""Bytes of one member that are held at once for those who look at its content; of larger ones only the hash is taken.
The same bound as for a file on disk that is parsed."""

STEP = 1 << 20
"""Bytes that a decoder gives at the most in one go."""


class ExhaustedError(ParseError):
    """A bound of the whole archive was met: nothing further of it is read."""


class BrokenError(ParseError):
    """The archive cannot be followed beyond this place: a stream that is corrupt or cut off."""


class Limits(NamedTuple):
    """How much is read of an archive; what is beyond becomes a gap."""

    unpacked: int = MAX_UNPACKED
    members: int = MAX_MEMBERS
    ratio: int = MAX_RATIO
    ratio_within: int = MAX_RATIO_WITHIN
    nesting: int = MAX_NESTING
    held: int = HELD


class Source(NamedTuple):
    """Bytes to read an archive from, on disk or held: their number, and how to get at them."""

    size: int
    read: Reader

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` to ``end`` in pieces."""
        while start < end:
            piece = self.read(start, min(STEP // 4, end - start))
            if not piece:
                return
            yield piece
            start += len(piece)


class Reader(Protocol):
    """How a source is read: up to ``length`` bytes from ``offset``, fewer only at the end."""

    def __call__(self, offset: int, length: int, /) -> bytes:
        """Return the bytes."""
        ...


def held(data: bytes) -> Source:
    """Return bytes that are already in memory as a source."""
    return Source(len(data), lambda offset, length: data[offset : offset + length])


class _Spent:
    def __init__(self) -> None:
        self.unpacked = self.members = self.names = 0


class Budget:
    """Counts what an archive gives. One for the whole archive: nested archives draw on the same.

    ``within`` is True for what is read of a nested archive.
    """

    def __init__(self, limits: Limits, whole: Budget | None = None) -> None:
        self.limits = limits
        self.within = whole is not None
        self._spent: _Spent = whole._spent if whole else _Spent()

    def nested(self) -> Budget:
        """Return the budget of an archive within this one."""
        return Budget(self.limits, self)

    def member(self, length: int) -> None:
        """Count one more member, whose name has so many bytes.

        Raises:
            ExhaustedError: there are too many, or their names are too long.
        """
        self._spent.members += 1
        self._spent.names += length
        if self._spent.names > MAX_NAMES:
            raise ExhaustedError("too-large", f"names of more than {MAX_NAMES} bytes; the rest was not read")
        if self._spent.members > self.limits.members:
            raise ExhaustedError("too-many-members", f"more than {self.limits.members} members; the rest was not read")

    def spend(self, length: int) -> None:
        """Count bytes that came out.

        Raises:
            ExhaustedError: there are too many.
        """
        self._spent.unpacked += length
        if self._spent.unpacked > self.limits.unpacked:
            raise ExhaustedError("too-large", f"more than {self.limits.unpacked} bytes unpacked; the rest was not read")

    def weigh(self, taken: int, given: int) -> None:
        """Judge how many bytes one stream gave for those that it took.

        Raises:
            BrokenError: too many: a decompression bomb.
        """
        ratio = self.limits.ratio_within if self.within else self.limits.ratio
        if given > RATIO_FROM and given > ratio * max(taken, 1):
            raise BrokenError("decompression-bomb", f"unpacks to more than {ratio} times its size")


class Note(NamedTuple):
    """Something odd that did not keep the content from being read. ``member`` is "" for the archive as a whole."""

    kind: str
    member: str
    detail: str


class Log:
    """What was met in an archive: ``gaps`` are what could not be read, ``notes`` what was read and is odd.

    Each is (kind or reason, member, detail), noted once; the number of each kind is bounded by ``MOST``, for members
    and for what archives among them hold. The log of an archive ``within`` one is handed up to that one's, which says
    it if there are more. ``passed`` are archives among test data that could not be read whole: they are said to be not
    analysed.
    """

    def __init__(self, *, within: bool = False) -> None:
        self._within = within
        self.gaps: list[Note] = []
        self.notes: list[Note] = []
        self.passed: set[str] = set()
        self._counts: dict[tuple[str, bool], int] = {}

    def gap(self, reason: str, detail: str, member: str = "") -> None:
        """Note what could not be read."""
        self._add(self.gaps, Note(reason, member, detail))

    def note(self, kind: str, detail: str, member: str = "") -> None:
        """Note what is odd."""
        self._add(self.notes, Note(kind, member, detail))

    def _add(self, some: list[Note], one: Note) -> None:
        among = one.kind, "!/" in one.member
        count = self._counts[among] = self._counts.get(among, 0) + 1
        if count <= MOST + self._within:
            some.append(one)
        elif count == MOST + 1:
            some.append(Note(one.kind, "", f"the same of more than {MOST} members"))


MOST = 50
"""Members of which the same is said one by one; a hostile archive shall not flood the report."""


class Entry(NamedTuple):
    """One member of an archive, while it is being read: its name as text, and its content.

    ``pieces`` must be read to the end before the next entry is asked for; it raises ``BrokenError`` when the content
    cannot be had, and ``ExhaustedError``. ``follows`` says that the archive can be followed even if it is not read to
    the end.
    """

    name: str
    pieces: Iterator[bytes]
    follows: bool = False
