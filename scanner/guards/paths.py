"""No path of this machine is in the report: every path is relative to the target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report

_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\|\.\.(?:/|\Z)")
_SHORTEST_TELLING = 4


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield paths that are not relative, and text of assay's own that quotes a private path.

    Text that comes from the target (evidence, URLs) is left alone: a lockfile may well name absolute paths.
    """
    hits = [*report.findings, *(waived.finding for waived in report.waived)]
    places = [finding.location.path for finding in hits if finding.location]
    places += [location.path for component in report.components for location in component.locations]
    places += [gap.path for gap in report.coverage.gaps]
    for path in places:
        if _ABSOLUTE.match(path):
            yield f"{path!r} is not relative to the target"
    own = [text for finding in hits for text in (finding.message, finding.remediation, *finding.trace)]
    own += [gap.detail for gap in report.coverage.gaps]
    own.append(report.target_name)
    for private in context.private:
        if len(private) >= _SHORTEST_TELLING and any(private in text for text in own):
            yield "a message quotes a path of this machine"
