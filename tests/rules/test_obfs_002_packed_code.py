"""OBFS-002: files that are a blob and its loader, and files that hold data."""

from __future__ import annotations

import pytest

from assay.rules.obfs_002_packed_code import RULE
from tests.code.test_marks import BLOB, PNG, noise
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"exec(d('{BLOB}'))", "high high high medium low"),
        (f"from r import run\nrun(__name__, __file__, {noise(3_000)!r})", "high high high medium low"),
        ("def f(a):\n    return [a, a]\n" * 200 + f"exec(d('{BLOB}'))", "medium medium medium medium info"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        f"ICON = '{PNG}'\nexec('x = 1')",
        "exec(open('version.py').read())",
        f"KEY = '{BLOB[:200]}'\nexec(KEY)",
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []


def test_a_script_of_signs_alone_is_packed() -> None:
    source = "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]" * 40 + "()"
    told = found(RULE, {"package/lib/a.js": source})
    assert [(one.severity.value, one.location.path) for one in told if one.location] == [
        ("medium", "demo.whl!/package/lib/a.js")
    ]
