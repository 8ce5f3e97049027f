from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.inputs import bill
from assay.scanner.inputs.cyclonedx_json import parse
from assay.scanner.models import Component, Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

PATH = "web/bom.json"


def library(purl: str | None, ref: str | None = None, **fields: Any) -> dict[str, Any]:
    stated = {"purl": purl, "bom-ref": ref or purl}
    return {"type": "library", "name": "x", **{key: value for key, value in stated.items() if value}, **fields}


def read(*components: Any, graph: dict[str, list[str]] | None = None, **fields: Any) -> Parsed:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {"component": {"type": "application", "name": "shop", "bom-ref": "root"}},
        "components": list(components),
        "dependencies": [{"ref": ref, "dependsOn": required} for ref, required in (graph or {}).items()],
    }
    return parse(json.dumps(document | fields).encode(), PATH)


def only(parsed: Parsed) -> Component:
    assert parsed.gaps == ()
    (component,) = parsed.components
    return component


def reasons(parsed: Parsed) -> list[str]:
    assert all(gap.path == PATH and "\n" not in gap.detail for gap in parsed.gaps)
    return [gap.reason for gap in parsed.gaps]


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])
def test_a_component_is_read_in_every_version(version: str) -> None:
    parsed = read(library("pkg:npm/lodash@4.17.4"), specVersion=version)
    found = only(parsed)
    assert (found.purl, found.name, found.version) == ("pkg:npm/lodash@4.17.4", "lodash", "4.17.4")
    assert [location.path for location in found.locations] == [PATH]
    assert (parsed.kind, parsed.project) == ("sbom", "shop")


@pytest.mark.parametrize(
    ("purl", "expected", "name", "version"),
    [
        ("pkg:npm/JSONStream@1.3.5", "pkg:npm/JSONStream@1.3.5", "JSONStream", "1.3.5"),
        ("pkg:npm/%40types/node@20.1.0", "pkg:npm/%40types/node@20.1.0", "@types/node", "20.1.0"),
        ("pkg:npm/@types/node@20.1.0", "pkg:npm/%40types/node@20.1.0", "@types/node", "20.1.0"),
        ("pkg:npm/%40types%2Fnode@20.1.0", "pkg:npm/%40types/node@20.1.0", "@types/node", "20.1.0"),
        ("pkg:npm/@types/node", "pkg:npm/%40types/node", "@types/node", None),
        ("pkg:pypi/Zope.Interface@5.0", "pkg:pypi/zope-interface@5.0", "zope-interface", "5.0"),
        ("pkg:pypi/x@1%2Blocal", "pkg:pypi/x@1%2Blocal", "x", "1+local"),
        ("PKG:PyPI/x@1", "pkg:pypi/x@1", "x", "1"),
        ("pkg://npm/x@1", "pkg:npm/x@1", "x", "1"),
        ("pkg:npm/x@1#lib/index.js", "pkg:npm/x@1", "x", "1"),
        ("pkg:npm/x@1?vcs_url=git%2Bhttps://host.example/x.git", "pkg:npm/x@1", "x", "1"),
        ("pkg:npm/x@1?repository_url=registry.example", "pkg:npm/x@1", "x", "1"),
        ("pkg:npm/x", "pkg:npm/x", "x", None),
    ],
)
def test_purls(purl: str, expected: str, name: str, version: str | None) -> None:
    found = only(read(library(purl)))
    assert (found.purl, found.name, found.version) == (expected, name, version)
    assert found.source is Source.REGISTRY


@pytest.mark.parametrize(
    ("purl", "source"),
    [
        ("pkg:npm/x@1?download_url=https://host.example/x.tgz", Source.URL),
        ("pkg:npm/x@1?download_url=file:vendor/x.tgz", Source.FILE),
    ],
)
def test_a_download_address_makes_it_another_component_than_the_registry_s(purl: str, source: Source) -> None:
    found = only(read(library(purl)))
    assert (found.purl, found.source) == (purl, source)


