import pytest

from assay.rules.deny_001_deny_list import check
from assay.scanner.knowledge import Denial
from assay.scanner.models import Source
from tests.listed_corpus import ListedCorpus, component

CORPUS = ListedCorpus(denials={("npm", "left-pad"): (Denial("npm:left-pad", "*", "we pad ourselves", "policy"),)})


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize(
    ("text", "hit"), [("npm:left-pad@1.3.0", True), ("npm:right-pad@1.3.0", False), ("pypi:left-pad@1", False)]
)
def test_deny(text: str, source: Source, *, hit: bool) -> None:
    found = list(check(component(text, source=source), CORPUS))
    assert [finding.severity for finding in found] == (["critical"] if hit else [])
    assert all(finding.evidence[1] == "we pad ourselves" for finding in found)


def test_without_a_reason_none_is_given() -> None:
    corpus = ListedCorpus(denials={("npm", "left-pad"): (Denial("npm:left-pad", ">=1", "", "policy"),)})
    (finding,) = check(component("npm:left-pad@1.3.0"), corpus)
    assert finding.evidence == ("npm:left-pad >=1", "listed by policy")
