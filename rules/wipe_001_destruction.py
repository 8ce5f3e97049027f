"""What users own is destroyed: homes, drives and systems deleted, formatted or encrypted.

Detects: homes, drives, folders of the system and those that users keep their files in, given to functions that delete,
    or walked while what is found is deleted or encrypted and written back; commands that delete or format such places
    or remove the copies that a system keeps. When called HIGH, on import HIGH, at install or startup CRITICAL, in code
    that exists only after decoding CRITICAL. Commands that delete all that lies in the current folder count, and so do
    files found in it, or above it, that are deleted or overwritten with a fixed text unasked.
Why: there is no innocent reason for a package to delete a whole home, and no way back.
Misses: paths that come from elsewhere; single files of value; native code.
Fix: do not install it; restore from a copy that the machine could not reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import chain, code_of, finding
from assay.rules.chains import listed
from assay.rules.destroyed import destroyed
from assay.rules.identity import label_of
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.destroyed import Destroyed
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that destroys what users own."""
    code = code_of(subject)
    if code.facts is None:
        return
    groups: dict[tuple[str, str], list[Destroyed]] = {}
    for one in destroyed(code):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        first = min(some, key=lambda one: (chain(one.seen).rank, one.seen.place))
        yield finding(
            "WIPE-001",
            subject,
            first.seen,
            chain(first.seen),
            f"{label_of(subject.purl)} destroys what users own",
            listed(one.what for one in some),
            steps=first.steps,
            remediation="do not install it; restore what was lost from a copy elsewhere",
        )


RULE = Rule(
    id="WIPE-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("destruction",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
