"""Sources made to exhaust a parser: each ends, and what hides in it is still reached."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.code import ir, syntax
from assay.scanner.code.javascript import grammar, lower, source
from assay.scanner.code.javascript.walk import LEAVES, STEPS
from tests.code.units import names, operations

if TYPE_CHECKING:
    from collections.abc import Callable

N = 20_000
NESTED: list[Callable[[int], str]] = [
    lambda n: "(" * n + "eval(a)" + ")" * n,
    lambda n: "[" * n + "eval(a)" + "]" * n,
    lambda n: "f(" * n + "eval(a)" + ")" * n,
    lambda n: "f" + "(1)" * n + "(eval(a))",
    lambda n: "x=a" + ".b" * n + "(eval(a))",
    lambda n: "x=" + "a?b:" * n + "eval(a)",
    lambda n: "x=" + "a?" * n + "eval(a)" + ":b" * n,
    lambda n: "x=" + "!" * n + "eval(a)",
    lambda n: "x=" + "a-b*" * n + "eval(a)",
    lambda n: "x=" + "a<" * n + "eval(a)",
    lambda n: "x=" + "2**" * n + "eval(a)",
    lambda n: "a=" * n + "eval(a)",
    lambda n: "x=>" * n + "eval(a)",
    lambda n: "function f(){" * n + "eval(a)" + "}" * n,
    lambda n: "x=" + "{a:" * n + "eval(a)" + "}" * n,
    lambda n: "{let a=1;" * n + "eval(a)" + "}" * n,
    lambda n: "if(a)b;" + "else if(c)d;" * (n // 4) + "else eval(a)",
    lambda n: "if(a)" * n + "eval(a)",
    lambda n: "for(;;)" * n + "eval(a)",
    lambda n: "a:" * n + "eval(a)",
    lambda n: "try{" * n + "eval(a)" + "}catch(e){}" * n,
    lambda n: "switch(a){" + "case 1:b();" * n + "default:eval(a)}",
    lambda n: "a," * n + "eval(a)",
    lambda n: "`${" * n + "eval(a)" + "}`" * n,
    lambda n: "[" * n + "a" + "]" * n + "=eval(a)",
    lambda n: "let " + "{a:" * n + "b" + "}" * n + "=eval(a)",
    lambda n: "(a=" * n + "eval(a)" + ")=>0" * n,
    lambda n: "class A{m(){" * (n // 4) + "eval(a)" + "}}" * (n // 4),
    lambda n: "x=" + "<a>" * n + "{eval(a)}" + "</a>" * n,
    lambda n: "{function f(){}}" * n + "eval(a)",
    lambda n: "foo(a b)\n" * 1000 + "eval(a)",
    lambda n: "(" * n + "eval(a)",
    lambda n: "[{" * n + "eval(a)",
    lambda n: "eval(a)" + "}" * n,
    lambda n: "'\n" * 10_000 + "eval(a)",
]


@pytest.mark.parametrize("depth", [3_000, pytest.param(N, marks=pytest.mark.slow)])
@pytest.mark.parametrize("nested", NESTED, ids=lambda nested: nested(3)[:12])
@pytest.mark.parametrize("path", ["a.js", "a.tsx"])
def test_nesting_is_not_depth(nested: Callable[[int], str], path: str, depth: int) -> None:
    assert "eval" in names(lower(nested(depth).encode(), path))


def test_a_long_sum_is_one_operation() -> None:
    ops = operations(lower(b"x=" + b"+".join([b'"a"'] * N), "a.js"))
    assert [len(op.operands) for op in ops if isinstance(op, ir.Operator)] == [N]


def test_budgets_are_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["assay.scanner.code.javascript.walk"], "MAX_NODES", 50)
    unit = lower(b"function f(){while(a){if(b){" + b"g(1);" * 100 + b"}}} class A { m() { f() } }", "a.js")
    assert [defect.reason for defect in unit.defects] == ["node-budget"]
    assert any(isinstance(op, ir.Call) for op in operations(unit))
    monkeypatch.setattr(syntax, "MAX_STEPS", 50)
    assert "node-budget" in [defect.reason for defect in lower(b"g(1);" * 20_000, "a.js").defects]
    monkeypatch.setattr(source, "MAX_BYTES", 100)
    unit = lower(b"eval(a)\n" * 50, "a.js")
    assert [(defect.reason, defect.detail) for defect in unit.defects if defect.reason == "too-large"] == [
        ("too-large", "400 bytes; the first 96 were read")
    ]


@pytest.mark.parametrize(
    ("data", "value", "reasons"),
    [
        (b"x='\xc3\xa9'", "é", []),
        (codecs.BOM_UTF8 + b"#!/usr/bin/env node\nx='\xc3\xa9'", "é", []),
        (b"x='\xe9'", "\ufffd", []),
        (codecs.BOM_UTF16_LE + "x='a'".encode("utf-16-le"), "a", ["encoding"]),
        (codecs.BOM_UTF16_BE + "x='\U0001d431'".encode("utf-16-be"), "\U0001d431", ["encoding"]),
        ("x='a\u2028b'".encode(), "a\u2028b", []),
        ("// hidden\u2028x='a'".encode(), "a", []),
        ("/* \u2029 */x\u00a0=\ufeff'a'".encode(), "a", []),
        (b"x=\r\n'a\\\r\nb'\rz='c'", "ab", []),
        (b"x='a';\0", "a", [""]),
    ],
)
def test_encodings(data: bytes, value: str, reasons: list[str]) -> None:
    unit = lower(data, "a.js")
    assert value in [op.value for op in operations(unit) if isinstance(op, ir.Const)]
    assert [defect.reason for defect in unit.defects] == reasons


def test_places_count_characters() -> None:
    unit = lower('"é\U0001d431"; a;\n  b\u2003.c("x");\n// d\n/* é */ // e'.encode(), "a.js")
    found = {(type(op).__name__, getattr(op, "name", "")): op.place for op in unit.module.ops}
    assert found["Name", "a"] == (1, 7)
    assert found["Name", "b"] == (2, 3)
    assert found["Call", ""] == (2, 3)
    assert unit.comments == (((3, 1), "// d"), ((4, 1), "/* é */"), ((4, 9), "// e"))


def test_what_is_broken_is_a_defect_and_the_rest_is_read() -> None:
    unit = lower(b"a(1;\nb(2);\nfunction f( { c(3) }\nd(4)", "a.js")
    assert {"a", "b", "c", "d"} <= names(unit)
    assert unit.defects
    assert all(defect.reason == "" for defect in unit.defects)
    assert lower(b"let found\n  [a, b] = c", "a.js").defects == ()
    assert lower(b"let subnamespace\n\n[ a, b ] = c", "a.js").defects == ()


def test_kinds_are_the_grammars() -> None:
    known = set()
    for language in (grammar.JAVASCRIPT.language, grammar.TYPESCRIPT.language, grammar.TSX.language):
        known |= {language.node_kind_for_id(number) for number in range(language.node_kind_count)}
    assert {*LEAVES, *STEPS} - known == {"ERROR"}


REAL = b"""#!/usr/bin/env node
'use strict';
import fs, {readFileSync as read} from 'node:fs';
export * from './other.js';
const {a = 1, b: [c, ...d], ...rest} = require('x'), e = `t${a + `${b}`}u`;
@decorated
class A extends B {
  #p = 1; static q = {get x() { return this.#p }, [k]: v, ...rest};
  static { for (let i = 0, n = 9; i < n; i++) { if (i % 2) continue; else break } }
  constructor(x = 1, {y}, ...z) { super(...z); this.y ??= y?.[x]?.(z) }
  async *m() { for await (const t of u) yield* t; }
}
async function f() { try { await g() } catch ({message}) { throw new Error(message) } finally { h() } }
label: do { switch (a) { case 1: { break } case 'two': default: break label } } while (--a);
export const j = (a, b) => a ? b : /re[/]x/gi.test(b) || void 0, k = function* () { x = yield };
export {f as default, A};
var html = <div class="a" {...p}>{q}<A.B/>&amp; text</div>, n = 0x1Fn + 1_0.5e3 - 0b11 * 0o17;
if (typeof a === 'undefined') delete window.x; else if (a in b) with (c) d; else ;
"""


PIECES = (
    "( ) ' ` ${ } { \\ : / /* // < <!-- => ... # @ = , [ ] async\t class\t static\t export\t enum\t let\t case\t "
    "function\t import\t namespace\t get\t of\t in\t \u2028 \0"
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutations_of_real_code_never_raise(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(REAL) - 1))
    text = bytearray(REAL[start : start + data.draw(st.integers(0, len(REAL)))])
    pieces = st.sampled_from([*(piece.encode() for piece in PIECES.split(" ")), b"\n", b"\xff"])
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 20))] = data.draw(pieces)
    operations(lower(bytes(text), data.draw(st.sampled_from(["a.js", "a.ts", "a.tsx"]))))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abfnortuxis019()[]{}:;,.=+-*/%&|?<>!'\"`$#@\\ \n\r\0é\U0001d431\u2028\ud800", max_size=200))
def test_random_text_never_raises(text: str) -> None:
    for path in ("a.js", "a.ts"):
        operations(lower(text.encode("utf-8", "surrogatepass"), path))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    operations(lower(data, "a.js"))
