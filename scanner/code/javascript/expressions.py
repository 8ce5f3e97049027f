"""Expressions: each function lowers one kind of node, whose children the walk lowers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import (
    Argument,
    Attribute,
    Await,
    Branch,
    Call,
    CodeKind,
    Const,
    Delete,
    Either,
    Element,
    Index,
    Loop,
    Name,
    Opaque,
    Operator,
    Ref,
    Unary,
    Yield,
)
from assay.scanner.code.javascript import literals
from assay.scanner.code.javascript.grammar import EXTRAS, each, first, parts, word
from assay.scanner.code.javascript.targets import assign, read, target_of, unwrapped, write
from assay.scanner.code.javascript.texts import template_parts
from assay.scanner.code.writer import several
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.ir import Place
    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_CHAINED = frozenset({"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"})
_LOGICAL = {"&&": "and", "||": "or", "??": "??"}
_ACTS = lazy(r"[\w$)\]]\s*(?:\?\.)?\(|\+\+|--|`|(?<![=!<>])=(?![=>])|\b(?:delete|yield|await|new)\b")
"""Calls, assignments, templates with a tag: what an operand that may not be reached must not do."""

_BEFORE = frozenset({"unary_expression", "await_expression"})
_VALUES = frozenset({"identifier", "string", "number", "this", "arrow_function", "function_expression", "regex"})
_LONGEST = 4096


def name(writer: Writer, node: Node) -> Ref:
    """Lower a variable that is read."""
    spelled = writer.spelling(node)
    return writer.emit(Name(writer.place(node), writer.resolve(spelled)))


def word_name(writer: Writer, node: Node) -> Ref:
    """Lower ``this``, ``super``, ``import``, ``undefined``."""
    return writer.emit(Name(writer.place(node), writer.written(node)))


def meta_property(writer: Writer, node: Node) -> Ref:
    """Lower ``new.target`` and ``import.meta``."""
    return writer.emit(Name(writer.place(node), "".join(writer.written(node).split())))


def constant(writer: Writer, node: Node) -> Ref:
    """Lower ``true``, ``false``, ``null``."""
    return writer.emit(Const(writer.place(node), {"true": True, "false": False}.get(node.type)))


def private_name(writer: Writer, node: Node) -> Ref:
    """Lower the name on the left of ``#name in object``."""
    return writer.emit(Const(writer.place(node), writer.spelling(node)))


def member(writer: Writer, node: Node) -> Steps:
    """Lower ``object.name`` and ``object?.name``."""
    place = writer.place(node)
    ref = yield node.child_by_field_name("object")
    named = node.child_by_field_name("property")
    return writer.emit(Attribute(place, ref, writer.spelling(named) if named else ""))


def subscript(writer: Writer, node: Node) -> Steps:
    """Lower ``object[key]`` and ``object?.[key]``."""
    place = writer.place(node)
    obj = yield node.child_by_field_name("object")
    key = yield node.child_by_field_name("index")
    return writer.emit(Index(place, obj, key))


def call(writer: Writer, node: Node) -> Steps:
    """Lower a call, or a template with a tag: its texts, then its parts, are the arguments."""
    place = writer.place(node)
    called = node.child_by_field_name("function")
    given = node.child_by_field_name("arguments")
    if called is not None and given is not None and _is_await(writer, called):
        value = yield from sequence(writer, given)
        return writer.emit(Await(place, value if value >= 0 else writer.none(given)))
    before = called if called is not None and called.type in _BEFORE else None
    function = yield called if before is None else (before.child_by_field_name("argument") or first(before))
    arguments: list[Argument] = []
    if given is not None and given.type == "template_string":
        arguments += yield from template_parts(writer, given)
    elif given is not None:
        yield from argument_list(given, arguments)
    made = writer.emit(Call(place, function, tuple(arguments)))
    return made if before is None else _applied(writer, before, made)


