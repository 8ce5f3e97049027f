"""Typed access to a parsed document: what is missing reads as empty, what has the wrong type becomes a gap as well."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.models import Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

MAX_GAPS = 100
"""Gaps of one file that are told one by one; a file with more is broken or hostile, and the rest is only counted."""

_PLAIN_KEY = re.compile(r"[\w.+-]{1,64}", re.ASCII)


def ends_in_gap(
    kind: Literal["lockfile", "manifest", "installed"],
) -> Callable[[Callable[[bytes, str], Parsed]], Callable[[bytes, str], Parsed]]:
    """Make a parser that raises ``ParseError`` into one that never raises: an empty ``Parsed`` with one gap."""

    def decorate(parse: Callable[[bytes, str], Parsed]) -> Callable[[bytes, str], Parsed]:
        @wraps(parse)
        def guarded(data: bytes, path: str) -> Parsed:
            try:
                return parse(data, path)
            except ParseError as error:
                return Parsed(kind, gaps=(Gap(path, error.reason, error.detail),))

        return guarded

    return decorate


def shown(key: str) -> str:
    """Return a key as a gap may name it: itself if it is plain and short, else a placeholder."""
    return key if _PLAIN_KEY.fullmatch(key) else "<key>"


class Fields:
    """Reads values of the file at ``path`` and gathers its gaps. A place is written as ``package[3].source``."""

    def __init__(self, path: str, gaps: Iterable[Gap] = ()) -> None:
        self.path = path
        self._gaps = list(gaps)
        self._untold = 0

    def miss(self, reason: str, detail: str) -> None:
        """Note something that could not be read."""
        if len(self._gaps) < MAX_GAPS:
            self._gaps.append(Gap(self.path, reason, detail))
        else:
            self._untold += 1

    def gaps(self) -> tuple[Gap, ...]:
        """Return all gaps, in the order in which they were met."""
        more = (Gap(self.path, "more", f"{self._untold} more gaps like these"),) if self._untold else ()
        return (*self._gaps, *more)

    def text(self, table: dict[str, Any], key: str, place: str) -> str | None:
        """Return a string, or None if it is missing or no string."""
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        return self._wrong(place, key, "a string")

    def flag(self, table: dict[str, Any], key: str, place: str) -> bool:
        """Return a boolean, False if it is missing or no boolean."""
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(place, key, "a boolean")
        return False

    def table(self, table: dict[str, Any], key: str, place: str) -> dict[str, Any]:
        """Return a table, empty if it is missing or no table."""
        value = table.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._wrong(place, key, "a table")
        return {}

    def items(self, table: dict[str, Any], key: str, place: str) -> list[Any]:
        """Return an array, empty if it is missing or no array."""
        value = table.get(key)
        if isinstance(value, list):
            return value
        if value is not None:
            self._wrong(place, key, "an array")
        return []

    def tables(self, table: dict[str, Any], key: str, place: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the tables of an array, each with its index."""
        found = []
        for index, value in enumerate(self.items(table, key, place)):
            if isinstance(value, dict):
                found.append((index, value))
            else:
                self._wrong(place, f"{key}[{index}]", "a table")
        return found

    def texts(self, table: dict[str, Any], key: str, place: str) -> list[tuple[int, str]]:
        """Return the strings of an array, each with its index."""
        found = []
        for index, value in enumerate(self.items(table, key, place)):
            if isinstance(value, str):
                found.append((index, value))
            else:
                self._wrong(place, f"{key}[{index}]", "a string")
        return found

    def _wrong(self, place: str, key: str, wanted: str) -> None:
        self.miss("wrong-type", f"{place}.{key}: not {wanted}" if place else f"{key}: not {wanted}")
