"""A file is a blob and what unpacks and runs it.

Detects: a file of which at least half is encoded or random text, and that makes code of it (`exec`, `eval`,
    `compile`), whatever lies between; one that does nothing but hand a large blob to a call, as the runtimes of
    obfuscators want it: HIGH where the file runs at install, at startup or on import, else MEDIUM. A blob that is
    executed among other code: MEDIUM.
Why: a packer leaves nothing of the program but a string. No build of an open library needs that; what it protects is
    hidden from whoever reviews it.
Misses: blobs put together from pieces of less than 256 characters, read from another file or fetched (ENC-001 and
    FETCH-001 follow these); packers of other languages.
Fix: ask for the source that was packed; unpack it only where nothing can be harmed.
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
    "packed:whole": Grade("is packed: a file unpacks and runs what it carries as text", Severity.HIGH, Severity.MEDIUM),
    "packed:stub": Grade("is packed: a file only hands a blob to a runtime", Severity.HIGH, Severity.MEDIUM),
    "packed:part": Grade("runs code that it carries as encoded text", Severity.MEDIUM, Severity.MEDIUM),
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    yield from findings_of(subject, "OBFS-002", _GRADES, "ask for the source that was packed")


RULE = Rule(
    id="OBFS-002",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
