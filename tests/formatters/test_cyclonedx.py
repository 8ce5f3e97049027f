from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.formatters import load
from assay.formatters.options import RenderOptions
from assay.scanner.inputs.cyclonedx_json import parse
from assay.scanner.models import Component, Location, Report, Scope, Severity, Source
from tests.formatters.reports import (
    BUSY,
    CLEAN,
    DATED,
    EVENTS,
    FLATMAP,
    FORK,
    JSONSTREAM,
    LODASH,
    REPORTS,
    SHA512,
    component,
    finding,
    report,
)
from tests.formatters.snapshots import assert_same_as_snapshot
from tests.formatters.texts import reports

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def render(shown: Report) -> str:
    return load("cyclonedx").render(shown, RenderOptions())


def bom_of(shown: Report) -> dict[str, Any]:
    text = render(shown)
    assert VALIDATOR.validate_str(text) is None
    content = json.loads(text)
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_fits_the_strict_schema(name: str) -> None:
    bom_of(REPORTS[name])


@settings(max_examples=25, deadline=None)
@given(reports())
def test_any_text_fits_the_strict_schema(shown: Report) -> None:
    bom_of(shown)


def test_what_a_consumer_reads() -> None:
    assert_same_as_snapshot("cyclonedx_busy.json", json.dumps(bom_of(BUSY), indent=1, ensure_ascii=False) + "\n")


def test_npm_names_keep_their_case() -> None:
    (only,) = bom_of(report(components=(JSONSTREAM,)))["components"]
    assert only["purl"] == only["bom-ref"] == "pkg:npm/JSONStream@1.3.5"


def test_every_component_and_the_target_is_in_the_graph() -> None:
    bom = bom_of(BUSY)
    graph = {entry["ref"]: entry.get("dependsOn", []) for entry in bom["dependencies"]}
    assert graph.keys() == {item.purl for item in BUSY.components} | {bom["metadata"]["component"]["bom-ref"]}
    assert graph["target"] == sorted(item.purl for item in BUSY.components if item.direct)
    assert graph[EVENTS.purl] == [FLATMAP.purl]


def test_a_requirement_outside_the_report_is_left_out_of_the_graph() -> None:
    lonely = EVENTS._replace(direct=False)
    graph = {entry["ref"]: entry.get("dependsOn", []) for entry in bom_of(report(components=(lonely,)))["dependencies"]}
    assert graph == {"target": [], EVENTS.purl: []}


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        (SHA512, {"alg": "SHA-512", "content": "5a" * 64}),
        ("sha1:" + "3b" * 20, {"alg": "SHA-1", "content": "3b" * 20}),
        ("md5:" + "00" * 16, {"alg": "MD5", "content": "00" * 16}),
        ("sha224:" + "00" * 28, None),
        ("sha256:" + "00" * 31, None),
        ("blake2b:" + "00" * 64, None),
    ],
)
def test_hashes_that_cyclonedx_does_not_know_become_properties(digest: str, expected: dict[str, str] | None) -> None:
    (only,) = bom_of(report(components=(LODASH._replace(hashes=(digest,)),)))["components"]
    assert only.get("hashes", []) == ([expected] if expected else [])
    assert ({"name": "assay:hash", "value": digest} in only["properties"]) == (expected is None)


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (("MIT",), [{"license": {"id": "MIT"}}]),
        (("MIT OR Apache-2.0",), [{"expression": "MIT OR Apache-2.0"}]),
        (("see LICENSE",), [{"license": {"name": "see LICENSE"}}]),
        (("\x1b[31m",), [{"license": {"name": "\x1b[31m"}}]),
        (("MIT AND",), [{"license": {"name": "MIT AND"}}]),
        (("Apache-2.0", "MIT OR X"), [{"license": {"id": "Apache-2.0"}}, {"license": {"name": "MIT OR X"}}]),
        (("(" * 300,), [{"license": {"name": "(" * 300}}]),
        ((), []),
    ],
)
def test_licences(licences: tuple[str, ...], expected: list[Any]) -> None:
    (only,) = bom_of(report(components=(LODASH._replace(licences=licences),)))["components"]
    assert only.get("licenses", []) == expected


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ((Scope.PROD,), "required"),
        ((Scope.PEER,), "required"),
        ((Scope.DEV,), "optional"),
        ((Scope.DEV, Scope.OPTIONAL), "optional"),
        ((Scope.DEV, Scope.PROD), "required"),
        ((), None),
    ],
)
def test_scope(scopes: tuple[Scope, ...], expected: str | None) -> None:
    (only,) = bom_of(report(components=(LODASH._replace(scopes=scopes),)))["components"]
    assert only.get("scope") == expected


@pytest.mark.parametrize(
    ("url", "is_reference"),
    [
        ("https://registry.example/x/-/x-1.0.0.tgz", True),
        ("https://registry.example:8080/x?a=1&b=%20#sha1", True),
        ("git+ssh://git@host.example/x.git#abc", True),
        ("https://registry.example/%zz", False),
        ("https://[bad", False),
        ("https://a:b:c/", False),
        ("javascript:alert(1)", False),
        ("not a url", False),
        ("https://registry.example/\n", False),
    ],
)
def test_only_a_url_becomes_an_external_reference(url: str, *, is_reference: bool) -> None:
    (only,) = bom_of(report(components=(LODASH._replace(resolved=url),)))["components"]
    references = [reference["url"] for reference in only.get("externalReferences", [])]
    assert references == ([url] if is_reference else [])
    assert ({"name": "assay:resolved", "value": url} in only["properties"]) != is_reference


