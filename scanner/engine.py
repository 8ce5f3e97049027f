"""The engine: an inventory, a corpus and rules in; a report out. Pure: no disk, network, clock or environment."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING

from assay.scanner.canonical import fingerprint_report
from assay.scanner.changes import changes
from assay.scanner.models import Coverage, Finding, Location, Report, SourceFile
from assay.scanner.policy import Policy, PolicyView, judge, may_show, rules_to_ask, shown, unresolved_gaps, waive
from assay.scanner.purl import target_purl
from assay.scanner.user_rules import apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component, Ecosystem, Inventory, Rule, Sighting, Tool
    from assay.scanner.user_rules import Admits

MAX_EVIDENCE = 200
"""Characters of one piece of evidence."""

_NO_LOCATION = Location("")


def scan(
    inventory: Inventory,
    corpus: CorpusView,
    rules: Sequence[Rule],
    *,
    tool: Tool,
    policy: Policy,
    admits: Admits,
    before: Inventory | None = None,
) -> Report:
    """Check every component with every rule and return the whole result, fingerprint included.

    ``before`` is an earlier version of the target: what its packages gained since is judged as well.

    Raises:
        CorpusError: a part of the corpus that a rule asked for does not have its signed hash.
    """
    view = PolicyView(corpus, policy, admits)
    components = {component.purl: component for component in inventory.components}
    found = _found(inventory, view, rules, policy, before)
    complete = shown(_complete(found, components), policy, rules, components, admits)
    counted, waived = waive(complete, components, view)
    ruled = apply(policy.user_rules or (), counted, components, admits)
    findings = sorted(ruled.findings, key=order)
    unresolved = tuple(component for component in inventory.components if component.unresolved)
    report = Report(
        tool=tool,
        corpus=corpus.packs(),
        target_kind=inventory.kind,
        target_name=inventory.name,
        target_digest=target_digest(inventory),
        policy=policy.digest(),
        coverage=Coverage(
            files=len(inventory.files),
            bytes=sum(file.size for file in inventory.files),
            components=len(inventory.components),
            packages=inventory.packages,
            not_analysed=inventory.not_analysed,
            unresolved=tuple(component.purl for component in unresolved),
            excluded=inventory.excluded,
            gaps=inventory.gaps + unresolved_gaps(policy, unresolved),
        ),
        components=inventory.components,
        verdicts=judge(policy, findings),
        findings=tuple(findings),
        waived=tuple(waived),
        suppressed=tuple(sorted(ruled.suppressed, key=lambda each: order(each.finding))),
        user_rules=None if policy.user_rules is None else ruled.use,
        freshness=policy.freshness,
    )
    return fingerprint_report(report)


def _found(
    inventory: Inventory, view: CorpusView, rules: Sequence[Rule], policy: Policy, before: Inventory | None
) -> list[Finding]:
    """Return what the rules find in components, files, packages, their changes and the target, as far as it shows."""
    found = [
        finding
        for component, asked in _questions(inventory, view, rules, policy)
        for rule in asked
        if rule.check
        for finding in rule.check(component, view)
        if may_show(policy, rule, finding.severity)
    ]
    found += [
        finding
        for subject in _files(inventory, view)
        for rule in rules
        if rule.check_file
        for finding in rule.check_file(subject, view)
        if may_show(policy, rule, finding.severity)
    ]
    owners = dict(inventory.owners)
    found += [
        _owned(finding, owners, inventory.name)
        for package in inventory.contents
        for rule in rules
        if rule.check_package
        for finding in rule.check_package(package, view)
        if may_show(policy, rule, finding.severity)
    ]
    found += [
        _owned(finding, owners, inventory.name)
        for change in (changes(before, inventory) if before else ())
        for rule in rules
        if rule.check_change
        for finding in rule.check_change(change, view)
        if may_show(policy, rule, finding.severity)
    ]
    found += [
        finding
        for rule in rules
        if rule.check_target
        for finding in rule.check_target(inventory, view)
        if may_show(policy, rule, finding.severity)
    ]
    return found


def _questions(
    inventory: Inventory, view: CorpusView, rules: Sequence[Rule], policy: Policy
) -> Iterator[tuple[Component, tuple[Rule, ...]]]:
    """Yield each component with the rules that could find something in it that the report would show."""
    names: defaultdict[Ecosystem, set[str]] = defaultdict(set)
    for component in inventory.components:
        names[component.ecosystem].add(component.name)
    rules = [rule for rule in rules if rule.check]
    asked = {ecosystem: rules_to_ask(policy, rules, ecosystem) for ecosystem in names}
    always = {ecosystem: tuple(rule for rule in some if not rule.of_mentioned) for ecosystem, some in asked.items()}
    mentioned = {ecosystem: view.mentioned(ecosystem, sorted(some)) for ecosystem, some in names.items()}
    for component in inventory.components:
        ecosystem = component.ecosystem
        yield component, (asked if component.name in mentioned[ecosystem] else always)[ecosystem]


def _files(inventory: Inventory, view: CorpusView) -> Iterator[SourceFile]:
    """Yield the files in which something was sighted or whose hash an indicator names, each with its owner."""
    listed = view.listed_files()
    if not inventory.sightings and not listed:
        return
    sighted: defaultdict[str, list[Sighting]] = defaultdict(list)
    for sighting in inventory.sightings:
        sighted[sighting.path].append(sighting)
    owners = dict(inventory.owners)
    for file in inventory.files:
        if file.path in sighted or file.sha256 in listed:
            owner = _owner(file.path, owners) or target_purl(inventory.name)
            yield SourceFile(file.path, owner, file.sha256, tuple(sighted.get(file.path, ())))


def _owned(finding: Finding, owners: Mapping[str, str], target: str) -> Finding:
    """Return a finding in a package of which only the folder is known as one of the component that owns the file."""
    if finding.purl:
        return finding
    path = finding.location.path if finding.location else ""
    return finding._replace(purl=_owner(path, owners) or target_purl(target))


def _owner(path: str, owners: Mapping[str, str]) -> str | None:
    """Return the purl of the deepest folder that holds a file, or of the file itself; None if it is the target's."""
    while path:
        if path in owners:
            return owners[path]
        path = path.rpartition("/")[0]
    return None


