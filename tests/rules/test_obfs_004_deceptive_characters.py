"""OBFS-004: characters that deceive, and other scripts."""

from __future__ import annotations

import pytest

from assay.rules.obfs_004_deceptive_characters import RULE
from tests.code.test_marks import ZERO
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\u3164 = 1", "high high high medium low"),
        ("\u0435xec = print", "high high high medium low"),
        ("ok = 1  # \u2067if admin:\u2066 begin", "high high high medium low"),
        (f"x = '{ZERO}'", "high high high medium low"),
        (f"x = '{ZERO[:99]}'", "medium medium medium medium low"),
        ("p\u0430th_one = 1", "low low low low info"),
        ("x = 'a \u202eb'", "low low low low info"),
        ("x = '[a\u202d\u202e-\ufffc]'", "low low low low info"),
        ("x = '''\n\u202e\u2066 if a: return'''", "high high high medium low"),
        ("x = '''\n\u202e\u2066 if a: return\n'''", "low low low low info"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        "\u0394x = \u03c3_max = 1",
        "x = '\u202b\u05d0\u202c'",
        "x = '\u202e" + "\u05d0\u0675\u06de\u07a2" * 9 + " = f(1); a'",
        "x = '\u2764\ufe0f'",
        "x = 'if (a) return b; \u202e"
        "\u0131\u028a\u049d\u057b\u06de\u07d6\u080f\u0a4a\u0a91\u0da1" + "aa=(b);" * 9 + "'",
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []


def test_a_script_whose_reading_is_turned_round_is_told() -> None:
    source = "// \u202e } if (admin) { \u2066\nf();\n"
    assert [one.severity.value for one in found(RULE, {"package/lib/a.js": source})] == ["medium"]
