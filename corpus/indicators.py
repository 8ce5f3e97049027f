"""Indicators of compromise: what somebody saw used in an attack.

Section: canonical JSON in one of two forms, where ``source`` counts into the manifest's sources.

``{"source": n, "versions": [[ecosystem, name, [version…]]…]}``
    exact versions of packages, in canonical spelling (verbatim if no version). Packages and versions ascend.
``{"source": n, "entries": [[kind, value, versions, reason, reference, expires]…]}``
    indicators of every kind, as ``entries.indicator`` returns them: at least one, ascending, none twice.

``entries.indicator`` makes an entry from what a person or another tool wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import canonical
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRINGS = frozenset({str})
_KINDS = {kind.value: kind for kind in IndicatorKind}
_ECOSYSTEMS = ("npm", "pypi")


class IndicatorEntry(NamedTuple):
    """One indicator, its fields as those of ``knowledge.Indicator``.

    ``versions`` of a package are "*", a range in the ecosystem's own syntax or one exact version, else "". ``expires``
    is the last day that counts, or "".
    """

    kind: IndicatorKind
    value: str
    versions: str = ""
    reason: str = ""
    reference: str = ""
    expires: str = ""

    @property
    def package(self) -> tuple[str, str]:
        """Ecosystem and normalised name, of a package."""
        ecosystem, _, name = self.value.partition(":")
        return ecosystem, name


class IndicatorTable(NamedTuple):
    """One section: the place of its source in the manifest, and its indicators in one of the two forms.

    ``versions`` are exact versions by (ecosystem, normalised name). At most one of the two holds anything.
    """

    source: int
    versions: Mapping[tuple[str, str], tuple[str, ...]]
    entries: tuple[IndicatorEntry, ...] = ()


def encode(table: IndicatorTable) -> bytes:
    """Return the content of a section of kind ``ioc``."""
    if table.entries:
        return canonical.dump({"source": table.source, "entries": [list(each) for each in sorted(set(table.entries))]})
    rows = [[*package, list(versions)] for package, versions in sorted(table.versions.items())]
    return canonical.dump({"source": table.source, "versions": rows})


def decode(data: bytes) -> IndicatorTable:
    """Return the table of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a table.
    """
    value = canonical.load_typed(data, "E_INDEX", "indicators")
    if type(value) is not dict or value.keys() not in ({"source", "versions"}, {"source", "entries"}):
        raise _refusal("not {source, versions} or {source, entries}")
    if type(value["source"]) is not int or not 0 <= value["source"] < 1024:
        raise _refusal("the source is not known")
    rows = value["versions" if "versions" in value else "entries"]
    if type(rows) is not list:
        raise _refusal("its rows are not an array")
    if "versions" in value:
        return IndicatorTable(value["source"], dict(map(_versions, rows)))
    return IndicatorTable(value["source"], {}, tuple(map(_entry, rows)))


def _versions(row: Any) -> tuple[tuple[str, str], tuple[str, ...]]:
    if type(row) is not list or len(row) != 3:
        raise _refusal("a row is not [ecosystem, name, versions]")
    ecosystem, name, found = row
    if ecosystem not in _ECOSYSTEMS or type(name) is not str or type(found) is not list:
        raise _refusal("a row is not [ecosystem, name, versions]")
    if not _STRINGS.issuperset(map(type, found)):
        raise _refusal("versions are not strings")
    return (ecosystem, name), tuple(found)


def _entry(row: Any) -> IndicatorEntry:
    if type(row) is not list or len(row) != len(IndicatorEntry._fields) or not _STRINGS.issuperset(map(type, row)):
        raise _refusal("a row is not [kind, value, versions, reason, reference, expires]")
    kind = _KINDS.get(row[0])
    if kind is None:
        raise _refusal("an entry is of an unknown kind")
    entry = IndicatorEntry(kind, *row[1:])
    if kind is IndicatorKind.PACKAGE and entry.package[0] not in _ECOSYSTEMS:
        raise _refusal("a package is of an unknown ecosystem")
    return entry


def _refusal(reason: str) -> CorpusError:
    return CorpusError("E_INDEX", f"indicators: {reason}")
