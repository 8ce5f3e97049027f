"""Reading the tables that a person keeps for a pack: CSV files and lists of names, one row a line.

CSV as RFC 4180, UTF-8 with or without a byte-order mark, with one of these header lines; empty lines do not count:

======================  =======================================================
input                   header
======================  =======================================================
``ioc``                 ``ecosystem,name,version`` (exact versions), or
                        ``kind,value,versions,reason,reference,expires``
``deny``, ``allow``     ``ecosystem,name,versions,reason,expires``
``registry-hosts``      ``ecosystem,host,scope``
``licences``            ``list,licence``, where ``list`` is allow or deny
======================  =======================================================

``internal-names`` is a text of ``npm:NAME``, ``npm:@scope/*``, ``npm:prefix-*``, ``pypi:NAME`` or ``pypi:prefix-*``,
one a line; what follows a ``#`` at the start of a line or after a space is a comment.

What the cells may hold, ``entries`` says. The first row that is not good refuses the build with its line.
"""

from __future__ import annotations

import csv
import io
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from assay.corpus import entries, sections, shapes, versions
from assay.corpus.fields import CONTROL
from assay.scanner.errors import CorpusError, UsageError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.corpus.ingest import Tables
    from assay.corpus.spec import InputSpec

    Row = tuple[str, ...]

_VERSIONS_HEADER = ("ecosystem", "name", "version")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_LICENCE_LISTS = ("allow", "deny")


def read_table(path: str, each: InputSpec, tables: Tables) -> None:
    """Add the rows of one input, of any kind but OSV and names, to ``tables``.

    Raises:
        CorpusError: E_SOURCE: a row, named by its line, is not one of its kind.
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read()
    rows = tables.rows.setdefault((each.kind, each.source), set())
    known = len(rows)
    read = 0
    if each.kind == sections.INTERNAL_NAMES:
        found = _lines(data, each.path)
    else:
        header, found = _table(data, each)
        if header == _VERSIONS_HEADER:
            _read_versions(found, sha256(data).hexdigest(), each, tables)
            return
    for line, cells in found:
        try:
            rows.add(_MAKERS[each.kind](*cells))
        except UsageError as error:
            raise _refusal(each.path, line, str(error)) from error
        if each.kind == sections.LICENCES:
            _require_one_list(rows, line, each.path)
        read += 1
    tables.count(each.source, sha256(data).hexdigest(), read, len(rows) - known)


def _read_versions(found: Iterator[tuple[int, list[str]]], digest: str, each: InputSpec, tables: Tables) -> None:
    """Read exact versions of packages; one that is no version of its ecosystem is kept to the letter."""
    read = 0
    packages: dict[tuple[str, str], set[str]] = {}
    for line, (label, name, version) in found:
        if label not in ("npm", "pypi") or not name or not version:
            raise _refusal(each.path, line, f"not an indicator: {shapes.shown(','.join((label, name, version)))}")
        ecosystem = shapes.ecosystem(label)
        canonical = versions.scheme(ecosystem).canonical(version) or version
        packages.setdefault((ecosystem, normalise_name(ecosystem, name)), set()).add(canonical)
        read += 1
    tables.indicators.append((each.source, packages))
    tables.count(each.source, digest, read, sum(map(len, packages.values())))


def _licence(named: str, licence: str) -> Row:
    if named.strip() not in _LICENCE_LISTS:
        raise UsageError(f"list {shapes.shown(named.strip())}: neither allow nor deny")
    return named.strip(), shapes.spdx_id(licence)


def _require_one_list(rows: set[Any], line: int, path: str) -> None:
    """Check that no licence is both allowed and denied; the case of an id does not count (SPDX 2.3 Annex D)."""
    named = {(which, licence.lower()) for which, licence in rows}
    if any(("allow", licence) in named and ("deny", licence) in named for _, licence in named):
        raise _refusal(path, line, "a licence is both allowed and denied")


_HEADERS: dict[str, tuple[Row, ...]] = {
    sections.IOC: (_VERSIONS_HEADER, ("kind", "value", "versions", "reason", "reference", "expires")),
    sections.DENY: (("ecosystem", "name", "versions", "reason", "expires"),),
    sections.ALLOW: (("ecosystem", "name", "versions", "reason", "expires"),),
    sections.REGISTRY_HOSTS: (("ecosystem", "host", "scope"),),
    sections.LICENCES: (("list", "licence"),),
}
_MAKERS: dict[str, Callable[..., Row]] = {
    sections.IOC: entries.indicator,
    sections.DENY: entries.list_entry,
    sections.ALLOW: entries.list_entry,
    sections.INTERNAL_NAMES: entries.internal_name,
    sections.REGISTRY_HOSTS: entries.registry_host,
    sections.LICENCES: _licence,
}


# --- lines and cells -------------------------------------------------------------------------------------------


def _table(data: bytes, each: InputSpec) -> tuple[Row, Iterator[tuple[int, list[str]]]]:
    """Return the header of a CSV file and its rows with their lines."""
    rows = _csv(_text(data, each.path), each.path)
    headers = _HEADERS[each.kind]
    _, first = next(rows, (1, []))
    header = tuple(cell.strip() for cell in first)
    if header not in headers:
        raise _refusal(each.path, 1, f"does not start with {' or '.join(','.join(known) for known in headers)}")
    return header, _of_width(rows, len(header), each.path)


def _of_width(rows: Iterator[tuple[int, list[str]]], width: int, path: str) -> Iterator[tuple[int, list[str]]]:
    for line, cells in rows:
        if len(cells) != width:
            raise _refusal(path, line, f"{len(cells)} cells, not {width}")
        if any(CONTROL.search(cell) for cell in cells):
            shown = shapes.shown(",".join(cells))
            raise _refusal(path, line, f"holds control, invisible or direction-changing characters: {shown}")
        yield line, cells


def _csv(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _refusal(path, reader.line_num, f"not CSV: {error}") from error


def _lines(data: bytes, path: str) -> Iterator[tuple[int, list[str]]]:
    for line, content in enumerate(_text(data, path).split("\n"), 1):
        name = _COMMENT.sub("", content).strip()
        if name:
            yield line, [name]


def _text(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8") from error


def _refusal(path: str, line: int, reason: str) -> CorpusError:
    return CorpusError("E_SOURCE", f"{path}:{line}: {reason}")
