"""Findings, components, verdicts and gaps stand in their total order, so that nothing but their content orders them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.scanner.guards import Context
    from assay.scanner.models import Finding, Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield the first pair of each list that is out of order."""
    for name, keys in _lists(report, context):
        if any(before > after for before, after in pairwise(keys)):
            yield f"{name} are out of order"


def _lists(report: Report, context: Context) -> Iterator[tuple[str, Sequence[Any]]]:
    yield "findings", [_rank(finding) for finding in report.findings]
    yield "waived", [_rank(waived.finding) for waived in report.waived]
    yield "suppressed", [_rank(each.finding) for each in report.suppressed]
    yield "components", [component.purl for component in report.components]
    yield "verdicts", [verdict.purl for verdict in report.verdicts]
    yield "unresolved", report.coverage.unresolved
    yield "files", [file.path for file in context.inventory.files]
    for component in report.components:
        for values in (component.requires, component.scopes, component.hashes, component.licences, component.aliases):
            if len(values) > 1:
                yield f"the parts of {component.purl}", values


def _rank(finding: Finding) -> tuple[int, str, str, str, int, int, str]:
    place = finding.location
    where = (place.path, place.line or 0, place.column or 0) if place else ("", 0, 0)
    return (finding.severity.rank, finding.rule, finding.purl, *where, finding.fingerprint)
