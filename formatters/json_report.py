"""The report as one line of canonical JSON, schema ``assay.report/1``: the byte-identical artifact of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.canonical import write

if TYPE_CHECKING:
    from assay.formatters.options import RenderOptions
    from assay.scanner.models import Report, Rule


def render(report: Report, options: RenderOptions, rules: tuple[Rule, ...] = ()) -> str:  # noqa: ARG001 - one signature for all formats
    """Return the canonical document of the report and a newline."""
    return write(report)
