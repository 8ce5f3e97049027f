"""OSV ranges: tables of what the schema says, and a property against an evaluator that follows it to the letter."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import bounds, ranges, semver, versions
from assay.corpus.ranges import EVERYTHING, End, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.models import Ecosystem

Events = list[tuple[str, str]]


def covers(coverage: tuple[Interval, ...], version: str, ecosystem: Ecosystem) -> bool:
    scheme = versions.scheme(ecosystem)
    return ranges.find(coverage, scheme.key(version), scheme) is not None


def cover(events: Sequence[tuple[str, str]], ecosystem: Ecosystem) -> tuple[Interval, ...]:
    coverage = bounds.cover(events, ecosystem, versions.scheme(ecosystem))
    assert coverage.sure == coverage.possible
    return coverage.sure


@pytest.mark.parametrize(
    ("ecosystem", "events", "affected", "unaffected"),
    [
        ("npm", [("introduced", "0")], "0.0.0-0 0.0.1 99.0.0", ""),
        ("npm", [("introduced", "0"), ("fixed", "1.2.0")], "0.0.0-a 1.1.9 1.2.0-rc.1", "1.2.0 1.2.1"),
        ("npm", [("introduced", "1.0.0"), ("fixed", "2.0.0")], "1.0.0 2.0.0-rc.1", "1.0.0-rc.1 2.0.0"),
        ("npm", [("introduced", "1.0.0"), ("last_affected", "2.0.0")], "1.0.0 2.0.0", "2.0.1 0.9.9"),
        ("npm", [("introduced", "1.0.0")], "1.0.0 9.0.0", "0.9.0 1.0.0-0"),
        ("npm", [("introduced", "5.6.1"), ("last_affected", "5.6.1")], "5.6.1", "5.6.0 5.6.2"),
        ("npm", [("last_affected", "5.6.1"), ("introduced", "5.6.1")], "5.6.1", "5.6.0 5.6.2"),
        ("npm", [("introduced", "1.0.0"), ("fixed", "1.2.0"), ("introduced", "2.0.0"), ("fixed", "2.3.0")],
         "1.0.0 1.1.9 2.0.0 2.2.9", "0.9.0 1.2.0 1.9.9 2.3.0"),
        # At one version "fixed" comes before "introduced": affected without a break.
        ("npm", [("introduced", "1.0.0"), ("fixed", "2.0.0"), ("introduced", "2.0.0"), ("fixed", "3.0.0")],
         "1.0.0 2.0.0 2.9.9", "3.0.0"),
        ("npm", [("introduced", "1.0.0"), ("last_affected", "2.0.0"),
                 ("introduced", "2.0.0"), ("last_affected", "3.0.0")],
         "1.0.0 2.0.0 2.5.0 3.0.0", "3.0.1"),
        ("npm", [("fixed", "1.0.0"), ("introduced", "0")], "0.9.0", "1.0.0"),
        ("npm", [("fixed", "1.0.0")], "", "0.9.0 1.0.0"),
        ("npm", [], "", "1.0.0"),
        # limit
        ("npm", [("introduced", "0"), ("limit", "2.0.0")], "1.9.9 2.0.0-rc.1", "2.0.0 3.0.0"),
        ("npm", [("introduced", "0"), ("limit", "2.0.0"), ("limit", "1.0.0")], "1.5.0", "2.0.0"),
        ("npm", [("introduced", "0"), ("limit", "1.0.0"), ("limit", "*")], "99.0.0", ""),
        ("npm", [("introduced", "0"), ("last_affected", "2.0.0"), ("limit", "2.0.0")], "1.9.9", "2.0.0"),
        ("npm", [("introduced", "3.0.0"), ("limit", "2.0.0")], "", "1.0.0 3.0.0"),
        ("npm", [("introduced", "0"), ("fixed", "1.0.0"), ("limit", "2.0.0")], "0.9.0", "1.0.0 1.5.0"),
        # PYSEC-2021-114: pairs in no order, "0" in the middle.
        ("pypi", [("introduced", "2.11"), ("fixed", "2.11.7"), ("introduced", "0"), ("fixed", "2.11.6"),
                  ("introduced", "2.12"), ("fixed", "2.12.4")],
         "0.1 2.10 2.11 2.11.5 2.12 2.12.3", "2.11.6 2.11.7 2.12.4"),
        # Plain order, not that of SpecifierSet: pre-releases of the fix are affected.
        ("pypi", [("introduced", "0"), ("fixed", "2.0")], "0.dev0 1.0 2.0rc1 2.0.dev1", "2.0 2.0.0 2.0.post1"),
        ("pypi", [("introduced", "1.0"), ("last_affected", "2.0")], "1.0.0 2.0.0 2.0+local 2.0rc1", "2.0.post1 1.0rc1"),
        ("pypi", [("introduced", "0"), ("last_affected", "2.6.0-NA")], "2.6.0 2.6.0+cu124", "2.6.1"),
        ("pypi", [("introduced", "2.6.0+cu124"), ("last_affected", "2.6.0+cu124")], "2.6.0 2.6.0+cpu", "2.6.1 2.5"),
    ],
)  # fmt: skip
def test_ranges(ecosystem: Ecosystem, events: Events, affected: str, unaffected: str) -> None:
    coverage = cover(events, ecosystem)
    assert [text for text in affected.split() if not covers(coverage, text, ecosystem)] == []
    assert [text for text in unaffected.split() if covers(coverage, text, ecosystem)] == []


POINTS = ["0.0.0-a", "0.1.0", "1.0.0-rc.1", "1.0.0", "1.0.1", "2.0.0-0", "2.0.0", "3.0.0", "3.1.0", "10.0.0", "11.0.0"]
kinds = st.sampled_from(["introduced", "fixed", "last_affected"])
switches = st.dictionaries(st.sampled_from(["0", *POINTS]), kinds, max_size=8).flatmap(
    lambda found: st.permutations([(kind, text) for text, kind in found.items()])
)
limits = st.lists(st.tuples(st.just("limit"), st.sampled_from([*POINTS, "*"])), max_size=2)


def is_affected(version: str, events: Events) -> bool:
    """Evaluate as the OSV schema's pseudocode does: event by event, for one version."""

    def order(text: str) -> tuple[object, ...]:
        return (0,) if text == "0" else (1, semver.key(text))

    stops = [text for kind, text in events if kind == "limit"]
    if stops and not any(text == "*" or order(version) < order(text) for text in stops):
        return False
    vulnerable = False
    for kind, text in sorted((event for event in events if event[0] != "limit"), key=lambda event: order(event[1])):
        if kind == "introduced" and order(version) >= order(text):
            vulnerable = True
        elif (kind == "fixed" and order(version) >= order(text)) or (
            kind == "last_affected" and order(version) > order(text)
        ):
            vulnerable = False
    return vulnerable


