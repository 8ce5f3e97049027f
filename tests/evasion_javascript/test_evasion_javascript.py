"""Bad JavaScript by every road, and good JavaScript that looks like it: what the rules make of whole packages.

Every case is read with all its files parsed; and as a scan reads it, which parses what the prefilter chooses: that must
give the same findings of MEDIUM and above, and no others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.evasion_javascript.case import MEDIUM, Case, Idiom, files_of, findings, package_of, speaking, told
from tests.evasion_javascript.constructs import CONSTRUCTS
from tests.evasion_javascript.evals import EVALS
from tests.evasion_javascript.handing import GOOD_HANDING, HANDING
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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.models import Finding

THEMES: dict[str, tuple[Case, ...]] = {
    "names": NAMES, "evals": EVALS, "strings": STRINGS, "layers": LAYERS, "obfuscators": OBFUSCATORS,
    "network": NETWORK, "sending": SENDING, "programs": PROGRAMS, "constructs": CONSTRUCTS,
    "handing": HANDING,
}  # fmt: skip
GOOD: dict[str, tuple[Idiom, ...]] = {
    "builds": BUILDS,
    "code": CODE,
    "programs": GOOD_PROGRAMS,
    "handing": GOOD_HANDING,
}
EVERYTHING: dict[str, tuple[Case | Idiom, ...]] = {**THEMES, **{f"good {theme}": GOOD[theme] for theme in GOOD}}


def counting(found: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """The findings that a user is shown by default, as rule, severity and place."""
    return sorted((one.rule, one.severity, str(one.location)) for one in found if one.severity.at_least(MEDIUM))


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
    pytest.param(case, id=f"{theme}: {case.name}")
    for theme, cases in EVERYTHING.items() for case in cases
])  # fmt: skip
def test_the_prefilter_makes_no_difference(case: Case | Idiom) -> None:
    files = files_of(case)
    every, chosen = (counting(findings(package_of(files, every=all_of_it))) for all_of_it in (True, False))
    assert chosen == every


def test_names_of_cases_are_told_apart() -> None:
    tables: list[tuple[Case | Idiom, ...]] = [*THEMES.values(), *GOOD.values()]
    for cases in tables:
        assert len({case.name for case in cases}) == len(cases)
