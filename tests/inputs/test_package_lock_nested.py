"""The nested ``dependencies`` of package-lock.json: alone in version 1, beside ``packages`` in version 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assay.scanner.inputs.package_lock import parse
from assay.scanner.models import Location
from tests.inputs.test_package_lock import COMMIT, locked
from tests.inputs.told import bindings, components, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed


def nested(dependencies: dict[str, Any]) -> Parsed:
    document = {"name": "app", "lockfileVersion": 1, "requires": True, "dependencies": dependencies}
    return parse(json.dumps(document, indent=2).encode(), "package-lock.json")


def test_version_1_is_resolved_by_its_nesting() -> None:
    parsed = nested(
        {
            "a": {
                "version": "1.0.0",
                "requires": {"b": "^2.0.0", "c": "^1.0.0"},
                "dependencies": {"b": {"version": "2.0.0", "requires": {"c": "^1.0.0"}}},
            },
            "b": {"version": "1.0.0", "dev": True},
            "c": {"version": "1.0.0", "requires": {"b": "*"}},
            "old": {"version": "npm:real@1.0.0", "resolved": False, "bundled": True},
            "dir": {"version": "file:lib"},
            "tar": {"version": "file:x.tgz"},
            "web": {"version": "https://registry.example/left-pad/-/left-pad-1.3.0.tgz"},
            "git": {"version": f"github:o/r#{COMMIT}", "from": "github:o/r"},
        }
    )
    assert graph(parsed) == {
        "a@1.0.0": ["b@2.0.0", "c@1.0.0"],
        "b@1.0.0": [],
        "b@2.0.0": ["c@1.0.0"],
        "c@1.0.0": ["b@1.0.0"],
        "dir?download_url=file:lib": [],
        f"git?vcs_url=git%2Bhttps://github.com/o/r.git%23{COMMIT}": [],
        "left-pad@1.3.0?download_url=https://registry.example/left-pad/-/left-pad-1.3.0.tgz": [],
        "real@1.0.0": [],
        "tar?download_url=file:x.tgz": [],
    }
    assert not parsed.directness
    assert bindings(parsed)["", "b"] == "b@1.0.0"
    assert bindings(parsed)["", "web"].startswith("left-pad@1.3.0?")
    assert components(parsed)["b@2.0.0"].locations == (Location("package-lock.json", 13),)
    assert parsed.gaps == ()


def test_shrinkwraps_of_old_npm_state_no_version() -> None:
    document = json.dumps({"dependencies": {"a": {"version": "1.0.0", "from": "a@^1.0.0"}}}).encode()
    assert list(components(parse(document, "npm-shrinkwrap.json"))) == ["a@1.0.0"]
    assert reasons(parse(document, "package-lock.json")) == ["unknown-version"]


def test_version_2_is_read_once_and_what_differs_in_its_old_part_is_read_too() -> None:
    packages = {
        "": {"dependencies": {"a": "1"}},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "1"}},
        "node_modules/b": {"version": "1.0.0"},
        "node_modules/lib": {"resolved": "lib", "link": True},
        "node_modules/web": {"name": "real", "version": "1.0.0", "resolved": "https://example.invalid/w.tgz"},
        "lib": {"version": "1.0.0"},
        "lib/node_modules/c": {"version": "1.0.0"},
    }
    same = {
        "a": {"version": "1.0.0", "requires": {"b": "1"}},
        "b": {"version": "1.0.0"},
        "lib": {"version": "file:lib", "dependencies": {"c": {"version": "1.0.0"}}},
        "web": {"version": "https://example.invalid/w.tgz"},
    }
    honest = locked(packages, 2, dependencies=same)
    two_faced = locked(packages, 2, dependencies={**same, "b": {"version": "6.6.6"}, "stray": {"version": "1.0.0"}})
    assert components(two_faced).keys() - components(honest).keys() == {"b@6.6.6", "stray@1.0.0"}
    assert not components(two_faced)["b@6.6.6"].direct
    assert honest.components == locked(packages).components


@pytest.mark.parametrize("version", [1, 2, 3])
def test_no_version_hides_one_of_the_two_lists(version: int) -> None:
    parsed = locked({"": {}, "node_modules/a": {"version": "1.0.0"}}, version, dependencies={"b": {"version": "2.0.0"}})
    assert set(components(parsed)) == {"a@1.0.0", "b@2.0.0"}
