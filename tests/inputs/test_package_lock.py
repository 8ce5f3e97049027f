"""package-lock.json: what npm resolves from each version of it, and what becomes of entries that are not right."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha512
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.package_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import bindings, components, details, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = sha512(b"x")
INTEGRITY = f"sha512-{b64encode(DIGEST.digest()).decode()}"


def locked(packages: dict[str, Any], version: int = 3, **more: Any) -> Parsed:
    document = {"name": "app", "lockfileVersion": version, "packages": packages, **more}
    return parse(json.dumps(document, indent=2).encode(), "package-lock.json")


def test_everything_that_an_entry_says() -> None:
    parsed = locked(
        {
            "": {"name": "app", "dependencies": {"lodash": "^4.0.0"}},
            "node_modules/lodash": {
                "version": "4.17.21",
                "resolved": "https://user:secret@registry.example/lodash/-/lodash-4.17.21.tgz",
                "integrity": INTEGRITY,
                "license": "MIT",
            },
        }
    )
    found = components(parsed)["lodash@4.17.21"]
    assert (found.name, found.version, found.source, found.direct) == ("lodash", "4.17.21", Source.REGISTRY, True)
    assert found.scopes == (Scope.PROD,)
    assert found.hashes == (f"sha512:{DIGEST.hexdigest()}",)
    assert found.resolved == "https://registry.example/lodash/-/lodash-4.17.21.tgz"
    assert found.licences == ("MIT",)
    assert found.locations == (Location("package-lock.json", 11),)
    assert bindings(parsed) == {("", "lodash"): "lodash@4.17.21"}
    assert (parsed.kind, parsed.directness, parsed.gaps) == ("lockfile", True, ())


def test_a_name_is_resolved_by_the_nearest_folder() -> None:
    parsed = locked(
        {
            "": {"dependencies": {"a": "1", "b": "1"}},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "2", "c": "1", "missing": "1"}},
            "node_modules/a/node_modules/b": {"version": "2.0.0", "dependencies": {"c": "1"}},
            "node_modules/b": {"version": "1.0.0", "optionalDependencies": {"c": "1"}},
            "node_modules/c": {"version": "1.0.0", "peerDependencies": {"b": "*"}},
        }
    )
    assert graph(parsed) == {
        "a@1.0.0": ["b@2.0.0", "c@1.0.0", "missing"],
        "b@1.0.0": ["c@1.0.0"],
        "b@2.0.0": ["c@1.0.0"],
        "c@1.0.0": ["b@1.0.0"],
        "missing": [],
    }
    assert [name for name, found in components(parsed).items() if found.direct] == ["a@1.0.0", "b@1.0.0"]


def test_entries_of_one_package_are_one_component() -> None:
    parsed = locked(
        {
            "node_modules/a": {"version": "1.0.0", "dev": True},
            "node_modules/b/node_modules/a": {"version": "1.0.0", "optional": True, "integrity": INTEGRITY},
        }
    )
    (found,) = parsed.components
    assert found.scopes == (Scope.DEV, Scope.OPTIONAL)
    assert [place.line for place in found.locations] == [5, 9]


@pytest.mark.parametrize(
    ("flags", "scopes"),
    [
        ({}, (Scope.PROD,)),
        ({"dev": False}, (Scope.PROD,)),
        ({"dev": True}, (Scope.DEV,)),
        ({"dev": True, "optional": True}, (Scope.DEV, Scope.OPTIONAL)),
        ({"devOptional": True}, (Scope.DEV, Scope.OPTIONAL)),
        ({"peer": True}, (Scope.PEER,)),
    ],
)
def test_scopes_are_what_npm_notes(flags: dict[str, bool], scopes: tuple[Scope, ...]) -> None:
    parsed = locked({"node_modules/a": {"version": "1.0.0", **flags}})
    assert components(parsed)["a@1.0.0"].scopes == scopes


def test_aliases_have_the_real_name() -> None:
    parsed = locked(
        {"": {"dependencies": {"old": "npm:real@1.0.0"}}, "node_modules/old": {"name": "real", "version": "1.0.0"}}
    )
    assert components(parsed)["real@1.0.0"].aliases == ("old",)
    assert bindings(parsed) == {("", "old"): "real@1.0.0"}


@pytest.mark.parametrize(
    ("wanted", "entry", "source", "purl"),
    [
        (
            "github:o/r",
            {"version": "1.0.0", "resolved": f"git+ssh://git@github.com/o/r.git#{COMMIT}"},
            Source.GIT,
            f"x@1.0.0?vcs_url=git%2Bhttps://github.com/o/r.git%23{COMMIT}",
        ),
        (
            "https://example.invalid/x.tgz",
            {"version": "1.0.0", "resolved": "https://example.invalid/x.tgz"},
            Source.URL,
            "x@1.0.0?download_url=https://example.invalid/x.tgz",
        ),
        (
            "https://registry.example/x/-/x-1.0.0.tgz",
            {"version": "1.0.0", "resolved": "https://registry.example/x/-/x-1.0.0.tgz"},
            Source.URL,
            "x@1.0.0?download_url=https://registry.example/x/-/x-1.0.0.tgz",
        ),
        ("^1", {"version": "1.0.0", "resolved": "https://mirror.example/odd/x.tgz"}, Source.REGISTRY, "x@1.0.0"),
        (
            "file:x.tgz",
            {"version": "1.0.0", "resolved": "file:vendor/x.tgz"},
            Source.FILE,
            "x@1.0.0?download_url=file:vendor/x.tgz",
        ),
        ("file:lib", {"resolved": "lib", "link": True}, Source.LINK, "x?download_url=file:lib"),
        ("^1", {"version": "1.0.0", "inBundle": True}, Source.REGISTRY, "x@1.0.0"),
    ],
)
def test_sources_are_told_apart(wanted: str, entry: dict[str, Any], source: Source, purl: str) -> None:
    parsed = locked({"": {"dependencies": {"x": wanted}}, "node_modules/x": entry})
    assert {name: found.source for name, found in components(parsed).items()} == {purl: source}
    assert parsed.gaps == ()


def test_workspaces_are_members_and_what_they_ask_for_is_direct() -> None:
    parsed = locked(
        {
            "": {"workspaces": ["packages/*"], "dependencies": {"linked": "file:linked"}},
            "node_modules/@s/a": {"resolved": "packages/a", "link": True},
            "node_modules/linked": {"resolved": "linked", "link": True},
            "node_modules/x": {"version": "1.0.0"},
            "node_modules/y": {"version": "1.0.0"},
            "linked": {"version": "0.1.0", "dependencies": {"y": "1"}},
            "packages/a": {"version": "2.0.0", "devDependencies": {"x": "2"}},
            "packages/a/node_modules/x": {"version": "2.0.0"},
        }
    )
    told = components(parsed)
    assert told["%40s/a@2.0.0?download_url=file:packages/a"].source is Source.WORKSPACE
    assert told["linked@0.1.0?download_url=file:linked"].source is Source.LINK
    assert [name for name, found in told.items() if found.direct] == [
        "%40s/a@2.0.0?download_url=file:packages/a",
        "linked@0.1.0?download_url=file:linked",
        "x@2.0.0",
    ]
    assert graph(parsed)["%40s/a@2.0.0?download_url=file:packages/a"] == ["x@2.0.0"]
    assert bindings(parsed) == {
        ("", "linked"): "linked@0.1.0?download_url=file:linked",
        ("linked", "y"): "y@1.0.0",
        ("packages/a", "x"): "x@2.0.0",
    }


def test_paths_are_relative_to_the_target() -> None:
    document = {"lockfileVersion": 3, "packages": {"node_modules/x": {"resolved": "../x", "link": True}}}
    parsed = parse(json.dumps(document).encode(), "apps/web/package-lock.json")
    assert [found.purl for found in parsed.components] == ["pkg:npm/x?download_url=file:apps/x"]


@pytest.mark.parametrize("version", [0, 4, 99, "3", 3.0, True, None, [3]])
def test_other_versions_are_not_guessed_at(version: Any) -> None:
    parsed = locked({"node_modules/a": {"version": "1.0.0"}}, version)
    assert (reasons(parsed), parsed.components) == (["unknown-version"], ())


@pytest.mark.parametrize(
    ("entry", "gap"),
    [
        (None, "packages.node_modules/x: not an object"),
        ([], "packages.node_modules/x: not an object"),
        ({"version": 1}, "packages.node_modules/x.version: not a string"),
        ({"version": None}, "packages.node_modules/x.version: not a string"),
        ({}, "packages.node_modules/x: no version"),
        ({"version": ""}, "packages.node_modules/x: not a version"),
        ({"version": "1" * 257}, "packages.node_modules/x: not a version"),
        ({"version": "1.0.0\n"}, "packages.node_modules/x: not a version"),
        ({"version": "1.0.0", "name": ["x"]}, "packages.node_modules/x.name: not a string"),
        ({"version": "1.0.0", "name": "a b"}, "packages.node_modules/x: not the name of an npm package"),
        ({"version": "1.0.0", "resolved": ["x"]}, "packages.node_modules/x.resolved: not a string"),
        ({"version": "1.0.0", "resolved": "x\x1b[2J"}, "packages.node_modules/x: an address with control characters"),
        ({"version": "1.0.0", "integrity": 5}, "packages.node_modules/x.integrity: not a string"),
        ({"version": "1.0.0", "integrity": "sha512-x"}, "packages.node_modules/x: an integrity without a known hash"),
        ({"version": "1.0.0", "license": 5}, "packages.node_modules/x.license: not a licence"),
        ({"version": "1.0.0", "dependencies": ["a"]}, "packages.node_modules/x.dependencies: not an object"),
        ({"version": "1.0.0", "dependencies": {"a": 1}}, "packages.node_modules/x.dependencies.a: not a string"),
        ({"link": True}, None),
    ],
)
def test_a_wrong_entry_is_a_gap_and_the_others_are_read(entry: Any, gap: str | None) -> None:
    parsed = locked({"node_modules/x": entry, "node_modules/a": {"version": "1.0.0"}})
    assert "a@1.0.0" in components(parsed)
    assert gap is None or details(parsed) == [gap]


@pytest.mark.parametrize("name", ["__proto__", "constructor ", "", "../../etc", "a\u202eb", "x" * 300, "a/b/c", "%2e"])
def test_names_that_are_none_are_gaps(name: str) -> None:
    parsed = locked({f"node_modules/{name}": {"version": "1.0.0"}, "node_modules/a": {"version": "1.0.0"}})
    assert list(components(parsed)) == ["a@1.0.0"]
    assert reasons(parsed) == ["bad-name"]
    assert all("\n" not in detail and len(detail) < 250 for detail in details(parsed))


@pytest.mark.parametrize("name", ["constructor", "toString", "hasOwnProperty", "JSONStream", "lodash.template"])
def test_names_that_are_odd_in_javascript_are_names(name: str) -> None:
    parsed = locked({f"node_modules/{name}": {"version": "1.0.0", "dependencies": {name: "*", "__proto__": "*"}}})
    assert (list(components(parsed)), parsed.gaps) == ([f"{name}@1.0.0"], ())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b"[]", "wrong-type"),
        (b'{"lockfileVersion": 3, "packages": {', "truncated"),
        (b'{"lockfileVersion": 3, "packages": {}, "a": NaN}', "syntax"),
        (b'{"lockfileVersion": 3, "packages": []}', "wrong-type"),
        (b'{"lockfileVersion": 3}', "no-packages"),
        (b'{"lockfileVersion": 3, "packages": {}, "packages": {}}', "duplicate-key"),
        (b"[" * 100_000, "too-deep"),
        (b"{\n<<<<<<< a\n=======\n>>>>>>> b\n}", "merge-conflict"),
        ('{"lockfileVersion": 3}'.encode("utf-16"), "not-utf8"),
    ],
)
def test_what_is_no_lockfile_is_a_gap(data: bytes, expected: str) -> None:
    assert reasons(parse(data, "package-lock.json")) == [expected]


def test_a_byte_order_mark_is_a_gap_and_the_rest_is_read() -> None:
    document = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}).encode()
    parsed = parse(b"\xef\xbb\xbf" + document, "package-lock.json")
    assert (reasons(parsed), list(components(parsed))) == (["byte-order-mark"], ["a@1.0.0"])


def test_folders_of_endless_length_are_a_gap() -> None:
    parsed = locked({"node_modules/a/" * 1000 + "node_modules/b": {"version": "1.0.0"}})
    assert (reasons(parsed), parsed.components) == (["bad-location"], ())


def test_a_flood_of_gaps_is_counted() -> None:
    parsed = locked({f"node_modules/{index}": None for index in range(1000)})
    assert len(parsed.gaps) == 101
    assert parsed.gaps[-1].detail == "900 more entries could not be read"


def test_cycles_and_twins_end() -> None:
    parsed = locked(
        {
            "node_modules/a": {"version": "1.0.0", "dependencies": {"a": "*", "b": "*"}},
            "node_modules/b": {"version": "1.0.0", "dependencies": {"a": "*"}},
        }
    )
    assert graph(parsed) == {"a@1.0.0": ["b@1.0.0"], "b@1.0.0": ["a@1.0.0"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        key: JSON | st.text(max_size=5)
        for key in ("version", "name", "resolved", "link", "dependencies", "requires", "integrity", "license", "dev")
    },
)


@given(
    st.integers(1, 3),
    st.dictionaries(
        st.sampled_from(["", "node_modules/a", "node_modules/a/node_modules/b", "lib", "../x"]), ENTRY | JSON
    ),
    st.dictionaries(st.text(max_size=4), ENTRY | JSON, max_size=4),
)
def test_nothing_raises_and_everything_required_is_there(
    version: int, packages: dict[str, Any], dependencies: dict[str, Any]
) -> None:
    parsed = locked(packages, version, dependencies=dependencies)
    purls = {found.purl for found in parsed.components}
    assert len(purls) == len(parsed.components)
    assert {other for found in parsed.components for other in found.requires} <= purls
    assert {binding.purl for binding in parsed.bindings} <= purls


@pytest.mark.parametrize(
    ("entry", "purl"),
    [
        pytest.param({"version": "1.0.0"}, "bad@6.6.6", id="another package and version"),
        pytest.param({"version": "6.6.6", "name": "good"}, "bad@6.6.6", id="another package"),
        pytest.param({"version": "06.6.6"}, "bad@6.6.6", id="a version that is none"),
    ],
)
def test_what_the_address_of_a_registry_states_is_what_gets_installed(entry: dict[str, Any], purl: str) -> None:
    poisoned = {**entry, "resolved": "https://registry.example/bad/-/bad-6.6.6.tgz?x#y"}
    parsed = locked({"": {"dependencies": {"good": "^1"}}, "node_modules/good": poisoned})
    found = components(parsed)[purl]
    assert (found.name, found.version, found.aliases, found.direct) == ("bad", "6.6.6", ("good",), True)
    assert bindings(parsed) == {("", "good"): purl}


def test_a_link_gives_no_package_of_a_registry_another_name() -> None:
    bad = {"version": "6.6.6"}
    parsed = locked(
        {"": {}, "node_modules/good": {"resolved": "node_modules/bad", "link": True}, "node_modules/bad": bad}
    )
    assert components(parsed)["bad@6.6.6"].aliases == ("good",)
