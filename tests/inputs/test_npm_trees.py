"""node_modules in its forms and the source of projects, from files on disk to packages."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs import target as target_module
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.inputs.tree import Limits
from tests.archives import tarball, zipped
from tests.inputs.npm_reader import NAME, given, ways

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assay.scanner.models import Inventory, Package

JS = b"exports.x = 1;\n"


def manifest(name: str, version: str = "1.0.0", **fields: object) -> bytes:
    return json.dumps({"name": name, "version": version, "scripts": {}, **fields}).encode()


def lockfile(packages: Mapping[str, Mapping[str, object]]) -> bytes:
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "app"}, **packages}}).encode()


def laid(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Lay out files; what is text is a link that leads there."""
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, str):
            place.symlink_to(data)
        else:
            place.write_bytes(data)
    return folder


def read(folder: Path, **options: object) -> Inventory:
    return read_targets([str(folder)], ReadOptions(npm=NAME, **options))  # type: ignore[arg-type]


def package(inventory: Inventory, path: str) -> Package:
    return next(one for one in inventory.contents if one.path == path)


def mismatches(inventory: Inventory) -> list[tuple[str, str]]:
    return [(one.path, mismatch.kind) for one in inventory.contents for mismatch in one.mismatches]


# --- node_modules ----------------------------------------------------------------------------------------------------


def test_every_installed_package_is_read_as_the_one_that_the_lockfile_has(tmp_path: Path) -> None:
    laid(tmp_path, {
        "package.json": manifest("app", dependencies={"a": "^1.0.0"}),
        "package-lock.json": lockfile({
            "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.example/a/-/a-1.0.0.tgz"},
            "node_modules/@s/b": {"version": "2.0.0"},
            "node_modules/a/node_modules/@s/b": {"version": "1.0.0"},
        }),
        "index.js": JS,
        "node_modules/a/package.json": manifest("a"),
        "node_modules/a/dist/x.min.js": JS,
        "node_modules/a/.hidden/y.cjs": JS,
        "node_modules/a/build/z.sh": b"echo\n",
        "node_modules/a/node_modules/@s/b/package.json": manifest("@s/b"),
        "node_modules/@s/b/package.json": manifest("@s/b", "2.0.0"),
        "node_modules/@s/b/n.node": b"\x7fELF" + bytes(99),
        "node_modules/.bin/a": "../a/dist/x.min.js",
    })  # fmt: skip
    inventory = read(tmp_path)
    assert given(inventory) == {
        ("", ""): ["index.js", "package.json"],
        ("node_modules/@s/b", "pkg:npm/%40s/b@2.0.0"): ["n.node", "package.json"],
        ("node_modules/a", "pkg:npm/a@1.0.0"): [".hidden/y.cjs", "build/z.sh", "dist/x.min.js", "package.json"],
        ("node_modules/a/node_modules/@s/b", "pkg:npm/%40s/b@1.0.0"): ["package.json"],
    }
    assert {component.purl for component in inventory.components} == {
        "pkg:npm/a@1.0.0", "pkg:npm/%40s/b@1.0.0", "pkg:npm/%40s/b@2.0.0"
    }  # fmt: skip
    assert [(file.path, file.kind) for file in package(inventory, "node_modules/@s/b").files] == [
        ("n.node", "elf"), ("package.json", "")
    ]  # fmt: skip
    assert inventory.not_analysed == (("native", 1), ("shell", 1))
    assert not inventory.gaps
    assert not mismatches(inventory)
    assert dict(inventory.owners)["node_modules/a"] == "pkg:npm/a@1.0.0"


def test_what_is_a_package_is_told_how_it_is_installed(tmp_path: Path) -> None:
    laid(tmp_path, {
        "package.json": manifest("app"),
        "package-lock.json": lockfile({
            "node_modules/g": {"version": "1.0.0", "resolved": "git+ssh://git@git.example/g.git#0123456789abcdef"},
            "node_modules/r": {"version": "1.0.0"},
        }),
        "node_modules/g/package.json": manifest("g"),
        "node_modules/r/package.json": manifest("r"),
        "node_modules/r/node_modules/g/package.json": manifest("g", "3.0.0"),
        "packages/p/package.json": manifest("p"),
        "x.tgz": tarball(),
    })  # fmt: skip
    assert ways(read(tmp_path)) == {
        "": ("source", "root"),
        "node_modules/g": ("installed", "git"),
        "node_modules/r": ("installed",),
        "node_modules/r/node_modules/g": ("installed",),
        "packages/p": ("source", "root"),
        "x.tgz!/package": ("tarball",),
    }


