"""yarn.lock of yarn 2 and later: resolutions, workspaces, patches, and dependencies with and without ``npm:``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.yarn_berry_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import bindings, components, details, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROOT = """
"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    a: "npm:^1.0.0"
    lib: "workspace:^"
    optional: "npm:^1.0.0"
  dependenciesMeta:
    optional:
      optional: true
  languageName: unknown
  linkType: soft
"""
REST = """
"a@npm:^1.0.0, a@npm:^1.1.0":
  version: 1.1.0
  resolution: "a@npm:1.1.0"
  dependencies:
    fsevents: "npm:~2.3.2"
    old: "npm:real@^3.0.0"
  peerDependencies:
    react: "*"
  checksum: 10c0/00112233
  languageName: node
  linkType: hard

"fsevents@npm:~2.3.2":
  version: 2.3.3
  resolution: "fsevents@npm:2.3.3"

"fsevents@patch:fsevents@npm%3A~2.3.2#optional!builtin<compat/fsevents>":
  version: 2.3.3
  resolution: "fsevents@patch:fsevents@npm%3A2.3.3#optional!builtin<compat/fsevents>::version=2.3.3&hash=df0bf1"

"lib@workspace:^, lib@workspace:packages/lib":
  version: 0.0.0-use.local
  resolution: "lib@workspace:packages/lib"
  dependencies:
    a: "npm:^1.1.0"

"old@npm:real@^3.0.0":
  version: 3.0.0
  resolution: "real@npm:3.0.0"

"optional@npm:^1.0.0":
  version: 1.0.0
  resolution: "optional@npm:1.0.0::__archiveUrl=https%3A%2F%2Fmirror.example%2Foptional.tgz"
