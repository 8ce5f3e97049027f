"""The report as a person reads it: what was found and what to do, what was not looked at, and last the verdict.

One block for each severity and package: where the package stands, the chain that brings it in, and each finding with
its evidence and its fix. The end of the output is what stays on a screen, so the verdict is the last line.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from assay.formatters.layout import (
    BLANK,
    DASH,
    INDENT,
    Line,
    Span,
    count,
    field,
    freshness_label,
    package_label,
    paragraph,
    row,
    waiver_label,
    write,
)
from assay.scanner.canonical import short_digest, summary
from assay.scanner.purl import is_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.formatters.options import RenderOptions
    from assay.scanner.models import Component, Coverage, Finding, Location, Report, Rule, Severity

_LISTED = 20
"""Gaps, findings set aside, unresolved names and places listed before "and n more"; all of them when verbose."""

_OWN_CHANNEL = "local"
"""The channel of the invoker's own entries, whose freshness is never judged."""

_PLACES = 3
"""Places of a package named in its block unless verbose; a workspace names some packages hundreds of times."""


def render(report: Report, options: RenderOptions, rules: tuple[Rule, ...] = ()) -> str:  # noqa: ARG001 - one signature for all formats
    """Return the report as lines no wider than ``options.width``, coloured if ``options.colour``."""
    return write(_lines(report, options), options)


def _lines(report: Report, options: RenderOptions) -> Iterator[Line]:
    if options.brief:
        yield from _brief(report, options, options.brief)
        return
    components = {component.purl: component for component in report.components}
    for (severity, purl), findings in groupby(_by_package(report.findings), key=_package):
        yield from _block(severity, components.get(purl), list(findings), report.target_name, options)
        yield BLANK
    for section in (_gaps, _waived, _suppressed, _unresolved, _left_out):
        lines = list(section(report, options))
        if lines:
            yield from lines
            yield BLANK
    yield from _provenance(report, options)
    yield BLANK
    yield from _verdict(report, options)


def _brief(report: Report, options: RenderOptions, least: Severity) -> Iterator[Line]:
    shown = [finding for finding in report.findings if finding.severity.at_least(least)]
    column = max((len(finding.severity.value) for finding in shown), default=0) + 2
    for finding in shown:
        through = f" (through {package_label(finding.via[0])})" if len(finding.via) > 1 else ""
        heading = Span(finding.severity.value.upper(), finding.severity.value)
        yield from row(heading, f"{finding.rule}  {finding.message}{through}", options, column=column)
    gaps = list(_gaps(report, options))
    if shown and gaps:
        yield BLANK
    yield from gaps
    if shown or gaps:
        yield BLANK
    yield from _gate(report, options, least)


