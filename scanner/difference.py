"""What came, what went and what changed between two reports, and which of their inputs it is due to.

A report is a pure function of the target, the corpus, the ruleset and the policy, and it names the digest of each. So
a difference has only those causes; where several of them changed, a finding is put down to all that can explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from assay.scanner.canonical import encode, short_digest
from assay.scanner.models import Severity
from assay.scanner.purl import package_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Input = Literal["input", "corpus", "ruleset", "policy", "tool"]

_RANKS = {severity.value: severity.rank for severity in Severity}
_COMPARED = (
    "severity",
    "confidence",
    "purl",
    "location",
    "trigger",
    "trace",
    "message",
    "evidence",
    "via",
    "remediation",
)
_RULED = ("waiver", "suppression", "adjusted", "note")
_ALTERED = ("source", "direct", "scopes", "licences", "hashes", "requires", "aliases", "resolved", "requirement")


@dataclass(frozen=True, slots=True)
class Cause:
    """One input of the result that differs: which, and how in one line."""

    name: Input
    detail: str


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding that is not the same in both reports: ``before`` or ``after`` is None if it came or went.

    Both are findings in the form of the report, with a key ``waiver`` or ``suppression`` if set aside. ``fields`` are
    the names of what changed. ``causes`` are the inputs that can explain it, in the order of ``Input``.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    fields: tuple[str, ...]
    causes: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class PackageChange:
    """The purls of one package that only the first or only the second report has; both if its version changed."""

    package: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alteration:
    """A component that has the same purl in both reports, and the names of what else about it changed."""

    purl: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two reports. ``before`` and ``after`` are their fingerprints.

    ``same`` is true if they say the same and rest on the same inputs.
    """

    same: bool
    before: str
    after: str
    causes: tuple[Cause, ...]
    findings: tuple[FindingChange, ...]
    packages: tuple[PackageChange, ...]
    alterations: tuple[Alteration, ...]
    gaps_came: tuple[Mapping[str, Any], ...]
    gaps_went: tuple[Mapping[str, Any], ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Compare two documents of reports, from ``canonical.document`` or ``inputs.report_json.read``."""
    causes = tuple(_causes(before, after))
    old, new = _components(before), _components(after)
    gaps_old, gaps_new = _gaps(before), _gaps(after)
    return Difference(
        same=_covered(before) == _covered(after),
        before=before["fingerprint"],
        after=after["fingerprint"],
        causes=causes,
        findings=tuple(_findings(_Evidence(before, old), _Evidence(after, new), [cause.name for cause in causes])),
        packages=tuple(_packages(old, new)),
        alterations=tuple(_alterations(old, new)),
        gaps_came=tuple(gaps_new[key] for key in sorted(gaps_new.keys() - gaps_old.keys())),
        gaps_went=tuple(gaps_old[key] for key in sorted(gaps_old.keys() - gaps_new.keys())),
    )


def _covered(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in ("annotations", "run")}


def _components(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {component["purl"]: component for component in content["components"]}


def _gaps(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {encode([gap["path"], gap["reason"], gap["detail"]]): gap for gap in content["coverage"]["gaps"]}


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Cause]:
    old, new = before["target"]["digest"], after["target"]["digest"]
    if old != new:
        yield Cause("input", f"target {short_digest(old)} -> {short_digest(new)}")
    yield from _corpus_causes(before["corpus"], after["corpus"])
    old, new = before["tool"], after["tool"]
    if old["ruleset"] != new["ruleset"]:
        yield Cause("ruleset", f"rules {short_digest(old['ruleset'])} -> {short_digest(new['ruleset'])}")
    if before["policy"] != after["policy"]:
        yield Cause("policy", f"policy {short_digest(before['policy'])} -> {short_digest(after['policy'])}")
    fresh, fresher = (_freshness(content.get("freshness", {})) for content in (before, after))
    if fresh != fresher:
        yield Cause("policy", f"corpus {fresh} -> {fresher}")
    if old["version"] != new["version"]:
        yield Cause("tool", f"assay {old['version']} -> {new['version']}")


def _corpus_causes(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> Iterator[Cause]:
    old = {pack["channel"]: pack for pack in before}
    new = {pack["channel"]: pack for pack in after}
    for channel in sorted(old.keys() | new.keys()):
        if channel not in new:
            yield Cause("corpus", f"{channel} {_pack(old[channel])} -> none")
        elif channel not in old:
            yield Cause("corpus", f"{channel} none -> {_pack(new[channel])}")
        elif any(old[channel].get(key) != new[channel].get(key) for key in ("digest", "pinned")):
            yield Cause("corpus", f"{channel} {_pack(old[channel])} -> {_pack(new[channel])}")
    if list(old) != list(new) and old.keys() == new.keys():
        yield Cause("corpus", "the same channels in another order of priority")


def _pack(pack: Mapping[str, Any]) -> str:
    pin = f", pinned: {pack['pinned']}" if "pinned" in pack else ""
    return f"{pack.get('epoch', '?')}.{pack.get('seq', '?')} ({short_digest(pack['digest'])}{pin})"


def _freshness(freshness: Mapping[str, Any]) -> str:
    """Return how fresh a report found its corpus; one of an older assay does not say."""
    if freshness.get("status") != "fresh":
        return "freshness not evaluated"
    most = freshness.get("max_age_days")
    return f"fresh as of {freshness.get('as_of')}" + ("" if most is None else f", at most {most} days old")


class _Evidence:
    """The findings of a report by fingerprint, waived and suppressed ones too, and its components by purl."""

    def __init__(self, content: Mapping[str, Any], components: dict[str, Mapping[str, Any]]) -> None:
        self.findings = {
            item["fingerprint"]: item
            for item in (*content["findings"], *content["waived"], *content.get("suppressed", ()))
        }
        self.components = components


def _findings(before: _Evidence, after: _Evidence, changed: list[Input]) -> Iterator[FindingChange]:
    """Yield what came, went and changed, the worst first."""
    changes = []
    for key in before.findings.keys() | after.findings.keys():
        old, new = before.findings.get(key), after.findings.get(key)
        if old is None or new is None:
            fields: tuple[str, ...] = ()
        else:
            fields = tuple(name for name in (*_COMPARED, *_RULED) if old.get(name) != new.get(name))
            if not fields:
                continue
        changes.append(FindingChange(old, new, fields, _explain(old, new, before, after, changed)))
    yield from sorted(changes, key=_order)


def _order(change: FindingChange) -> tuple[int, str, str, str]:
    finding = change.after or change.before or {}
    rank = _RANKS.get(finding["severity"], len(_RANKS))
    return rank, finding["rule"], finding["purl"], finding["fingerprint"]


def _explain(
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    before: _Evidence,
    after: _Evidence,
    changed: list[Input],
) -> tuple[Input, ...]:
    """Return the inputs that can explain a change: the target if the component itself changed, else all others."""
    names = tuple(dict.fromkeys(changed))
    purls = {finding["purl"] for finding in (old, new) if finding is not None}
    stayed = all(before.components.get(purl) == after.components.get(purl) for purl in purls)
    if "input" in names and not stayed:
        return ("input",)
    return tuple(name for name in names if name != "input") or names


def _packages(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[PackageChange]:
    """Yield the packages of which a version came or went, sorted by name."""
    went: dict[str, list[str]] = {}
    came: dict[str, list[str]] = {}
    for groups, purls in ((went, old.keys() - new.keys()), (came, new.keys() - old.keys())):
        for purl in sorted(purls):
            groups.setdefault(package_of(purl), []).append(purl)
    for package in sorted(went.keys() | came.keys()):
        yield PackageChange(package, tuple(went.get(package, ())), tuple(came.get(package, ())))


def _alterations(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[Alteration]:
    for purl in sorted(old.keys() & new.keys()):
        fields = tuple(name for name in _ALTERED if old[purl].get(name) != new[purl].get(name))
        if fields:
            yield Alteration(purl, fields)
