"""OBFS-001: names that a generator made, and names that people give."""

from __future__ import annotations

import pytest

from assay.rules.obfs_001_generated_names import RULE
from tests.code.test_marks import DRAWN, bound
from tests.rules.marked import found, severities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n".join(f"_0x{n:x} = 1" for n in range(256, 270)), "high high high medium low"),
        (bound("lIlIllI IlIllIl llIIlIl IIlIlll lIIIlll lllIIlI"), "high high high medium low"),
        (DRAWN, "high high high medium low"),
        (bound("xKqTzWvBdRt qWxZrTkPl mNbVcXzLkJ hGfDsQwRt zXcVbNmKlP"), "medium medium medium low info"),
    ],
)
def test_how_bad_at_install_startup_import_call_and_in_tests(source: str, expected: str) -> None:
    assert severities(RULE, source) == expected.split()


@pytest.mark.parametrize(
    "source",
    [
        bound("名前 年齢 住所 電話 合計 金額 日付 時間 曜日 会社 社員"),
        bound("alpha beta gamma delta epsilon zeta"),
        "_0xa = _0xb = 1\n" + bound("alpha beta gamma delta epsilon zeta"),
    ],
)
def test_left_alone(source: str) -> None:
    assert found(RULE, {"demo/a.py": source}) == []
