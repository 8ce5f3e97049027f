"""What functions, classes and scopes of JavaScript are lowered to."""

from __future__ import annotations

import pytest

from assay.scanner.code.javascript import lower
from tests.code.printed import Row, dump

FUNCTIONS = [
    Row(
        "f(); function f(a, {b} = 1, c = 2, ...[d]) { return a } function f() {}",
        """0 Function 0
1 Store f 0
2 Function 1
3 Store f 2
4 Name f
5 Call 4
function 0 f(a, 1#, c, *3#)
  0 Name 1#
  1 Const 1
  2 Either (0, 1) default
  3 Attribute 2 b
  4 Store b 3
  5 Name c
  6 Const 2
  7 Either (5, 6) default
  8 Store c 7
  9 Name 3#
  10 Element 9 0
  11 Store d 10
  12 Name a
  13 Return 12
function 1 f()""",
    ),
    Row(
        "const a = () => 1, b = async x => { return }, c = {d: function() {}}; e = function g() { g() }",
        """0 Function 0
1 Store a 0
2 Function 1
3 Store b 2
4 Const 'd'
5 Function 2
6 Display ((4, 5),)
7 Store c 6
8 Function 3
9 Store g 8
10 Store e 8
function 0 a()
  0 Const 1
  1 Return 0
function 1 b(x) async
  0 Const None
  1 Return 0
function 2 d()
function 3 g()
  0 Name g
  1 Call 0""",
    ),
    Row(
        "function f() { var a; g = a; a = 1; b = 2 } var b",
        """0 Const None
1 Store b 0
2 Function 0
3 Store f 2
function 0 f() global g nonlocal b
  0 Const None
  1 Store a 0
  2 Name a
  3 Store g 2
  4 Const 1
  5 Store a 4
  6 Const 2
  7 Store b 6""",
    ),
    Row(
        "function f() { return g(); { function g() { x } } }",
        """0 Function 0
1 Store f 0
function 0 f()
  0 Name g
  1 Call 0
  2 Return 1
  3 Function 0
  4 Store g 3
  function 0 g()
    0 Name x""",
    ),
    Row(
        "{ let x = 1; x } let x = 2; { x; { const x = 3; () => x } }",
        """0 Const 1
1 Store x#2 0
2 Name x#2
3 Const 2
4 Store x 3
5 Name x
6 Const 3
7 Store x#3 6
8 Function 0
function 0 ()
  0 Name x#3
  1 Return 0""",
    ),
    Row(
        "let i; for (let i = 0; i < 1; i++) () => i; for (const i of a) i",
        """0 Const None
1 Store i 0
2 Const 0
3 Store i#2 2
4 Loop end=14
5 Name i#2
6 Const 1
7 Operator < (5, 6)
8 Branch end=14 while test=7
9 Function 0
10 Name i#2
11 Const 1
12 Operator + (10, 11)
13 Store i#2 12
14 Name a
15 Loop end=19 14
16 Element 15 0
17 Store i#3 16
18 Name i#3
function 0 ()
  0 Name i#2
  1 Return 0""",
    ),
    Row(
        "try {} catch (process) { process } process; { let require = a; require(b) }",
        """0 Branch end=1 try
1 Branch end=5 except
2 Opaque exception
3 Store process#2 2
4 Name process#2
5 Name process
6 Name a
7 Store require#2 6
8 Name require#2
9 Name b
10 Call 8 9""",
    ),
    Row(
        "function f() { x = 1; () => { x++; y = 2; z = 3 }; let x } let y",
        """0 Function 0
1 Store f 0
2 Const None
3 Store y 2
function 0 f()
  0 Const 1
  1 Store x 0
  2 Function 0
  3 Const None
  4 Store x 3
  function 0 () nonlocal x nonlocal y global z
    0 Name x
    1 Const 1
    2 Operator + (0, 1)
    3 Store x 2
    4 Const 2
    5 Store y 4
    6 Const 3
    7 Store z 6""",
    ),
    Row(
        "switch (a) { case 1: let a = 2; b(a) } a",
        """0 Name a
1 Const 1
2 Operator === (0, 1)
3 Branch end=9 match test=2
4 Const 2
5 Store a#2 4
6 Name b
7 Name a#2
8 Call 6 7
9 Name a""",
    ),
    Row(
        "var f = function exports() { exports }",
        """0 Function 0
1 Store exports#2 0
2 Store f 0
function 0 exports()
  0 Name exports#2""",
    ),
    Row(
        "x; { let x = 1; x }",
        """0 Name x
1 Const 1
2 Store x#2 1
3 Name x#2""",
    ),
]

CLASSES = [
    Row(
        "class A extends b.C { constructor() { super() } m() {} static n() {} #p() { return this.#p }}",
        """0 Name b
1 Attribute 0 C
2 Class 0 (1,)
3 Store A 2
class 0 A()
  0 Function 0
  1 Store constructor 0
  2 Function 1
  3 Store m 2
  4 Function 2
  5 Store n 4
  6 Function 3
  7 Store #p 6
  function 0 constructor()
    0 Name super
    1 Call 0
  function 1 m()
  function 2 n()
  function 3 #p()
    0 Name this
    1 Attribute 0 #p
    2 Return 1""",
    ),
    Row(
        "class A { get x() {} set x(v) {} static get y() {} [k]() {} static async *g() {} 'a b'() {} }",
        """0 Class 0
1 Store A 0
class 0 A()
  0 Function 0
  1 Store x 0
  2 Function 1
  3 Store set x 2
  4 Function 2
  5 Store y 4
  6 Name k
  7 Function 3
  8 Opaque computed_method (6, 7)
  9 Function 4
  10 Store g 9
  11 Function 5
  12 Store a b 11
  function 0 get x()
  function 1 set x(v)
  function 2 get y()
  function 3 ()
  function 4 g() async generator
  function 5 a b()""",
    ),
    Row(
        "class A { #p = 1; q; [r] = 2; static s = 3; static [t] = 4; static { var x = 5; u = x } }",
        """0 Class 0
1 Store A 0
class 0 A() global u
  0 Const 3
  1 Store s 0
  2 Name t
  3 Const 4
  4 Opaque computed_field (2, 3)
  5 Const 5
  6 Store x#2 5
  7 Name x#2
  8 Store u 7
  9 Function 0
  10 Store #fields 9
  function 0 #fields()
    0 Name this
    1 Const 1
    2 StoreAttribute 0 #p 1
    3 Name this
    4 Const None
    5 StoreAttribute 3 q 4
    6 Name this
    7 Name r
    8 Const 2
    9 StoreIndex 6 7 8""",
    ),
    Row(
        "a = class B { m() { B } }; c = class {}",
        """0 Class 0
1 Store B 0
2 Store a 0
3 Class 1
4 Store c 3
class 0 B()
  0 Function 0
  1 Store m 0
  function 0 m()
    0 Name B
class 1 c()""",
    ),
    Row(
        "@d1 @d2(1) class A { @e m() {} @f g = 1 }",
        """0 Name d1
1 Name d2
2 Const 1
3 Call 1 2
4 Class 0 (0, 3)
5 Store A 4
class 0 A()
  0 Name e
  1 Function 0 (0,)
  2 Store m 1
  3 Name f
  4 Function 1
  5 Store #fields 4
  function 0 m()
  function 1 #fields()
    0 Name this
    1 Const 1
    2 StoreAttribute 0 g 1""",
    ),
]


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.source[:24])
def test_functions(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.js").module) == row.printed


@pytest.mark.parametrize("row", CLASSES, ids=lambda row: row.source[:24])
def test_classes(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.js").module) == row.printed
