"""A report as its one canonical JSON document, and the fingerprint of that document.

The document has the schema ``assay.report/1`` (``formatters/report.schema.json``). Two rules hold everywhere in it: a
list is always there, even when it is empty; an optional value that is not there is left out, never null.

Anyone can recompute the fingerprint: it is the SHA-256 of the document, as written, without three of its keys. With jq:
``jq -cS 'del(.fingerprint, .annotations, .run)' report.json | sha256sum``.
"""

from __future__ import annotations

from hashlib import sha256
from json import dumps
from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, Any

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    import re

    from assay.scanner.knowledge import Freshness, PackInfo
    from assay.scanner.models import Component, Coverage, Finding, Gap, Location, Report
    from assay.scanner.rulings import EntryName, RulesUse, WaivedFinding

SCHEMA = "assay.report/1"

_SURROGATE = lazy(r"[\ud800-\udfff]")


def document(report: Report) -> dict[str, Any]:
    """Return the JSON document of a report; without ``fingerprint`` if the report has none yet."""
    return {"components": [_component(component) for component in report.components], **_without_components(report)}


def _without_components(report: Report) -> dict[str, Any]:
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": "assay", "version": report.tool.version, "ruleset": report.tool.ruleset},
        "corpus": [_pack(pack) for pack in report.corpus],
        "target": {"kind": report.target_kind, "name": report.target_name, "digest": report.target_digest},
        "policy": report.policy,
        "coverage": _coverage(report.coverage),
        "verdicts": [
            {"purl": verdict.purl, "score": verdict.score, "outcome": verdict.outcome} for verdict in report.verdicts
        ],
        "findings": [_finding(finding) for finding in report.findings],
        "waived": [_waived(waived) for waived in report.waived],
        "suppressed": [_finding(each.finding) | {"suppression": _entry(each.by)} for each in report.suppressed],
        "summary": summary(report.findings),
        "freshness": freshness_document(report.freshness),
    }
    if report.user_rules:
        result["user_rules"] = _rules_use(report.user_rules, report)
    if report.fingerprint:
        result["fingerprint"] = report.fingerprint
    return result


def summary(findings: tuple[Finding, ...]) -> dict[str, int]:
    """Return how many findings there are of each severity, the worst first; a severity without findings is 0."""
    counts = {severity.value: 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity.value] += 1
    return counts


def encode(value: Any) -> str:
    r"""Return canonical JSON: sorted keys, no spaces, no escapes but those that JSON demands, no newline at the end.

    Half of a surrogate pair, which UTF-8 cannot hold (an undecodable byte of a file name), becomes the six characters
    ``\udcNN``.
    """
    text = dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
    if text.isascii():
        return text
    return _SURROGATE.sub(_spelled, text)


def _spelled(surrogate: re.Match[str]) -> str:
    return f"\\\\u{ord(surrogate.group()):04x}"


def fingerprint(content: dict[str, Any]) -> str:
    """Return ``sha256:…`` of a document as written, newline included, without the keys that it does not cover."""
    covered = {key: value for key, value in content.items() if key not in ("fingerprint", "annotations", "run")}
    return "sha256:" + sha256((encode(covered) + "\n").encode()).hexdigest()


def short_digest(digest: str) -> str:
    """Return ``sha256:`` and the first twelve hexadecimal digits of a digest, as a person is shown it."""
    algorithm, colon, value = digest.partition(":")
    return f"{algorithm}{colon}{value[:12]}"


def fingerprint_report(report: Report) -> Report:
    """Return the report with its own fingerprint filled in."""
    digest = sha256()
    for part in _parts(report._replace(fingerprint="")):
        digest.update(part.encode())
    return report._replace(fingerprint=f"sha256:{digest.hexdigest()}")


def write(report: Report) -> str:
    """Return the canonical document of a report and a newline: ``encode(document(report))``, in less time.

    Nearly all of a report is its components, and each report is written twice, for its fingerprint and as output; so
    the text of the last components is kept. Their key is the first one in the document.
    """
    return "".join(_parts(report))


def _parts(report: Report) -> tuple[str, ...]:
    return '{"components":', _encoded(report.components), ",", encode(_without_components(report))[1:], "\n"


_LAST_ENCODED: list[tuple[tuple[Component, ...], str]] = []


def _encoded(components: tuple[Component, ...]) -> str:
    if not _LAST_ENCODED or _LAST_ENCODED[0][0] is not components:
        text = f"[{','.join(map(_component_text, components))}]"
        _LAST_ENCODED[:] = [(components, text if text.isascii() else _SURROGATE.sub(_spelled, text))]
    return _LAST_ENCODED[0][1]


