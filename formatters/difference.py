"""The difference of two reports, as a person reads it and as canonical JSON of the schema ``assay.difference/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from assay.formatters.layout import BLANK, Line, Span, Style, count, field, package_label, paragraph, row, write
from assay.scanner.canonical import encode, short_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.formatters.options import RenderOptions
    from assay.scanner.difference import Difference, FindingChange, PackageChange

SCHEMA = "assay.difference/1"
_CAME, _WENT, _CHANGED = Span("+", "bad"), Span("-", "good"), Span("~", "medium")
_COLUMN = len("  because  ")
_SHOWN = 10
"""Pieces of evidence of one finding that are printed."""

_STYLES = frozenset({"critical", "high", "medium", "low", "info"})


def render_json(difference: Difference) -> str:
    """Return the difference as canonical JSON and a newline."""
    content = {
        "schema": SCHEMA,
        "same": difference.same,
        "before": difference.before,
        "after": difference.after,
        "causes": [{"name": cause.name, "detail": cause.detail} for cause in difference.causes],
        "findings": [_finding_document(change) for change in difference.findings],
        "packages": [
            {"package": change.package, "before": list(change.before), "after": list(change.after)}
            for change in difference.packages
        ],
        "components": [{"purl": item.purl, "fields": list(item.fields)} for item in difference.alterations],
        "gaps": {"came": list(difference.gaps_came), "went": list(difference.gaps_went)},
    }
    return encode(content) + "\n"


def _finding_document(change: FindingChange) -> dict[str, Any]:
    result: dict[str, Any] = {"causes": list(change.causes), "fields": list(change.fields)}
    if change.before is not None:
        result["before"] = change.before
    if change.after is not None:
        result["after"] = change.after
    return result


def render_table(difference: Difference, options: RenderOptions) -> str:
    """Return the difference as lines no wider than ``options.width``: what, then why, and last the verdict."""
    return write(_lines(difference, options), options)


def _lines(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    for section in (_findings, _packages, _alterations, _gaps, _causes):
        lines = list(section(difference, options))
        if lines:
            yield from lines
            yield BLANK
    yield from paragraph(_verdict(difference), options, style="good" if difference.same else "medium")


def _findings(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    if difference.findings:
        yield from paragraph("Findings", options, style="strong")
    for change in difference.findings:
        yield from _finding(change, options)


def _finding(change: FindingChange, options: RenderOptions) -> Iterator[Line]:
    finding = change.after or change.before or {}
    mark = _CHANGED if change.before and change.after else _CAME if change.after else _WENT
    severity = finding["severity"]
    style = cast("Style", severity) if severity in _STYLES else ""
    title = f"{severity.upper()} {finding['rule']} {package_label(finding['purl'])}"
    aside = " (waived)" if "waiver" in finding else " (suppressed)" if "suppression" in finding else ""
    yield from row(mark, title + aside, options, style=style)
    yield from field(Span("", "faint"), finding["message"], options, column=_COLUMN)
    for text in finding.get("evidence", ())[:_SHOWN] if not (change.before and change.after) else ():
        yield from field(Span("by", "faint"), text, options, column=_COLUMN)
    if change.before and change.after:
        for name in change.fields:
            text = f"{_shown(name, change.before)} -> {_shown(name, change.after)}"
            yield from field(Span("was", "faint"), f"{name} {text}", options, column=_COLUMN)
    if change.causes:
        yield from field(Span("because", "faint"), " or ".join(change.causes), options, column=_COLUMN)


def _shown(name: str, finding: Mapping[str, Any]) -> str:
    value = finding.get(name)
    if value is None:
        return "none"
    return package_label(value) if name == "purl" and isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else encode(value)


def _packages(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    if difference.packages:
        yield from paragraph("Components", options, style="strong")
    for change in difference.packages:
        yield from row(_mark(change), _package(change), options)


def _mark(change: PackageChange) -> Span:
    if change.before and change.after:
        return _CHANGED
    return Span("+", "strong") if change.after else Span("-", "strong")


def _package(change: PackageChange) -> str:
    before, after = (", ".join(map(package_label, purls)) for purls in (change.before, change.after))
    return f"{before} -> {after}" if before and after else before or after


def _alterations(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    if difference.alterations:
        yield from paragraph("Same version, other facts", options, style="strong")
    for item in difference.alterations:
        yield from row(_CHANGED, f"{package_label(item.purl)}: {', '.join(item.fields)}", options)


def _gaps(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    if difference.gaps_came or difference.gaps_went:
        yield from paragraph("Not looked at", options, style="strong")
    for mark, gaps in ((_CAME, difference.gaps_came), (_WENT, difference.gaps_went)):
        for gap in gaps:
            yield from row(mark, f"{gap['path'] or 'the whole target'}: {gap['detail']} ({gap['reason']})", options)


def _causes(difference: Difference, options: RenderOptions) -> Iterator[Line]:
    if difference.causes:
        yield from paragraph("What the results rest on", options, style="strong")
    for cause in difference.causes:
        yield from row(_CHANGED, f"{cause.name}: {cause.detail}", options)


def _verdict(difference: Difference) -> str:
    if difference.same:
        return f"The same result, {short_digest(difference.after)}."
    came = sum(change.before is None for change in difference.findings)
    went = sum(change.after is None for change in difference.findings)
    changed = len(difference.findings) - came - went
    counts = f"{count(came, 'finding')} came, {went:,} went, {changed:,} changed"
    names = ", ".join(dict.fromkeys(cause.name for cause in difference.causes))
    return f"{counts}. Changed: {names}." if names else f"{counts}."
