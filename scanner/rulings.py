"""What the invoker's policy and rules file made of findings: nouns that stand in the report beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from assay.scanner.models import Finding, Report, Severity


class Waiver(NamedTuple):
    """Why a finding does not count: whose list says so, its reason, and until when (YYYY-MM-DD, "" for no end)."""

    source: str
    reason: str
    expires: str = ""


class WaivedFinding(NamedTuple):
    """A finding that the policy sets aside. It stays in the report and is counted apart."""

    finding: Finding
    waiver: Waiver


class Verdict(NamedTuple):
    """What a package's worst finding makes of it: score in 0…1, outcome BLOCKED, WARNED or SAFE."""

    purl: str
    score: float
    outcome: Literal["BLOCKED", "WARNED", "SAFE"]


class EntryName(NamedTuple):
    """An entry of the rules file: where it stands (``rules[2]``, from 0), and the name and reason it gives, or ""."""

    place: str
    name: str = ""
    reason: str = ""

    @property
    def label(self) -> str:
        """``rules[2]``, and its name in brackets if it has one."""
        return f"{self.place} ({self.name})" if self.name else self.place


class Adjustment(NamedTuple):
    """The severity that the rule gave a finding before an entry set another one."""

    severity: Severity
    by: EntryName


class Note(NamedTuple):
    """What the invoker remarks on a finding."""

    text: str
    by: EntryName


class SuppressedFinding(NamedTuple):
    """A finding that an entry hides. It stays in the report and is counted apart."""

    finding: Finding
    by: EntryName


class RulesUse(NamedTuple):
    """How a rules file fared: its number of entries, those that no finding met, and those that were refused one.

    ``refused`` are entries that would have hidden or lowered malware that they do not name, or a denied package.
    """

    entries: int
    unused: tuple[EntryName, ...] = ()
    refused: tuple[EntryName, ...] = ()


def hits(report: Report) -> list[Finding]:
    """Return every finding of a report, those that count and those that are waived or suppressed."""
    waived = (each.finding for each in report.waived)
    return [*report.findings, *waived, *(each.finding for each in report.suppressed)]
