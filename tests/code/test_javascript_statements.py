"""What each statement of JavaScript is lowered to."""

from __future__ import annotations

import pytest

from assay.scanner.code.javascript import lower
from tests.code.printed import Row, dump

STATEMENTS = [
    Row(
        "var a, b = 1; let c; const {d, ...e} = f",
        """0 Const None
1 Store a 0
2 Const 1
3 Store b 2
4 Const None
5 Store c 4
6 Name f
7 Attribute 6 d
8 Store d 7
9 Opaque object_rest (6,)
10 Store e 9""",
    ),
    Row(
        "if (a) b; else if (c) d; else { e }",
        """0 Name a
1 Branch end=3 if test=0
2 Name b
3 Name c
4 Branch end=6 elif test=3
5 Name d
6 Branch end=8 else
7 Name e""",
    ),
    Row(
        "for (let i = 0; i < 3; i++) a(i); for (;;) { break }",
        """0 Const 0
1 Store i 0
2 Loop end=14
3 Name i
4 Const 3
5 Operator < (3, 4)
6 Branch end=14 while test=5
7 Name a
8 Name i
9 Call 7 8
10 Name i
11 Const 1
12 Operator + (10, 11)
13 Store i 12
14 Loop end=18
15 Const True
16 Branch end=18 while test=15
17 Jump break""",
    ),
    Row(
        "for (const k in o) a; for (x.y of z) continue",
        """0 Name o
1 Unary keys 0
2 Loop end=6 1
3 Element 2 0
4 Store k 3
5 Name a
6 Name z
7 Loop end=12 6
8 Element 7 0
9 Name x
10 StoreAttribute 9 y 8
11 Jump continue""",
    ),
    Row(
        "while (a) b; do { c() } while (d)",
        """0 Loop end=4
1 Name a
2 Branch end=4 while test=1
3 Name b
4 Loop end=9
5 Name c
6 Call 5
7 Name d
8 Branch end=9 while test=7""",
    ),
    Row(
        "outer: for (;;) { for (;;) { continue outer } } b: { break b }",
        """0 Loop end=7
1 Const True
2 Branch end=7 while test=1
3 Loop end=7
4 Const True
5 Branch end=7 while test=4
6 Jump continue""",
    ),
    Row(
        "switch (a) { case 1: case 2: b(); break; case 3: c(); default: d() }",
        """0 Name a
1 Const 1
2 Operator === (0, 1)
3 Const 2
4 Operator === (0, 3)
5 Either (2, 4) or
6 Branch end=9 match test=5
7 Name b
8 Call 7
9 Const 3
10 Operator === (0, 9)
11 Branch end=14 case test=10
12 Name c
13 Call 12
14 Branch end=17 match
15 Name d
16 Call 15""",
    ),
    Row(
        "for (;;) switch (a) { case 1: break; case 2: continue; default: { b() } }",
        """0 Loop end=14
1 Const True
2 Branch end=14 while test=1
3 Name a
4 Const 1
5 Operator === (3, 4)
6 Branch end=7 match test=5
7 Const 2
8 Operator === (3, 7)
9 Branch end=11 case test=8
10 Jump continue
11 Branch end=14 else
12 Name b
13 Call 12""",
    ),
    Row(
        "try { a() } catch ({b}) { c } finally { d }",
        """0 Branch end=3 try
1 Name a
2 Call 1
3 Branch end=8 except
4 Opaque exception
5 Attribute 4 b
6 Store b 5
7 Name c
8 Branch end=10 finally
9 Name d""",
    ),
    Row(
        "try { a() } catch { b }",
        """0 Branch end=3 try
1 Name a
2 Call 1
3 Branch end=5 except
4 Name b""",
    ),
    Row(
        "throw a; with (b) c; debugger; ;",
        """0 Name a
1 Jump raise 0
2 Name b
3 Opaque with (2,)
4 Branch end=6 if
5 Name c""",
    ),
    Row(
        "#!/usr/bin/env node\n'use strict'\na\n++b",
        """0 Const 'use strict'
1 Name a
2 Name b
3 Const 1
4 Operator + (2, 3)
5 Store b 4""",
    ),
]

