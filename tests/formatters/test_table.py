from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given

from assay.formatters import load
from assay.formatters.escape import cells, visible
from assay.formatters.options import RenderOptions
from assay.scanner.knowledge import Freshness
from assay.scanner.models import Gap, Location, Report, Severity
from assay.scanner.policy import Policy, exit_code
from tests.formatters.reports import (
    BUSY,
    CLEAN,
    FLATMAP,
    LODASH,
    MALWARE,
    NOTHING,
    PROTOTYPE,
    REGEX,
    REPORTS,
    report,
)
from tests.formatters.snapshots import assert_same_as_snapshot
from tests.formatters.texts import reports

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def render(shown: Report, width: int = 80, *, colour: bool = False, verbose: bool = False) -> str:
    return load("table").render(shown, RenderOptions(width, colour, verbose))


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_a_user_sees(name: str, width: int) -> None:
    text = render(REPORTS[name], width)
    assert max(map(cells, text.splitlines())) <= width
    assert_same_as_snapshot(f"table_{name}_{width}.txt", text)


def test_what_a_user_sees_with_verbose() -> None:
    assert_same_as_snapshot("table_busy_verbose.txt", render(BUSY, verbose=True))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_colour_adds_codes_and_nothing_else(name: str) -> None:
    coloured = render(REPORTS[name], colour=True)
    assert "\x1b[" in coloured
    stripped = [line.rstrip() for line in _ANSI.sub("", coloured).split("\n")]
    assert "\n".join(stripped) == render(REPORTS[name])


@given(reports())
def test_no_foreign_text_reaches_the_terminal_unescaped(shown: Report) -> None:
    text = render(shown, 60)
    lines = text.removesuffix("\n").split("\n")
    assert all(visible(line) == line for line in lines)
    assert all(cells(line) <= 60 for line in lines)


@given(reports())
def test_coloured_output_holds_only_our_own_codes(shown: Report) -> None:
    plain = _ANSI.sub("", render(shown, 60, colour=True))
    assert all(visible(line) == line for line in plain.removesuffix("\n").split("\n"))


@pytest.mark.parametrize(
    "forged", ["x" * 50 + " No findings in 9 components.", "a CRITICAL b@1 npm", "x " * 40 + "Found 0 critical"]
)
def test_foreign_text_cannot_pass_for_a_heading_or_the_verdict(forged: str) -> None:
    shown = BUSY._replace(
        target_name=forged,
        coverage=BUSY.coverage._replace(excluded=(forged,), gaps=(Gap(forged, "syntax", forged),)),
    )
    for width in range(40, 100):
        for line in render(shown, width).splitlines():
            assert not line.startswith(("No findings", "CRITICAL b", "Found 0"))


def test_the_verdict_is_the_last_line() -> None:
    assert render(CLEAN).splitlines()[-1] == "No findings in 1 component from 1 file."
    assert render(NOTHING).splitlines()[-1] == "Nothing to judge: no components in 0 files."
    assert (
        render(BUSY).splitlines()[-1]
        == "Found 2 critical, 1 medium in 2 of 7 components: 2 blocked; incomplete, 2 gaps."
    )


@pytest.mark.parametrize(
    ("freshness", "said"),
    [
        (Freshness(), ", freshness not evaluated"),
        (Freshness("2026-01-20"), ", fresh as of 2026-01-20"),
        (Freshness("2026-01-20", 1), ", fresh as of 2026-01-20, at most 1 day old"),
    ],
)
def test_the_corpus_line_says_how_fresh_it_is(freshness: Freshness, said: str) -> None:
    text = render(report(components=(LODASH,), freshness=freshness), 200)
    assert next(line for line in text.splitlines() if line.startswith("  corpus ")).endswith(said)


GAP = Gap("web/yarn.lock", "truncated", "cut off")
HIGHS = (MALWARE, PROTOTYPE._replace(severity=Severity.HIGH))


@pytest.mark.parametrize(
    ("shown", "least", "allowed", "last"),
    [
        (report(components=(LODASH,)), "high", False, "Passed: nothing at or above high in 1 component from 1 file."),
        (
            report(components=(LODASH,), findings=(REGEX,)),
            "high",
            False,
            "Passed: nothing at or above high in 1 component from 1 file; 1 finding below.",
        ),
        (
            report(components=(LODASH, FLATMAP), findings=(*HIGHS, REGEX)),
            "high",
            False,
            "Failed: 1 critical, 1 high in 2 of 2 components, at or above high; 1 finding below.",
        ),
        (
            report(components=(LODASH, FLATMAP), findings=(*HIGHS, REGEX), gaps=(GAP,)),
            "critical",
            False,
            "Failed: 1 critical in 1 of 2 components, at or above critical; 2 findings below; 1 gap.",
        ),
        (
            report(components=(LODASH,), findings=(REGEX,), gaps=(GAP,)),
            "medium",
            True,
            "Failed: 1 medium in 1 of 1 component, at or above medium; 1 gap.",
        ),
        (
            report(components=(LODASH,), gaps=(GAP, GAP)),
            "high",
            False,
            "Incomplete: nothing at or above high in 1 component from 1 file; 2 gaps.",
        ),
        (
            report(components=(LODASH,), gaps=(GAP,)),
            "high",
            True,
            "Passed: nothing at or above high in 1 component from 1 file; 1 gap allowed.",
        ),
        (report(), "high", False, "Passed: nothing to judge, no components in 1 file."),
        (
            report(findings=(MALWARE._replace(purl="pkg:generic/shop"),)),
            "high",
            False,
            "Failed: 1 critical in the target's own files, at or above high.",
        ),
    ],
)
def test_the_gate_ends_with_what_it_decided(shown: Report, least: str, allowed: bool, last: str) -> None:
    text = load("table").render(shown, RenderOptions(brief=Severity(least), allow_incomplete=allowed))
    assert text.splitlines()[-1] == last
    policy = Policy(fail_on=Severity(least), allow_incomplete=allowed)
    assert {"Passed": 0, "Failed": 1, "Incomplete": 3}[last.partition(":")[0]] == exit_code(shown, policy)


def test_a_gap_is_never_silent() -> None:
    text = render(report(components=(LODASH,), gaps=(Gap("web/yarn.lock", "truncated", "cut off"),)))
    assert "web/yarn.lock: cut off (truncated)" in text
    assert text.splitlines()[-1] == "No findings in 1 component from 1 file; incomplete, 1 gap."


def test_long_lists_say_how_much_they_leave_out() -> None:
    gaps = tuple(Gap(f"{number:03}.lock", "syntax", "broken") for number in range(50))
    places = tuple(Location("package-lock.json", number) for number in range(1, 40))
    shown = BUSY._replace(
        components=(FLATMAP._replace(locations=places),),
        coverage=BUSY.coverage._replace(gaps=gaps, unresolved=tuple(f"pkg:pypi/p{n}" for n in range(30))),
    )
    text = render(shown)
    assert "and 30 more; --verbose lists them" in text
    assert re.search(r"p19\s+and 10 more", text)
    assert "and 37 more" in text
    verbose = render(shown, verbose=True)
    assert "049.lock" in verbose
    assert "p29" in verbose
    assert "package-lock.json:39" in verbose


def test_a_pipe_does_not_pay_for_rich() -> None:
    program = (
        "import sys; from assay.formatters import load; load('table'); "
        "sys.exit(any(name.split('.')[0] == 'rich' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-I", "-c", program]).returncode == 0
