from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft4Validator, FormatChecker

from assay.formatters import load
from assay.formatters.options import RenderOptions
from assay.rules.catalogue import ALL
from assay.scanner.models import Gap, Location, Report, Severity
from tests.formatters.reports import BUSY, CLEAN, DATED, FLATMAP, MALWARE, REPORTS, finding, report
from tests.formatters.snapshots import assert_same_as_snapshot
from tests.formatters.texts import reports

OFFICIAL = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0-rtm.5.json"
VALIDATOR = Draft4Validator(json.loads(OFFICIAL.read_text(encoding="utf-8")), format_checker=FormatChecker())


def run_of(shown: Report) -> dict[str, Any]:
    log = json.loads(load("sarif").render(shown, RenderOptions(), ALL))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_fits_the_official_schema(name: str) -> None:
    run_of(REPORTS[name])


@given(reports())
def test_any_text_fits_the_official_schema(shown: Report) -> None:
    run_of(shown)


def test_what_a_viewer_reads() -> None:
    log = json.loads(load("sarif").render(BUSY, RenderOptions()))
    assert_same_as_snapshot("sarif_busy.json", json.dumps(log, indent=1, ensure_ascii=False) + "\n")


def test_a_result_says_where_why_and_what_to_do() -> None:
    first = run_of(BUSY)["results"][0]
    assert first["ruleId"] == "MAL-001"
    assert first["level"] == "error"
    assert first["message"]["text"] == (
        "flatmap-stream 0.1.1 is recorded as malware (MAL-2025-20690); single versions are malicious. "
        "Brought in by event-stream@3.3.6 > flatmap-stream@0.1.1. "
        "To fix: install a version that the record does not name; treat machines that installed it as compromised."
    )
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "package-lock.json", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 120, "startColumn": 5}
    assert first["partialFingerprints"]["assayFinding/v1"] == MALWARE.fingerprint.removeprefix("sha256:")


@pytest.mark.parametrize(
    ("severity", "level", "lowest", "highest"),
    [
        (Severity.CRITICAL, "error", 9.1, 10.0),
        (Severity.HIGH, "error", 7.0, 8.9),
        (Severity.MEDIUM, "warning", 4.0, 6.9),
        (Severity.LOW, "note", 0.1, 3.9),
        (Severity.INFO, "note", 0.0, 0.0),
    ],
)
def test_severity_becomes_level_and_number(severity: Severity, level: str, lowest: float, highest: float) -> None:
    shown = report(components=(FLATMAP,), findings=(finding("ADV-001", severity, FLATMAP.purl, "m"),))
    run = run_of(shown)
    (result,) = run["results"]
    assert result["level"] == level
    assert lowest <= float(result["properties"]["security-severity"]) <= highest
    (rule,) = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "ADV-001"]
    assert lowest <= float(rule["properties"]["security-severity"]) <= highest


def test_rules_carry_their_pages_and_results_point_at_them() -> None:
    run = run_of(BUSY)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in ALL]
    assert all("Detects:" in rule["help"]["text"] and "**Fix:**" in rule["help"]["markdown"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_rule_outside_the_catalogue_still_has_a_descriptor() -> None:
    run = run_of(report(findings=(finding("ZZZ-001", Severity.LOW, "pkg:npm/x@1", "m"),)))
    assert run["tool"]["driver"]["rules"][-1]["id"] == "ZZZ-001"


def test_a_waived_finding_is_suppressed_with_its_reason() -> None:
    (waived,) = [result for result in run_of(BUSY)["results"] if "suppressions" in result]
    assert waived["ruleId"] == "TYPO-001"
    assert waived["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "allow: reviewed by the platform team"}
    ]


def test_the_run_says_how_fresh_the_corpus_is_and_which_pack_is_held() -> None:
    assert run_of(BUSY)["properties"]["freshness"] == {"status": "not evaluated"}
    run = run_of(DATED)
    assert run["properties"]["freshness"] == {"status": "fresh", "as_of": "2026-01-20", "max_age_days": 30}
    assert run["properties"]["pinned"] == ["default: 1.13 calls our own package malware", "local: "]
    (suppression,) = run["results"][0]["suppressions"]
    assert suppression["justification"] == "acme: allow, until 2027-01-31: behind a proxy"


def test_gaps_make_the_run_unsuccessful() -> None:
    (invocation,) = run_of(BUSY)["invocations"]
    assert invocation["executionSuccessful"] is False
    whole, lockfile = invocation["toolExecutionNotifications"]
    assert whole["message"]["text"] == "Not looked at: the whole target: the walk ended at 100,000 files"
    assert "locations" not in whole
    assert lockfile["descriptor"] == {"id": "syntax"}
    assert run_of(CLEAN)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.json", "a%20b/%C3%BC.json"),
        ("http:/x", "http%3A/x"),
        ("a#b?c%41", "a%23b%3Fc%2541"),
        ("bad\udc80byte", "bad%5Cudc80byte"),
    ],
)
def test_paths_become_relative_uris(path: str, uri: str) -> None:
    shown = report(findings=(MALWARE._replace(location=Location(path, 1)),), gaps=(Gap(path, "syntax", "x"),))
    run = run_of(shown)
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_foreign_text_makes_no_link() -> None:
    shown = report(
        findings=(MALWARE._replace(message="see [here](http://host.example) or [this]", via=(), remediation=""),)
    )
    assert run_of(shown)["results"][0]["message"]["text"] == r"see \[here](http://host.example) or [this]."


def test_there_is_no_time_in_it() -> None:
    text = load("sarif").render(BUSY, RenderOptions(), ALL)
    assert "TimeUtc" not in text
    assert "Utc" not in text


def test_a_finding_without_a_place_stands_where_its_component_does() -> None:
    shown = report(components=(FLATMAP,), findings=(MALWARE._replace(location=None),))
    (result,) = run_of(shown)["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 120
    assert result["relatedLocations"] == []
