"""Reading the sources that a pack is built from: OSV exports, lists of popular names, and tables (see ``tabular``).

Nothing is left out in silence: what cannot be read refuses the build, and every source counts its records read and
used.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from assay.corpus import archive, names, osv, sections, spec, tabular
from assay.corpus.conversions import Conversion
from assay.scanner.errors import CorpusError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.corpus.conversions import Conversions
    from assay.corpus.spec import InputSpec
    from assay.scanner.models import Ecosystem


@dataclass(frozen=True, slots=True)
class OsvRecord:
    """A record as it stands in an export; ``packages`` is empty if it was withdrawn or names no npm or PyPI package."""

    modified: str
    sha256: str
    source: str
    withdrawn: bool
    packages: tuple[osv.Converted, ...]


@dataclass(slots=True)
class Tables:
    """What was read.

    ``records`` by id. ``lists`` and ``indicators`` carry the id of their source; versions are canonical, or verbatim if
    no version. ``rows`` are those of every other table by (kind of section, source): ``IndicatorEntry``, ``ListEntry``,
    (ecosystem, internal name), ``HostEntry``, ("allow" or "deny", licence). ``hashes`` are those of files by source,
    ``counts`` their records [read, used]. ``conversions`` are those of an earlier build by the path
    of an OSV input; none are needed.
    """

    records: dict[str, OsvRecord] = field(default_factory=dict)
    lists: list[tuple[str, names.NameList]] = field(default_factory=list)
    indicators: list[tuple[str, dict[tuple[str, str], set[str]]]] = field(default_factory=list)
    rows: dict[tuple[str, str], set[Any]] = field(default_factory=dict)
    hashes: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    conversions: dict[str, Conversions] = field(default_factory=dict)

    def count(self, source: str, digest: str, read: int, used: int) -> None:
        """Note one file of a source."""
        self.hashes.setdefault(source, []).append(digest)
        counts = self.counts.setdefault(source, [0, 0])
        counts[0] += read
        counts[1] += used


def ingest(path: str, each: InputSpec, places: dict[str, int], tables: Tables) -> None:
    """Read one input into ``tables``. ``places`` are those of the sources in the manifest.

    Raises:
        CorpusError: E_SOURCE: it cannot be read, or is not what its kind says.
    """
    try:
        _READERS[each.kind](path, each, places, tables)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, UnicodeDecodeError) as error:
        raise CorpusError("E_SOURCE", f"{each.path}: cannot be read as {each.kind}") from error


# --- OSV -------------------------------------------------------------------------------------------------------


def _read_osv(path: str, each: InputSpec, places: dict[str, int], tables: Tables) -> None:
    conversions = tables.conversions.get(each.path)
    for name, data in archive.records(path, each.path):
        source = _source_of(name, each)
        digest = sha256(data)
        made = conversions.recall(digest.digest(), places[source]) if conversions else None
        if made is None:
            made = _convert(data, f"{each.path}: {name}", places[source])
            if conversions:
                conversions.keep(digest.digest(), places[source], made)
        record = OsvRecord(made.modified, digest.hexdigest(), source, made.withdrawn, made.packages)
        known = tables.records.get(made.id)
        # A record about packages of two ecosystems stands in both exports, of which one may be newer.
        if known is None or (known.modified, known.sha256) < (record.modified, record.sha256):
            tables.records[made.id] = record


def _convert(data: bytes, where: str, place: int) -> Conversion:
    value = _parse(data, where)
    withdrawn = osv.is_withdrawn(value)
    packages = () if withdrawn else osv.convert(value, place)
    return Conversion(str(value.get("id")), str(value.get("modified")), withdrawn, packages)


def _parse(data: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CorpusError("E_SOURCE", f"{where}: not JSON") from error
    if not isinstance(value, dict):
        raise CorpusError("E_SOURCE", f"{where}: not an OSV record")
    return value


def _source_of(name: str, each: InputSpec) -> str:
    prefix = max((prefix for prefix in each.prefixes if name.startswith(prefix)), key=len, default=None)
    if prefix is None:
        raise CorpusError("E_SOURCE", f"{each.path}: {name[:80]} belongs to none of the sources")
    return each.prefixes[prefix]


# --- names and tables ------------------------------------------------------------------------------------------


def _read_names(path: str, each: InputSpec, _places: dict[str, int], tables: Tables) -> None:
    """Read one name per line, most used first; the second place of a name does not count."""
    data = _content(path)
    ecosystem: Ecosystem = "npm" if each.ecosystem == "npm" else "pypi"
    lines = [line.strip() for line in data.decode("utf-8").splitlines() if line.strip()]
    ranked = tuple(dict.fromkeys(normalise_name(ecosystem, line) for line in lines))
    tables.lists.append((each.source, names.NameList(ecosystem, ranked)))
    tables.count(each.source, sha256(data).hexdigest(), len(lines), len(ranked))


def _read_table(path: str, each: InputSpec, _places: dict[str, int], tables: Tables) -> None:
    tabular.read_table(path, each, tables)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


_READERS: dict[str, Callable[[str, InputSpec, dict[str, int], Tables], None]] = {
    spec.OSV: _read_osv,
    sections.NAMES: _read_names,
    sections.IOC: _read_table,
    **dict.fromkeys(sections.ORGANISATION, _read_table),
}
