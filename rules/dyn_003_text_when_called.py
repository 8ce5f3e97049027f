"""A package can execute text that is not known.

Detects: ``exec``, ``eval`` and the like on text that is made or read while the program runs, in a function that
    somebody has to call. INFO: consoles, templates, notebooks and test runners do this for a living. MEDIUM in decoded
    code.
Why: whoever provides the text decides what it does.
Misses: whether the caller lets a stranger provide the text; the same without being asked (DYN-002); text from the
    network (FETCH-001).
Fix: none is needed unless the text can come from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import capability
from assay.rules.execution import TEXT, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.execution import Run
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-003", subject, TEXT, "can execute text that is not known", _judge)


def _judge(run: Run) -> Severity:
    return capability(run.seen)


RULE = Rule(
    id="DYN-003",
    doc=__doc__ or "",
    severities=(Severity.MEDIUM, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.INFO}),
    check_package=check_package,
)
