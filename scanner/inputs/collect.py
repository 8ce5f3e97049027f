"""What one file says, while it is being read: components merged by purl, values checked for their type, gaps capped.

Ecosystem-neutral and pure. A parser makes one ``Collector`` per file, adds what it finds in any order and freezes it:

    found = Collector("npm", path)
    purl = found.add("lodash", "4.17.21", line=12, scopes=(Scope.PROD,))
    found.require(purl, [other])
    return found.parsed("lockfile", bindings=…)

Nothing here depends on the order of adding: every tuple that comes out is sorted and holds no value twice.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from assay.scanner.inputs.parsed import Binding, Parsed
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Component, Gap, Location, Scope, Source
from assay.scanner.purl import purl_from, without_credentials

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from assay.scanner.errors import ParseError
    from assay.scanner.inputs.parsed import Declaration
    from assay.scanner.models import Ecosystem

MAX_GAPS = 100
"""Gaps that one file may have; the rest is counted in a last one, so that a hostile file cannot flood the report."""

ParsedKind = Literal["lockfile", "manifest", "installed", "sbom", "provenance"]

_Text = TypeVar("_Text", bound=str)
_ABSENT: Any = object()
_PLAIN = lazy(r"[!-~]{0,120}\Z")


class _Facts:
    """One component while several entries of a file speak of it."""

    __slots__ = (
        *("aliases", "direct", "hashes", "licences", "lines", "name", "requirement", "requires"),
        *("resolved", "scopes", "source", "version"),
    )

    def __init__(self, name: str, version: str | None, source: Source) -> None:
        self.name = name
        self.version = version
        self.source = source
        self.direct = False
        self.scopes: set[Scope] = set()
        self.requires: set[str] = set()
        self.hashes: set[str] = set()
        self.resolved: set[str] = set()
        self.licences: list[str] = []
        self.aliases: list[str] = []
        self.lines: list[int | None] = []
        self.requirement: str | None = None


class Collector:
    """The components, bindings and gaps of one file at ``path`` (relative to the target)."""

    def __init__(self, ecosystem: Ecosystem, path: str) -> None:
        self.ecosystem: Ecosystem = ecosystem
        self.path = path
        self._facts: dict[str, _Facts] = {}
        self._bindings: set[tuple[str, str, str]] = set()
        self._gaps: dict[tuple[str, str], None] = {}
        self._gaps_beyond = 0

    # --- components --------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        version: str | None,
        *,
        source: Source = Source.REGISTRY,
        where: str | None = None,
        line: int | None = None,
        direct: bool = False,
        scopes: Iterable[Scope] = (),
        hashes: Iterable[str] = (),
        resolved: str | None = None,
        licences: Iterable[str] = (),
        alias: str | None = None,
    ) -> str:
        """Note one entry of the file and return the purl of its component; entries of one purl are merged.

        ``name`` is normalised; ``where`` is the address for a source other than REGISTRY, as ``purl_from`` wants it;
        ``resolved`` is the URL as written, from which credentials are removed; ``alias`` is another name that it is
        installed under (equal to ``name`` counts as none); ``line`` counts from 1.
        """
        purl = purl_from(self.ecosystem, name, version, source, where)
        facts = self._facts.get(purl)
        if facts is None:
            facts = self._facts[purl] = _Facts(name, version, source)
        facts.lines.append(line)
        if direct:
            facts.direct = True
        facts.scopes.update(scopes)
        facts.hashes.update(hashes)
        if licences:
            facts.licences.extend(licences)
        if resolved:
            facts.resolved.add(without_credentials(resolved))
        if alias is not None and alias != name:
            facts.aliases.append(alias)
        return purl

    def add_unresolved(self, name: str, requirement: str, *, line: int | None = None, alias: str | None = None) -> str:
        """Note a package of a registry of which only a range is known, and return its purl; of ranges the first stays.

        ``requirement`` is the range as written, "" for any.
        """
        purl = self.add(name, None, line=line, alias=alias)
        facts = self._facts[purl]
        wanted = without_credentials(requirement)
        facts.requirement = wanted if facts.requirement is None else min(wanted, facts.requirement)
        return purl

    def mention(self, purl: str, alias: str | None, line: int | None = None) -> None:
        """Note another name that a component which was added before is installed under, and where that is said."""
        facts = self._facts[purl]
        if line is not None:
            facts.lines.append(line)
        if alias is not None and alias != facts.name:
            facts.aliases.append(alias)

    def require(self, purl: str, others: Iterable[str]) -> None:
        """Note that the component ``purl`` depends on ``others``; what depends on itself does not."""
        requires = self._facts[purl].requires
        requires.update(others)
        requires.discard(purl)

    def ask_for(self, purl: str, scopes: Iterable[Scope] = ()) -> None:
        """Note that the project itself asks for a component."""
        facts = self._facts[purl]
        facts.direct = True
        facts.scopes.update(scopes)

    def give_scopes(self, scopes: Mapping[str, Iterable[Scope]]) -> None:
        """Note for each purl why the project depends on it."""
        for purl, values in scopes.items():
            self._facts[purl].scopes.update(values)

    def bind(self, importer: str, descriptor: str, purl: str) -> None:
        """Note that ``descriptor`` in the manifest of ``importer`` means ``purl`` (see ``Binding``)."""
        self._bindings.add((importer, descriptor, purl))

    # --- values of a document that may be anything -------------------------------------------------------------

    def mapping(self, container: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
        """Return the object under ``key``, {} if there is none; anything else (null too) is a gap that names it."""
        value = container.get(key, _ABSENT)
        if isinstance(value, dict):
            return value
        if value is not _ABSENT:
            self.wrong_type(where, key, "an object")
        return {}

    def sequence(self, container: Mapping[str, Any], key: str, where: str = "") -> list[Any]:
        """Return the list under ``key``, [] if there is none; anything else (null too) is a gap that names it."""
        value = container.get(key, _ABSENT)
        if isinstance(value, list):
            return value
        if value is not _ABSENT:
            self.wrong_type(where, key, "a list")
        return []

    def text(self, container: Mapping[str, Any], key: str, where: str = "") -> str | None:
        """Return the string under ``key``, None if there is none; anything else (null too) is a gap that names it."""
        value = container.get(key, _ABSENT)
        if isinstance(value, str):
            return value
        if value is not _ABSENT:
            self.wrong_type(where, key, "a string")
        return None

    # --- gaps --------------------------------------------------------------------------------------------------

    def wrong_type(self, where: str, key: str, expected: str) -> None:
        """Note that ``where.key`` is not ``expected`` ("an object", "a string", …)."""
        self.gap("wrong-type", f"{shown(f'{where}.{key}' if where else key)}: not {expected}")

    def gap(self, reason: str, detail: str) -> None:
        """Note what could not be read; ``detail`` is one line, with text from the file passed through ``shown``."""
        if (reason, detail) in self._gaps:
            return
        if len(self._gaps) < MAX_GAPS:
            self._gaps[reason, detail] = None
        else:
            self._gaps_beyond += 1

    # --- the end -----------------------------------------------------------------------------------------------

    def components(self) -> tuple[Component, ...]:
        """Return the components, sorted by purl."""
        return tuple(self._freeze(purl, self._facts[purl]) for purl in sorted(self._facts))

    def gaps(self) -> tuple[Gap, ...]:
        """Return the gaps in the order in which they were met, with a count of what is beyond ``MAX_GAPS``."""
        result = [Gap(self.path, reason, detail) for reason, detail in self._gaps]
        if self._gaps_beyond:
            result.append(Gap(self.path, "too-many-gaps", f"{self._gaps_beyond} more entries could not be read"))
        return tuple(result)

    def parsed(
        self,
        kind: ParsedKind,
        *,
        directness: bool = True,
        declarations: Iterable[Declaration] = (),
        project: str | None = None,
        notes: tuple[Gap, ...] = (),
    ) -> Parsed:
        """Return everything that was noted; ``notes`` are gaps of the file as a whole and stand first."""
        return Parsed(
            kind,
            components=self.components(),
            directness=directness,
            bindings=tuple(Binding(*binding) for binding in sorted(self._bindings)),
            declarations=tuple(declarations),
            gaps=notes + self.gaps(),
            project=project,
        )

    def _freeze(self, purl: str, facts: _Facts) -> Component:
        return Component(
            purl,
            self.ecosystem,
            facts.name,
            facts.version,
            facts.source,
            facts.direct,
            _frozen(facts.scopes),
            _frozen(facts.requires) if facts.requires else (),
            _frozen(facts.hashes),
            min(facts.resolved) if facts.resolved else None,
            _frozen(facts.licences),
            _frozen(facts.aliases) if facts.aliases else (),
            facts.requirement,
            self._places(facts.lines),
        )

    def _places(self, lines: list[int | None]) -> tuple[Location, ...]:
        if len(lines) == 1:
            return (Location(self.path, lines[0]),)
        return tuple(Location(self.path, line) for line in sorted(set(lines), key=lambda line: line or 0))


def _frozen(values: Collection[_Text]) -> tuple[_Text, ...]:
    return tuple(sorted(set(values))) if len(values) > 1 else tuple(values)


def refused(kind: ParsedKind, path: str, error: ParseError) -> Parsed:
    """Return what a file says that could not be read as its format: one gap."""
    return Parsed(kind, gaps=(Gap(path, error.reason, error.detail),))


def shown(text: str) -> str:
    """Return text from a file so that it stands in a gap's one line: as it is, or escaped and cut at 120 characters."""
    return text if _PLAIN.match(text) else json.dumps(text if len(text) <= 120 else text[:120] + "…")
