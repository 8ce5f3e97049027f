"""No path of this machine is in the report: every path is relative to the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy
from assay.scanner.rulings import hits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.guards import Context
    from assay.scanner.models import Component, Finding, Report

_ROOTED = lazy(r"/|\.\.(?:/|\Z)")
_WINDOWS = lazy(r"[A-Za-z]:[\\/]|\\\\")
_SHORTEST_TELLING = 4
_FROM_THE_DISK = frozenset(
    {"unreadable", "not-a-regular-file", "link-outside", "too-large", "timeout", "too-many-files"}
)
"""Reasons of gaps noted where the disk is read. Parsers know no path of this machine, but quote what they read."""


def check(report: Report, context: Context) -> Iterator[str]:
    """Yield paths that are not relative, and text of assay's own that quotes a private path.

    Text that comes from the target is left alone, wherever it stands: a lockfile may well name absolute paths, and
    whoever writes it may guess ours.
    """
    yield from _paths(report, context)
    if report.target_name != context.inventory.name:
        yield "the target has another name than was read, perhaps its path"
    components = {component.purl: component for component in report.components}
    details = [gap.detail for gap in report.coverage.gaps if gap.reason in _FROM_THE_DISK]
    for private in context.private:
        if len(private) < _SHORTEST_TELLING:
            continue
        for finding in hits(report):
            texts = (finding.message, finding.remediation, *finding.trace)
            if any(private in text for text in texts) and _is_own(private, finding, components.get(finding.purl)):
                yield "a message quotes a path of this machine"
        if any(private in detail for detail in details):
            yield "a gap quotes a path of this machine"


def _paths(report: Report, context: Context) -> Iterator[str]:
    read = {file.path for file in context.inventory.files}
    named = {finding.location.path for finding in hits(report) if finding.location}
    named.update(location.path for component in report.components for location in component.locations)
    places = sorted(named)
    for path in (*places, *(gap.path for gap in report.coverage.gaps)):
        if _ROOTED.match(path):
            yield f"{path!r} is not relative to the target"
    for path in places:
        if _WINDOWS.match(path) and path not in read:
            yield f"{path!r} is not relative to the target"


def _is_own(private: str, finding: Finding, subject: Component | None) -> bool:
    """Say whether a path stands in what a finding says without repeating its evidence or its component."""
    given = [finding.purl, *finding.evidence, *((subject.name, subject.version) if subject else ())]
    texts = [finding.message, finding.remediation, *finding.trace]
    for part in filter(None, given):
        texts = [text.replace(part, "\0") for text in texts]
    return any(private in text for text in texts)
