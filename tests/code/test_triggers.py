"""When the files of a package run, and by which others."""

from __future__ import annotations

import pytest

from assay.scanner.code.layout import Layout, module_names
from assay.scanner.code.reach import MAX_TRACE, Reach
from assay.scanner.code.triggers import reaches
from assay.scanner.models import EntryPoint


def told(packed: str, files: str, imports: str = "", *, points: str = "", backend: str = "") -> dict[str, str]:
    """What reaches each file, ``trigger`` or ``trigger: a > b``; imports are written ``a>b c>d``."""
    names = module_names(
        layout := Layout(
            packed,
            tuple(sorted(files.split())),
            tuple(EntryPoint("console_scripts", "x", point) for point in points.split()),
            backend,
            ("_b",) if backend else (),
        )
    )
    edges: dict[str, list[str]] = {}
    for pair in imports.split():
        source, _, target = pair.partition(">")
        edges.setdefault(source, []).append(target)
    found = reaches(layout, names, edges)
    return {path: f"{reach.trigger}: {' > '.join(reach.trace)}".rstrip(": ") for path, reach in found.items()}


ALONE = [
    ("wheel", "p/__init__.py", "import"),
    ("wheel", "p/unused.py", "import"),
    ("wheel", "one.py", "import"),
    ("wheel", "ns/p/a.py", "import"),
    ("wheel", "d-1.data/purelib/p/a.py", "import"),
    ("wheel", "setup.py", "import"),
    ("wheel", "test_one.py", "import"),
    ("wheel", "p/tests/test_a.py", "test"),
    ("wheel", "p/Examples/a.py", "test"),
    ("wheel", "p/testing/a.py", "import"),
    ("wheel", "p/__main__.py", "call"),
    ("wheel", "d-1.data/scripts/go", "call"),
    ("wheel", "p/a-b/c.py", "call"),
    ("wheel", "p/a-b/__init__.py", "call"),
    ("wheel", "a-b/__init__.py", "import"),
    ("wheel", "a.zip!/__init__.py", "call"),
    ("wheel", "p/a.zip!/b.py", "call"),
    ("wheel", "x.pth", "startup"),
    ("wheel", "d-1.data/platlib/x.pth", "startup"),
    ("wheel", "d-1.data/data/lib/python3/site-packages/x.pth", "startup"),
    ("wheel", "p/x.pth", "call"),
    ("wheel", "sitecustomize.py", "startup"),
    ("wheel", "d-1.data/purelib/usercustomize.py", "startup"),
    ("wheel", "p/sitecustomize.py", "import"),
    ("installed", "lib/python3.11/site-packages/x.pth", "startup"),
    ("installed", "bin/go", "call"),
    ("sdist", "d-1/setup.py", "install"),
    ("sdist", "d-1/p/__init__.py", "import"),
    ("sdist", "d-1/p/a.py", "import"),
    ("sdist", "d-1/a-b/__init__.py", "import"),
    ("sdist", "d-1/a-b/c.py", "call"),
    ("sdist", "d-1/tests/a-b/__init__.py", "test"),
    ("sdist", "d-1/src/p/a.py", "import"),
    ("sdist", "d-1/ns/deep/a.py", "import"),
    ("sdist", "d-1/p/data/x.pth", "startup"),
    ("sdist", "d-1/src/sitecustomize.py", "startup"),
    ("sdist", "d-1/other/setup.py", "call"),
    ("sdist", "d-1/tools/gen.py", "call"),
    ("sdist", "d-1/noxfile.py", "call"),
    ("sdist", "d-1/bin/go", "call"),
    ("sdist", "d-1/docs/conf.py", "test"),
    ("sdist", "d-1/conftest.py", "test"),
    ("sdist", "d-1/p/test_a.py", "test"),
    ("sdist", "d-1/tests/data/setup.py", "test"),
    ("sdist", "d-1/tests/x.pth", "test"),
    ("sdist", "docs/setup.py", "install"),
    ("sdist", "docs/p/a.py", "import"),
    ("source", "packages/a/setup.py", "install"),
    ("source", "tests/a/setup.py", "test"),
]


@pytest.mark.parametrize(("packed", "path", "expected"), ALONE)
def test_alone(packed: str, path: str, expected: str) -> None:
    root = path.partition("/")[0] + "/" if packed == "sdist" else ""
    assert told(packed, f"{path} {root}real/__init__.py")[path] == expected


