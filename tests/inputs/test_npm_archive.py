"""Tarballs of npm, what they carry along, and archives that hold some."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assay.scanner.inputs.target import ReadOptions, read_targets
from tests.archives import opened, tarball, tarred, wheel, zipped
from tests.inputs.npm_reader import NAME, Sources, given, ways

if TYPE_CHECKING:
    from pathlib import Path

    from assay.scanner.inputs.artifact import Opened

PURL = "pkg:npm/demo@1.0.0"
MANIFEST = b'{"name": "demo", "version": "1.0.0"}'
JS = b"exports.x = 1;\n"


def read(data: bytes, name: str = "demo-1.0.0.tgz") -> Opened:
    return opened(data, name, npm=Sources)


def taken(read: Opened) -> dict[str, list[str]]:
    """Return by the path of each package what its reader was given."""
    return {one.path: [module.path for module in one.code.modules] if one.code else [] for one in read.others}


def kinds(read: Opened) -> list[str]:
    return sorted({mismatch.kind for one in read.others for mismatch in one.mismatches})


@pytest.mark.parametrize("top", ["package", "demo-1.0", "node", "anything else"])
def test_the_top_folder_may_have_any_name(top: str) -> None:
    found = read(tarball({"lib/x.js": JS, "dist/.y/z.wasm": b"\0asm\1\0\0\0"}, top=top, main="lib/x.js"))
    (package,) = found.others
    assert (package.purl, package.path, package.packed) == (PURL, f"demo-1.0.0.tgz!/{top}", "tarball")
    assert taken(found) == {f"demo-1.0.0.tgz!/{top}": ["dist/.y/z.wasm", "lib/x.js", "package.json"]}
    assert {file.path: file.kind for file in package.files}["dist/.y/z.wasm"] == "wasm"
    assert package.place("lib/x.js").path in {file.path for file in found.members}
    assert package.place("").path == f"demo-1.0.0.tgz!/{top}/package.json"
    assert found.parsed.project == "demo"
    assert found.languages == (("wasm", 1),)
    assert not found.gaps
    assert not package.mismatches


def test_the_package_is_asked_for_and_needs_what_its_manifest_says(tmp_path: Path) -> None:
    place = tmp_path / "demo-1.0.0.tgz"
    needs = {"a": "^1.0.0", "b": "npm:real@2.0.0", "carried": "*", "odd": 3}
    place.write_bytes(tarball(
        {"node_modules/carried/package.json": b'{"name": "carried", "version": "3.0.0"}'},
        dependencies=needs, devDependencies={"no": "1"}, peerDependencies={"p": "*", "q": "*"},
        peerDependenciesMeta={"q": {"optional": True}}, bundledDependencies=["carried"],
    ))  # fmt: skip
    inventory = read_targets([str(place)], ReadOptions(npm=NAME))
    told = {one.purl: (one.direct, one.requires) for one in inventory.components}
    real, peer = "pkg:npm/real@2.0.0", "pkg:npm/p"
    assert told == {
        PURL: (True, ("pkg:npm/a", "pkg:npm/carried@3.0.0", peer, real)),
        "pkg:npm/a": (False, ()),
        "pkg:npm/carried@3.0.0": (False, ()),
        peer: (False, ()),
        real: (False, ()),
    }
    assert (inventory.kind, inventory.name, inventory.packages, inventory.gaps) == ("artifact", "demo", 2, ())
    assert dict(inventory.owners)["demo-1.0.0.tgz"] == PURL


def test_what_a_tarball_carries_along_are_packages_of_their_own() -> None:
    inner = {"node_modules/@s/b/package.json": b'{"name": "@s/b", "version": "2.0.0"}', "node_modules/@s/b/x.js": JS}
    found = read(tarball({"index.js": JS, **inner, "node_modules/none/y.js": JS}, bundleDependencies=["@s/b"]))
    home = "demo-1.0.0.tgz!/package"
    assert taken(found) == {
        home: ["index.js", "node_modules/none/y.js", "package.json"],
        f"{home}/node_modules/@s/b": ["package.json", "x.js"],
    }
    outer, carried = found.others
    assert (outer.bundles, outer.bundled) == (("node_modules/@s/b",), False)
    assert (carried.purl, carried.bundles, carried.bundled) == ("pkg:npm/%40s/b@2.0.0", (), True)
    assert [one.component.locations[0].path for one in found.parsed.installed] == [
        "demo-1.0.0.tgz", f"{home}/node_modules/@s/b/package.json"
    ]  # fmt: skip
    assert not kinds(found)
    assert kinds(read(tarball(inner))) == ["undeclared-bundle"]


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("demo-1.0.0.tgz", {}, []),
        ("s-demo-1.0.0.tgz", {"name": "@s/demo"}, []),
        ("demo-1.0.0.tgz", {"name": "@s/demo"}, []),
        ("@s-demo-1.0.0.tgz", {"name": "@s/demo"}, []),
        ("s__demo-1.0.0.tgz", {"name": "@s/demo"}, []),
        ("demo-v1.0.0.tgz", {}, []),
        ("demo-1.0.0-beta.1.tgz", {"version": "1.0.0-beta.1"}, []),
        ("other-1.0.0.tgz", {}, ["other-name"]),
        ("demo-2.0.0.tgz", {}, ["other-version"]),
        ("download.tgz", {}, ["file-name"]),
    ],
)
def test_the_name_of_the_file(name: str, said: dict[str, Any], expected: list[str]) -> None:
    assert kinds(read(tarball(**said), name)) == expected


@pytest.mark.parametrize(
    ("files", "homes", "expected"),
    [
        ([("p/package.json", MANIFEST), ("other/x.js", JS)], {"!/p": ["../other/x.js", "package.json"]}, []),
        ([("a/package.json", MANIFEST), ("b/package.json", MANIFEST)],
         {"!/a": ["package.json"], "!/b": ["package.json"]}, ["several-roots"]),
        ([("package/package.json", MANIFEST), ("package/package.json", MANIFEST + b" ")],
         {"!/package": ["package.json", "package.json#2"]}, ["duplicate-name"]),
        ([("package.json", MANIFEST), ("lib/x.js", JS)], {"!": ["lib/x.js", "package.json"]}, []),
        ([("a/b/package.json", MANIFEST), ("a/b/x.js", JS)], {"!/a/b": ["package.json", "x.js"]}, []),
        ([("package/x.js", JS)], {"!/package": ["x.js"]}, []),
        ([("p/package.json", MANIFEST), ("p/../x.js", JS)], {"!/p": ["package.json"]}, ["unsafe-name"]),
        ([("a!/package.json", MANIFEST), ("a!/b!/x.js", JS)], {"!/a!": ["b!/x.js", "package.json"]}, []),
    ],
)  # fmt: skip
def test_odd_tarballs(files: list[tuple[str, bytes]], homes: dict[str, list[str]], expected: list[str]) -> None:
    found = read(tarred(files, packed="gz"))
    assert taken(found) == {f"demo-1.0.0.tgz{home}": some for home, some in homes.items()}
    assert kinds(found) == expected
    places = {one.place(path).path for one in found.others for path in ("", *(file.path for file in one.files))}
    assert places <= {member.path for member in found.members}


@pytest.mark.parametrize("said", [b"{", b"[]", b'{"name": "../x", "version": "1"}'])
def test_a_manifest_that_cannot_be_read_is_a_gap(said: bytes) -> None:
    found = read(tarred([("package/package.json", said), ("package/x.js", JS)], packed="gz"))
    assert [gap.path for gap in found.gaps] == ["demo-1.0.0.tgz!/package/package.json"]
    assert taken(found) == {"demo-1.0.0.tgz!/package": ["package.json", "x.js"]}


def test_a_broken_tarball_is_a_gap_and_what_stood_before_is_read() -> None:
    found = read(tarball({"a.js": JS * 9999})[:-40])
    assert {gap.reason for gap in found.gaps} == {"truncated"}
    assert "package.json" in taken(found)["demo-1.0.0.tgz!/package"]


# --- archives that hold some -----------------------------------------------------------------------------------------


def test_tarballs_within_an_archive() -> None:
    found = read(zipped([("in/demo-1.0.0.tgz", tarball()), ("notes.txt", b"x")]), "some.zip")
    assert taken(found) == {"some.zip!/in/demo-1.0.0.tgz!/package": ["index.js", "package.json"]}
    (package,) = found.others
    assert package.purl == PURL
    assert package.place("index.js").path == "some.zip!/in/demo-1.0.0.tgz!/package/index.js"
    assert package.place("").path == "some.zip!/in/demo-1.0.0.tgz!/package/package.json"
    assert found.parsed.project is None


def test_a_project_that_is_packed_whole() -> None:
    files = [("app/package.json", b'{"private": true}'), ("app/src/x.js", JS)]
    found = read(zipped([*files, ("app/node_modules/demo/package.json", MANIFEST)]), "app-main.zip")
    assert taken(found) == {
        "app-main.zip!/app": ["package.json", "src/x.js"],
        "app-main.zip!/app/node_modules/demo": ["package.json"],
    }
    assert not found.gaps


def test_archives_of_python_stay_what_they_are() -> None:
    assert not read(wheel({"demo/static/package.json": MANIFEST}), "demo-1.0-py3-none-any.whl").others
    setup = ("demo-1.0/PKG-INFO", b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    with_both = [setup, ("demo-1.0/package.json", MANIFEST)]
    assert not read(tarred(with_both, packed="gz"), "demo-1.0.tar.gz").others
    old = read(tarred([setup, ("demo-1.0/demo.py", b"x = 1\n")], packed="gz"), "demo-1.0.tgz")
    assert old.package
    assert (old.package.purl, old.others) == ("pkg:pypi/demo@1.0", ())


def test_a_folder_of_tarballs(tmp_path: Path) -> None:
    (tmp_path / "demo-1.0.0.tgz").write_bytes(tarball())
    (tmp_path / "two.tgz").write_bytes(tarball(name="two", version="2.0.0"))
    (tmp_path / "notes.json").write_text(json.dumps([1]))
    inventory = read_targets([str(tmp_path)], ReadOptions(npm=NAME))
    assert list(given(inventory)) == [
        ("demo-1.0.0.tgz!/package", PURL),
        ("two.tgz!/package", "pkg:npm/two@2.0.0"),
    ]
    assert ways(inventory) == {"demo-1.0.0.tgz!/package": ("tarball",), "two.tgz!/package": ("tarball",)}
    assert [one.direct for one in inventory.components] == [True, True]
