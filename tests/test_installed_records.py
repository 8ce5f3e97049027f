"""Installed distributions held against their RECORD: what was changed since, and what only looks so."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

from assay.rules.mani_002_content_mismatch import RULE
from assay.scanner.engine import target_digest
from assay.scanner.inputs import target as target_module
from assay.scanner.inputs.target import ReadOptions, read_installed, read_targets
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assay.scanner.models import Inventory, Package

SITE = "lib/python3.12/site-packages"
INFO = "demo-1.0.dist-info"
CODE = "assay.scanner.code.reading"
FILES = {
    "demo/__init__.py": b"X = 1\n",
    "demo/late.py": b"Y = 1\n",
    "demo/tests/test_x.py": b"Z = 1\n",
    "demo/data.bin": b"\0\1",
    "single.py": b"S = 1\n",
    "../../../bin/demo": b"#!/old/python\nimport demo\n",
    f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
    f"{INFO}/INSTALLER": b"pip\n",
    f"{INFO}/entry_points.txt": b"[console_scripts]\ndemo = demo.late:main\n\n[pytest11]\nplug = demo.late\n",
}


def line(path: str, data: bytes | None) -> str:
    """Return a line of RECORD, without a hash if there is no content."""
    if data is None:
        return f"{path},,\n"
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(data)}\n"


def record(files: dict[str, bytes], info: str = INFO) -> bytes:
    text = "".join(line(path, data) for path, data in files.items())
    return (text + f"{info}/RECORD,,\ndemo/__pycache__/late.cpython-312.pyc,,\n").encode()


RECORD = record(FILES)


def other(files: dict[str, bytes], name: str = "other") -> dict[str, bytes]:
    """Return a second distribution with these files."""
    info = f"{name}-2.0.dist-info"
    whole = {**files, f"{info}/METADATA": f"Name: {name}\nVersion: 2.0\n".encode(), f"{info}/INSTALLER": b"uv"}
    return {**whole, f"{info}/RECORD": record(whole, info)}


def environment(folder: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Lay out an environment with one distribution, and then change files in it; None removes one."""
    files: dict[str, bytes | None] = {**FILES, f"{INFO}/RECORD": RECORD, **changes}
    (folder / "pyvenv.cfg").parent.mkdir(parents=True, exist_ok=True)
    (folder / "pyvenv.cfg").write_text("home = /nowhere\n", encoding="utf-8")
    for path, data in files.items():
        place = folder / SITE / path
        if data is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return folder


def read(folder: Path, **options: object) -> Inventory:
    return read_targets([str(folder)], ReadOptions(**{"owners": True, **options}))  # type: ignore[arg-type]


def packages(inventory: Inventory) -> dict[str, Package]:
    return {package.purl.partition("/")[2].partition("@")[0]: package for package in inventory.contents if package.purl}


def told(inventory: Inventory) -> list[tuple[str, str, str]]:
    """Return (kind, severity, first place) of what the rule finds; each place is one that was read."""
    assert RULE.check_package
    found = [finding for one in inventory.contents for finding in RULE.check_package(one, ListedCorpus())]
    places = {file.path for file in inventory.files}
    assert all(finding.location and finding.location.path in places for finding in found)
    return sorted((one.evidence[0], one.severity.value, one.evidence[1].partition(": ")[0]) for one in found)


