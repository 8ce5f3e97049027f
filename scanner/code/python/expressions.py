"""Expressions: each function lowers one kind of node, whose children the walk lowers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import (
    Argument,
    Attribute,
    Await,
    Call,
    Const,
    Either,
    Element,
    Index,
    Loop,
    Name,
    Opaque,
    Operator,
    Ref,
    Sequence,
    Slice,
    Store,
    Unary,
    Yield,
)
from assay.scanner.code.python.displays import is_spread
from assay.scanner.code.python.grammar import EXTRAS, each, field, kind, parts
from assay.scanner.code.python.targets import assign
from assay.scanner.code.writer import Steps, several

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

_NAME = field("name")
_VALUE = field("value")
_LEFT = field("left")
_RIGHT = field("right")
_OBJECT = field("object")
_ATTRIBUTE = field("attribute")
_FUNCTION = field("function")
_ARGUMENTS = field("arguments")
_ARGUMENT = field("argument")
_ALIAS = field("alias")

_BINARY = kind("binary_operator")
_BOOLEAN = kind("boolean_operator")
_KEYWORD_ARGUMENT = kind("keyword_argument")
_DICTIONARY_SPLAT = kind("dictionary_splat")
_GENERATOR = kind("generator_expression")
_SLICE = kind("slice")
_COMMA = kind(",", False)
_COLON = kind(":", False)
_FROM = kind("from", False)

_SPELLING = {"<>": "!="}


def name(writer: Writer, node: Node) -> Ref:
    """Lower a variable that is read."""
    place = writer.place(node)
    return writer.emit(Name(place, writer.resolve(writer.identifier(node))))


def true(writer: Writer, node: Node) -> Ref:
    """Lower ``True``."""
    return writer.emit(Const(writer.place(node), True))


def false(writer: Writer, node: Node) -> Ref:
    """Lower ``False``."""
    return writer.emit(Const(writer.place(node), False))


def none(writer: Writer, node: Node) -> Ref:
    """Lower ``None``."""
    return writer.emit(Const(writer.place(node), None))


def ellipsis(writer: Writer, node: Node) -> Ref:
    """Lower ``...``, which is no scalar."""
    return writer.emit(Opaque(writer.place(node), "ellipsis", ()))


def dotted_name(writer: Writer, node: Node) -> Ref:
    """Lower ``a.b.c`` where the grammar has it as one node: in patterns."""
    place = writer.place(node)
    first, *rest = parts(node) or [node]
    ref = name(writer, first)
    for part in rest:
        ref = writer.emit(Attribute(place, ref, writer.identifier(part)))
    return ref


def attribute(writer: Writer, node: Node) -> Steps:
    """Lower ``object.name``."""
    place = writer.place(node)
    ref = yield node.child_by_field_id(_OBJECT)
    named = node.child_by_field_id(_ATTRIBUTE)
    return writer.emit(Attribute(place, ref, writer.identifier(named) if named else ""))


def call(writer: Writer, node: Node) -> Steps:
    """Lower a call."""
    place = writer.place(node)
    function = yield node.child_by_field_id(_FUNCTION)
    given = node.child_by_field_id(_ARGUMENTS)
    if given is None:
        return writer.emit(Call(place, function, ()))
    if given.kind_id == _GENERATOR:
        value = yield given
        return writer.emit(Call(place, function, (Argument(value),)))
    arguments: list[Argument] = []
    yield from argument_list(writer, given, arguments)
    return writer.emit(Call(place, function, tuple(arguments)))


def argument_list(writer: Writer, node: Node, arguments: list[Argument]) -> Steps:
    """Lower what stands between the parentheses of a call or a class; adds to ``arguments``."""
    for child in each(node):
        number = child.kind_id
        if number == _KEYWORD_ARGUMENT:
            value = yield child.child_by_field_id(_VALUE)
            named = child.child_by_field_id(_NAME)
            arguments.append(Argument(value, writer.identifier(named) if named else ""))
            continue
        if number == _DICTIONARY_SPLAT:
            value = yield next(iter(parts(child)), None)
            arguments.append(Argument(value, spread=2))
        else:
            value = yield child
            arguments.append(Argument(value, spread=int(is_spread(writer, child))))
    return -1


def subscript(writer: Writer, node: Node) -> Steps:
    """Lower ``a[b]``, ``a[b:c]``, ``a[b, c:d]``."""
    place = writer.place(node)
    obj = yield node.child_by_field_id(_VALUE)
    keys = subscript_keys(node)
    if len(keys) == 1 and keys[0].kind_id == _SLICE and not has_comma(node):
        bounds: list[Ref | None] = []
        for bound in slice_bounds(keys[0]):
            if bound is None:
                bounds.append(None)
            else:
                bounds.append((yield bound))
        return writer.emit(Slice(place, obj, bounds[0], bounds[1], bounds[2]))
    key = yield from subscript_key(writer, node, keys)
    return writer.emit(Index(place, obj, key))


def subscript_keys(node: Node) -> list[Node]:
    """Return what stands between the brackets."""
    return parts(node)[1:]


def has_comma(node: Node) -> bool:
    """Say whether a comma stands between the brackets, so that the key is a tuple."""
    return any(child.kind_id == _COMMA for child in node.children)


def subscript_key(writer: Writer, node: Node, keys: list[Node]) -> Steps:
    """Lower the key of a subscript: a tuple if there is a comma."""
    refs = yield from several(keys)
    spreads = tuple(position for position, child in enumerate(keys) if is_spread(writer, child))
    if len(refs) == 1 and not spreads and not has_comma(node):
        return refs[0]
    return writer.emit(Sequence(writer.place(keys[0] if keys else node), "tuple", tuple(refs), spreads))


def slice_bounds(node: Node) -> list[Node | None]:
    """Return start, stop and step of a slice."""
    bounds: list[Node | None] = [None, None, None]
    position = 0
    for child in node.children:
        if child.kind_id == _COLON:
            position += 1
        elif child.is_named and child.kind_id not in EXTRAS and position < 3:
            bounds[position] = child
    return bounds


def slice_(writer: Writer, node: Node) -> Steps:
    """Lower a slice that is a value: within a tuple of keys, or stored to; a part that is left out is None."""
    place = writer.place(node)
    refs: list[Ref] = []
    for bound in slice_bounds(node):
        if bound is None:
            refs.append(writer.none(node))
        else:
            refs.append((yield bound))
    return writer.emit(Opaque(place, "slice", tuple(refs)))


def binary(writer: Writer, node: Node) -> Steps:
    """Lower a chain of one operator, however long, to one operation."""
    place = writer.place(node)
    left, symbol, right = _operands(writer, node)
    rights = [right]
    while left is not None and left.kind_id == _BINARY and symbol != "**":
        inner, other, right = _operands(writer, left)
        if other != symbol:
            break
        rights.append(right)
        left = inner
    refs = yield from several([left, *reversed(rights)])
    return writer.emit(Operator(place, symbol, tuple(refs)))


def _operands(writer: Writer, node: Node) -> tuple[Node | None, str, Node | None]:
    children = node.children
    if len(children) != 3:
        children = [child for child in children if child.kind_id not in EXTRAS]
    if len(children) != 3:
        return node.child_by_field_id(_LEFT), "?", node.child_by_field_id(_RIGHT)
    return children[0], writer.written(children[1]), children[2]


def boolean(writer: Writer, node: Node) -> Steps:
    """Lower ``a and b and c``."""
    place = writer.place(node)
    left, symbol, right = _operands(writer, node)
    rights = [right]
    while left is not None and left.kind_id == _BOOLEAN:
        inner, other, right = _operands(writer, left)
        if other != symbol:
            break
        rights.append(right)
        left = inner
    refs = yield from several([left, *reversed(rights)])
    return writer.emit(Either(place, tuple(refs), symbol))


def comparison(writer: Writer, node: Node) -> Steps:
    """Lower ``a < b <= c``: an operation for each pair, and ``Either`` of them if there are several."""
    place = writer.place(node)
    children = [child for child in node.children if child.kind_id not in EXTRAS]
    left = yield children[0]
    pairs: list[Ref] = []
    for position in range(1, len(children) - 1, 2):
        symbol = " ".join(writer.written(children[position]).split())
        right = yield children[position + 1]
        pairs.append(writer.emit(Operator(place, _SPELLING.get(symbol, symbol), (left, right))))
        left = right
    return pairs[0] if len(pairs) == 1 else writer.emit(Either(place, tuple(pairs), "and"))


def not_(writer: Writer, node: Node) -> Steps:
    """Lower ``not x``."""
    place = writer.place(node)
    value = yield node.child_by_field_id(_ARGUMENT)
    return writer.emit(Unary(place, "not", value))


def unary(writer: Writer, node: Node) -> Steps:
    """Lower ``-x``, ``+x``, ``~x``."""
    place = writer.place(node)
    value = yield node.child_by_field_id(_ARGUMENT)
    return writer.emit(Unary(place, writer.text[node.start_byte], value))


def conditional(writer: Writer, node: Node) -> Steps:
    """Lower ``a if c else b``; the condition is evaluated first."""
    place = writer.place(node)
    children = parts(node)
    test: Ref | None = None
    for child in [*children[1:2], *children[3:]]:
        ref = yield child
        test = ref if test is None else test
    chosen = yield next(iter(children), None)
    other = yield (children[2] if len(children) > 2 else None)
    return writer.emit(Either(place, (chosen, other), "if", test))


def named(writer: Writer, node: Node) -> Steps:
    """Lower ``(name := value)``, which binds outside of a comprehension."""
    place = writer.place(node)
    value = yield node.child_by_field_id(_VALUE)
    target = node.child_by_field_id(_NAME)
    if target is not None:
        writer.emit(Store(place, writer.identifier(target), value))
    return value


def as_pattern(writer: Writer, node: Node) -> Steps:
    """Lower ``value as target`` of a with statement."""
    value = yield next(iter(parts(node)), None)
    yield from assign(writer, node.child_by_field_id(_ALIAS), value)
    return value


def await_(writer: Writer, node: Node) -> Steps:
    """Lower ``await x``."""
    place = writer.place(node)
    value = yield next(iter(parts(node)), None)
    return writer.emit(Await(place, value))


def yield_(writer: Writer, node: Node) -> Steps:
    """Lower ``yield x`` and ``yield from x``, a loop over x whose own value is not known."""
    place = writer.place(node)
    writer.draft.is_generator = True
    children = parts(node)
    if not children:
        return writer.emit(Yield(place, writer.none(node)))
    value = yield children[0]
    if not any(child.kind_id == _FROM for child in node.children):
        return writer.emit(Yield(place, value))
    loop = writer.open(Loop(place, 0, value))
    writer.emit(Yield(place, writer.emit(Element(place, loop, 0))))
    writer.close(loop)
    return writer.emit(Opaque(place, "yield_from", (value,)))
