"""The grammar of Python as tree-sitter knows it: kinds and fields by number, and parsing within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import tree_sitter
import tree_sitter_python
from tree_sitter import Node, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_STEPS = 30_000
"""Reports of progress (one for each 100 actions of the parser) after which no more of a file is parsed.

A step makes some 35 nodes of ordinary source and some 20 of a long list; a node takes about 200 bytes.
"""

_CHUNK = 1 << 14
_WIDE = 4096
_MAX_DEFECTS = 50

LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_COMMENTS = tree_sitter.Query(LANGUAGE, "(comment) @comment")


def kind(name: str, named: bool = True) -> int:
    """Return the number of a kind of node; KeyError for a kind that this version of the grammar does not have."""
    number = LANGUAGE.id_for_node_kind(name, named)
    if number is None:
        raise KeyError(name)
    return number


def field(name: str) -> int:
    """Return the number of a field; KeyError for one that this version of the grammar does not have."""
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        raise KeyError(name)
    return number


ERROR = 0xFFFF
COMMENT = kind("comment")
CONTINUATION = kind("line_continuation")
EXTRAS = frozenset({COMMENT, CONTINUATION, ERROR})
"""Nodes that may stand anywhere in another and are not one of its parts."""


class Parsed(NamedTuple):
    """A syntax tree; ``end`` is how many bytes of the source it covers if the steps ran out, else None."""

    tree: Tree
    end: int | None


def parse(projection: bytes) -> Parsed:
    """Parse up to ``MAX_STEPS``; what was not parsed by then is as if the file ended there."""
    steps = 0
    end: int | None = None

    def read(offset: int, _point: object) -> bytes:
        nonlocal end
        if end is None and steps > MAX_STEPS and offset < len(projection):
            end = offset
        return projection[offset : offset + _CHUNK] if end is None else projection[offset : min(end, offset + _CHUNK)]

    def count(_offset: int, _broken: bool) -> bool:
        nonlocal steps
        steps += 1
        return False

    tree = tree_sitter.Parser(LANGUAGE).parse(read, progress_callback=count)
    return Parsed(tree, end)


def parts(node: Node) -> list[Node]:
    """Return the named children of a node without comments and what is broken; None of them is wide."""
    return [child for child in node.named_children if child.kind_id not in EXTRAS]


def each(node: Node) -> Iterator[Node]:
    """Go through the named children, broken ones included, without holding all of a wide node at once."""
    if node.child_count < _WIDE:
        yield from (child for child in node.named_children if child.kind_id not in (COMMENT, CONTINUATION))
        return
    cursor = node.walk()
    more = cursor.goto_first_child()
    while more:
        child = cursor.node
        if child is not None and child.is_named and child.kind_id not in (COMMENT, CONTINUATION):
            yield child
        more = cursor.goto_next_sibling()


def comments(tree: Tree) -> list[Node]:
    """Return all comments in the order in which they stand.

    By a query, the fastest way, unless something is broken: a query takes quadratic time over a wide broken node.
    """
    if not tree.root_node.has_error:
        found = tree_sitter.QueryCursor(_COMMENTS).captures(tree.root_node).get("comment", [])
        return sorted(found, key=lambda node: node.start_byte)
    found = []
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None and node.kind_id == COMMENT:
            found.append(node)
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found


def broken(tree: Tree) -> list[tuple[Node, bool]]:
    """Return the first places where the text does not fit the grammar, and whether something is missing there.

    A walk of its own: a query for errors takes quadratic time over a wide broken node.
    """
    found: list[tuple[Node, bool]] = []
    cursor = tree.walk()
    while len(found) < _MAX_DEFECTS:
        node = cursor.node
        if node is not None and (node.is_error or node.is_missing):
            found.append((node, node.is_missing))
        elif node is not None and node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
    return found