@given(switches, limits)
def test_intervals_say_what_the_events_say(events: Events, stops: Events) -> None:
    coverage = cover([*events, *stops], "npm")
    assert [covers(coverage, version, "npm") for version in POINTS] == [
        is_affected(version, [*events, *stops]) for version in POINTS
    ]
    assert ranges.union(coverage, versions.scheme("npm")) == coverage


intervals = st.builds(
    Interval, st.sampled_from(["0", *POINTS]), st.sampled_from([None, *POINTS]), st.sampled_from(list(End))
)


@given(st.lists(intervals, max_size=5))
def test_a_union_holds_what_its_parts_hold(parts: list[Interval]) -> None:
    together = ranges.union(parts, versions.scheme("npm"))
    for version in POINTS:
        assert covers(together, version, "npm") == any(covers((part,), version, "npm") for part in parts)
    scheme = versions.scheme("npm")
    for left, right in pairwise(together):
        high, low = scheme.key(left.high or "no end"), scheme.key(right.low)
        assert high is not None
        assert high < low


@pytest.mark.parametrize(
    ("version", "fixed"),
    [("0.5.0", "1.2.0"), ("1.5.0", "2.3.0"), ("2.2.0", "2.3.0"), ("2.3.0", None)],
)
def test_the_next_fix_is_the_lowest_above(version: str, fixed: str | None) -> None:
    coverage = (Interval("1.0.0", "1.2.0"), Interval("1.4.0", "1.6.0", End.LIMIT), Interval("2.0.0", "2.3.0"))
    assert ranges.next_fix(coverage, semver.key(version), versions.scheme("npm")) == fixed


