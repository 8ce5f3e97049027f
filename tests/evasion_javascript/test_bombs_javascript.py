"""Hostile JavaScript in large amounts: a scan ends, in bounded memory, and says what it did not look at."""

# ruff: noqa: E501 - a bomb reads as the file that it is

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.evasion.test_bombs import MEMORY, folder, scan

if TYPE_CHECKING:
    from pathlib import Path

LAST = b'\n;require("child_" + "process")["exec" + "Sync"]("id");\n'
"""What stands after a bomb, to see whether it is looked at."""

MANIFEST = b'{"name": "demo", "version": "1.0.0", "main": "index.js"}'
_ZERO, _ONE = b"+[]", b"+!![]"

BOMBS = {
    "a sum of 10,000 terms": b"var x = " + b" + ".join([b"'a'"] * 10_000) + b";",
    "a sum of 10,000 calls": b"var x = " + b" + ".join([b"f()"] * 10_000) + b";",
    "5,000 branches": b"if (a == 0) x = 0;\n"
    + b"".join(b"else if (a == %d) x = '%d';\n" % (i, i) for i in range(5000)),
    "5,000 choices": b"var x = " + b"".join(b"a == %d ? '%d' : " % (i, i) for i in range(5000)) + b"0;",
    "5,000 cases": b"switch (a) {\n" + b"".join(b"case %d: x = '%d'; break;\n" % (i, i) for i in range(5000)) + b"}",
    "10,000 commas": b"var x = (" + b", ".join([b"f()"] * 10_000) + b");",
    "10,000 members": b"var x = a" + b".b" * 10_000 + b";",
    "10,000 links of a chain": b"var x = a" + b".b()" * 10_000 + b";",
    "a string that doubles": b"var a = 'a';\n" + b"a += a;\n" * 60,
    "an array that doubles": b"var a = [1];\n" + b"a = a.concat(a);\n" * 60,
    "an array that is spread": b"var a = [1];\n" + b"a = [...a, ...a];\n" * 60,
    "an array in an array": b"var a = [1];\n" + b"a = [a, a];\n" * 60 + b"console.log('' + a, a.flat(Infinity));",
    "an object in itself": b"var a = {}; a.a = a; a.b = [a, a]; JSON.stringify(a); `${a.b}`; ({ ...a.a.a.b });",
    "huge numbers": b"var x = 9 ** 9 ** 9, y = 1n << 10n ** 12n, z = 2 ** 1023 * 2, w = (7n ** 99999n).toString(36);",
    "a huge literal number": b"var x = " + b"9" * 200_000 + b"n;",
    "repeated text": b"var x = 'a'.repeat(2 ** 40), y = 'a'.padEnd(1e12), z = new Array(1e10).fill(0), w = Array(1e9).join('a');",
    "a large Buffer": b"var x = Buffer.alloc(2 ** 33), y = new Uint8Array(1e10); for (var i = 0; i < 1e9; i++) y[i] ^= 1;",
    "a regular expression": b"'" + b"a" * 40 + b"b'.replace(/(a+)+$/, ''); /^(([a-z])+.)+[A-Z]([a-z])+$/.test('" + b"a" * 99 + b"');",
    "a simple expression, long text": b"var x = 'a'.repeat(1e7).match(/[a-z]/g).map((c) => c + c).join('');",
    "replacements that grow": b"var x = 'aa';\n" + b"x = x.replace(/a/g, '$&$&$&');\n" * 40,
    "functions that call one another": b"function f(x) { f(x + 'a'); f(x + 'b'); f(x + 'c'); }\nf('');",
    "functions that double": b"var f = (x) => x;\n" + b"f = ((g) => (x) => g(g(x)))(f);\n" * 40 + b"f('a');",
    "the fixed point of functions": b"var y = (f) => ((x) => f((v) => x(x)(v)))((x) => f((v) => x(x)(v))); y((s) => (n) => n ? s(n + 1) : 0)(1);",
    "getters that ask themselves": b"var a = { get b() { return this.b + a.b; }, toString() { return '' + this; } }; a.b; `${a}`;",
    "a proxy of itself": b"var p = new Proxy({}, { get: (t, k) => p[k + k] }); p.a; p.b.c;",
    "a class of itself": b"class A { static b = new A(); c = new A(); constructor() { new A(); } } class B extends (class extends B {}) {} new A();",
    "loops in loops": b"for (var i = 0; i < 9999; i++) for (var j = 0; j < 9999; j++) for (var k = 0; k < 9999; k++) x += 'a';",
    "a loop without an end": b"var s = 0; while (true) { switch (s) { case 0: s = 1; continue; case 1: s = 0; continue; } break; }",
    "a table that is turned for ever": b"var t = ['a', 'b', 'c']; while (!![]) { try { if (parseInt(t[0]) === 1) break; t.push(t.shift()); }"
    b" catch (e) { t.push(t.shift()); } }",
    "a generator without an end": b"function* g() { let n = ''; while (true) yield (n += 'a'); } for (const x of g()) f(x); [...g()];",
    "10,000 functions": b"".join(b"function f%d(a) { return f%d(a); }\n" % (i, i + 1) for i in range(10_000)),
    "1,000 functions in functions": b"(function () {" * 1000 + b"}());" * 1000,
    "50,000 strings": b"var t = [" + b",".join(b"'%x'" % i for i in range(50_000)) + b"]; t.map((x) => atob(x)).sort().reverse().join('');",
    "promises without an end": b"var p = Promise.resolve('a'); function f(x) { return p.then((y) => f(x + y)); } f('');",
    "listeners that emit": b"var b = new (require('events'))(); b.on('a', (x) => { b.emit('a', x + 'a'); b.on('a', f); }); b.emit('a', '');",
    "timers that start themselves": b"function f(x) { setTimeout(f, 0, x + 'a'); setInterval(f, 0, x + 'b'); } f('');",
    "coercions": b"var x = []" + b"".join([b"[(![]+[])[" + _ZERO + b"]+(!![]+[])[" + _ONE + b"]+([][[]]+[])[" + _ONE + b"]]"] * 3000) + b";",
    "a sum of coercions": b"var x = " + b"+".join([b"(![]+[])[" + _ZERO + b"]"] * 8000) + b";",
    "JSON in JSON": b"var x = JSON.parse('" + b"[" * 20_000 + b"]" * 20_000 + b"'), y = JSON.parse('{\"a\":' + '[1,'.repeat(1e6));",
    "zlib of zeros": b"var x = require('zlib').inflateSync(Buffer.from('"
    + base64.b64encode(zlib.compress(bytes(32 << 20)))
    + b"', 'base64')).toString();",
    "templates in templates": b"var x = " + b"`${" * 400 + b"1" + b"}`" * 400 + b";",
    "10,000 classes": b"".join(b"class C%d extends C%d {}\n" % (i + 1, i) for i in range(10_000)),
    "patterns in patterns": b"var " + b"[" * 150 + b"a" + b"]" * 150 + b" = b;",
}  # fmt: skip
"""Files of which each is followed by ``LAST``, which has to be seen."""