LIES = line("demo/late.py", FILES["demo/late.py"]).replace(",6\n", ",7\n").encode()
NO_HASH = line("demo/late.py", None).encode()
LATE = line("demo/late.py", FILES["demo/late.py"]).encode()
NOTE = line(f"{INFO}/INSTALLER", b"pip\n").encode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"demo/late.py": b"Y = 2\n"}, [("wrong-hash", "medium", "demo/late.py")]),
        ({"demo/data.bin": b"\0\2"}, [("wrong-hash", "medium", "demo/data.bin")]),
        ({f"{INFO}/METADATA": b"Name: demo\nVersion: 1.0\n\nmore\n"},
         [("wrong-hash", "medium", f"{INFO}/METADATA"), ("wrong-size", "low", f"{INFO}/METADATA")]),
        ({"../../../bin/demo": b"#!/new/python\nimport demo\n"}, [("altered-beside", "low", "../../../bin/demo")]),
        ({"demo/tests/test_x.py": b"Z = 2\n"}, [("altered-beside", "low", "demo/tests/test_x.py")]),
        ({"demo/late.py": None, "demo/data.bin": None}, [("missing", "low", "demo/late.py")]),
        ({"demo/more.py": b""}, [("added", "low", "demo/more.py")]),
        ({"demo/more.cpython-312-x86_64-linux-gnu.so": b""},
         [("added", "low", "demo/more.cpython-312-x86_64-linux-gnu.so")]),
        ({"demo/more.pyc": b""}, [("added", "low", "demo/more.pyc")]),
        ({"demo/late/__init__.py": b""}, [("shadowing", "medium", "demo/late/__init__.py")]),
        ({"demo/late.abi3.so": b""}, [("shadowing", "medium", "demo/late.abi3.so")]),
        ({"demo/__init__.abi3.so": b""}, [("shadowing", "medium", "demo/__init__.abi3.so")]),
        ({"single/__init__.py": b""}, [("shadowing", "medium", "single/__init__.py")]),
        ({"single.abi3.so": b""}, [("shadowing", "medium", "single.abi3.so")]),
        ({f"{INFO}/RECORD": RECORD.replace(LATE, LIES)}, [("wrong-size", "low", "demo/late.py")]),
        ({f"{INFO}/RECORD": RECORD.replace(LATE, NO_HASH)}, [("no-hash", "low", "demo/late.py")]),
        ({f"{INFO}/RECORD": RECORD + b"one field\n"}, [("bad-record", "low", "one field")]),
        ({f"{INFO}/RECORD": RECORD + b'"' + b"x" * 200_000, "demo/more.py": b""},
         [("bad-record", "low", "not well-formed CSV")]),
        ({f"{INFO}/RECORD": RECORD.replace(b"demo/late.py", b"demo/../demo/./late.py"), "demo/late.py": b"Y = 2\n"},
         [("wrong-hash", "medium", "demo/late.py")]),
        ({f"{INFO}/RECORD": RECORD.replace(NOTE, b""), "demo/late.py": b"Y = 2\n", "demo/data.bin": None},
         [("repackaged", "info", "demo/late.py")]),
        ({f"{INFO}/INSTALLER": b"conda\n", "demo/late.py": b"Y = 2\n"}, [("repackaged", "info", "demo/late.py")]),
        (other({"single.py": b"theirs\n"}), [("overwritten", "low", "single.py")]),
        ({**other({"single.py": b"theirs\n"}), "single.py": b"neither\n"},
         [("wrong-hash", "medium", "single.py"), ("wrong-hash", "medium", "single.py"),
          ("wrong-size", "low", "single.py"), ("wrong-size", "low", "single.py")]),
    ],
)  # fmt: skip
def test_what_was_changed(
    tmp_path: Path, changes: Mapping[str, bytes | None], expected: list[tuple[str, str, str]]
) -> None:
    assert told(read(environment(tmp_path, changes))) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"demo/__pycache__/late.cpython-312.pyc": b"listed"},
        {"demo/__pycache__/other.cpython-312.pyc": b"not listed"},
        {"demo/late.pyc": b"of Python 2"},
        {f"{INFO}/INSTALLER": b"uv"},
        {f"{INFO}/REQUESTED": b"", f"{INFO}/direct_url.json": b"{}", f"{INFO}/RECORD.jws": b"{}"},
        {"demo/notes.txt": b"a cache", "demo/model.bin": b"\0", "demo/theme.css": b""},
        {f"{INFO}/RECORD": RECORD.replace(b"\n", b"\r\n")},
        {f"{INFO}/RECORD": b"\xef\xbb\xbf" + RECORD},
        {f"{INFO}/RECORD": RECORD + b"\n/etc/hostname,sha256=AA,1\n../../../../../../up.py,sha256=AA,1\n"},
        {f"{INFO}/RECORD": RECORD.replace(b"demo/data.bin", b"./demo/data.bin")},
        {"stray.py": b"", "stray/x.py": b"", "stray.pth": b"stray\n"},
        other({"ns/one.py": b"", "ns/deep/two.py": b""}),
        other({"single.py": FILES["single.py"]}),
        other({"demo/plugin.py": b"a namespace that two share"}),
        {**other({"demo/plugin.py": b""}), "demo/nobody.py": b"in a folder that two share"},
        other({"__editable__.proj-2.0.pth": b"/src/proj\n", "__editable___proj_finder.py": b"M = 1\n"}, "proj"),
        {"~emo-0.9.dist-info/METADATA": b"Name: demo\nVersion: 0.9\n",
         "~emo-0.9.dist-info/RECORD": record({"x.py": b""})},
        {"old-1.dist-info/METADATA": b"Name: old\nVersion: 1\n", "old/__init__.py": b""},
    ],
)  # fmt: skip
def test_what_is_innocent(tmp_path: Path, changes: dict[str, bytes]) -> None:
    assert told(read(environment(tmp_path, changes))) == []


