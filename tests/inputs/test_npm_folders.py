"""Which files belong to one npm package, by their paths."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.npm_folders import Known, installed_home, name_in, of_packages
from assay.scanner.inputs.npm_homes import guessed_home, homes
from assay.scanner.inputs.tree import Entry

NONE = Known({}, frozenset(), {})


@pytest.mark.parametrize(
    ("path", "home", "name"),
    [
        ("node_modules/a/index.js", "node_modules/a", "a"),
        ("node_modules/a/lib/.hidden/x.js", "node_modules/a", "a"),
        ("node_modules/@s/a/index.js", "node_modules/@s/a", "@s/a"),
        ("node_modules/a/node_modules/b/x.js", "node_modules/a/node_modules/b", "b"),
        ("node_modules/.pnpm/b@1/node_modules/@s/b/x.js", "node_modules/.pnpm/b@1/node_modules/@s/b", "@s/b"),
        ("node_modules/.store/b-1/package/x.js", "node_modules/.store/b-1/package", ""),
        (".yarn/unplugged/b-npm-1/node_modules/b/x.js", ".yarn/unplugged/b-npm-1/node_modules/b", "b"),
        ("packages/p/node_modules/a/x.js", "packages/p/node_modules/a", "a"),
        ("node_modules/loose.js", "node_modules", ""),
        ("node_modules/@s/loose.js", "node_modules", ""),
        ("node_modules/.bin/a", "node_modules", ""),
        ("node_modules/.cache/x/y.js", "node_modules", ""),
        ("my_node_modules/a/x.js", None, ""),
        ("node_modules/a/not_node_modules/x/y.js", "node_modules/a", "a"),
        ("src/x.js", None, ""),
    ],
)
def test_the_folder_of_an_installed_package(path: str, home: str | None, name: str) -> None:
    assert installed_home(path) == home
    assert name_in(home or "") == name


def grouped(paths: list[str], known: Known = NONE) -> dict[str, list[str]]:
    """Return the files by (way, folder) of the package that they were put into, those of none under ""."""
    found, rest = of_packages([Entry(path.encode(), path, "file") for path in paths], known)
    groups = {f"{one.packed}:{one.folder}": [entry.path for entry in one.entries] for one in found}
    return {**groups, "": [entry.path for entry in rest]} if rest else groups


def test_a_folder_without_manifest_belongs_to_the_package_around_it() -> None:
    paths = ["node_modules/a/package.json", "node_modules/a/lib/node_modules/x/p.js", "node_modules/b/only.js"]
    assert grouped(paths) == {"installed:node_modules/a": paths[:2], "installed:node_modules/b": paths[2:]}


def test_what_lies_beside_the_packages_is_read_if_it_can_run() -> None:
    assert grouped(["node_modules/.bin/a.cmd", "node_modules/.package-lock.json"]) == {
        "installed:node_modules": ["node_modules/.bin/a.cmd", "node_modules/.package-lock.json"]
    }
    assert grouped(["node_modules/.package-lock.json", "node_modules/.yarn-state.yml"]) == {
        "": ["node_modules/.package-lock.json", "node_modules/.yarn-state.yml"]
    }


@pytest.mark.parametrize(
    ("paths", "projects", "expected"),
    [
        (["lib/a.js", "b.ts"], {""}, {"source:": ["lib/a.js", "b.ts"]}),
        (["a.js", "p/q/b.js"], {"", "p/q"}, {"source:": ["a.js"], "source:p/q": ["p/q/b.js"]}),
        (["a.js", "x/y.mjs", "notes.md"], set(), {"source:": ["a.js", "x/y.mjs"], "": ["notes.md"]}),
        (["setup.py", "static/a.js"], set(), {"": ["setup.py", "static/a.js"]}),
        (["setup.py", "m.py", "a.js", "README.md"], {""}, {"source:": ["a.js"], "": ["setup.py", "m.py", "README.md"]}),
        (["setup.py", "web/a.js", "web/b.css", "web/c.py"], {"web"}, {
            "source:web": ["web/a.js", "web/b.css"], "": ["setup.py", "web/c.py"]}),
        (["lib/site-packages/x/a.js"], {""}, {"source:": [], "": ["lib/site-packages/x/a.js"]}),
        (["notes.md"], set(), {"": ["notes.md"]}),
    ],
)  # fmt: skip
def test_the_source_of_a_package(paths: list[str], projects: set[str], expected: dict[str, list[str]]) -> None:
    held = {f"{folder}/package.json" if folder else "package.json": b"{}" for folder in projects}
    assert grouped(paths, Known(held, frozenset(projects), {})) == expected


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("package/lib/x.js", "package"),
        ("demo-1.0/x.js", "demo-1.0"),
        ("package/node_modules/b/x.js", "package/node_modules/b"),
        ("package/test/node_modules/b/x.js", "package"),
        ("node_modules/@s/b/x.js", "node_modules/@s/b"),
        ("package/in.zip!/b/x.js", "package"),
        ("in.tgz!/package/x.js", "in.tgz!/package"),
        ("x.js", None),
    ],
)
def test_the_package_of_a_member_by_its_name(path: str, home: str | None) -> None:
    assert guessed_home(path) == home


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["package/package.json", "package/esm/package.json"], {"package"}),
        (["package.json", "lib/package.json"], {""}),
        (["a/b/package.json", "a/b/c/d/package.json", "x/readme"], {"a/b"}),
        (["p/package.json", "p/node_modules/b/package.json", "p/node_modules/c/x.js"], {"p", "p/node_modules/b"}),
        (["p/package.json", "p/test/node_modules/b/package.json"], {"p"}),
        (["node_modules/@s/b/package.json"], {"node_modules/@s/b"}),
        (["in.tgz!/package/package.json", "two.zip!/package.json"], {"in.tgz!/package", "two.zip!"}),
        (["README"], set()),
    ],
)
def test_the_packages_of_an_archive(paths: list[str], expected: set[str]) -> None:
    assert homes(paths) == expected
