"""Lists, tuples, sets, dicts, and the comprehensions that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Display, Element, Loop, Ref, Sequence, Yield
from assay.scanner.code.python.grammar import EXTRAS, each, field, kind, parts
from assay.scanner.code.python.targets import assign
from assay.scanner.code.writer import Steps, several
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

_KEY = field("key")
_VALUE = field("value")
_LEFT = field("left")
_RIGHT = field("right")
_BODY = field("body")
_DICTIONARY_SPLAT = kind("dictionary_splat")
_PAREN = kind("parenthesized_expression")
_PAIR = kind("pair")
_FOR = kind("for_in_clause")
_IF = kind("if_clause")

_STAR = lazy(r"[(\s]*+\*")
_COLLECTS = {
    kind("list_comprehension"): "list",
    kind("set_comprehension"): "set",
    kind("dictionary_comprehension"): "dict",
    kind("generator_expression"): "generator",
}


def is_spread(writer: Writer, node: Node) -> bool:
    """Say whether the elements of a value are meant: a star begins it, wherever the grammar puts that.

    ``*a.b(c)`` is to the grammar a call of ``*a.b``, and ``(*a)`` may be in parentheses.
    """
    return writer.text[node.start_byte] == "*" or (
        node.kind_id == _PAREN and _STAR.match(writer.text, node.start_byte) is not None
    )


def sequence(kind_name: str, writer: Writer, node: Node) -> Steps:
    """Lower a list, tuple or set display."""
    place = writer.place(node)
    refs: list[Ref] = []
    spreads: list[int] = []
    for child in each(node):
        if is_spread(writer, child):
            spreads.append(len(refs))
        refs.append((yield child))
    return writer.emit(Sequence(place, kind_name, tuple(refs), tuple(spreads)))


def list_(writer: Writer, node: Node) -> Steps:
    """Lower ``[a, *b]``."""
    return sequence("list", writer, node)


def tuple_(writer: Writer, node: Node) -> Steps:
    """Lower ``(a, b)`` and a tuple without parentheses."""
    return sequence("tuple", writer, node)


def set_(writer: Writer, node: Node) -> Steps:
    """Lower ``{a, b}``."""
    return sequence("set", writer, node)


def splat(_writer: Writer, node: Node) -> Steps:
    """Lower ``*x`` to x: what it stands in says that it is spread."""
    return (yield next(iter(parts(node)), None))


def dictionary(writer: Writer, node: Node) -> Steps:
    """Lower ``{a: b, **c}``."""
    place = writer.place(node)
    items: list[tuple[Ref | None, Ref]] = []
    for child in each(node):
        if child.kind_id == _PAIR:
            key = yield child.child_by_field_id(_KEY)
            items.append((key, (yield child.child_by_field_id(_VALUE))))
        elif child.kind_id == _DICTIONARY_SPLAT:
            items.append((None, (yield next(iter(parts(child)), None))))
        else:
            yield child
    return writer.emit(Display(place, tuple(items)))


def comprehension(writer: Writer, node: Node) -> Steps:
    """Lower a comprehension: loops in one another, conditions as branches, a ``Yield`` in the innermost.

    Its targets live in it alone (Python 3): they are stored and read as ``name@place of the loop``.
    """
    place = writer.place(node)
    outermost: Ref | None = None
    bound: list[str] = []
    for clause in parts(node):
        if clause.kind_id == _FOR:
            over = yield from _iterable(writer, clause)
            collects = _COLLECTS[node.kind_id] if outermost is None else ""
            loop = writer.open(Loop(place if outermost is None else writer.place(clause), 0, over, collects))
            outermost = loop if outermost is None else outermost
            element = writer.emit(Element(writer.place(clause), loop, 0))
            yield from assign(writer, clause.child_by_field_id(_LEFT), element, (f"@{outermost}", bound))
        elif clause.kind_id == _IF:
            test = yield next(iter(parts(clause)), None)
            writer.branch(clause, "if", test)
    body = node.child_by_field_id(_BODY)
    key: Ref | None = None
    if body is not None and body.kind_id == _PAIR:
        key = yield body.child_by_field_id(_KEY)
        body = body.child_by_field_id(_VALUE)
    value = yield body
    result = writer.emit(Yield(place, value, outermost, key))
    writer.show(bound)
    if outermost is None:
        return result
    writer.close(outermost)
    return outermost


def _iterable(writer: Writer, clause: Node) -> Steps:
    rights = clause.children_by_field_id(_RIGHT)
    values = [child for child in rights if child.is_named and child.kind_id not in EXTRAS]
    refs = yield from several(values)
    if len(refs) == 1:
        return refs[0]
    return writer.emit(Sequence(writer.place(clause), "tuple", tuple(refs)))
