"""What is parsed of a script that is too large to be parsed whole: windows around the hits of the prefilter.

A window is the module of a bundle that a hit lies in, if it has no more than ``MODULE`` bytes; else ``AROUND`` bytes on
either side and the largest block around the hit of no more than ``BLOCK``, cut where blocks or statements end. Blocks
are found by one pass over the braces of the file that skips strings, comments, templates and regular expressions as
well as it can; where that goes wrong, windows are cut at other places, and hold the hit all the same.

Modules of a bundle are written as functions that are called, since they run with the bundle, and what their loader
gives them for a module of node is written as ``require`` of it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = 128 << 10
"""Bytes up to which a file can be parsed whole; reading a megabyte as code takes about a second."""

PLAIN = 16 << 10
"""Bytes up to which it always is. A longer one if it hides what it does, runs at install, or its package is small."""

AROUND = 4 << 10
MODULE = 256 << 10
BLOCK = 24 << 10
_HEADER = 400
"""Bytes before a block in which its head is looked for."""

_RUNS = lazy(rb"([(\[{)\]}])\1{63,}")
_DEEP = 512
"""Blocks within one another that are looked at."""

_HEADS = 16
"""Blocks around a hit, the outermost ones, that may be the module of a bundle."""

_IMPORTS = 256
"""Statements that import, which are kept of a file wherever they stand."""

_BRACES = lazy(
    rb"(?:[^{}\"'`/]++"
    rb"|\"(?:[^\"\\\n]++|\\.)*+(?:\"|\n|\\?\Z)"
    rb"|'(?:[^'\\\n]++|\\.)*+(?:'|\n|\\?\Z)"
    rb"|`(?:[^`\\]++|\\.)*+(?:`|\\?\Z)"
    rb"|//[^\n]*+"
    rb"|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
    rb"|(?:(?<=[=(,:;!&|?\[+~^<>*%\n{}-])|(?<=[=(,:;!&|?\[+~^<>*%\n{}-] )|(?<=return)|(?<=return )|(?<=case ))"
    rb"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,120}+\]){1,240}+/"
    rb"|/)*+(?:[{}]|\Z)",
    re.DOTALL,
)
_HEAD = lazy(
    rb"(?P<key>(?:[\w$]{1,64}|\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')\s{0,4}:\s{0,4}"
    rb"|(?:\d{1,9}|\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')\s{0,4}:\s{0,4}\(\s{0,4}(?=\(|function\b|async\b))?"
    rb"(?:(?:async\s{1,4})?function\s{0,4}\*?\s{0,4}(?P<name>[\w$]{0,64})\s{0,4}\((?P<listed>[^(){}]{0,300})\)"
    rb"|(?:async\s{0,4})?\((?P<arrow>[^(){}]{0,300})\)\s{0,4}=>"
    rb"|(?P<one>[\w$]{1,64})\s{0,4}=>"
    rb"|(?P<method>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[\w$]{1,64})\s{0,4}\((?P<given>[^(){}]{0,300})\))"
    rb"\s{0,8}\Z"
)
_MODULE_KEY = re.compile(rb"\d{1,9}\Z|[\"'](?:[^\"']*[./][^\"']*|[\w+/=-]{4,10})[\"']\Z")
"""What webpack, browserify, esbuild and the like call the modules of a bundle: numbers, hashes, paths."""

_GIVEN = (b"module", b"exports", b"require")
_PARAMETERS = frozenset((*_GIVEN, b"__unused_webpack_module", b"__webpack_exports__", b"__webpack_require__"))
_ENDS = (b"\n", b";", b"}", b",")
_NAME = rb"[\"'][\w:/@.-]{1,80}[\"']"
_OUTSIDE = lazy(rb"exports\s{0,4}=\s{0,4}(require\(" + _NAME + rb"\))")
_KEYED = lazy(
    rb"(\d{1,9}|\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')\s{0,4}:\s{0,4}"
    rb"(?:function\s{0,4}\(\s{0,4}\w+[^(){}]{0,60}\)|\(?\s{0,4}\w+[^(){}=]{0,60}\)?\s{0,4}=>)"
    rb"\s{0,4}\{\s{0,9}(?:[\"']use strict[\"'];?\s{0,9})?\w+\.\Z"
)
_REQUIRED = lazy(rb"require\s{0,4}\(\s{0,4}" + _NAME + rb"\s{0,4}\)(?:\.[\w$]{1,64})?")
_ASSIGNED = lazy(rb"(?<![\w$])([\w$]{1,64}|\{[\w$\s,:]{1,400}\})\s{0,4}=\s{0,4}((?:[\w$.]{1,64}\(){0,2})\Z")
_IMPORTED = lazy(rb"import\s{0,4}[\w$*{][\w$\s,{}*]{0,400}?\s{0,4}\bfrom\s{0,4}" + _NAME)


class Window(NamedTuple):
    """A part of a file that is parsed: ``line`` lines of the file stand before it. ``start`` and ``end`` are bytes.

    ``data`` is that part, where it is a module of a bundle with a call around it.
    """

    line: int
    data: bytes
    start: int
    end: int


def windows(data: bytes, hits: Iterable[int]) -> tuple[Window, ...]:
    """Return the windows around places of a file, in order; they do not overlap. Linear in the size of the file."""
    places = sorted({min(max(hit, 0), len(data) - 1) for hit in hits}) if data else []
    if not places:
        return ()
    blocks = _Blocks(data)
    spans: list[list[int]] = []
    for place in places:
        if spans and spans[-1][0] <= place - AROUND // 2 and place + AROUND // 2 <= spans[-1][1]:
            continue
        start, end = blocks.around(place)
        while spans and start <= spans[-1][1]:
            before = spans.pop()
            start, end = min(start, before[0]), max(end, before[1])
        spans.append([start, end])
    externals = _externals(data)
    found = []
    line = last = 0
    for start, end in spans:
        line += data.count(b"\n", last, start)
        last = start
        found.append(Window(line, _as_module(data[start:end], externals), start, end))
    return tuple(found)


def excerpt(data: bytes, hits: Iterable[int]) -> bytes:
    """Return a file of which nothing but windows and imports is left, each on the line where it stands."""
    parts: list[bytes] = []
    last = 0
    some = windows(data, hits)
    imports = _imports(data) if some else []
    for window in some:
        for start, text in imports:
            if last <= start < window.start:
                parts += (b"\n" * data.count(b"\n", last, start), text)
                last = start
        parts += (b"\n" * data.count(b"\n", last, window.start), b";", _blanked(window.data), b";")
        last = window.end
    return b"".join((*parts, *(text for start, text in imports if start >= last)))


def _blanked(data: bytes) -> bytes:
    """Blank out long runs of one bracket: what would close or open them may lie outside of the window."""
    return _RUNS.sub(lambda match: b" " * len(match[0]), data)


class _Blocks:
    """The blocks of a file by their braces, in the order in which they begin."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts, self._ends, self._parents = array("q"), array("q"), array("q")
        opened = array("q")
        for match in _BRACES.finditer(data):
            at = match.end() - 1
            if data[at : match.end()] == b"{":
                self._parents.append(opened[-1] if opened else -1)
                opened.append(len(self._starts))
                self._starts.append(at)
                self._ends.append(len(data))
            elif data[at : match.end()] == b"}" and opened:
                self._ends[opened.pop()] = at + 1

    def around(self, place: int) -> tuple[int, int]:
        """Return where the window around a place begins and ends."""
        data = self._data
        chain = self._chain(place)
        for number in reversed(chain[-_HEADS:]):
            head = _head(data, self._starts[number])
            if head is not None and _is_module(data, head):
                return head.start(), self._ends[number]
        low, high, parent = place, place + 1, self._innermost(place)
        for number in reversed(chain):
            if self._ends[number] - self._starts[number] <= BLOCK:
                head = _head(data, self._starts[number])
                low = head.start() if head else self._starts[number]
                high, parent = self._ends[number], self._parents[number]
                break
        start, end = min(low, max(0, place - AROUND)), max(high, min(len(data), place + AROUND))
        return self._cut(start, low, parent), self._cut_end(end, high, parent)

    def _chain(self, place: int) -> list[int]:
        """The blocks around a place that are no larger than ``MODULE``, the innermost first."""
        number = self._innermost(place)
        found: list[int] = []
        while number >= 0 and len(found) < _DEEP and self._ends[number] - self._starts[number] <= MODULE:
            found.append(number)
            number = self._parents[number]
        return found

    def _innermost(self, place: int) -> int:
        """The smallest block around a place, -1 if there is none."""
        number = bisect_right(self._starts, place) - 1
        while number >= 0 and self._ends[number] <= place:
            number = self._parents[number]
        return number

    def _cut(self, start: int, low: int, parent: int) -> int:
        """A place between two others at which something ends, so that a window can begin there."""
        if start <= 0:
            return 0
        around = self._innermost(start)
        for _ in range(_DEEP):
            if around >= 0 and self._parents[around] != parent:
                around = self._parents[around]
        if around >= 0 and self._parents[around] == parent and self._ends[around] <= low:
            return self._ends[around]
        for number in self._within(start, low):
            end = self._ends[number]
            if self._parents[number] == parent and end <= low:
                return end + (self._data[end : end + 1] in (b",", b";"))
        return _first_end(self._data, start, low)

    def _cut_end(self, end: int, high: int, parent: int) -> int:
        if end >= len(self._data):
            return len(self._data)
        for number in reversed(self._within(high, end)):
            if self._parents[number] != parent:
                continue
            if (high + end) // 2 <= self._ends[number] <= end:
                return self._ends[number]
            if self._ends[number] > end and self._ends[number] - self._starts[number] <= BLOCK:
                return self._ends[number]
        return _last_end(self._data, high, end)

    def _within(self, start: int, end: int) -> range:
        """The blocks that begin between two places."""
        return range(bisect_left(self._starts, start), bisect_right(self._starts, end))


