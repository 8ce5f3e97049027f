from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.inputs.spdx_json import parse
from assay.scanner.models import Component, Scope

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

PATH = "shop.spdx.json"
DOCUMENT = "SPDXRef-DOCUMENT"
ROOT = {"SPDXID": "SPDXRef-root", "name": "shop", "versionInfo": "1.0.0"}


def package(ref: str, *purls: str, **fields: Any) -> dict[str, Any]:
    references = [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl} for purl in purls
    ]
    return {"SPDXID": f"SPDXRef-{ref}", "name": ref, "externalRefs": references, **fields}


def related(element: str, kind: str, other: str) -> dict[str, str]:
    return {
        "spdxElementId": f"SPDXRef-{element}",
        "relationshipType": kind,
        "relatedSpdxElement": other if other in ("NONE", "NOASSERTION") else f"SPDXRef-{other}",
    }


def read(*packages: Any, relationships: tuple[dict[str, str], ...] = (), **fields: Any) -> Parsed:
    """Read a document that describes one project beside the packages."""
    described = related("DOCUMENT", "DESCRIBES", "root")
    return read_plain(**({"packages": [ROOT, *packages], "relationships": [described, *relationships]} | fields))


def read_plain(**fields: Any) -> Parsed:
    return parse(json.dumps({"spdxVersion": "SPDX-2.3", "SPDXID": DOCUMENT} | fields).encode(), PATH)


def only(parsed: Parsed) -> Component:
    assert parsed.gaps == ()
    (component,) = parsed.components
    return component


def reasons(parsed: Parsed) -> list[str]:
    assert all(gap.path == PATH and "\n" not in gap.detail for gap in parsed.gaps)
    return [gap.reason for gap in parsed.gaps]


@pytest.mark.parametrize("version", ["SPDX-2.2", "SPDX-2.3"])
@pytest.mark.parametrize("category", ["PACKAGE-MANAGER", "PACKAGE_MANAGER"])
def test_a_package_is_read_in_every_version(version: str, category: str) -> None:
    listed = package("a", "pkg:npm/JSONStream@1.3.5")
    listed["externalRefs"][0]["referenceCategory"] = category
    parsed = read(listed, spdxVersion=version)
    assert only(parsed).purl == "pkg:npm/JSONStream@1.3.5"
    assert (parsed.kind, parsed.project) == ("sbom", "shop")


def test_hashes_licence_and_address() -> None:
    found = only(
        read(
            package(
                "a",
                "pkg:pypi/Flask@3.0.0",
                checksums=[{"algorithm": "SHA256", "checksumValue": "AB" * 32}],
                licenseConcluded="NOASSERTION",
                licenseDeclared="BSD-3-Clause",
                downloadLocation="https://files.example/flask.whl",
            )
        )
    )
    assert (found.name, found.version) == ("flask", "3.0.0")
    assert found.hashes == ("sha256:" + "ab" * 32,)
    assert found.licences == ("BSD-3-Clause",)
    assert found.resolved == "https://files.example/flask.whl"


@pytest.mark.parametrize("unstated", ["NOASSERTION", "NONE", ""])
def test_what_nobody_states_is_absent(unstated: str) -> None:
    found = only(read(package("a", "pkg:npm/a@1", licenseConcluded=unstated, downloadLocation=unstated)))
    assert (found.licences, found.resolved) == ((), None)


def test_a_version_may_stand_beside_the_purl() -> None:
    assert only(read(package("a", "pkg:npm/a", versionInfo="1.2.3"))).version == "1.2.3"


@pytest.mark.parametrize(
    ("relationships", "expected"),
    [
        (
            (related("root", "DEPENDS_ON", "a"), related("a", "DEPENDS_ON", "b")),
            {"a": (True, ("b",)), "b": (False, ())},
        ),
        (
            (related("a", "DEPENDENCY_OF", "root"), related("b", "DEPENDENCY_OF", "a")),
            {"a": (True, ("b",)), "b": (False, ())},
        ),
        (
            (related("b", "PREREQUISITE_FOR", "a"), related("root", "HAS_PREREQUISITE", "a")),
            {"a": (True, ("b",)), "b": (False, ())},
        ),
        ((related("root", "CONTAINS", "a"), related("root", "CONTAINS", "b")), {"a": (False, ()), "b": (False, ())}),
        (
            (related("a", "DEPENDS_ON", "NONE"), related("b", "DEPENDS_ON", "NOASSERTION")),
            {"a": (False, ()), "b": (False, ())},
        ),
    ],
)
def test_relationships(
    relationships: tuple[dict[str, str], ...], expected: dict[str, tuple[bool, tuple[str, ...]]]
) -> None:
    parsed = read(package("a", "pkg:npm/a@1"), package("b", "pkg:npm/b@1"), relationships=relationships)
    assert parsed.gaps == ()
    found = {item.name: (item.direct, item.requires) for item in parsed.components}
    assert found == {
        name: (direct, tuple(f"pkg:npm/{other}@1" for other in requires))
        for name, (direct, requires) in expected.items()
    }
    assert parsed.directness == any(direct for direct, _ in expected.values())


