"""What each expression of JavaScript is lowered to."""

from __future__ import annotations

import pytest

from assay.scanner.code.javascript import lower
from tests.code.printed import Row, dump

EXPRESSIONS = [
    Row(
        "a?.b?.[c]?.(d, ...e)",
        """0 Name a
1 Attribute 0 b
2 Name c
3 Index 1 2
4 Name d
5 Name e
6 Call 3 4 *5""",
    ),
    Row(
        "new F; new (g())(1)",
        """0 Name F
1 Call 0 True
2 Name g
3 Call 2
4 Const 1
5 Call 3 4 True""",
    ),
    Row(
        "[a, , ...b.c, ,]",
        """0 Name a
1 Const None
2 Name b
3 Attribute 2 c
4 Const None
5 Sequence list (0, 1, 3, 4) (2,)""",
    ),
    Row(
        "({a, b: 1, [c]: 2, 'd-e': 3, 5: 4, ...f})",
        """0 Const 'a'
1 Name a
2 Const 'b'
3 Const 1
4 Name c
5 Const 2
6 Const 'd-e'
7 Const 3
8 Const 5
9 Const 4
10 Name f
11 Display ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (None, 10))""",
    ),
    Row(
        "({m() {}, get x() {}, set x(v) {}, async *g() {}, [k]() {}})",
        """0 Function 0
1 Const 'm'
2 Function 1
3 Const 'x'
4 Function 2
5 Const 'x'
6 Function 3
7 Const 'g'
8 Name k
9 Function 4
10 Display ((1, 0), (3, 2), (5, 4), (7, 6), (8, 9))
function 0 m()
function 1 get x()
function 2 set x(v)
function 3 g() async generator
function 4 ()""",
    ),
    Row(
        "`a${b}\\n${c}`; `plain`",
        """0 Const 'a'
1 Name b
2 Const '\\n'
3 Name c
4 Format (0, 1, 2, 3) ('', '', '', '')
5 Const 'plain'""",
    ),
    Row(
        "tag`a${b}c`",
        """0 Name tag
1 Const 'a'
2 Const 'c'
3 Sequence list (1, 2)
4 Name b
5 Call 0 3 4""",
    ),
    Row(
        "/a\\/b/gi",
        """0 Name RegExp
1 Const 'a\\\\/b'
2 Const 'gi'
3 Call 0 1 2 True""",
    ),
    Row(
        "a + b + c - d; a < b < c; a ** b ** c",
        """0 Name a
1 Name b
2 Name c
3 Operator + (0, 1, 2)
4 Name d
5 Operator - (3, 4)
6 Name a
7 Name b
8 Operator < (6, 7)
9 Name c
10 Operator < (8, 9)
11 Name a
12 Name b
13 Name c
14 Operator ** (12, 13)
15 Operator ** (11, 14)""",
    ),
    Row(
        "a || b || c && d; a ?? b",
        """0 Name a
1 Name b
2 Name c
3 Name d
4 Either (2, 3) and
5 Either (0, 1, 4) or
6 Name a
7 Name b
8 Either (6, 7) ??""",
    ),
    Row(
        "a === b, a instanceof b, #p in c",
        """0 Name a
1 Name b
2 Operator === (0, 1)
3 Name a
4 Name b
5 Operator instanceof (3, 4)
6 Const '#p'
7 Name c
8 Operator in (6, 7)""",
    ),
    Row(
        "!a; -b; typeof c; void 0; delete d.e; delete f",
        """0 Name a
1 Unary not 0
2 Name b
3 Unary - 2
4 Name c
5 Unary typeof 4
6 Const 0
7 Unary void 6
8 Name d
9 Attribute 8 e
10 Unary delete 9
11 Name f
12 Delete f
13 Unary delete 11""",
    ),
    Row(
        "a++; --b.c; d[e]--",
        """0 Name a
1 Const 1
2 Operator + (0, 1)
3 Store a 2
4 Name b
5 Attribute 4 c
6 Const 1
7 Operator - (5, 6)
8 StoreAttribute 4 c 7
9 Name d
10 Name e
11 Index 9 10
12 Const 1
13 Operator - (11, 12)
14 StoreIndex 9 10 13""",
    ),
    Row(
        "a = b.c = d; e[f] = g",
        """0 Name b
1 Name d
2 StoreAttribute 0 c 1
3 Store a 1
4 Name e
5 Name f
6 Name g
7 StoreIndex 4 5 6""",
    ),
    Row(
        "a += 1; b.c ??= 2; d[e] ||= 3",
        """0 Name a
1 Const 1
2 Operator + (0, 1)
3 Store a 2
4 Name b
5 Attribute 4 c
6 Const 2
7 Either (5, 6) ??
8 StoreAttribute 4 c 7
9 Name d
10 Name e
11 Index 9 10
12 Const 3
13 Either (11, 12) or
14 StoreIndex 9 10 13""",
    ),
    Row(
        "t ? a : b",
        """0 Name t
1 Name a
2 Name b
3 Either (1, 2) if test=0""",
    ),
    Row(
        "(a, b, c)",
        """0 Name a
1 Name b
2 Name c""",
    ),
    Row(
        "[a, , b = 1, [c], ...d] = e",
        """0 Name e
1 Element 0 0
2 Element 0 2
3 Element 0 3
4 Element 0 4 (4, 0)
5 Store a 1
6 Const 1
7 Either (2, 6) default
8 Store b 7
9 Element 3 0
10 Store c 9
11 Store d 4""",
    ),
    Row(
        "({a, b: c.d, e = 1, [f]: g, 'h': {i}, ...j} = k)",
        """0 Name k
1 Attribute 0 a
2 Store a 1
3 Attribute 0 b
4 Name c
5 StoreAttribute 4 d 3
6 Attribute 0 e
7 Const 1
8 Either (6, 7) default
9 Store e 8
10 Name f
11 Index 0 10
12 Store g 11
13 Attribute 0 h
14 Attribute 13 i
15 Store i 14
16 Opaque object_rest (0,)
17 Store j 16""",
    ),
    Row(
        "this; super.a; new.target; import.meta.url; import('x'); undefined; null; true",
        """0 Name this
1 Name super
2 Attribute 1 a
3 Name new.target
4 Name import.meta
5 Attribute 4 url
6 Name import
7 Const 'x'
8 Call 6 7
9 Name undefined
10 Const None
11 Const True""",
    ),
    Row(
        "async () => { await a; for await (const b of c) d }",
        """0 Function 0
function 0 () async
  0 Name a
  1 Await 0
  2 Name c
  3 Loop end=8 2
  4 Element 3 0
  5 Await 4
  6 Store b 5
  7 Name d""",
    ),
    Row(
        "async function f() { (await (0, a.b)(c)).d }",
        """0 Function 0
1 Store f 0
function 0 f() async
  0 Const 0
  1 Name a
  2 Attribute 1 b
  3 Await 2
  4 Name c
  5 Call 3 4
  6 Attribute 5 d""",
    ),
    Row(
        "function* g() { yield; yield a; yield* b }",
        """0 Function 0
1 Store g 0
function 0 g() generator
  0 Const None
  1 Yield 0
  2 Name a
  3 Yield 2
  4 Name b
  5 Loop end=8 4
  6 Element 5 0
  7 Yield 6
  8 Opaque yield_from (4,)""",
    ),
]


@pytest.mark.parametrize("row", EXPRESSIONS, ids=lambda row: row.source[:24])
def test_expressions(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.js").module) == row.printed
