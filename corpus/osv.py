"""OSV records, as the per-ecosystem ``all.zip`` exports hold them, turned into the records of a pack.

Schema: https://ossf.github.io/osv-schema/. What a scan does not need is dropped: details, references that follow from
the id, versions that a range implies. GIT ranges say nothing about a release.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize

from cvss import CVSS2, CVSS3, CVSS4, CVSSError

from assay.corpus import advisories, bounds, ranges, versions
from assay.corpus.advisories import Record
from assay.corpus.fields import CONTROL
from assay.scanner.errors import CorpusError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.corpus.ranges import Interval
    from assay.scanner.models import Ecosystem

MAX_SUMMARY = 120
"""Characters of a summary."""

_ECOSYSTEMS: Mapping[str, Ecosystem] = {"npm": "npm", "PyPI": "pypi"}
_RANGE_TYPES = {"SEMVER", "ECOSYSTEM"}
_EVENTS = ("introduced", "fixed", "last_affected", "limit")
_SCORES = {"CVSS_V4": CVSS4, "CVSS_V3": CVSS3, "CVSS_V2": CVSS2}
"""Newest standard first: it is the one that counts if a record has several."""

_WORDS = {"CRITICAL": 0, "HIGH": 1, "MODERATE": 2, "MEDIUM": 2, "LOW": 3, "NONE": 4}
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)")
_HEADING = re.compile(r"\s*(?:#|---|===|\*\*[^*]+\*\*\s*$|_-=|```|\||!\[)")


class Converted(NamedTuple):
    """A record about one package."""

    ecosystem: Ecosystem
    name: str
    record: Record


def is_withdrawn(osv: Mapping[str, Any]) -> bool:
    """Say whether its source has taken a record back."""
    return bool(osv.get("withdrawn"))


def convert(osv: Mapping[str, Any], source: int) -> tuple[Converted, ...]:
    """Return what a record says about each npm or PyPI package. ``source`` counts into the manifest's sources.

    Raises:
        CorpusError: E_SOURCE: not an OSV record.
    """
    id_ = _text(osv, "id")
    if not id_:
        raise CorpusError("E_SOURCE", "an OSV record without an id")
    aliases = tuple(sorted({*_list(osv, "aliases", str)} - {id_}))
    kind = advisories.MALWARE if any(each.startswith("MAL-") for each in (id_, *aliases)) else advisories.VULNERABILITY
    packages: dict[tuple[Ecosystem, str], list[Mapping[str, Any]]] = {}
    for affected in _list(osv, "affected", dict):
        package = _object(affected, "package")
        ecosystem = _ECOSYSTEMS.get(_text(package, "ecosystem"))
        if ecosystem is not None:
            packages.setdefault((ecosystem, normalise_name(ecosystem, _text(package, "name"))), []).append(affected)
    converted = []
    for (ecosystem, name), parts in packages.items():
        severity, vector = _severity(osv, parts)
        covered, named, possible = _coverage(parts, ecosystem)
        summary = _summary(osv)
        if kind == advisories.MALWARE and summary == advisories.malware_summary(ecosystem, name):
            summary = None
        record = Record(id_, kind, source, severity, vector, summary, aliases, covered, named, possible)
        converted.append(Converted(ecosystem, name, record))
    return tuple(converted)


# --- typed reading ---------------------------------------------------------------------------------------------


def _list(value: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    items = value.get(key)
    if items is None:
        return []
    if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
        raise CorpusError("E_SOURCE", f"{_name(value)}: {key} is not an array of {kind.__name__}")
    return items


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    item = value.get(key)
    if item is None:
        return {}
    if not isinstance(item, dict):
        raise CorpusError("E_SOURCE", f"{_name(value)}: {key} is not an object")
    return item


def _text(value: Mapping[str, Any], key: str) -> str:
    item = value.get(key)
    if item is None:
        return ""
    if not isinstance(item, str):
        raise CorpusError("E_SOURCE", f"{_name(value)}: {key} is not a string")
    return normalize("NFC", item)


def _name(value: Mapping[str, Any]) -> str:
    return ascii(str(value.get("id") or value.get("package") or "an OSV record"))[:80]


# --- versions --------------------------------------------------------------------------------------------------


def _coverage(
    parts: Iterable[Mapping[str, Any]], ecosystem: Ecosystem
) -> tuple[tuple[Interval, ...], tuple[str, ...], tuple[Interval, ...]]:
    """Return intervals, single versions and possible intervals; one that says nothing may concern every version."""
    sure: list[Interval] = []
    possible: list[Interval] = []
    listed: set[str] = set()
    scheme = versions.scheme(ecosystem)
    for part in parts:
        listed.update(_list(part, "versions", str))
        for range_ in _list(part, "ranges", dict):
            if _text(range_, "type") in _RANGE_TYPES:
                coverage = bounds.cover(_events(range_), ecosystem, scheme)
                sure += coverage.sure
                possible += coverage.possible
    if not sure and not possible and not listed:
        return (), (), (ranges.EVERYTHING,)
    covered = ranges.union(sure, scheme)
    maybe = ranges.union(possible, scheme)
    return covered, _not_implied(listed, covered, scheme), () if maybe == covered else maybe


def _events(range_: Mapping[str, Any]) -> list[tuple[str, str]]:
    events = _list(range_, "events", dict)
    return [(kind, _text(event, kind)) for event in events for kind in _EVENTS if kind in event]


def _not_implied(listed: Iterable[str], covered: tuple[Interval, ...], scheme: versions.Scheme) -> tuple[str, ...]:
    """Return the listed versions that no interval holds: 99.97 % of them repeat what the ranges say."""
    if covered == (ranges.EVERYTHING,):
        return ()
    kept = set()
    for text in listed:
        key = scheme.key(text)
        if key is None or ranges.find(covered, key, scheme) is None:
            kept.add(scheme.canonical(text) or normalize("NFC", text))
    return tuple(sorted(kept))


# --- severity and summary --------------------------------------------------------------------------------------


def _severity(osv: Mapping[str, Any], parts: Iterable[Mapping[str, Any]]) -> tuple[int | None, str | None]:
    """Return severity and the vector it was computed from; else the word that the record's database uses."""
    given = [*_list(osv, "severity", dict), *(each for part in parts for each in _list(part, "severity", dict))]
    for kind in _SCORES:
        for entry in given:
            vector = _text(entry, "score")
            severity = score(kind, vector) if entry.get("type") == kind else None
            if severity is not None:
                return severity, vector
    word = _object(osv, "database_specific").get("severity")
    return (_WORDS.get(word.upper()) if isinstance(word, str) else None), None


@lru_cache(maxsize=65536)
def score(kind: str, vector: str) -> int | None:
    """Return the severity of a CVSS vector, or None if it is no vector of its standard."""
    try:
        word = _SCORES[kind](vector).severities()[0]
    except CVSSError:
        return None
    return _WORDS.get(word.upper())


def _summary(osv: Mapping[str, Any]) -> str | None:
    """Return one line of at most ``MAX_SUMMARY`` characters: the summary, or the first sentence of the details."""
    text = one_line(_text(osv, "summary"))
    if not text:
        text = one_line(_first_paragraph(_text(osv, "details")))
        sentence = _SENTENCE.match(text)
        text = sentence[1] if sentence else text
    if len(text) > MAX_SUMMARY:
        text = text[: MAX_SUMMARY - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return normalize("NFC", text)


def _first_paragraph(details: str) -> str:
    """Return the first run of lines that is neither heading nor rule nor table."""
    lines: list[str] = []
    for line in details.splitlines():
        if not line.strip() or _HEADING.match(line):
            if lines:
                break
            continue
        lines.append(line)
    return " ".join(lines)


def one_line(text: str) -> str:
    """Return text with every run of white space as one space and without characters that a line does not show."""
    return " ".join(CONTROL.sub(" ", text).split())
