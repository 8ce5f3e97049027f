"""Bringing manifests, lockfiles and installed trees together, as a user's folders have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.inputs.test_tree import read, write

if TYPE_CHECKING:
    from pathlib import Path


def package_lock(**versions: str) -> str:
    packages = {f"node_modules/{name}": {"version": version} for name, version in versions.items()}
    root = {"name": "shop", "dependencies": dict.fromkeys(versions, "*")}
    return json.dumps({"name": "shop", "lockfileVersion": 3, "packages": {"": root, **packages}})


def package_json(**needs: str) -> str:
    return json.dumps({"name": "shop", "version": "1.0.0", "dependencies": needs})


UV = 'version = 1\n[[package]]\nname = "foo"\nversion = "2.0"\nsource = {registry = "https://registry.example"}\n'

SCRIPT = '# /// script\n# dependencies = ["foo>1"]\n# ///\n'
SCRIPT_LOCK = UV + '[manifest]\nrequirements = [{ name = "foo" }]\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"package.json": package_json(a="^1")}, ["a ^1"], id="declared"),
        pytest.param({"package.json": package_json(a="1.2.3")}, ["a@1.2.3"], id="declared exactly"),
        pytest.param(
            {"package.json": package_json(a="^1"), "package-lock.json": package_lock(a="1.5.0")},
            ["a@1.5.0"],
            id="locked beside",
        ),
        pytest.param(
            {"web/package.json": package_json(a="^1"), "package-lock.json": package_lock(a="1.5.0")},
            ["a ^1", "a@1.5.0"],
            id="locked above, but for another importer",
        ),
        pytest.param(
            {"package.json": package_json(a="1.0.0"), "package-lock.json": package_lock(a="1.5.0")},
            ["a@1.5.0"],
            id="the lockfile of npm decides, whatever the manifest pins",
        ),
        pytest.param(
            {"package.json": package_json(a="^1", b="^1"), "package-lock.json": package_lock(a="1.5.0")},
            ["a@1.5.0", "b ^1"],
            id="missing from the lockfile",
        ),
        pytest.param(
            {"package.json": package_json(a="^1"), "node_modules/a/package.json": '{"name":"a","version":"1.4.0"}'},
            ["a@1.4.0"],
            id="installed",
        ),
        pytest.param(
            {"package.json": package_json(a="1.0.0"), "node_modules/a/package.json": '{"name":"a","version":"1.4.0"}'},
            ["a@1.0.0", "a@1.4.0"],
            id="installed is not what is pinned",
        ),
        pytest.param(
            {
                "package-lock.json": package_lock(a="1.5.0"),
                "node_modules/a/package.json": '{"name":"a","version":"1.4.0"}',
            },
            ["a@1.4.0", "a@1.5.0"],
            id="installed is not what is locked",
        ),
        pytest.param(
            {"one/package-lock.json": package_lock(a="1.0.0"), "two/package-lock.json": package_lock(a="2.0.0")},
            ["a@1.0.0", "a@2.0.0"],
            id="two projects",
        ),
        pytest.param(
            {"requirements.txt": "foo==1.0\n", "uv.lock": UV}, ["foo@1.0", "foo@2.0"], id="a pin beside a lock"
        ),
        pytest.param(
            {"requirements.txt": "foo\n", "uv.lock": UV},
            ["foo ", "foo@2.0"],
            id="no pin beside a lock of another project",
        ),
        pytest.param({"requirements.txt": "foo>=1,<3\n"}, ["foo >=1,<3"], id="a range without a lock"),
        pytest.param(
            {"requirements.txt": "-c constraints.txt\nfoo\nbar==1\n", "constraints.txt": "foo==1.5\nbar==2\nbaz==3\n"},
            ["bar@1", "foo@1.5"],
            id="pinned by a constraint",
        ),
        pytest.param(
            {
                "requirements.txt": "-c a.txt\n-r b.txt\n",
                "a.txt": "foo==1.5 ; os_name=='nt'\nfoo==1.6\n",
                "b.txt": "foo\n",
            },
            ["foo@1.5", "foo@1.6"],
            id="pinned for a file that is included, by platform",
        ),
        pytest.param(
            {"requirements.txt": "foo\n", "constraints.txt": "foo==1.5\n"},
            ["foo "],
            id="a constraint that nobody includes",
        ),
        pytest.param(
            {
                "requirements.txt": "-c constraints.txt\nfoo\n",
                "constraints.txt": "foo==1.5\n",
                "lib/site-packages/foo-1.4.dist-info/METADATA": "Name: foo\nVersion: 1.4\n",
            },
            ["foo@1.4", "foo@1.5"],
            id="installed is not what a constraint pins",
        ),
        pytest.param(
            {
                "pyproject.toml": '[project]\ndependencies = ["foo"]\n'
                '[tool.uv]\nconstraint-dependencies = ["foo==1.5"]\n'
            },
            ["foo@1.5"],
            id="pinned in the manifest itself",
        ),
        pytest.param(
            {
                "requirements.txt": "-c constraints.txt\nfoo\n",
                "constraints.txt": "".join(f"foo=={number}\n" for number in range(51)),
            },
            ["foo "],
            id="pinned to everything",
        ),
        pytest.param({"tool.py": SCRIPT, "tool.py.lock": SCRIPT_LOCK}, ["foo@2.0"], id="a script and its lock"),
        pytest.param(
            {"other.py": SCRIPT, "tool.py.lock": SCRIPT_LOCK},
            ["foo >1", "foo@2.0"],
            id="a script beside the lock of another one",
        ),
        pytest.param(
            {
                "requirements.txt": "Foo_Bar\n",
                "lib/site-packages/foo_bar-3.dist-info/METADATA": "Name: foo.bar\nVersion: 3\n",
            },
            ["foo-bar@3"],
            id="installed under another spelling",
        ),
    ],
)
def test_what_is_declared_locked_and_installed(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    inventory = read(write(tmp_path, files))
    assert not inventory.gaps
    assert [
        f"{item.name}@{item.version}" if item.version else f"{item.name} {item.requirement}"
        for item in inventory.components
    ] == expected


def test_a_component_knows_every_place_that_names_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": package_json(a="^1"),
            "package-lock.json": package_lock(a="1.5.0"),
            "node_modules/a/package.json": '{"name": "a", "version": "1.5.0", "license": "MIT"}',
        },
    )
    (component,) = read(tmp_path).components
    assert [place.path for place in component.locations] == [
        "node_modules/a/package.json",
        "package-lock.json",
        "package.json",
    ]
    assert (component.direct, component.licences, component.scopes) == (True, ("MIT",), ("prod",))


def test_installed_packages_need_what_node_would_load(tmp_path: Path) -> None:
    installed: dict[str, dict[str, object]] = {
        "node_modules/a": {"dependencies": {"b": "*", "c": "*"}},
        "node_modules/a/node_modules/b": {"version": "1.0.0"},
        "node_modules/b": {"version": "2.0.0", "dependencies": {"c": "*", "gone": "*"}},
        "node_modules/c": {},
    }
    files = {
        f"{place}/package.json": json.dumps({"name": place.rpartition("/")[2], "version": "1.0.0", **content})
        for place, content in installed.items()
    }
    write(tmp_path, {"package.json": package_json(a="*", b="*"), **files})
    requires = {item.purl[8:]: [purl[8:] for purl in item.requires] for item in read(tmp_path).components}
    assert requires == {"a@1.0.0": ["b@1.0.0", "c@1.0.0"], "b@1.0.0": [], "b@2.0.0": ["c@1.0.0"], "c@1.0.0": []}


def test_scopes_spread_from_what_the_project_asks_for(tmp_path: Path) -> None:
    yarn = 'a@^1:\n  version "1.0.0"\n  dependencies:\n    b "^1"\nb@^1:\n  version "1.1.0"\nd@^1:\n  version "1.2.0"\n'
    manifest = json.dumps({"name": "shop", "dependencies": {"a": "^1"}, "devDependencies": {"d": "^1"}})
    write(tmp_path, {"package.json": manifest, "yarn.lock": "# yarn lockfile v1\n\n" + yarn})
    found = {item.name: (item.direct, item.scopes) for item in read(tmp_path).components}
    assert found == {"a": (True, ("prod",)), "b": (False, ("prod",)), "d": (True, ("dev",))}


def test_without_a_manifest_the_roots_of_the_graph_are_direct(tmp_path: Path) -> None:
    yarn = 'a@^1:\n  version "1.0.0"\n  dependencies:\n    b "^1"\nb@^1:\n  version "1.1.0"\n'
    write(tmp_path, {"yarn.lock": "# yarn lockfile v1\n\n" + yarn})
    assert {item.name: item.direct for item in read(tmp_path).components} == {"a": True, "b": False}


def test_a_pnpm_store_is_read_through_its_links(tmp_path: Path) -> None:
    store = "node_modules/.pnpm"
    write(
        tmp_path,
        {
            "package.json": package_json(a="*"),
            f"{store}/a@1.0.0/node_modules/a/package.json": '{"name":"a","version":"1.0.0","dependencies":{"b":"*"}}',
            f"{store}/b@2.0.0/node_modules/b/package.json": '{"name":"b","version":"2.0.0"}',
        },
    )
    (tmp_path / "node_modules" / "a").symlink_to(".pnpm/a@1.0.0/node_modules/a")
    (tmp_path / store / "a@1.0.0" / "node_modules" / "b").symlink_to("../../b@2.0.0/node_modules/b")
    found = {item.purl[8:]: (item.direct, [purl[8:] for purl in item.requires]) for item in read(tmp_path).components}
    assert found == {"a@1.0.0": (True, ["b@2.0.0"]), "b@2.0.0": (False, [])}


def test_a_lockfile_that_has_another_package_under_an_alias_does_not_answer_it(tmp_path: Path) -> None:
    files = {"package.json": package_json(a="npm:real@1.0.0"), "package-lock.json": package_lock(a="1.0.0")}
    assert [component.purl for component in read(write(tmp_path, files)).components] == [
        "pkg:npm/a@1.0.0",
        "pkg:npm/real@1.0.0",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hunter2@files.example/a.tgz",
        "https://hunter2@files.example/a.tgz?x=1",
        "https://files.example/a.tgz?x=1&X-Api-Token=hunter2&y=2",
        "https://files.example/a.tgz?_authToken=hunter2#sha",
        "git+https://user:hunter2@files.example/a.git#main",
        "ssh://user:hunter2@files.example/a.git",
    ],
)
def test_no_secret_of_an_address_is_repeated(tmp_path: Path, address: str) -> None:
    files = {
        "package.json": package_json(a=address),
        "Pipfile": f'[packages]\nb = {{file = "{address}"}}\nc = "=={address}"\n',
        "requirements.txt": f"d @ {address}\n-r {address}\n",
    }
    inventory = read(write(tmp_path, files))
    assert {component.name for component in inventory.components} >= {"a", "b", "c", "d"}
    assert "hunter2" not in repr((inventory.components, inventory.gaps))
