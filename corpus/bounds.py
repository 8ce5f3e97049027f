"""Bounds of OSV ranges as they are really written: repaired where their meaning is plain, fenced in where it is not.

Met in the sources: ``13.0`` and ``1.9.0b1`` on npm, ``2.6.0-NA``, ``2.6.0-cu124``, ``0.2.0-alpha\\.33``,
``7.2.0-12.1`` and ``2024-09-25`` on PyPI.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus.ranges import EVERYTHING, START, Event, Interval, below, intervals, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.corpus.versions import Scheme
    from assay.scanner.models import Ecosystem

_NOT_APPLICABLE = re.compile(r"-NA$")  # CPE 2.3 "no update", copied into a version
_ACCELERATOR = re.compile(r"-(?:cu[0-9]+|cpu|rocm[0-9.]+)$")  # a local part behind the wrong sign
_LOOSE_NPM = re.compile(r"[v=]*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:[.-]?([A-Za-z][0-9A-Za-z.-]*))?", re.ASCII)
_LEADING = re.compile(r"[v=]*([0-9]+(?:\.[0-9]+)+)", re.ASCII)


class Bound(NamedTuple):
    """Where a bound lies: between ``least`` (in) and ``most``; both are the same if it is known exactly."""

    least: str
    most: str


def read(text: str, ecosystem: Ecosystem, scheme: Scheme) -> Bound | None:
    """Return where a bound lies, or None if nothing can be said of it.

    A text with at least two leading numbers lies between the first pre-release of those numbers and the first
    pre-release of the next: ``7.2.0-12.1`` between 7.2.0.dev0 and 7.2.1.dev0. A single number is too little to go by:
    it may be a year.
    """
    if text == START:
        return Bound(START, START)
    for candidate in _readings(text, ecosystem):
        exact = scheme.normal(candidate)
        if exact is not None:
            return Bound(exact, exact)
    return _fence(text, ecosystem, scheme)


def _readings(text: str, ecosystem: Ecosystem) -> Iterator[str]:
    stripped = _NOT_APPLICABLE.sub("", text.replace("\\", ""))
    yield stripped
    if ecosystem == "pypi":
        yield _ACCELERATOR.sub("", stripped)
        return
    match = _LOOSE_NPM.fullmatch(stripped)
    if match is not None:
        release = ".".join(str(int(part or "0")) for part in match.groups()[:3])
        yield f"{release}-{match[4]}" if match[4] else release


def _fence(text: str, ecosystem: Ecosystem, scheme: Scheme) -> Bound | None:
    match = _LEADING.match(text)
    if match is None:
        return None
    numbers = [int(part) for part in match[1].split(".")]
    if ecosystem == "npm":
        numbers = [*numbers, 0][:3]
    first = "-0" if ecosystem == "npm" else ".dev0"
    least, most = (".".join(map(str, each)) + first for each in (numbers, [*numbers[:-1], numbers[-1] + 1]))
    if scheme.key(least) is None or scheme.key(most) is None:
        return None
    return Bound(least, most)


class Coverage(NamedTuple):
    """The versions that a range surely holds, and those that it may hold; the second include the first."""

    sure: tuple[Interval, ...]
    possible: tuple[Interval, ...]


def cover(events: Sequence[tuple[str, str]], ecosystem: Ecosystem, scheme: Scheme) -> Coverage:
    """Return what the events of one range, (kind, version) as listed, cover."""
    coverage = _switched([(kind, read(text, ecosystem, scheme)) for kind, text in events if kind != "limit"], scheme)
    limits = [text for kind, text in events if kind == "limit"]
    if not limits or "*" in limits:
        return coverage
    known = [bound for bound in (read(text, ecosystem, scheme) for text in limits) if bound is not None]
    sure = union((part for bound in known for part in below(coverage.sure, bound.least, scheme)), scheme)
    if len(known) < len(limits):
        return Coverage(sure, coverage.possible)
    possible = union((part for bound in known for part in below(coverage.possible, bound.most, scheme)), scheme)
    return Coverage(sure, possible)


def _switched(switches: Iterable[tuple[str, Bound | None]], scheme: Scheme) -> Coverage:
    inner: list[Event] = []
    outer: list[Event] = []
    for kind, bound in switches:
        if bound is None:
            return Coverage((), (EVERYTHING,))
        least, most = bound
        if least == most:
            inner.append(Event(kind, least))
            outer.append(Event(kind, least))
        elif kind == "introduced":
            inner.append(Event(kind, most))
            outer.append(Event(kind, least))
        else:
            inner.append(Event("limited", least))
            outer.append(Event("limited", most))
    return Coverage(intervals(inner, scheme), intervals(outer, scheme))