@pytest.mark.parametrize(
    "purl",
    [
        "lodash@4.17.4",
        "npm/lodash@4.17.4",
        "pkg:npm/",
        "pkg:npm",
        "pkg:npm/@1.0.0/",
        "pkg:npm/a/b/c@1",
        "pkg:npm/types/node@1",
        "pkg:npm/x y@1",
        "pkg:npm/x@1 2",
        "pkg:npm/x%0A@1",
        "pkg:npm/%ff@1",
        "pkg:npm/x@\u202e1",
        "pkg:pypi/ns/x@1",
        "pkg:pypi/-@1",
        "pkg:npm/" + "x" * 300 + "@1",
    ],
)
def test_what_is_not_the_purl_of_a_package_is_a_gap(purl: str) -> None:
    parsed = read(library(purl), library("pkg:npm/good@1.0.0"))
    assert [found.name for found in parsed.components] == ["good"]
    assert reasons(parsed) == ["bad-purl"]


@pytest.mark.parametrize(
    "component",
    [
        library("pkg:maven/org.example/x@1"),
        library("pkg:deb/debian/curl@7"),
        library("pkg:github/owner/repo@1"),
        {"type": "file", "name": "README.md"},
        {"type": "operating-system", "name": "debian"},
        {"type": "application", "name": "shop"},
    ],
)
def test_what_is_no_package_of_npm_or_pypi_is_passed_over(component: dict[str, Any]) -> None:
    parsed = read(component)
    assert (parsed.components, parsed.gaps) == ((), ())


@pytest.mark.parametrize("kind", ["library", "framework"])
def test_a_library_without_purl_is_a_gap_that_names_it(kind: str) -> None:
    parsed = read({"type": kind, "name": "left-pad\n", "version": "1.0.0"})
    (gap,) = parsed.gaps
    assert gap.reason == "no-purl"
    assert '"left-pad\\n"' in gap.detail


def test_a_version_may_stand_beside_the_purl() -> None:
    assert only(read(library("pkg:npm/x", version="1.2.3"))).purl == "pkg:npm/x@1.2.3"


def test_nested_components_are_found_wherever_they_are() -> None:
    inner = library("pkg:npm/inner@1", components=[library("pkg:pypi/innermost@1")])
    application = {"type": "application", "name": "app", "components": [inner]}
    parsed = read(
        application,
        metadata={"component": {"name": "shop", "components": [library("pkg:npm/in-root@1")]}},
    )
    assert [found.name for found in parsed.components] == ["in-root", "inner", "innermost"]
    assert parsed.gaps == ()


def test_hashes_licences_scope_and_address() -> None:
    found = only(
        read(
            library(
                "pkg:npm/x@1",
                scope="optional",
                hashes=[{"alg": "SHA-512", "content": "AB" * 64}, {"alg": "MD5", "content": "00" * 16}],
                licenses=[{"license": {"id": "MIT"}}, {"license": {"name": "Odd"}}],
                externalReferences=[
                    {"type": "website", "url": "https://host.example"},
                    {"type": "distribution", "url": "https://user:pw@registry.example/x.tgz"},
                ],
            )
        )
    )
    assert found.hashes == ("md5:" + "00" * 16, "sha512:" + "ab" * 64)
    assert found.licences == ("MIT", "Odd")
    assert found.scopes == (Scope.OPTIONAL,)
    assert found.resolved == "https://registry.example/x.tgz"


@pytest.mark.parametrize(
    ("fields", "scopes"),
    [
        ({}, ()),
        ({"scope": "required"}, (Scope.PROD,)),
        ({"scope": "excluded"}, (Scope.DEV,)),
        ({"properties": [{"name": "cdx:npm:package:development", "value": "true"}]}, (Scope.DEV,)),
        ({"scope": "required", "properties": [{"name": "cdx:npm:package:development", "value": "true"}]}, (Scope.DEV,)),
        ({"scope": "optional", "properties": [{"name": "assay:scope", "value": "dev"}]}, (Scope.DEV,)),
        ({"properties": [{"name": "assay:scope", "value": "bogus"}]}, ()),
        ({"properties": [{"name": "scope", "value": "dev"}]}, ()),
    ],
)
def test_scopes(fields: dict[str, Any], scopes: tuple[Scope, ...]) -> None:
    assert only(read(library("pkg:npm/x@1", **fields))).scopes == scopes


