"""The tables of a pack as rows by key, in words: what two packs are compared by.

A key says what a row is about, in the order of ``KEYS``; where one table says something twice of the same thing, the
later rows carry their number as one more part. Sources stand by their id, since their place in the manifest may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay.corpus import advisories, indicators, lists, names, sections
from assay.corpus.ranges import EVERYTHING, START, End

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from assay.corpus.advisories import Record
    from assay.corpus.ranges import Interval
    from assay.corpus.readable import ReadablePack

Key = tuple[str, ...]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    sections.ADVISORIES: ("ecosystem", "name", "id"),
    sections.IOC: ("kind", "value", "versions"),
    sections.ALLOW: ("ecosystem", "name", "versions"),
    sections.DENY: ("ecosystem", "name", "versions"),
    sections.INTERNAL_NAMES: ("ecosystem", "name"),
    sections.NAMES: ("ecosystem", "name"),
    sections.REGISTRY_HOSTS: ("ecosystem", "host", "scope"),
    sections.LICENCES: ("list", "licence"),
}
"""The parts of a key by kind of section, in the order in which the kinds are shown. Blocks belong to advisories."""

_KINDS = {advisories.MALWARE: "malware", advisories.VULNERABILITY: "vulnerability"}


class AdvisoryRow(NamedTuple):
    """What an advisory says of a package. Intervals are written ``>=1.0.0 <1.2.0``, "*" for every version."""

    kind: str
    severity: str | None
    whole_package: bool
    affected: tuple[str, ...]
    versions: tuple[str, ...]
    possible: tuple[str, ...]
    cvss: str | None
    aliases: tuple[str, ...]
    summary: str
    source: str


class IndicatorRow(NamedTuple):
    """Why something is an indicator of compromise, and who says so."""

    source: str
    reason: str = ""
    reference: str = ""
    expires: str = ""


class ListRow(NamedTuple):
    """Why an entry of a deny or allow list is there, and until when (YYYY-MM-DD or "")."""

    reason: str
    expires: str = ""


class Listed(NamedTuple):
    """The sections that list a name, by name. Its rank in them is not compared."""

    sections: tuple[str, ...]


Row = AdvisoryRow | IndicatorRow | ListRow | Listed
Table = dict[Key, Row]


def table(pack: ReadablePack, kind: str) -> Table:
    """Return the rows of all sections of a kind but advisories.

    Raises:
        CorpusError: E_HASH, E_INDEX.
    """
    return _TABLES[kind](pack)


def popular(pack: ReadablePack) -> Table:
    """Return the popular names; the table of kind ``names``."""
    return table(pack, sections.NAMES)


# --- names -----------------------------------------------------------------------------------------------------


def _names(pack: ReadablePack) -> Table:
    return _listed(
        ((ranked.ecosystem, name), section.name)
        for section, data in pack.contents(sections.NAMES)
        for ranked in (names.decode(data),)
        for name in ranked.names
    )


def _internal(pack: ReadablePack) -> Table:
    found: list[tuple[Key, str]] = []
    for section, data in pack.contents(sections.INTERNAL_NAMES):
        internal = lists.decode_internal(data)
        found += ((package, section.name) for package in internal.names)
        found += ((("npm", f"{scope}/*"), section.name) for scope in internal.scopes)
    return _listed(found)


def _listed(found: Iterable[tuple[Key, str]]) -> Table:
    places: dict[Key, list[str]] = {}
    for key, section in found:
        places.setdefault(key, []).append(section)
    return {key: Listed(tuple(sorted(where))) for key, where in places.items()}


# --- indicators and lists --------------------------------------------------------------------------------------


def _indicators(pack: ReadablePack) -> Table:
    def rows() -> Iterator[tuple[Key, Row]]:
        for _, data in pack.contents(sections.IOC):
            found = indicators.decode(data)
            source = pack.manifest.sources[found.source].id
            row = IndicatorRow(source)
            for (ecosystem, name), versions in found.versions.items():
                for version in versions:
                    yield ("package", f"{ecosystem}:{name}", version), row
            for entry in found.entries:
                yield (
                    (entry.kind.value, entry.value, entry.versions),
                    IndicatorRow(source, entry.reason, entry.reference, entry.expires),
                )

    return _numbered(rows())


def _entries(pack: ReadablePack, kind: str) -> Table:
    return _numbered(
        ((entry.ecosystem, entry.name, entry.versions), ListRow(entry.reason, entry.expires))
        for _, data in pack.contents(kind)
        for entry in lists.decode_entries(data)
    )


def _hosts(pack: ReadablePack) -> Table:
    return _listed(
        (tuple(entry), section.name)
        for section, data in pack.contents(sections.REGISTRY_HOSTS)
        for entry in lists.decode_hosts(data)
    )


def _licences(pack: ReadablePack) -> Table:
    found: list[tuple[Key, str]] = []
    for section, data in pack.contents(sections.LICENCES):
        known = lists.decode_licences(data)
        found += ((("allow", licence), section.name) for licence in known.allow)
        found += ((("deny", licence), section.name) for licence in known.deny)
    return _listed(found)


def _numbered(rows: Iterable[tuple[Key, Row]]) -> Table:
    """Return rows by key; a second and later row of one key gets its number in the order of the rows."""
    found: Table = {}
    for key, row in sorted(rows):
        place, number = key, 1
        while place in found:
            number += 1
            place = (*key, f"#{number}")
        found[place] = row
    return found


_TABLES: Mapping[str, Callable[[ReadablePack], Table]] = {
    sections.NAMES: _names,
    sections.IOC: _indicators,
    sections.ALLOW: lambda pack: _entries(pack, sections.ALLOW),
    sections.DENY: lambda pack: _entries(pack, sections.DENY),
    sections.INTERNAL_NAMES: _internal,
    sections.REGISTRY_HOSTS: _hosts,
    sections.LICENCES: _licences,
}


# --- advisories ------------------------------------------------------------------------------------------------


def advisory(record: Record, ecosystem: str, name: str, sources: Sequence[str]) -> AdvisoryRow:
    """Return a record in words; ``sources`` are the ids of the manifest's sources."""
    return AdvisoryRow(
        kind=_KINDS[record.kind],
        severity=None if record.severity is None else advisories.SEVERITIES[record.severity],
        whole_package=record.whole_package,
        affected=_intervals(record.affected),
        versions=record.versions,
        possible=_intervals(record.possible),
        cvss=record.cvss,
        aliases=record.aliases,
        summary=advisories.malware_summary(ecosystem, name) if record.summary is None else record.summary,
        source=sources[record.source],
    )


_EVERYTHING = ("*",)


def _intervals(intervals: tuple[Interval, ...]) -> tuple[str, ...]:
    return _EVERYTHING if intervals == (EVERYTHING,) else tuple(map(_interval, intervals))


def _interval(interval: Interval) -> str:
    if interval == EVERYTHING:
        return "*"
    low = "" if interval.low == START else f">={interval.low}"
    if interval.high is None:
        return low
    high = f"{'<=' if interval.end is End.LAST_AFFECTED else '<'}{interval.high}"
    unfixed = " (no fix)" if interval.end is End.LIMIT else ""
    return f"{low} {high}{unfixed}".lstrip()
