"""Bad code by every road, and good code that looks like it: what the rules make of whole packages.

Every case is read as a scan reads it, with the prefilter and without it; both must find the same.
"""

from __future__ import annotations

import pytest

from tests.evasion.case import Case, findings, package_of, told, worst
from tests.evasion.constructs import CONSTRUCTS
from tests.evasion.disguises import DISGUISES
from tests.evasion.handing import GOOD_HANDING, HANDING
from tests.evasion.innocent_builds import BUILDS
from tests.evasion.innocent_code import CODE
from tests.evasion.innocent_programs import GOOD_PROGRAMS
from tests.evasion.layers import LAYERS
from tests.evasion.names import NAMES
from tests.evasion.network import NETWORK
from tests.evasion.packing import PACKING
from tests.evasion.programs import PROGRAMS
from tests.evasion.strings import STRINGS

THEMES = {
    "names": NAMES, "strings": STRINGS, "layers": LAYERS, "constructs": CONSTRUCTS, "disguises": DISGUISES,
    "programs": PROGRAMS, "network": NETWORK, "packing": PACKING, "handing": HANDING,
}  # fmt: skip
GOOD = {"builds": BUILDS, "code": CODE, "programs": GOOD_PROGRAMS, "handing": GOOD_HANDING}


def parameters(themes: dict[str, tuple[Case, ...]]) -> list[object]:
    return [
        pytest.param(
            case,
            id=f"{theme}: {case.name}",
            marks=[pytest.mark.xfail(strict=True, reason=case.unseen)] if case.unseen else [],
        )
        for theme, cases in themes.items()
        for case in cases
    ]


@pytest.mark.parametrize("case", parameters(THEMES))
def test_what_is_bad_is_seen(case: Case) -> None:
    found = findings(package_of(case, every=True))
    most = worst(found)
    assert most is not None, "nothing"
    assert most.at_least(case.worst), told(found)
    assert not case.family or case.family in {each.rule.partition("-")[0] for each in found}, told(found)


@pytest.mark.parametrize("case", parameters(GOOD))
def test_what_is_good_is_left_alone(case: Case) -> None:
    found = [each for each in findings(package_of(case, every=True)) if each.severity.at_least(case.worst)]
    assert not found, told(found)


@pytest.mark.parametrize("case", [
    pytest.param(case, id=f"{theme}: {case.name}")
    for theme, cases in (THEMES | GOOD).items() for case in cases
])  # fmt: skip
def test_the_prefilter_loses_nothing(case: Case) -> None:
    assert findings(package_of(case, every=False)) == findings(package_of(case, every=True))


def test_names_of_cases_are_told_apart() -> None:
    for cases in (*THEMES.values(), *GOOD.values()):
        assert len({case.name for case in cases}) == len(cases)
