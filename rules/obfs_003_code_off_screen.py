"""Code stands where a screen does not show it.

Detects: a statement that begins more than 72 columns of blanks to the right of what stands before it on its line or of
    the block that it belongs to, and calls or imports something: HIGH where the file runs at install, at startup or on
    import, else MEDIUM. Statements that call nothing, and code below more than 150 empty lines: MEDIUM, LOW when
    called.
Why: whoever reads a change sees an innocent line. No formatter leaves such a gap and no person types it.
Misses: shorter gaps; lines that are long for other reasons; code in strings.
Fix: scroll to the right, read the statement, and report the package.
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
    "off-screen:call": Grade("has a statement that blanks push off the screen", Severity.HIGH, Severity.MEDIUM),
    "off-screen:runner": Grade(
        "runs code in a part of a line that blanks push off the screen", Severity.HIGH, Severity.MEDIUM
    ),
    "off-screen:code": Grade("has code that blanks push off the screen", Severity.MEDIUM, Severity.LOW),
    "off-screen:below": Grade("has code far below its visible end", Severity.MEDIUM, Severity.LOW),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-003", _GRADES, "read what stands to the right of the screen")


RULE = Rule(
    id="OBFS-003",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
