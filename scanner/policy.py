"""What the invoker decides: which findings count, what blocks, and the exit code. Pure."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.scanner.knowledge import Denial, Freshness
from assay.scanner.models import Gap, Severity
from assay.scanner.rulings import Verdict, WaivedFinding, Waiver
from assay.scanner.user_rules import may_raise, raises

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assay.scanner.knowledge import (
        AdvisoryMatch,
        CorpusView,
        Indicator,
        IndicatorKind,
        LicenceList,
        Observable,
        PackInfo,
        RegistryHost,
    )
    from assay.scanner.models import Component, Ecosystem, Finding, Report, Rule
    from assay.scanner.user_rules import Admits, UserRule

Profile = Literal["default", "strict", "all"]
PROFILES: tuple[Profile, ...] = ("default", "strict", "all")

SCORES = {
    Severity.CRITICAL: 0.9,
    Severity.HIGH: 0.7,
    Severity.MEDIUM: 0.5,
    Severity.LOW: 0.2,
    Severity.INFO: 0.05,
}
"""Score of a package by its worst finding."""

ANY_VERSION = "*"

MAX_AGE = 36_500
"""The greatest number of days that ``Policy.max_age`` may be: a hundred years."""

_UNWAIVABLE = frozenset({"MAL-001", "IOC-001", "DENY-001"})


class ListedPackage(NamedTuple):
    """An entry of the policy's allow or deny list. ``versions`` is a range in the ecosystem's own syntax.

    ``expires`` is the last day on which it counts, YYYY-MM-DD, or "" for no end.
    """

    ecosystem: Ecosystem
    name: str
    versions: str = ANY_VERSION
    reason: str = ""
    expires: str = ""


class Policy(NamedTuple):
    """Every option that can change a result, wherever it came from; its digest stands in the report.

    ``internal`` are (ecosystem, pattern): a name, or a prefix that ends in ``*``. ``block_at`` and ``warn_at`` are
    scores. ``as_of`` is the day (YYYY-MM-DD) that freshness and expiry are judged by; without it neither is judged.
    ``max_age`` is the greatest age of a pack in days on that day. ``user_rules`` are the entries of a rules file, None
    without one.
    """

    profile: Profile = "default"
    fail_on: Severity | None = None
    min_severity: Severity = Severity.INFO
    allow_incomplete: bool = False
    block_at: float = 0.7
    warn_at: float = 0.4
    rules: tuple[str, ...] = ()
    with_code: bool = True
    exclude: tuple[str, ...] = ()
    allow: tuple[ListedPackage, ...] = ()
    deny: tuple[ListedPackage, ...] = ()
    internal: tuple[tuple[Ecosystem, str], ...] = ()
    as_of: str | None = None
    max_age: int | None = None
    user_rules: tuple[UserRule, ...] | None = None

    def counts(self, entry: ListedPackage) -> bool:
        """Say whether a list entry still counts on the day that is judged by; its last day is one of them."""
        return self.as_of is None or not entry.expires or entry.expires >= self.as_of

    @property
    def freshness(self) -> Freshness:
        """What the report says of the corpus's age, once packs that are too old were refused."""
        return Freshness(self.as_of, self.max_age)

    def digest(self) -> str:
        """Return ``sha256:…`` of the policy's canonical JSON."""
        content = self._asdict()
        content["allow"] = [entry._asdict() for entry in self.allow]
        content["deny"] = [entry._asdict() for entry in self.deny]
        if self.user_rules is not None:
            content["user_rules"] = [{**rule._asdict(), "when": rule.when._asdict()} for rule in self.user_rules]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + sha256(text.encode()).hexdigest()


