"""The report as a CycloneDX 1.6 bill of materials: components, dependency graph, vulnerabilities.

Specification: https://cyclonedx.org/docs/1.6/json/. The document is built with cyclonedx-python-lib; its time stamp is
left out and its serial number is a UUIDv5 of the report's fingerprint, so the same report gives the same bytes. What
CycloneDX has no field for stands in properties named ``assay:…``, from which ``inputs.cyclonedx_json`` reads it back.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import packageurl.utils  # noqa: F401 - which packageurl would import while a report is rendered
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component as CdxComponent
from cyclonedx.model.component import ComponentScope, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.impact_analysis import ImpactAnalysisResponse, ImpactAnalysisState
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.model.tool import ToolRepository
from cyclonedx.model.vulnerability import (
    BomTarget,
    Vulnerability,
    VulnerabilityAdvisory,
    VulnerabilityAnalysis,
    VulnerabilityRating,
    VulnerabilitySeverity,
)
from cyclonedx.schema.schema import SchemaVersion1Dot6
from packageurl import PackageURL

from assay.formatters.layout import freshness_label, waiver_label
from assay.scanner.canonical import encode
from assay.scanner.models import Scope, Severity, Source
from assay.scanner.purl import is_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cyclonedx.model.license import License

    from assay.formatters.options import RenderOptions
    from assay.scanner.models import Component, Finding, Report, Rule

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"

ROOT = "target"
"""The bom-ref of what was scanned; every other bom-ref is a purl or a fingerprint."""

_ALGORITHMS = {
    "md5": (HashAlgorithm.MD5, 32),
    "sha1": (HashAlgorithm.SHA_1, 40),
    "sha256": (HashAlgorithm.SHA_256, 64),
    "sha384": (HashAlgorithm.SHA_384, 96),
    "sha512": (HashAlgorithm.SHA_512, 128),
}
"""The algorithms of lockfiles that CycloneDX knows, with the length of their hexadecimal value."""

_HEX = re.compile(r"[0-9a-f]+")
_CHARACTER = r"(?:[A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._~-]+@)?[A-Za-z0-9._~-]+(?::[0-9]*)?"
    rf"(?:/{_CHARACTER}*)?(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?"
)
"""URLs that RFC 3986 allows, as the strict schema demands; others stand in a property."""

_FAMILIES = ("ADV-", "IOC-", "MAL-")
_MAX_VERSION = 1024
"""Characters of a version in CycloneDX; the purl has all of it."""

_MAX_EXPRESSION = 200
"""Characters of a licence that are tried as an SPDX expression; the parser is not made for hostile input."""


class _VerbatimPurl(PackageURL):
    """A purl that is written as it is: the library lower-cases npm names, and ``JSONStream`` is not ``jsonstream``."""

    text: str

    @classmethod
    def of(cls, text: str) -> _VerbatimPurl:
        kind, _, path = text.partition("?")[0].removeprefix("pkg:").partition("/")
        result = cls(type=kind, name=path, normalize_purl=False)
        result.text = text
        return result

    def to_string(self, encode: bool | None = True) -> str:  # noqa: ARG002 - the library's signature
        return self.text


def render(report: Report, options: RenderOptions, rules: tuple[Rule, ...] = ()) -> str:  # noqa: ARG001 - one signature for all formats
    """Return the bill of materials as canonical JSON and a newline."""
    # The library's own JSON writer takes quadratic time to check what holds here by construction: each bom-ref is there
    # once, and each dependency is a component.
    content: dict[str, Any] = json.loads(_bom(report).as_json(view_=SchemaVersion1Dot6))  # type: ignore[attr-defined]
    content |= {"$schema": _SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6"}
    del content["metadata"]["timestamp"]
    for component in content.get("components", ()):
        # The library keeps occurrences in the order of a hash of their address in memory.
        occurrences = component.get("evidence", {}).get("occurrences", [])
        occurrences.sort(key=lambda place: (place["location"], place.get("line", 0)))
    return encode(content) + "\n"


def _bom(report: Report) -> Bom:
    root = CdxComponent(
        name=report.target_name,
        type=ComponentType.APPLICATION,
        bom_ref=ROOT,
        properties=_properties({"target-kind": (report.target_kind,), "target-digest": (report.target_digest,)}),
    )
    tool = CdxComponent(name="assay", type=ComponentType.APPLICATION, version=report.tool.version, bom_ref="assay")
    return Bom(
        serial_number=uuid5(NAMESPACE_URL, f"assay:{report.fingerprint}"),
        metadata=BomMetaData(component=root, tools=ToolRepository(components=[tool]), properties=_provenance(report)),
        components=map(_component, report.components),
        dependencies=_dependencies(report.components),
        vulnerabilities=_vulnerabilities(report),
    )


def _provenance(report: Report) -> Iterable[Property]:
    return _properties(
        {
            "fingerprint": (report.fingerprint,),
            "ruleset": (report.tool.ruleset,),
            "policy": (report.policy,),
            "corpus": tuple(f"{pack.channel} {pack.epoch}.{pack.seq} {pack.digest}" for pack in report.corpus),
            "freshness": (freshness_label(report.freshness),),
            "pinned": tuple(f"{pack.channel}: {pack.pinned}" for pack in report.corpus if pack.pinned is not None),
            "coverage": ("complete" if report.coverage.complete else "incomplete",),
            "gap": tuple(": ".join(filter(None, (gap.path, gap.reason, gap.detail))) for gap in report.coverage.gaps),
        }
    )


def _properties(values: dict[str, tuple[str, ...]]) -> list[Property]:
    return [Property(name=f"assay:{name}", value=item) for name, items in values.items() for item in items]


def _component(component: Component) -> CdxComponent:
    group, _, name = component.name.rpartition("/") if component.ecosystem == "npm" else ("", "", component.name)
    known = {digest: _hash(digest) for digest in component.hashes}
    url = component.resolved if component.resolved and _URL.fullmatch(component.resolved) else None
    kind = ExternalReferenceType.VCS if component.source is Source.GIT else ExternalReferenceType.DISTRIBUTION
    return CdxComponent(
        type=ComponentType.LIBRARY,
        bom_ref=component.purl,
        purl=_VerbatimPurl.of(component.purl),
        group=group or None,
        name=name,
        version=component.version[:_MAX_VERSION] if component.version else None,
        scope=_scope(component.scopes),
        hashes=[value for value in known.values() if value],
        licenses=_licences(component.licences),
        external_references=[ExternalReference(type=kind, url=XsUri(url))] if url else [],
        evidence=_evidence(component),
        properties=_properties(
            {
                "scope": component.scopes,
                "source": (component.source,) if component.source is not Source.REGISTRY else (),
                "alias": component.aliases,
                "hash": tuple(digest for digest, value in known.items() if value is None),
                "requirement": (component.requirement,) if component.requirement else (),
                "resolved": (component.resolved,) if component.resolved and not url else (),
            }
        ),
    )


def _scope(scopes: tuple[Scope, ...]) -> ComponentScope | None:
    """Map "only for development, only optional" to optional; what nobody states stays unstated."""
    if not scopes:
        return None
    needed = Scope.PROD in scopes or Scope.PEER in scopes
    return ComponentScope.REQUIRED if needed else ComponentScope.OPTIONAL


def _hash(digest: str) -> HashType | None:
    name, _, value = digest.partition(":")
    algorithm, length = _ALGORITHMS.get(name, (None, 0))
    if algorithm is None or len(value) != length or not _HEX.fullmatch(value):
        return None
    return HashType(alg=algorithm, content=value)


def _licences(licences: tuple[str, ...]) -> list[License]:
    """Return SPDX ids and expressions where they are valid, names else; an expression can only stand alone."""
    if len(licences) == 1:
        return [_licence(licences[0])]
    return [
        licence if isinstance(licence := _licence(text), DisjunctiveLicense) else DisjunctiveLicense(name=text)
        for text in licences
    ]


@lru_cache(maxsize=1024)
def _licence(text: str) -> License:
    if len(text) > _MAX_EXPRESSION or not text.isascii() or not text.isprintable():
        return DisjunctiveLicense(name=text)
    return LicenseFactory().make_from_string(text)


def _evidence(component: Component) -> ComponentEvidence | None:
    occurrences = [Occurrence(location=place.path, line=place.line) for place in component.locations]
    return ComponentEvidence(occurrences=occurrences) if occurrences else None


def _dependencies(components: tuple[Component, ...]) -> Iterator[Dependency]:
    """Yield an entry for the target and for each component, those without dependencies too."""
    known = {component.purl for component in components}
    yield _dependency(ROOT, [component.purl for component in components if component.direct])
    for component in components:
        yield _dependency(component.purl, [purl for purl in component.requires if purl in known])


def _dependency(purl: str, requires: list[str]) -> Dependency:
    return Dependency(BomRef(purl), [Dependency(BomRef(required)) for required in requires])


def _vulnerabilities(report: Report) -> Iterator[Vulnerability]:
    components = {component.purl: component for component in report.components}
    hits = [(finding, "") for finding in report.findings]
    hits += [(each.finding, f"waived by {waiver_label(each.waiver)}: {each.waiver.reason}") for each in report.waived]
    hits += [(each.finding, f"suppressed by {each.by.label}: {each.by.reason}") for each in report.suppressed]
    for finding, aside in hits:
        if finding.rule.startswith(_FAMILIES):
            yield _vulnerability(finding, aside, _elsewhere(finding, components.get(finding.purl)))


def _elsewhere(finding: Finding, component: Component | None) -> str | None:
    """Return ``path:line:column`` of a finding in a file that does not merely name the component."""
    place = finding.location
    if place is None or (component and place in component.locations):
        return None
    return ":".join([place.path, *(str(number) for number in (place.line, place.column) if number is not None)])


def _vulnerability(finding: Finding, aside: str, place: str | None) -> Vulnerability:
    """Return an advisory that matched; the rules put its id first into the evidence. ``aside`` as ``_analysis``."""
    urls = [reference for reference in finding.references if _URL.fullmatch(reference)]
    return Vulnerability(
        bom_ref=finding.fingerprint or None,
        id=finding.evidence[0] if finding.evidence and not finding.rule.startswith("IOC-") else finding.rule,
        ratings=[VulnerabilityRating(severity=VulnerabilitySeverity(finding.severity.value))],
        description=finding.message,
        detail="; ".join(item for item in finding.evidence[1:] if item) or None,
        recommendation=finding.remediation or None,
        advisories=[VulnerabilityAdvisory(url=XsUri(url)) for url in urls],
        analysis=_analysis(finding, aside),
        affects=[BomTarget(ref=ROOT if is_target(finding.purl) else finding.purl)],
        properties=_properties(
            {
                "rule": (finding.rule,),
                "confidence": (finding.confidence,),
                "via": (" > ".join(finding.via),) if finding.via else (),
                "file": (place,) if place else (),
                "severity-before": (finding.adjusted.severity,) if finding.adjusted else (),
                "note": (finding.note.text,) if finding.note else (),
            }
        ),
    )


def _analysis(finding: Finding, aside: str) -> VulnerabilityAnalysis:
    """Say that malware does harm as it is, that a defect awaits a judgement, and who sets it aside ("" for nobody)."""
    if aside:
        return VulnerabilityAnalysis(responses=[ImpactAnalysisResponse.WILL_NOT_FIX], detail=aside)
    harmful = not finding.rule.startswith("ADV-") and finding.severity is not Severity.INFO
    return VulnerabilityAnalysis(state=ImpactAnalysisState.EXPLOITABLE if harmful else ImpactAnalysisState.IN_TRIAGE)
