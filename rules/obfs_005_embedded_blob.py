"""A source file carries a large blob.

Detects: source files that are at least four fifths encoded or random text of 10,000 characters or more: HIGH at
    install or startup, where nothing needs it, else LOW. Text that begins as a native program does, as it is or in
    base64 or hexadecimal: MEDIUM. Other blobs of 4,000 characters or more: LOW.
Why: a payload that has to come along in a file of text is encoded; a build script has no use for one.
Misses: blobs below these sizes, among much code, or read from other files. Pictures, fonts, documents and certificates
    are told by how they begin and left alone.
Fix: find out what the blob is; have it shipped as a file of its own kind.
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
    "packed:carrier": Grade(
        "carries a blob that is most of a source file", Severity.LOW, Severity.LOW, at_once=Severity.HIGH
    ),
    "packed:program": Grade("carries a native program as text", Severity.MEDIUM, Severity.MEDIUM),
    "packed:blob": Grade("carries large encoded text", Severity.LOW, Severity.LOW),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-005", _GRADES, "find out what the blob is")


RULE = Rule(
    id="OBFS-005",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
