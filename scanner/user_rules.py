"""The invoker's own rules about findings: which ones an entry means, and what becomes of them. Pure.

The first entry in file order that means a finding wins, for each of the three actions apart: setting the severity,
suppressing, and remarking. Nothing is lost: what comes in as a finding goes out as a finding or as a suppressed one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.rulings import Adjustment, EntryName, Note, RulesUse, SuppressedFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from assay.scanner.models import Component, Confidence, Ecosystem, Finding, Severity

    Admits = Callable[[Ecosystem, str, str], bool | None]

ANY_VERSION = "*"

_DENIED = "DENY-"
_MALWARE = "MAL-"
_PACKED = "!/"


class When(NamedTuple):
    """What an entry asks of a finding; all of it must hold, and of the values of one question any may.

    ``rules`` are globs of rule ids, ``paths`` of the location's path (see ``path_matches``), ``packages`` of names in
    an ecosystem, with ``versions`` a range in its syntax. ``messages`` and ``evidence`` are parts of these texts. An
    empty tuple, and None for ``in_archive``, asks nothing.
    """

    rules: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    confidences: tuple[Confidence, ...] = ()
    triggers: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    packages: tuple[tuple[Ecosystem, str], ...] = ()
    versions: str = ANY_VERSION
    messages: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    in_archive: bool | None = None


class UserRule(NamedTuple):
    """One entry: what it asks, and its one action: a ``severity`` to set, ``suppress``, or a remark to add."""

    when: When
    severity: Severity | None = None
    suppress: bool = False
    describe: str = ""
    name: str = ""
    reason: str = ""


class Ruled(NamedTuple):
    """What the entries made of findings: those that count, those that are suppressed, and how the entries fared."""

    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    use: RulesUse


class _Tally:
    def __init__(self) -> None:
        self.met: set[int] = set()
        self.refused: set[int] = set()


def apply(
    entries: Sequence[UserRule], findings: Iterable[Finding], components: Mapping[str, Component], admits: Admits
) -> Ruled:
    """Return what the entries make of findings, in the order in which these came.

    ``components`` are by purl. ``admits(ecosystem, range, version)`` answers for version ranges; None, for a version
    that cannot be compared, means that the entry does not mean the package.
    """
    tally = _Tally()
    counted: list[Finding] = []
    suppressed: list[SuppressedFinding] = []
    for finding in findings:
        meant = list(_meant(entries, finding, components.get(finding.purl), admits, tally))
        ruled = _ruled(finding, entries, meant)
        hiding = next((number for number in meant if entries[number].suppress), None)
        if hiding is None:
            counted.append(ruled)
        else:
            suppressed.append(SuppressedFinding(ruled, _named(entries, hiding)))
    unused = [number for number in range(len(entries)) if number not in tally.met | tally.refused]
    use = RulesUse(
        len(entries),
        tuple(_named(entries, number) for number in unused),
        tuple(_named(entries, number) for number in sorted(tally.refused)),
    )
    return Ruled(tuple(counted), tuple(suppressed), use)


def raises(
    entries: Sequence[UserRule], finding: Finding, components: Mapping[str, Component], admits: Admits
) -> Severity | None:
    """Return the severity that the entries set for a finding if it is worse than its own, else None."""
    meant = _meant(entries, finding, components.get(finding.purl), admits, _Tally())
    set_to = next((entries[number].severity for number in meant if entries[number].severity), None)
    return set_to if set_to and set_to.rank < finding.severity.rank else None


def may_raise(entries: Iterable[UserRule], rule: str, severity: Severity) -> bool:
    """Say whether an entry could raise a finding of a rule and a severity, as far as these two tell."""
    return any(
        entry.severity is not None
        and entry.severity.rank < severity.rank
        and (not entry.when.rules or any(name_matches(glob, rule) for glob in entry.when.rules))
        and (not entry.when.severities or severity in entry.when.severities)
        for entry in entries
    )


def _meant(
    entries: Sequence[UserRule], finding: Finding, subject: Component | None, admits: Admits, tally: _Tally
) -> Iterable[int]:
    """Yield the numbers of the entries that mean a finding and may do to it what they say."""
    for number, entry in enumerate(entries):
        if not matches(entry.when, finding, subject, admits):
            continue
        if _is_forbidden(entry, finding):
            tally.refused.add(number)
        else:
            tally.met.add(number)
            yield number


def _is_forbidden(entry: UserRule, finding: Finding) -> bool:
    """Say whether an entry would hide or lower what the deny list names, or malware whose record it does not name."""
    lowers = entry.severity is not None and entry.severity.rank > finding.severity.rank
    if not entry.suppress and not lowers:
        return False
    if finding.rule.startswith(_MALWARE):  # the record's id is the first piece of evidence
        return not finding.evidence or finding.evidence[0] not in entry.when.evidence
    return finding.rule.startswith(_DENIED)


def _ruled(finding: Finding, entries: Sequence[UserRule], meant: Sequence[int]) -> Finding:
    """Return a finding with the severity and the remark of the first entries that give one."""
    for number in meant:
        severity = entries[number].severity
        if severity is not None:
            if severity is not finding.severity:
                adjusted = Adjustment(finding.severity, _named(entries, number))
                finding = finding._replace(severity=severity, adjusted=adjusted)
            break
    remark = next((number for number in meant if entries[number].describe), None)
    if remark is None:
        return finding
    return finding._replace(note=Note(entries[remark].describe, _named(entries, remark)))


def _named(entries: Sequence[UserRule], number: int) -> EntryName:
    return EntryName(f"rules[{number}]", entries[number].name, entries[number].reason)


def matches(when: When, finding: Finding, subject: Component | None, admits: Admits) -> bool:
    """Say whether all that an entry asks holds for a finding and the component that it is about, None if for none."""
    path = finding.location.path if finding.location else ""
    return (
        (not when.rules or any(name_matches(glob, finding.rule) for glob in when.rules))
        and (not when.severities or finding.severity in when.severities)
        and (not when.confidences or finding.confidence in when.confidences)
        and (not when.triggers or finding.trigger in when.triggers)
        and (when.in_archive is None or when.in_archive is (_PACKED in path))
        and (not when.messages or any(part in finding.message for part in when.messages))
        and (not when.evidence or any(part in item for part in when.evidence for item in finding.evidence))
        and (not when.paths or any(path_matches(glob, path) for glob in when.paths))
        and (not when.packages or _is_of(when, subject, admits))
    )


def _is_of(when: When, subject: Component | None, admits: Admits) -> bool:
    if subject is None or not any(
        ecosystem == subject.ecosystem and name_matches(glob, subject.name) for ecosystem, glob in when.packages
    ):
        return False
    if when.versions == ANY_VERSION:
        return True
    return subject.version is not None and admits(subject.ecosystem, when.versions, subject.version) is True


def name_matches(glob: str, text: str) -> bool:
    """Say whether a glob covers the whole of a text: ``*`` stands for any characters, ``?`` for one.

    Takes at most the product of the two lengths in steps, whatever a hostile name looks like.
    """
    place = start = retry = 0
    star = -1
    while start < len(text):
        if place < len(glob) and glob[place] == "*":
            star, retry = place, start
            place += 1
        elif place < len(glob) and glob[place] in ("?", text[start]):
            place, start = place + 1, start + 1
        elif star >= 0:
            retry += 1
            place, start = star + 1, retry
        else:
            return False
    return not glob[place:].strip("*")


def path_matches(glob: str, path: str) -> bool:
    """Say whether a glob covers the whole of a POSIX path, segment by segment; ``**`` stands for any number of them.

    In the path of a file in an archive the archive is a segment that ends in ``!``: ``dist/x.whl!/pkg/a.py``.
    """
    parts = glob.split("/")
    places = _onward(parts, {0})
    for segment in path.split("/"):
        places = _onward(
            parts,
            {
                place if parts[place] == "**" else place + 1
                for place in places
                if place < len(parts) and (parts[place] == "**" or name_matches(parts[place], segment))
            },
        )
    return len(parts) in places


def _onward(parts: Sequence[str], places: set[int]) -> set[int]:
    """Add the places that follow a ``**`` which stands for nothing."""
    pending = list(places)
    while pending:
        place = pending.pop()
        if place < len(parts) and parts[place] == "**" and place + 1 not in places:
            places.add(place + 1)
            pending.append(place + 1)
    return places