"""


def locked(text: str, version: str = "8") -> Parsed:
    return parse(f"__metadata:\n  version: {version}\n  cacheKey: 10c0\n{text}".encode(), "yarn.lock")


def test_the_graph_from_the_workspaces_on() -> None:
    parsed = locked(ROOT + REST)
    assert graph(parsed) == {
        "a@1.1.0": ["fsevents@2.3.3", "real@3.0.0"],
        "fsevents@2.3.3": [],
        "lib?download_url=file:packages/lib": ["a@1.1.0"],
        "optional@1.0.0": [],
        "real@3.0.0": [],
    }
    told = components(parsed)
    assert [name for name, found in told.items() if found.direct] == [
        "a@1.1.0",
        "lib?download_url=file:packages/lib",
        "optional@1.0.0",
    ]
    assert told["a@1.1.0"].hashes == ()
    assert told["a@1.1.0"].locations == (Location("yarn.lock", 18),)
    assert len(told["fsevents@2.3.3"].locations) == 2
    assert told["lib?download_url=file:packages/lib"].source is Source.WORKSPACE
    assert told["optional@1.0.0"].scopes == (Scope.OPTIONAL,)
    assert told["optional@1.0.0"].resolved == "https://mirror.example/optional.tgz"
    assert told["real@3.0.0"].aliases == ("old",)
    assert bindings(parsed) == {
        ("", "a"): "a@1.1.0",
        ("", "lib"): "lib?download_url=file:packages/lib",
        ("", "optional"): "optional@1.0.0",
        ("packages/lib", "a"): "a@1.1.0",
    }
    assert (parsed.directness, parsed.gaps) == (True, ())


def test_yarn_2_and_3_leave_out_the_protocol() -> None:
    text = ROOT + REST
    older = text.replace(': "npm:', ': "').replace('"real@^3.0.0"', '"npm:real@^3.0.0"')
    assert locked(older, "4").components == locked(text).components


@pytest.mark.parametrize(
    ("descriptor", "resolution", "source", "purl"),
    [
        (
            f"x@https://github.com/o/r.git#commit={COMMIT}",
            f"x@https://github.com/o/r.git#commit={COMMIT}",
            Source.GIT,
            f"x@1.0.0?vcs_url=git%2Bhttps://github.com/o/r.git%23{COMMIT}",
        ),
        (
            "x@https://example.invalid/x.tgz",
            "x@https://example.invalid/x.tgz#commit-less",
            Source.URL,
            "x@1.0.0?download_url=https://example.invalid/x.tgz",
        ),
        (
            "x@file:./x.tgz::locator=lib%40workspace%3Apackages%2Flib",
            "x@file:./x.tgz#./x.tgz::hash=abc&locator=lib%40workspace%3Apackages%2Flib",
            Source.FILE,
            "x@1.0.0?download_url=file:packages/lib/x.tgz",
        ),
        (
            "x@portal:../x::locator=app%40workspace%3A.",
            "x@portal:../x::locator=app%40workspace%3A.",
            Source.LINK,
            "x@1.0.0?download_url=file:../x",
        ),
        ("x@virtual:abc#npm:^1.0.0", "x@virtual:abc#npm:1.0.0", Source.REGISTRY, "x@1.0.0"),
        ("x@npm:^1.0.0", "@scope/real@npm:1.0.0", Source.REGISTRY, "%40scope/real@1.0.0"),
    ],
)
def test_sources_are_told_apart(descriptor: str, resolution: str, source: Source, purl: str) -> None:
    parsed = locked(f'\n"{descriptor}":\n  version: 1.0.0\n  resolution: "{resolution}"\n')
    assert {name: found.source for name, found in components(parsed).items()} == {purl: source}
    assert parsed.gaps == ()


@pytest.mark.parametrize("version", ["0", "11", "99", "x", "[8]", "{a: b}", "8.1", "null"])
def test_other_versions_are_not_guessed_at(version: str) -> None:
    parsed = locked(REST, version)
    assert (reasons(parsed), parsed.components) == (["unknown-version"], ())


@pytest.mark.parametrize(
    ("entry", "gap"),
    [
        ('"x@npm:1":\n', "x@npm:1: not an object"),
        ('"x@npm:1": []\n', "x@npm:1: not an object"),
        ('"x@npm:1":\n  resolution: "x@npm:1.0.0"\n', "x@npm:1: no version"),
        ('"x@npm:1":\n  version: [1]\n  resolution: "x@npm:1.0.0"\n', "x@npm:1.version: not a string"),
        ('"x@npm:1":\n  version: 1.0.0\n  resolution: "_x@npm:1.0.0"\n', "x@npm:1: not the name of an npm package"),
        ('"x@npm:1":\n  version: 1.0.0\n  dependencies: [a]\n', "x@npm:1.dependencies: not an object"),
        ('"x@npm:1":\n  version: 1.0.0\n  dependencies:\n    a: [b]\n', "x@npm:1.dependencies.a: not a string"),
    ],
)
def test_a_wrong_entry_is_a_gap_and_the_others_are_read(entry: str, gap: str) -> None:
    parsed = locked(f'\n{entry}"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n')
    assert "a@1.0.0" in components(parsed)
    assert gap in details(parsed)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"__metadata:\n  version: 8\na: &x [*x]\n", "alias-bomb"),
        (b"__metadata: 8\n", "wrong-type"),
        (b"__metadata:\n  version: 8\n '", "syntax"),
        (b"- __metadata\n", "wrong-type"),
        (b"__metadata:\n  version: 8\na: {}\n" + b"a: {}\n", "duplicate-key"),
    ],
)
def test_what_is_no_lockfile_is_a_gap(data: bytes, reason: str) -> None:
    assert reason in reasons(parse(data, "yarn.lock"))


@pytest.mark.parametrize(
    "resolution",
    ["bad@npm:6.6.6", "good@npm:1.0.0::__archiveUrl=https%3A%2F%2Fregistry.example%2Fbad%2F-%2Fbad-6.6.6.tgz"],
)
def test_the_resolution_decides_what_gets_installed(resolution: str) -> None:
    text = f'__metadata:\n  version: 8\n\n"good@npm:^1":\n  version: 1.0.0\n  resolution: "{resolution}"\n'
    (found,) = components(parse(text.encode(), "yarn.lock")).values()
    assert (found.name, found.version, found.aliases) == ("bad", "6.6.6", ("good",))
