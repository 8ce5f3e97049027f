"""OBFS-005: blobs in source files, and pictures."""

from __future__ import annotations

import pytest

from assay.rules.obfs_005_embedded_blob import RULE
from tests.code.test_marks import LARGE, PNG, TABLE
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"DATA = '{LARGE}'", "high high low low info"),
        (f"DATA = 'TVqQ{LARGE}'\n" + "x = 1\n" * 4_000, "medium medium medium medium info"),
        (f"DATA = '{LARGE}'\n" + "x = 1\n" * 4_000, "low low low low info"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        f"ICON = '{PNG}'",
        TABLE,
        f"KEY = '{LARGE[:2_000]}'",
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []
