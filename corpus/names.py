"""Popular package names, most used first: several lists, kept apart, joined when they are asked.

Section: canonical JSON ``{"ecosystem": …, "names": […]}``. A name's rank is its place in its list, from 1, and over
several lists the best of its places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class NameList(NamedTuple):
    """Normalised names of one ecosystem, most used first, none twice."""

    ecosystem: str
    names: Sequence[str]


def encode(ranked: NameList) -> bytes:
    """Return the content of a section of kind ``names``."""
    return canonical.dump({"ecosystem": ranked.ecosystem, "names": list(ranked.names)})


def is_of(data: bytes, ecosystem: str) -> bool:
    """Say whether a section, not decoded yet, is a list of an ecosystem: its first key says so."""
    return data.startswith(b'{"ecosystem":"%b",' % ecosystem.encode("ascii"))


def decode(data: bytes) -> NameList:
    """Return the list of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = canonical.load_typed(data, "E_INDEX", "names")
    if type(value) is not dict or value.keys() != {"ecosystem", "names"} or value["ecosystem"] not in ("npm", "pypi"):
        raise CorpusError("E_INDEX", "names: not {ecosystem, names}")
    names = value["names"]
    if type(names) is not list or not all(type(name) is str for name in names) or len(set(names)) != len(names):
        raise CorpusError("E_INDEX", "names: not an array of different strings")
    return NameList(value["ecosystem"], names)


def rank(lists: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the best rank of each name over the lists."""
    ranks: dict[str, int] = {}
    for names in lists:
        if not ranks:
            ranks = dict(zip(names, range(1, len(names) + 1), strict=True))
            continue
        for place, name in enumerate(names, 1):
            if place < ranks.get(name, place + 1):
                ranks[name] = place
    return ranks
