"""What the lockfiles of npm share: scopes along the graph, and dependencies that are named but not there."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.formats import format_of
from assay.scanner.inputs.npm_lock import scopes_along
from assay.scanner.models import Scope
from tests.inputs.told import components, graph

PROD, DEV, OPTIONAL, PEER = Scope.PROD, Scope.DEV, Scope.OPTIONAL, Scope.PEER


@pytest.mark.parametrize(
    ("roots", "edges", "expected"),
    [
        ([("a", PROD)], {"a": [("x", PROD)]}, (PROD,)),
        ([("a", DEV)], {"a": [("x", PROD)]}, (DEV,)),
        ([("a", PROD)], {"a": [("x", OPTIONAL)]}, (OPTIONAL,)),
        ([("a", DEV)], {"a": [("x", OPTIONAL)]}, (DEV, OPTIONAL)),
        ([("a", PROD)], {"a": [("b", PEER)], "b": [("x", PROD)]}, (PEER,)),
        ([("a", PROD), ("b", DEV)], {"a": [("x", PROD)], "b": [("x", PROD)]}, (PROD,)),
        ([("a", OPTIONAL), ("b", DEV)], {"a": [("x", PROD)], "b": [("x", PROD)]}, (DEV, OPTIONAL)),
        ([("a", DEV)], {"a": [("x", PROD), ("x", OPTIONAL)]}, (DEV,)),
        ([("a", DEV)], {"a": [("b", PROD)], "b": [("a", PROD), ("x", PROD)]}, (DEV,)),
    ],
)
def test_scopes(roots: list[tuple[str, Scope]], edges: dict[str, list[tuple[str, Scope]]], expected: object) -> None:
    assert scopes_along(roots, edges)["x"] == expected


def test_what_cannot_be_reached_has_no_scope() -> None:
    assert scopes_along([("a", PROD)], {"x": [("a", DEV)]}) == {"a": (PROD,)}


NPM = """{"lockfileVersion": 3, "packages": {
"": {"dependencies": {"a": "^1", "loose": "~3"}},
"node_modules/a": {"version": "1.0.0", "dependencies": {"gone": "^2", "exact": "1.2.3", "alias": "npm:real@^4"},
"optionalDependencies": {"fine": "1"}, "peerDependencies": {"peer": "1"}}}}
"""
YARN = """# yarn lockfile v1
a@^1:
  version "1.0.0"
  dependencies:
    alias "npm:real@^4"
    exact "1.2.3"
    gone "^2"
  optionalDependencies:
    fine "1"
"""
BERRY = """__metadata:
  version: 8
"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    a: "npm:^1"
"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    alias: "npm:real@^4"
    exact: "npm:1.2.3"
    gone: "npm:^2"
    shop: "npm:^1"
"""
PNPM = """lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1, version: 1.0.0}
packages:
  a@1.0.0: {resolution: {}}
snapshots:
  a@1.0.0:
    dependencies: {exact: 1.2.3, gone: 2.0.0(a@1.0.0), alias: real@4.0.0}
    optionalDependencies: {fine: 1.0.0}
"""
BUN = """{"lockfileVersion": 1, "workspaces": {"": {"name": "shop", "dependencies": {"a": "^1"}}}, "packages": {
"a": ["a@1.0.0", "", {"dependencies": {"gone": "^2", "exact": "1.2.3", "alias": "npm:real@^4"},
"optionalDependencies": {"fine": "1"}, "peerDependencies": {"peer": "1"}}, ""]}}
"""


@pytest.mark.parametrize(
    ("path", "text", "missing"),
    [
        ("package-lock.json", NPM, {"exact@1.2.3": None, "gone": "^2", "loose": "~3", "real": "npm:real@^4"}),
        ("yarn.lock", YARN, {"exact@1.2.3": None, "gone": "^2", "real": "npm:real@^4"}),
        ("yarn.lock", BERRY, {"exact@1.2.3": None, "gone": "npm:^2", "real": "npm:real@^4"}),
        ("pnpm-lock.yaml", PNPM, {"exact@1.2.3": None, "gone@2.0.0": None, "real@4.0.0": None}),
        ("bun.lock", BUN, {"exact@1.2.3": None, "gone": "^2", "real": "npm:real@^4"}),
    ],
)
def test_what_a_lockfile_names_but_does_not_hold_is_listed(path: str, text: str, missing: dict[str, str]) -> None:
    form = format_of(path)
    assert form is not None
    parsed = form.parser()(text.encode(), path)
    found = {name: component.requirement for name, component in components(parsed).items()}
    assert found == missing | {"a@1.0.0": None}
    assert set(graph(parsed)["a@1.0.0"]) == missing.keys() - {"loose"}
    assert parsed.gaps == ()


def test_what_a_folder_outside_the_project_asks_for_is_its_own_affair() -> None:
    document = b'{"lockfileVersion": 3, "packages": {"": {}, "../x": {"dependencies": {"fine": "1"}}}}'
    form = format_of("package-lock.json")
    assert form is not None
    assert list(components(form.parser()(document, "package-lock.json"))) == ["x?download_url=file:../x"]
