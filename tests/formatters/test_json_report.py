from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from assay.formatters import FORMATS, load
from assay.formatters.options import RenderOptions
from assay.scanner.canonical import document, encode, fingerprint, fingerprint_report, short_digest, write
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import Freshness
from assay.scanner.models import Location, Report, Severity
from tests.formatters.reports import BUSY, CLEAN, DATED, MALWARE, NOTHING, PACK, REPORTS, WAIVED, report
from tests.formatters.snapshots import assert_same_as_snapshot
from tests.formatters.texts import reports

SCHEMA = json.loads(files("assay.formatters").joinpath("report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def render(shown: Report) -> str:
    return load("json").render(shown, RenderOptions())


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_fits_the_schema(name: str) -> None:
    VALIDATOR.validate(json.loads(render(REPORTS[name])))


@given(reports())
def test_any_text_gives_valid_json_on_one_line(shown: Report) -> None:
    text = render(shown)
    text.encode("utf-8")
    assert text.endswith("\n")
    assert "\n" not in text[:-1]
    content = json.loads(text)
    assert encode(content) + "\n" == text
    VALIDATOR.validate(content)


def test_what_a_machine_reads() -> None:
    content = json.loads(render(BUSY))
    assert_same_as_snapshot("report_busy.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def test_anyone_can_recompute_the_fingerprint() -> None:
    content = json.loads(render(BUSY))
    stated = content.pop("fingerprint")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert stated == "sha256:" + sha256(text.encode()).hexdigest()
    assert stated == BUSY.fingerprint


def test_annotations_and_timing_are_outside_the_fingerprint() -> None:
    content = document(BUSY)
    assert fingerprint(content | {"run": {"seconds": 1}, "annotations": [1]}) == BUSY.fingerprint
    VALIDATOR.validate(json.loads(encode(content | {"run": {"seconds": 1}, "annotations": [1]})))


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "sha256:" + "0" * 64},
        {"target_name": "other"},
        {"findings": BUSY.findings[1:]},
        {"findings": (MALWARE._replace(severity=Severity.HIGH), *BUSY.findings[1:])},
        {"findings": (MALWARE._replace(location=Location("package-lock.json", 121)), *BUSY.findings[1:])},
        {"corpus": ()},
        {"waived": ()},
        {"waived": (WAIVED._replace(waiver=WAIVED.waiver._replace(expires="2027-01-31")),)},
        {"corpus": (PACK._replace(pinned=""),)},
        {"freshness": Freshness("2026-01-20")},
        {"freshness": Freshness("2026-01-20", 0)},
        {"coverage": BUSY.coverage._replace(gaps=())},
    ],
)
def test_whatever_the_report_says_is_in_the_fingerprint(change: dict[str, Any]) -> None:
    assert fingerprint_report(BUSY._replace(**change)).fingerprint != BUSY.fingerprint


def test_lists_are_always_there_and_absent_values_are_left_out() -> None:
    (component,) = document(report(components=(CLEAN.components[0],)))["components"]
    assert component["aliases"] == []
    assert "requirement" not in component
    assert "null" not in render(BUSY)
    assert "fingerprint" not in document(CLEAN._replace(fingerprint=""))


@pytest.mark.parametrize(
    ("freshness", "said"),
    [
        (Freshness(), {"status": "not evaluated"}),
        (Freshness("2026-01-20"), {"status": "fresh", "as_of": "2026-01-20"}),
        (Freshness("2026-01-20", 0), {"status": "fresh", "as_of": "2026-01-20", "max_age_days": 0}),
    ],
)
def test_freshness(freshness: Freshness, said: dict[str, Any]) -> None:
    content = document(report(freshness=freshness))
    assert content["freshness"] == said
    VALIDATOR.validate(content)


def test_what_holds_a_pack_and_what_ends_a_waiver_is_told_only_if_there_is_such() -> None:
    content = document(DATED)
    assert [pack.get("pinned") for pack in content["corpus"]] == ["1.13 calls our own package malware", None, ""]
    assert [waived["waiver"] for waived in content["waived"]] == [
        {"source": "acme: allow", "reason": "behind a proxy", "expires": "2027-01-31"}
    ]
    assert all("expires" not in waived["waiver"] for waived in document(BUSY)["waived"])


def test_gaps_make_a_report_incomplete() -> None:
    assert document(BUSY)["coverage"]["status"] == "incomplete"
    assert document(CLEAN)["coverage"]["status"] == "complete"
    broken = json.loads(render(BUSY))
    broken["coverage"]["status"] = "complete"
    assert not VALIDATOR.is_valid(broken)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("components", 0, "surprise"), 1),
        (("components", 0, "locations", 0, "path"), "/etc/passwd"),
        (("findings", 0, "severity"), "terrible"),
        (("findings", 0, "location", "line"), 0),
        (("target", "digest"), "d41d8"),
        (("summary", "critical"), -1),
        (("verdicts", 0, "score"), 2),
        (("findings", 0, "waiver"), {"source": "policy: allow", "reason": ""}),
        (("findings", 0, "surprise"), 1),
        (("waived", 0, "surprise"), 1),
        (("waived", 0, "waiver", "expires"), ""),
        (("waived", 0, "waiver", "surprise"), 1),
        (("corpus", 0, "pinned"), None),
        (("freshness", "as_of"), "2026-01-20"),
        (("freshness", "status"), "fresh"),
        (("freshness",), {"status": "fresh", "as_of": "2026-01-20", "max_age_days": -1}),
    ],
)
def test_the_schema_refuses_what_no_report_says(place: tuple[Any, ...], value: Any) -> None:
    content = json.loads(render(BUSY))
    holder = content
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    assert not VALIDATOR.is_valid(content)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, 0.9]}, '{"a":[true,null,0.9],"b":1}'),
        ("ü日\u2028", '"ü日\u2028"'),
        ('\x1b\n"\\', r'"\u001b\n\"\\"'),
        ("bad \udc80 byte", r'"bad \\udc80 byte"'),
    ],
)
def test_canonical_json(value: Any, text: str) -> None:
    assert encode(value) == text


def test_a_digest_is_shortened_for_people() -> None:
    assert short_digest("sha256:" + "ab" * 32) == "sha256:abababababab"


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("shown", [CLEAN, NOTHING, BUSY])
def test_every_format_is_loaded_by_name_and_ends_with_one_newline(name: str, shown: Report) -> None:
    text = load(name).render(shown, RenderOptions())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text == load(name).render(shown, RenderOptions())


def test_an_unknown_format_is_told_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no format 'xml'; choose from table, json, sarif, cyclonedx"):
        load("xml")


@given(reports())
def test_what_is_written_is_the_document(report: Report) -> None:
    assert write(report) == encode(document(report)) + "\n"
