"""Strings, templates, numbers and names have the values that an engine gives them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.code import ir
from assay.scanner.code.javascript import literals, lower


def constants(text: str) -> list[ir.Scalar]:
    """Return the constants of a source."""
    return [op.value for op in lower(text.encode("utf-8", "surrogatepass"), "a.js").module.ops if type(op) is ir.Const]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"'\x41\u0042\u{43}\u{01F600}'", "ABC\U0001f600"),
        (r"'\ud83d\ude00'", "\U0001f600"),
        (r"'\ud83d \ude00'", "\ud83d \ude00"),
        (r"'\ud83d'", "\ud83d"),
        (r"'\0\1\101\377\400\8'", "\0\x01A\xff \x30" + "8"),
        (r"'\b\f\n\r\t\v\'\"\\\a\z'", "\b\f\n\r\t\v'\"\\az"),
        ("'a\\\nb'", "ab"),
        ("'a\\\u2028b'", "ab"),
        (r"'\u{110000}'", r"\u{110000}"),
        (r"`a\`\${b}\n`", "a`${b}\n"),
        ("`a\r\nb`", "a\nb"),
        ("''", ""),
        ("'it\"s'", 'it"s'),
    ],
)
def test_strings(written: str, value: str) -> None:
    assert constants(f"x={written}") == [value]


def test_escapes_that_are_none_are_what_they_escape() -> None:
    assert literals.text(r"\xZ1\u12G\u{}") == "xZ1u12Gu{}"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("123", 123),
        ("1_000", 1000),
        ("0xFF", 255),
        ("0Xa_b", 171),
        ("0o17", 15),
        ("0b101", 5),
        ("017", 15),
        ("019", 19),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-2", 0.01),
        ("1e21", 1e21),
        ("9007199254740993", 9007199254740992),
        ("9007199254740993n", 9007199254740993),
        ("0xffn", 255),
        ("1e999", math.inf),
        ("0x20000000000001", 2**53),
        ("0x" + "f" * 5000, math.inf),
        ("0777777777777777777777", 2**63),
    ],
)
def test_numbers(written: str, value: float) -> None:
    found = constants(f"x={written}")
    assert found == [value]
    assert type(found[0]) is type(value)


def test_a_number_that_is_not_converted_is_opaque() -> None:
    ops = lower(b"x=" + b"9" * 4000 + b"n", "a.js").module.ops
    assert [op.kind for op in ops if isinstance(op, ir.Opaque)] == ["number"]


def test_names_are_compared_without_their_escapes() -> None:
    ops = lower(rb"\u0065val(a); b.ev\u{61}l; var \u0063; c = {\u0064: 1}", "a.js").module.ops
    assert [op.name for op in ops if isinstance(op, ir.Name | ir.Attribute | ir.Store)] == [
        "c",
        "eval",
        "a",
        "b",
        "eval",
        "c",
    ]
    assert constants(r"({\u0064: 1})") == ["d", 1]


@given(st.text(alphabet="\\xu{}0123456789abcdefnt'\"`\n\u2028\ud83d\ude00 ", max_size=40))
def test_any_body_has_a_value(body: str) -> None:
    assert isinstance(literals.text(body), str)
    assert isinstance(literals.identifier(body), str)


@given(st.text(alphabet="0123456789abcdefxon_.eE+-n", min_size=1, max_size=30))
def test_any_spelling_has_a_number_or_none(spelling: str) -> None:
    value = literals.number(spelling)
    assert value is None or isinstance(value, int | float)
