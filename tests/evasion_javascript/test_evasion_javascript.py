"""Bad JavaScript by every road, and good JavaScript that looks like it: what the rules make of whole packages.

Every case is read with all its files parsed; and as a scan reads it, which parses what the prefilter chooses: that must
be enough for all that is HIGH. A capability that is MEDIUM alone does not make a scan parse a file.
"""

from __future__ import annotations

import pytest

from tests.evasion_javascript.case import HIGH, Case, Idiom, files_of, findings, package_of, speaking, told
from tests.evasion_javascript.constructs import CONSTRUCTS
from tests.evasion_javascript.evals import EVALS
from tests.evasion_javascript.innocent_builds import BUILDS
from tests.evasion_javascript.innocent_code import CODE
from tests.evasion_javascript.innocent_programs import GOOD_PROGRAMS
from tests.evasion_javascript.layers import LAYERS
from tests.evasion_javascript.names import NAMES
from tests.evasion_javascript.network import NETWORK
from tests.evasion_javascript.obfuscators import OBFUSCATORS
from tests.evasion_javascript.programs import PROGRAMS
from tests.evasion_javascript.sending import SENDING
from tests.evasion_javascript.strings import STRINGS

THEMES = {
    "names": NAMES, "evals": EVALS, "strings": STRINGS, "layers": LAYERS, "obfuscators": OBFUSCATORS,
    "network": NETWORK, "sending": SENDING, "programs": PROGRAMS, "constructs": CONSTRUCTS,
}  # fmt: skip
UNCHOSEN = frozenset(
    {
        *("an address in base64", "a table of strings, each under a key of its own", "to a repository"),
        *("a unit of systemd", "files that are overwritten"),
    }
)
_UNCHOSEN_REASON = "the prefilter does not choose the file: each of its words is common alone"
GOOD = {"builds": BUILDS, "code": CODE, "programs": GOOD_PROGRAMS}


@pytest.mark.parametrize("case", [
    pytest.param(
        case,
        id=f"{theme}: {case.name}",
        marks=[pytest.mark.xfail(strict=True, reason=case.unseen)] if case.unseen else [],
    )
    for theme, cases in THEMES.items() for case in cases
])  # fmt: skip
def test_what_is_bad_is_seen(case: Case) -> None:
    found = findings(package_of(files_of(case)))
    loud = [each for each in speaking(found, case.rule) if each.severity.at_least(case.worst)]
    assert loud, told(found)


@pytest.mark.parametrize("idiom", [
    pytest.param(idiom, id=f"{theme}: {idiom.name}") for theme, idioms in GOOD.items() for idiom in idioms
])  # fmt: skip
def test_what_is_good_is_left_alone(idiom: Idiom) -> None:
    found = [each for each in findings(package_of(files_of(idiom))) if each.severity.at_least(idiom.below)]
    assert not found, told(found)


@pytest.mark.parametrize("case", [
    pytest.param(
        case,
        id=f"{theme}: {case.name}",
        marks=[pytest.mark.xfail(strict=True, reason=_UNCHOSEN_REASON)] if case.name in UNCHOSEN else [],
    )
    for theme, cases in THEMES.items() for case in cases if case.worst.at_least(HIGH) and not case.unseen
])  # fmt: skip
def test_the_prefilter_chooses_what_is_bad(case: Case) -> None:
    found = findings(package_of(files_of(case), every=False))
    assert [each for each in speaking(found, case.rule) if each.severity.at_least(case.worst)], told(found)


@pytest.mark.parametrize("idiom", [
    pytest.param(idiom, id=f"{theme}: {idiom.name}") for theme, idioms in GOOD.items() for idiom in idioms
])  # fmt: skip
def test_what_is_good_is_left_alone_in_a_scan(idiom: Idiom) -> None:
    found = findings(package_of(files_of(idiom), every=False))
    assert not [each for each in found if each.severity.at_least(idiom.below)], told(found)


def test_names_of_cases_are_told_apart() -> None:
    tables: list[tuple[Case | Idiom, ...]] = [*THEMES.values(), *GOOD.values()]
    for cases in tables:
        assert len({case.name for case in cases}) == len(cases)
