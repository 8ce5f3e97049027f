"""A package is on the deny list.

Detects: a component that the invoker's policy or an organisation's pack denies, by name and version range.
Why: an organisation knows of packages that it must not use, for reasons that no public list has.
Misses: nothing that is listed; a range that cannot be compared with the component's version counts as a match.
Fix: remove the package, or ask the owner of the list. No allow entry and no waiver overrides a deny entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.identity import label
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component


def check(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each deny entry that covers the component, wherever it comes from."""
    for entry in corpus.denied(subject.ecosystem, subject.name, subject.version):
        yield Finding(
            rule="DENY-001",
            severity=Severity.CRITICAL,
            confidence=Confidence.EXACT,
            purl=subject.purl,
            message=f"{label(subject)} is on the deny list",
            evidence=tuple(filter(None, (f"{entry.name} {entry.versions}", entry.reason, f"listed by {entry.source}"))),
            remediation="remove the package, or ask the owner of the list",
        )


RULE = Rule(
    id="DENY-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.CRITICAL,),
    vectors=("banned-package",),
    of_mentioned=True,
)
