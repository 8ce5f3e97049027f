"""Classes, and the enums and namespaces of TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import (
    Class,
    CodeKind,
    Const,
    Display,
    Function,
    Name,
    Opaque,
    Ref,
    Store,
    StoreAttribute,
    StoreIndex,
)
from assay.scanner.code.javascript import blocks
from assay.scanner.code.javascript.functions import method
from assay.scanner.code.javascript.grammar import each, first, word
from assay.scanner.code.javascript.scopes import Scanner, pattern_names_of
from assay.scanner.code.javascript.targets import key_of, static_key
from assay.scanner.code.writer import NOTHING, Draft, several

if TYPE_CHECKING:
    from collections.abc import Generator

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_FIELDS = frozenset({"field_definition", "public_field_definition"})
_IGNORED = frozenset({"method_signature", "abstract_method_signature", "index_signature", "decorator"})
FIELDS = "#fields"
"""The method of a class that sets the fields of its instances."""


def class_declaration(writer: Writer, node: Node) -> Steps:
    """Lower a class and the store of its name."""
    names = pattern_names_of(writer, node)
    place = writer.place(node)
    ref = yield from _class(writer, node, names[0] if names else "")
    return writer.declare(place, names[0], ref) if names else ref


def class_expression(writer: Writer, node: Node) -> Steps:
    """Lower a class that is a value; its own name is bound in it alone."""
    naming, writer.naming = writer.naming, ""
    names = pattern_names_of(writer, node)
    if not names:
        return (yield from _class(writer, node, naming))
    place = writer.place(node)
    bound = writer.enter_block(names)
    ref = yield from _class(writer, node, names[0])
    writer.declare(place, names[0], ref)
    writer.leave(bound)
    return ref


def _class(writer: Writer, node: Node, name: str) -> Steps:
    place = writer.place(node)
    around, writer.decorators = writer.decorators, []
    decorators = yield from _decorators([*around, *node.children_by_field_name("decorator")])
    bases: list[Ref] = []
    for child in each(node):
        if child.type == "class_heritage":
            bases += yield from _heritage(child)
    writer.begin(Draft(CodeKind.CLASS, name, place))
    body = node.child_by_field_name("body")
    if body is not None:
        yield from _body(writer, body)
    return writer.emit(Class(place, writer.end(), tuple(bases), (), decorators))


def _decorators(nodes: list[Node]) -> Generator[Node | None, Ref, tuple[Ref, ...]]:
    return tuple((yield from several(first(node) for node in nodes)))


def _heritage(node: Node) -> Generator[Node | None, Ref, list[Ref]]:
    """Lower what a class extends; what it implements are types."""
    bases: list[Node | None] = []
    for child in each(node):
        if child.type == "extends_clause":
            bases += child.children_by_field_name("value")
        elif child.type != "implements_clause":
            bases.append(child)
    return (yield from several(bases))


def _body(writer: Writer, body: Node) -> Steps:
    """Lower the members: methods and static fields are stored, fields of instances are collected in ``#fields``."""
    fields: list[Node] = []
    held: list[Node] = []
    for child in each(body):
        kind = child.type
        if kind == "method_definition":
            decorators = yield from _decorators([*held, *child.children_by_field_name("decorator")])
            place = writer.place(child)
            made = yield from method(writer, child, decorators)
            if made.key is None:
                kept = f"set {made.name}" if made.accessor == "set" else made.name
                writer.emit(Store(place, kept, made.function))
            else:
                writer.emit(Opaque(place, "computed_method", (made.key, made.function)))
        elif kind in _FIELDS:
            yield from _decorators([*held, *child.children_by_field_name("decorator")])
            if word(child, "static"):
                yield from _static_field(writer, child)
            elif not word(child, "declare"):
                fields.append(child)
        elif kind == "class_static_block":
            yield from _static_block(writer, child)
        elif kind not in _IGNORED:
            yield child
        held = [*held, child] if kind == "decorator" else []
    if fields:
        yield from _instance_fields(writer, body, fields)
    return NOTHING


def _field_key(node: Node) -> Node | None:
    return node.child_by_field_name("property") or node.child_by_field_name("name")


def _static_field(writer: Writer, node: Node) -> Steps:
    key = _field_key(node)
    name = static_key(writer, key) if key is not None else ""
    refs = []
    if name is None and key is not None:
        refs.append((yield first(key)))
    given = node.child_by_field_name("value")
    refs.append(writer.none(node) if given is None else (yield given))
    place = writer.place(node)
    if name is None:
        return writer.emit(Opaque(place, "computed_field", tuple(refs)))
    return writer.emit(Store(place, str(name), refs[-1]))


def _static_block(writer: Writer, node: Node) -> Steps:
    """Lower a static block; its variables stay its own."""
    body = node.child_by_field_name("body") or node
    scan = Scanner(writer, body).run()
    writer.scans.append(scan)
    bound = writer.enter_block([*scan.variables, *scan.lexical.pop(body.id, ())])
    targets, writer.targets = writer.targets, []
    yield from blocks.block(writer, body)
    writer.targets = targets
    blocks.end(writer, bound)
    return NOTHING


def _instance_fields(writer: Writer, body: Node, fields: list[Node]) -> Steps:
    place = writer.place(body)
    writer.begin(Draft(CodeKind.FUNCTION, FIELDS, place))
    for node in fields:
        key = _field_key(node)
        spot = writer.place(node)
        this = writer.emit(Name(spot, "this"))
        name = static_key(writer, key) if key is not None else ""
        ref = (yield from key_of(writer, key)) if name is None and key is not None else NOTHING
        given = node.child_by_field_name("value")
        value = writer.none(node) if given is None else (yield given)
        if name is None:
            writer.emit(StoreIndex(spot, this, ref, value))
        else:
            writer.emit(StoreAttribute(spot, this, str(name), value))
    return writer.emit(Store(place, FIELDS, writer.emit(Function(place, writer.end()))))


def enum(writer: Writer, node: Node) -> Steps:
    """Lower an enum as an object: a member without a value counts on from the one before."""
    place = writer.place(node)
    items: list[tuple[Ref | None, Ref]] = []
    body = node.child_by_field_name("body")
    following: int | float | None = 0
    for child in each(body) if body is not None else ():
        spot = writer.place(child)
        named = child.child_by_field_name("name") if child.type == "enum_assignment" else child
        key = (yield from key_of(writer, named)) if named is not None else NOTHING
        given = child.child_by_field_name("value") if child.type == "enum_assignment" else None
        if given is not None:
            value = yield given
            held = writer.draft.ops[value] if value >= 0 else None
            following = held.value if isinstance(held, Const) and isinstance(held.value, int | float) else None
        elif following is None:
            value = writer.emit(Opaque(spot, "enum_value", ()))
        else:
            value = writer.emit(Const(spot, following))
        following = None if following is None else following + 1
        if key >= 0:
            items.append((key, value))
    ref = writer.emit(Display(place, tuple(items)))
    names = pattern_names_of(writer, node)
    return writer.declare(place, names[0], ref) if names else ref


def namespace(writer: Writer, node: Node) -> Steps:
    """Lower a namespace: an object that its body, which runs where it stands, exports to."""
    names = pattern_names_of(writer, node)
    place = writer.place(node)
    if not names:
        return writer.emit(Opaque(place, "namespace", ()))
    ref = writer.emit(Display(place, ()))
    writer.declare(place, names[0], ref)
    body = node.child_by_field_name("body")
    if body is not None:
        exports, writer.exports = writer.exports, writer.resolve(names[0])
        yield body
        writer.exports = exports
    return ref