def _first_end(data: bytes, start: int, end: int) -> int:
    for mark in _ENDS:
        at = data.find(mark, start, end)
        if at >= 0:
            return at + 1
    return start


def _last_end(data: bytes, start: int, end: int) -> int:
    for mark in _ENDS:
        at = data.rfind(mark, start, end)
        if at >= 0:
            return at + (mark != b",")
    return end


def _head(data: bytes, start: int) -> re.Match[bytes] | None:
    """The head of a function whose block begins at a place: parameters, the key of a property."""
    return _HEAD.search(data, max(0, start - _HEADER), start)


def _parameters(head: re.Match[bytes]) -> list[bytes]:
    text = head["listed"] or head["arrow"] or head["one"] or head["given"] or b""
    return [name.strip() for name in text.split(b",") if name.strip()]


def _is_module(data: bytes, head: re.Match[bytes]) -> bool:
    """Whether a function is a module of a bundle, by what stands before it and what it is given."""
    names = _parameters(head)
    if head["name"] or not names or len(names) > len(_GIVEN):
        return False
    key = (head["key"] or b"").strip(b" \t\r\n:(") or head["method"] or b""
    if key:
        return _MODULE_KEY.match(key) is not None and (head["method"] is None or key[:1] in (b'"', b"'"))
    before = data[max(0, head.start() - 8) : head.start()].rstrip()
    return (
        before.endswith((b"[", b","))
        and len(names) == len(_GIVEN)
        and (_are_minified(names) or names[0] in _PARAMETERS)
    )