def test_the_store_of_pnpm_is_read_once(tmp_path: Path) -> None:
    store = "node_modules/.pnpm"
    laid(tmp_path, {
        "package.json": manifest("app", dependencies={"a": "1.0.0"}),
        "pnpm-lock.yaml": b"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n"
                          b"        specifier: 1.0.0\n        version: 1.0.0\npackages:\n  a@1.0.0: {}\n  b@1.0.0: {}\n"
                          b"snapshots:\n  a@1.0.0:\n    dependencies:\n      b: 1.0.0\n  b@1.0.0: {}\n",
        f"{store}/a@1.0.0/node_modules/a/package.json": manifest("a"),
        f"{store}/a@1.0.0/node_modules/a/x.js": JS,
        f"{store}/a@1.0.0/node_modules/b": "../../b@1.0.0/node_modules/b",
        f"{store}/b@1.0.0/node_modules/b/package.json": manifest("b"),
        f"{store}/node_modules/b": "../b@1.0.0/node_modules/b",
        "node_modules/a": ".pnpm/a@1.0.0/node_modules/a",
    })  # fmt: skip
    inventory = read(tmp_path)
    assert given(inventory) == {
        ("", ""): ["package.json"],
        (f"{store}/a@1.0.0/node_modules/a", "pkg:npm/a@1.0.0"): ["package.json", "x.js"],
        (f"{store}/b@1.0.0/node_modules/b", "pkg:npm/b@1.0.0"): ["package.json"],
    }
    assert [component.purl for component in inventory.components] == ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]
    assert not inventory.gaps
    assert not mismatches(inventory)


def test_a_package_in_the_zip_cache_of_yarn(tmp_path: Path) -> None:
    cached = ".yarn/cache/a-npm-1.0.0-0123456789-0123456789.zip"
    laid(tmp_path, {
        "package.json": manifest("app", dependencies={"a": "^1.0.0"}),
        "yarn.lock": b'__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
                     b'  dependencies:\n    b: "npm:^2.0.0"\n  languageName: node\n  linkType: hard\n'
                     b'\n"b@npm:^2.0.0":\n  version: 2.0.0\n  resolution: "b@npm:2.0.0"\n  languageName: node\n'
                     b'  linkType: hard\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n'
                     b'  resolution: "app@workspace:."\n  dependencies:\n    a: "npm:^1.0.0"\n  linkType: soft\n',
        ".pnp.cjs": JS,
        cached: zipped([("node_modules/a/package.json", manifest("a", dependencies={"b": "^2.0.0"})),
                        ("node_modules/a/lib/x.js", JS)]),
        ".yarn/unplugged/b-npm-2.0.0-0123456789/node_modules/b/package.json": manifest("b", "2.0.0"),
    })  # fmt: skip
    inventory = read(tmp_path)
    assert given(inventory) == {
        ("", ""): [".pnp.cjs", "package.json"],
        (f"{cached}!/node_modules/a", "pkg:npm/a@1.0.0"): ["lib/x.js", "package.json"],
        (".yarn/unplugged/b-npm-2.0.0-0123456789/node_modules/b", "pkg:npm/b@2.0.0"): ["package.json"],
    }
    assert [(one.purl, one.direct, one.requires) for one in inventory.components] == [
        ("pkg:npm/a@1.0.0", True, ("pkg:npm/b@2.0.0",)),
        ("pkg:npm/b@2.0.0", False, ()),
    ]
    assert (
        package(inventory, f"{cached}!/node_modules/a").place("lib/x.js").path == f"{cached}!/node_modules/a/lib/x.js"
    )


def test_workspaces_are_the_members_that_the_lockfile_links_to(tmp_path: Path) -> None:
    laid(tmp_path, {
        "package.json": manifest("app", workspaces=["packages/*"]),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {
            "": {"name": "app", "workspaces": ["packages/*"]},
            "node_modules/p": {"resolved": "packages/p", "link": True},
            "packages/p": {"version": "1.0.0"},
        }}).encode(),
        "packages/p/package.json": manifest("p"),
        "packages/p/x.js": JS,
        "packages/p/esm/package.json": b'{"type": "module"}',
        "packages/p/esm/y.js": JS,
        "node_modules/p": "../packages/p",
    })  # fmt: skip
    inventory = read(tmp_path)
    (member,) = inventory.components
    assert given(inventory) == {
        ("", ""): ["package.json"],
        ("packages/p", member.purl): ["esm/package.json", "esm/y.js", "package.json", "x.js"],
    }
    assert member.purl == "pkg:npm/p@1.0.0?download_url=file:packages/p"
    assert dict(inventory.owners)["packages/p"] == member.purl


