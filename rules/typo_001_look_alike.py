"""A package name looks like a popular one.

Detects: a name that is not popular itself and is one edit (insertion, deletion, substitution, transposition), a
    separator, a homoglyph (0/o, 1/l/i, rn/m, vv/w), a swap of words or a flattened scope away from a popular name.
    On PyPI: MEDIUM against the 1,000 most used projects, LOW against the others. On npm: LOW against the first 1,000,
    INFO against the first 5,000; LOW and INFO are shown by the profiles ``strict`` and ``all``.
Why: a slip of the finger in an install command is all that such a package waits for. Likeness of names alone is
    evidence on PyPI, where malicious names are 9.5 times as often one edit from the first 1,000 as innocent ones, and
    nearly none on npm, where the ratio is below 1; so alone it never reaches HIGH.
Misses: names of fewer than five letters, names two edits away, names with an added word (``x-utils``), scopes that
    imitate an organisation, packages on the popular list that are themselves look-alikes.
Fix: check the spelling against the project's own documentation; list the name under ``internal`` if it is yours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.identity import is_public
from assay.rules.look_alikes import SHORTEST, nearest
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component, Ecosystem

_LIMITS: dict[Ecosystem, tuple[tuple[int, Severity], ...]] = {
    "pypi": ((1_000, Severity.MEDIUM), (15_000, Severity.LOW)),
    "npm": ((1_000, Severity.LOW), (5_000, Severity.INFO)),
}
_LONGEST = 100


def check(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
    """Yield a finding for the most used popular name that the component's name could be mistaken for."""
    name = subject.name
    popular = corpus.popular(subject.ecosystem)
    if name in popular or not is_public(subject) or not SHORTEST <= len(name) <= _LONGEST:
        return
    if corpus.internal(subject.ecosystem, name):
        return
    target = nearest(subject.ecosystem, name, popular)
    if target is None:
        return
    limits = _LIMITS[subject.ecosystem]
    severity = next((severity for limit, severity in limits if popular[target] <= limit), None)
    if severity:
        yield Finding(
            rule="TYPO-001",
            severity=severity,
            confidence=Confidence.MEDIUM if severity is Severity.MEDIUM else Confidence.LOW,
            purl=subject.purl,
            message=f"{name} looks like {target}, which is number {popular[target]} of the most used packages",
            evidence=(f"{name} ~ {target}",),
            remediation=f"check that {name} is meant, not {target}",
        )


RULE = Rule(
    id="TYPO-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("look-alike-name",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    of_ecosystem=tuple((ecosystem, tuple(severity for _, severity in limits)) for ecosystem, limits in _LIMITS.items()),
)