MODULES = [
    Row(
        'import d, {a as b, default as c, "s t" as u} from "m"; import * as n from "n"',
        """0 Import m default
1 Store d 0
2 Import m a
3 Store b 2
4 Import m default
5 Store c 4
6 Import m s t
7 Store u 6
8 Import n
9 Store n 8""",
    ),
    Row(
        'import "z"; import e, * as f from "./w.js"; import j from "./j.json" with {type: "json"}',
        """0 Import z
1 Import ./w.js default
2 Store e 1
3 Import ./w.js
4 Store f 3
5 Import ./j.json default
6 Store j 5""",
    ),
    Row(
        "a(); import {exec as a} from 'child_process'",
        """0 Import child_process exec
1 Store a 0
2 Name a
3 Call 2""",
    ),
    Row(
        "export const a = 1, {b, c: [d]} = e; export function f() {} export class G {}",
        """0 Function 0
1 Store f 0
2 Const 1
3 Store a 2
4 Name e
5 Attribute 4 b
6 Store b 5
7 Attribute 4 c
8 Element 7 0
9 Store d 8
10 Name a
11 Name exports
12 StoreAttribute 11 a 10
13 Name b
14 Name exports
15 StoreAttribute 14 b 13
16 Name d
17 Name exports
18 StoreAttribute 17 d 16
19 Name f
20 Name exports
21 StoreAttribute 20 f 19
22 Class 1
23 Store G 22
24 Name G
25 Name exports
26 StoreAttribute 25 G 24
function 0 f()
class 1 G()""",
    ),
    Row(
        "export {a as b, c}; let a, c; a = 1",
        """0 Const None
1 Store a 0
2 Const None
3 Store c 2
4 Const 1
5 Store a 4
6 Name a
7 Name exports
8 StoreAttribute 7 b 6
9 Name c
10 Name exports
11 StoreAttribute 10 c 9""",
    ),
    Row(
        'export {a as default, default as b} from "m"; export * from "q"; export * as k from "q"',
        """0 Import m a
1 Name exports
2 StoreAttribute 1 default 0
3 Import m default
4 Name exports
5 StoreAttribute 4 b 3
6 Import q
7 Name exports
8 StoreAttribute 7 * 6
9 Import q
10 Name exports
11 StoreAttribute 10 k 9""",
    ),
    Row(
        "export default function f() {}",
        """0 Function 0
1 Store f 0
2 Name f
3 Name exports
4 StoreAttribute 3 default 2
function 0 f()""",
    ),
    Row(
        "export default class {}",
        """0 Class 0
1 Name exports
2 StoreAttribute 1 default 0
class 0 default()""",
    ),
    Row(
        "export default (a) => a",
        """0 Function 0
1 Name exports
2 StoreAttribute 1 default 0
function 0 default(a)
  0 Name a
  1 Return 0""",
    ),
]

MARKUP = [
    Row(
        '<A b="c&amp;" {...d} e={f} g>t {h}<i.j/><></><p>{...k}{/* c */}</p></A>',
        """0 Name JSX
1 Name A
2 Const 'b'
3 Const 'c&'
4 Name d
5 Const 'e'
6 Name f
7 Const 'g'
8 Const True
9 Display ((2, 3), (None, 4), (5, 6), (7, 8))
10 Const 't'
11 Name h
12 Name JSX
13 Name i
14 Attribute 13 j
15 Display
16 Call 12 14 15
17 Name JSX
18 Const ''
19 Display
20 Call 17 18 19
21 Name JSX
22 Const 'p'
23 Display
24 Name k
25 Call 21 22 23 24
26 Call 0 1 9 10 11 16 20 25""",
    ),
]


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row.source[:24])
def test_statements(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.js").module) == row.printed


@pytest.mark.parametrize("row", MODULES, ids=lambda row: row.source[:24])
def test_modules(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.mjs").module) == row.printed


@pytest.mark.parametrize("row", MARKUP, ids=lambda row: row.source[:24])
def test_markup(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.jsx").module) == row.printed