def _applied(writer: Writer, before: Node, value: Ref) -> Ref:
    """Emit what stands before ``f<T>(x)``: the grammar takes ``void f`` and ``await f`` for what is called."""
    sign = before.child_by_field_name("operator")
    if sign is None:
        return writer.emit(Await(writer.place(before), value))
    return writer.emit(Unary(writer.place(before), "not" if sign.type == "!" else sign.type, value))


def _is_await(writer: Writer, called: Node) -> bool:
    """Say whether ``await (a, b)(c)`` is meant, which the grammar takes for a call of ``await``."""
    if called.end_byte - called.start_byte != len("await") or not writer.text.startswith("await", called.start_byte):
        return False
    return writer.draft.is_async or writer.draft.kind is CodeKind.MODULE


def argument_list(node: Node, arguments: list[Argument]) -> Steps:
    """Lower what stands between the parentheses of a call; adds to ``arguments``."""
    for child in each(node):
        if child.type == "spread_element":
            arguments.append(Argument((yield first(child)), spread=1))
        else:
            arguments.append(Argument((yield child)))
    return -1


def new(writer: Writer, node: Node) -> Steps:
    """Lower ``new F(arguments)``."""
    place = writer.place(node)
    function = yield node.child_by_field_name("constructor")
    given = node.child_by_field_name("arguments")
    arguments: list[Argument] = []
    if given is not None:
        yield from argument_list(given, arguments)
    return writer.emit(Call(place, function, tuple(arguments), new=True))


def binary(writer: Writer, node: Node) -> Steps:
    """Lower a chain of one operator, however long, to one operation; comparisons are one each."""
    place = writer.place(node)
    left, symbol, right = _operands(writer, node)
    rights = [right]
    if symbol in _CHAINED or symbol in _LOGICAL:
        while left is not None and left.type == "binary_expression":
            inner, other, right = _operands(writer, left)
            if other != symbol:
                break
            rights.append(right)
            left = inner
    if symbol in _LOGICAL:
        return (yield from _logical(writer, place, _LOGICAL[symbol], [left, *reversed(rights)]))
    refs = yield from several([left, *reversed(rights)])
    return writer.emit(Operator(place, symbol, tuple(refs)))


def _logical(writer: Writer, place: Place, kind: str, nodes: list[Node | None]) -> Steps:
    """Lower ``a && b`` and the like: what does anything runs under a branch of this kind, tested by what precedes."""
    refs: list[Ref] = []
    regions: list[Ref] = []
    for node in nodes:
        if refs and _acts(writer, node):
            regions.append(writer.open(Branch(place if node is None else writer.place(node), 0, kind, refs[-1])))
        refs.append((yield node))
    for region in reversed(regions):
        writer.close(region)
    return writer.emit(Either(place, tuple(refs), kind))


def _acts(writer: Writer, node: Node | None) -> bool:
    """Whether an operand may do anything but be a value: it calls or assigns, as far as its text tells."""
    if node is None or node.type in _VALUES:
        return False
    size = node.end_byte - node.start_byte
    written = writer.written(node) if size < _LONGEST else "="
    return _ACTS.search(written) is not None


def _operands(writer: Writer, node: Node) -> tuple[Node | None, str, Node | None]:
    children = node.children
    if len(children) != 3:
        children = [child for child in children if child.type not in EXTRAS]
    if len(children) != 3:
        return node.child_by_field_name("left"), "?", node.child_by_field_name("right")
    return children[0], children[1].type, children[2]


def unary(writer: Writer, node: Node) -> Steps:
    """Lower ``!x``, ``-x``, ``typeof x``; ``delete x`` of a variable unbinds it."""
    place = writer.place(node)
    sign = node.child_by_field_name("operator")
    symbol = sign.type if sign else "?"
    argument = unwrapped(node.child_by_field_name("argument"))
    value = yield argument
    if symbol == "delete" and argument is not None and argument.type == "identifier":
        writer.emit(Delete(place, writer.resolve(writer.spelling(argument))))
    return writer.emit(Unary(place, "not" if symbol == "!" else symbol, value))


