"""Blanks carry data.

Detects: runs of at least 64 blanks in which blanks of several sorts take turns at least 48 times in a file, or 48
    lines that end in different mixtures of blanks and tabs: HIGH where the file runs at install, at startup or on
    import and they take turns 256 times or more, else MEDIUM.
Why: blanks as bits are a way to carry a payload past every reader and every search for encoded text.
Misses: blanks of one sort whose number is the data; shorter runs.
Fix: show the blanks, and report the package.
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
    "blanks:data": Grade("carries data in blanks", Severity.HIGH, Severity.MEDIUM, least=256),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-006", _GRADES, "show the blanks in an editor")


RULE = Rule(
    id="OBFS-006",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
