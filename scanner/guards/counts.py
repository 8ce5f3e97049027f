"""What the coverage counts is what was read, and every verdict follows from the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield counts that do not add up."""
    inventory, coverage = context.inventory, report.coverage
    for name, said, counted in (
        ("files", coverage.files, len(inventory.files)),
        ("bytes", coverage.bytes, sum(file.size for file in inventory.files)),
        ("components", coverage.components, len(report.components)),
        ("components", len(report.components), len(inventory.components)),
        ("packages", coverage.packages, inventory.packages),
        ("unresolved", len(coverage.unresolved), sum(item.unresolved for item in inventory.components)),
    ):
        if said != counted:
            yield f"{name}: {said} reported, {counted} counted"
    if not set(inventory.gaps) <= set(coverage.gaps):
        yield "a gap is missing from the coverage"
    if {verdict.purl for verdict in report.verdicts} != {finding.purl for finding in report.findings}:
        yield "verdicts and findings are not about the same packages"
