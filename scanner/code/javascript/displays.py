"""Arrays, objects and JSX."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from assay.scanner.code.ir import Argument, Call, Const, Display, Name, Ref, Sequence
from assay.scanner.code.javascript.functions import method
from assay.scanner.code.javascript.grammar import COMMENTS, children, each, first, parts
from assay.scanner.code.javascript.targets import key_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

Items = list[tuple[Ref | None, Ref]]


def array(writer: Writer, node: Node) -> Steps:
    """Lower ``[a, , ...b]``; a hole is undefined."""
    place = writer.place(node)
    refs: list[Ref] = []
    spreads: list[int] = []
    is_open = True
    for child in children(node):
        kind = child.type
        if kind == ",":
            if is_open:
                refs.append(writer.none(child))
            is_open = True
        elif child.is_named and kind not in COMMENTS:
            is_open = False
            if kind == "spread_element":
                spreads.append(len(refs))
                refs.append((yield first(child)))
            else:
                refs.append((yield child))
    return writer.emit(Sequence(place, "list", tuple(refs), tuple(spreads)))


def object_(writer: Writer, node: Node) -> Steps:
    """Lower ``{a, b: 1, [c]: 2, ...d, m() {}, get x() {}}``."""
    place = writer.place(node)
    items: Items = []
    for child in each(node):
        kind = child.type
        if kind == "pair":
            key = child.child_by_field_name("key")
            ref = (yield from key_of(writer, key)) if key is not None else None
            name = writer.spelling(key) if key is not None and key.type == "property_identifier" else ""
            items.append((ref, (yield writer.name(child.child_by_field_name("value"), name))))
        elif kind == "shorthand_property_identifier":
            name = writer.spelling(child)
            spot = writer.place(child)
            ref = writer.emit(Const(spot, name))
            items.append((ref, writer.emit(Name(spot, writer.resolve(name)))))
        elif kind == "spread_element":
            items.append((None, (yield first(child))))
        elif kind == "method_definition":
            made = yield from method(writer, child)
            ref = writer.emit(Const(writer.place(child), made.name)) if made.key is None else made.key
            items.append((ref, made.function))
        else:
            yield child
    return writer.emit(Display(place, tuple(items)))


def jsx_element(writer: Writer, node: Node) -> Steps:
    """Lower an element of JSX as a call: its tag, its attributes as an object, its children."""
    place = writer.place(node)
    function = writer.emit(Name(place, "JSX"))
    opening = node.child_by_field_name("open_tag") or node
    refs = [(yield from _tag(writer, opening)), (yield from _attributes(writer, opening))]
    for child in each(node) if opening is not node else ():
        kind = child.type
        if kind in ("jsx_text", "html_character_reference"):
            shown = html.unescape(writer.written(child)).strip()
            if shown:
                refs.append(writer.emit(Const(writer.place(child), shown)))
        elif kind == "jsx_expression":
            inner = first(child)
            if inner is not None:
                refs.append((yield first(inner) if inner.type == "spread_element" else inner))
        elif kind not in ("jsx_opening_element", "jsx_closing_element"):
            refs.append((yield child))
    return writer.emit(Call(place, function, tuple(Argument(ref) for ref in refs)))


def _tag(writer: Writer, node: Node) -> Steps:
    """Lower a tag: text for one of HTML, "" for a fragment, else the component."""
    name = node.child_by_field_name("name")
    written = writer.written(name) if name is not None else ""
    if name is None or name.type == "jsx_namespace_name" or (name.type == "identifier" and not written[0].isupper()):
        return writer.emit(Const(writer.place(name or node), written))
    return (yield name)


def _attributes(writer: Writer, node: Node) -> Steps:
    place = writer.place(node)
    items: Items = []
    for child in node.children_by_field_name("attribute"):
        inner = parts(child)
        if child.type == "jsx_attribute" and inner:
            key = writer.emit(Const(writer.place(child), writer.written(inner[0])))
            items.append((key, (yield from _attribute_value(writer, inner))))
        elif inner and inner[0].type == "spread_element":
            items.append((None, (yield first(inner[0]))))
        else:
            yield child
    return writer.emit(Display(place, tuple(items)))


def _attribute_value(writer: Writer, inner: list[Node]) -> Steps:
    if len(inner) < 2:
        return writer.emit(Const(writer.here, True))
    value = inner[1]
    if value.type == "string":
        return writer.emit(Const(writer.place(value), html.unescape(writer.written(value)[1:-1])))
    return (yield first(value) if value.type == "jsx_expression" else value)