REACHED = [
    ("what setup.py imports", "sdist", "d-1/setup.py>d-1/p/a.py", "d-1/p/a.py", "install: d-1/setup.py > d-1/p/a.py"),
    ("the package around it", "sdist", "d-1/setup.py>d-1/p/a.py", "d-1/p/__init__.py",
     "install: d-1/setup.py > d-1/p/__init__.py"),
    ("and what those import", "sdist", "d-1/setup.py>d-1/p/a.py d-1/p/__init__.py>d-1/p/b.py", "d-1/p/b.py",
     "install: d-1/setup.py > d-1/p/__init__.py > d-1/p/b.py"),
    ("a test that __init__ imports", "sdist", "d-1/p/__init__.py>d-1/tests/t.py", "d-1/tests/t.py",
     "import: d-1/p/__init__.py > d-1/tests/t.py"),
    ("a test that a submodule imports", "sdist", "d-1/p/b.py>d-1/tests/t.py", "d-1/tests/t.py",
     "import: d-1/p/b.py > d-1/tests/t.py"),
    ("a test that a test imports", "sdist", "d-1/tests/t.py>d-1/tests/u.py", "d-1/tests/u.py",
     "test: d-1/tests/t.py > d-1/tests/u.py"),
    ("a tool that another imports", "sdist", "d-1/tools/g.py>d-1/tools/h.py", "d-1/tools/h.py",
     "call: d-1/tools/g.py > d-1/tools/h.py"),
    ("the package that a tool imports", "sdist", "d-1/tools/g.py>d-1/p/b.py", "d-1/p/b.py", "import"),
    ("install before import", "sdist", "d-1/p/__init__.py>d-1/p/b.py d-1/setup.py>d-1/p/b.py", "d-1/p/b.py",
     "install: d-1/setup.py > d-1/p/b.py"),
    ("what imports setup.py itself", "sdist", "d-1/p/b.py>d-1/setup.py", "d-1/setup.py", "install"),
    ("startup", "sdist", "d-1/x.pth>d-1/p/a.py", "d-1/p/a.py", "startup: d-1/x.pth > d-1/p/a.py"),
    ("a circle", "sdist", "d-1/p/a.py>d-1/p/b.py d-1/p/b.py>d-1/p/a.py", "d-1/p/b.py",
     "import: d-1/p/a.py > d-1/p/b.py"),
    ("the shortest way", "sdist",
     "d-1/p/__init__.py>d-1/p/a.py d-1/p/a.py>d-1/p/b.py d-1/p/__init__.py>d-1/p/b.py", "d-1/p/b.py",
     "import: d-1/p/__init__.py > d-1/p/b.py"),
    ("what is not of the package", "sdist", "d-1/p/__init__.py>d-1/nowhere.py", "d-1/p/a.py", "import"),
]  # fmt: skip

FILES = (
    "d-1/setup.py d-1/x.pth d-1/p/__init__.py d-1/p/a.py d-1/p/b.py d-1/tests/t.py d-1/tests/u.py d-1/tools/g.py "
    "d-1/tools/h.py"
)


@pytest.mark.parametrize(("case", "packed", "imports", "path", "expected"), REACHED, ids=[row[0] for row in REACHED])
def test_reached(case: str, packed: str, imports: str, path: str, expected: str) -> None:
    assert told(packed, FILES, imports)[path] == expected


def test_a_backend_in_the_tree_runs_at_install_with_what_it_imports() -> None:
    files = "d-1/_b/mine/__init__.py d-1/_b/mine/hooks.py d-1/_b/other.py d-1/p/__init__.py"
    found = told("sdist", files, "d-1/_b/mine/hooks.py>d-1/_b/other.py", backend="mine.hooks:backend")
    assert found == {
        "d-1/_b/mine/__init__.py": "install",
        "d-1/_b/mine/hooks.py": "install",
        "d-1/_b/other.py": "install: d-1/_b/mine/hooks.py > d-1/_b/other.py",
        "d-1/p/__init__.py": "import",
    }


@pytest.mark.parametrize("point", ["p.tests.run:main", "p.tests.run", "p.tests.run:main [extra]"])
def test_what_an_entry_point_names_is_imported(point: str) -> None:
    files = "p/__init__.py p/tests/run.py p/tests/other.py"
    found = reaches(
        layout := Layout("wheel", tuple(files.split()), (EntryPoint("pytest11", "x", point),)), module_names(layout), {}
    )
    assert found["p/tests/run.py"] == Reach("import")
    assert found["p/tests/other.py"] == Reach("test")


def test_tests_are_the_package_if_there_is_nothing_else() -> None:
    assert told("sdist", "d-1/setup.py d-1/examples/__init__.py d-1/examples/a.py")["d-1/examples/a.py"] == "import"
    assert told("wheel", "tests/__init__.py p/__init__.py")["tests/__init__.py"] == "test"


def test_a_long_way_is_cut_and_takes_no_long_time() -> None:
    paths = [f"p/m{number:05}.py" for number in range(3000)]
    layout = Layout("wheel", ("p/__init__.py", *paths))
    edges = {source: [target] for source, target in zip(["p/__init__.py", *paths], paths, strict=False)}
    found = reaches(layout, module_names(layout), edges)
    assert found[paths[-1]].trace[0] == "p/__init__.py"
    assert found[paths[-1]].trace[1:] == tuple(paths[1 - MAX_TRACE :])
