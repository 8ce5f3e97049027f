"""Typed reading of parsed JSON: every refusal names the key that it concerns (``sections[3].offset``)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from assay.scanner.errors import CorpusError

CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T00:00:00Z")
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_RELEASE = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){0,3}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")


class Fields:
    """One JSON object whose keys are known, read key by key.

    Every method raises ``CorpusError`` with the code given here when the value is not what the name says.
    """

    def __init__(self, value: Any, where: str, code: str, keys: frozenset[str] | None) -> None:
        """Take ``value`` as an object with exactly ``keys``, or with any keys if None; ``where`` names it."""
        self._where = where
        self._code = code
        if not isinstance(value, dict):
            raise CorpusError(code, f"{where}: not an object")
        if keys is not None and value.keys() != keys:
            odd = ", ".join(sorted(value.keys() ^ keys))
            raise CorpusError(code, f"{where}: missing or unknown key: {printable(odd)[:120]}")
        self._value: dict[str, Any] = value

    def refuse(self, key: str, reason: str) -> CorpusError:
        """Return the error that says what is wrong with a key."""
        return CorpusError(self._code, f"{self._where}.{printable(key)[:80]}: {reason}")

    def names(self) -> tuple[str, ...]:
        """Return the keys in sorted order, each a name of a-z, 0-9, dots and hyphens."""
        for key in self._value:
            if not _SLUG.fullmatch(key):
                raise self.refuse(key, "not a name of a-z, 0-9, dots and hyphens")
        return tuple(sorted(self._value))

    def integer(self, key: str, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``; a bool is none."""
        value = self._value[key]
        if type(value) is not int:
            raise self.refuse(key, "not an integer")
        if not low <= value <= high:
            raise self.refuse(key, f"not from {low} to {high}")
        return value

    def text(self, key: str, longest: int = 200) -> str:
        """Return a string of one printable line: no control characters, no terminal escapes, no bidirectional marks."""
        value = self._value[key]
        if type(value) is not str:
            raise self.refuse(key, "not a string")
        if len(value) > longest:
            raise self.refuse(key, f"longer than {longest} characters")
        if CONTROL.search(value):
            raise self.refuse(key, "holds control, invisible or direction-changing characters")
        return value

    def _matching(self, key: str, pattern: re.Pattern[str], shape: str) -> str:
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self.refuse(key, f"not {shape}")
        return value

    def slug(self, key: str) -> str:
        """Return a name of a-z, 0-9, dots and hyphens."""
        return self._matching(key, _SLUG, "a name of a-z, 0-9, dots and hyphens")

    def digest(self, key: str) -> str:
        """Return 64 lowercase hex digits."""
        return self._matching(key, _HEX_DIGEST, "64 lowercase hex digits")

    def instant(self, key: str) -> str:
        """Return ``YYYY-MM-DDT00:00:00Z``: packs are dated by day."""
        return self._matching(key, _INSTANT, "a day written YYYY-MM-DDT00:00:00Z")

    def date(self, key: str) -> str:
        """Return ``YYYY-MM-DD``."""
        return self._matching(key, _DATE, "a date written YYYY-MM-DD")

    def release(self, key: str) -> str:
        """Return a version of one to four numbers."""
        return self._matching(key, _RELEASE, "a version of one to four numbers")

    def constant(self, key: str, expected: str | int) -> None:
        """Check that a key has the one value that this version knows."""
        value = self._value[key]
        if type(value) is not type(expected) or value != expected:
            raise self.refuse(key, f"not {expected}")

    def items(self, key: str, most: int) -> list[Any]:
        """Return an array of at most ``most`` items."""
        value = self._value[key]
        if not isinstance(value, list):
            raise self.refuse(key, "not an array")
        if len(value) > most:
            raise self.refuse(key, f"more than {most} items")
        return value

    def objects(self, key: str, most: int, keys: frozenset[str]) -> tuple[Fields, ...]:
        """Return an array of objects with exactly ``keys`` each."""
        return tuple(
            Fields(item, f"{self._where}.{key}[{place}]", self._code, keys)
            for place, item in enumerate(self.items(key, most))
        )

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """Return an array of different strings in ascending order."""
        items = self.items(key, most)
        inner = Fields({str(place): item for place, item in enumerate(items)}, f"{self._where}.{key}", self._code, None)
        values = tuple(inner.text(str(place)) for place in range(len(items)))
        if any(left >= right for left, right in pairwise(values)):
            raise self.refuse(key, "not sorted, or one value twice")
        return values

    def mapping(self, key: str, most: int) -> Fields:
        """Return an object with keys of its own choice, at most ``most`` of them."""
        inner = Fields(self._value[key], f"{self._where}.{key}", self._code, None)
        if len(inner._value) > most:
            raise self.refuse(key, f"more than {most} keys")
        return inner

    def child(self, key: str, keys: frozenset[str]) -> Fields:
        """Return an object with exactly ``keys``."""
        return Fields(self._value[key], f"{self._where}.{printable(key)[:80]}", self._code, keys)


def printable(text: str) -> str:
    """Return text as one line that a terminal shows as it is: every other character as its ``\\u`` escape."""
    return CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def release_key(text: str) -> tuple[int, ...]:
    """Return the order of a version by its leading numbers, at most four; missing ones are 0."""
    match = _RELEASE.match(text)
    numbers = [int(part) for part in match.group().split(".")] if match else []
    return tuple(numbers + [0] * (4 - len(numbers)))
