"""The grammars of JavaScript, TypeScript and TSX as tree-sitter knows them.

The three number their kinds and fields differently, so that nodes are told apart by the names of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_WIDE = 4096
COMMENTS = frozenset({"comment", "html_comment"})
EXTRAS = frozenset({"comment", "html_comment", "ERROR"})
"""Nodes that may stand anywhere in another and are not one of its parts."""


class Grammar(NamedTuple):
    """A language of tree-sitter, its name in units, and the query for its comments."""

    name: str
    language: tree_sitter.Language
    comments: tree_sitter.Query


def _grammar(name: str, language: tree_sitter.Language) -> Grammar:
    return Grammar(name, language, tree_sitter.Query(language, "[(comment) (html_comment)] @comment"))


JAVASCRIPT = _grammar("javascript", tree_sitter.Language(tree_sitter_javascript.language()))
TYPESCRIPT = _grammar("typescript", tree_sitter.Language(tree_sitter_typescript.language_typescript()))
TSX = _grammar("typescript", tree_sitter.Language(tree_sitter_typescript.language_tsx()))


def grammar_of(path: str) -> Grammar:
    """Return the grammar for a path, by its ending; JavaScript for what has none of TypeScript's."""
    lowered = path.lower()
    if lowered.endswith((".ts", ".mts", ".cts")):
        return TYPESCRIPT
    return TSX if lowered.endswith(".tsx") else JAVASCRIPT


def parts(node: Node) -> list[Node]:
    """Return the named children of a node without comments and what is broken; None of them is wide."""
    return [child for child in node.named_children if child.type not in EXTRAS]


def first(node: Node) -> Node | None:
    """Return the first named child that is no comment."""
    child = node.named_child(0) if node.named_child_count else None
    if child is None or child.type not in EXTRAS:
        return child
    return next(iter(parts(node)), None)


def children(node: Node) -> Iterator[Node]:
    """Go through all children, signs and comments too, without holding all of a wide node at once."""
    if node.child_count < _WIDE:
        yield from node.children
        return
    cursor = node.walk()
    more = cursor.goto_first_child()
    while more:
        child = cursor.node
        if child is not None:
            yield child
        more = cursor.goto_next_sibling()


def each(node: Node) -> Iterator[Node]:
    """Go through the named children, broken ones included, without holding all of a wide node at once."""
    if node.child_count < _WIDE:
        return (child for child in node.named_children if child.type not in COMMENTS)
    return (child for child in children(node) if child.is_named and child.type not in COMMENTS)


def word(node: Node, spelling: str) -> bool:
    """Say whether a keyword or sign stands among the children of a node: ``async``, ``static``, ``*``."""
    return any(child.type == spelling for child in node.children)
