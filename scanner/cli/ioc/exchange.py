"""The formats in which indicators come and go: CSV and STIX 2.1, each read by a module that is loaded when needed."""

from __future__ import annotations

import codecs
import importlib
import sys
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import local
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.corpus.indicators import IndicatorEntry

FORMATS = ("csv", "stix")
_MAX = 64 * 1024 * 1024 + 1
"""One byte more than either format takes."""
_NO_END = "9999-99-99"


class Read(NamedTuple):
    """What a file holds: indicators, no two about the same, and (name, reason) of what was left out."""

    entries: tuple[IndicatorEntry, ...]
    skipped: tuple[tuple[str, str], ...]


def read(path: str, format_name: str) -> Read:
    """Return the indicators of a file, of standard input if the path is ``-``; ``auto`` tells the format by its start.

    Raises:
        UsageError: it cannot be read, or is malformed; one line that names the file.
    """
    data = _bytes(path)
    if format_name == "auto":
        format_name = "stix" if data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[") else "csv"
    try:
        if format_name == "csv":
            return _distinct(importlib.import_module("assay.corpus.indicator_csv").parse(data), ())
        imported = importlib.import_module("assay.corpus.stix").parse(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error}; nothing was imported") from error
    return _distinct(imported.entries, [tuple(each) for each in imported.skipped])


def _bytes(path: str) -> bytes:
    if path == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("ioc import -: nothing comes from standard input; pipe a file into it")
        return sys.stdin.buffer.read(_MAX)
    try:
        with open(path, "rb") as file:
            return file.read(_MAX)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"{path}: {reason}; name a readable file") from error


def _distinct(entries: Iterable[IndicatorEntry], skipped: Iterable[tuple[str, str]]) -> Read:
    """Keep of what a file says several times what holds longest, and of these the last in order."""
    kept: dict[local.IndicatorKey, IndicatorEntry] = {}
    left_out = list(skipped)
    for entry in sorted(entries, key=lambda each: (each.expires or _NO_END, each)):
        if local.key_of(entry) in kept:
            left_out.append((entry.value, "stands there more than once, with another reason, reference or last day"))
        kept[local.key_of(entry)] = entry
    return Read(tuple(sorted(kept.values())), tuple(left_out))


def render(entries: Sequence[IndicatorEntry], format_name: str, day: str) -> str:
    """Return indicators as CSV or STIX; ``day`` is when a STIX bundle is said to be made."""
    if format_name == "csv":
        data: bytes = importlib.import_module("assay.corpus.indicator_csv").render(entries)
    else:
        data = importlib.import_module("assay.corpus.stix").render(entries, day)
    return data.decode("utf-8")


def require_format(format_name: str, known: Sequence[str]) -> None:
    """Refuse a format that there is not. Raises UsageError."""
    if format_name not in known:
        raise UsageError(f"--format {format_name}: choose one of {', '.join(known)}")
