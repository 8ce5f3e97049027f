"""Every pack that the report names was verified in this process, and there is at least one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Report


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield packs that nobody verified; a report without any pack found nothing because it knew nothing."""
    if not report.corpus:
        yield "no corpus"
    for pack in report.corpus:
        if pack not in context.verified:
            yield f"pack {pack.digest} of channel {pack.channel} was not verified"
