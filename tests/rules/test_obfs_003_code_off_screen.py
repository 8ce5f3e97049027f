"""OBFS-003: statements that blanks hide, and blanks that align."""

from __future__ import annotations

import pytest

from assay.rules.obfs_003_code_off_screen import RULE
from tests.code.test_marks import WIDE
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"x = 1;{WIDE}print(x)", "high high high medium low"),
        ("x = 1;" + "\t" * 20 + "import demo", "high high high medium low"),
        (f"x = 1,{WIDE}eval('2')", "high high high medium low"),
        (f"x = 1;{WIDE}y = 2", "medium medium medium low info"),
        ("x = 1" + "\n" * 300 + "print(x)", "medium medium medium low info"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        f"x = 1;{WIDE}# a remark",
        f"x = [1,{WIDE}f(2)]",
        f"x = 'a;{WIDE}print(1)'",
        "x = 1;" + " " * 40 + "print(x)",
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []


def test_a_script_with_code_off_the_screen_is_told() -> None:
    source = "module.exports = agents;" + " " * 150 + 'require("child_process").exec("id");\n'
    assert [one.severity.value for one in found(RULE, {"package/lib/a.js": source})] == ["medium"]
