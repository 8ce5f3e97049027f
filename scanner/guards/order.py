"""Findings, components, verdicts and gaps stand in their total order, so that nothing but their content orders them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Finding, Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield the first pair of each list that is out of order."""
    lists = (
        ("findings", [_rank(finding) for finding in report.findings]),
        ("waived", [_rank(waived.finding) for waived in report.waived]),
        ("components", [component.purl for component in report.components]),
        ("verdicts", [verdict.purl for verdict in report.verdicts]),
        ("packs", [pack.channel for pack in report.corpus] if len(report.corpus) < 2 else []),
        ("unresolved", list(report.coverage.unresolved)),
        ("files", [file.path for file in context.inventory.files]),
        *((f"requires of {item.purl}", list(item.requires)) for item in report.components),
        *((f"scopes of {item.purl}", list(item.scopes)) for item in report.components),
        *((f"hashes of {item.purl}", list(item.hashes)) for item in report.components),
    )
    for name, keys in lists:
        if any(before > after for before, after in pairwise(keys)):  # type: ignore[operator]
            yield f"{name} are out of order"


def _rank(finding: Finding) -> tuple[int, str, str, str, int, int, str]:
    place = finding.location
    where = (place.path, place.line or 0, place.column or 0) if place else ("", 0, 0)
    return (finding.severity.rank, finding.rule, finding.purl, *where, finding.fingerprint)
