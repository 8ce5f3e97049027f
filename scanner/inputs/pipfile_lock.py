"""``Pipfile.lock``, pipfile-spec 6.

Format: https://github.com/pypa/pipfile and what Pipenv writes. Each category is flat: neither edges nor what the
project itself asks for. ``default`` is PROD, ``develop`` and categories of the project's own are DEV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import read_address, version_control
from assay.scanner.inputs.pypi_lock import PypiLock
from assay.scanner.inputs.text import load_json
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_SPEC = 6
_VERSION_CONTROL = ("git", "hg", "svn", "bzr")
_OPENED = lazy(rb'"([^"\\\n]*)"[ \t\r\n]*+:[ \t\r\n]*+\{')


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``Pipfile.lock``: components by category; which of them are direct, the Pipfile must say."""
    try:
        document = load_json(data)
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = PypiLock(path)
    if not isinstance(document.value, dict):
        return refused("lockfile", path, ParseError("wrong-type", "not an object"))
    metadata = lock.mapping(document.value, "_meta")
    if metadata.get("pipfile-spec") != _SPEC:
        return refused("lockfile", path, ParseError("unknown-version", "a Pipfile.lock of a pipfile-spec other than 6"))
    lines = _lines(data, set(document.value))
    for category in document.value:
        if category != "_meta":
            scope = Scope.PROD if category == "default" else Scope.DEV
            entries = lock.mapping(document.value, category)
            for name in entries:
                place = f"{category}.{name}"
                table = lock.mapping(entries, name, category)
                purl = _take(lock, name, table, place, lines.get((category, name)))
                if purl:
                    lock.give_scopes({purl: (scope,)})
                    lock.add_files(purl, lock.texts(table, "hashes", place), f"{place}.hashes")
    lock.bind_all()
    return lock.parsed("lockfile", directness=False, notes=document.gaps(path))


def _take(lock: PypiLock, name: str, table: dict[str, Any], place: str, line: int | None) -> str | None:
    version = lock.text(table, "version", place)
    if version is not None:
        if not version.startswith("=="):
            lock.miss("bad-version", f"{place}.version", "not a version")
            return None
        version = version.lstrip("=")
    subdirectory = lock.text(table, "subdirectory", place)
    for kind in _VERSION_CONTROL:
        url = lock.text(table, kind, place)
        if url is not None:
            where = version_control(f"{kind}+{url}", lock.text(table, "ref", place), subdirectory)
            return lock.take(name, version, place, line, Source.GIT, where)
    text = lock.text(table, "file", place) or lock.text(table, "path", place)
    if text is None:
        return lock.take(name, version, place, line)
    address = read_address(text, lock.folder, editable=table.get("editable") is True)
    if address is None:
        lock.miss("bad-address", place, "an address with control characters")
        return None
    return lock.take(name, version or address.version, place, line, address.source, address.where)


def _lines(data: bytes, categories: set[str]) -> dict[tuple[str, str], int]:
    """Return the line on which each (category, name) stands, found by one pass over the bytes."""
    lines: dict[tuple[str, str], int] = {}
    category, line, start = "", 1, 0
    for match in _OPENED.finditer(data):
        line += data.count(b"\n", start, match.start())
        start = match.start()
        key = match.group(1).decode("utf-8", "replace")
        if key in categories:
            category = key
        else:
            lines.setdefault((category, key), line)
    return lines
