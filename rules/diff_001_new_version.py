"""A new version can do what the version before could not.

Detects: between two versions of a package at hand (`assay diff OLD NEW`): a script that runs at install, a file that
    runs whenever an interpreter starts, a capability (processes, the network, native code, credentials and the like),
    a host, a native binary, a command, a dependency, obfuscated code, other people as its authors. MEDIUM for what
    runs unasked and for binaries and obfuscation, LOW for the rest. HIGH where two that make a hijack come together:
    something new runs unasked, and it is obfuscated or uses the network, processes or credentials.
Why: a hijacked package differs from its last good version in little, and that little is all of the attack.
Misses: what the former version had already; a capability in a package that had it elsewhere; the contents of binaries.
Fix: read what came, in the project's own repository, before the version is taken; else stay with the former one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED
from assay.rules.identity import label_of
from assay.rules.traits import Trait, traits
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Change, Package

SHOWN = 8
"""Things of one sort that are named."""

_MESSAGES = {
    "script": "runs something new at install",
    "startup": "has something new that runs whenever an interpreter starts",
    "capability": "can do what it could not",
    "host": "talks to hosts that it did not",
    "binary": "ships native code that it did not",
    "command": "installs commands that it did not",
    "obfuscation": "hides code that was readable",
    "person": "names other people as its authors",
    "dependency": "depends on packages that it did not",
}
_ALARMING = frozenset({"starts processes", "uses the network", "asks the name service", "reads credentials",
                       "executes text as code", "has itself started again", "installs packages"})  # fmt: skip
_ALWAYS = frozenset({"script", "startup", "binary", "obfuscation"})


def check_change(subject: Change, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of thing that came, unasked and not, and one for what is a hijack together."""
    old, new = traits(subject.before), traits(subject.after)
    known = {(kind, name) for kind, name, _ in old}
    came = [
        trait
        for key, trait in new.items()
        if key not in old and ((key[0], key[1]) not in known or (key[0] == "capability" and key[2]))
    ]
    if subject.before.people and subject.after.people and not set(subject.before.people) & set(subject.after.people):
        yield _finding(subject.after, "person", [one for one in came if one.kind == "person"], Severity.MEDIUM)
    came = [one for one in came if one.kind != "person" or set(subject.before.people) & set(subject.after.people)]
    groups: dict[tuple[str, bool], list[Trait]] = {}
    for trait in came:
        groups.setdefault((trait.kind, trait.trigger in UNASKED), []).append(trait)
    for (kind, unasked), some in groups.items():
        yield _finding(subject.after, kind, some, Severity.MEDIUM if unasked or kind in _ALWAYS else Severity.LOW)
    needed = sorted(set(subject.required_after) - set(subject.required_before))
    if needed:
        place = subject.after.place("package.json" if subject.after.ecosystem == "npm" else "")
        some = [Trait("dependency", label_of(purl), place) for purl in needed]
        yield _finding(subject.after, "dependency", some, Severity.LOW)
    yield from _together(subject.after, came)


def _together(package: Package, came: list[Trait]) -> Iterator[Finding]:
    """Yield what is worse than each alone: new code runs unasked, and hides or does what malware does first."""
    begins = [trait for trait in came if trait.kind in ("script", "startup")]
    deeds = [trait for trait in came if trait.trigger in UNASKED and trait.kind == "capability"]
    alarming = [trait for trait in deeds if trait.name in _ALARMING]
    hidden = [trait for trait in came if trait.kind == "obfuscation" and trait.trigger in UNASKED]
    if (begins and (alarming or hidden)) or (alarming and hidden):
        parts = [*begins, *hidden, *alarming]
        yield _finding(package, "hijack", parts, Severity.HIGH)


def _finding(package: Package, kind: str, some: Iterable[Trait], severity: Severity) -> Finding:
    found = sorted(some, key=lambda trait: (trait.kind, trait.name))
    shown = [f"{one.name} ({one.shown})" if one.shown and one.kind == "capability" else one.name for one in found]
    more = [f"and {len(shown) - SHOWN} more"] if len(shown) > SHOWN else []
    said = _MESSAGES.get(kind, "brings together what a hijacked version brings")
    return Finding(
        rule="DIFF-001",
        severity=severity,
        confidence=Confidence.HIGH if kind == "hijack" else Confidence.MEDIUM,
        purl=package.purl,
        message=f"{label_of(package.purl)} {said}",
        location=found[0].location if found else package.place(""),
        trigger=next((one.trigger for one in found if one.trigger), None),
        evidence=(*shown[:SHOWN], *more),
        remediation="read what came in the project's repository before taking the version",
    )


RULE = Rule(
    id="DIFF-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW),
    vectors=("hijacked-release",),
    quiet=frozenset(),
    check_change=check_change,
)
