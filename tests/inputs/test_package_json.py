"""package.json: what a project declares, and what an installed package says of itself."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha512
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.package_json import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import declared, details, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Declaration, Installed, Parsed

DIGEST = sha512(b"x")
INTEGRITY = f"sha512-{b64encode(DIGEST.digest()).decode()}"


def manifest(document: Any, path: str = "package.json") -> Parsed:
    return parse(json.dumps(document, indent=2).encode(), path)


def only(parsed: Parsed) -> Declaration:
    (declaration,) = parsed.declarations
    return declaration


def installed(document: Any, path: str = "node_modules/x/package.json") -> Installed:
    (package,) = manifest(document, path).installed
    return package


# --- a project -------------------------------------------------------------------------------------------------


def test_groups_have_scopes_and_lines() -> None:
    parsed = manifest(
        {
            "name": "My App",
            "dependencies": {"a": "^1.0.0", "b": "2.0.0", "both": "^1.0.0"},
            "devDependencies": {"c": "latest"},
            "optionalDependencies": {"both": "^2.0.0"},
            "peerDependencies": {"d": "*", "e": ">=1"},
            "peerDependenciesMeta": {"e": {"optional": True}},
            "bundledDependencies": ["z"],
        }
    )
    assert [
        (item.name, item.requirement, item.pinned, item.scopes, item.location.line) for item in parsed.declarations
    ] == [
        ("a", "^1.0.0", None, (Scope.PROD,), 4),
        ("b", "2.0.0", "2.0.0", (Scope.PROD,), 5),
        ("c", "latest", None, (Scope.DEV,), 9),
        ("both", "^2.0.0", None, (Scope.OPTIONAL,), 12),
        ("d", "*", None, (Scope.PEER,), 15),
        ("e", ">=1", None, (Scope.OPTIONAL, Scope.PEER), 16),
    ]
    assert (parsed.kind, parsed.project, parsed.gaps) == ("manifest", "My App", ())
    assert not any(item.constraint for item in parsed.declarations)


@pytest.mark.parametrize(
    ("wanted", "name", "source", "where", "pinned", "alias"),
    [
        ("npm:real@1.0.0", "real", Source.REGISTRY, None, "1.0.0", "x"),
        ("owner/repo#v1", "x", Source.GIT, "git+https://github.com/owner/repo.git#v1", None, None),
        ("https://example.invalid/x.tgz", "x", Source.URL, "https://example.invalid/x.tgz", None, None),
        ("file:../x", "x", Source.FILE, "apps/x", None, None),
        ("link:./x", "x", Source.LINK, "apps/web/x", None, None),
        ("workspace:*", "x", Source.WORKSPACE, None, None, None),
        ("catalog:", "x", Source.REGISTRY, None, None, None),
    ],
)
def test_sources_are_told_apart(
    wanted: str, name: str, source: Source, where: str | None, pinned: str | None, alias: str | None
) -> None:
    item = only(manifest({"dependencies": {"x": wanted}}, "apps/web/package.json"))
    assert (item.name, item.source, item.where, item.pinned, item.alias) == (name, source, where, pinned, alias)
    assert item.requirement == wanted


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"overrides": {"ms": "2.1.3"}}, [("ms", "2.1.3", "2.1.3")]),
        (
            {"overrides": {"a@^1": {".": "1.0.0", "b": {"c": "$d"}}}},
            [("a", "1.0.0", "1.0.0"), ("c", "$d", None)],
        ),
        (
            {"resolutions": {"**/@s/a": "^1", "b/c": "1.0.0", "d@npm:^2": "2.0.0", "@s/e": "1"}},
            [("@s/a", "^1", None), ("c", "1.0.0", "1.0.0"), ("d", "2.0.0", "2.0.0"), ("@s/e", "1", None)],
        ),
        (
            {"pnpm": {"overrides": {"a@1>b@<2": "2.0.0", "c": "-", "d": "npm:e@1.0.0"}}},
            [("b", "2.0.0", "2.0.0"), ("c", "-", None), ("e", "npm:e@1.0.0", "1.0.0")],
        ),
    ],
)
def test_overrides_only_constrain(document: Any, expected: list[tuple[str, str, str | None]]) -> None:
    parsed = manifest(document)
    assert declared(parsed) == expected
    assert all(item.constraint and item.location.line for item in parsed.declarations)
    assert parsed.gaps == ()


@pytest.mark.parametrize("document", [{}, {"type": "module"}, {"private": True, "scripts": {"a": 1}}, {"pnpm": None}])
def test_a_manifest_that_declares_nothing_is_fine(document: Any) -> None:
    parsed = manifest(document)
    assert (parsed.declarations, parsed.gaps, parsed.project) == ((), (), None)


@pytest.mark.parametrize(
    ("document", "gap"),
    [
        ({"dependencies": []}, "dependencies: not an object"),
        ({"dependencies": None}, "dependencies: not an object"),
        ({"devDependencies": "a"}, "devDependencies: not an object"),
        ({"dependencies": {"a": 1}}, "dependencies.a: not a string"),
        ({"dependencies": {"a": None}}, "dependencies.a: not a string"),
        ({"dependencies": {"": "*"}}, "dependencies.: not the name of an npm package"),
        ({"dependencies": {"__proto__": "*"}}, "dependencies.__proto__: not the name of an npm package"),
        ({"dependencies": {"a": "npm:b c@1"}}, "dependencies.a: not the name of an npm package"),
        ({"dependencies": {"a": "1\x1b[0m"}}, "dependencies.a: a range or address with control characters"),
        ({"overrides": []}, "overrides: not an object"),
        ({"overrides": {"a": 1}}, "overrides.a: not a string"),
        ({"pnpm": {"overrides": 1}}, "pnpm.overrides: not an object"),
        ({"name": 1}, "name: not a string"),
        ({"name": "a\nb"}, "name: too long, or with control characters"),
    ],
)
def test_a_wrong_declaration_is_a_gap_and_the_others_are_read(document: dict[str, Any], gap: str) -> None:
    parsed = manifest({**document, "peerDependencies": {"good": "1.0.0"}})
    assert declared(parsed) == [("good", "1.0.0", "1.0.0")]
    assert details(parsed) == [gap]


def test_keys_that_stand_twice() -> None:
    text = b'{"scripts": {"a": "1", "a": "2"}, "dependencies": {"x": "1.0.0", "x": "2.0.0"}}'
    parsed = parse(text, "package.json")
    assert declared(parsed) == [("x", "2.0.0", "2.0.0")]
    assert details(parsed) == ['the key "x" stands twice']


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"[]", "wrong-type"), (b"{", "truncated"), (b'{"a": NaN}', "syntax"), (b"\xff\xfe{", "not-utf8")],
)
@pytest.mark.parametrize("path", ["package.json", "node_modules/x/package.json"])
def test_what_is_no_manifest_is_a_gap(data: bytes, reason: str, path: str) -> None:
    assert reasons(parse(data, path)) == [reason]


# --- an installed package --------------------------------------------------------------------------------------


def test_everything_that_an_installed_package_says() -> None:
    package = installed(
        {
            "name": "x",
            "version": "v1.2.3",
            "license": {"type": "MIT"},
            "dependencies": {"a": "*", "_": "*"},
            "optionalDependencies": {"b": "*"},
            "peerDependencies": {"c": "*"},
            "devDependencies": {"d": "*"},
            "_resolved": "https://user:secret@registry.example/x/-/x-1.2.3.tgz",
            "_integrity": INTEGRITY,
        }
    )
    found = package.component
    assert (package.root, found.purl, found.version) == ("node_modules/x", "pkg:npm/x@1.2.3", "1.2.3")
    assert package.needs == (("a", Scope.PROD), ("b", Scope.OPTIONAL), ("c", Scope.PEER))
    assert found.licences == ("MIT",)
    assert found.hashes == (f"sha512:{DIGEST.hexdigest()}",)
    assert found.resolved == "https://registry.example/x/-/x-1.2.3.tgz"
    assert found.locations == (Location("node_modules/x/package.json"),)
    assert (found.direct, found.scopes, found.source) == (False, (), Source.REGISTRY)


@pytest.mark.parametrize(
    ("path", "root", "aliases"),
    [
        ("node_modules/x/package.json", "node_modules/x", ()),
        ("a/node_modules/@s/x/package.json", "a/node_modules/@s/x", ("@s/x",)),
        ("node_modules/.pnpm/x@1.0.0/node_modules/x/package.json", "node_modules/.pnpm/x@1.0.0/node_modules/x", ()),
        ("node_modules/old/package.json", "node_modules/old", ("old",)),
    ],
)
def test_where_a_package_lies(path: str, root: str, aliases: tuple[str, ...]) -> None:
    package = installed({"name": "x", "version": "1.0.0"}, path)
    assert (package.root, package.component.aliases) == (root, aliases)


@pytest.mark.parametrize("path", ["package.json", "node_modules/x/lib/package.json", "node_modules/@s/package.json"])
def test_other_places_hold_no_installed_package(path: str) -> None:
    assert manifest({"name": "x", "version": "1.0.0"}, path).installed == ()


def test_a_folder_in_pnpms_store_is_no_registry_package() -> None:
    package = installed(
        {"name": "x", "version": "1.0.0"}, "app/node_modules/.pnpm/x@file+vendor+x/node_modules/x/package.json"
    )
    assert package.component.purl == "pkg:npm/x@1.0.0?download_url=file:app/vendor/x"


@pytest.mark.parametrize(
    "claim",
    [
        {"_resolved": "git+https://example.invalid/r.git"},
        {"_resolved": "file:x"},
        {"_resolved": 7, "_integrity": 7, "license": 7, "dependencies": []},
        {"_resolved": "https://a\nb", "_integrity": "x", "licenses": [["x"]], "dependencies": None},
    ],
)
def test_no_claim_of_a_package_changes_what_it_is(claim: dict[str, Any]) -> None:
    parsed = manifest({"name": "x", "version": "1.0.0", **claim}, "node_modules/x/package.json")
    assert [package.component.purl for package in parsed.installed] == ["pkg:npm/x@1.0.0"]
    assert parsed.gaps == ()


@pytest.mark.parametrize(
    ("document", "purl", "gaps"),
    [
        ({}, "pkg:npm/x", []),
        ({"name": "y"}, "pkg:npm/y", []),
        ({"version": "1.0.0"}, "pkg:npm/x@1.0.0", []),
        ({"name": 7, "version": "1.0.0"}, "pkg:npm/x@1.0.0", ["name: not a string"]),
        ({"name": "a b", "version": "1.0.0"}, "pkg:npm/x@1.0.0", ["name: not the name of an npm package"]),
        ({"name": "x", "version": 1}, "pkg:npm/x", ["version: not a string"]),
        ({"name": "x", "version": "1\n2"}, "pkg:npm/x", ["version: not a version"]),
        ({"name": "x", "dependencies": ["a"]}, "pkg:npm/x", ["dependencies: not an object"]),
    ],
)
def test_a_package_without_a_proper_name_or_version(document: Any, purl: str, gaps: list[str]) -> None:
    parsed = manifest(document, "node_modules/x/package.json")
    assert [package.component.purl for package in parsed.installed] == [purl]
    assert details(parsed) == gaps


def test_slips_that_npm_puts_up_with_are_no_gaps() -> None:
    text = b'\xef\xbb\xbf{"name": "x", "version": "1.0.0", "main": "a", "main": "b"}'
    parsed = parse(text, "node_modules/x/package.json")
    assert (parsed.installed[0].component.purl, parsed.gaps) == ("pkg:npm/x@1.0.0", ())
    assert reasons(parse(text, "package.json")) == ["byte-order-mark"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "name",
    "version",
    "dependencies",
    "overrides",
    "pnpm",
    "peerDependenciesMeta",
    "license",
    "licenses",
    "_resolved",
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from(["package.json", "node_modules/x/package.json"]))
def test_no_document_is_too_odd(document: dict[str, Any], path: str) -> None:
    manifest(document, path)
