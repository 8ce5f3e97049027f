"""Indicators of compromise: package versions that somebody saw used in an attack.

Section: canonical JSON ``{"source": n, "versions": [[ecosystem, name, [version…]]…]}``, where ``source`` counts into
the manifest's sources and versions are in canonical spelling (verbatim if no version). Packages and versions ascend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRINGS = frozenset({str})


class IndicatorTable(NamedTuple):
    """Versions by (ecosystem, normalised name), and the place of their source in the manifest."""

    source: int
    versions: Mapping[tuple[str, str], tuple[str, ...]]


def encode(table: IndicatorTable) -> bytes:
    """Return the content of a section of kind ``ioc``."""
    rows = [[*package, list(versions)] for package, versions in sorted(table.versions.items())]
    return canonical.dump({"source": table.source, "versions": rows})


def decode(data: bytes) -> IndicatorTable:
    """Return the table of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a table.
    """
    value = canonical.load_typed(data, "E_INDEX", "indicators")
    if type(value) is not dict or value.keys() != {"source", "versions"} or type(value["versions"]) is not list:
        raise CorpusError("E_INDEX", "indicators: not {source, versions}")
    if type(value["source"]) is not int or not 0 <= value["source"] < 1024:
        raise CorpusError("E_INDEX", "indicators: the source is not known")
    versions: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in value["versions"]:
        if type(row) is not list or len(row) != 3:
            raise CorpusError("E_INDEX", "indicators: a row is not [ecosystem, name, versions]")
        ecosystem, name, found = row
        if ecosystem not in ("npm", "pypi") or type(name) is not str or type(found) is not list:
            raise CorpusError("E_INDEX", "indicators: a row is not [ecosystem, name, versions]")
        if not _STRINGS.issuperset(map(type, found)):
            raise CorpusError("E_INDEX", "indicators: versions are not strings")
        versions[ecosystem, name] = tuple(found)
    return IndicatorTable(value["source"], versions)
