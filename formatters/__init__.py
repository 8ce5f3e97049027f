"""The formats that a report can be written in, each a module of its own that is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from assay.formatters.options import RenderOptions
    from assay.scanner.models import Report, Rule

FORMATS = {
    "table": "assay.formatters.table",
    "json": "assay.formatters.json_report",
    "sarif": "assay.formatters.sarif",
    "cyclonedx": "assay.formatters.cyclonedx",
}
"""Name of each format, as ``--format`` takes it, and its module."""


class Formatter(Protocol):
    """What every formatter module offers."""

    def render(self, report: Report, options: RenderOptions, rules: tuple[Rule, ...] = ()) -> str:
        """Return the report as text that ends with one newline. ``rules`` is the catalogue, for titles and help."""
        ...


def load(name: str) -> Formatter:
    """Import the formatter called ``name``.

    Raises:
        UsageError: there is no such format.
    """
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; choose from {', '.join(FORMATS)}")
    return cast("Formatter", import_module(FORMATS[name]))