DEEP = {
    "100,000 parentheses": b"var x = " + b"(" * 100_000 + b"1" + b")" * 100_000 + b";",
    "100,000 brackets": b"var x = " + b"[" * 100_000 + b"]" * 100_000 + b";",
    "100,000 braces": b"{" * 100_000 + b"}" * 100_000,
    "100,000 signs": b"var x = " + b"!" * 100_000 + b"1;",
    "50,000 arrows": b"var x = " + b"a => " * 50_000 + b"1;",
}
"""Files that nest deeply; each is followed by ``LAST``, which has to be seen."""


def planted(target: Path, files: dict[str, bytes]) -> list[str]:
    """Write packages into node_modules, one for each file; return what they are called, by number."""
    for number, data in enumerate(files.values()):
        package = target / "node_modules" / f"p{number}"
        package.mkdir(parents=True)
        (package / "package.json").write_bytes(MANIFEST.replace(b"demo", b"p%d" % number))
        (package / "index.js").write_bytes(data + LAST)
    return list(files)


def names_of(names: list[str], paths: set[str]) -> set[str]:
    return {names[int(path.split("/")[1][1:])] for path in paths if path.startswith("node_modules/p")}


def test_files_that_exhaust_their_reader(tmp_path: Path) -> None:
    target = folder(tmp_path)
    names = planted(target, BOMBS)
    found = scan(target)
    assert found.code in (0, 3), found.errors
    assert found.peak < MEMORY
    assert names_of(names, found.places) == set(BOMBS)
    assert {reason for path, reason in found.gaps.items() if path.startswith("node_modules/")} <= {"code-budget"}


def test_files_that_are_deep(tmp_path: Path) -> None:
    target = folder(tmp_path)
    names = planted(target, DEEP)
    found = scan(target)
    assert found.peak < MEMORY
    assert names_of(names, found.places) == set(DEEP), found.errors


def test_layers_in_layers(tmp_path: Path) -> None:
    target = folder(tmp_path)
    code = b"require('child_process').execSync('id')"
    for _ in range(20):
        code = b"eval(atob('" + base64.b64encode(code) + b"'))"
    planted(target, {"layers": code})
    found = scan(target)
    assert found.code == 3, found.errors
    assert found.peak < MEMORY
    assert "node_modules/p0/index.js" in found.places


@pytest.mark.slow
@pytest.mark.parametrize("data", [
    b"var x = '" + b"a" * (20 << 20) + b"';",
    b"var x = [" + b"'abc'," * (4 << 20) + b"0];",
    b"f(a,b);" * (3 << 20),
], ids=["a text", "an array", "calls"])  # fmt: skip
def test_a_file_of_one_line_of_20_megabytes(tmp_path: Path, data: bytes) -> None:
    target = folder(tmp_path)
    planted(target, {"line": data})
    found = scan(target)
    assert found.peak < MEMORY
    assert "node_modules/p0/index.js" in found.places | found.gaps.keys()
