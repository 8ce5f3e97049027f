"""No fingerprint, purl or file stands twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assay.scanner.rulings import hits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield what stands twice."""
    found = hits(report)
    for name, values in (
        ("fingerprint", [finding.fingerprint for finding in found]),
        ("component", [component.purl for component in report.components]),
        ("file", [file.path for file in context.inventory.files]),
    ):
        if len(set(values)) != len(values):
            yield f"{name} {Counter(values).most_common(1)[0][0]} stands twice"
    if any(not finding.fingerprint for finding in found):
        yield "a finding has no fingerprint"