def _by_package(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then package; within one the order of the report stays."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, finding.purl))


def _package(finding: Finding) -> tuple[Severity, str]:
    return finding.severity, finding.purl


def _block(
    severity: Severity, component: Component | None, findings: list[Finding], root: str, options: RenderOptions
) -> Iterator[Line]:
    purl = findings[0].purl
    subject = f"{package_label(purl)}  {purl.removeprefix('pkg:').partition('/')[0]}"
    if is_target(purl):
        subject = "the target itself" if root == "." else f"{root}  the target itself"
    column = len(INDENT) + max(len("evidence"), *(len(finding.rule) for finding in findings)) + 2
    heading = Span(severity.value.upper(), severity.value)
    yield from row(heading, subject, options, column=len(heading.text) + 2, style="strong")
    places = _places(findings, component)
    if places:
        yield from field(Span("where", "faint"), _some(places, ", ", options, _PLACES), options, column=column)
    chain = next((finding.via for finding in findings if finding.via), ())
    if chain:
        steps = [package_label(step) for step in chain]
        text = " > ".join(steps if root == "." else [root, *steps])
        yield from field(Span("chain", "faint"), text, options, column=column)
    for finding in findings:
        yield from _finding(finding, options, column)


def _finding(finding: Finding, options: RenderOptions, column: int) -> Iterator[Line]:
    yield from field(Span(finding.rule, finding.severity.value), finding.message, options, column=column)
    news = [item for item in finding.evidence if item and item not in finding.message]
    if news:
        yield from field(Span("evidence", "faint"), "; ".join(news), options, column=column)
    if finding.adjusted:
        by = finding.adjusted.by
        text = f"{finding.adjusted.severity} before {by.label}: {by.reason}"
        yield from field(Span("adjusted", "faint"), text, options, column=column)
    if finding.note:
        text = f"{finding.note.text} ({finding.note.by.label})"
        yield from field(Span("note", "faint"), text, options, column=column)
    if finding.trigger:
        text = " > ".join((finding.trigger, *finding.trace))
        yield from field(Span("runs at", "faint"), text, options, column=column)
    if finding.remediation:
        yield from field(Span("fix", "good"), finding.remediation, options, column=column)
    if options.verbose:
        for reference in finding.references:
            yield from field(Span("see", "faint"), reference, options, column=column, style="faint")


def _places(findings: list[Finding], component: Component | None) -> list[str]:
    """Return where the findings are, then where else the component is named; no place twice."""
    locations = [finding.location for finding in findings if finding.location]
    locations.extend(component.locations if component else ())
    return list(dict.fromkeys(map(_place, locations)))


def _place(location: Location) -> str:
    numbers = [str(number) for number in (location.line, location.column) if number is not None]
    return ":".join((location.path, *numbers))


def _some(items: list[str], separator: str, options: RenderOptions, most: int = _LISTED) -> str:
    if options.verbose or len(items) <= most:
        return separator.join(items)
    return f"{separator.join(items[:most])} and {len(items) - most:,} more"


def _listing(title: str, items: list[str], options: RenderOptions) -> Iterator[Line]:
    yield from paragraph(title, options, style="strong")
    shown = items if options.verbose else items[:_LISTED]
    for item in shown:
        yield from row(DASH, item, options)
    if len(shown) < len(items):
        yield from row(DASH, f"and {len(items) - len(shown):,} more; --verbose lists them", options)


def _gaps(report: Report, options: RenderOptions) -> Iterator[Line]:
    gaps = report.coverage.gaps
    if gaps:
        title = f"Not looked at: {count(len(gaps), 'gap')}"
        yield from _listing(
            title, [f"{gap.path or 'the whole target'}: {gap.detail} ({gap.reason})" for gap in gaps], options
        )


def _waived(report: Report, options: RenderOptions) -> Iterator[Line]:
    if report.waived:
        items = [
            f"{waived.finding.severity} {waived.finding.rule} {package_label(waived.finding.purl)}: "
            f"{waived.waiver.reason} ({waiver_label(waived.waiver)})"
            for waived in report.waived
        ]
        yield from _listing(f"Waived: {count(len(items), 'finding')}", items, options)


def _suppressed(report: Report, options: RenderOptions) -> Iterator[Line]:
    if report.suppressed:
        items = [
            f"{item.finding.severity} {item.finding.rule} {package_label(item.finding.purl)}: "
            f"{item.by.reason} ({item.by.label})"
            for item in report.suppressed
        ]
        yield from _listing(f"Suppressed: {count(len(items), 'finding')}", items, options)


def _unresolved(report: Report, options: RenderOptions) -> Iterator[Line]:
    unresolved = report.coverage.unresolved
    if unresolved:
        title = (
            f"Matched by name alone: {count(len(unresolved), 'dependency', 'dependencies')} without an exact version"
        )
        yield from paragraph(title, options, style="strong")
        names = [package_label(purl) for purl in unresolved]
        yield from row(DASH, _some(names, ", ", options), options)


def _left_out(report: Report, options: RenderOptions) -> Iterator[Line]:
    coverage = report.coverage
    if coverage.not_analysed:
        files = ", ".join(f"{number:,} {language}" for language, number in coverage.not_analysed)
        yield from paragraph(f"Code not analysed: {files}", options, style="faint")
    if coverage.excluded:
        text = f"Excluded on request: {_some(list(coverage.excluded), ', ', options)}"
        yield from paragraph(text, options, style="faint")


def _provenance(report: Report, options: RenderOptions) -> Iterator[Line]:
    column = len(INDENT) + len("scanned") + 2
    name = "" if report.target_name == "." else f" {report.target_name}"
    text = f"{report.target_kind}{name}, {_extent(report.coverage)}, {short_digest(report.target_digest)}"
    yield from field(Span("scanned", "faint"), text, options, column=column, style="faint")
    for pack in report.corpus:
        text = (
            f"{pack.channel} {pack.epoch}.{pack.seq} built {pack.built_at[:10]}, "
            f"{count(pack.records, 'record')}, {short_digest(pack.digest)}"
        )
        if pack.channel != _OWN_CHANNEL:
            text += f", {'freshness ' if report.freshness.as_of is None else ''}{freshness_label(report.freshness)}"
        if pack.pinned is not None:
            text += f", pinned: {pack.pinned or 'no reason given'}"
        yield from field(Span("corpus", "faint"), text, options, column=column, style="faint")
    if not report.corpus:
        yield from field(Span("corpus", "faint"), "none", options, column=column, style="bad")
    text = f"{short_digest(report.fingerprint)} by assay {report.tool.version}"
    yield from field(Span("result", "faint"), text, options, column=column, style="faint")


def _extent(coverage: Coverage) -> str:
    return f"{count(coverage.components, 'component')} from {count(coverage.files, 'file')}"


def _gate(report: Report, options: RenderOptions, least: Severity) -> Iterator[Line]:
    """Yield what ``policy.exit_code`` makes of the report: exit 1 is Failed, 3 Incomplete, 0 Passed."""
    failing = tuple(finding for finding in report.findings if finding.severity.at_least(least))
    below, gaps = len(report.findings) - len(failing), len(report.coverage.gaps)
    rest = [f"{count(below, 'finding')} below"] if below else []
    rest += [count(gaps, "gap") + (" allowed" if options.allow_incomplete and not failing else "")] if gaps else []
    rest += [f"{len(report.suppressed):,} suppressed"] if report.suppressed else []
    end = "".join(f"; {part}" for part in rest) + "."
    if failing:
        text = f"Failed: {_counted(failing, report.coverage)}, at or above {least}{end}"
        yield from paragraph(text, options, style="bad")
        return
    passed = not gaps or options.allow_incomplete
    said = f"nothing at or above {least} in {_extent(report.coverage)}"
    if not report.coverage.components and not below:
        said = f"nothing to judge, no components in {count(report.coverage.files, 'file')}"
    yield from paragraph(
        f"{'Passed' if passed else 'Incomplete'}: {said}{end}", options, style="good" if passed else "medium"
    )


def _counted(findings: tuple[Finding, ...], coverage: Coverage) -> str:
    """Return how many findings of each severity there are, and in what."""
    counts = ", ".join(f"{number:,} {name}" for name, number in summary(findings).items() if number)
    subjects = {finding.purl for finding in findings}
    packages = sum(not is_target(purl) for purl in subjects)
    places = [f"{packages:,} of {count(coverage.components, 'component')}"] if packages else []
    places += ["the target's own files"] if packages < len(subjects) else []
    return f"{counts} in {' and '.join(places)}"


def _verdict(report: Report, options: RenderOptions) -> Iterator[Line]:
    complete = report.coverage.complete
    end = "." if complete else f"; incomplete, {count(len(report.coverage.gaps), 'gap')}."
    if report.findings:
        blocked = sum(verdict.outcome == "BLOCKED" for verdict in report.verdicts)
        warned = sum(verdict.outcome == "WARNED" for verdict in report.verdicts)
        outcomes = ", ".join(
            f"{number:,} {word}" for number, word in ((blocked, "blocked"), (warned, "warned")) if number
        )
        text = f"Found {_counted(report.findings, report.coverage)}{': ' + outcomes if outcomes else ''}{end}"
        yield from paragraph(text, options, style="bad" if blocked else "medium")
    elif not report.coverage.components:
        text = f"Nothing to judge: no components in {count(report.coverage.files, 'file')}{end}"
        yield from paragraph(text, options, style="medium")
    else:
        yield from paragraph(
            f"No findings in {_extent(report.coverage)}{end}", options, style="good" if complete else "medium"
        )
