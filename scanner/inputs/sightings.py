"""Search files for what the corpus lists as signs of compromise: domains, URLs, e-mail addresses and texts.

Two steps: one pass of yara-x tells which literals a piece of a file holds, whatever stands around them; for these alone
it is then decided whether what stands around them lets them count. Files come in pieces of any size; what straddles
two pieces is found like anything else. Loaded only when there is something to look for.

What counts (bytes, ASCII case folding; a character that is percent-encoded or a backslash with n, r or t is a border):

=======  ==========================  ==================================================================================
kind     letter case                 what may not stand around it
=======  ==========================  ==================================================================================
DOMAIN   any                         before it a letter, digit, ``-`` or ``_`` (a dot may, for a host below it, but not
                                     before an IPv4 address); after it the same, or a dot with one of these
URL      scheme and host any, the    before it a letter or digit; after it what would go on with its last segment: a
         rest to the letter          letter, digit, ``-``, ``_``, ``~``, ``%``, or a dot with one of these
EMAIL    any                         before it a letter, digit or one of ``._%+-``; after it as after a DOMAIN
STRING   to the letter, as UTF-8     nothing matters
=======  ==========================  ==================================================================================

A file that begins with the byte order mark of UTF-16 or UTF-32 is searched as it is and decoded.
"""

from __future__ import annotations

import codecs
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import yara_x

from assay.scanner.knowledge import IndicatorKind, Observable
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE, AFTER = 3, 2
"""Bytes on either side of a literal that decide whether it counts."""

PER_RULE = 500
"""Literals in one rule of yara-x, which takes quadratic time for one rule with many."""

_ENCODED = rb"(?<=%2[0-9A-CEFa-cef])|(?<=%3[A-Fa-f])|(?<=%40)|(?<=\\[nrt])"
"""The end of an encoded character that is no part of a name: ``%2F``, ``%20``, ``%3D``, ``%40``, ``\\n``."""

_NOT_IN_HOST = rb"(?:(?<![A-Za-z0-9_-])|" + _ENCODED + rb")"
_NOT_IN_NUMBERS = rb"(?:(?<![A-Za-z0-9_.-])|" + _ENCODED + rb")"
_NOT_IN_ADDRESS = rb"(?:(?<![A-Za-z0-9._%+-])|" + _ENCODED + rb")"
_NOT_IN_SCHEME = rb"(?:(?<![A-Za-z0-9])|" + _ENCODED + rb")"
_HOST_ENDS = rb"(?![A-Za-z0-9_-]|\.[A-Za-z0-9_-])"
_SEGMENT_ENDS = rb"(?![A-Za-z0-9_~%-]|\.[A-Za-z0-9_~%-])"
_NUMBERS = lazy(r"[0-9.]+")
_GOES_ON = lazy(r"[A-Za-z0-9_~%-]\Z")
_URL = lazy(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)(.*)\Z", re.DOTALL)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_MARK = 4
_CONTINUATION = bytes(range(0x80, 0xC0))
"""Bytes that go on with a character of UTF-8; all others begin one."""


class _Literal(NamedTuple):
    """The text that yara-x looks for, in lower case if ``folded``, and the observables that it may turn out to be."""

    text: bytes
    folded: bool
    observables: tuple[Observable, ...]


class Searcher:
    """Observables made ready for the search of any number of files, one after the other."""

    def __init__(self, observables: Iterable[Observable]) -> None:
        meant: dict[tuple[bytes, bool], list[Observable]] = {}
        for observable in sorted({each for each in observables if each.value}):
            meant.setdefault(_literal(observable), []).append(observable)
        self._literals = [_Literal(*key, tuple(found)) for key, found in meant.items()]
        self.margin = max((len(literal.text) for literal in self._literals), default=0) + BEFORE + AFTER
        compiler = yara_x.Compiler()
        compiler.add_source(_source(self._literals))
        self._scanner = yara_x.Scanner(compiler.build())
        self._scanner.max_matches_per_pattern(1)

    def begin(self) -> Search:
        """Return the search of one file."""
        return Search(self)

    def candidates(self, window: bytes) -> list[_Literal]:
        """Return the literals that the bytes hold, whatever stands around them."""
        return [
            self._literals[int(pattern.identifier[2:])]
            for rule in self._scanner.scan(window).matching_rules
            for pattern in rule.patterns
            if pattern.matches
        ]


@lru_cache(maxsize=1)
def searcher(observables: tuple[Observable, ...]) -> Searcher:
    """Return the searcher of a scan; a process makes it once."""
    return Searcher(observables)


class Search:
    """The search of one file, in the pieces in which it is read."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._raw = _Text(searcher)
        self._decoded: _Text | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._begun = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece; the first has at least four bytes, unless the file has fewer."""
        if not self._begun:
            self._begun = True
            name = next((name for mark, name in _MARKS if piece.startswith(mark)), None)
            if name:
                self._decoder = codecs.getincrementaldecoder(name)("replace")
                self._decoded = _Text(self._searcher)
        self._raw.feed(piece)
        if self._decoder and self._decoded:
            self._decoded.feed(self._decoder.decode(piece).encode())

    def finish(self, path: str) -> tuple[Sighting, ...]:
        """Return the first place of each observable in the file, by place and observable."""
        found = self._raw.finish()
        if self._decoder and self._decoded:
            self._decoded.feed(self._decoder.decode(b"", final=True).encode())
            found |= self._decoded.finish()
        seen = [Sighting(path, line, column, observable) for observable, (line, column) in found.items()]
        return tuple(sorted(seen, key=order)) if seen else ()


