"""What is assigned to: names, attributes, subscripts, and values that are taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Element, Ref, Sequence, Store, StoreAttribute, StoreIndex
from assay.scanner.code.python.grammar import each, field, kind, parts
from assay.scanner.code.writer import Steps, several

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

_OBJECT = field("object")
_ATTRIBUTE_NAME = field("attribute")
_VALUE = field("value")

_IDENTIFIER = kind("identifier")
_ATTRIBUTE = kind("attribute")
_SUBSCRIPT = kind("subscript")
_SPLATS = frozenset({kind("list_splat"), kind("list_splat_pattern")})
_WRAPPERS = frozenset({kind("parenthesized_expression"), kind("as_pattern_target"), kind("type")})
_SEVERAL = frozenset(
    kind(name) for name in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list")
)
_COMMA = kind(",", False)

Hidden = tuple[str, list[str]]
"""How the targets of a comprehension are stored: what is put after each name, and the list of names to add to."""


def assign(writer: Writer, target: Node | None, value: Ref, hidden: Hidden | None = None) -> Steps:
    """Store a value to a target, from left to right; a name is stored under another one if ``hidden``."""
    todo: list[tuple[Node | None, Ref]] = [(target, value)]
    while todo:
        node, ref = todo.pop()
        if node is None:
            continue
        number = node.kind_id
        if number == _IDENTIFIER:
            _store(writer, node, ref, hidden)
        elif number in _SEVERAL:
            todo += reversed(_elements(writer, node, ref))
        elif number in _WRAPPERS or number in _SPLATS:
            todo.append((next(iter(parts(node)), None), ref))
        else:
            yield from _store_within(writer, node, ref)
    return value


def _store(writer: Writer, node: Node, ref: Ref, hidden: Hidden | None) -> None:
    name = writer.identifier(node)
    if hidden is not None:
        name, bound = name + hidden[0], hidden[1]
        bound.append(writer.identifier(node))
        writer.hide(bound[-1], name)
    writer.emit(Store(writer.place(node), name, ref))


def _elements(writer: Writer, node: Node, ref: Ref) -> list[tuple[Node | None, Ref]]:
    """Return each target of several with the element that it gets."""
    children = list(each(node))
    rest = next((position for position, child in enumerate(children) if child.kind_id in _SPLATS), None)
    found: list[tuple[Node | None, Ref]] = []
    for position, child in enumerate(children):
        found.append((child, element(writer, child, ref, position, len(children), rest)))
    return found


def element(writer: Writer, node: Node, ref: Ref, position: int, count: int, rest: int | None) -> Ref:
    """Emit the element of a value for target number ``position`` of ``count``, the rest being at ``rest``."""
    after = count - 1 - position
    if rest is None or position < rest:
        return writer.emit(Element(writer.place(node), ref, position))
    if position == rest:
        return writer.emit(Element(writer.place(node), ref, position, (position, after)))
    return writer.emit(Element(writer.place(node), ref, -1 - after))


def _store_within(writer: Writer, node: Node, ref: Ref) -> Steps:
    """Store to ``object.name`` or ``object[key]``; anything else is lowered for what it does."""
    if node.kind_id == _ATTRIBUTE:
        place = writer.place(node)
        obj = yield node.child_by_field_id(_OBJECT)
        named = node.child_by_field_id(_ATTRIBUTE_NAME)
        return writer.emit(StoreAttribute(place, obj, writer.identifier(named) if named else "", ref))
    if node.kind_id == _SUBSCRIPT:
        place = writer.place(node)
        obj = yield node.child_by_field_id(_VALUE)
        key = yield from key_of(writer, node)
        return writer.emit(StoreIndex(place, obj, key, ref))
    return (yield node)


def key_of(writer: Writer, node: Node) -> Steps:
    """Lower the key of a subscript that is stored to or deleted: a tuple if there is a comma."""
    children = parts(node)[1:]
    refs = yield from several(children)
    if len(refs) == 1 and not any(child.kind_id == _COMMA for child in node.children):
        return refs[0]
    return writer.emit(Sequence(writer.place(children[0] if children else node), "tuple", tuple(refs)))