def _are_minified(names: list[bytes]) -> bool:
    return all(len(name) <= 2 for name in names)


def _as_module(text: bytes, externals: dict[bytes, bytes]) -> bytes:
    """A module of a bundle as a call of it, with loads of node's modules by name; other text as it is."""
    brace = text.find(b"{", 0, _HEADER)
    head = _HEAD.match(text, 0, brace) if brace > 0 else None
    if head is None or not _is_module(b"[" + text[:1], head):
        return text
    names = _parameters(head)
    body = text[brace:]
    if externals and len(names) == len(_GIVEN):
        loads = re.compile(rb"(?<![\w$.])" + re.escape(names[-1]) + rb"\(\s{0,2}(\d{1,9}|\"[^\"\n]{1,200}\")\s{0,2}\)")
        body = loads.sub(lambda load: externals.get(load[1], load[0]), body)
    given = [name if name in _GIVEN else _GIVEN[at] for at, name in enumerate(names)]
    return b"(function(" + b",".join(names) + b")" + body + b")(" + b",".join(given) + b")"


def _externals(data: bytes) -> dict[bytes, bytes]:
    """The modules of a bundle that only pass on one of node's, by their keys, each with what loads it."""
    found = {}
    for match in _OUTSIDE.finditer(data):
        key = _KEYED.search(data, max(0, match.start() - _HEADER), match.start())
        if key is not None:
            found[key[1]] = match[1]
    return found


def _imports(data: bytes) -> list[tuple[int, bytes]]:
    """The imports of a file, each as a statement of its own, with its place; no more than ``_IMPORTS`` of each sort."""
    found = []
    for match in islice(_REQUIRED.finditer(data), _IMPORTS):
        left = _ASSIGNED.search(data, max(0, match.start() - _HEADER), match.start())
        if left is not None:
            call = left[2] + match[0] + b")" * left[2].count(b"(")
            found.append((left.start(), b"var " + left[1] + b"=" + call + b";"))
    found += [(match.start(), match[0] + b";") for match in islice(_IMPORTED.finditer(data), _IMPORTS)]
    return sorted(found)
