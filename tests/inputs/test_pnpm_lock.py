"""pnpm-lock.yaml: one small project in each version of the format gives the same graph; and what is not right."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha512
from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.pnpm_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import bindings, components, details, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = sha512(b"x")
INTEGRITY = f"sha512-{b64encode(DIGEST.digest()).decode()}"

VERSION_5 = f"""lockfileVersion: 5.3
specifiers:
  '@s/a': ^1.0.0
  dev: ^1.0.0
  old: npm:real@3.0.0
  opt: ^1.0.0
dependencies:
  '@s/a': 1.1.0_peer@2.0.0
  old: /real/3.0.0
devDependencies:
  dev: 1.0.0
optionalDependencies:
  opt: 1.0.0
packages:
  /@s/a/1.1.0_peer@2.0.0:
    resolution: {{integrity: {INTEGRITY}}}
    dependencies:
      peer: 2.0.0
    dev: false
  /dev/1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
    dependencies:
      deep: 1.0.0
  /deep/1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /opt/1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /peer/2.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /real/3.0.0:
    resolution: {{integrity: {INTEGRITY}, tarball: https://user:secret@registry.example/real.tgz}}
"""
VERSION_6 = f"""lockfileVersion: '6.0'
importers:
  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.1.0(peer@2.0.0)
      old:
        specifier: npm:real@3.0.0
        version: /real@3.0.0
    devDependencies:
      dev:
        specifier: ^1.0.0
        version: 1.0.0
    optionalDependencies:
      opt:
        specifier: ^1.0.0
        version: 1.0.0
packages:
  /@s/a@1.1.0(peer@2.0.0):
    resolution: {{integrity: {INTEGRITY}}}
    dependencies:
      peer: 2.0.0
  /dev@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
    dependencies:
      deep: 1.0.0
  /deep@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /opt@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /peer@2.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  /real@3.0.0:
    resolution: {{integrity: {INTEGRITY}, tarball: https://user:secret@registry.example/real.tgz}}
"""
VERSION_9 = f"""lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.1.0(peer@2.0.0(other@1.0.0))
      old:
        specifier: npm:real@3.0.0
        version: real@3.0.0
    devDependencies:
      dev:
        specifier: ^1.0.0
        version: 1.0.0
    optionalDependencies:
      opt:
        specifier: ^1.0.0
        version: 1.0.0
packages:
  '@s/a@1.1.0':
    resolution: {{integrity: {INTEGRITY}}}
    peerDependencies:
      peer: '*'
  deep@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  dev@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  opt@1.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  peer@2.0.0:
    resolution: {{integrity: {INTEGRITY}}}
  real@3.0.0:
    resolution: {{integrity: {INTEGRITY}, tarball: https://user:secret@registry.example/real.tgz}}
snapshots:
  '@s/a@1.1.0(peer@2.0.0(other@1.0.0))':
    dependencies:
      peer: 2.0.0
  deep@1.0.0: {{}}
  dev@1.0.0:
    dependencies:
      deep: 1.0.0
  opt@1.0.0:
    optional: true
  peer@2.0.0: {{}}
  real@3.0.0: {{}}
"""
EVERY_VERSION = pytest.mark.parametrize(
    ("text", "line"), [(VERSION_5, 15), (VERSION_6, 20), (VERSION_9, 20)], ids=["5.3", "6.0", "9.0"]
)


def locked(text: str) -> Parsed:
    return parse(text.encode(), "pnpm-lock.yaml")


@EVERY_VERSION
def test_every_version_tells_the_same_graph(text: str, line: int) -> None:
    parsed = locked(text)
    assert graph(parsed) == {
        "%40s/a@1.1.0": ["peer@2.0.0"],
        "deep@1.0.0": [],
        "dev@1.0.0": ["deep@1.0.0"],
        "opt@1.0.0": [],
        "peer@2.0.0": [],
        "real@3.0.0": [],
    }
    told = components(parsed)
    assert {name: found.scopes for name, found in told.items()} == {
        "%40s/a@1.1.0": (Scope.PROD,),
        "deep@1.0.0": (Scope.DEV,),
        "dev@1.0.0": (Scope.DEV,),
        "opt@1.0.0": (Scope.OPTIONAL,),
        "peer@2.0.0": (Scope.PROD,),
        "real@3.0.0": (Scope.PROD,),
    }
    assert [name for name, found in told.items() if found.direct] == [
        "%40s/a@1.1.0",
        "dev@1.0.0",
        "opt@1.0.0",
        "real@3.0.0",
    ]
    assert told["%40s/a@1.1.0"].locations == (Location("pnpm-lock.yaml", line),)
    assert told["real@3.0.0"].aliases == ("old",)
    assert told["real@3.0.0"].hashes == (f"sha512:{DIGEST.hexdigest()}",)
    assert told["real@3.0.0"].resolved == "https://registry.example/real.tgz"
    assert bindings(parsed)["", "old"] == "real@3.0.0"
    assert (parsed.directness, parsed.gaps) == (True, ())


@pytest.mark.parametrize("version", ["5", "5.0", "5.1", "5.2", "5.4", "5.4-inlineSpecifiers"])
def test_all_of_version_5_is_read(version: str) -> None:
    assert locked(VERSION_5.replace("5.3", version)).components == locked(VERSION_5).components


@pytest.mark.parametrize("version", ["4", "5.5", "6.2", "7.0", "9.1", "10.0", "99", "~", "[9]", "''"])
def test_other_versions_are_not_guessed_at(version: str) -> None:
    parsed = locked(VERSION_9.replace("'9.0'", version))
    assert (reasons(parsed), parsed.components) == (["unknown-version"], ())


def test_projects_of_a_workspace_are_linked() -> None:
    parsed = locked(
        """lockfileVersion: '9.0'
importers:
  .:
    devDependencies:
      out: {specifier: 'link:../out', version: 'link:../out'}
  packages/a:
    dependencies:
      alias: {specifier: 'workspace:b@*', version: 'link:../b'}
  packages/b:
    dependencies:
      x: {specifier: ^1.0.0, version: 1.0.0}
  packages/nameless: {}
packages:
  x@1.0.0: {resolution: {integrity: ''}}
snapshots:
  x@1.0.0: {}
"""
    )
    told = components(parsed)
    assert {name: found.source for name, found in told.items()} == {
        "b?download_url=file:packages/b": Source.WORKSPACE,
        "out?download_url=file:../out": Source.LINK,
        "x@1.0.0": Source.REGISTRY,
    }
    assert graph(parsed)["b?download_url=file:packages/b"] == ["x@1.0.0"]
    assert told["b?download_url=file:packages/b"].aliases == ("alias",)
    assert all(found.direct for found in told.values())
    assert bindings(parsed) == {
        ("", "out"): "out?download_url=file:../out",
        ("packages/a", "alias"): "b?download_url=file:packages/b",
        ("packages/b", "x"): "x@1.0.0",
    }


@pytest.mark.parametrize(
    ("key", "entry", "source", "purl"),
    [
        (
            f"x@https://codeload.github.com/o/r/tar.gz/{COMMIT}",
            f"{{resolution: {{tarball: 'https://codeload.github.com/o/r/tar.gz/{COMMIT}'}}, version: 1.0.0}}",
            Source.GIT,
            f"x@1.0.0?vcs_url=git%2Bhttps://github.com/o/r.git%23{COMMIT}",
        ),
        (
            f"x@git+https://example.invalid/r.git#{COMMIT}",
            f"{{resolution: {{type: git, repo: 'https://example.invalid/r.git', commit: '{COMMIT}'}}, version: 1.0.0}}",
            Source.GIT,
            f"x@1.0.0?vcs_url=https://example.invalid/r.git%23{COMMIT}",
        ),
        (
            "x@https://example.invalid/x.tgz",
            "{resolution: {tarball: 'https://example.invalid/x.tgz'}, version: 1.0.0}",
            Source.URL,
            "x@1.0.0?download_url=https://example.invalid/x.tgz",
        ),
        (
            "x@file:x.tgz",
            "{resolution: {tarball: 'file:x.tgz'}, version: 1.0.0}",
            Source.FILE,
            "x@1.0.0?download_url=file:x.tgz",
        ),
        ("x@file:lib", "{resolution: {directory: lib, type: directory}}", Source.FILE, "x?download_url=file:lib"),
        (
            "node@runtime:22.0.0",
            "{resolution: {type: variations}, version: 22.0.0}",
            Source.URL,
            "node@22.0.0?download_url=runtime:22.0.0",
        ),
    ],
)
def test_sources_are_told_apart(key: str, entry: str, source: Source, purl: str) -> None:
    parsed = locked(f"lockfileVersion: '9.0'\npackages:\n  '{key}': {entry}\nsnapshots:\n  '{key}': {{}}\n")
    assert {name: found.source for name, found in components(parsed).items()} == {purl: source}
    assert parsed.gaps == ()


@pytest.mark.parametrize(
    ("version", "key"),
    [("5.4", f"github.com/o/r/{COMMIT}"), ("6.0", f"github.com/o/r/{COMMIT}"), ("5.4", "'@example.invalid/x.tgz'")],
)
def test_older_addresses_state_the_name_apart(version: str, key: str) -> None:
    tarball = f"https://codeload.github.com/o/r/tar.gz/{COMMIT}" if "github" in key else "https://example.invalid/x.tgz"
    entry = f"{{resolution: {{tarball: '{tarball}'}}, name: real, version: 1.0.0}}"
    parsed = locked(f"lockfileVersion: {version}\ndependencies:\n  x: {key}\npackages:\n  {key}: {entry}\n")
    (found,) = parsed.components
    assert (found.name, found.version, found.aliases, found.direct) == ("real", "1.0.0", ("x",), True)
    assert found.source in (Source.GIT, Source.URL)


def test_keys_of_old_private_registries() -> None:
    parsed = locked("lockfileVersion: 5.1\npackages:\n  registry.example/@s/x/1.0.0: {resolution: {integrity: ''}}\n")
    assert list(components(parsed)) == ["%40s/x@1.0.0"]


def test_what_pnpm_itself_is_configured_with_stands_in_a_document_of_its_own() -> None:
    environment = VERSION_9.replace("dependencies:\n      '@s/a'", "configDependencies:\n      '@s/a'").replace(
        "old:", "x:"
    )
    parsed = locked(f"---\n{environment}---\n{VERSION_9}")
    told = components(parsed)
    assert told["%40s/a@1.1.0"].scopes == (Scope.DEV, Scope.PROD)
    assert [place.line for place in told["%40s/a@1.1.0"].locations] == [21, 21 + VERSION_9.count("\n") + 1]
    assert parsed.gaps == ()


def test_more_documents_are_none_of_pnpms() -> None:
    assert reasons(locked(f"---\n{VERSION_9}---\n{VERSION_9}---\n{VERSION_9}")) == ["syntax"]


@pytest.mark.parametrize(
    ("entry", "gap"),
    [
        ("x@1.0.0:", "packages.x@1.0.0: not an object"),
        ("x@1.0.0: []", "packages.x@1.0.0: not an object"),
        ("x@latest: {resolution: {}}", "packages.x@latest: no version"),
        ("x@1.0.0: {resolution: []}", "packages.x@1.0.0.resolution: not an object"),
        ("x@1.0.0: {resolution: {integrity: [a]}}", "packages.x@1.0.0.integrity: not a string"),
        ("x@1.0.0: {resolution: {integrity: a}}", "packages.x@1.0.0: an integrity without a known hash"),
        ("x@1.0.0: {name: [a]}", "packages.x@1.0.0.name: not a string"),
        ("_x@1.0.0: {resolution: {}}", "packages._x@1.0.0: not the name of an npm package"),
    ],
)
def test_a_wrong_entry_is_a_gap_and_the_others_are_read(entry: str, gap: str) -> None:
    parsed = locked(f"lockfileVersion: '9.0'\npackages:\n  {entry}\n  a@1.0.0: {{resolution: {{}}}}\nsnapshots: {{}}\n")
    assert "a@1.0.0" in components(parsed)
    assert gap in details(parsed)


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("importers: []\n", "importers: not an object"),
        ("importers: {.: []}\n", "importers..: not an object"),
        ("importers: {.: {dependencies: []}}\n", "importers...dependencies: not an object"),
        ("importers: {.: {dependencies: {a: []}}}\n", "importers...dependencies.a: not a version"),
        ("snapshots: {b@1.0.0: {}}\n", "snapshots.b@1.0.0: not among the packages"),
        ("packages: {a@1.0.0: {resolution: {}}}\n", "snapshots: missing, so that nothing tells what depends on what"),
    ],
)
def test_a_graph_that_is_not_right_is_a_gap(text: str, gap: str) -> None:
    assert gap in details(locked(f"lockfileVersion: '9.0'\n{text}"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"# nothing\n", "empty"),
        (b"- a\n", "wrong-type"),
        (b"lockfileVersion: '9.0'\na: !!python/object:os.system {}\n", "yaml-tag"),
        (b"lockfileVersion: '9.0'\na: " + b"[" * 100_000, "too-deep"),
        (b"lockfileVersion: '9.0'\npackages: {}\npackages: {}\n", "duplicate-key"),
        ("lockfileVersion: '9.0'\n".encode("utf-16"), "not-utf8"),
    ],
)
def test_what_is_no_lockfile_is_a_gap(data: bytes, reason: str) -> None:
    assert reasons(parse(data, "pnpm-lock.yaml")) == [reason]


def test_what_a_project_asks_for_but_no_package_is_locked_for_is_a_gap() -> None:
    importer = "importers:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n"
    parsed = parse(f"lockfileVersion: '9.0'\n{importer}".encode(), "pnpm-lock.yaml")
    assert details(parsed) == ["importers...dependencies.a: not among the packages"]