def update(writer: Writer, node: Node) -> Steps:
    """Lower ``x++`` and ``--x``; written behind, the value is the old one."""
    place = writer.place(node)
    sign = node.child_by_field_name("operator")
    target = yield from target_of(writer, node.child_by_field_name("argument"))
    if target is None:
        return (yield node.child_by_field_name("argument"))
    before = read(writer, target)
    one = writer.emit(Const(place, 1))
    after = writer.emit(Operator(place, sign.type[0] if sign else "?", (before, one)))
    write(writer, target, after)
    return after if sign is not None and sign.start_byte == node.start_byte else before


def assignment(writer: Writer, node: Node) -> Steps:
    """Lower ``target = value`` and ``pattern = value``."""
    left = node.child_by_field_name("left")
    target = yield from target_of(writer, left)
    value = yield writer.name(node.child_by_field_name("right"), target.name if target is not None else "")
    if target is not None:
        write(writer, target, value)
        return value
    return (yield from assign(writer, left, value))


def augmented_assignment(writer: Writer, node: Node) -> Steps:
    """Lower ``target += value``: the target is read, an operation, a store."""
    place = writer.place(node)
    target = yield from target_of(writer, node.child_by_field_name("left"))
    if target is None:
        yield node.child_by_field_name("left")
        return (yield node.child_by_field_name("right"))
    sign = node.child_by_field_name("operator")
    symbol = sign.type[:-1] if sign else "?"
    refs = (read(writer, target), (yield node.child_by_field_name("right")))
    if symbol in _LOGICAL:
        result = writer.emit(Either(place, refs, _LOGICAL[symbol]))
    else:
        result = writer.emit(Operator(place, symbol, refs))
    write(writer, target, result)
    return result


def ternary(writer: Writer, node: Node) -> Steps:
    """Lower ``c ? a : b``; the condition is evaluated first."""
    place = writer.place(node)
    test = yield node.child_by_field_name("condition")
    refs: list[Ref] = []
    for field, kind in (("consequence", "?"), ("alternative", ":")):
        child = node.child_by_field_name(field)
        region = writer.branch(child, kind, test) if child is not None and _acts(writer, child) else None
        refs.append((yield child))
        if region is not None:
            writer.close(region)
    return writer.emit(Either(place, tuple(refs), "if", test))


def sequence(writer: Writer, node: Node) -> Steps:
    """Lower ``a, b``: all are evaluated, the last is the value."""
    value = -1
    for child in each(node):
        value = yield child
    return value


def await_(writer: Writer, node: Node) -> Steps:
    """Lower ``await x``."""
    place = writer.place(node)
    value = yield first(node)
    return writer.emit(Await(place, value))


def yield_(writer: Writer, node: Node) -> Steps:
    """Lower ``yield x`` and ``yield* x``, a loop over x whose own value is not known."""
    place = writer.place(node)
    writer.draft.is_generator = True
    children = parts(node)
    if not children:
        return writer.emit(Yield(place, writer.none(node)))
    value = yield children[0]
    if not word(node, "*"):
        return writer.emit(Yield(place, value))
    loop = writer.open(Loop(place, 0, value))
    writer.emit(Yield(place, writer.emit(Element(place, loop, 0))))
    writer.close(loop)
    return writer.emit(Opaque(place, "yield_from", (value,)))


def string(writer: Writer, node: Node) -> Ref:
    """Lower a string literal."""
    return writer.emit(Const(writer.place(node), literals.string(writer.written(node))))


def number(writer: Writer, node: Node) -> Ref:
    """Lower a number or BigInt."""
    value = literals.number(writer.written(node))
    place = writer.place(node)
    return writer.emit(Opaque(place, "number", ()) if value is None else Const(place, value))


def regex(writer: Writer, node: Node) -> Ref:
    """Lower ``/pattern/flags`` as ``new RegExp(pattern, flags)``."""
    place = writer.place(node)
    pattern = node.child_by_field_name("pattern")
    flags = node.child_by_field_name("flags")
    function = writer.emit(Name(place, "RegExp"))
    given = [writer.emit(Const(place, writer.written(part) if part else "")) for part in (pattern, flags)]
    return writer.emit(Call(place, function, tuple(Argument(ref) for ref in given), new=True))
