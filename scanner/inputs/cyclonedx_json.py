"""CycloneDX bills of materials in JSON, specification 1.2 to 1.7.

Format: https://cyclonedx.org/docs/1.6/json/. Components of npm and PyPI are taken wherever they are nested; others are
passed over. A library without a purl cannot be compared with anything and is a gap. What the bill describes
(``metadata.component``) is the project, not a component. Lists and graph of assay's own output read back unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.bill import Bill, Entry, digest_of, objects, texts
from assay.scanner.inputs.collect import refused, shown
from assay.scanner.inputs.text import load_json
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.collect import Collector
    from assay.scanner.inputs.parsed import Parsed

_VERSIONS = frozenset({"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"})
_NEED_PURL = frozenset({"library", "framework"})
_SCOPES = {"required": Scope.PROD, "optional": Scope.OPTIONAL, "excluded": Scope.DEV}
_NPM_DEVELOPMENT = "cdx:npm:package:development"
"""CycloneDX property taxonomy, namespace ``cdx:npm``: the package is a development dependency only."""

_OWN = "assay:"
_UNDERSTOOD = (_OWN, _NPM_DEVELOPMENT)


def parse(data: bytes, path: str) -> Parsed:
    """Read a CycloneDX document. Never raises: what cannot be read is a gap."""
    try:
        loaded = load_json(data)
        document = _checked(loaded.value)
    except ParseError as error:
        return refused("sbom", path, error)
    bill = Bill(path)
    found = bill.found
    root = found.mapping(found.mapping(document, "metadata"), "component", "metadata")
    for component, place in _components(document, root, found):
        _add(bill, component, place)
    for place, service in objects(document, "services", "", found):
        bill.node(service, "bom-ref", place)
    for place, entry in objects(document, "dependencies", "", found):
        ref = found.text(entry, "ref", place)
        for required in texts(entry, "dependsOn", place, found):
            if ref is not None:
                bill.add_dependency(ref, required)
    reference = found.text(root, "bom-ref", "metadata.component")
    project = found.text(root, "name", "metadata.component")
    return bill.parsed(frozenset() if reference is None else frozenset({reference}), project, loaded.gaps(path))


def _checked(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict) or document.get("bomFormat") != "CycloneDX":
        raise ParseError("unknown-format", "no CycloneDX document: bomFormat is not CycloneDX")
    version = document.get("specVersion")
    if not isinstance(version, str) or version not in _VERSIONS:
        raise ParseError("unknown-version", "a CycloneDX document of a version other than 1.2 to 1.7")
    return document


def _components(
    document: dict[str, Any], root: dict[str, Any], found: Collector
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield all components with their places, nested ones and those within the root too."""
    pending = [(root, "metadata.component"), (document, "")]
    while pending:
        holder, where = pending.pop()
        for place, component in objects(holder, "components", where, found):
            yield component, place
            pending.append((component, place))


def _add(bill: Bill, component: dict[str, Any], place: str) -> None:
    found = bill.found
    ref = bill.node(component, "bom-ref", place)
    purl = found.text(component, "purl", place)
    if purl:
        bill.add_package(ref, purl, _entry(component, place, found), place)
    elif found.text(component, "type", place) in _NEED_PURL:
        name = found.text(component, "name", place) or ""
        found.gap("no-purl", f"{place}: the library {shown(name)} has no purl and cannot be compared with anything")


def _entry(component: dict[str, Any], place: str, found: Collector) -> Entry:
    stated: dict[str, list[str]] = {}
    for where, item in objects(component, "properties", place, found):
        name, value = found.text(item, "name", where), found.text(item, "value", where)
        if name and value and name.startswith(_UNDERSTOOD):
            stated.setdefault(name.removeprefix(_OWN), []).append(value)
    source = stated.get("source", [""])[0]
    resolved = stated.get("resolved", [None])[0]
    return Entry(
        version=found.text(component, "version", place) or None,
        source=Source(source) if source in set(Source) else None,
        scopes=_scopes(component, stated, place, found),
        hashes=(*_hashes(component, place, found), *filter(_is_digest, stated.get("hash", ()))),
        licences=tuple(_licences(component, place, found)),
        resolved=resolved or _distribution(component, place, found, "vcs" if source == Source.GIT else "distribution"),
        aliases=tuple(stated.get("alias", ())),
        requirement=stated.get("requirement", [None])[0],
    )


def _scopes(component: dict[str, Any], stated: dict[str, list[str]], place: str, found: Collector) -> tuple[Scope, ...]:
    """Return what assay stated itself, else what the writer of the bill did."""
    own = [Scope(value) for value in stated.get("scope", ()) if value in set(Scope)]
    if own:
        return tuple(own)
    scope = _SCOPES.get(found.text(component, "scope", place) or "")
    if "true" in stated.get(_NPM_DEVELOPMENT, ()):  # npm writes "required" beside it
        return (Scope.DEV, Scope.OPTIONAL) if scope is Scope.OPTIONAL else (Scope.DEV,)
    return (scope,) if scope else ()


def _hashes(component: dict[str, Any], place: str, found: Collector) -> Iterator[str]:
    for where, item in objects(component, "hashes", place, found):
        digest = digest_of(found.text(item, "alg", where) or "", found.text(item, "content", where) or "")
        if digest:
            yield digest
        else:
            found.gap("bad-hash", f"{where}: not an algorithm and a hexadecimal value")


def _is_digest(text: str) -> bool:
    algorithm, _, value = text.partition(":")
    return digest_of(algorithm, value) == text


def _licences(component: dict[str, Any], place: str, found: Collector) -> Iterator[str]:
    for where, choice in objects(component, "licenses", place, found):
        licence = found.mapping(choice, "license", where)
        text = found.text(choice, "expression", where) or found.text(licence, "id", where)
        text = text or found.text(licence, "name", where)
        if text:
            yield text


def _distribution(component: dict[str, Any], place: str, found: Collector, kind: str) -> str | None:
    urls = [
        found.text(item, "url", where)
        for where, item in objects(component, "externalReferences", place, found)
        if found.text(item, "type", where) == kind
    ]
    return min((url for url in urls if url), default=None)