def test_only_assay_s_own_properties_say_where_a_package_comes_from() -> None:
    stated = [{"name": prefix + "source", "value": "file"} for prefix in ("", "other:", "assay")]
    assert only(read(library("pkg:npm/x@1", properties=stated))).source is Source.REGISTRY
    own = only(read(library("pkg:npm/x@1", properties=[{"name": "assay:source", "value": "file"}])))
    assert own.source is Source.FILE


def test_an_expression_is_a_licence() -> None:
    assert only(read(library("pkg:npm/x@1", licenses=[{"expression": "MIT OR ISC"}]))).licences == ("MIT OR ISC",)


def test_a_broken_hash_is_a_gap() -> None:
    parsed = read(library("pkg:npm/x@1", hashes=[{"alg": "SHA-512", "content": "xyz"}]))
    assert reasons(parsed) == ["bad-hash"]
    assert parsed.components[0].hashes == ()


# --- the graph ---------------------------------------------------------------------------------------------------


def test_the_root_s_dependencies_are_direct_and_others_are_required() -> None:
    parsed = read(
        library("pkg:npm/a@1", "1"),
        library("pkg:npm/b@1", "2"),
        library("pkg:pypi/c@1", "3"),
        graph={"root": ["1"], "1": ["2", "3"], "2": [], "3": ["1"]},
    )
    assert parsed.gaps == ()
    assert parsed.directness
    assert {found.name: (found.direct, found.requires) for found in parsed.components} == {
        "a": (True, ("pkg:npm/b@1", "pkg:pypi/c@1")),
        "b": (False, ()),
        "c": (False, ("pkg:npm/a@1",)),
    }


def test_dependencies_lead_through_what_is_no_package() -> None:
    parsed = read(
        {"type": "application", "name": "package-lock.json", "bom-ref": "lock"},
        {"type": "library", "name": "jar", "purl": "pkg:maven/g/jar@1", "bom-ref": "jar"},
        library("pkg:npm/a@1", "a"),
        library("pkg:npm/b@1", "b"),
        graph={"root": ["lock"], "lock": ["a"], "a": ["jar"], "jar": ["b", "lock"]},
    )
    direct, transitive = parsed.components
    assert (direct.name, direct.direct, direct.requires) == ("a", True, ("pkg:npm/b@1",))
    assert (transitive.name, transitive.direct) == ("b", False)


def test_directness_is_unknown_without_dependencies_of_the_root() -> None:
    assert not read(library("pkg:npm/a@1")).directness
    assert not read(library("pkg:npm/a@1"), metadata={}).directness


def test_a_dependency_on_the_project_itself_leads_nowhere() -> None:
    parsed = read(library("pkg:npm/a@1", "a"), library("pkg:npm/b@1", "b"), graph={"root": ["a", "b"], "a": ["root"]})
    assert [found.requires for found in parsed.components] == [(), ()]


def test_a_reference_to_nothing_is_a_gap() -> None:
    parsed = read(library("pkg:npm/a@1", "a"), graph={"a": ["ghost"], "root": ["a"]})
    (gap,) = parsed.gaps
    assert (gap.reason, "ghost" in gap.detail) == ("unknown-reference", True)


def test_a_service_is_a_node_of_the_graph() -> None:
    parsed = read(library("pkg:npm/a@1", "a"), services=[{"bom-ref": "api", "name": "api"}], graph={"a": ["api"]})
    assert parsed.gaps == ()


