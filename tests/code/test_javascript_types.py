"""What TypeScript adds, and what of it does nothing."""

from __future__ import annotations

import pytest

from assay.scanner.code.javascript import lower
from tests.code.printed import Row, dump

TYPES = [
    Row(
        "type A = B; interface C { d: e }; declare var f: any; declare function g(): void",
        """""",
    ),
    Row(
        "declare module 'h' { export const i: j } declare global { var k } export as namespace l",
        """""",
    ),
    Row(
        "let a: number = 1, b!: string; const c = d as any as e; f!.g = <h>i; j satisfies k",
        """0 Const 1
1 Store a 0
2 Const None
3 Store b 2
4 Name d
5 Store c 4
6 Name f
7 Name i
8 StoreAttribute 6 g 7
9 Name j""",
    ),
    Row(
        "function f(this: X, a?: T, b: U = 1, ...c: any[]): a is V { return g<W>(a) } function g(a: T): void",
        """0 Function 0
1 Store f 0
function 0 f(a, b, *c)
  0 Name b
  1 Const 1
  2 Either (0, 1) default
  3 Store b 2
  4 Name g
  5 Name a
  6 Call 4 5
  7 Return 6""",
    ),
    Row(
        "import x = require('m'); import y = A.B; export = z",
        """0 Name require
1 Const 'm'
2 Call 0 1
3 Store x 2
4 Name A
5 Attribute 4 B
6 Store y 5
7 Name z
8 Name module
9 StoreAttribute 8 exports 7""",
    ),
    Row(
        "export import q = require('z')",
        """0 Name require
1 Const 'z'
2 Call 0 1
3 Store q 2
4 Name q
5 Name exports
6 StoreAttribute 5 q 4
7 Const 'z'""",
    ),
    Row(
        "import type {T} from 'm'; import {type U, v} from 'w'; export type {T}; export {type U}",
        """0 Import w v
1 Store v 0""",
    ),
    Row(
        "class A<T> extends B<T> implements C { declare d; p!: string; readonly q = 1; static r?: T }",
        """0 Name B
1 Class 0 (0,)
2 Store A 1
class 0 A()
  0 Const None
  1 Store r 0
  2 Function 0
  3 Store #fields 2
  function 0 #fields()
    0 Name this
    1 Const None
    2 StoreAttribute 0 p 1
    3 Name this
    4 Const 1
    5 StoreAttribute 3 q 4""",
    ),
    Row(
        "class A { [k: string]: any; m(a): void; m() {} }",
        """0 Class 0
1 Store A 0
class 0 A()
  0 Function 0
  1 Store m 0
  function 0 m()""",
    ),
    Row(
        "abstract class A { constructor(private x: T, public readonly y = 2, z) { a() } abstract m(): void }",
        """0 Class 0
1 Store A 0
class 0 A()
  0 Function 0
  1 Store constructor 0
  function 0 constructor(x, y, z)
    0 Name x
    1 Name this
    2 StoreAttribute 1 x 0
    3 Name y
    4 Const 2
    5 Either (3, 4) default
    6 Store y 5
    7 Name this
    8 StoreAttribute 7 y 5
    9 Name a
    10 Call 9""",
    ),
    Row(
        "enum E { A, B = 2, C, D = f(), E, 'F-G' = 'h' } declare enum G { A }",
        """0 Const 'A'
1 Const 0
2 Const 'B'
3 Const 2
4 Const 'C'
5 Const 3
6 Const 'D'
7 Name f
8 Call 7
9 Const 'E'
10 Opaque enum_value
11 Const 'F-G'
12 Const 'h'
13 Display ((0, 1), (2, 3), (4, 5), (6, 8), (9, 10), (11, 12))
14 Store E 13""",
    ),
    Row(
        "namespace N.M { export const x = 1; export function f() { x } let y } N",
        """0 Display
1 Store N 0
2 Function 0
3 Store f 2
4 Const 1
5 Store x 4
6 Name x
7 Name N
8 StoreAttribute 7 x 6
9 Name f
10 Name N
11 StoreAttribute 10 f 9
12 Const None
13 Store y 12
14 Name N
function 0 f()
  0 Name x""",
    ),
    Row(
        "export namespace N { export {a} } export enum E { A }",
        """0 Display
1 Store N 0
2 Name a
3 Name N
4 StoreAttribute 3 a 2
5 Name N
6 Name exports
7 StoreAttribute 6 N 5
8 Const 'A'
9 Const 0
10 Display ((8, 9),)
11 Store E 10
12 Name E
13 Name exports
14 StoreAttribute 13 E 12""",
    ),
    Row(
        "export abstract class B {} export default interface I {}",
        """0 Class 0
1 Store B 0
2 Name B
3 Name exports
4 StoreAttribute 3 B 2
class 0 B()""",
    ),
    Row(
        "const f = async <T,>(a: T, {b}: X = {}) => a; new G<T>(); f<T>; a?.b!.c",
        """0 Function 0
1 Store f 0
2 Name G
3 Call 2 True
4 Name f
5 Name a
6 Attribute 5 b
7 Attribute 6 c
function 0 f(a, 1#) async
  0 Name 1#
  1 Display
  2 Either (0, 1) default
  3 Attribute 2 b
  4 Store b 3
  5 Name a
  6 Return 5""",
    ),
    Row(
        "@d class A { constructor(@e(1) x) {} @f() m() {} }",
        """0 Name d
1 Class 0 (0,)
2 Store A 1
class 0 A()
  0 Name e
  1 Const 1
  2 Call 0 1
  3 Function 0
  4 Store constructor 3
  5 Name f
  6 Call 5
  7 Function 1 (6,)
  8 Store m 7
  function 0 constructor(x)
  function 1 m()""",
    ),
]

MARKUP = [
    Row(
        "const f = <T,>(x: T) => <A<T> b={x!}>{x as any}</A>",
        """0 Function 0
1 Store f 0
function 0 f(x)
  0 Name JSX
  1 Name A
  2 Const 'b'
  3 Name x
  4 Display ((2, 3),)
  5 Name x
  6 Call 0 1 4 5
  7 Return 6""",
    ),
]


@pytest.mark.parametrize("row", TYPES, ids=lambda row: row.source[:24])
def test_types(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.ts").module) == row.printed


@pytest.mark.parametrize("row", MARKUP, ids=lambda row: row.source[:24])
def test_markup(row: Row) -> None:
    assert dump(lower(row.source.encode(), "a.tsx").module) == row.printed