def test_what_is_known_of_a_distribution(tmp_path: Path) -> None:
    inventory = read(environment(tmp_path, other({"ns/one.py": b""})), code=CODE)
    assert not inventory.gaps
    demo = packages(inventory)["demo"]
    assert (demo.packed, demo.path, demo.folder) == ("installed", SITE, True)
    assert sorted(file.path for file in demo.files) == sorted((*FILES, f"{INFO}/RECORD"))
    assert {one.path for one in demo.declared} == {*FILES, f"{INFO}/RECORD", "demo/__pycache__/late.cpython-312.pyc"}
    assert [(one.group, one.name, one.target) for one in demo.entry_points] == [
        ("console_scripts", "demo", "demo.late:main"),
        ("pytest11", "plug", "demo.late"),
    ]
    assert (demo.scripts, demo.modules) == (("demo",), ("demo", "single"))
    assert demo.place("../../../bin/demo").path == "bin/demo"
    assert demo.code
    assert [module.name for module in demo.code.modules] == ["demo", "demo.late", "demo.tests.test_x", "single"]
    theirs = packages(inventory)["other"].code
    assert theirs
    assert [module.name for module in theirs.modules] == ["ns.one"]


def triggers(inventory: Inventory) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        module.path: (module.trigger, module.trace)
        for package in inventory.contents
        if package.code
        for module in package.code.modules
    }


@pytest.mark.parametrize(
    ("changes", "path", "trigger", "trace"),
    [
        ({}, "demo/late.py", "import", ()),
        (other({"hook.pth": b"import hidden\n", "hidden.py": b""}), "hidden.py", "startup", ("hook.pth", "hidden.py")),
        ({"hook.pth": b"import demo.late\n"}, "demo/late.py", "startup", ("hook.pth", "demo/late.py")),
        ({"hook.pth": b"import os; exec('import demo.late')\n"}, "demo/__init__.py", "startup",
         ("hook.pth", "demo/__init__.py")),
        ({"hook.pth": b"import single\n"}, "demo/late.py", "import", ()),
        ({"hook.pth": b"# import demo.late\n/src/demo\n"}, "demo/late.py", "import", ()),
        ({"deep/hook.pth": b"import demo.late\n"}, "demo/late.py", "import", ()),
    ],
)  # fmt: skip
def test_when_its_code_runs(
    tmp_path: Path, changes: dict[str, bytes], path: str, trigger: str, trace: tuple[str, ...]
) -> None:
    assert triggers(read(environment(tmp_path, changes), code=CODE))[path] == (trigger, trace)


def test_one_that_is_named_is_judged_alike(tmp_path: Path) -> None:
    changes = {"demo/late.py": b"Y = 2\n", "demo/more.py": b"", "demo/sub/x.so": b"", **other({"ns/one.py": b""})}
    folder = environment(tmp_path, changes)
    inventory = read_installed("demo", str(folder), ReadOptions(owners=True))
    assert list(packages(inventory)) == ["demo"]
    assert told(inventory) == [("added", "low", "demo/more.py"), ("wrong-hash", "medium", "demo/late.py")]
    assert f"{SITE}/demo/sub/x.so" in {file.path for file in inventory.files}


def test_without_code_nothing_is_compared(tmp_path: Path) -> None:
    folder = environment(tmp_path, {"demo/late.py": b"Y = 2\n"})
    assert read(folder, with_code=False, code=CODE).contents == ()


@pytest.mark.parametrize("exclude", ["lib/*/demo/*", f"{SITE}/demo"])
def test_what_was_left_out_is_not_missing(tmp_path: Path, exclude: str) -> None:
    assert told(read(environment(tmp_path, {}), exclude=(exclude,))) == []


def test_a_link_is_not_missing(tmp_path: Path) -> None:
    folder = environment(tmp_path, {})
    (folder / SITE / "demo/data.bin").unlink()
    (folder / SITE / "demo/data.bin").symlink_to("/cache/data.bin")
    assert told(read(folder)) == []


def test_the_folder_of_packages_may_be_the_target(tmp_path: Path) -> None:
    folder = environment(tmp_path, {"demo/late.py": b"Y = 2\n"})
    (folder / "lib/python3.12/site-packages").rename(tmp_path / "task")
    assert told(read(tmp_path / "task")) == [("wrong-hash", "medium", "demo/late.py")]


def test_neither_workers_nor_listing_decide_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"demo/late.py": b"Y = 2\n", "hook.pth": b"import demo\n", "demo/more.py": b"", **other({"ns/x.py": b""})}
    folder = environment(tmp_path, changes)
    monkeypatch.setattr(target_module, "WORKER_CHUNK", 2)
    expected = read(folder, code=CODE)
    assert target_digest(expected)
    for jobs, reverse in ((1, True), (3, False), (3, True)):
        assert read(folder, code=CODE, jobs=jobs, reverse_listing=reverse) == expected
