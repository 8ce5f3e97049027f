"""OBFS-006: blanks that carry data, and blanks that do not."""

from __future__ import annotations

import pytest

from assay.rules.obfs_006_blank_data import RULE
from tests.code.test_marks import BITS
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"x = '{BITS}'", "high high high medium low"),
        (f"x = '{BITS[:300]}'", "medium medium medium medium low"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        "x = '" + " " * 900 + "'",
        "def f():\n\tif x:  \n\t\treturn 1 \t\n" * 30,
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []
