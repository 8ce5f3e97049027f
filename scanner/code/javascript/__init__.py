"""The front end for JavaScript and TypeScript: source bytes to the intermediate form, within bounds."""

from __future__ import annotations

from assay.scanner.code.ir import Defect, Place, Unit
from assay.scanner.code.javascript.grammar import COMMENTS, grammar_of
from assay.scanner.code.javascript.source import read
from assay.scanner.code.javascript.walk import MAX_NODES, walk
from assay.scanner.code.javascript.writer import Writer
from assay.scanner.code.syntax import broken, comments, parse

__all__ = ["lower"]


def lower(data: bytes, path: str) -> Unit:
    """Return the intermediate form of a JavaScript or TypeScript file; its ending says which.

    Never raises: what cannot be read is a ``Defect``, with reason "encoding" (UTF-16, which Node does not run),
    "too-large" (``MAX_BYTES``; the first of them were read), "node-budget" (``MAX_STEPS`` of parsing or ``MAX_NODES``;
    what precedes was lowered) or "" (a syntax error; what is around it was lowered).
    """
    source = read(data)
    grammar = grammar_of(path)
    tree, end = parse(grammar.language, source.projection)
    root = tree.root_node
    defects = list(source.defects)
    if end is not None:
        defects.append(Defect(_place(source.text, end), "node-budget", f"parsed up to character {end}"))
    writer = Writer(source.text, root.has_error)
    if root.has_error:
        for node, is_missing in broken(tree):
            detail = f"missing {node.type}" if is_missing else "does not parse"
            defects.append(Defect(writer.place(node), "", detail))
    if not walk(writer, root):
        defects.append(Defect(writer.here, "node-budget", f"more than {MAX_NODES} nodes; the rest was not lowered"))
    has_comments = any(mark in source.projection for mark in (b"//", b"/*", b"<!--", b"-->"))
    found = comments(tree, grammar.comments, COMMENTS) if has_comments else []
    kept = tuple((writer.place(node), writer.written(node)) for node in found)
    return Unit(grammar.name, writer.end_all(), kept, tuple(defects))


def _place(text: str, offset: int) -> Place:
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
