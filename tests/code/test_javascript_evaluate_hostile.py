"""Hostile JavaScript: whatever is read, the evaluator gives facts within its budgets and raises nothing."""

from __future__ import annotations

import random
import re

import pytest

from tests.code import test_javascript_flow as shown
from tests.code.javascript_evaluation import facts_of, package, text_of

ENDLESS = [
    "while (true) {}",
    "for (;;) { x = x + 1 }",
    "let s = 'a'; while (1) s += s",
    "let a = []; for (;;) a.push(a)",
    "let a = [1]; while (a.length) { a.push(a.shift()) }",
    "function f() { return f() + f() } f()",
    "const f = n => n ? f(n - 1) + f(n - 2) : 1; f(400)",
    "(function g(n) { g(n + 1); g(n + 2); g(n + 3) })(0)",
    "let a = []; a[0] = a; a.join(); String(a); JSON.stringify(a); a.flat(100)",
    "let o = {}; o.o = o; JSON.stringify(o); Object.assign(o, o); for (const k in o) o[k + k] = o",
    "let a = Array(4000).fill('x'); for (let i = 0; i < 12; i++) a = Array(4000).fill(a); '' + a",
    "'a'.repeat(1e9).split('').map(c => c + c).join('')",
    "'x'.padStart(2 ** 40); Array(2 ** 31); new Uint8Array(2 ** 40); Buffer.alloc(1e12); [].length = 2 ** 32 - 1",
    "2n ** 9999999n; 1 << 99; 2 ** 1e308; parseInt('9'.repeat(1e6)); (10 ** 400).toString(2)",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a+)+$/, ''); 'a'.repeat(9999).match(/(.*)*(.*)*x/)",
    "'a'.repeat(99999).replace(/a*a*a*a*b/g, ''); /([a-z]+)+[0-9]{9,999}.{0,999}.{0,999}z/.test('a'.repeat(9999))",
    "eval(\"var c = 'eval(c)'; eval(c)\"); let s = 'eval(s)'; eval(s)",
    "let q = 'x'; for (let i = 0; i < 40; i++) q = JSON.stringify(q); eval(q)",
    "const f = () => setTimeout(f, 1); f(); const g = () => { process.nextTick(g); Promise.resolve().then(g) }; g()",
    "class A { constructor() { new A() } get x() { return this.x } } new A().x",
    "class A extends A {} ; class B { static x = new B().y; get y() { return B.x } } new B()",
    "const p = {get a() { return this.a }, toString() { return '' + this }}; p.a; '' + p",
    "function F() {} F.prototype = new F(); F.prototype = F.prototype; new F().a.b.c",
    "let f = function () { return f.apply(f, arguments) }; f(f); f = f.bind(f); f(); f.call.call.call(f)",
    "[1, 2, 3].sort(() => { throw 1 }).map(eval).forEach(Function).reduce(setTimeout)",
    "require(require); require('./'); require('.'); require(''); require('../../../../x'); import(import.meta.url)",
    "[...Array(1e6).keys()].map(x => [...Array(1e6)].map(y => x * y))",
    "atob('!!!'); atob(); decodeURIComponent('%'); unescape('%u'); Buffer.from('zz', 'hex'); Buffer.from([NaN, 1e99])",
    "String.fromCharCode(-1, 1e99, NaN, '\\ud800'); '\\ud800'.normalize(); String.fromCodePoint(0x110000, -1)",
    "JSON.parse('['.repeat(9999)); JSON.parse('{\"a\":1e999}'); JSON.parse(undefined)",
    "var undefined = 1, eval = 2, process = 3, module = 4, exports = 5, arguments = 6; this.x = 1; globalThis.y = 2",
    "with (eval) { eval } label: for (;;) { continue label } switch (1) { default: case 2: break; case eval('1'): }",
]


@pytest.mark.parametrize("source", ENDLESS)
def test_what_has_no_end_is_left(source: str) -> None:
    facts = facts_of(f"{source}\n;require('child_process').exec('id')")
    assert "child_process.exec" in [call.name for call in facts.calls]


def test_depth_of_the_source_costs_no_recursion() -> None:
    deep = 3000
    assert facts_of("(" * deep + "1" + ")" * deep + "; eval('1')").calls
    assert text_of("+".join(["'a'"] * deep)) == "a" * deep
    assert facts_of("a(" * deep + ")" * deep + "; eval('1')").layers
    assert facts_of("x && " * deep + "y(); eval('1')").layers
    assert facts_of("a ? b() : " * deep + "c(); eval('1')").layers


def test_a_long_chain_of_modules_is_loaded_to_its_end() -> None:
    size = 60
    sources = {f"m{at}.js": f"module.exports = require('./m{at + 1}')" for at in range(size)}
    sources[f"m{size}.js"] = "module.exports = require('child_process').exec"
    facts = package({"index.js": "require('./m0')('id')", **sources})
    assert [call.arguments[0].value.value for call in facts.calls if call.name == "child_process.exec"] == ["id"]


def test_what_a_branch_that_is_never_taken_does_changes_nothing() -> None:
    assert text_of("(() => { const a = [1, 2]; if (0) a.push(a.shift()); return a.join() })()") == "1,2"
    assert text_of("(() => { const o = {k: 1}; if (!1) o.k = 2; return o.k })()") == "1"
    assert text_of("(() => { let n = 1; const f = () => { if ('') n = 2 }; f(); return n })()") == "1"
    assert text_of("(() => { if (null) return 1; return 2 })()") == "2"


WORDS = re.compile(r"[A-Za-z_$][\w$]*|\d+|\s+|'[^']*'|\"[^\"]*\"|.", re.DOTALL)


@pytest.mark.parametrize("seed", range(6))
def test_programs_that_were_torn_and_mixed_are_read(seed: int) -> None:
    chance = random.Random(seed)
    sources = [*shown.ROADS, *(source for source, _ in shown.FLOWS)]
    words = [word for source in sources for word in WORDS.findall(source) if word.strip()]
    for _ in range(40):
        mixed = WORDS.findall(chance.choice(sources))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(mixed) + 1)
            mixed[at : at + chance.randint(0, 2)] = chance.sample(words, chance.randint(0, 3))
        facts_of("".join(mixed))


def test_arrays_that_may_be_one_or_another_have_no_known_text() -> None:
    grown = "for (let i = 0; i < 600; i++) { if (asked()) { a = [a]; } }"
    assert not facts_of(f"let a = [1]; while (asked()) {{ a.push(a); }} {grown} eval(String(a));").layers
