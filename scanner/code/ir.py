"""The intermediate form: what both front ends lower source code to, and all that evaluation and data flow see of it.

A piece of code (a module, a function, a class body) is a flat tuple of operations in the order in which they would
run. The result of an operation is known by its place in that tuple, and operands are such places, always smaller than
the operation's own: so evaluating is one loop, and no nesting of the source can exhaust a stack. Control flow is kept
as marked regions (``Branch``, ``Loop``), not as jumps: an analysis of what may happen walks through all of them.

Names are the language's own; what a name stands for (an import, a built-in, a parameter) is the evaluator's question.
Nothing of the source is lost in silence: an expression that has no operation of its own becomes ``Opaque`` with its
parts as operands, and what a front end could not read at all is a ``Defect`` of the unit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

Ref = int
"""The result of an earlier operation of the same code: its place in ``Code.ops``."""

Scalar = str | bytes | int | float | bool | None
"""What a constant can be. JavaScript's undefined is None as well; its numbers are int where they are whole."""


class Place(NamedTuple):
    """Where in the file: line and column count from 1, columns in characters."""

    line: int
    column: int


class Const(NamedTuple):
    """A literal."""

    place: Place
    value: Scalar


class Name(NamedTuple):
    """The value of a variable, wherever it is bound."""

    place: Place
    name: str


class Attribute(NamedTuple):
    """``object.name``."""

    place: Place
    object: Ref
    name: str


class Index(NamedTuple):
    """``object[key]``."""

    place: Place
    object: Ref
    key: Ref


class Slice(NamedTuple):
    """``object[start:stop:step]``; None for a part that is left out."""

    place: Place
    object: Ref
    start: Ref | None
    stop: Ref | None
    step: Ref | None


class Argument(NamedTuple):
    """One argument of a call: ``name`` for a keyword, ``spread`` for ``*x`` (1) and ``**x`` (2), else "" and 0."""

    value: Ref
    name: str = ""
    spread: int = 0


class Call(NamedTuple):
    """``function(arguments)``; ``new`` for JavaScript's ``new F(…)``."""

    place: Place
    function: Ref
    arguments: tuple[Argument, ...]
    new: bool = False


class Operator(NamedTuple):
    """``a + b + c`` as one operation: a chain of one binary operator, left to right, in Python's spelling."""

    place: Place
    symbol: str
    operands: tuple[Ref, ...]


class Unary(NamedTuple):
    """``not x``, ``-x``, ``~x``, ``typeof x``: ``symbol`` is Python's spelling where there is one."""

    place: Place
    symbol: str
    operand: Ref


class Either(NamedTuple):
    """One of several values: ``a if c else b`` (``kind`` "if", ``test`` is c), ``a or b`` ("or"), "and", "??"."""

    place: Place
    options: tuple[Ref, ...]
    kind: str = ""
    test: Ref | None = None


class Sequence(NamedTuple):
    """A list, tuple or set display. ``spreads`` are the places among ``items`` of which the elements count."""

    place: Place
    kind: str
    items: tuple[Ref, ...]
    spreads: tuple[int, ...] = ()


class Display(NamedTuple):
    """A dict display or an object literal; a key of None spreads its value."""

    place: Place
    items: tuple[tuple[Ref | None, Ref], ...]


class Format(NamedTuple):
    """An f-string or a template: its parts in order. ``conversions`` are the format specifications, "" for none."""

    place: Place
    parts: tuple[Ref, ...]
    conversions: tuple[str, ...]


class Function(NamedTuple):
    """A function, lambda or method comes into being; it is not called. ``code`` counts into ``Code.children``.

    ``decorators`` are applied from the last to the first. ``defaults`` are (parameter, value), evaluated here.
    """

    place: Place
    code: int
    decorators: tuple[Ref, ...] = ()
    defaults: tuple[tuple[str, Ref], ...] = ()


class Class(NamedTuple):
    """A class comes into being: its body is run now, in a scope of its own. ``code`` counts into ``Code.children``."""

    place: Place
    code: int
    bases: tuple[Ref, ...] = ()
    keywords: tuple[Argument, ...] = ()
    decorators: tuple[Ref, ...] = ()


class Import(NamedTuple):
    """A module is loaded: ``module`` as written, ``level`` dots before it; its value is the module, or ``name`` of it.

    ``import a.b`` binds ``a``: then ``top`` is true and the value is the package ``a``. A ``name`` of "*" brings in all
    names. ``require("x")`` with a constant is a call like any other, not this.
    """

    place: Place
    module: str
    level: int = 0
    name: str = ""
    top: bool = False


