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

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from assay.rules.identity import is_public
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component, Ecosystem

SHORTEST = 5
"""Letters; below, one edit reaches too many innocent names (1.35 % of benign PyPI names at 5, 2.00 % at 3)."""

_LIMITS: dict[Ecosystem, tuple[tuple[int, Severity], ...]] = {
    "pypi": ((1_000, Severity.MEDIUM), (15_000, Severity.LOW)),
    "npm": ((1_000, Severity.LOW), (5_000, Severity.INFO)),
}
_ALPHABET: dict[Ecosystem, str] = {
    "pypi": "abcdefghijklmnopqrstuvwxyz0123456789-",
    "npm": "abcdefghijklmnopqrstuvwxyz0123456789-_.",
}
_LONGEST = 100
_SEPARATORS = "-_."
_HOMOGLYPHS = (("0", "o"), ("1", "l"), ("1", "i"), ("l", "i"), ("rn", "m"), ("vv", "w"))
_MOST_WORDS = 4


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


def nearest(ecosystem: Ecosystem, name: str, popular: Mapping[str, int]) -> str | None:
    """Return the most used name of ``popular`` that ``name`` could be mistaken for, or None.

    A name of the same npm scope is no imitation: only the scope's owner can publish there.
    """
    scope = name.partition("/")[0] + "/" if name.startswith("@") else None
    found = [
        other
        for other in popular.keys() & look_alikes(ecosystem, name)
        if len(other) >= SHORTEST and not (scope and other.startswith(scope))
    ]
    return min(found, key=lambda other: (popular[other], other), default=None)


def look_alikes(ecosystem: Ecosystem, name: str) -> list[str]:
    """Return every name that ``name`` could be mistaken for; some may stand twice, and ``name`` itself among them."""
    found = _edits(name, _ALPHABET[ecosystem])
    found += _separated(name)
    found += _homoglyphs(name)
    found += _swapped(name)
    if ecosystem == "npm" and not name.startswith("@"):
        marks = [place for place in range(1, len(name) - 1) if name[place] in _SEPARATORS]
        found += [f"@{name[:place]}/{name[place + 1 :]}" for place in marks]
    return found


def _edits(name: str, alphabet: str) -> list[str]:
    """Return all names at optimal-string-alignment distance 1."""
    splits = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    inserted = [head + letter + tail for head, tail in splits for letter in alphabet]
    deleted = [head + tail[1:] for head, tail in splits[:-1]]
    replaced = [head + letter + tail[1:] for head, tail in splits[:-1] for letter in alphabet]
    transposed = [head + tail[1] + tail[0] + tail[2:] for head, tail in splits[:-2]]
    return inserted + deleted + replaced + transposed


def _separated(name: str) -> Iterator[str]:
    for separator in ("", *_SEPARATORS):
        yield _join_words(name, separator)


def _join_words(name: str, separator: str) -> str:
    for mark in _SEPARATORS:
        name = name.replace(mark, separator)
    return name


def _homoglyphs(name: str) -> Iterator[str]:
    usable = [pair for pair in _HOMOGLYPHS if pair[0] in name]
    for count in range(1, len(usable) + 1):
        for chosen in combinations(usable, count):
            changed = name
            for seen, meant in chosen:
                changed = changed.replace(seen, meant)
            yield changed
    for meant, seen in (("rn", "m"), ("vv", "w")):
        places = [place for place, letter in enumerate(name) if letter == seen]
        yield from (name[:place] + meant + name[place + 1 :] for place in places)


def _swapped(name: str) -> Iterator[str]:
    for separator in _SEPARATORS:
        words = name.split(separator)
        if 2 <= len(words) <= _MOST_WORDS:
            yield from (separator.join(order) for order in permutations(words))


RULE = Rule(
    id="TYPO-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("look-alike-name",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    of_ecosystem=tuple((ecosystem, tuple(severity for _, severity in limits)) for ecosystem, limits in _LIMITS.items()),
)
