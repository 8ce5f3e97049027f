from __future__ import annotations

import pytest

from assay.rules.defanged import defanged
from assay.rules.ioc_001_indicator import check, check_file
from assay.scanner.knowledge import Indicator, IndicatorKind, Observable
from assay.scanner.models import Location, Sighting, Source, SourceFile
from tests.listed_corpus import ListedCorpus, component


def listed(kind: IndicatorKind, value: str, versions: str = "", reason: str = "", source: str = "a list") -> Indicator:
    return Indicator(kind, value, versions, source, "https://example.invalid/", "x", reason)


CORPUS = ListedCorpus(
    listed={
        ("npm", "chalk", "5.6.1"): (listed(IndicatorKind.PACKAGE, "npm:chalk", "5.6.1"),),
        ("npm", "range", "1.5.0"): (listed(IndicatorKind.PACKAGE, "npm:range", ">=1 <2", "a stolen token"),),
        ("npm", "every", "7.0.0"): (listed(IndicatorKind.PACKAGE, "npm:every", "*"),),
    },
    seen=(
        listed(IndicatorKind.FILE, "ab" * 32, reason="the stealer's bundle"),
        listed(IndicatorKind.DOMAIN, "evil.example"),
        listed(IndicatorKind.DOMAIN, "evil.example", source="other", reason="where tokens went"),
        listed(IndicatorKind.URL, "https://evil.example/x.y"),
        listed(IndicatorKind.EMAIL, "thief@evil.example"),
        listed(IndicatorKind.STRING, "Bow to the worm"),
    ),
)
PACKAGE = "pkg:npm/%40s/left@1.0.0"
OWN = "pkg:generic/app"


@pytest.mark.parametrize(
    ("text", "source", "hit"),
    [
        ("npm:chalk@5.6.1", Source.REGISTRY, True),
        ("npm:chalk@5.6.1", Source.URL, True),
        ("npm:chalk@5.6.0", Source.REGISTRY, False),
        ("npm:chalk@5.6.2", Source.REGISTRY, False),
        ("npm:chalk", Source.REGISTRY, False),
        ("npm:Chalk@5.6.1", Source.REGISTRY, False),
        ("pypi:chalk@5.6.1", Source.REGISTRY, False),
        ("npm:chalk@5.6.1", Source.WORKSPACE, False),
    ],
)
def test_indicator(text: str, source: Source, *, hit: bool) -> None:
    found = list(check(component(text, source=source), CORPUS))
    assert [finding.severity for finding in found] == (["critical"] if hit else [])
    assert all(finding.message == "chalk 5.6.1 is listed as compromised" for finding in found)


@pytest.mark.parametrize(
    ("text", "message", "evidence"),
    [
        (
            "npm:range@1.5.0",
            "range 1.5.0 is listed as compromised (versions >=1 <2)",
            ("npm:range", "versions >=1 <2", "listed by a list", "a stolen token"),
        ),
        (
            "npm:every@7.0.0",
            "every 7.0.0 is listed as compromised (all versions)",
            ("npm:every", "all versions", "listed by a list"),
        ),
        ("npm:chalk@5.6.1", "chalk 5.6.1 is listed as compromised", ("npm:chalk", "listed by a list")),
    ],
)
def test_a_range_is_named_with_its_reason(text: str, message: str, evidence: tuple[str, ...]) -> None:
    (finding,) = check(component(text), CORPUS)
    assert (finding.message, finding.evidence) == (message, evidence)


def seen(kind: IndicatorKind, value: str) -> SourceFile:
    """Return a file of a package in which something was sighted; of kind FILE the file that has this hash."""
    if kind is IndicatorKind.FILE:
        return SourceFile("dir/x.js", PACKAGE, value)
    return SourceFile("dir/x.js", PACKAGE, "00" * 32, (Sighting("dir/x.js", 3, 7, Observable(kind, value)),))


FILES = [
    (IndicatorKind.FILE, "ab" * 32, "critical", "high", "is listed as compromised", f"file {'ab' * 32}"),
    (IndicatorKind.DOMAIN, "evil.example", "high", "medium", "holds a listed domain", "domain evil[.]example"),
    (
        *(IndicatorKind.URL, "https://evil.example/x.y", "high", "medium", "holds a listed URL"),
        "url hxxps://evil[.]example/x.y",
    ),
    (
        *(IndicatorKind.EMAIL, "thief@evil.example", "medium", "low", "holds a listed e-mail address"),
        "email thief[@]evil[.]example",
    ),
    (IndicatorKind.STRING, "Bow to the worm", "high", "medium", "holds a listed text", "string Bow to the worm"),
]


@pytest.mark.parametrize(("kind", "value", "installed", "own", "what", "evidence"), FILES)
def test_a_file(kind: IndicatorKind, value: str, installed: str, own: str, what: str, evidence: str) -> None:
    subject = seen(kind, value)
    (finding,) = check_file(subject, CORPUS)
    assert (finding.severity, finding.purl) == (installed, PACKAGE)
    assert finding.message == f"a file of @s/left 1.0.0 {what}"
    assert finding.evidence[:2] == (evidence, "listed by a list")
    place = Location("dir/x.js") if kind is IndicatorKind.FILE else Location("dir/x.js", 3, 7)
    assert finding.location == place
    (finding,) = check_file(subject._replace(owner=OWN), CORPUS)
    assert (finding.severity, finding.purl) == (own, OWN)
    assert finding.message == f"a file of the target itself {what}"


@pytest.mark.parametrize("folder", ["node_modules", "lib/site-packages", "x/dist-packages"])
def test_a_file_among_installed_packages_weighs_as_theirs_whoever_it_belongs_to(folder: str) -> None:
    subject = seen(IndicatorKind.DOMAIN, "evil.example")._replace(owner=OWN)
    (finding,) = check_file(subject._replace(path=f"{folder}/x.pth"), CORPUS)
    assert finding.severity == "high"
    (finding,) = check_file(subject._replace(path=f"{folder}-like/x.pth"), CORPUS)
    assert finding.severity == "medium"


def test_all_lists_that_name_a_value_are_told_in_one_finding() -> None:
    (finding,) = check_file(seen(IndicatorKind.DOMAIN, "evil.example"), CORPUS)
    assert finding.evidence == ("domain evil[.]example", "listed by a list", "listed by other", "where tokens went")
    assert finding.references == ("https://example.invalid/",)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(IndicatorKind.FILE, "cd" * 32), (IndicatorKind.DOMAIN, "good.example"), (IndicatorKind.STRING, "evil.example")],
)
def test_what_no_list_names_is_no_finding(kind: IndicatorKind, value: str) -> None:
    assert list(check_file(seen(kind, value), CORPUS)) == []


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (IndicatorKind.DOMAIN, "a.b.example", "a[.]b[.]example"),
        (IndicatorKind.URL, "http://a.example:80", "hxxp://a[.]example:80"),
        (IndicatorKind.URL, "HTTPS://a.example/http://b.example", "hxxpS://a[.]example/http://b.example"),
        (IndicatorKind.URL, "ftp://a.example/x", "ftp://a[.]example/x"),
        (IndicatorKind.EMAIL, "x.y@a.example", "x[.]y[@]a[.]example"),
        (IndicatorKind.STRING, "a.b", "a.b"),
    ],
)
def test_defanged(kind: IndicatorKind, value: str, shown: str) -> None:
    assert defanged(kind, value) == shown
