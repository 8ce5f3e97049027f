"""Sources made to exhaust a parser: each ends, and what hides in it is still reached."""

from __future__ import annotations

import codecs
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.code import ir, syntax
from assay.scanner.code.javascript import grammar, lower, source
from assay.scanner.code.javascript.walk import LEAVES, STEPS

N = 20_000
_REFS = frozenset({"value", "object", "function", "key", "test", "over", "operand", "start", "stop", "step"})
_MANY = frozenset({"operands", "options", "parts", "bases", "decorators"})


def operations(unit: ir.Unit) -> list[ir.Op]:
    """Return all operations of a unit and check what every unit holds."""
    todo = [unit.module]
    found: list[ir.Op] = []
    while todo:
        code = todo.pop()
        for number, op in enumerate(code.ops):
            assert op.place.line >= 1
            assert op.place.column >= 1
            assert all(0 <= ref < number for ref in _refs(op))
            if isinstance(op, ir.Branch | ir.Loop):
                assert number < op.end <= len(code.ops)
            if isinstance(op, ir.Function | ir.Class):
                assert op.code < len(code.children)
        found += code.ops
        todo += code.children
    return found


def _refs(op: ir.Op) -> list[int]:
    if isinstance(op, ir.Const):
        return []
    if isinstance(op, ir.Display):
        return [ref for item in op.items for ref in item if ref is not None]
    refs = [ref for name, ref in op._asdict().items() if name in _REFS and ref is not None]
    for name, group in op._asdict().items():
        if name in _MANY:
            refs += group
    if isinstance(op, ir.Call):
        refs += [argument.value for argument in op.arguments]
    return refs + list(op.items if isinstance(op, ir.Sequence) else ())


def names(unit: ir.Unit) -> set[str]:
    """Return the names that a unit reads."""
    return {op.name for op in operations(unit) if isinstance(op, ir.Name)}


@pytest.mark.parametrize(
    "text",
    [
        "(" * N + "eval(a)" + ")" * N,
        "[" * N + "eval(a)" + "]" * N,
        "f(" * N + "eval(a)" + ")" * N,
        "f" + "(1)" * N + "(eval(a))",
        "x=a" + ".b" * N + "(eval(a))",
        "x=" + "a?b:" * N + "eval(a)",
        "x=" + "a?" * N + "eval(a)" + ":b" * N,
        "x=" + "!" * N + "eval(a)",
        "x=" + "a-b*" * N + "eval(a)",
        "x=" + "a<" * N + "eval(a)",
        "x=" + "2**" * N + "eval(a)",
        "a=" * N + "eval(a)",
        "x=>" * N + "eval(a)",
        "function f(){" * N + "eval(a)" + "}" * N,
        "x=" + "{a:" * N + "eval(a)" + "}" * N,
        "{let a=1;" * N + "eval(a)" + "}" * N,
        "if(a)b;" + "else if(c)d;" * 5000 + "else eval(a)",
        "if(a)" * N + "eval(a)",
        "for(;;)" * N + "eval(a)",
        "a:" * N + "eval(a)",
        "try{" * N + "eval(a)" + "}catch(e){}" * N,
        "switch(a){" + "case 1:b();" * N + "default:eval(a)}",
        "a," * N + "eval(a)",
        "`${" * N + "eval(a)" + "}`" * N,
        "[" * N + "a" + "]" * N + "=eval(a)",
        "let " + "{a:" * N + "b" + "}" * N + "=eval(a)",
        "(a=" * N + "eval(a)" + ")=>0" * N,
        "class A{m(){" * 3000 + "eval(a)" + "}}" * 3000,
        "x=" + "<a>" * N + "{eval(a)}" + "</a>" * N,
        "{function f(){}}" * N + "eval(a)",
        "foo(a b)\n" * 1000 + "eval(a)",
        "(" * N + "eval(a)",
        "[{" * N + "eval(a)",
        "eval(a)" + "}" * N,
        "'\n" * 10_000 + "eval(a)",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("path", ["a.js", "a.tsx"])
def test_nesting_is_not_depth(text: str, path: str) -> None:
    start = time.perf_counter()
    assert "eval" in names(lower(text.encode(), path))
    assert time.perf_counter() - start < 20


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
