"""Regular expressions of strangers: only those are matched whose time grows with the text alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ecmascript.coerce import to_text
from assay.scanner.code.values import Constant, Reference, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable

_SET = r"\[\^?(?:\\[^\d]|[^\]\\\[])+\]"
_ATOM = (
    rf"(?:{_SET}|\\[bBdDsSwWnrt/.*+?()\[\]{{}}|^$\-\\]|\\x[0-9a-fA-F]{{2}}|\\u[0-9a-fA-F]{{4}}|[^\\\[\](){{}}*+?|^$.])"
)
_PLAIN = rf"(?:{_ATOM}|\.)"
_CHUNKED = rf"\(?(?:{_PLAIN}(?:\{{\d{{1,3}}\}})?){{1,8}}\)?|\(?{_PLAIN}\{{\d{{1,3}},\d{{0,3}}\}}\)?"
_SAFE = re.compile(
    rf"\^|\$|\^?\(?{_ATOM}[+*]?\)?\$?|\^?{_PLAIN}{{1,64}}\$?|(?:{_PLAIN}{{1,32}}\|){{1,32}}{_PLAIN}{{1,32}}|{_CHUNKED}"
    rf"|\(\?:{_ATOM}\)[+*]?|{_ATOM}\({_PLAIN}(?:\{{\d{{1,3}}\}})?\)"
)
"""One atom that is repeated, atoms that are not, alternatives of those, counted atoms; groups around all of it."""

_SLOWER = re.compile(rf"\^?(?:\(?{_PLAIN}[+*?]?\)?){{1,12}}\$?")
"""Several atoms that are repeated: at most two of them, and short text."""

_LONGEST = 1 << 20
_SHORT = 256
_REPEATS = 2
_LONGEST_PATTERN = 2048
_MOST = 200_000
_SUBSTITUTE = re.compile(r"\$(?:(?P<sign>[$&`'])|(?P<number>\d{1,2}))")

Span = tuple[int, int, tuple[str | None, ...]]


class Pattern(NamedTuple):
    """A pattern that is safe to match."""

    compiled: re.Pattern[str]
    flags: str

    slow: bool

    def fits(self, written: str) -> bool:
        """Whether the pattern may be matched with a text."""
        return len(written) <= (_SHORT if self.slow else _LONGEST)

    def pieces(self, written: str) -> list[str] | None:
        """``written.split(pattern)``."""
        if not self.fits(written):
            return None
        found = self.compiled.split(written)
        return [piece if piece is not None else "" for piece in found] if len(found) <= _MOST else None


def pattern_of(value: Value | None) -> Pattern | None:
    """The pattern that a value is, where it may be matched."""
    if not isinstance(value, Reference) or value.name != "RegExp()" or value.origin is None:
        return None
    source, flags = text(value.origin.get(0)), to_text(value.origin.get(1)) if value.origin.get(1) is not None else ""
    if source is None or flags is None or len(source) > _LONGEST_PATTERN:
        return None
    slow = not _SAFE.fullmatch(source)
    if slow and (not _SLOWER.fullmatch(source) or sum(source.count(sign) for sign in "+*") > _REPEATS):
        return None
    mode = re.ASCII | (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
    mode |= re.DOTALL if "s" in flags else 0
    try:
        return Pattern(re.compile(source.replace(r"\/", "/"), mode), flags, slow)
    except (re.error, OverflowError):
        return None


def matches(written: str, old: Value, every: bool) -> list[Span] | None:
    """Where a pattern or plain text stands in text; None for a pattern that is not matched."""
    if len(written) > _LONGEST:
        return None
    if isinstance(old, Reference):
        pattern = pattern_of(old)
        if pattern is None or not pattern.fits(written):
            return None
        found: list[Span] = []
        for one in pattern.compiled.finditer(written):
            found.append((one.start(), one.end(), one.groups()))
            if ("g" not in pattern.flags and not every) or len(found) >= _MOST:
                break
        return found
    wanted = to_text(old) if isinstance(old, Constant) else None
    if wanted is None:
        return None
    return _plain(written, wanted, every)


def _plain(written: str, wanted: str, every: bool) -> list[Span]:
    if not wanted:
        return [(at, at, ()) for at in (range(len(written) + 1) if every else range(1))]
    found: list[Span] = []
    at = written.find(wanted)
    while at >= 0 and (every or not found):
        found.append((at, at + len(wanted), ()))
        at = written.find(wanted, at + len(wanted))
    return found


def substituted(new: str, written: str, start: int, end: int, groups: tuple[str | None, ...]) -> str:
    """The text that takes the place of a match: ``$&``, ``$1`` and the like are filled in."""
    if "$" not in new:
        return new
    signs = {"$": "$", "&": written[start:end], "`": written[:start], "'": written[end:]}

    def filled(one: re.Match[str]) -> str:
        if one["sign"]:
            return signs[one["sign"]]
        number = int(one["number"])
        return (groups[number - 1] or "") if 0 < number <= len(groups) else one[0]

    fill: Callable[[re.Match[str]], str] = filled
    return _SUBSTITUTE.sub(fill, new)
