"""Each guard lets a sound report through and stops a report with one planted defect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.rules.catalogue import ALL
from assay.scanner.engine import scan
from assay.scanner.errors import GuardError
from assay.scanner.guards import ALL as GUARDS
from assay.scanner.guards import Context, enforce
from assay.scanner.models import Gap, Location, Report
from assay.scanner.policy import Policy
from assay.scanner.requirement import admits
from assay.scanner.rulings import EntryName, SuppressedFinding
from tests.listed_corpus import PACK, component
from tests.test_engine import CORPUS, TOOL, inventory

if TYPE_CHECKING:
    from collections.abc import Callable

INVENTORY = inventory(
    component("npm:evil@1.0.0"),
    component("npm:holey@1.0.0"),
    component("npm:fine@1.0.0"),
    gaps=(Gap("lock", "syntax", "not valid JSON"),),
)
HOSTILE = "/home/someone/project/lock"
CONTEXT = Context(INVENTORY, (PACK,), ("/home/someone/project",))


def sound() -> Report:
    return scan(INVENTORY, CORPUS, ALL, tool=TOOL, policy=Policy(), admits=admits)


def with_first(report: Report, **changes: object) -> Report:
    first, *rest = report.findings
    return report._replace(findings=(first._replace(**changes), *rest))  # type: ignore[arg-type]


def suppressed(report: Report) -> tuple[SuppressedFinding, ...]:
    return tuple(SuppressedFinding(finding, EntryName("rules[0]", "", "why")) for finding in report.findings)


def test_a_sound_report_passes() -> None:
    enforce(sound(), CONTEXT)


DEFECTS: list[tuple[str, str, Callable[[Report], Report]]] = [
    ("order", "findings turned round", lambda r: r._replace(findings=r.findings[::-1])),
    ("order", "components turned round", lambda r: r._replace(components=r.components[::-1])),
    ("order", "verdicts turned round", lambda r: r._replace(verdicts=r.verdicts[::-1])),
    (
        "order",
        "the order of a set in a component",
        lambda r: r._replace(components=(r.components[0]._replace(hashes=("b", "a")), *r.components[1:])),
    ),
    ("unique", "a finding twice", lambda r: r._replace(findings=(r.findings[0], *r.findings))),
    ("order", "suppressed findings turned round", lambda r: r._replace(suppressed=suppressed(r)[::-1], findings=())),
    ("unique", "a finding that is suppressed and counts", lambda r: r._replace(suppressed=suppressed(r))),
    ("unique", "no fingerprint", lambda r: with_first(r, fingerprint="")),
    ("locations", "a place that was not read", lambda r: with_first(r, location=Location("elsewhere", 1))),
    ("locations", "no place", lambda r: with_first(r, location=None)),
    ("locations", "a subject that is no component", lambda r: with_first(r, purl="pkg:npm/other@1")),
    ("locations", "a chain through nothing", lambda r: with_first(r, via=("pkg:npm/other@1",))),
    ("paths", "an absolute path", lambda r: with_first(r, location=Location("/home/someone/project/lock", 1))),
    ("paths", "a path out of the target", lambda r: with_first(r, location=Location("../lock", 1))),
    ("paths", "a Windows path", lambda r: with_first(r, location=Location("C:\\lock", 1))),
    ("paths", "a message with the target's path", lambda r: with_first(r, message="in /home/someone/project/lock")),
    ("paths", "a target name with a path", lambda r: r._replace(target_name="/home/someone/project")),
    (
        "paths",
        "an error of the system with a path",
        lambda r: r._replace(
            coverage=r.coverage._replace(gaps=(*r.coverage.gaps, Gap("x", "unreadable", f"EACCES: {HOSTILE}")))
        ),
    ),
    ("clock", "a time in a message", lambda r: with_first(r, message="seen at 2026-01-01T10:20:30Z")),
    ("clock", "a Unix time", lambda r: with_first(r, remediation="before 1790000000.25")),
    ("counts", "a file too many", lambda r: r._replace(coverage=r.coverage._replace(files=2))),
    ("counts", "a gap that went missing", lambda r: r._replace(coverage=r.coverage._replace(gaps=()))),
    ("counts", "a component that went missing", lambda r: r._replace(components=r.components[1:])),
    ("counts", "a verdict too few", lambda r: r._replace(verdicts=r.verdicts[1:])),
    ("corpus_verified", "a pack that nobody verified", lambda r: r._replace(corpus=(PACK._replace(seq=2),))),
    ("corpus_verified", "no corpus", lambda r: r._replace(corpus=())),
]


@pytest.mark.parametrize(
    ("guard", "defect", "plant"), DEFECTS, ids=[f"{guard}: {defect}" for guard, defect, _ in DEFECTS]
)
def test_a_planted_defect_is_stopped(guard: str, defect: str, plant: Callable[[Report], Report]) -> None:
    with pytest.raises(GuardError, match=f"{guard}: ") as stopped:
        enforce(plant(sound()), CONTEXT)
    assert stopped.value.exit_code == 4


def test_every_guard_has_a_defect_that_it_stops() -> None:
    assert {guard.__name__.rpartition(".")[2] for guard in GUARDS} == {guard for guard, _, _ in DEFECTS}


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(lambda r: with_first(r, remediation="upgrade to 0.0.0-1699999999 or later"), id="a version"),
        pytest.param(
            lambda r: with_first(r, message=f"evil {HOSTILE} is bad")._replace(
                components=(r.components[0]._replace(version=HOSTILE), *r.components[1:]),
            ),
            id="a version that is our path",
        ),
        pytest.param(
            lambda r: r._replace(
                coverage=r.coverage._replace(gaps=(*r.coverage.gaps, Gap("lock", "wrong-type", f"{HOSTILE}: no")))
            ),
            id="a key that is our path",
        ),
    ],
)
def test_nothing_that_an_input_says_holds_a_report_back(hostile: Callable[[Report], Report]) -> None:
    enforce(hostile(sound()), CONTEXT)


def test_a_project_may_bear_our_path_as_its_name_and_a_folder_that_of_a_drive() -> None:
    lock = INVENTORY.files[0]._replace(path="C:/lock")
    components = tuple(item._replace(locations=(Location("C:/lock", 1),)) for item in INVENTORY.components)
    named = INVENTORY._replace(name="/home/someone/project", files=(lock,), components=components)
    enforce(scan(named, CORPUS, ALL, tool=TOOL, policy=Policy(), admits=admits), CONTEXT._replace(inventory=named))


def test_what_comes_from_the_input_may_look_like_a_time_or_a_path() -> None:
    report = with_first(
        sound(), message="x 12:34:56 is bad", evidence=("advisory about 12:34:56", "/home/someone/project")
    )
    enforce(report, CONTEXT)