def _component_text(component: Component) -> str:
    """Return ``encode(_component(component))``; built by hand, since a lockfile has thousands of components."""
    requirement = f'"requirement":{_quoted(component.requirement)},' if component.requirement else ""
    resolved = f',"resolved":{_quoted(component.resolved)}' if component.resolved else ""
    return (
        f'{{"aliases":{_array(component.aliases)},"direct":{"true" if component.direct else "false"},'
        f'"hashes":{_array(component.hashes)},"licences":{_array(component.licences)},'
        f'"locations":[{",".join(map(_location_text, component.locations))}],"purl":{_quoted(component.purl)},'
        f'{requirement}"requires":{_array(component.requires)}{resolved},'
        f'"scopes":{_array(component.scopes)},"source":{_quoted(component.source)}}}'
    )


def _location_text(location: Location) -> str:
    if location.column is not None or location.end_line is not None:
        return encode(_location(location))
    line = f'"line":{location.line},' if location.line is not None else ""
    return f'{{{line}"path":{_quoted(location.path)}}}'


def _array(values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"[{_quoted(values[0])}]"
    return f"[{','.join(map(_quoted, values))}]" if values else "[]"


def _pack(pack: PackInfo) -> dict[str, Any]:
    result: dict[str, Any] = {
        "channel": pack.channel,
        "epoch": pack.epoch,
        "seq": pack.seq,
        "digest": pack.digest,
        "built_at": pack.built_at,
        "records": pack.records,
    }
    if pack.pinned is not None:
        result["pinned"] = pack.pinned
    return result


def freshness_document(freshness: Freshness) -> dict[str, Any]:
    """Return ``{"status": "not evaluated"}`` or ``{"status": "fresh", "as_of": …}`` with ``max_age_days`` if given."""
    if freshness.as_of is None:
        return {"status": "not evaluated"}
    result: dict[str, Any] = {"status": "fresh", "as_of": freshness.as_of}
    if freshness.max_age is not None:
        result["max_age_days"] = freshness.max_age
    return result


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "status": "complete" if coverage.complete else "incomplete",
        "files": coverage.files,
        "bytes": coverage.bytes,
        "components": coverage.components,
        "packages": coverage.packages,
        "not_analysed": dict(coverage.not_analysed),
        "unresolved": [*coverage.unresolved],
        "excluded": [*coverage.excluded],
        "gaps": [_gap(gap) for gap in coverage.gaps],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {"path": gap.path, "reason": gap.reason, "detail": gap.detail}


def _component(component: Component) -> dict[str, Any]:
    result: dict[str, Any] = {
        "purl": component.purl,
        "source": component.source,
        "direct": component.direct,
        "scopes": [*component.scopes],
        "licences": [*component.licences],
        "hashes": [*component.hashes],
        "aliases": [*component.aliases],
        "requires": [*component.requires],
        "locations": [_location(location) for location in component.locations],
    }
    if component.resolved:
        result["resolved"] = component.resolved
    if component.requirement:
        result["requirement"] = component.requirement
    return result


def _location(location: Location) -> dict[str, Any]:
    result: dict[str, Any] = {"path": location.path}
    if location.line is not None:
        result["line"] = location.line
        if location.column is not None:
            result["column"] = location.column
        if location.end_line is not None:
            result["end_line"] = location.end_line
    return result


def _finding(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "purl": finding.purl,
        "message": finding.message,
        "trace": [*finding.trace],
        "evidence": [*finding.evidence],
        "via": [*finding.via],
        "references": [*finding.references],
    }
    if finding.location:
        result["location"] = _location(finding.location)
    if finding.trigger:
        result["trigger"] = finding.trigger
    if finding.remediation:
        result["remediation"] = finding.remediation
    if finding.adjusted:
        result["adjusted"] = {"severity": finding.adjusted.severity} | _entry(finding.adjusted.by)
    if finding.note:
        result["note"] = {"text": finding.note.text} | _entry(finding.note.by)
    return result


def _entry(entry: EntryName) -> dict[str, str]:
    result = {"entry": entry.place, "name": entry.name, "reason": entry.reason}
    return {key: value for key, value in result.items() if value}


def _rules_use(use: RulesUse, report: Report) -> dict[str, Any]:
    return {
        "entries": use.entries,
        "suppressed": len(report.suppressed),
        "adjusted": sum(finding.adjusted is not None for finding in report.findings),
        "noted": sum(finding.note is not None for finding in report.findings),
        "unused": [_entry(entry) for entry in use.unused],
        "refused": [_entry(entry) for entry in use.refused],
    }


def _waived(waived: WaivedFinding) -> dict[str, Any]:
    waiver = {"source": waived.waiver.source, "reason": waived.waiver.reason}
    if waived.waiver.expires:
        waiver["expires"] = waived.waiver.expires
    return _finding(waived.finding) | {"waiver": waiver}