def target_digest(inventory: Inventory) -> str:
    """Return ``sha256:…`` over the sorted list of (path, sha256) of every file, and (path, what it points at) of links.

    Of an archive its own bytes count and not its members: they follow from these bytes, and how far they were read
    must not change what the target is. Each line is ``path NUL kind NUL value LF``, in UTF-8; kind is ``file`` or
    ``link``.
    """
    lines = [f"{file.path}\0file\0{file.sha256}\n" for file in inventory.files if not file.inside]
    lines += [f"{path}\0link\0{points_at}\n" for path, points_at in inventory.links]
    return "sha256:" + sha256("".join(sorted(lines)).encode("utf-8", "backslashreplace")).hexdigest()


def _complete(found: list[Finding], components: Mapping[str, Component]) -> list[Finding]:
    """Fill in what no rule can know: location, chain and fingerprint; then sort by the report's total order.

    What concerns the target's own files has no component, and nothing brings it in.
    """
    if not found:
        return []
    chains = shortest_chains(components.values(), {finding.purl for finding in found})
    placed = []
    for finding in found:
        subject = components.get(finding.purl)
        locations = subject.locations if subject else ()
        location = finding.location or (locations[0] if locations else _NO_LOCATION)
        evidence = tuple([text[:MAX_EVIDENCE] for text in finding.evidence])
        rank = (finding.severity.rank, finding.rule, finding.purl, *_place(location), evidence)
        placed.append((rank, location, evidence, finding))
    ordinals: Counter[str] = Counter()
    complete = []
    for _, location, evidence, finding in sorted(placed, key=itemgetter(0)):
        subject = components.get(finding.purl)
        key = _identity(finding, subject.version if subject else None, location, evidence)
        fingerprint = sha256(f"{key}\0{ordinals[key]}".encode()).hexdigest()
        ordinals[key] += 1
        via = chains.get(finding.purl, (finding.purl,) if subject else ())
        complete.append(finding._replace(location=location, evidence=evidence, via=via, fingerprint=fingerprint))
    return sorted(complete, key=order)


def order(finding: Finding) -> tuple[int, str, str, str, int, int, str]:
    """Return the sort key of the report: worst severity, rule, purl, path, line, column, fingerprint."""
    place = _place(finding.location or _NO_LOCATION)
    return (finding.severity.rank, finding.rule, finding.purl, *place, finding.fingerprint)


def _place(location: Location) -> tuple[str, int, int]:
    return location.path, location.line or 0, location.column or 0


def _identity(finding: Finding, version: str | None, location: Location, evidence: tuple[str, ...]) -> str:
    """Return what stays the same when a version is bumped, a line moves, or an advisory's summary is reworded.

    The first piece of evidence is what identifies a hit; a version in the path or in it is masked.
    """
    named, _, qualified = finding.purl.rpartition("@") if version is not None else (finding.purl, "", "")
    qualifiers = qualified.partition("?")[2]
    first = evidence[0] if evidence else ""
    place = location.path.partition("!/")[2] or location.path  # an archive is named after the version and the platform
    return "\0".join((finding.rule, named, qualifiers, _mask(place, version), _mask(first, version)))


def _mask(text: str, version: str | None) -> str:
    if not version or version not in text:
        return text
    return re.sub(rf"(?<![\w.]){re.escape(version)}(?![\w])", "*", text, flags=re.ASCII)


def shortest_chains(components: Iterable[Component], wanted: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each wanted purl that a direct dependency reaches the shortest chain to it, both ends included.

    Breadth first from all direct dependencies in the order of their purls, so that among chains of one length the
    first by name wins.
    """
    requires = {component.purl: component.requires for component in components}
    direct = sorted(component.purl for component in components if component.direct)
    came_from: dict[str, str | None] = dict.fromkeys(direct)
    pending = deque(direct)
    while pending:
        purl = pending.popleft()
        for other in requires[purl]:
            if other not in came_from and other in requires:
                came_from[other] = purl
                pending.append(other)
    return {purl: _chain(purl, came_from) for purl in wanted if purl in came_from}


def _chain(purl: str, came_from: Mapping[str, str | None]) -> tuple[str, ...]:
    chain = [purl]
    while (before := came_from[chain[-1]]) is not None:
        chain.append(before)
    return tuple(reversed(chain))
