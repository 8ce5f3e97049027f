"""The patterns of match statements: captures bind, and what is compared with is lowered but not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from assay.scanner.code.ir import Attribute, Index, Opaque, Ref, Store
from assay.scanner.code.python.grammar import COMMENT, CONTINUATION, field, kind, parts
from assay.scanner.code.python.targets import element

if TYPE_CHECKING:
    from assay.scanner.code.python.writer import Writer
    from assay.scanner.code.writer import Steps

_KEY = field("key")
_VALUE = field("value")
_COMMA = kind(",", False)
_CASE = kind("case_pattern")
_AS = kind("as_pattern")
_UNION = kind("union_pattern")
_TUPLE = kind("tuple_pattern")
_LIST = kind("list_pattern")
_SPLAT = kind("splat_pattern")
_DICT = kind("dict_pattern")
_CLASS = kind("class_pattern")
_KEYWORD = kind("keyword_pattern")
_DOTTED = kind("dotted_name")

Bound = list[tuple[Node, Ref]]
"""Patterns and the value that each is matched with."""


def bind(writer: Writer, patterns: list[Node], subject: Ref) -> Steps:
    """Bind the captures of the patterns of one case: several without parentheses are a sequence."""
    todo: Bound = [(patterns[0], subject)] if len(patterns) == 1 else _sequence(writer, patterns, subject)
    todo.reverse()
    while todo:
        node, ref = todo.pop()
        number = node.kind_id
        if number == _DICT:
            yield from _mapping(writer, node, ref, todo)
        elif number == _CLASS:
            yield from _instance(writer, node, ref, todo)
        elif not _bind_simple(writer, node, ref, todo):
            yield node
    return subject


def _bind_simple(writer: Writer, node: Node, ref: Ref, todo: Bound) -> bool:
    """Bind what needs no lowering, or add the parts of a pattern to ``todo``; False for a value to compare with."""
    number = node.kind_id
    children = parts(node)
    if number in (_CASE, _UNION):
        todo += [(child, ref) for child in reversed(children)]
    elif number == _AS and children:
        todo.append((children[0], ref))
        writer.emit(Store(writer.place(children[-1]), writer.identifier(children[-1]), ref))
    elif number in (_LIST, _TUPLE):
        grouped = number == _TUPLE and not any(child.kind_id == _COMMA for child in node.children)
        inner = [(child, ref) for child in children] if grouped else _sequence(writer, children, ref)
        todo += reversed(inner)
    elif number == _SPLAT:
        for child in children:
            writer.emit(Store(writer.place(child), writer.identifier(child), ref))
    elif number == _DOTTED and len(children) == 1:
        writer.emit(Store(writer.place(node), writer.identifier(children[0]), ref))
    else:
        return False
    return True


def _sequence(writer: Writer, patterns: list[Node], ref: Ref) -> Bound:
    """Return the patterns of a sequence, each with its element."""
    rest = next((position for position, node in enumerate(patterns) if _is_rest(node)), None)
    count = len(patterns)
    return [(node, element(writer, node, ref, at, count, rest)) for at, node in enumerate(patterns)]


def _is_rest(node: Node) -> bool:
    inner = next(iter(parts(node)), None) if node.kind_id == _CASE else node
    return inner is not None and inner.kind_id == _SPLAT


def _mapping(writer: Writer, node: Node, ref: Ref, todo: Bound) -> Steps:
    """Match the values of a mapping's keys; ``**rest`` is not known."""
    found: Bound = []
    keys = node.children_by_field_id(_KEY)
    values = node.children_by_field_id(_VALUE)
    signs = [child for child in keys if not child.is_named]  # the minus of a negative number is a child of its own
    for key, value in zip((child for child in keys if child not in signs), values, strict=False):
        place = writer.place(key)
        found.append((value, writer.emit(Index(place, ref, (yield key)))))
    for child in parts(node):
        if child.kind_id == _SPLAT:
            found.append((child, writer.emit(Opaque(writer.place(child), "rest", (ref,)))))
    todo += reversed(found)
    return ref


def _instance(writer: Writer, node: Node, ref: Ref, todo: Bound) -> Steps:
    """Match the attributes of an instance; which attribute a pattern without a name reads is not known."""
    found: Bound = []
    children = [child for child in node.named_children if child.kind_id not in (COMMENT, CONTINUATION)]
    for position, child in enumerate(children):
        inner = next(iter(parts(child)), child)
        if position == 0:
            yield child
        elif inner.kind_id == _KEYWORD and len(parts(inner)) > 1:
            name, pattern = parts(inner)[0], parts(inner)[-1]
            found.append((pattern, writer.emit(Attribute(writer.place(name), ref, writer.identifier(name)))))
        else:
            found.append((child, writer.emit(Opaque(writer.place(child), "match_argument", (ref,)))))
    todo += reversed(found)
    return ref
