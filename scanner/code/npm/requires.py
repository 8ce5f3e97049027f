"""What a file of JavaScript loads of its own package, as written: ``require``, ``import``, ``export … from``.

Reads bytes, and looks for the paths rather than the words around them: of these, every file is full.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import yara_x

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    import re

_BEFORE = lazy(
    rb"(?:\brequire(?:\.resolve)?\s*\(|\bimport\s*\(|\bimport|\bfrom|\bfork\s*\(|\bWorker\)?\s*\()"
    rb"\s*(?:/\*[^*]*\*/\s*)?\Z"
)
_WORKER = lazy(rb"\bWorker\)?\s*\(\s*\Z")
_AROUND = 120
"""Bytes before a path in which the word stands that loads it."""

_LONGEST = 300
MOST = 20_000
"""Paths of one file that are looked at."""

_RULE = r"""
rule paths {
    strings:
        $dots = /["'`]\.\.?[\/"'`]/
        $a = "('#"
        $b = "(\"#"
        $c = "from '#"
        $d = "from \"#"
    condition:
        any of them
}
"""  # one expression beside plain texts: two of them are looked for fifteen times as long


def requires(data: bytes) -> tuple[str, ...]:
    """Return the paths that a file loads, and names with ``#``, each once, in order; ``MOST`` of them."""
    return _paths(data, _BEFORE)


def workers(data: bytes) -> tuple[str, ...]:
    """Return those of the paths that a file hands to a worker."""
    return _paths(data, _WORKER) if b"Worker" in data else ()


def _paths(data: bytes, before: re.Pattern[bytes]) -> tuple[str, ...]:
    found = []
    for start in _offsets(data):
        quote = data[start : start + 1]
        end = data.find(quote, start + 1, start + _LONGEST)
        path = data[start + 1 : end] if end > 0 else b""
        around = data[max(0, start - _AROUND) : start]
        if path and b"\n" not in path and b"$" not in path and before.search(around):
            found.append(path)
    return tuple(dict.fromkeys(path.decode("utf-8", "replace") for path in found))


def _offsets(data: bytes) -> list[int]:
    """The places of quotes that a path of the package's own may follow."""
    rules = _scanner().scan(data).matching_rules
    return sorted(
        match.offset if pattern.identifier == "$dots" else match.offset + match.length - 2
        for rule in rules
        for pattern in rule.patterns
        for match in pattern.matches
    )


@cache
def _scanner() -> yara_x.Scanner:
    """Return the scanner of quotes and dots; a process makes it once."""
    made = yara_x.Scanner(yara_x.compile(_RULE))
    made.max_matches_per_pattern(MOST)
    return made
