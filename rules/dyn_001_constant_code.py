"""A package executes text that stands in its code.

Detects: ``exec``, ``eval`` and the like, called by their own names with text that is known. INFO: what it does is
    scanned like the rest of the code, and judged by the other rules.
Why: text that is executed is code that tools for reading, formatting and reviewing code pass over.
Misses: text that is known only in part (DYN-002, DYN-003); text that was decoded (ENC-001).
Fix: none is needed; write code as code where you can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import lowered
from assay.rules.execution import CONSTANT, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.execution import Run
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-001", subject, CONSTANT, "executes text that stands in its code", _judge)


def _judge(run: Run) -> Severity:
    return lowered(Severity.INFO, run.seen)


RULE = Rule(
    id="DYN-001",
    doc=__doc__ or "",
    severities=(Severity.INFO,),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.INFO}),
    check_package=check_package,
)
