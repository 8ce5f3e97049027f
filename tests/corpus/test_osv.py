"""OSV records, re-created and inert: what becomes of each shape that real sources have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import advisories, osv
from assay.corpus.judge import judge
from assay.corpus.ranges import EVERYTHING
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from assay.corpus.advisories import Record


def osv_record(id_: str = "T-1", name: str = "a-package", ecosystem: str = "npm", **changes: Any) -> dict[str, Any]:
    """Return a record; ``ranges`` and ``versions`` among the changes are those of its one affected entry."""
    affected = {"package": {"ecosystem": ecosystem, "name": name}}
    affected |= {key: changes.pop(key) for key in ("ranges", "versions") if key in changes}
    return {"id": id_, "modified": "2026-01-01T00:00:00Z", "summary": "s", "affected": [affected], **changes}


def events(*pairs: tuple[str, str], kind: str = "SEMVER") -> list[dict[str, Any]]:
    return [{"type": kind, "events": [{name: text} for name, text in pairs]}]


def npm(*pairs: tuple[str, str], **changes: Any) -> dict[str, Any]:
    return osv_record(ranges=events(*pairs), **changes)


def pypi(*pairs: tuple[str, str], **changes: Any) -> dict[str, Any]:
    return osv_record(ecosystem="PyPI", ranges=events(*pairs, kind="ECOSYSTEM"), **changes)


def convert(value: dict[str, Any]) -> Record:
    (converted,) = osv.convert(value, 0)
    return converted.record


ALL = events(("introduced", "0"))
V3 = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
V4 = {"type": "CVSS_V4", "score": "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:N/VI:H/VA:H/SC:N/SI:N/SA:N"}
V2 = {"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:N/I:N/A:P"}


@pytest.mark.parametrize(
    ("given", "severity", "vector"),
    [
        ({}, None, None),
        ({"severity": []}, None, None),
        ({"severity": [V3]}, "critical", V3["score"]),
        ({"severity": [V2]}, "medium", V2["score"]),
        ({"severity": [V3, V4]}, "medium", V4["score"]),
        ({"severity": [{"type": "CVSS_V4", "score": "nonsense"}, V3]}, "critical", V3["score"]),
        ({"severity": [{"type": "CVSS_V3", "score": ""}]}, None, None),
        ({"severity": [{"type": "Ubuntu", "score": "high"}]}, None, None),
        ({"database_specific": {"severity": "MODERATE"}}, "medium", None),
        ({"database_specific": {"severity": "Critical"}}, "critical", None),
        ({"database_specific": {"severity": "unheard of"}}, None, None),
        ({"database_specific": {"severity": 7}}, None, None),
        ({"severity": [V2], "database_specific": {"severity": "LOW"}}, "medium", V2["score"]),
        (
            {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}]},
            "info",
            "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
        ),
    ],
)
def test_severity(given: dict[str, Any], severity: str | None, vector: str | None) -> None:
    record = convert(osv_record(ranges=ALL, **given))
    assert (None if record.severity is None else advisories.SEVERITIES[record.severity]) == severity
    assert record.cvss == vector


def test_severity_may_stand_in_the_affected_entry() -> None:
    value = osv_record(ranges=ALL)
    value["affected"][0]["severity"] = [V3]
    assert convert(value).cvss == V3["score"]


@pytest.mark.parametrize(
    ("summary", "details", "expected"),
    [
        ("One line.", "more", "One line."),
        ("two\n  lines \t here", "", "two lines here"),
        ("\x1b[31mred\u202e\u200b", "", "[31mred"),
        ("", "First sentence. Second one.", "First sentence."),
        ("", "### Impact\n\nIt breaks v1.2 of it. Then more.", "It breaks v1.2 of it."),
        ("", "\n---\n_-= Per source details. Do not edit below this line.=-_\n", ""),
        ("", "no end", "no end"),
        ("", "", ""),
        (None, None, ""),
        ("e\u0301", "", "é"),
        ("word " * 40, "", ("word " * 23 + "word")[:119].rsplit(" ", 1)[0] + "…"),
        ("x" * 200, "", "x" * 119 + "…"),
    ],
)
def test_summary_is_one_short_line(summary: str | None, details: str | None, expected: str) -> None:
    record = convert(osv_record(ranges=ALL, summary=summary, details=details))
    assert record.summary == expected
    assert len(expected) <= osv.MAX_SUMMARY


def test_the_summary_of_the_malware_records_is_left_out() -> None:
    assert convert(osv_record("MAL-1", summary="Malicious code in a-package (npm)", ranges=ALL)).summary is None
    assert convert(osv_record("MAL-1", summary="Malicious code in it", ranges=ALL)).summary == "Malicious code in it"


@pytest.mark.parametrize(
    ("id_", "aliases", "kind"),
    [
        ("MAL-2024-1", [], advisories.MALWARE),
        ("PYSEC-2026-1", ["MAL-2026-1"], advisories.MALWARE),
        ("GHSA-1", ["CVE-1"], advisories.VULNERABILITY),
    ],
)
def test_kind(id_: str, aliases: list[str], kind: int) -> None:
    assert convert(osv_record(id_, aliases=aliases, ranges=ALL)).kind == kind


def test_aliases_are_sorted_and_leave_the_record_itself_out() -> None:
    assert convert(osv_record("T-1", aliases=["Z", "T-1", "A", "Z"], ranges=ALL)).aliases == ("A", "Z")


MALWARE = osv_record("MAL-1", ranges=ALL)


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (osv_record("MAL-1", ranges=ALL), True),
        (osv_record("MAL-1", ranges=ALL, versions=["1.0.0", "nonsense"]), True),
        (osv_record("MAL-1", versions=["1.0.1"]), False),
        (osv_record("MAL-1", ranges=events(("introduced", "1.0.0"), ("fixed", "1.2.11"))), False),
        (osv_record("MAL-1", ranges=[*ALL, *events(("introduced", "1.0.0"), ("fixed", "1.2.11"))]), True),
        (osv_record("MAL-1", ranges=events(("introduced", "0"), kind="GIT")), False),
    ],
)
def test_whole_package_or_single_versions(value: dict[str, Any], whole: bool) -> None:
    assert convert(value).whole_package is whole


def states(value: dict[str, Any], *asked: str) -> list[str | None]:
    (converted,) = osv.convert(value, 0)
    judged = (judge(converted.record, converted.ecosystem, version) for version in asked)
    return [None if found is None else found.state for found in judged]


A, U = "affected", "undetermined"
HIJACKED = osv_record("MAL-1", versions=["5.6.1", "v5.7.0"])
PYSEC = osv_record(
    "PYSEC-1", "Some_Package", "PyPI", versions=["1.0", "1.1", "4.2rc1", "0.1-bulbasaur"],
    ranges=[
        *events(("introduced", "1.0"), ("fixed", "1.2"), kind="ECOSYSTEM"), *events(("introduced", "abc"), kind="GIT"),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (HIJACKED, {"5.6.1": A, "v5.6.1": A, "5.6.1+build": A, "5.7.0": A, "5.6.0": None, "5.6.2": None, "latest": U}),
        (PYSEC, {"1.0": A, "1.0.0": A, "1.1.post1": A, "1.2rc1": A, "1.2": None, "4.2rc1": A, "4.2": None}),
        (PYSEC, {"1.0+local": A, "0.1-bulbasaur": A, "0.1-charmander": U, "": U}),
        (osv_record(ranges=ALL), {"1.0.0": A, "anything": A}),
        # Neither versions nor ranges of releases: it may concern every version.
        (osv_record("PYSEC-2", ecosystem="PyPI", ranges=events(("introduced", "abc"), kind="GIT")), {"1.0": U, "x": U}),
        (osv_record("PYSEC-2", ecosystem="PyPI"), {"1.0": U}),
        (osv_record(versions=[]), {"1.0.0": U}),
        # A bound that is no version, with a number to go by and without.
        (pypi(("introduced", "0"), ("fixed", "7.2.0-12.1")),
         {"7.1": A, "7.2.0": U, "7.2.0.3": U, "7.2.1": None}),
        (pypi(("introduced", "0"), ("last_affected", "2024-09-25")),
         {"1.0": U}),
        (pypi(("introduced", "0"), ("last_affected", "2.6.0-NA")),
         {"2.6.0+cu124": A, "2.6.1": None}),
        (npm(("introduced", "13.0"), ("fixed", "14.2.25")), {"13.0.0": A, "12.9.9": None}),
        (npm(("introduced", "1.0.0"), ("fixed", "1.9.0b1")), {"1.8.9": A, "1.9.0": None}),
    ],
)  # fmt: skip
def test_states(value: dict[str, Any], asked: dict[str, str | None]) -> None:
    assert dict(zip(asked, states(value, *asked), strict=True)) == asked


BEFORE = events(("introduced", "0"), ("fixed", "1.2.0"))


@pytest.mark.parametrize(
    ("value", "version", "fixed"),
    [
        (npm(("introduced", "0"), ("fixed", "1.2.0"), ("introduced", "2.0.0"), ("fixed", "2.1.0")),
         "2.0.5", "2.1.0"),
        (osv_record(ranges=[*BEFORE, *events(("introduced", "1.0.0"), ("fixed", "3.0.0"))]), "1.1.0", "3.0.0"),
        (npm(("introduced", "0"), ("last_affected", "1.2.0")), "1.0.0", None),
        (npm(("introduced", "0"), ("limit", "1.2.0")), "1.0.0", None),
        (osv_record(ranges=ALL), "1.0.0", None),
        (pypi(("introduced", "4.2"), ("fixed", "4.2.1"), versions=["4.2rc1"]),
         "4.2rc1", "4.2.1"),
        (pypi(("introduced", "0"), ("fixed", "2.0")), "1", "2.0"),
    ],
)  # fmt: skip
def test_fixed(value: dict[str, Any], version: str, fixed: str | None) -> None:
    (converted,) = osv.convert(value, 0)
    found = judge(converted.record, converted.ecosystem, version)
    assert found is not None
    assert (found.state, found.fixed) == ("affected", fixed)


def test_versions_that_a_range_implies_are_dropped() -> None:
    record = convert(PYSEC)
    assert record.versions == ("0.1-bulbasaur", "4.2rc1")
    assert convert(osv_record("MAL-1", ranges=ALL, versions=["1.0.0", "strange"])).versions == ()
    assert convert(osv_record(versions=["1.0.0", "v1.0.0", "=1.0.0+x"])).versions == ("1.0.0",)
    assert convert(osv_record(ecosystem="PyPI", versions=["1.0", "1.0.0", "1.0+cpu"])).versions == ("1",)


def test_names_are_those_that_are_looked_up() -> None:
    (npm,) = osv.convert(osv_record(name="JSONStream", ranges=ALL), 0)
    (pypi,) = osv.convert(osv_record(name="Zope.Interface_x", ecosystem="PyPI", ranges=ALL), 0)
    assert (npm.ecosystem, npm.name) == ("npm", "JSONStream")
    assert (pypi.ecosystem, pypi.name) == ("pypi", "zope-interface-x")


def test_affected_entries_of_one_package_are_one_record() -> None:
    value = npm(("introduced", "1.0.0"), ("fixed", "1.1.0"))
    value["affected"] += npm(("introduced", "2.0.0"), ("fixed", "2.1.0"))["affected"]
    value["affected"] += osv_record(name="other", versions=["3.0.0"])["affected"]
    value["affected"] += osv_record(ecosystem="Maven", ranges=ALL)["affected"]
    value["affected"] += [{"package": {"ecosystem": "npm", "name": "a-package"}}]  # says nothing; the others do
    first, second = osv.convert(value, 0)
    assert (first.name, len(first.record.affected), first.record.possible) == ("a-package", 2, ())
    assert (second.name, second.record.versions) == ("other", ("3.0.0",))


def test_everything_that_covers_all_is_the_same() -> None:
    assert convert(osv_record(ranges=ALL)).affected == (EVERYTHING,)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"id": 7},
        {"id": "T", "aliases": "CVE"},
        {"id": "T", "aliases": [1]},
        {"id": "T", "affected": {}},
        {"id": "T", "affected": [1]},
        {"id": "T", "affected": [{"package": []}]},
        {"id": "T", "affected": [{"package": {"ecosystem": "npm", "name": 1}}]},
        osv_record(versions=[1]),
        osv_record(ranges={}),
        osv_record(ranges=[{"type": "SEMVER", "events": [{"introduced": 0.5}]}]),
        osv_record(ranges=ALL, severity=[1]),
        osv_record(ranges=ALL, summary=1),
    ],
)
def test_what_is_no_osv_record_refuses_the_build(value: dict[str, Any]) -> None:
    with pytest.raises(CorpusError, match="E_SOURCE"):
        osv.convert(value, 0)


def test_withdrawn() -> None:
    assert osv.is_withdrawn(osv_record(withdrawn="2026-01-01T00:00:00Z"))
    assert not osv.is_withdrawn(osv_record())
