"""The grammar of Python as tree-sitter knows it: kinds and fields by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tree_sitter
import tree_sitter_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_WIDE = 4096

LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
COMMENTS = tree_sitter.Query(LANGUAGE, "(comment) @comment")


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
