"""Characters in the code deceive whoever reads it.

Detects: names with unseen characters; names that pass for `exec`, `eval`, `subprocess` and the like in look-alike
    letters, or write them in letters that Python reads as ASCII; comments and strings with bidirectional controls that
    are not closed and turn code round: HIGH where the file runs at install, at startup or on import, else MEDIUM. 256
    or more unseen characters in a row of at least 32: the same; fewer, and other names in letters of another dress:
    MEDIUM. Names that mix scripts, and turned text without the look of code: LOW.
Why: the reader sees another program than the interpreter.
Misses: look-alikes outside Cyrillic, Greek, Armenian and phonetic letters; controls in files that are not source code.
    Names wholly in one script, emoji and right-to-left text whose controls are closed are left alone.
Fix: look at the file in an editor that shows such characters, and report the package.
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
    "unicode:unseen-name": Grade("has names with characters that nobody sees", Severity.HIGH, Severity.MEDIUM),
    "unicode:posing-name": Grade("has names that pass for others", Severity.HIGH, Severity.MEDIUM),
    "unicode:turned-code": Grade("turns the reading of its code round", Severity.HIGH, Severity.MEDIUM),
    "unicode:unseen-data": Grade(
        "carries data in characters that nobody sees", Severity.HIGH, Severity.MEDIUM, least=256
    ),
    "unicode:styled-name": Grade("writes names in letters that are read as others", Severity.MEDIUM, Severity.MEDIUM),
    "unicode:mixed-name": Grade("mixes look-alike letters of two scripts in a name", Severity.LOW, Severity.LOW),
    "unicode:turned-text": Grade("turns the reading of a text round", Severity.LOW, Severity.LOW),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-004", _GRADES, "look at it in an editor that shows such characters")


RULE = Rule(
    id="OBFS-004",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