@pytest.mark.parametrize("link", ["node_modules/a", "node_modules/@s/a", "node_modules"])
def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path, link: str) -> None:
    laid(tmp_path / "outside", {"package.json": manifest("a"), "x.js": JS})
    tree = laid(tmp_path / "tree", {"package.json": manifest("app")})
    (tree / link).parent.mkdir(parents=True, exist_ok=True)
    (tree / link).symlink_to(os.path.relpath(tmp_path / "outside", (tree / link).parent))
    inventory = read(tree)
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == [(link, "link-outside")]
    assert given(inventory) == {("", ""): ["package.json"]}


def test_node_modules_alone(tmp_path: Path) -> None:
    laid(tmp_path, {
        "package.json": manifest("app"),
        "packages/p/package.json": manifest("p"),
        "node_modules/a/package.json": manifest("a", devDependencies={"b": "*"}),
        "node_modules/a/x.js": JS,
        "node_modules/a/linked": "../c",
        "node_modules/c/package.json": manifest("c"),
        "node_modules/p": "../packages/p",
    })  # fmt: skip
    inventory = read(tmp_path / "node_modules")
    assert ways(inventory) == {"node_modules/a": ("installed",), "node_modules/c": ("installed",)}
    assert [component.purl for component in inventory.components] == ["pkg:npm/a@1.0.0", "pkg:npm/c@1.0.0"]
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == [("node_modules/p", "link-outside")]
    assert (inventory.kind, inventory.name) == ("environment", ".")


# --- what contradicts the lockfile and itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "said", "locked", "expected"),
    [
        ("a", manifest("a"), {"node_modules/a": {"version": "1.0.0"}}, []),
        ("a", manifest("a", "6.6.6"), {"node_modules/a": {"version": "1.0.0"}}, ["unlocked-version"]),
        ("a", manifest("evil"), {"node_modules/a": {"version": "1.0.0"}}, ["other-name"]),
        ("a", manifest("real"), {"node_modules/a": {"name": "real", "version": "1.0.0"}}, []),
        ("a", manifest("a"), {}, []),
        ("a", manifest("a", main="lib/x"), {}, []),
        ("a", manifest("a", main="./lib"), {}, ["missing-entry"]),
        ("a", manifest("a", main="nowhere.js"), {}, ["missing-entry"]),
        ("a", manifest("a", main="../b/x.js"), {}, ["entry-outside"]),
        ("a", manifest("a", main=["odd"], bin=3, exports=None), {}, []),
        ("a", manifest("a", bin="lib/x.js"), {}, []),
        ("a", manifest("a", bin={"one": "./lib/x.js", "two": "none.js"}), {}, ["missing-entry"]),
        ("a", manifest("a", bin={"one": "../../../bin/sh"}), {}, ["entry-outside"]),
        ("a", manifest("a", bin={"../../bin/git": "lib/x.js"}), {}, ["entry-outside"]),
        ("a", manifest("a", exports={".": {"import": "./lib/x.js"}, "./*": "./lib/*.js"}), {}, []),
        ("a", manifest("a", exports={".": ["./lib/x.js", {"default": "./no.js"}]}), {}, ["missing-export"]),
        ("a", manifest("a", exports="./../b/x.js"), {}, ["entry-outside"]),
    ],
)
def test_what_an_installed_package_says_against_what_is_there(
    tmp_path: Path, folder: str, said: bytes, locked: dict[str, dict[str, object]], expected: list[str]
) -> None:
    files = {f"node_modules/{folder}/package.json": said, f"node_modules/{folder}/lib/x.js": JS}
    if locked:
        files["package-lock.json"] = lockfile(locked)
    assert [kind for _, kind in mismatches(read(laid(tmp_path, files)))] == expected


