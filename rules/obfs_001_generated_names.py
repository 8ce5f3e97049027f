"""Names in the code were made by a generator so that nobody can read it.

Detects: identifiers that are hexadecimal numbers (`_0x3fa2`), that consist of letters that look alike (l, I and 1; O
    and 0; only underscores), or ideographs drawn from a whole block or in words of a length that nobody writes, where
    they are a good part of all names that a file binds: HIGH where the file runs at install, at startup or on import,
    else MEDIUM. Latin letters in no order: MEDIUM, LOW when called.
Why: renaming everything is the first thing that obfuscators do, and the last that a library which wants to be used
    does. What such code does may go past an evaluator; that it hides does not.
Misses: names taken from a list of words; fewer than five such names; scripts other than Python are judged by `_0x`
    names alone. Human names in any script use its common characters and are left alone.
Fix: do not use the version until its author publishes readable source.
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
    "names:numbered": Grade("names its variables by hexadecimal numbers", Severity.HIGH, Severity.MEDIUM),
    "names:alike": Grade("has names of letters that look alike", Severity.HIGH, Severity.MEDIUM),
    "names:drawn": Grade("has names drawn from a whole block of characters", Severity.HIGH, Severity.MEDIUM),
    "names:random": Grade("has names of letters in no order", Severity.MEDIUM, Severity.LOW),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-001", _GRADES, "compare with the source in its repository")


RULE = Rule(
    id="OBFS-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
