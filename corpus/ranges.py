"""OSV version ranges: from events to intervals when a pack is built, from version to interval when it is asked.

Evaluation is that of the OSV schema, "Evaluation" (https://ossf.github.io/osv-schema/#evaluation): events sorted by
version; ``introduced`` switches on at its version, ``fixed`` off at its version, ``last_affected`` off above its
version; a version must lie below at least one ``limit``; "0" is before everything. At one version ``fixed`` comes
before ``introduced``; ``introduced`` and ``last_affected`` keep the order in which they are listed, but a
``last_affected`` with nothing open waits for the ``introduced`` of its version, so that one version alone can be named.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.versions import Scheme

START = "0"
"""The bound that is below every version."""


class End(IntEnum):
    """What the upper bound of an interval means."""

    FIXED = 0  # not in the interval; the defect is gone there
    LAST_AFFECTED = 1  # in the interval
    LIMIT = 2  # not in the interval; no fix is known there


class Interval(NamedTuple):
    """Versions from ``low`` (in it; "0" for no bound) up to ``high`` (None for no bound)."""

    low: str
    high: str | None = None
    end: End = End.FIXED


EVERYTHING = Interval(START)


class Event(NamedTuple):
    """A switch of a range: ``kind`` is introduced, fixed, last_affected or limited (fixed, with no version to name)."""

    kind: str
    version: str


def find(intervals: Iterable[Interval], version: Any, scheme: Scheme) -> Interval | None:
    """Return the interval that holds a version, given by its key. Intervals are disjoint and ascend.

    Raises:
        CorpusError: E_INDEX: a bound is no version.
    """
    for interval in intervals:
        if interval.low != START and version < _key(interval.low, scheme):
            return None
        if interval.high is None:
            return interval
        high = _key(interval.high, scheme)
        if version < high or (interval.end is End.LAST_AFFECTED and version == high):
            return interval
    return None


def next_fix(intervals: Iterable[Interval], version: Any, scheme: Scheme) -> str | None:
    """Return the lowest fix above a version, given by its key."""
    for interval in intervals:
        if interval.high is not None and interval.end is End.FIXED and version < _key(interval.high, scheme):
            return interval.high
    return None


def _key(bound: str, scheme: Scheme) -> Any:
    key = scheme.key(bound)
    if key is None:
        raise CorpusError("E_INDEX", "a bound of an advisory is no version")
    return key


def intervals(events: Iterable[Event], scheme: Scheme) -> tuple[Interval, ...]:
    """Return the intervals of one range, ascending and disjoint. Every version must be one, or "0".

    Raises:
        CorpusError: E_INDEX: a bound is no version.
    """
    found: list[Interval] = []
    low: str | None = None
    ordered = sorted(events, key=lambda event: _order(event, scheme))
    for _, group in groupby(ordered, key=lambda event: _position(event.version, scheme)):
        waiting: Event | None = None
        for event in group:
            if event.kind == "introduced":
                low = low or event.version
            elif low is not None:
                found.append(Interval(low, event.version, _ENDS[event.kind]))
                low = None
            elif event.kind == "last_affected":
                waiting = event
        if waiting is not None and low is not None:
            found.append(Interval(low, waiting.version, End.LAST_AFFECTED))
            low = None
    if low is not None:
        found.append(Interval(low))
    return union(found, scheme)


_ENDS = {"fixed": End.FIXED, "last_affected": End.LAST_AFFECTED, "limited": End.LIMIT}


def _position(bound: str, scheme: Scheme) -> tuple[Any, ...]:
    return (0,) if bound == START else (1, _key(bound, scheme))


def _order(event: Event, scheme: Scheme) -> tuple[Any, ...]:
    return (*_position(event.version, scheme), event.kind not in {"fixed", "limited"})


def union(parts: Iterable[Interval], scheme: Scheme) -> tuple[Interval, ...]:
    """Return the same versions as ascending intervals that neither overlap nor touch; empty ones are left out."""
    merged: list[Interval] = []
    for part in sorted(parts, key=lambda part: _position(part.low, scheme)):
        if _is_empty(part, scheme):
            continue
        if merged and _touches(merged[-1], part, scheme):
            last = merged.pop()
            longer = max(last, part, key=lambda each: _upper(each, scheme))
            part = Interval(last.low, longer.high, longer.end)  # noqa: PLW2901
        merged.append(part)
    return tuple(merged)


def _is_empty(part: Interval, scheme: Scheme) -> bool:
    if part.high is None:
        return False
    low, high = _position(part.low, scheme), _position(part.high, scheme)
    return high < low or (high == low and part.end is not End.LAST_AFFECTED)


def _touches(left: Interval, right: Interval, scheme: Scheme) -> bool:
    return left.high is None or not _position(left.high, scheme) < _position(right.low, scheme)


def _upper(part: Interval, scheme: Scheme) -> tuple[Any, ...]:
    """Order of upper bounds: an open end above all, an inclusive one above an exclusive one at the same version."""
    if part.high is None:
        return (2,)
    return (*_position(part.high, scheme), part.end is End.LAST_AFFECTED)


def below(parts: Iterable[Interval], limit: str, scheme: Scheme) -> tuple[Interval, ...]:
    """Return the versions of ``parts`` that are below ``limit`` (the ``limit`` events of OSV)."""

    def cut(part: Interval) -> Interval:
        return min(part, Interval(part.low, limit, End.LIMIT), key=lambda each: _upper(each, scheme))

    return union(map(cut, parts), scheme)
