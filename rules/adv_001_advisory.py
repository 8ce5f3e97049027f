"""A package version has a known vulnerability.

Detects: a component whose version falls into the affected range or version list of an OSV advisory. Advisories that
    are aliases of one another become one finding. A version that cannot be compared with an advisory's bounds gives an
    INFO finding "undetermined".
Why: a published defect is the cheapest way into a program. The severity is the worst CVSS base score (2, 3 or 4) or
    label among the united advisories; where none states one it is MEDIUM.
Misses: defects that nobody published; whether the program reaches the defective code; code copied into another
    package. A package from a repository or a file is matched by the version it claims, with less confidence; a folder
    of the project itself is not matched.
Fix: upgrade to the fixed version that the finding names, the highest that the united advisories tell, or replace the
    package if there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.aliases import highest_fix, references, summary, unite
from assay.rules.identity import is_copied, is_public, label
from assay.scanner.knowledge import AdvisoryKind
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import AdvisoryMatch, CorpusView
    from assay.scanner.models import Component

_UNSTATED = Severity.MEDIUM
_PREFERRED = ("GHSA-", "PYSEC-", "CVE-")


def check(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each vulnerability, whatever number of advisories describe it."""
    if subject.version is None or not (is_public(subject) or is_copied(subject)):
        return
    matches = [
        match
        for match in corpus.advisories(subject.ecosystem, subject.name, subject.version)
        if match.advisory.kind is AdvisoryKind.VULNERABILITY
    ]
    for group in unite(matches, _PREFERRED):
        affected = [match for match in group if match.state == "affected"]
        yield _affected(subject, affected) if affected else _undetermined(subject, group)


def _ids(group: list[AdvisoryMatch]) -> tuple[str, ...]:
    first = group[0].advisory.id
    others = {name for match in group for name in (match.advisory.id, *match.advisory.aliases)} - {first}
    return (first, *sorted(others))


def _affected(subject: Component, group: list[AdvisoryMatch]) -> Finding:
    ids = _ids(group)
    stated = [match.advisory.severity for match in group if match.advisory.severity]
    fixed = highest_fix(group)
    also = f", also {', '.join(ids[1:4])}" if len(ids) > 1 else ""
    text = summary(group)
    return Finding(
        rule="ADV-001",
        severity=min(stated, key=lambda severity: severity.rank, default=_UNSTATED),
        confidence=Confidence.EXACT if is_public(subject) else Confidence.MEDIUM,
        purl=subject.purl,
        message=f"{label(subject)} has a known vulnerability ({ids[0]}{also})",
        evidence=(ids[0], text) if text else (ids[0],),
        remediation=f"upgrade to {fixed} or later" if fixed else "no fixed version is recorded; replace the package",
        references=references(group),
    )


def _undetermined(subject: Component, group: list[AdvisoryMatch]) -> Finding:
    ids = _ids(group)
    return Finding(
        rule="ADV-001",
        severity=Severity.INFO,
        confidence=Confidence.LOW,
        purl=subject.purl,
        message=f"{label(subject)} cannot be compared with the bounds of {ids[0]}: undetermined",
        evidence=(ids[0], "undetermined"),
        remediation="compare the version with the advisory by hand",
        references=references(group),
    )


RULE = Rule(
    id="ADV-001",
    doc=__doc__ or "",
    check=check,
    severities=tuple(Severity),
    vectors=("known-vulnerability",),
    of_mentioned=True,
)
