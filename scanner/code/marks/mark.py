"""What a mark is, and how evidence for one is written."""

from __future__ import annotations

from typing import NamedTuple

from assay.scanner.code.ir import Place

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


def place_of(text: str, offset: int) -> Place:
    """Return line and column, from 1, of an offset into a text with ``\\n`` line ends."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
