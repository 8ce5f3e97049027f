import pytest

from assay.rules.ioc_001_indicator import check
from assay.scanner.knowledge import Indicator, IndicatorKind
from assay.scanner.models import Source
from tests.listed_corpus import ListedCorpus, component

CORPUS = ListedCorpus(
    listed={
        ("npm", "chalk", "5.6.1"): (
            Indicator(IndicatorKind.PACKAGE, "npm:chalk", "5.6.1", "a list", "https://example.invalid/", "x"),
        )
    }
)


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
