"""The lines on which keys and strings of a TOML manifest stand, which tomllib does not tell."""

from __future__ import annotations

import re
from collections import defaultdict, deque

from assay.scanner.lazy_pattern import lazy

_LINE = lazy(
    r"""[ \t]*+(?:
        \[\[?+(?P<section>[^\]\n]*+)\]
        |(?P<key>"[^"\\\n]*+"|'[^'\n]*+'|[A-Za-z0-9_-]++)[ \t]*+[=.]
    )""",
    re.VERBOSE,
)
_STRING = lazy(r""""([^"\\\n]*+)"|'([^'\n]*+)'""")
_QUOTES = str.maketrans("", "", "\"' \t")


class TomlLines:
    """Answers, from one pass over the text, on which line a key or a string stands; None for what it does not find.

    Comments and multi-line strings are not told apart: a line is a service to the reader, not a fact that is built on.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[tuple[str, str], int] = {}
        self._strings: dict[str, deque[int]] = defaultdict(deque)
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            match = _LINE.match(line)
            if match and match["section"] is not None:
                section = match["section"].translate(_QUOTES)
                parent, _, last = section.rpartition(".")
                self._keys.setdefault((parent, last), number)
            elif match:
                self._keys.setdefault((section, match["key"].translate(_QUOTES)), number)
            for double, single in _STRING.findall(line):
                self._strings[double or single].append(number)

    def key(self, section: str, key: str) -> int | None:
        """Return the line of ``key`` in the table ``section`` (its keys joined by dots)."""
        return self._keys.get((section, key))

    def string(self, value: str) -> int | None:
        """Return the line of a string; asked again, that of its next occurrence, if there is one."""
        lines = self._strings.get(value)
        if not lines:
            return None
        return lines.popleft() if len(lines) > 1 else lines[0]