def test_vulnerabilities_say_what_is_affected_how_badly_and_what_to_do() -> None:
    found = {item["id"]: item for item in bom_of(BUSY)["vulnerabilities"]}
    assert found.keys() == {"MAL-2025-20690", "GHSA-jf85-cpcp-j695", "GHSA-29mw-wpgm-hmr9"}
    malware = found["MAL-2025-20690"]
    assert malware["affects"] == [{"ref": FLATMAP.purl}]
    assert malware["ratings"] == [{"severity": "critical"}]
    assert malware["analysis"] == {"state": "exploitable"}
    assert malware["advisories"] == [{"url": "https://advisories.example/MAL-2025-20690"}]
    assert found["GHSA-jf85-cpcp-j695"]["recommendation"] == "upgrade to 4.17.12 or later"
    assert found["GHSA-jf85-cpcp-j695"]["analysis"] == {"state": "in_triage"}


def test_a_waived_advisory_stays_and_says_so() -> None:
    (waived,) = BUSY.waived
    waived = waived._replace(finding=finding("ADV-001", Severity.LOW, LODASH.purl, "m", evidence=("GHSA-x",)))
    (only,) = bom_of(report(components=(LODASH,), waived=(waived,)))["vulnerabilities"]
    assert only["analysis"] == {
        "detail": "waived by allow: reviewed by the platform team",
        "response": ["will_not_fix"],
    }


def test_the_metadata_says_how_fresh_the_corpus_is_and_which_pack_is_held() -> None:
    said = [(each["name"], each["value"]) for each in bom_of(DATED)["metadata"]["properties"]]
    assert ("assay:freshness", "fresh as of 2026-01-20, at most 30 days old") in said
    assert ("assay:pinned", "default: 1.13 calls our own package malware") in said
    (waived,) = bom_of(DATED)["vulnerabilities"]
    assert waived["analysis"]["detail"] == "waived by acme: allow, until 2027-01-31: behind a proxy"


def test_the_serial_number_follows_from_the_report_and_there_is_no_time() -> None:
    bom = bom_of(BUSY)
    assert UUID(bom["serialNumber"]).version == 5
    assert bom["serialNumber"] == bom_of(BUSY)["serialNumber"] != bom_of(CLEAN)["serialNumber"]
    assert "timestamp" not in bom["metadata"]


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    program = (
        "import sys; from tests.formatters.reports import BUSY; from tests.formatters.test_cyclonedx import render; "
        "sys.stdout.reconfigure(encoding='utf-8'); sys.stdout.write(render(BUSY))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    assert result.stdout == render(BUSY).encode()


def as_read_back(shown: Report) -> tuple[Component, ...]:
    """The components that a reader finds: the same, but that the bill is the file which names them."""
    return tuple(item._replace(locations=(Location("bom.json"),)) for item in shown.components)


@pytest.mark.parametrize("name", ["busy", "clean", "nothing"])
def test_our_own_bill_reads_back_as_the_same_components(name: str) -> None:
    parsed = parse(render(REPORTS[name]).encode(), "bom.json")
    assert parsed.components == as_read_back(REPORTS[name])
    assert parsed.gaps == ()


_NPM_NAMES = st.from_regex(r"(@[a-z0-9-]{1,8}/)?[A-Za-z0-9][A-Za-z0-9._~-]{0,12}", fullmatch=True)
_VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}([+!-][a-z0-9.]{1,6})?", fullmatch=True)


@st.composite
def linked_components(draw: st.DrawFn) -> tuple[Component, ...]:
    names = draw(st.lists(st.tuples(_NPM_NAMES, _VERSIONS), min_size=1, max_size=4, unique=True))
    plain = [component(purl_of(name, version), name=name, version=version) for name, version in names]
    purls = sorted({item.purl for item in plain})
    return tuple(
        item._replace(
            direct=draw(st.booleans()),
            scopes=tuple(sorted(draw(st.sets(st.sampled_from(Scope))))),
            source=draw(st.sampled_from([Source.REGISTRY])),
            hashes=draw(st.sampled_from([(), (SHA512,), ("blake2b-224:" + "0a" * 28,)])),
            licences=draw(st.sampled_from([(), ("MIT",), ("MIT OR ISC",), ("ISC", "Odd one"), ("odd",)])),
            requires=tuple(sorted(draw(st.sets(st.sampled_from(purls))) - {item.purl})),
            resolved=draw(st.sampled_from([None, "https://registry.example/x.tgz", "not a url"])),
            aliases=draw(st.sampled_from([(), ("other",)])),
        )
        for item in sorted(plain, key=lambda item: item.purl)
    )


def purl_of(name: str, version: str) -> str:
    from_name = name.replace("@", "%40")
    return f"pkg:npm/{from_name}@{version.replace('+', '%2B').replace('!', '%21')}"


@settings(max_examples=40, deadline=None)
@given(linked_components())
def test_any_components_read_back_as_they_were(components: tuple[Component, ...]) -> None:
    shown = report(components=components)
    parsed = parse(render(shown).encode(), "bom.json")
    assert parsed.components == as_read_back(shown)
    assert parsed.gaps == ()


def test_a_checkout_reads_back_as_one() -> None:
    (only,) = parse(render(report(components=(FORK,))).encode(), "bom.json").components
    assert (only.source, only.purl, only.resolved) == (Source.GIT, FORK.purl, FORK.resolved)