class Store(NamedTuple):
    """A variable is bound. Assignments, imports, function and class statements, loop targets, ``with … as``, walrus."""

    place: Place
    name: str
    value: Ref


class StoreAttribute(NamedTuple):
    """``object.name = value``."""

    place: Place
    object: Ref
    name: str
    value: Ref


class StoreIndex(NamedTuple):
    """``object[key] = value``."""

    place: Place
    object: Ref
    key: Ref
    value: Ref


class Element(NamedTuple):
    """The element ``position`` of a value that is unpacked (negative from the end), or a rest ``(start, from_end)``."""

    place: Place
    value: Ref
    position: int
    rest: tuple[int, int] | None = None


class Branch(NamedTuple):
    """The operations up to ``end`` (exclusive) run or not: a part of if, try, match, switch. ``kind`` says of what.

    ``test`` is the condition, None for else and the like; its operations stand before this one. Kinds: "if" opens a
    chain, "elif" and "else" of the same depth go on with it ("case" the same, after "match"); "while" is the body of
    such a loop, inside its ``Loop`` and after the operations of its test; "try", "except", "finally". Parts of
    expressions (JavaScript), outside of any chain: "and" and "?" run if the test holds, "or" and ":" if not, "??" if
    it is null.
    """

    place: Place
    end: int
    kind: str
    test: Ref | None = None


class Loop(NamedTuple):
    """The operations up to ``end`` (exclusive) run once for each element of ``over``, or any number of times if None.

    Inside, ``Element`` of this operation with position 0 is the element. ``collects`` says what a comprehension makes
    of its ``Yield`` operations ("list", "set", "dict", "generator"); "" for a statement.
    """

    place: Place
    end: int
    over: Ref | None
    collects: str = ""


class Yield(NamedTuple):
    """A value goes to the caller of a generator, or into the comprehension whose loop this stands in (``loop``)."""

    place: Place
    value: Ref
    loop: int | None = None
    key: Ref | None = None


class Return(NamedTuple):
    """A value is what the function gives."""

    place: Place
    value: Ref


class Jump(NamedTuple):
    """``break``, ``continue`` or ``raise``, as ``kind`` says: what follows in the loop, turn or code is not reached."""

    place: Place
    kind: str
    value: Ref | None = None


class Await(NamedTuple):
    """``await x``: the value of ``x`` once it is there."""

    place: Place
    value: Ref


class Enter(NamedTuple):
    """A with statement begins: what its target is bound to, given the context manager ``value``."""

    place: Place
    value: Ref


class Leave(NamedTuple):
    """A with statement ends."""

    place: Place
    value: Ref


class Delete(NamedTuple):
    """A variable is no longer bound."""

    place: Place
    name: str


class Opaque(NamedTuple):
    """An expression that has no operation of its own; ``kind`` is the grammar's name of it."""

    place: Place
    kind: str
    operands: tuple[Ref, ...]


Op = (
    Const
    | Name
    | Attribute
    | Index
    | Slice
    | Call
    | Operator
    | Unary
    | Either
    | Sequence
    | Display
    | Format
    | Function
    | Class
    | Import
    | Store
    | StoreAttribute
    | StoreIndex
    | Element
    | Branch
    | Loop
    | Yield
    | Return
    | Jump
    | Await
    | Enter
    | Leave
    | Delete
    | Opaque
)


class Parameter(NamedTuple):
    """A parameter of a function; ``kind`` is "", "*" or "**"."""

    name: str
    kind: str = ""


class CodeKind(StrEnum):
    """What a piece of code is."""

    MODULE = "module"
    FUNCTION = "function"
    CLASS = "class"


class Code(NamedTuple):
    """A module, function or class body. ``outer`` are names that it binds elsewhere: (name, "global" or "nonlocal").

    ``arrow`` says that ``this``, ``super``, ``arguments`` and ``new.target`` are those of the code around (JavaScript).
    """

    kind: CodeKind
    name: str
    place: Place
    ops: tuple[Op, ...]
    children: tuple[Code, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    outer: tuple[tuple[str, str], ...] = ()
    is_async: bool = False
    is_generator: bool = False
    arrow: bool = False


class Defect(NamedTuple):
    """A part of a file that a front end could not read; ``reason`` is the code of a Gap, "" for a syntax error."""

    place: Place
    reason: str
    detail: str


class Unit(NamedTuple):
    """One source file, lowered. ``comments`` are kept for rules that read them: place and text of each."""

    language: str
    module: Code
    comments: tuple[tuple[Place, str], ...] = ()
    defects: tuple[Defect, ...] = ()
