"""What is assigned to: names, properties, elements, and values that are taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import (
    Attribute,
    Const,
    Either,
    Element,
    Index,
    Name,
    Opaque,
    Ref,
    StoreAttribute,
    StoreIndex,
)
from assay.scanner.code.javascript.grammar import COMMENTS, each, first
from assay.scanner.code.javascript.literals import number, string

if TYPE_CHECKING:
    from collections.abc import Generator

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_SHORTHANDS = frozenset({"shorthand_property_identifier_pattern", "shorthand_property_identifier"})
_NAMES = frozenset({"identifier", "undefined"})
_WRAPPERS = frozenset({"parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression"})
_ARRAYS = frozenset({"array_pattern", "array"})
_OBJECTS = frozenset({"object_pattern", "object"})
_PAIRS = frozenset({"pair_pattern", "pair"})
_RESTS = frozenset({"rest_pattern", "spread_element"})
_DEFAULTS = frozenset({"assignment_pattern", "assignment_expression", "object_assignment_pattern"})
_MEMBERS = frozenset({"member_expression", "subscript_expression"})


class Target(NamedTuple):
    """A place to store to whose parts are evaluated: a variable, ``object.name``, or ``object[key]``, its name ""."""

    node: Node
    name: str = ""
    object: Ref | None = None
    key: Ref | None = None


def unwrapped(node: Node | None) -> Node | None:
    """Return what stands between parentheses or under a type."""
    while node is not None and node.type in _WRAPPERS:
        node = first(node)
    return node


def target_of(writer: Writer, node: Node | None) -> Generator[Node | None, Ref, Target | None]:
    """Evaluate the parts of a simple target; None for a pattern and for what cannot be assigned to."""
    node = unwrapped(node)
    if node is None:
        return None
    kind = node.type
    if kind in _NAMES:
        return Target(node, writer.spelling(node))
    if kind == "member_expression":
        obj = yield node.child_by_field_name("object")
        named = node.child_by_field_name("property")
        return Target(node, writer.spelling(named) if named else "", obj)
    if kind == "subscript_expression":
        obj = yield node.child_by_field_name("object")
        key = yield node.child_by_field_name("index")
        return Target(node, "", obj, key)
    return None


def read(writer: Writer, target: Target) -> Ref:
    """Emit the value that a target has."""
    place = writer.place(target.node)
    if target.object is None:
        return writer.emit(Name(place, writer.resolve(target.name)))
    if target.key is None:
        return writer.emit(Attribute(place, target.object, target.name))
    return writer.emit(Index(place, target.object, target.key))


def write(writer: Writer, target: Target, value: Ref) -> None:
    """Emit the store of a value to a target."""
    place = writer.place(target.node)
    if target.object is None:
        writer.store(place, target.name, value)
    elif target.key is None:
        writer.emit(StoreAttribute(place, target.object, target.name, value))
    else:
        writer.emit(StoreIndex(place, target.object, target.key, value))


def assign(writer: Writer, pattern: Node | None, value: Ref, declares: bool = False) -> Steps:
    """Store a value to a target or a pattern, from left to right; ``declares`` for a declaration."""
    todo: list[tuple[Node | None, Ref]] = [(pattern, value)]
    while todo:
        node, ref = todo.pop()
        node = unwrapped(node)
        if node is None:
            continue
        kind = node.type
        if kind in _NAMES:
            _bind(writer, node, ref, declares)
        elif kind in _ARRAYS:
            todo += reversed(_elements(writer, node, ref))
        elif kind in _OBJECTS:
            todo += [(child, ref) for child in reversed(list(each(node)))]
        elif kind in _MEMBERS:
            target = yield from target_of(writer, node)
            if target is not None:
                write(writer, target, ref)
        else:
            todo.append((yield from _part(writer, node, ref, declares)))
    return value


def _bind(writer: Writer, node: Node, ref: Ref, declares: bool) -> None:
    place = writer.place(node)
    (writer.declare if declares else writer.store)(place, writer.spelling(node), ref)


def _part(writer: Writer, node: Node, ref: Ref, declares: bool) -> Generator[Node | None, Ref, tuple[Node | None, Ref]]:
    """Take one part of an object, or a default, off a value; returns what it is assigned to, and the part."""
    kind = node.type
    place = writer.place(node)
    if kind in _SHORTHANDS:
        _bind(writer, node, writer.emit(Attribute(place, ref, writer.spelling(node))), declares)
        return None, ref
    if kind in _PAIRS:
        return node.child_by_field_name("value"), (yield from _property(writer, node.child_by_field_name("key"), ref))
    if kind in _RESTS:
        return first(node), writer.emit(Opaque(place, "object_rest", (ref,)))
    if kind in _DEFAULTS:
        left = node.child_by_field_name("left")
        if left is not None and left.type in _SHORTHANDS:
            given = writer.emit(Attribute(place, ref, writer.spelling(left)))
            _bind(writer, left, (yield from default(writer, node, given)), declares)
            return None, ref
        return left, (yield from default(writer, node, ref))
    yield node
    return None, ref


def default(writer: Writer, node: Node, ref: Ref, field: str = "right") -> Steps:
    """Lower the value that stands in for undefined."""
    value = yield node.child_by_field_name(field)
    return writer.emit(Either(writer.place(node), (ref, value), "default"))


def _elements(writer: Writer, node: Node, ref: Ref) -> list[tuple[Node | None, Ref]]:
    """Return each target of an array pattern with the element that it gets."""
    found: list[tuple[Node | None, Ref]] = []
    position = 0
    for child in node.children:
        if child.type == ",":
            position += 1
        elif child.type in _RESTS:
            found.append((first(child), writer.emit(Element(writer.place(child), ref, position, (position, 0)))))
        elif child.is_named and child.type not in COMMENTS:
            found.append((child, writer.emit(Element(writer.place(child), ref, position))))
    return found


def _property(writer: Writer, key: Node | None, ref: Ref) -> Steps:
    """Read a property of a value by the key of an object pattern."""
    if key is None:
        return ref
    place = writer.place(key)
    name = static_key(writer, key)
    if isinstance(name, str):
        return writer.emit(Attribute(place, ref, name))
    return writer.emit(Index(place, ref, (yield from key_of(writer, key))))


def static_key(writer: Writer, node: Node) -> str | int | float | None:
    """Return the key of a property or member as it is written; None for one that is computed."""
    kind = node.type
    if kind == "string":
        return string(writer.written(node))
    if kind == "number":
        return number(writer.written(node))
    return None if kind == "computed_property_name" else writer.spelling(node)


def key_of(writer: Writer, node: Node) -> Steps:
    """Lower the key of a property or member."""
    name = static_key(writer, node)
    if name is None:
        return (yield first(node))
    return writer.emit(Const(writer.place(node), name))