def test_what_cannot_be_read_is_not_missing(tmp_path: Path) -> None:
    laid(tmp_path, {"node_modules/a/package.json": manifest("a", main="x.js"), "node_modules/a/x.js": JS * 9})
    limits = Limits(file_bytes=100)
    inventory = read(tmp_path, limits=limits)
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == [("node_modules/a/x.js", "too-large")]
    assert not mismatches(inventory)


def test_what_was_left_out_is_not_missing(tmp_path: Path) -> None:
    laid(tmp_path, {
        "node_modules/a/package.json": manifest("a", main="dist/x.js", bin={"b": "linked.js"}),
        "node_modules/a/dist/x.js": JS,
        "node_modules/a/linked.js": "package.json",
    })  # fmt: skip
    inventory = read(tmp_path, exclude=("node_modules/a/dist",))
    assert given(inventory) == {("node_modules/a", "pkg:npm/a@1.0.0"): ["package.json"]}
    assert not mismatches(inventory)


def test_what_a_package_carries_as_test_data_was_not_installed_by_the_lockfile(tmp_path: Path) -> None:
    laid(tmp_path, {
        "package-lock.json": lockfile({"node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "1.0.0"}}),
        "node_modules/a/package.json": manifest("a"),
        "node_modules/a/test/node_modules/b/package.json": manifest("b", "0.0.0"),
        "node_modules/a/node_modules/b/package.json": manifest("b", "0.0.1"),
    })  # fmt: skip
    assert mismatches(read(tmp_path)) == [("node_modules/a/node_modules/b", "unlocked-version")]


# --- projects and single files ---------------------------------------------------------------------------------------


def test_a_project_and_files_that_belong_to_none(tmp_path: Path) -> None:
    inventory = read(laid(tmp_path / "app", {"package.json": manifest("app"), "src/a.ts": JS, "run.ps1": b"ls\n"}))
    assert given(inventory) == {("", ""): ["package.json", "run.ps1", "src/a.ts"]}
    assert inventory.name == "app"
    assert inventory.not_analysed == (("powershell", 1),)
    loose = read(laid(tmp_path / "loose", {"a.js": JS, "lib/b.mjs": JS}))
    assert given(loose) == {("", ""): ["a.js", "lib/b.mjs"]}
    assert not loose.gaps


@pytest.mark.parametrize("name", ["x.js", "x.ts", "x.cjs"])
def test_a_single_file(tmp_path: Path, name: str) -> None:
    inventory = read(laid(tmp_path, {name: JS}) / name)
    assert given(inventory) == {("", ""): [name]}
    assert (inventory.kind, inventory.gaps) == ("artifact", ())


def test_without_a_reader_the_code_is_not_analysed(tmp_path: Path) -> None:
    laid(tmp_path, {"node_modules/a/package.json": manifest("a", main="x.js"), "node_modules/a/y.js": JS})
    inventory = read_targets([str(tmp_path)], ReadOptions(owners=True))
    assert inventory.not_analysed == (("javascript", 1),)
    assert given(inventory) == {("node_modules/a", "pkg:npm/a@1.0.0"): []}
    assert mismatches(inventory) == [("node_modules/a", "missing-entry")]
    assert not read_targets([str(tmp_path)], ReadOptions(owners=True, with_code=False)).contents


# --- order, limits ---------------------------------------------------------------------------------------------------


def test_workers_and_the_order_of_listing_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, bytes | str] = {"package.json": manifest("app"), "index.js": JS, "x.tgz": tarball()}
    for number in range(12):
        files[f"node_modules/p{number}/package.json"] = manifest(f"p{number}", bin={"q": "none.js"})
        files |= {f"node_modules/p{number}/{name}.js": JS * number for name in "abc"[: number % 4]}
    laid(tmp_path, files)
    alone = read(tmp_path)
    monkeypatch.setattr(target_module, "WORKER_CHUNK", 5)
    assert read(tmp_path, jobs=3) == alone
    assert read(tmp_path, jobs=2, reverse_listing=True) == alone
    assert len(alone.contents) == 14


def test_a_file_that_is_too_large_to_be_held_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.scanner.inputs.tree.MAX_CODE_BYTES", 1 << 20)
    laid(tmp_path, {"node_modules/a/package.json": manifest("a"), "node_modules/a/x.js": bytes((1 << 20) + 1)})
    inventory = read(tmp_path)
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == [("node_modules/a/x.js", "too-large")]
    assert inventory.not_analysed == (("javascript", 1),)
