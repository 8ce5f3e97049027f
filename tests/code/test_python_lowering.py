"""What each construct is lowered to."""

from __future__ import annotations

import pytest

from assay.scanner.code.python import lower
from tests.code.printed import Row, dump

ROWS = [
    Row(
        "import a.b, c as d\nfrom ..x import y as z, w\nfrom m import *",
        """0 Import a.b True
1 Store a 0
2 Import c
3 Store d 2
4 Import x 2 y
5 Store z 4
6 Import x 2 w
7 Store w 6
8 Import m *""",
    ),
    Row(
        "a = b = f(1, *c, k=2, **d)",
        """0 Name f
1 Const 1
2 Name c
3 Const 2
4 Name d
5 Call 0 1 *2 k=3 **4
6 Store a 5
7 Store b 5""",
    ),
    Row(
        "a, (b, *c), d.e, f[0] = g",
        """0 Name g
1 Element 0 0
2 Element 0 1
3 Element 0 2
4 Element 0 3
5 Store a 1
6 Element 2 0
7 Element 2 1 (1, 0)
8 Store b 6
9 Store c 7
10 Name d
11 StoreAttribute 10 e 3
12 Name f
13 Const 0
14 StoreIndex 12 13 4""",
    ),
    Row(
        "x += 1\no.p *= 2",
        """0 Name x
1 Const 1
2 Operator + (0, 1)
3 Store x 2
4 Name o
5 Attribute 4 p
6 Const 2
7 Operator * (5, 6)
8 Name o
9 StoreAttribute 8 p 7""",
    ),
    Row(
        "x: T = v",
        """0 Name v
1 Store x 0
2 Name T""",
    ),
    Row(
        "a < b not in c",
        """0 Name a
1 Name b
2 Operator < (0, 1)
3 Name c
4 Operator not in (1, 3)
5 Either (2, 4) and""",
    ),
    Row(
        "a + b + c - d",
        """0 Name a
1 Name b
2 Name c
3 Operator + (0, 1, 2)
4 Name d
5 Operator - (3, 4)""",
    ),
    Row(
        "a or b or c and d",
        """0 Name a
1 Name b
2 Name c
3 Name d
4 Either (2, 3) and
5 Either (0, 1, 4) or""",
    ),
    Row(
        "x if t else y",
        """0 Name t
1 Name x
2 Name y
3 Either (1, 2) if test=0""",
    ),
    Row(
        "a[1:], a[b, ::2]",
        """0 Name a
1 Const 1
2 Slice 0 1
3 Name a
4 Name b
5 Const None
6 Const None
7 Const 2
8 Opaque slice (5, 6, 7)
9 Sequence tuple (4, 8)
10 Index 3 9
11 Sequence tuple (2, 10)""",
    ),
    Row(
        "[*a.b(c), d]",
        """0 Name a
1 Attribute 0 b
2 Name c
3 Call 1 2
4 Name d
5 Sequence list (3, 4) (0,)""",
    ),
    Row(
        '{**a, "k": 1}',
        """0 Name a
1 Const 'k'
2 Const 1
3 Display ((None, 0), (1, 2))""",
    ),
    Row(
        "[x for x in y if x]",
        """0 Name y
1 Loop end=8 0 list
2 Element 1 0
3 Store x@1 2
4 Name x@1
5 Branch end=8 if test=4
6 Name x@1
7 Yield 6 1""",
    ),
    Row(
        "{k: v for k, v in z}",
        """0 Name z
1 Loop end=10 0 dict
2 Element 1 0
3 Element 2 0
4 Element 2 1
5 Store k@1 3
6 Store v@1 4
7 Name k@1
8 Name v@1
9 Yield 8 1 7""",
    ),
    Row(
        "(y := 1) + y",
        """0 Const 1
1 Store y 0
2 Name y
3 Operator + (0, 2)""",
    ),
    Row(
        'f"a{x!r:>{w}}{y=}{{" "b"',
        """0 Name x
1 Const 'a'
2 Name w
3 Name y
4 Const 'y='
5 Const '{b'
6 Format (1, 0, 4, 3, 5) ('', '!r:>{w}', '', '!r', '')""",
    ),
    Row(
        "'a' r'\\n' '\\x41\\N{EM DASH}\\q'",
        """0 Const 'a\\\\nA—\\\\q'""",
    ),
    Row(
        "b'\\x41\\u0041' b'z'",
        """0 Const b'A\\\\u0041z'""",
    ),
    Row(
        "0x_ff, 0o17, 017, 1_0, 1e3, 2j, 10L",
        """0 Const 255
1 Const 15
2 Const 15
3 Const 10
4 Const 1000.0
5 Const 2.0
6 Opaque complex (5,)
7 Const 10
8 Sequence tuple (0, 1, 2, 3, 4, 6, 7)""",
    ),
    Row(
        "while a:\n  break\nelse: b",
        """0 Loop end=4
1 Name a
2 Branch end=4 while test=1
3 Jump break
4 Branch end=6 else
5 Name b""",
    ),
    Row(
        "for i in a: f(i)",
        """0 Name a
1 Loop end=7 0
2 Element 1 0
3 Store i 2
4 Name f
5 Name i
6 Call 4 5""",
    ),
    Row(
        "if a: b\nelif c: d\nelse: e",
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
        "try: a\nexcept E as e: b\nelse: c\nfinally: d",
        """0 Branch end=2 try
1 Name a
2 Name E
3 Branch end=7 except test=2
4 Opaque exception (2,)
5 Store e 4
6 Name b
7 Branch end=9 else
8 Name c
9 Branch end=11 finally
10 Name d""",
    ),
    Row(
        "with open(a) as f, g: f.read()",
        """0 Name open
1 Name a
2 Call 0 1
3 Enter 2
4 Store f 3
5 Name g
6 Enter 5
7 Name f
8 Attribute 7 read
9 Call 8
10 Leave 5
11 Leave 2""",
    ),
    Row(
        "@d\nasync def f(a, /, b=1, *c, **k):\n  global q\n  yield await a",
        """0 Name d
1 Const 1
2 Function 0 (0,) (('b', 1),)
3 Store f 2
function 0 f(a, b, *c, **k) global q async generator
  0 Name a
  1 Await 0
  2 Yield 1""",
    ),
    Row(
        "class A(B, metaclass=M):\n  x = 1",
        """0 Name B
1 Name M
2 Class 0 (0,) metaclass=1
3 Store A 2
class 0 A()
  0 Const 1
  1 Store x 0""",
    ),
    Row(
        "lambda a, b=1: a",
        """0 Const 1
1 Function 0 (('b', 0),)
function 0 (a, b)
  0 Name a
  1 Return 0""",
    ),
    Row(
        "def g(): yield from x",
        """0 Function 0
1 Store g 0
function 0 g() generator
  0 Name x
  1 Loop end=4 0
  2 Element 1 0
  3 Yield 2
  4 Opaque yield_from (0,)""",
    ),
    Row(
        'match s:\n  case [1, *r, {"k": v}] if t: a\n  case P(x, y=z) | w: b',
        """0 Name s
1 Branch end=13 case
2 Element 0 0
3 Element 0 1 (1, 1)
4 Element 0 -1
5 Const 1
6 Store r 3
7 Const 'k'
8 Index 4 7
9 Store v 8
10 Name t
11 Branch end=13 if test=10
12 Name a
13 Branch end=21 case
14 Name P
15 Opaque match_argument (0,)
16 Attribute 0 y
17 Store x 15
18 Store z 16
19 Store w 0
20 Name b""",
    ),
    Row(
        "del a, b.c, d[e]",
        """0 Delete a
1 Name b
2 Opaque delete (1,)
3 Name d
4 Name e
5 Opaque delete (3, 4)""",
    ),
    Row(
        "raise E from c\nassert a, b",
        """0 Name E
1 Name c
2 Jump raise 0
3 Name a
4 Name b
5 Opaque assert (3, 4)""",
    ),
    Row(
        'print >>f, "a"\nexec c in n\nexec a.b(c)\n`x`\nraise E, v',
        """0 Name print
1 Name f
2 Const 'a'
3 Call 0 file=1 2
4 Name exec
5 Name c
6 Name n
7 Call 4 5 6
8 Name exec
9 Name a
10 Attribute 9 b
11 Name c
12 Call 10 11
13 Call 8 12
14 Name repr
15 Name x
16 Call 14 15
17 Name E
18 Name v
19 Jump raise 17""",
    ),
    Row(
        "type(x).y = 1\ntype X = int",
        """0 Const 1
1 Name type
2 Name x
3 Call 1 2
4 StoreAttribute 3 y 0
5 Name int
6 Store X 5""",
    ),
    Row(
        "\uff45\uff58\uff45\uff43(a)",
        """0 Name exec
1 Name a
2 Call 0 1""",
    ),
    Row(
        "foo(a b)",
        """0 Name foo
1 Name a
2 Name b
3 Opaque ERROR (2,)
4 Call 0 1 3""",
    ),
    Row(
        "def f(:\n  exec(a)",
        """0 Function 0
1 Store f 0
function 0 f()
  0 Name exec
  1 Name a
  2 Call 0 1""",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.source[:20].splitlines()[0])
def test_lowering(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.py").module) == row.printed
