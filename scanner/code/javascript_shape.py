"""What the shape of a script says: names that are put together, code beyond the edge of the screen, encoded text.

Byte counts and searches for fixed text alone run over whole files; expressions run around hits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

AROUND = 512
"""Bytes on either side of a hit in which pieces of names are looked for, in large files."""

_PIECE = rb"[\"'`][\w/.:@$-]{0,12}[\"'`]"
_GLUE = lazy(
    rb"[\"'`](?!:case)(?:(?<=[\"'`])[\w/.:@$-]{1,12}[\"'`]\s{0,4}\+\s{0,4}[\"'`][\w/.:@$-]{1,12}[\"'`]"
    rb"|[\w/.:@$-]{1,12}[\"'`]\.concat\(\s{0,4}[\"'`][\w/.:@$-]{1,12}[\"'`]"
    rb"|[^\"'`\n]{1,40}[\"'`]\s{0,4}\.\s{0,4}(?:replace|slice|substr|substring|charAt|at)\()"
)
_JOINED = lazy(
    rb"\[\s{0,4}(?:"
    + _PIECE
    + rb"\s{0,4},\s{0,4}){1,80}"
    + _PIECE
    + rb"\s{0,4}\]\s{0,4}\.\s{0,4}(?:join|reverse|map|reduce)\("
)
_FILLED = lazy(rb"\$\{\s{0,4}[\"'`](?![^A-Za-z\\\"'`\n]{0,40}[\"'`])")

_BLANKS = b" " * 72
_TABS = b"\t" * 9
_EMPTY = b"\n" * 150
_COLUMNS = 72
_SAMPLE = 2 << 10
_SIGNS = b"[]()!+ \n;=.,{}"
_ESCAPES = 8
"""One byte in so many is a backslash in text that is nothing but escapes."""

_LEAST = 512
"""Bytes of a file whose shape says something."""


def is_glued(data: bytes, hits: Iterable[int], whole: int) -> list[int]:
    """Return the places at which names are put together of pieces near hits; anywhere in a file of up to ``whole``."""
    if len(data) <= whole:
        return [match.start() for pattern in (_GLUE, _JOINED, _FILLED) for match in pattern.finditer(data)]
    found: list[int] = []
    last = -AROUND
    for hit in sorted(hits):
        if hit - last < AROUND // 2:
            continue
        last = hit
        start, end = max(0, hit - AROUND), hit + AROUND
        found += [
            match.start() for pattern in (_GLUE, _JOINED, _FILLED) for match in pattern.finditer(data, start, end)
        ]
    return found


def shapes(data: bytes) -> list[int]:
    """Return the places of what no person writes and no minifier makes; at a thousand megabytes a second and more."""
    found = _off_screen(data) if _BLANKS in data or _TABS in data or _EMPTY in data else []
    for start in range(0, len(data), max(_SAMPLE, len(data) // 2)):
        sample = data[start : start + _SAMPLE]
        if len(sample) < _LEAST:
            break
        if (sample.count(b"\\x") + sample.count(b"\\u00")) * _ESCAPES >= len(sample) or len(
            sample.translate(None, _SIGNS)
        ) * 8 < len(sample):
            found.append(start)
    return found


def _off_screen(data: bytes) -> list[int]:
    """The places behind so many blanks within a line, or so many empty lines, that nobody sees them."""
    found = []
    for blanks in (_BLANKS, _TABS):
        at = data.find(blanks)
        while at >= 0:
            start = len(data[max(0, at - _COLUMNS) : at].rstrip(b" \t")) + max(0, at - _COLUMNS)
            line_end = data.find(b"\n", at)
            line_end = len(data) if line_end < 0 else line_end
            behind = data[at:line_end].lstrip(b" \t")
            is_within = data[start - 1 : start] not in (b"\n", b"\r", b"", b" ", b"\t")
            if is_within and behind.strip(b"\r;") and not behind.startswith((b"//", b"/*", b"*")):
                found.append(line_end - len(behind))
            at = data.find(blanks, line_end)
    below = data.rfind(_EMPTY)
    if below >= 0 and data[below:].strip():
        found.append(below + len(_EMPTY))
    return found
