"""SPDX bills of materials in JSON, version 2.2 and 2.3.

Format: https://spdx.github.io/spdx-spec/v2.3/ (packages: clause 7, relationships: clause 11). A package counts if one
of its external references is a purl of npm or PyPI. The one package that the document describes is the project and no
component; where several are described, all of them are components. SPDX 3 is another format and a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.bill import Bill, Entry, digest_of, objects, texts
from assay.scanner.inputs.collect import refused, shown
from assay.scanner.inputs.text import load_json
from assay.scanner.models import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.collect import Collector
    from assay.scanner.inputs.parsed import Parsed

_VERSIONS = frozenset({"SPDX-2.2", "SPDX-2.3"})
_DOCUMENT = "SPDXRef-DOCUMENT"
_ELSEWHERE = ("DocumentRef-", "NOASSERTION", "NONE")
_DEPENDS_ON = frozenset({"DEPENDS_ON", "HAS_PREREQUISITE"})
_UNSTATED = frozenset({None, "NOASSERTION", "NONE", ""})

_DEPENDENCY_OF: dict[str, Scope | None] = {
    "DEPENDENCY_OF": None,
    "PREREQUISITE_FOR": None,
    "RUNTIME_DEPENDENCY_OF": Scope.PROD,
    "DEV_DEPENDENCY_OF": Scope.DEV,
    "DEV_TOOL_OF": Scope.DEV,
    "BUILD_DEPENDENCY_OF": Scope.DEV,
    "BUILD_TOOL_OF": Scope.DEV,
    "TEST_DEPENDENCY_OF": Scope.DEV,
    "TEST_TOOL_OF": Scope.DEV,
    "OPTIONAL_DEPENDENCY_OF": Scope.OPTIONAL,
    "PROVIDED_DEPENDENCY_OF": Scope.PEER,
}
"""Relationships in which the first element is what the second depends on, and the scope that each one states."""


def parse(data: bytes, path: str) -> Parsed:
    """Read an SPDX document. Never raises: what cannot be read is a gap."""
    try:
        loaded = load_json(data)
        document = _checked(loaded.value)
    except ParseError as error:
        return refused("sbom", path, error)
    bill = Bill(path)
    found = bill.found
    packages = objects(document, "packages", "", found)
    relationships = _relationships(document, found)
    described = {other for element, kind, other in relationships if kind == "DESCRIBES" and element == _DOCUMENT}
    described |= {element for element, kind, other in relationships if kind == "DESCRIBED_BY" and other == _DOCUMENT}
    described.update(texts(document, "documentDescribes", "", found))
    root = next(iter(described)) if len(described) == 1 and len(packages) > 1 else _DOCUMENT
    project = None
    for place, package in packages:
        if found.text(package, "SPDXID", place) == root:
            project = found.text(package, "name", place)
        else:
            _add(bill, package, place)
    for place, holder in (*objects(document, "files", "", found), *objects(document, "snippets", "", found)):
        bill.node(holder, "SPDXID", place)
    for reference in described - {root}:
        bill.add_dependency(root, reference)
    _connect(bill, relationships)
    return bill.parsed(frozenset({root}), project, loaded.gaps(path))


def _checked(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ParseError("unknown-format", "no SPDX document: not an object")
    version = document.get("spdxVersion")
    if version is None and "@context" not in document:
        raise ParseError("unknown-format", "no SPDX document: no spdxVersion")
    if not isinstance(version, str) or version not in _VERSIONS:
        raise ParseError("unknown-version", "an SPDX document of a version other than 2.2 and 2.3")
    return document


def _relationships(document: dict[str, Any], found: Collector) -> list[tuple[str, str, str]]:
    """Return element, kind and other element of each relationship within the document."""
    result = []
    for place, entry in objects(document, "relationships", "", found):
        element = found.text(entry, "spdxElementId", place)
        kind = found.text(entry, "relationshipType", place)
        other = found.text(entry, "relatedSpdxElement", place)
        if element and kind and other and not element.startswith(_ELSEWHERE) and not other.startswith(_ELSEWHERE):
            result.append((element, kind, other))
    return result


def _connect(bill: Bill, relationships: list[tuple[str, str, str]]) -> None:
    for element, kind, other in relationships:
        if kind in _DEPENDS_ON:
            bill.add_dependency(element, other)
        elif kind in _DEPENDENCY_OF:
            bill.add_dependency(other, element)
            scope = _DEPENDENCY_OF[kind]
            if scope:
                bill.add_scope(element, scope)


def _add(bill: Bill, package: dict[str, Any], place: str) -> None:
    found = bill.found
    ref = bill.node(package, "SPDXID", place)
    purls = [
        found.text(item, "referenceLocator", where)
        for where, item in objects(package, "externalRefs", place, found)
        if found.text(item, "referenceType", where) == "purl"
    ]
    entry = _entry(package, place, found)
    for purl in purls:
        if purl:
            bill.add_package(ref, purl, entry, place)
    if not any(purls) and found.text(package, "primaryPackagePurpose", place) in (None, "LIBRARY", "FRAMEWORK"):
        name = found.text(package, "name", place) or ""
        found.gap("no-purl", f"{place}: the package {shown(name)} has no purl and cannot be compared with anything")


def _entry(package: dict[str, Any], place: str, found: Collector) -> Entry:
    concluded = _stated(package, "licenseConcluded", place, found)
    licence = concluded or _stated(package, "licenseDeclared", place, found)
    return Entry(
        version=found.text(package, "versionInfo", place) or None,
        hashes=tuple(_hashes(package, place, found)),
        licences=(licence,) if licence else (),
        resolved=_stated(package, "downloadLocation", place, found),
    )


def _stated(package: dict[str, Any], key: str, place: str, found: Collector) -> str | None:
    """Return a text, None where SPDX says that nobody knows or that there is none."""
    text = found.text(package, key, place)
    return text if text not in _UNSTATED else None


def _hashes(package: dict[str, Any], place: str, found: Collector) -> Iterator[str]:
    for where, item in objects(package, "checksums", place, found):
        digest = digest_of(found.text(item, "algorithm", where) or "", found.text(item, "checksumValue", where) or "")
        if digest:
            yield digest
        else:
            found.gap("bad-hash", f"{where}: not an algorithm and a hexadecimal value")
