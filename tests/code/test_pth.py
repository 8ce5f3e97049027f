"""Which lines of a .pth file are read as code: those that the site module executes."""

from __future__ import annotations

import site
import sys
from typing import TYPE_CHECKING

import pytest

from assay.scanner.code.analysis import analyse
from assay.scanner.code.ir import Const, Place
from assay.scanner.code.python import lower
from assay.scanner.code.python.pth import lower_pth
from assay.scanner.code.python.source import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from assay.scanner.code.facts import Facts

LINES = [
    (b"import a\n", {1}),
    (b"import\ta; 1", {1}),
    (b"./folder\n\nimport a\nother\n", {3}),
    (b"# import a\n #\nimport b\n", {3}),
    (b" import a\n\timport b\nfrom c import d\nimporta\nimport\n", set()),
    (b"import a\r\nimport b\rimport c\n", {1, 2, 3}),
    (b"\xef\xbb\xbfimport a\n", {1}),
    (b"\xff\nimport a; '\xff'\n", {2}),
    (b"./x'''\nimport a\n'''\nimport b", {2, 4}),
    (b"#coding: rot13\nimport a", {2}),
    (b"./x\x0cimport a\n", {1}),
    (b"# x\xe2\x80\xa8import a\n", {1}),
    (b"import a #\x0cimport b\n", {1, 2}),
    (b"x\x1cimport a\x1dy\x1eimport b\n", {1, 2}),
    (b"", set()),
]


@pytest.mark.parametrize(("data", "expected"), LINES)
def test_lines(data: bytes, expected: set[int]) -> None:
    unit = lower_pth(data, "x.pth")
    assert {op.place.line for op in unit.module.ops} == expected
    assert unit.defects == ()


MARKED = "import sys; sys.assay_saw({})"


@pytest.mark.parametrize(
    "data",
    [
        MARKED.format(1) + "\n./folder\n" + MARKED.format(2),
        "# " + MARKED.format(1) + "\r\n" + MARKED.format(2) + "\r" + MARKED.format(3),
        "./x\x0c" + MARKED.format(1) + "\n",
        MARKED.format(1) + " #\x0c" + MARKED.format(2),
        MARKED.format(1) + ";\x0csys.assay_saw(2)",
        MARKED.format(1) + ";x='\u2028';sys.assay_saw(2)",
        " " + MARKED.format(1) + "\n" + MARKED.format(2).replace("import ", "import\t"),
        "import sys\nsys.assay_saw(1)\nimport os; sys.assay_saw(2)",
        "import sys; os.sep; sys.assay_saw(1)",
    ],
)
def test_no_line_is_missed_that_this_interpreter_executes(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: set[int] = set()
    monkeypatch.setattr(sys, "assay_saw", ran.add, raising=False)
    (tmp_path / "x.pth").write_bytes(data.encode())
    site.addpackage(str(tmp_path), "x.pth", set())
    read = {op.value for op in lower_pth(data.encode(), "x.pth").module.ops if isinstance(op, Const)}
    assert read
    assert ran <= read


def facts_of(data: bytes) -> Facts:
    return analyse({"x.pth": lower_pth(data, "x.pth")}, ["x.pth"], lower)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"import a; os.system('true')\n", [("os.system", 1, 11)]),
        (b"./x\nimport a;builtins.exec('1')\n", [("builtins.exec", 2, 10)]),
        (b"import a; subprocess.run('true')\n", []),
        (b"os.system('true')\n", []),
    ],
)
def test_names_of_the_site_module_are_there_without_an_import(
    data: bytes, expected: list[tuple[str, int, int]]
) -> None:
    assert [(call.name, *call.where.place) for call in facts_of(data).calls] == expected


def test_what_cannot_be_read_is_a_defect() -> None:
    assert [one.reason for one in lower_pth(b"import a; (\n", "x.pth").defects] == [""]
    large = lower_pth(b"import a\n" + b"x" * MAX_BYTES, "x.pth")
    assert [(one.reason, one.place) for one in large.defects] == [("too-large", Place(1, 1))]
    assert lower_pth(b"\0" * (MAX_BYTES + 1), "weights.pth").defects == ()
