"""Indicators as CSV, for exchange with people and their spreadsheets.

RFC 4180, UTF-8 with or without a byte-order mark, lines that end in CRLF or LF. The header is
``kind,value,versions,reason,reference,expires`` or the short ``ecosystem,name,version``; empty lines do not count.

A spreadsheet runs a cell that begins like a formula (CWE-1236). ``render`` puts a ``'`` before such a cell, and before
one that has apostrophes and then begins so; ``parse`` takes one apostrophe away from each such cell again.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from assay.corpus import entries
from assay.corpus.shapes import shown
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.corpus.indicators import IndicatorEntry

HEADER = ("kind", "value", "versions", "reason", "reference", "expires")
SHORT_HEADER = ("ecosystem", "name", "version")
MAX_BYTES = 64 * 1024 * 1024

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that a spreadsheet may run; the last four are wide forms of the first four."""


def parse(data: bytes) -> tuple[IndicatorEntry, ...]:
    """Return the indicators of a CSV file, ascending, none twice.

    Raises:
        UsageError: more than ``MAX_BYTES``, not CSV in UTF-8, another header, or a row that is no indicator; one line
            that begins with the number of the line in the file.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"more than {MAX_BYTES // 2**20} MiB of CSV; split the file")
    rows = _rows(_text(data))
    _, header = next(rows, (1, ()))
    if header not in (HEADER, SHORT_HEADER):
        raise UsageError(f"line 1: the header is neither {','.join(HEADER)} nor {','.join(SHORT_HEADER)}")
    found = set()
    for line, cells in rows:
        if len(cells) != len(header):
            raise UsageError(f"line {line}: {len(cells)} cells where the header has {len(header)}")
        try:
            found.add(_entry(cells))
        except UsageError as error:
            raise UsageError(f"line {line}: {error}") from error
    return tuple(sorted(found))


def _entry(cells: tuple[str, ...]) -> IndicatorEntry:
    if len(cells) == len(HEADER):
        return entries.indicator(*map(_without_guard, cells))
    ecosystem, name, version = map(_without_guard, cells)
    if not version.strip():
        raise UsageError("the version is missing; * stands for all")
    return entries.indicator("package", f"{ecosystem.strip()}:{name.strip()}", version)


def _without_guard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the number of the first line of a row, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, tuple(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"line {line}: not CSV: {shown(str(error))}") from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"line {line}: not UTF-8") from error


def render(indicators: Iterable[IndicatorEntry]) -> bytes:
    """Return a CSV file, lines ending in CRLF, of which ``parse`` makes the same indicators."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for entry in sorted(set(indicators)):
        writer.writerow([_guarded(cell) for cell in (entry.kind.value, *entry[1:])])
    return text.getvalue().encode("utf-8")


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
