"""What a mark is, and how evidence for one is written."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from assay.scanner.code.ir import Place
from assay.scanner.lazy_pattern import lazy

_LINE_END = lazy("\n")

LONGEST = 200
"""Characters of evidence."""

SHOWN = 24
"""Marks of one kind that are kept of one file."""


class Mark(NamedTuple):
    """Something in the text of a file that needs no evaluation to be seen.

    ``kind`` is ``family:shape``, as ``packed:whole`` or ``credential:github``. ``detail`` is evidence: escaped, at most
    ``LONGEST`` characters, secrets redacted. ``size`` counts what the shape is made of: characters of a blob, blanks
    before a statement, names of one sort; 0 where there is nothing to count.
    """

    kind: str
    place: Place
    detail: str
    size: int = 0


def shown(text: str, limit: int = LONGEST) -> str:
    """Return text on one line in printable ASCII, all else escaped, cut at ``limit`` characters with an ellipsis."""
    escaped = ascii(text[:limit])[1:-1].replace("\\'", "'")
    if len(escaped) <= limit and len(text) <= limit:
        return escaped
    return escaped[: limit - 3] + "..."


class Page:
    """A text with ``\\n`` line ends, and where its lines begin."""

    __slots__ = ("_ends", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends: list[int] | None = None

    def place(self, offset: int) -> Place:
        """Return line and column, from 1, of an offset."""
        if self._ends is None:
            self._ends = [end.start() for end in _LINE_END.finditer(self.text)]
        line = bisect_left(self._ends, offset)
        return Place(line + 1, offset - (self._ends[line - 1] if line else -1))
