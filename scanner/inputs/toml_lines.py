"""The lines on which keys and strings of a TOML manifest stand, which tomllib does not tell."""

from __future__ import annotations

import re
from collections import defaultdict, deque

_LINE = re.compile(
    r"""^[ \t]*+(?:
        \[\[?+[ \t]*+(?P<section>[^\]\n"']*+|[^\]\n]*+)\]
        |(?P<key>"[^"\\\n]*+"|'[^'\n]*+'|[A-Za-z0-9_-]++)[ \t]*+[=.]
    )""",
    re.VERBOSE | re.MULTILINE,
)
_STRING = re.compile(r""""([^"\\\n]*+)"|'([^'\n]*+)'""")


class TomlLines:
    """Answers, from one pass over the text, where a key or a string stands; 1 for what it does not find.

    Comments and multi-line strings are not told apart: a line is a service to the reader, not a fact that is built on.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[tuple[str, str], int] = {}
        self._strings: dict[str, deque[int]] = defaultdict(deque)
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            match = _LINE.match(line)
            if match and match["section"] is not None:
                section = _plain(match["section"])
                parent, _, last = section.rpartition(".")
                self._keys.setdefault((parent, last), number)
            elif match:
                self._keys.setdefault((section, _plain(match["key"])), number)
            for double, single in _STRING.findall(line):
                self._strings[double or single].append(number)

    def key(self, section: str, key: str) -> int:
        """Return the line of ``key`` in the table ``section`` (written with dots)."""
        return self._keys.get((section, key), self._keys.get(tuple(section.rpartition(".")[::2]), 1))  # type: ignore[arg-type]

    def string(self, value: str) -> int:
        """Return the line of a string; asked again, that of its next occurrence, if there is one."""
        lines = self._strings.get(value)
        if not lines:
            return 1
        return lines.popleft() if len(lines) > 1 else lines[0]


def _plain(key: str) -> str:
    return key.replace('"', "").replace("'", "").replace(" ", "").replace("\t", "")
