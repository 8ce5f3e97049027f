"""Parsing with tree-sitter, whatever the language: within bounds, and what is broken or a comment in a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import tree_sitter
from tree_sitter import Node, Tree

from assay.scanner.code.ir import Place

if TYPE_CHECKING:
    from collections.abc import Container

MAX_STEPS = 30_000
"""Reports of progress (one for each 100 actions of the parser) after which no more of a file is parsed.

A step makes some 35 nodes of ordinary source and some 20 of a long list; a node takes about 200 bytes.
"""

_CHUNK = 1 << 14
_MAX_DEFECTS = 50


class Parsed(NamedTuple):
    """A syntax tree; ``end`` is how many bytes of the source it covers if the steps ran out, else None."""

    tree: Tree
    end: int | None


def parse(language: tree_sitter.Language, projection: bytes) -> Parsed:
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

    tree = tree_sitter.Parser(language).parse(read, progress_callback=count)
    return Parsed(tree, end)


def place_at(text: str, offset: int) -> Place:
    """Return the place of a character of a text."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def comments(tree: Tree, query: tree_sitter.Query, kinds: Container[str]) -> list[Node]:
    """Return all nodes of the kinds, which ``query`` captures as "comment", in the order in which they stand.

    By the query, the fastest way, unless something is broken: a query takes quadratic time over a wide broken node.
    """
    if not tree.root_node.has_error:
        found = tree_sitter.QueryCursor(query).captures(tree.root_node).get("comment", [])
        return sorted(found, key=lambda node: node.start_byte)
    found = []
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None and node.type in kinds:
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
