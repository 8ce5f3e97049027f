"""The report as SARIF 2.1.0, for code-scanning views such as GitHub's.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (§ numbers below). The run holds no
time, no absolute path and no host. What could not be looked at makes the run unsuccessful and is told by notifications.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assay.formatters.escape import visible
from assay.formatters.layout import package_label, waiver_label
from assay.scanner.canonical import encode, freshness_document
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from assay.formatters.options import RenderOptions
    from assay.scanner.models import Component, Finding, Gap, Location, Report, Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""The middle of the range that GitHub maps to each word: over 9.0, 7.0 to 8.9, 4.0 to 6.9, 0.1 to 3.9, none."""

_HEADING = re.compile(r"^([A-Z][a-z]+):", re.MULTILINE)
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def render(report: Report, options: RenderOptions, rules: tuple[Rule, ...] = ()) -> str:  # noqa: ARG001 - one signature for all formats
    """Return a SARIF log of one run, as canonical JSON and a newline."""
    return encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report, rules)]}) + "\n"


def _run(report: Report, rules: tuple[Rule, ...]) -> dict[str, Any]:
    components = {component.purl: component for component in report.components}
    results = [(finding, "") for finding in report.findings]
    results += [(item.finding, f"{waiver_label(item.waiver)}: {item.waiver.reason}") for item in report.waived]
    results += [(item.finding, f"{item.by.label}: {item.by.reason}") for item in report.suppressed]
    findings = [finding for finding, _ in results]
    descriptors = _descriptors(rules, findings)
    places = {descriptor["id"]: place for place, descriptor in enumerate(descriptors)}
    return {
        "tool": {
            "driver": {
                "name": "assay",
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "rules": descriptors,
                "properties": {"ruleset": report.tool.ruleset},
            }
        },
        "invocations": [
            {
                "executionSuccessful": report.coverage.complete,
                "toolExecutionNotifications": [_notification(gap) for gap in report.coverage.gaps],
            }
        ],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that was scanned, or that of the file."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, aside, components.get(finding.purl), places[finding.rule]) for finding, aside in results
        ],
        "properties": {
            "fingerprint": report.fingerprint,
            "target": report.target_digest,
            "policy": report.policy,
            "corpus": [f"{pack.channel} {pack.epoch}.{pack.seq} {pack.digest}" for pack in report.corpus],
            "freshness": freshness_document(report.freshness),
            "suppressed": len(report.suppressed),
            "pinned": [visible(f"{pack.channel}: {pack.pinned}") for pack in report.corpus if pack.pinned is not None],
        },
    }


def _descriptors(rules: tuple[Rule, ...], findings: list[Finding]) -> list[dict[str, Any]]:
    """Return a descriptor (§3.49) of each rule in the catalogue, then of rules that only the findings name."""
    known = {rule.id: rule for rule in rules}
    ids = dict.fromkeys([*known, *sorted({finding.rule for finding in findings})])
    return [_descriptor(name, known.get(name), [item for item in findings if item.rule == name]) for name in ids]


def _descriptor(name: str, rule: Rule | None, findings: list[Finding]) -> dict[str, Any]:
    """Rank a rule by the worst that it found; a viewer that ranks by rule alone then raises no false alarm."""
    severities = [finding.severity for finding in findings] or list(rule.severities if rule else ())
    worst = min(severities, key=lambda severity: severity.rank, default=Severity.INFO)
    result: dict[str, Any] = {
        "id": name,
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": {"security-severity": _SCORES[worst], "tags": ["security", "supply-chain"]},
    }
    if rule:
        page = rule.doc.strip()
        result["shortDescription"] = {"text": rule.title + "."}
        result["help"] = {"text": page, "markdown": _HEADING.sub(r"\n**\1:**", page)}
    return result


def _result(finding: Finding, aside: str, component: Component | None, rule_index: int) -> dict[str, Any]:
    """Return a result (§3.27); ``aside`` says who sets the finding aside and why, "" if nobody does."""
    others = [] if component is None else [place for place in component.locations if place != finding.location]
    first = finding.location or (others.pop(0) if others else None)
    digest = finding.fingerprint.removeprefix("sha256:")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(first) | {"logicalLocations": [_logical(finding.purl)]}] if first else [],
        "relatedLocations": [_location(place) | {"id": number} for number, place in enumerate(others, 1)],
        # GitHub reads the first; it takes any text that stays the same when lines move.
        "partialFingerprints": {"primaryLocationLineHash": digest, "assayFinding/v1": digest},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "purl": visible(finding.purl),
            "via": [visible(purl) for purl in finding.via],
            "evidence": [visible(item) for item in finding.evidence],
            "references": [visible(item) for item in finding.references],
        },
    }
    if finding.trigger:
        result["properties"]["trigger"] = finding.trigger
        result["properties"]["trace"] = [visible(step) for step in finding.trace]
    if finding.adjusted:
        by = finding.adjusted.by
        result["properties"]["adjusted"] = visible(f"{finding.adjusted.severity} before {by.label}: {by.reason}")
    if finding.note:
        result["properties"]["note"] = visible(f"{finding.note.by.label}: {finding.note.text}")
    if aside:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(aside)}]
    return result


def _message(finding: Finding) -> str:
    """Return message, chain and fix as sentences; ``[text](target)`` would be a link (§3.11.6) and is escaped."""
    sentences = [finding.message]
    if len(finding.via) > 1:
        sentences.append("Brought in by " + " > ".join(package_label(purl) for purl in finding.via))
    if finding.remediation:
        sentences.append("To fix: " + finding.remediation)
    return _LINK.sub(r"\\[", visible(". ".join(sentences) + "."))


def _notification(gap: Gap) -> dict[str, Any]:
    result: dict[str, Any] = {
        "level": "error",
        "descriptor": {"id": visible(gap.reason)},
        "message": {
            "text": _LINK.sub(r"\\[", visible(f"Not looked at: {gap.path or 'the whole target'}: {gap.detail}"))
        },
    }
    if gap.path:
        result["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(gap.path)}}]
    return result


def _location(location: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(location.path)}
    if location.line is not None:
        region = {"startLine": location.line}
        if location.column is not None:
            region["startColumn"] = location.column
        if location.end_line is not None:
            region["endLine"] = location.end_line
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(visible(path)), "uriBaseId": _ROOT}


def _logical(purl: str) -> dict[str, str]:
    return {"name": visible(package_label(purl)), "fullyQualifiedName": visible(purl), "kind": "package"}
