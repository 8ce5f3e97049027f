"""Which files hold Python, and under what name each is imported."""

from __future__ import annotations

import pytest

from assay.scanner.code.layout import Layout, has_python_shebang, is_code, module_names, packages

NAMES = [
    ("wheel", "p/__init__.py p/a.py p/data", "p p.a -"),
    ("wheel", "ns/x/__init__.py ns/y.py", "ns.x ns.y"),
    ("wheel", "p.pyw one.py p.pth", "p one p.pth"),
    ("wheel", "d-1.data/purelib/p/a.py p/__init__.py", "p.a p"),
    ("wheel", "d-1.data/platlib/p/a.py d-1.data/purelib/p/a.py", "p.a d-1_data.purelib.p.a"),
    ("wheel", "d-1.data/scripts/go d-1.data/scripts/went.py", "go went"),
    ("wheel", "d-1.data/scripts/p p/__init__.py", "d-1_data.scripts.p p"),
    ("wheel", "d-1.data/data/lib/python3.11/site-packages/x.pth", "x.pth"),
    ("wheel", "p.py p/__init__.py", "p~2 p"),
    ("wheel", "p/v.zip!/k.py p/x-y/z.py", "p.v_zip.k p.x-y.z"),
    ("wheel", "p/__init__.py scripts/__init__.py", "p scripts"),
    ("wheel", "requests/__init__.py requests/api.py subprocess.py", "requests~ requests~.api subprocess~"),
    ("wheel", "os.pth", "os~.pth"),
    ("installed", "bin/go lib/python3.11/site-packages/p/__init__.py p/a.py", "bin.go p p.a"),
    ("sdist", "d-1/p/__init__.py d-1/p/a.py d-1/setup.py", "p p.a setup"),
    ("sdist", "d-1/src/p/__init__.py d-1/src/one.py d-1/setup.py", "p one setup"),
    ("sdist", "d-1/src/__init__.py d-1/src/one.py d-1/setup.py", "src src.one setup"),
    ("sdist", "d-1/code/d.egg-info/PKG-INFO d-1/code/p/a.py", "- p.a"),
    ("sdist", "d-1/google/cloud/x/__init__.py d-1/google/cloud/x/a.py", "google.cloud.x google.cloud.x.a"),
    ("sdist", "d-1/p/a.py d-1/src/p/a.py", "d-1.p.a p.a"),
    ("sdist", "d-1/lib/p/a.py d-1/sub/p/a.py d-1/sub/setup.py", "p.a d-1.sub.p.a setup"),
    ("sdist", "d-1/setup.py d-1/sub/setup.py", "setup d-1.sub.setup"),
    ("sdist", "d-1/__init__.py d-1/a.py", "__init__ a"),
    ("sdist", "d-1/bin/go d-1/scripts/run.py d-1/scripts/other", "bin.go scripts.run scripts.other"),
    ("source", "p/__init__.py packages/q/setup.py packages/q/src/q/__init__.py", "p setup q"),
    ("source", "src/os.py", "os~"),
]


@pytest.mark.parametrize(("packed", "files", "expected"), NAMES)
def test_names(packed: str, files: str, expected: str) -> None:
    found = module_names(Layout(packed, tuple(sorted(files.split()))))
    assert [found.get(path, "-") for path in files.split()] == expected.split()


@pytest.mark.parametrize(
    ("packed", "files", "expected"),
    [
        ("wheel", "p/__init__.py p/a.py p/q/__init__.py one.py", ("p", "p.q")),
        ("sdist", "d-1/src/p/__init__.py d-1/setup.py", ("p",)),
        ("wheel", "requests/__init__.py", ("requests~",)),
    ],
)
def test_packages(packed: str, files: str, expected: tuple[str, ...]) -> None:
    layout = Layout(packed, tuple(sorted(files.split())))
    assert packages(layout, module_names(layout)) == expected


def test_names_do_not_depend_on_order_and_are_unique() -> None:
    files = [
        f"{folder}/p/{name}.py" for folder in ("a-b", "a_b", "a.b", "src", "x.zip!", "d.data/purelib") for name in "xyz"
    ]
    found = module_names(Layout("wheel", tuple(sorted(files))))
    assert found == module_names(Layout("wheel", tuple(reversed(files))))
    assert len(set(found.values())) == len(files)


def test_a_backend_in_the_tree_is_named_as_it_is_asked_for() -> None:
    layout = Layout("sdist", ("d-1/_build/helper.py", "d-1/_build/mine.py"), (), "mine", ("./_build",))
    assert module_names(layout) == {"d-1/_build/helper.py": "helper", "d-1/_build/mine.py": "mine"}


def test_a_path_of_many_folders_is_named_quickly() -> None:
    path = "a/" * 30_000 + "x.py"
    (name,) = module_names(Layout("sdist", (path,))).values()
    assert name.count(".") < 100


@pytest.mark.parametrize(
    "path",
    ["p/a.py", "a.pyw", "x.pth", "SETUP.PY", "d-1.data/scripts/go", "d-1/bin/go", "scripts/go-1.2", "a.zip!/b.py"],
)
def test_code(path: str) -> None:
    assert is_code(path)


@pytest.mark.parametrize(
    "path", ["p/a.pyi", "README", "p/data", "bin/go.sh", "d.data/headers/go", "p/a.py.txt", "p/a.pyc"]
)
def test_not_code(path: str) -> None:
    assert not is_code(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"#!/usr/bin/env python3\nx", True),
        (b"#!python\n", True),
        (b"#!/opt/a b/bin/pypy3 -I\n", True),
        (b"#!/usr/bin/env -S uv run --script\n", True),
        (b"#!/bin/sh\n'''exec' /long/path/python3 \"$0\" \"$@\"\n", True),
        (b"#!/bin/sh\npython x\n", False),
        (b"\n#!/usr/bin/python\n", False),
        (b"\x7fELF#!python", False),
        (b"", False),
    ],
)
def test_shebang(data: bytes, expected: bool) -> None:
    assert has_python_shebang(data) is expected
