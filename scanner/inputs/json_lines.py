"""On which line the keys of a JSON document stand, for bytes that a JSON parser has accepted."""

from __future__ import annotations

import json
import re

from assay.scanner.lazy_pattern import lazy

_TOKEN = lazy(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")(\s*+:)?|[{}\[\]]', re.DOTALL)
_FIRST_MEMBER = rb'\n([ \t]+)"%s": \{\r?(\n[ \t]+")'


def key_lines(data: bytes, depth: int) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) of every key that stands at most ``depth`` objects deep, by its path of keys.

    The path leaves out lists. Of a key that stands twice the last one counts, as for the parsers.
    """
    lines: dict[tuple[str, ...], int] = {}
    opened: list[tuple[str, ...]] = []
    path: tuple[str, ...] = ()
    line, counted = 1, 0
    for token in _TOKEN.finditer(data):
        string, colon = token.groups()
        if colon is not None:
            if len(opened) > depth:
                continue
            line += data.count(b"\n", counted, token.start())
            counted = token.start()
            path = (*opened[-1], _text(string)) if opened else ()
            lines[path] = line
        elif string is None:
            mark = data[token.start()]
            if mark in b"{[":
                opened.append(path)
            elif mark in b"}]" and opened:
                path = opened.pop()
    return lines


def member_lines(data: bytes, key: bytes) -> dict[str, int]:
    """Return the line of each member of the top-level object ``key``: fast, for documents laid out one key a line.

    What is laid out otherwise may be missing; a caller that misses a key asks ``key_lines``.
    """
    first = re.search(_FIRST_MEMBER % re.escape(key), data)
    if not first:
        return {}
    indent, separator = first.groups()
    start = first.start(2)
    end = data.find(b"\n" + indent + b"}", start)
    lines: dict[str, int] = {}
    line = data.count(b"\n", 0, start) + 1
    for chunk in data[first.end() : end].split(separator):
        line += 1
        name = chunk.partition(b'"')[0]
        if b"\\" not in name:
            lines[name.decode("utf-8")] = line
        line += chunk.count(b"\n")
    return lines


def _text(string: bytes) -> str:
    if b"\\" in string:
        return str(json.loads(string))
    return string[1:-1].decode("utf-8")