@pytest.mark.parametrize(
    ("kind", "scopes"),
    [
        ("DEPENDENCY_OF", ()),
        ("RUNTIME_DEPENDENCY_OF", (Scope.PROD,)),
        ("DEV_DEPENDENCY_OF", (Scope.DEV,)),
        ("TEST_DEPENDENCY_OF", (Scope.DEV,)),
        ("BUILD_TOOL_OF", (Scope.DEV,)),
        ("OPTIONAL_DEPENDENCY_OF", (Scope.OPTIONAL,)),
        ("PROVIDED_DEPENDENCY_OF", (Scope.PEER,)),
    ],
)
def test_relationships_state_scopes(kind: str, scopes: tuple[Scope, ...]) -> None:
    found = only(read(package("a", "pkg:npm/a@1"), relationships=(related("a", kind, "root"),)))
    assert (found.direct, found.scopes) == (True, scopes)


@pytest.mark.parametrize(
    "described",
    [
        {"documentDescribes": ["SPDXRef-root"], "relationships": []},
        {"relationships": [related("root", "DESCRIBED_BY", "DOCUMENT")]},
    ],
)
def test_the_one_described_package_is_the_project_and_no_component(described: dict[str, Any]) -> None:
    root = package("root", "pkg:npm/shop@1.0.0")
    parsed = read_plain(packages=[root, package("a", "pkg:npm/a@1")], **described)
    assert [found.name for found in parsed.components] == ["a"]
    assert parsed.project == "root"


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_described_packages_are_direct_where_there_is_no_project(names: tuple[str, ...]) -> None:
    packages = [package(name, f"pkg:npm/{name}@1") for name in names]
    described = [related("DOCUMENT", "DESCRIBES", name) for name in names]
    parsed = read_plain(packages=packages, relationships=described)
    assert [(found.name, found.direct) for found in parsed.components] == [(name, True) for name in names]
    assert parsed.gaps == ()


@pytest.mark.parametrize(
    "listed", [package("a", "pkg:maven/g/a@1"), package("os", primaryPackagePurpose="OPERATING-SYSTEM")]
)
def test_what_is_no_package_of_npm_or_pypi_is_passed_over(listed: dict[str, Any]) -> None:
    parsed = read(listed)
    assert (parsed.components, parsed.gaps) == ((), ())


def test_a_package_without_purl_is_a_gap_that_names_it() -> None:
    (gap,) = read(package("left-pad")).gaps
    assert gap.reason == "no-purl"
    assert "left-pad" in gap.detail


def test_a_reference_to_nothing_is_a_gap() -> None:
    parsed = read(package("a", "pkg:npm/a@1"), relationships=(related("a", "DEPENDS_ON", "ghost"),))
    assert reasons(parsed) == ["unknown-reference"]


def test_a_reference_to_another_document_is_none_of_ours() -> None:
    elsewhere = {
        "spdxElementId": "SPDXRef-a",
        "relationshipType": "DEPENDS_ON",
        "relatedSpdxElement": "DocumentRef-x:SPDXRef-y",
    }
    assert only(read(package("a", "pkg:npm/a@1"), relationships=(elsewhere,))).requires == ()


GOOD = json.dumps({"spdxVersion": "SPDX-2.3", "packages": [package("a", "pkg:npm/a@1"), package("b", "pkg:npm/b@1")]})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (GOOD[:-20].encode(), "truncated"),
        (GOOD.encode("utf-16"), "not-utf8"),
        (GOOD.replace('"SPDX-2.3"', "Infinity").encode(), "syntax"),
        (b'{"spdxVersion":' + b"[" * 300 + b"]" * 300 + b"}", "too-deep"),
        (b"[]", "unknown-format"),
        (b'{"name":"x"}', "unknown-format"),
        (GOOD.replace("2.3", "2.1").encode(), "unknown-version"),
        (GOOD.replace('"SPDX-2.3"', '["SPDX-2.3"]').encode(), "unknown-version"),
        (b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}', "unknown-version"),
    ],
)
def test_what_cannot_be_read_is_one_gap(data: bytes, reason: str) -> None:
    parsed = parse(data, PATH)
    assert parsed.components == ()
    assert reasons(parsed) == [reason]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"packages": [', '"packages": [null, ', ["wrong-type"]),
        ('"packages"', '"relationships": {}, "documentDescribes": [1], "packages"', ["wrong-type"] * 2),
        ('"packages"', '"spdxVersion": "SPDX-2.2", "packages"', ["duplicate-key"]),
        ('"pkg:npm/b@1"', "null", ["wrong-type", "no-purl"]),
        ('"pkg:npm/b@1"', '"pkg:npm/"', ["bad-purl"]),
    ],
)
def test_what_can_be_read_in_spite_of_a_defect_is_read(old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    parsed = parse(GOOD.replace(old, new, 1).encode(), PATH)
    assert "a" in [found.name for found in parsed.components]
    assert reasons(parsed) == expected


_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["pkg:npm/x@1", "purl", "DEPENDS_ON"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["SPDXID", "name", "referenceType", "referenceLocator", "relationshipType", "spdxElementId"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_FIELDS = ["SPDXID", "name", "externalRefs", "checksums", "licenseConcluded", "versionInfo", "primaryPackagePurpose"]


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["relationships", "documentDescribes", "files", "snippets"]), _VALUES),
    st.dictionaries(st.sampled_from(_FIELDS), _VALUES),
)
def test_any_json_gives_components_and_gaps(document: dict[str, Any], listed: dict[str, Any]) -> None:
    parsed = read_plain(packages=[listed, package("good", "pkg:npm/good@1")], **document)
    reasons(parsed)
    assert "good" in [found.name for found in parsed.components]
