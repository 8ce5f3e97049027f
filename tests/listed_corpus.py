"""A corpus that is a table in a test: what a rule is told, without packs and signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.scanner.knowledge import (
    Advisory,
    AdvisoryKind,
    AdvisoryMatch,
    Denial,
    Indicator,
    IndicatorKind,
    LicenceList,
    Observable,
    PackInfo,
    RegistryHost,
)
from assay.scanner.models import Component, Ecosystem, Location, Severity, Source
from assay.scanner.purl import purl_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PACK = PackInfo("default", 1, 1, "sha256:" + "0" * 64, "2026-01-01", 0)


@dataclass
class ListedCorpus:
    """Answers from plain tables; (ecosystem, name) or (ecosystem, name, version) are the keys."""

    matches: dict[tuple[Ecosystem, str, str | None], tuple[AdvisoryMatch, ...]] = field(default_factory=dict)
    listed: dict[tuple[Ecosystem, str, str], tuple[Indicator, ...]] = field(default_factory=dict)
    ranks: dict[Ecosystem, dict[str, int]] = field(default_factory=dict)
    denials: dict[tuple[Ecosystem, str], tuple[Denial, ...]] = field(default_factory=dict)
    own: frozenset[tuple[Ecosystem, str]] = frozenset()
    allowances: dict[tuple[Ecosystem, str], tuple[Denial, ...]] = field(default_factory=dict)
    seen: tuple[Indicator, ...] = ()
    hosts: tuple[RegistryHost, ...] = ()
    licence_lists: tuple[LicenceList, ...] = ()

    def packs(self) -> tuple[PackInfo, ...]:
        return (PACK,)

    def mentioned(self, ecosystem: Ecosystem, names: Iterable[str]) -> frozenset[str]:
        known = {key[:2] for key in (*self.matches, *self.listed, *self.denials)}
        return frozenset(name for name in names if (ecosystem, name) in known)

    def advisories(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[AdvisoryMatch, ...]:
        return self.matches.get((ecosystem, name, version), ())

    def indicators(self, ecosystem: Ecosystem, name: str, version: str) -> tuple[Indicator, ...]:
        return self.listed.get((ecosystem, name, version), ())

    def popular(self, ecosystem: Ecosystem) -> Mapping[str, int]:
        return self.ranks.get(ecosystem, {})

    def denied(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        return self.denials.get((ecosystem, name), ())

    def allowed(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        return self.allowances.get((ecosystem, name), ())

    def listed_files(self) -> frozenset[str]:
        return frozenset(each.value for each in self.seen if each.kind is IndicatorKind.FILE)

    def observables(self) -> tuple[Observable, ...]:
        return tuple(
            sorted({Observable(each.kind, each.value) for each in self.seen if each.kind is not IndicatorKind.FILE})
        )

    def indicators_of(self, kind: IndicatorKind, value: str) -> tuple[Indicator, ...]:
        return tuple(each for each in self.seen if (each.kind, each.value) == (kind, value))

    def registry_hosts(self, ecosystem: Ecosystem) -> tuple[RegistryHost, ...]:
        return tuple(each for each in self.hosts if each.ecosystem == ecosystem)

    def licences(self) -> tuple[LicenceList, ...]:
        return self.licence_lists

    def internal(self, ecosystem: Ecosystem, name: str) -> bool:
        return (ecosystem, name) in self.own


def component(
    text: str, *, source: Source = Source.REGISTRY, direct: bool = True, requires: tuple[str, ...] = ()
) -> Component:
    """Return the component that ``npm:name@version`` or ``pypi:name`` stands for, named by ``lock``, line 1."""
    prefix, _, rest = text.partition(":")
    at = rest.find("@", 1)
    name, version = (rest, None) if at < 0 else (rest[:at], rest[at + 1 :])
    ecosystem: Ecosystem = "npm" if prefix == "npm" else "pypi"
    where = None if source is Source.REGISTRY else "elsewhere"
    return Component(
        purl=purl_from(ecosystem, name, version, source, where),
        ecosystem=ecosystem,
        name=name,
        version=version,
        source=source,
        direct=direct,
        requires=requires,
        locations=(Location("lock", 1),),
    )


def advisory(
    name: str,
    *aliases: str,
    kind: AdvisoryKind = AdvisoryKind.VULNERABILITY,
    severity: Severity | None = None,
    whole: bool = False,
    summary: str = "it is bad",
) -> Advisory:
    """Return an advisory of channel ``default`` with one reference."""
    return Advisory(
        name, aliases, kind, severity, None, summary, whole, (f"https://example.invalid/{name}",), "default"
    )


def match(record: Advisory, state: str = "affected", fixed: str | None = None) -> AdvisoryMatch:
    """Return what the corpus answers if ``record`` concerns a version."""
    return AdvisoryMatch(record, "affected" if state == "affected" else "undetermined", fixed)
