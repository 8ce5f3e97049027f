"""What the lockfiles of PyPI share: packages found by name, scopes handed on, and the lines of TOML tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assay.scanner.inputs.pypi import hash_of, is_printable, is_version
from assay.scanner.inputs.pypi_collector import PypiCollector
from assay.scanner.models import Scope, Source
from assay.scanner.purl import purl_from, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

    Package = tuple[str, dict[str, Any], int | None]


class PypiLock(PypiCollector):
    """The packages of one lockfile. What cannot be one becomes a gap that names its place (``package[3].name``)."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._named: dict[str, dict[str, str | None]] = {}

    def take(
        self,
        name: str | None,
        version: str | None,
        place: str,
        line: int | None,
        source: Source = Source.REGISTRY,
        where: str | None = None,
    ) -> str | None:
        """Note one package and return its purl; None, and a gap, if it has no usable name, version or address.

        Only what does not come from a registry may go without a version.
        """
        known = self.named(name, place)
        if known is None:
            return None
        if version is None and source is Source.REGISTRY:
            self.miss("no-version", place, "no version")
            return None
        if version is not None and not is_version(version):
            self.miss("bad-version", place, "not a version")
            return None
        if where is not None and not is_printable(where):
            self.miss("bad-address", place, "an address with control characters")
            return None
        fetched = where if source in (Source.URL, Source.GIT) else None
        purl = self.add(known, version, source=source, where=where, line=line, resolved=fetched)
        self._named.setdefault(known, {})[purl] = version
        return purl

    def find(self, name: str, version: str | None = None) -> list[str]:
        """Return the purls of a normalised name, sorted; only those of ``version`` if that is locked among others."""
        purls = self._named.get(name, {})
        exact = [purl for purl in sorted(purls) if purls[purl] == version]
        return exact or sorted(purls)

    def locked(self, name: str, version: str | None, source: Source, where: str | None) -> str | None:
        """Return the purl of exactly this package if it is locked."""
        purl = purl_from("pypi", name, version, source, where)
        return purl if purl in self._named.get(name, {}) else None

    def bind_to(self, importer: str, purl: str) -> None:
        """Say that the manifests in ``importer`` mean ``purl`` by its name."""
        self.bind(importer, self._facts[purl].name, purl)

    def bind_all(self, importer: str = "") -> None:
        """Say that the manifests in ``importer`` may mean any of the packages by its name."""
        for name, purls in self._named.items():
            for purl in purls:
                self.bind(importer, name, purl)

    def add_files(self, purl: str, hashes: Iterable[str], place: str, resolved: str | None = None) -> None:
        """Note the hashes (``algorithm:hex``) of a package's files and the address that stands for them."""
        facts = self._facts[purl]
        for text in hashes:
            known = hash_of(text)
            if known:
                facts.hashes.add(known)
            else:
                self.miss("bad-hash", place, "not a hash of the form algorithm:hex")
        if resolved and not facts.resolved:
            facts.resolved.add(without_credentials(resolved))

    def spread_scopes(self) -> None:
        """Give each package the scopes of those that bring it in."""
        for scope in Scope:
            pending = [facts for facts in self._facts.values() if scope in facts.scopes]
            while pending:
                for purl in pending.pop().requires:
                    other = self._facts[purl]
                    if scope not in other.scopes:
                        other.scopes.add(scope)
                        pending.append(other)


def artifact_address(sdist: str | None, wheels: Iterable[str]) -> str | None:
    """Return the address that stands for a version's files: the source archive's, else the first wheel's in order.

    A version has one source archive at most, which installs everywhere, but often dozens of wheels.
    """
    chosen = sdist or min(wheels, default=None)
    return chosen if chosen and is_printable(chosen) else None


def packages(lock: PypiLock, document: dict[str, Any], key: str, data: bytes) -> list[Package]:
    """Return the tables of the array ``key`` with their place in the document and the line of each in ``data``."""
    tables = list(lock.tables(document, key))
    lines = table_lines(data, key, len(tables))
    return [(place, table, line) for (place, table), line in zip(tables, lines, strict=True)]


def table_lines(data: bytes, name: str, count: int) -> list[int | None]:
    """Return the lines of the headers ``[[name]]``, which tomllib does not tell, in order of the array's tables.

    If there are not ``count`` of them (inline tables, headers inside of strings), no line is known.
    """
    header = re.compile(rb"^[ \t]*+\[\[[ \t]*+" + name.encode() + rb"[ \t]*+\]\]", re.MULTILINE)
    lines: list[int | None] = []
    line, start = 1, 0
    for match in header.finditer(data):
        line += data.count(b"\n", start, match.start())
        start = match.start()
        lines.append(line)
    return lines if len(lines) == count else [None] * count
