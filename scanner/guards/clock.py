"""No time of day is in the report: nothing in it may depend on when the scan ran."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy
from assay.scanner.rulings import hits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report

_TIME_OF_DAY = lazy(r"\d{1,2}:\d{2}:\d{2}|(?<![\w.+-])1[5-9]\d{8}(?:\.\d+|\b)", re.ASCII)
"""A Unix time stands alone; one within a version (``0.0.0-1699999999``) is how some publishers count."""


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield text of assay's own in which a clock time or a Unix time stands.

    What a message repeats of the component's name and version or of its evidence came from the input, not a clock.
    """
    for finding in hits(report):
        text = "\n".join((finding.message, finding.remediation, finding.trigger or "", *finding.trace))
        if _TIME_OF_DAY.search(text):
            given = " ".join((finding.purl, *finding.evidence))
            if any(found not in given for found in _TIME_OF_DAY.findall(text)):
                yield f"{finding.rule} on {finding.purl} tells a time"
    if any(_TIME_OF_DAY.search(text) for text in (report.tool.version, report.policy.partition(":")[0])):
        yield "the tool's own data tells a time"
