import pytest

from assay.rules.look_alikes import look_alikes
from assay.rules.typo_001_look_alike import check
from assay.scanner.models import Ecosystem, Source
from tests.listed_corpus import ListedCorpus, component

NPM = {"express": 5, "lodash": 9, "react-dom": 20, "cross-env": 900, "@types/node": 3, "commander": 7, "ms": 2}
NPM |= {"preact": 800, "body-parser": 40, "@babel/core": 30, "minimist": 4999, "rarely-used": 6000, "webpack": 50}
PYPI = {"requests": 3, "python-dateutil": 12, "numpy": 20, "pandas": 21, "colorama": 900, "jellyfish": 1500}
CORPUS = ListedCorpus(ranks={"npm": NPM, "pypi": PYPI}, own=frozenset({("pypi", "reqests")}))


@pytest.mark.parametrize(
    ("text", "severity", "target"),
    [
        # one edit
        ("pypi:request", "medium", "requests"),
        ("pypi:reqeusts", "medium", "requests"),
        ("pypi:requestss", "medium", "requests"),
        ("pypi:rebuests", "medium", "requests"),
        ("pypi:colourama", "medium", "colorama"),
        ("pypi:jeilyfish", "low", "jellyfish"),
        ("npm:expres", "low", "express"),
        ("npm:minimits", "info", "minimist"),
        # separators, homoglyphs, words, scopes
        ("npm:reactdom", "low", "react-dom"),
        ("npm:react_dom", "low", "react-dom"),
        ("npm:crossenv", "low", "cross-env"),
        ("pypi:pythondateutil", "medium", "python-dateutil"),
        ("npm:comrnander", "low", "commander"),
        ("npm:vvebpack", "low", "webpack"),
        ("npm:1odash", "low", "lodash"),
        ("pypi:c0l0rama", "medium", "colorama"),
        ("npm:parser-body", "low", "body-parser"),
        ("pypi:dateutil-python", "medium", "python-dateutil"),
        ("npm:types-node", "low", "@types/node"),
        ("npm:babel-core", "low", "@babel/core"),
    ],
)
def test_look_alike(text: str, severity: str, target: str) -> None:
    (finding,) = check(component(text), CORPUS)
    assert (finding.severity, finding.evidence) == (severity, (f"{component(text).name} ~ {target}",))


@pytest.mark.parametrize(
    "text",
    [
        "npm:preact",  # one edit from react, but popular itself
        "npm:mss",  # names of three or four letters
        "npm:ms2",
        "npm:co",
        "npm:@types/nodes",  # only the scope's owner can publish there
        "npm:rarely-usd",  # beyond the ranks that count
        "npm:expressions",  # more than one edit
        "npm:lodash-utils",  # an added word is nearly always innocent
        "npm:dom-react-x",
        "pypi:reqests",  # the invoker's own name
        "pypi:nump",  # four letters
        "pypi:panda3d",
    ],
)
def test_left_alone(text: str) -> None:
    assert not list(check(component(text), CORPUS))


@pytest.mark.parametrize("source", [Source.GIT, Source.FILE, Source.LINK, Source.WORKSPACE])
def test_only_names_from_a_registry_are_judged(source: Source) -> None:
    assert not list(check(component("pypi:request@1", source=source), CORPUS))


@pytest.mark.parametrize("ecosystem", ["npm", "pypi"])
@pytest.mark.parametrize("name", ["a" * 214, "", "@", "a/b", "ünïcode-name", "-----", "@/x", "a\x00bcdef"])
def test_any_name_is_stood(ecosystem: Ecosystem, name: str) -> None:
    assert isinstance(look_alikes(ecosystem, name), list)
    assert not list(check(component(f"{ecosystem}:{name}"), ListedCorpus()))