def test_one_package_listed_twice_is_one_component() -> None:
    found = only(
        read(
            library("pkg:npm/a@1", "1", hashes=[{"alg": "SHA-1", "content": "00" * 20}]),
            library("pkg:npm/a@1", "2", scope="required"),
        )
    )
    assert (found.hashes, found.scopes) == (("sha1:" + "00" * 20,), (Scope.PROD,))


def test_a_hostile_graph_ends_in_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bill, "MAX_STEPS", 50)
    chain = [{"type": "application", "name": "n", "bom-ref": f"n{number}"} for number in range(40)]
    packages = [library(f"pkg:npm/p{number}@1", f"p{number}") for number in range(40)]
    graph = {f"n{number}": [f"n{number + 1}"] for number in range(39)} | {f"p{number}": ["n0"] for number in range(40)}
    parsed = read(*chain, *packages, graph=graph)
    assert len(parsed.components) == 40
    assert reasons(parsed) == ["budget"]


# --- hostile documents -------------------------------------------------------------------------------------------

GOOD = json.dumps(
    {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [library("pkg:npm/a@1"), library("pkg:npm/b@1")]}
).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (GOOD[:-20], "truncated"),
        (GOOD[:-1] + b",}", "syntax"),
        (b"<<<<<<< HEAD\n" + GOOD + b"\n=======\n>>>>>>> x\n", "merge-conflict"),
        (GOOD.decode().encode("utf-16"), "not-utf8"),
        (GOOD.replace(b"npm/a", b"npm/\xff"), "not-utf8"),
        (GOOD.replace(b'"1.6"', b"NaN"), "syntax"),
        (b'{"bomFormat":"CycloneDX","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
        (b"x" * (33 * 1024 * 1024), "too-large"),
        (b"[]", "unknown-format"),
        (b"null", "unknown-format"),
        (b'{"bomFormat":["CycloneDX"]}', "unknown-format"),
        (b'{"name":"not a bill"}', "unknown-format"),
        (GOOD.replace(b"1.6", b"1.1"), "unknown-version"),
        (GOOD.replace(b"1.6", b"2.0"), "unknown-version"),
        (GOOD.replace(b'"1.6"', b'["1.6"]'), "unknown-version"),
    ],
)
def test_what_cannot_be_read_is_one_gap(data: bytes, reason: str) -> None:
    parsed = parse(data, PATH)
    assert parsed.components == ()
    assert reasons(parsed) == [reason]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbf" + GOOD, ["byte-order-mark"]),
        (GOOD.replace(b'"bomFormat"', b'"version": 1, "version": 2, "bomFormat"'), ["duplicate-key"]),
        (GOOD.replace(b'"components": [', b'"components": [7, '), ["wrong-type"]),
        (GOOD.replace(b'"components"', b'"metadata": [], "services": 1, "components"'), ["wrong-type"] * 2),
    ],
)
def test_what_can_be_read_in_spite_of_a_defect_is_read(data: bytes, expected: list[str]) -> None:
    parsed = parse(data, PATH)
    assert [found.name for found in parsed.components] == ["a", "b"]
    assert reasons(parsed) == expected


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("pkg:npm/x@1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "name", "purl", "bom-ref", "components", "hashes", "licenses", "license", "ref", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_KEYS = ["metadata", "components", "services", "dependencies"]
_FIELDS = ["type", "name", "purl", "bom-ref", "version", "scope", "hashes", "licenses", "properties", "components"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES), st.dictionaries(st.sampled_from(_FIELDS), _VALUES))
def test_any_json_gives_components_and_gaps(document: dict[str, Any], component: dict[str, Any]) -> None:
    fields = {"components": [component, library("pkg:npm/good@1.0.0")]} | document
    parsed = read(**fields)
    reasons(parsed)
    assert list(parsed.components) == sorted(parsed.components, key=lambda found: found.purl)
    if "components" not in document:
        assert "good" in [found.name for found in parsed.components]
