"""The code speaks to whoever reviews it.

Detects: a comment, docstring or string that nothing uses, which speaks to a reviewer, a scanner or a language model
    (or tells it to drop its instructions) and says what to find: HIGH in code, MEDIUM in comments that a rendered page
    or a bundled script does not show. One that only tells a model to ignore what it was told: LOW. In tests and
    documents two steps lower.
Why: code that is reviewed by models is written to be reviewed by models: nobody but an attacker needs to tell a
    reviewer that there is nothing to report.
Misses: words in other languages than English, in names, in strings that the code uses, encoded ones; prose of README
    files, which is meant to be read. Words behind a quotation mark are talked about, not said, and left alone.
Fix: review the package by hand, and disregard what it says of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.marked import Grade, findings_of
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_GRADES = {
    "reviewer:verdict": Grade("tells whoever reviews it what to find", Severity.HIGH, Severity.HIGH),
    "reviewer:hidden-verdict": Grade("tells whoever reviews it what to find", Severity.MEDIUM, Severity.MEDIUM),
    "reviewer:override": Grade("tells a model to ignore its instructions", Severity.LOW, Severity.LOW),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "COMM-001", _GRADES, "review the package by hand")


RULE = Rule(
    id="COMM-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("reviewer-addressed",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
