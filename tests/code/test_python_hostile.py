"""Sources made to exhaust a parser: each ends, and what hides in it is still reached."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.code import ir, syntax
from assay.scanner.code.python import lower, source
from tests.code.units import names, operations

if TYPE_CHECKING:
    from collections.abc import Callable

N = 20_000
NESTED: list[Callable[[int], str]] = [
    lambda n: "(" * n + "exec(a)" + ")" * n,
    lambda n: "[" * n + "exec(a)" + "]" * n,
    lambda n: "f(" * n + "exec(a)" + ")" * n,
    lambda n: "x=a" + ".b" * n + "(exec(a))",
    lambda n: "x=" + "not " * n + "exec(a)",
    lambda n: "lambda:" * n + "exec(a)",
    lambda n: "x=" + "a if b else " * n + "exec(a)",
    lambda n: "a=" * n + "exec(a)",
    lambda n: "x=" + "2**" * n + "exec(a)",
    lambda n: "[exec(a)" + " for a in b" * n + "]",
    lambda n: "(" * n + "a," + ")" * n + "=exec(a)",
    lambda n: "if a: b\n" + "elif c: d\n" * 5000 + "else: exec(a)\n",
    lambda n: "match x:\n case " + "[" * n + "a" + "]" * n + ": exec(a)\n",
    lambda n: "foo(a b)\n" * 1000 + "exec(a)",
    lambda n: "f(" + "(" * n + "*exec(a)" + ")" * n + ")",
]


@pytest.mark.parametrize("nested", NESTED, ids=lambda nested: nested(3)[:12])
def test_nesting_is_not_depth(nested: Callable[[int], str]) -> None:
    assert "exec" in names(lower(nested(N).encode(), "a.py"))


def test_a_long_sum_is_one_operation() -> None:
    ops = operations(lower(b"x=" + b"+".join([b'"a"'] * 10_000), "a.py"))
    assert [len(op.operands) for op in ops if isinstance(op, ir.Operator)] == [10_000]


def test_budgets_are_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["assay.scanner.code.python.walk"], "MAX_NODES", 50)
    unit = lower(b"def f():\n while a:\n  if b:\n   " + b"g(1);" * 100, "a.py")
    assert [defect.reason for defect in unit.defects] == ["node-budget"]
    assert any(isinstance(op, ir.Call) for op in operations(unit))
    monkeypatch.setattr(syntax, "MAX_STEPS", 50)
    assert "node-budget" in [defect.reason for defect in lower(b"g(1);" * 20_000, "a.py").defects]
    monkeypatch.setattr(source, "MAX_BYTES", 100)
    unit = lower(b"exec(a)\n" * 50, "a.py")
    assert [(defect.reason, defect.detail) for defect in unit.defects if defect.reason == "too-large"] == [
        ("too-large", "400 bytes; the first 96 were read")
    ]


@pytest.mark.parametrize(
    ("data", "value", "reasons"),
    [
        (b"x='\xc3\xa9'", "é", []),
        (codecs.BOM_UTF8 + b"x='\xc3\xa9'", "é", []),
        (b"# coding: latin-1\nx='\xe9'", "é", []),
        (b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\nx='\x80'", "€", []),
        (b"x=1\n# coding: latin-1\ny='\xc3\xa9'", "é", []),
        (b"#\xe9\nx='a'", "a", ["encoding"]),
        (b"# coding: utf-7\n+AHg-='a'", "a", []),
        (b"# coding: unicode_escape\nx=\\x27a\\x27", "a", []),
        (b"# coding: rot13\nk='n'", "a", []),
        (b"# coding: zip\nx='a'", "a", ["encoding"]),
        (codecs.BOM_UTF16_LE + "x='a'".encode("utf-16-le"), "a", ["encoding"]),
        (b"x='a'\0", "a", ["", ""]),
    ],
)
def test_encodings(data: bytes, value: str, reasons: list[str]) -> None:
    unit = lower(data, "a.py")
    assert value in [op.value for op in operations(unit) if isinstance(op, ir.Const)]
    assert [defect.reason for defect in unit.defects] == reasons


REAL = (Path(codecs.__file__).parent / "argparse.py").read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutations_of_a_real_file_never_raise(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(REAL) - 3000))
    text = bytearray(REAL[start : start + 3000])
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 20))] = data.draw(
            st.sampled_from(
                [b"(", b")", b"'", b'"""', b"\n", b"\\", b":", b"f'{", b"`", b"\0", b"exec ", b"*", b"\xff"]
            )
        )
    operations(lower(bytes(text), "a.py"))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abexcdfilnoprtuw()[]{}:,.=+-*/%@!<>'\"`#\\ \n\t\r\f\0é\U0001d431\u0663", max_size=200))
def test_random_text_never_raises(text: str) -> None:
    operations(lower(text.encode(), "a.py"))
