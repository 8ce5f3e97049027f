"""Every finding is about a component of this report or about the target itself, and stands at a place that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.purl import target_purl
from assay.scanner.rulings import hits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield findings and chains that point at nothing."""
    read = {file.path for file in context.inventory.files}
    known = {component.purl for component in report.components}
    subjects = known | {target_purl(context.inventory.name)}
    for finding in hits(report):
        if finding.purl not in subjects:
            yield f"{finding.rule} is about {finding.purl}, which is no component"
        if finding.location is None or finding.location.path not in read:
            yield f"{finding.rule} on {finding.purl} stands at a place that was not read"
        if not known.issuperset(finding.via):
            yield f"the chain to {finding.purl} names what is no component"
    if any(location.path not in read for component in report.components for location in component.locations):
        yield "a component is named by a file that was not read"