# --- bounds as they are written --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ecosystem", "text", "least", "most"),
    [
        ("npm", "0", "0", "0"),
        ("npm", "1.2.3", "1.2.3", "1.2.3"),
        ("npm", "v1.2.3+build", "1.2.3", "1.2.3"),
        ("npm", "13.0", "13.0.0", "13.0.0"),  # next, GHSA-3h52-269p-cp9r
        ("npm", "3", "3.0.0", "3.0.0"),
        ("npm", "1.9.0b1", "1.9.0-b1", "1.9.0-b1"),  # jquery, GHSA-2pqj-h3vj-pqgw
        ("npm", "3.0.RC3", "3.0.0-RC3", "3.0.0-RC3"),  # dwr, CVE-2014-5326
        ("npm", "1.2.3.4", "1.2.3-0", "1.2.4-0"),
        ("pypi", "2.6.0-NA", "2.6.0", "2.6.0"),  # torch, PYSEC-2025-192
        ("pypi", "2.6.0-cu124", "2.6.0", "2.6.0"),  # torch, PYSEC-2025-189
        ("pypi", "2.6.0-rocm6.2", "2.6.0", "2.6.0"),
        ("pypi", "2.6.0-cpu", "2.6.0", "2.6.0"),
        ("pypi", "0.2.0-alpha\\.33", "0.2.0a33", "0.2.0a33"),  # evm-py, PYSEC-2018-155
        ("pypi", "7.2.0-12.1", "7.2.0.dev0", "7.2.1.dev0"),  # neutron, PYSEC-2026-686
        ("pypi", "4.6.0.stable11", "4.6.0.dev0", "4.6.1.dev0"),  # assemblyline, PYSEC-2026-1194
        ("pypi", "0.2.0-n653", "0.2.0.dev0", "0.2.1.dev0"),  # binderhub, PYSEC-2021-371
    ],
)
def test_bounds_are_repaired_or_fenced_in(ecosystem: Ecosystem, text: str, least: str, most: str) -> None:
    assert bounds.read(text, ecosystem, versions.scheme(ecosystem)) == (least, most)


@pytest.mark.parametrize("text", ["2024-09-25", "2018-04-22b", "unknown", "", "99999999999999999999" * 200])
def test_a_bound_of_which_nothing_can_be_said(text: str) -> None:
    assert bounds.read(text, "pypi", versions.scheme("pypi")) is None
    assert bounds.read("unknown", "npm", versions.scheme("npm")) is None


@pytest.mark.parametrize(
    ("events", "surely", "perhaps", "not_at_all"),
    [
        ([("introduced", "0"), ("fixed", "7.2.0-12.1")], "7.1.9 7.1", "7.2.0 7.2.0.1 7.2.0rc1", "7.2.1 8.0"),
        ([("introduced", "7.2.0-12.1")], "7.2.1 8.0", "7.2.0 7.2.0.5", "7.1.9"),
        ([("introduced", "0"), ("last_affected", "4.6.0.stable11")], "4.5", "4.6.0 4.6.0.11", "4.6.1"),
        ([("introduced", "0"), ("last_affected", "2024-09-25")], "", "0.1 20240919 99", ""),
        ([("introduced", "1.0"), ("limit", "2.0.0.stable1")], "1.5", "2.0.0.1", "2.0.1 0.9"),
        ([("introduced", "1.0"), ("limit", "unknown")], "", "1.0 9.0", "0.9"),
    ],
)
def test_what_cannot_be_decided_is_neither_affected_nor_clean(
    events: Events, surely: str, perhaps: str, not_at_all: str
) -> None:
    coverage = bounds.cover(events, "pypi", versions.scheme("pypi"))
    for text in (surely + " " + perhaps + " " + not_at_all).split():
        assert covers(coverage.sure, text, "pypi") == (text in surely.split()), text
        assert covers(coverage.possible, text, "pypi") == (text in (surely + " " + perhaps).split()), text


def test_everything_is_everything() -> None:
    assert cover([("introduced", "0")], "npm") == (EVERYTHING,)
    assert cover([("introduced", "0"), ("introduced", "1.0.0")], "npm") == (EVERYTHING,)
