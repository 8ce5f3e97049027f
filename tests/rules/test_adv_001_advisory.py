from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.rules.adv_001_advisory import check
from assay.rules.aliases import highest_fix
from assay.scanner.knowledge import Advisory, AdvisoryKind
from assay.scanner.models import Confidence, Severity, Source
from tests.listed_corpus import ListedCorpus, advisory, component, match

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem

GHSA = advisory("GHSA-aaaa", "CVE-2020-1", severity=Severity.HIGH)
PYSEC = advisory("PYSEC-2020-1", "CVE-2020-1", severity=Severity.CRITICAL, summary="")
NSWG = advisory("NSWG-1", "GHSA-aaaa")
OTHER = advisory("GHSA-bbbb", severity=Severity.LOW)
UNRATED = advisory("GHSA-cccc")
MALWARE = advisory("MAL-1", kind=AdvisoryKind.MALWARE)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([GHSA], [("GHSA-aaaa", "high")], id="one"),
        pytest.param([GHSA, PYSEC], [("GHSA-aaaa", "critical")], id="united by an alias, worst severity"),
        pytest.param([NSWG, PYSEC, GHSA], [("GHSA-aaaa", "critical")], id="united through a chain"),
        pytest.param([NSWG, GHSA, PYSEC], [("GHSA-aaaa", "critical")], id="united in any order"),
        pytest.param([GHSA, OTHER], [("GHSA-aaaa", "high"), ("GHSA-bbbb", "low")], id="two defects"),
        pytest.param([UNRATED], [("GHSA-cccc", "medium")], id="no severity stated"),
        pytest.param([MALWARE], [], id="malware is not a vulnerability"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_union(records: list[Advisory], expected: list[tuple[str, str]]) -> None:
    corpus = ListedCorpus({("pypi", "holey", "1.0"): tuple(match(record) for record in records)})
    found = list(check(component("pypi:holey@1.0"), corpus))
    assert sorted((finding.evidence[0], finding.severity) for finding in found) == expected


@pytest.mark.parametrize(
    ("source", "confidence"),
    [
        (Source.REGISTRY, Confidence.EXACT),
        (Source.URL, Confidence.EXACT),
        (Source.GIT, Confidence.MEDIUM),
        (Source.FILE, Confidence.MEDIUM),
        (Source.LINK, None),
        (Source.WORKSPACE, None),
    ],
)
def test_source(source: Source, confidence: Confidence | None) -> None:
    corpus = ListedCorpus({("npm", "holey", "1.0.0"): (match(GHSA),)})
    found = [finding.confidence for finding in check(component("npm:holey@1.0.0", source=source), corpus)]
    assert found == ([confidence] if confidence else [])


def test_what_a_finding_tells() -> None:
    corpus = ListedCorpus({("npm", "holey", "1.0.0"): (match(GHSA, fixed="1.2.0"), match(PYSEC))})
    (finding,) = check(component("npm:holey@1.0.0"), corpus)
    assert finding.message == "holey 1.0.0 has a known vulnerability (GHSA-aaaa, also CVE-2020-1, PYSEC-2020-1)"
    assert finding.evidence == ("GHSA-aaaa", "it is bad")
    assert finding.remediation == "upgrade to 1.2.0 or later"
    assert finding.references == ("https://example.invalid/GHSA-aaaa", "https://example.invalid/PYSEC-2020-1")


@pytest.mark.parametrize(
    ("ecosystem", "fixes", "told"),
    [
        ("npm", ("1.2.0", "1.10.0"), "1.10.0"),
        ("npm", ("1.10.0", "1.2.0"), "1.10.0"),
        ("npm", (None, "1.2.0"), "1.2.0"),
        ("npm", ("2.0.0-rc.2", "2.0.0"), "2.0.0"),
        ("npm", ("2.0.0-rc.2", "2.0.0-rc.10"), "2.0.0-rc.10"),
        ("npm", ("2.0.0-rc.2", "1.99.0"), "2.0.0-rc.2"),
        ("pypi", ("1.0", "1.0.post1"), "1.0.post1"),
        ("pypi", ("1.0.post1", "1.0.1"), "1.0.1"),
        ("pypi", ("2.0rc1", "2.0b2"), "2.0rc1"),
        ("pypi", ("2.0rc1", "2.0"), "2.0"),
        ("pypi", ("1!1.0", "2026.1"), "1!1.0"),
        ("pypi", ("1.0+cu118", "1.0"), "1.0+cu118"),
        ("pypi", ("odd", "1.0"), "1.0"),
        ("pypi", (None, None), None),
    ],
)
def test_the_fix_is_the_highest_of_the_united(
    ecosystem: Ecosystem, fixes: tuple[str | None, str | None], told: str | None
) -> None:
    found = tuple(match(record, fixed=fix) for record, fix in zip((GHSA, PYSEC), fixes, strict=True))
    (finding,) = check(component(f"{ecosystem}:holey@1.0.0"), ListedCorpus({(ecosystem, "holey", "1.0.0"): found}))
    assert finding.remediation.startswith(f"upgrade to {told} or later" if told else "no fixed version is recorded")


@given(
    st.lists(st.text(max_size=12) | st.from_regex(r"[0-9]+(\.[0-9]+)*(-?[a-z]+\.?[0-9]*)?", fullmatch=True), min_size=1)
)
def test_any_text_can_be_a_fix_and_their_order_does_not_matter(fixes: list[str]) -> None:
    found = [match(GHSA, fixed=fix) for fix in fixes]
    assert highest_fix(found) == highest_fix(found[::-1])


@pytest.mark.parametrize(
    ("states", "severity"),
    [
        (["undetermined"], "info"),
        (["undetermined", "undetermined"], "info"),
        (["undetermined", "affected"], "critical"),
    ],
)
def test_undetermined_is_said_and_certainty_beats_it(states: list[str], severity: str) -> None:
    records = [GHSA, PYSEC]
    found = tuple(match(record, state) for record, state in zip(records, states, strict=False))
    (finding,) = check(component("npm:holey@odd"), ListedCorpus({("npm", "holey", "odd"): found}))
    assert finding.severity == severity
    assert ("undetermined" in finding.message) == (severity == "info")


def test_a_declaration_without_a_version_is_not_matched() -> None:
    corpus = ListedCorpus({("npm", "holey", None): (match(GHSA),)})
    assert not list(check(component("npm:holey"), corpus))
