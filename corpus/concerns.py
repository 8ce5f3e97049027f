"""What in the difference of two packs could do harm, so that a co-signer reads it before all the rest.

A pack that is weakened lets malware through; one that is sharpened in the wrong place stops everybody's builds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from assay.corpus import advisories, ranges, sections, versions
from assay.corpus.ranges import End, Interval
from assay.corpus.rows import AdvisoryRow, IndicatorRow, ListRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from assay.corpus.advisories import Record
    from assay.corpus.rows import Key, Row
    from assay.corpus.versions import Scheme
    from assay.scanner.models import Ecosystem


class Concern(StrEnum):
    """Why a change must be looked at, the gravest first."""

    MALWARE_REMOVED = "malware-removed"  # a malware record went, or is no longer one of malware
    INDICATOR_REMOVED = "indicator-removed"  # an indicator of compromise went, or ends earlier
    ALLOWED = "allowed"  # an allow entry came, or says something else
    DENIAL_REMOVED = "denial-removed"  # a deny entry went, or ends earlier
    POPULAR_BLOCKED = "popular-blocked"  # a deny entry, malware record or indicator came for a popular name
    HOST_ADDED = "host-added"  # packages may come from a further host
    INTERNAL_REMOVED = "internal-removed"  # a name is no longer held to be the organisation's own
    SEVERITY_LOWERED = "severity-lowered"
    NARROWED = "narrowed"  # a version was affected and is no longer
    VULNERABILITY_REMOVED = "vulnerability-removed"


_UNSTATED = advisories.SEVERITIES.index("medium")
"""How a record without a severity is judged (ADV-001)."""


def of_records(before: Record | None, after: Record | None, package: Key, popular: Collection[Key]) -> list[Concern]:
    """Return the concerns about one advisory that came, went or changed, the gravest first."""
    found: list[Concern] = []
    if before is not None:
        found += _weakened(before, after, package)
    if after is not None and after.kind == advisories.MALWARE and package in popular:
        sharper = before is None or before.kind != after.kind or (after.whole_package and not before.whole_package)
        found += [Concern.POPULAR_BLOCKED] if sharper else []
    return sorted(found, key=_ORDER.__getitem__)


def _weakened(before: Record, after: Record | None, package: Key) -> Iterator[Concern]:
    if after is None:
        yield Concern.MALWARE_REMOVED if before.kind == advisories.MALWARE else Concern.VULNERABILITY_REMOVED
        return
    if before.kind == advisories.MALWARE != after.kind:
        yield Concern.MALWARE_REMOVED
    if _rank(after) > _rank(before):
        yield Concern.SEVERITY_LOWERED
    if is_narrowed(before, after, package[0]):  # type: ignore[arg-type]
        yield Concern.NARROWED


def _rank(record: Record) -> int:
    return _UNSTATED if record.severity is None else record.severity


def of_rows(kind: str, key: Key, before: Row | None, after: Row | None, popular: Collection[Key]) -> list[Concern]:
    """Return the concerns about one row of a table that came, went or changed."""
    if kind == sections.IOC:
        found = [Concern.INDICATOR_REMOVED] if _ends_earlier(before, after) else []
        if before is None and key[0] == "package" and tuple(key[1].split(":", 1)) in popular:
            found.append(Concern.POPULAR_BLOCKED)
        return found
    if kind == sections.DENY:
        found = [Concern.DENIAL_REMOVED] if _ends_earlier(before, after) else []
        return [*found, Concern.POPULAR_BLOCKED] if before is None and key[:2] in popular else found
    if kind == sections.ALLOW and after is not None:
        return [Concern.ALLOWED]
    if kind == sections.REGISTRY_HOSTS and before is None:
        return [Concern.HOST_ADDED]
    return [Concern.INTERNAL_REMOVED] if kind == sections.INTERNAL_NAMES and after is None else []


def _ends_earlier(before: Row | None, after: Row | None) -> bool:
    if not isinstance(before, IndicatorRow | ListRow):
        return False
    if not isinstance(after, IndicatorRow | ListRow):
        return True
    return (after.expires or _NEVER) < (before.expires or _NEVER)


_NEVER = "9999-99-99"


def order(concern: Concern) -> int:
    """Return what concerns sort by: the gravest first."""
    return _ORDER[concern]


_ORDER = {concern: place for place, concern in enumerate(Concern)}


# --- narrowed ranges -------------------------------------------------------------------------------------------


def is_narrowed(before: Record, after: Record, ecosystem: Ecosystem) -> bool:
    """Say whether some version that was surely affected is so no longer."""
    if after.whole_package or (before.affected, before.versions) == (after.affected, after.versions):
        return False
    if before.whole_package:
        return True
    scheme = versions.scheme(ecosystem)
    if set(_texts(before, scheme)) - set(_texts(after, scheme)):
        return True
    now = ranges.union(_parts(after, scheme), scheme)
    both = ranges.union((*_parts(before, scheme), *now), scheme)
    return [_bounds(each, scheme) for each in both] != [_bounds(each, scheme) for each in now]


def _parts(record: Record, scheme: Scheme) -> tuple[Interval, ...]:
    single = (Interval(each, each, End.LAST_AFFECTED) for each in record.versions if scheme.key(each) is not None)
    return (*record.affected, *single)


def _texts(record: Record, scheme: Scheme) -> list[str]:
    return [each for each in record.versions if scheme.key(each) is None]


def _bounds(interval: Interval, scheme: Scheme) -> tuple[object, object, bool]:
    low = None if interval.low == ranges.START else scheme.key(interval.low)
    high = None if interval.high is None else scheme.key(interval.high)
    return low, high, interval.end is End.LAST_AFFECTED


def describes_malware(row: Row | None) -> bool:
    """Say whether a row is an advisory about malware."""
    return isinstance(row, AdvisoryRow) and row.kind == "malware"