class PolicyView:
    """A corpus with the invoker's own lists on top; what the corpus says is passed on unchanged.

    ``admits(ecosystem, range, version)`` answers for version ranges of list entries.
    """

    def __init__(self, corpus: CorpusView, policy: Policy, admits: Admits) -> None:
        self._corpus = corpus
        self._policy = policy
        self._admits = admits
        self._denied = frozenset((entry.ecosystem, entry.name) for entry in policy.deny)
        self._asked: tuple[Ecosystem, str, str | None] | None = None
        self._answer: tuple[AdvisoryMatch, ...] = ()

    def packs(self) -> tuple[PackInfo, ...]:
        """See ``CorpusView``."""
        return self._corpus.packs()

    def mentioned(self, ecosystem: Ecosystem, names: Iterable[str]) -> frozenset[str]:
        """See ``CorpusView``; the policy's deny list counts too."""
        asked = tuple(names)
        own = (name for name in asked if (ecosystem, name) in self._denied)
        return self._corpus.mentioned(ecosystem, asked).union(own)

    def advisories(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[AdvisoryMatch, ...]:
        """See ``CorpusView``; several rules ask the same of one component, so the last answer is kept."""
        if self._asked != (ecosystem, name, version):
            self._answer = self._corpus.advisories(ecosystem, name, version)
            self._asked = (ecosystem, name, version)
        return self._answer

    def indicators(self, ecosystem: Ecosystem, name: str, version: str) -> tuple[Indicator, ...]:
        """See ``CorpusView``."""
        return self._corpus.indicators(ecosystem, name, version)

    def popular(self, ecosystem: Ecosystem) -> Mapping[str, int]:
        """See ``CorpusView``."""
        return self._corpus.popular(ecosystem)

    def denied(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """See ``CorpusView``; the policy's entries come first."""
        own = self._own(self._policy.deny, ecosystem, name, version, unsure=True)
        return own + self._corpus.denied(ecosystem, name, version)

    def allowed(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """See ``CorpusView``; the policy's entries come first."""
        own = self._own(self._policy.allow, ecosystem, name, version, unsure=False)
        return own + self._corpus.allowed(ecosystem, name, version)

    def _own(
        self, entries: Iterable[ListedPackage], ecosystem: Ecosystem, name: str, version: str | None, *, unsure: bool
    ) -> tuple[Denial, ...]:
        return tuple(
            Denial(f"{entry.ecosystem}:{entry.name}", entry.versions, entry.reason, "policy", entry.expires)
            for entry in entries
            if self._policy.counts(entry) and covers(entry, ecosystem, name, version, self._admits, unsure=unsure)
        )

    def listed_files(self) -> frozenset[str]:
        """See ``CorpusView``."""
        return self._corpus.listed_files()

    def observables(self) -> tuple[Observable, ...]:
        """See ``CorpusView``."""
        return self._corpus.observables()

    def indicators_of(self, kind: IndicatorKind, value: str) -> tuple[Indicator, ...]:
        """See ``CorpusView``."""
        return self._corpus.indicators_of(kind, value)

    def registry_hosts(self, ecosystem: Ecosystem) -> tuple[RegistryHost, ...]:
        """See ``CorpusView``."""
        return self._corpus.registry_hosts(ecosystem)

    def licences(self) -> tuple[LicenceList, ...]:
        """See ``CorpusView``."""
        return self._corpus.licences()

    def internal(self, ecosystem: Ecosystem, name: str) -> bool:
        """See ``CorpusView``."""
        return any(
            where == ecosystem and (name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern)
            for where, pattern in self._policy.internal
        ) or self._corpus.internal(ecosystem, name)


def covers(
    entry: ListedPackage, ecosystem: Ecosystem, name: str, version: str | None, admits: Admits, *, unsure: bool
) -> bool:
    """Say whether a list entry covers a component; without a version only an entry for all versions does.

    ``unsure`` is the answer for a version that cannot be compared: a deny list takes it in, an allow list does not.
    """
    if (entry.ecosystem, entry.name) != (ecosystem, name):
        return False
    if entry.versions == ANY_VERSION:
        return True
    if version is None:
        return False
    admitted = admits(ecosystem, entry.versions, version)
    return unsure if admitted is None else admitted


def shows(policy: Policy, rule: Rule, severity: Severity) -> bool:
    """Say whether a rule's findings of a severity belong into the report under the policy's profile and limit."""
    if not severity.at_least(policy.min_severity):
        return False
    return policy.profile != "default" or severity not in rule.quiet


def may_show(policy: Policy, rule: Rule, severity: Severity) -> bool:
    """Say whether the report shows a rule's findings of a severity, or an entry of the rules file may raise them."""
    return shows(policy, rule, severity) or may_raise(policy.user_rules or (), rule.id, severity)


def shown(
    findings: Iterable[Finding],
    policy: Policy,
    rules: Sequence[Rule],
    components: Mapping[str, Component],
    admits: Admits,
) -> list[Finding]:
    """Leave out the findings that only an entry of the rules file could have shown, and none did.

    Profile and limit judge the severity that the rule gave, or a worse one that an entry sets; so no entry hides a
    finding by lowering it.
    """
    if not policy.user_rules:
        return list(findings)
    by_id = {rule.id: rule for rule in rules}
    kept = []
    for finding in findings:
        if finding.rule not in by_id or shows(policy, by_id[finding.rule], finding.severity):
            kept.append(finding)
            continue
        worse = raises(policy.user_rules, finding, components, admits)
        if worse and worse.at_least(policy.min_severity):
            kept.append(finding)
    return kept


def rules_to_ask(policy: Policy, rules: Sequence[Rule], ecosystem: Ecosystem) -> tuple[Rule, ...]:
    """Return the rules that can say something of an ecosystem's components that the report would show."""
    return tuple(
        rule for rule in rules if any(may_show(policy, rule, severity) for severity in rule.severities_in(ecosystem))
    )


def waive(
    findings: Iterable[Finding], components: Mapping[str, Component], view: CorpusView
) -> tuple[list[Finding], list[WaivedFinding]]:
    """Part findings into those that count and those that an allow entry sets aside, the policy's before a pack's.

    Nothing on an allow list sets malware, indicators or the deny list aside, and nothing that is denied is allowed.
    """
    counted: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in findings:
        subject = components.get(finding.purl)
        waiver = None if subject is None or finding.rule in _UNWAIVABLE else _waiver(subject, view)
        if waiver is None:
            counted.append(finding)
        else:
            waived.append(WaivedFinding(finding, waiver))
    return counted, waived


def _waiver(subject: Component, view: CorpusView) -> Waiver | None:
    asked = subject.ecosystem, subject.name, subject.version
    entry = next(iter(view.allowed(*asked)), None)
    if entry is None or view.denied(*asked):
        return None
    return Waiver(f"{entry.source}: allow", entry.reason, entry.expires)


def judge(policy: Policy, findings: list[Finding]) -> tuple[Verdict, ...]:
    """Return the verdict on every package that has a finding, sorted by purl; all others are SAFE with score 0."""
    scores: dict[str, float] = {}
    for finding in findings:
        scores[finding.purl] = max(scores.get(finding.purl, 0.0), SCORES[finding.severity])
    return tuple(Verdict(purl, score, _outcome(policy, score)) for purl, score in sorted(scores.items()))


def _outcome(policy: Policy, score: float) -> Literal["BLOCKED", "WARNED", "SAFE"]:
    if score >= policy.block_at:
        return "BLOCKED"
    return "WARNED" if score >= policy.warn_at else "SAFE"


def unresolved_gaps(policy: Policy, unresolved: tuple[Component, ...]) -> tuple[Gap, ...]:
    """Under the strict profile, return one gap for each dependency without an exact version."""
    if policy.profile != "strict":
        return ()
    return tuple(
        Gap(
            component.locations[0].path if component.locations else "",
            "unresolved",
            f"{component.name} {component.requirement or ''}".rstrip() + " has no exact version",
        )
        for component in unresolved
    )


def exit_code(report: Report, policy: Policy) -> int:
    """Return 1 if a finding is at or above ``fail_on``, else 3 if something was not looked at, else 0."""
    fail_on = policy.fail_on
    if fail_on and any(finding.severity.at_least(fail_on) for finding in report.findings):
        return 1
    return 0 if report.coverage.complete or policy.allow_incomplete else 3
