"""Sources made to exhaust a parser: each ends, and what hides in it is still reached."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.code import ir, syntax
from assay.scanner.code.python import lower, source

N = 20_000


def operations(unit: ir.Unit) -> list[ir.Op]:
    """Return all operations of a unit and check what every unit holds."""
    todo = [unit.module]
    found: list[ir.Op] = []
    while todo:
        code = todo.pop()
        for number, op in enumerate(code.ops):
            refs = [value for name, value in op._asdict().items() if name in ("value", "object", "function", "key")]
            assert all(not isinstance(ref, int) or ref < number for ref in refs if not isinstance(op, ir.Const))
            if isinstance(op, ir.Branch | ir.Loop):
                assert number < op.end <= len(code.ops)
        found += code.ops
        todo += code.children
    return found


@pytest.mark.parametrize(
    "text",
    [
        "(" * N + "exec(a)" + ")" * N,
        "[" * N + "exec(a)" + "]" * N,
        "f(" * N + "exec(a)" + ")" * N,
        "x=a" + ".b" * N + "(exec(a))",
        "x=" + "not " * N + "exec(a)",
        "lambda:" * N + "exec(a)",
        "x=" + "a if b else " * N + "exec(a)",
        "a=" * N + "exec(a)",
        "x=" + "2**" * N + "exec(a)",
        "[exec(a)" + " for a in b" * N + "]",
        "(" * N + "a," + ")" * N + "=exec(a)",
        "if a: b\n" + "elif c: d\n" * 5000 + "else: exec(a)\n",
        "match x:\n case " + "[" * N + "a" + "]" * N + ": exec(a)\n",
        "foo(a b)\n" * 1000 + "exec(a)",
        "f(" + "(" * N + "*exec(a)" + ")" * N + ")",
    ],
    ids=lambda text: text[:12],
)
def test_nesting_is_not_depth(text: str) -> None:
    ops = operations(lower(text.encode(), "a.py"))
    assert any(isinstance(op, ir.Name) and op.name == "exec" for op in ops)


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