def order(sighting: Sighting) -> tuple[str, int, int, Observable]:
    """Return the sort key of sightings: path, line, column, observable."""
    return sighting.path, sighting.line, sighting.column, sighting.observable


class _Text:
    """A run of bytes of which only a window is held: the pieces that were not searched yet and what they hang on.

    Lines end with LF and count from 1. Columns count characters of UTF-8 from 1; in what is not UTF-8 each byte counts
    that cannot go on with a character. A byte order mark does not count.
    """

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._window = b""
        self._passed = 0
        self._line = 1
        self._column = 1
        self._found: dict[Observable, tuple[int, int]] = {}

    def feed(self, piece: bytes) -> None:
        """Search what is there but for its end, on which the piece may go on, and take the piece."""
        if self._window:
            self._look(final=False)
            self._pass(len(self._window) - self._searcher.margin)
        self._window += piece

    def finish(self) -> dict[Observable, tuple[int, int]]:
        """Search what is left and return (line, column) of the first place of each observable."""
        self._look(final=True)
        return self._found

    def _look(self, *, final: bool) -> None:
        """Note what is first met in the window.

        What begins within ``BEFORE`` bytes of a window's begin was decided in the window before, of which these bytes
        are the end; what ends within ``AFTER`` bytes of its end is decided in the next.
        """
        candidates = self._searcher.candidates(self._window)
        if not candidates:
            return
        folded = self._window.lower()
        start = BEFORE if self._passed else 0
        end = len(self._window) if final else len(self._window) - AFTER
        for literal in candidates:
            wanted = [each for each in literal.observables if each not in self._found]
            haystack = folded if literal.folded else self._window
            place = haystack.find(literal.text, start, end) if wanted else -1
            while place >= 0 and wanted:
                for observable in [each for each in wanted if _pattern(each).match(self._window, place)]:
                    self._found[observable] = self._place(place)
                    wanted.remove(observable)
                place = haystack.find(literal.text, place + 1, end)

    def _place(self, length: int) -> tuple[int, int]:
        """Return line and column of the byte that stands ``length`` bytes after the window's begin."""
        before = self._window[:length]
        if not self._passed:
            before = before.removeprefix(codecs.BOM_UTF8)
        lines = before.count(b"\n")
        characters = len(before[before.rfind(b"\n") + 1 :].translate(None, _CONTINUATION))
        return self._line + lines, (1 if lines else self._column) + characters

    def _pass(self, length: int) -> None:
        """Let go of the window's first bytes, unless they are so few that a byte order mark might be cut."""
        if length >= _LONGEST_MARK:
            self._line, self._column = self._place(length)
            self._passed += length
            self._window = self._window[length:]


def _literal(observable: Observable) -> tuple[bytes, bool]:
    """Return what yara-x looks for, and whether it does so in any case."""
    kind, value = observable
    if kind is IndicatorKind.STRING:
        return value.encode(), False
    return _bare(value).encode().lower() if kind is IndicatorKind.URL else value.encode().lower(), True


def _bare(url: str) -> str:
    """Return a URL without a path that is "/" alone, which says no more than none (RFC 3986, section 6.2.3)."""
    match = _URL.match(url)
    return match[1] if match and match[2] == "/" else url


@cache
def _pattern(observable: Observable) -> re.Pattern[bytes]:
    """Return what decides at a place whether an observable stands there; its length is bounded by its value's."""
    kind, value = observable
    text = re.escape(value.encode())
    if kind is IndicatorKind.DOMAIN:
        if _NUMBERS.fullmatch(value):
            return re.compile(_NOT_IN_NUMBERS + text + _HOST_ENDS)
        return re.compile(_NOT_IN_HOST + rb"(?i:" + text + rb")" + _HOST_ENDS)
    if kind is IndicatorKind.EMAIL:
        return re.compile(_NOT_IN_ADDRESS + rb"(?i:" + text + rb")" + _HOST_ENDS)
    if kind is IndicatorKind.URL:
        return re.compile(_NOT_IN_SCHEME + _url(_bare(value)))
    return re.compile(text)


def _url(value: str) -> bytes:
    match = _URL.match(value)
    origin, rest = (match[1], match[2]) if match else ("", value)
    end = b""
    if _GOES_ON.search(value):
        end = _SEGMENT_ENDS if rest else _HOST_ENDS
    return rb"(?i:" + re.escape(origin.encode()) + rb")" + re.escape(rest.encode()) + end


def _source(literals: list[_Literal]) -> str:
    """Return the literals as rules of yara-x, each byte by its number."""
    rules = []
    for first in range(0, len(literals), PER_RULE):
        lines = [f"rule r{first} {{ strings:"]
        for number, literal in enumerate(literals[first : first + PER_RULE], first):
            digits = "".join(f"\\x{byte:02x}" for byte in literal.text)
            lines.append(f'$t{number} = "{digits}"{" nocase" if literal.folded else ""}')
        rules.append(" ".join([*lines, "condition: any of them }"]))
    return "\n".join(rules)
