"""bun.lock: JSON with comments and trailing commas, ways to packages, and the kinds of packages that bun knows."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha512
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.bun_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import bindings, components, details, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

DIGEST = sha512(b"x")
INTEGRITY = f"sha512-{b64encode(DIGEST.digest()).decode()}"
LOCK = f"""{{
  // a comment, with "quotes" and a , before a bracket ]
  "lockfileVersion": 1,
  "workspaces": {{
    "": {{
      "name": "app",
      "dependencies": {{ "a": "^1.0.0", "old": "npm:real@3.0.0", "lib": "workspace:*", }},
      "devDependencies": {{ "dev": "^1.0.0" }},
    }},
    "packages/lib": {{
      "name": "@s/lib",
      "version": "0.1.0",
      "dependencies": {{ "a": "^2.0.0" }},
    }},
  }},
  /* another
     one */
  "packages": {{
    "@s/lib": ["@s/lib@workspace:packages/lib"],

    "@s/lib/a": ["a@2.0.0", "", {{ "optionalDependencies": {{ "b": "*" }} }}, "{INTEGRITY}"],

    "a": ["a@1.0.0", "https://registry.example/a.tgz", {{ "peerDependencies": {{ "b": "*" }} }}, "{INTEGRITY}"],

    "b": ["b@1.0.0", "", {{}}, "{INTEGRITY}"],

    "dev": ["dev@1.0.0", "", {{ "dependencies": {{ "b": "^2.0.0", "url": "//,]" }} }}, "{INTEGRITY}"],

    "dev/b": ["b@2.0.0", "", {{}}, "{INTEGRITY}"],

    "old": ["real@3.0.0", "", {{}}, "{INTEGRITY}"],
  }},
}}
"""


def locked(packages: str) -> Parsed:
    return parse(f'{{"lockfileVersion": 1, "workspaces": {{}}, "packages": {{{packages}}}}}'.encode(), "bun.lock")


def test_a_name_is_resolved_by_the_nearest_way() -> None:
    parsed = parse(LOCK.encode(), "bun.lock")
    assert graph(parsed) == {
        "%40s/lib@0.1.0?download_url=file:packages/lib": ["a@2.0.0"],
        "a@1.0.0": ["b@1.0.0"],
        "a@2.0.0": ["b@1.0.0"],
        "b@1.0.0": [],
        "b@2.0.0": [],
        "dev@1.0.0": ["b@2.0.0"],
        "real@3.0.0": [],
    }
    told = components(parsed)
    assert [name for name, found in told.items() if not found.direct] == ["b@1.0.0", "b@2.0.0"]
    assert told["dev@1.0.0"].scopes == told["b@2.0.0"].scopes == (Scope.DEV,)
    assert told["b@1.0.0"].scopes == (Scope.OPTIONAL, Scope.PEER)
    assert told["a@1.0.0"].resolved == "https://registry.example/a.tgz"
    assert told["a@1.0.0"].hashes == (f"sha512:{DIGEST.hexdigest()}",)
    assert told["a@1.0.0"].locations == (Location("bun.lock", 23),)
    assert told["real@3.0.0"].aliases == ("old",)
    assert told["%40s/lib@0.1.0?download_url=file:packages/lib"].source is Source.WORKSPACE
    assert bindings(parsed) == {
        ("", "a"): "a@1.0.0",
        ("", "dev"): "dev@1.0.0",
        ("", "old"): "real@3.0.0",
        ("packages/lib", "a"): "a@2.0.0",
    }
    assert parsed.gaps == ()


@pytest.mark.parametrize("version", [0, 1, 2])
def test_known_versions(version: int) -> None:
    text = LOCK.replace('"lockfileVersion": 1', f'"lockfileVersion": {version}')
    assert parse(text.encode(), "bun.lock").components == parse(LOCK.encode(), "bun.lock").components


@pytest.mark.parametrize("version", ["3", "-1", '"1"', "true", "null", "1.0", "[1]"])
def test_other_versions_are_not_guessed_at(version: str) -> None:
    text = LOCK.replace('"lockfileVersion": 1', f'"lockfileVersion": {version}')
    assert reasons(parse(text.encode(), "bun.lock")) == ["unknown-version"]


@pytest.mark.parametrize(
    ("entry", "source", "purl"),
    [
        (json.dumps(["x@1.0.0", "", {}, INTEGRITY]), Source.REGISTRY, "x@1.0.0"),
        (
            '["x@github:o/r#0123456", {}, "o-r-0123456"]',
            Source.GIT,
            "x?vcs_url=git%2Bhttps://github.com/o/r.git%230123456",
        ),
        (
            '["x@git+ssh://git@example.invalid/r.git#0123", {}, "0123"]',
            Source.GIT,
            "x?vcs_url=git%2Bssh://git%40example.invalid/r.git%230123",
        ),
        (
            json.dumps(["x@https://example.invalid/x.tgz", {}, INTEGRITY]),
            Source.URL,
            "x?download_url=https://example.invalid/x.tgz",
        ),
        (
            '["left-pad@https://registry.example/left-pad/-/left-pad-1.3.0.tgz", {}]',
            Source.URL,
            "left-pad@1.3.0?download_url=https://registry.example/left-pad/-/left-pad-1.3.0.tgz",
        ),
        ('["x@file:lib", {}]', Source.FILE, "x?download_url=file:lib"),
        ('["x@vendor/x.tgz", {}]', Source.FILE, "x?download_url=file:vendor/x.tgz"),
        ('["x@link:../lib", {}]', Source.LINK, "x?download_url=file:../lib"),
    ],
)
def test_sources_are_told_apart(entry: str, source: Source, purl: str) -> None:
    parsed = locked(f'"x": {entry}')
    assert {name: found.source for name, found in components(parsed).items()} == {purl: source}
    assert parsed.gaps == ()


def test_the_project_itself_is_no_component() -> None:
    assert locked('"x": ["x@root:", {}]').components == ()


def test_a_binary_lockfile_says_what_to_do() -> None:
    for data, path in ((b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\x00", "bun.lock"), (b"\x00", "a/bun.lockb")):
        (gap,) = parse(data, path).gaps
        assert (gap.path, gap.reason) == (path, "binary-lockfile")
        assert "--save-text-lockfile" in gap.detail


@pytest.mark.parametrize(
    ("entry", "gap"),
    [
        ("null", "packages.x: not a list that begins with a string"),
        ("[]", "packages.x: not a list that begins with a string"),
        ("[1]", "packages.x: not a list that begins with a string"),
        ('["x"]', "packages.x: not a version"),
        ('["a b@1.0.0"]', "packages.x: not the name of an npm package"),
        ('["x@1.0.0", "", {"dependencies": []}]', "packages.x.dependencies: not an object"),
        ('["x@1.0.0", "", {"dependencies": {"a": null}}]', "packages.x.dependencies.a: not a string"),
        ('["x@1.0.0", "", {}, "sha512-x"]', "packages.x: an integrity without a known hash"),
    ],
)
def test_a_wrong_entry_is_a_gap_and_the_others_are_read(entry: str, gap: str) -> None:
    parsed = locked(f'"x": {entry}, "a": ["a@1.0.0", "", {{}}, "{INTEGRITY}"]')
    assert "a@1.0.0" in components(parsed)
    assert details(parsed) == [gap]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"// only a comment", "empty"),
        (b"[1, 2,]", "wrong-type"),
        (b'{"lockfileVersion": 1, "packages": {', "truncated"),
        (b'{"lockfileVersion": 1, "packages": {} /* never closed', "syntax"),
        (b'{"lockfileVersion": 1, "workspaces": [], "packages": {}}', "wrong-type"),
        (b'{"lockfileVersion": 1, "workspaces": {"": null}, "packages": {}}', "wrong-type"),
        (b'{"lockfileVersion": 1, "packages": {}, "packages": {}}', "duplicate-key"),
        (b'{"lockfileVersion": 1, "a": ' + b"[" * 100_000, "too-deep"),
        (b'"' + b'\\"' * 200_000, "truncated"),
        (b"/*" * 200_000, "truncated"),
    ],
)
def test_what_is_no_lockfile_is_a_gap(data: bytes, reason: str) -> None:
    assert reasons(parse(data, "bun.lock")) == [reason]


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(alphabet='{}[]",:/*\\\n a1', max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    parse(text.encode(), "bun.lock")


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), JSON)
def test_no_document_is_too_odd(packages: dict[str, Any], workspaces: Any) -> None:
    document = {"lockfileVersion": 1, "workspaces": workspaces, "packages": packages}
    parse(json.dumps(document).encode(), "bun.lock")


@pytest.mark.parametrize("way", ["", "a b", "a/\\u001b[2J", "__proto__"])
def test_a_way_that_ends_in_no_name_is_a_gap(way: str) -> None:
    parsed = locked(f'"{way}": ["x@1.0.0", "", {{}}, "{INTEGRITY}"]')
    assert reasons(parsed) == ["bad-name"]
    assert components(parsed)["x@1.0.0"].aliases == ()
