"""Advisories that speak of one thing: united by the ids and aliases that they share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.scanner.knowledge import AdvisoryMatch

_RELEASE = lazy(r"v?(?:([0-9]{1,9})!)?([0-9]{1,18}(?:\.[0-9]{1,18})*)(.*)", re.ASCII | re.DOTALL)
_LATER = lazy(r"[-._]?(?:post|rev|r)[-._]?[0-9]*$|\+", re.ASCII)


def unite(matches: Iterable[AdvisoryMatch], preferred: Sequence[str]) -> list[list[AdvisoryMatch]]:
    """Group matches that a chain of shared ids and aliases links, in any order of ``matches``.

    Groups and their members are sorted: ids that begin with the first of the ``preferred`` prefixes come first.
    """

    def preference(match: AdvisoryMatch) -> tuple[int, str]:
        name = match.advisory.id
        return next((place for place, prefix in enumerate(preferred) if name.startswith(prefix)), len(preferred)), name

    groups: list[tuple[set[str], list[AdvisoryMatch]]] = []
    for match in sorted(matches, key=preference):
        names = {match.advisory.id, *match.advisory.aliases}
        members = [match]
        apart = []
        for known, group in groups:
            if known.isdisjoint(names):
                apart.append((known, group))
            else:
                names |= known
                members = group + members
        groups = [*apart, (names, members)]
    return sorted((sorted(members, key=preference) for _, members in groups), key=lambda group: preference(group[0]))


def references(group: Iterable[AdvisoryMatch]) -> tuple[str, ...]:
    """Return the references of all, sorted, none twice."""
    return tuple(sorted({reference for match in group for reference in match.advisory.references}))


def summary(group: Iterable[AdvisoryMatch]) -> str:
    """Return the first summary that there is, or ""."""
    return next((match.advisory.summary for match in group if match.advisory.summary), "")


def highest_fix(group: Iterable[AdvisoryMatch]) -> str | None:
    """Return the highest of the fixed versions, the one in which no record of the group finds the defect any more."""
    return max((match.fixed for match in group if match.fixed), key=_release, default=None)


def _release(version: str) -> tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...], str]:
    """Return what versions of npm and of PyPI are ordered by: numbers, then pre-release, release, post-release.

    What follows the numbers is compared part by part, numbers as numbers. A version without numbers comes first.
    """
    matched = _RELEASE.match(version)
    if matched is None:
        return (), 0, (), version
    epoch, numbers, rest = matched.groups()
    parts = [int(number) for number in numbers.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    later = 1 if _LATER.match(rest) else -1 if rest else 0
    words = re.findall(r"[0-9]{1,18}|[A-Za-z]+", rest)
    tail = tuple((1, 0, word.lower()) if word.isalpha() else (0, int(word), "") for word in words)
    return (int(epoch or 0), *parts), later, tail, version
