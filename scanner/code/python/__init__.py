"""The front end for Python 2 and 3: source bytes to the intermediate form, whole or broken, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Defect, Import, Store, Unit
from assay.scanner.code.python.grammar import COMMENTS, LANGUAGE
from assay.scanner.code.python.source import read
from assay.scanner.code.python.walk import MAX_NODES, walk
from assay.scanner.code.python.writer import Writer
from assay.scanner.code.syntax import broken, comments, parse, place_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.python.source import Source

__all__ = ["lower", "lower_source"]


def lower(data: bytes, path: str) -> Unit:  # the signature that all front ends share
    """Return the intermediate form of a Python file.

    Never raises: what cannot be read is a ``Defect``, with reason "encoding" (bytes that are not in the encoding that
    the file names), "too-large" (``MAX_BYTES``; the first of them were read), "node-budget" (``MAX_STEPS`` of parsing
    or ``MAX_NODES``; what precedes was lowered) or "" (a syntax error; what is around it was lowered).
    """
    return lower_source(read(data))


def lower_source(source: Source, bound: Iterable[str] = ()) -> Unit:
    """Return the intermediate form of text that was read; ``bound`` are modules that it finds imported already."""
    tree, end = parse(LANGUAGE, source.projection)
    root = tree.root_node
    defects = list(source.defects)
    if end is not None:
        defects.append(Defect(place_at(source.text, end), "node-budget", f"parsed up to character {end}"))
    writer = Writer(source.text, root.has_error)
    if root.has_error:
        for node, is_missing in broken(tree):
            detail = f"missing {node.type}" if is_missing else "does not parse"
            defects.append(Defect(writer.place(node), "", detail))
    for module in bound:
        writer.emit(Store(writer.here, module, writer.emit(Import(writer.here, module, top=True))))
    if not walk(writer, root):
        defects.append(Defect(writer.here, "node-budget", f"more than {MAX_NODES} nodes; the rest was not lowered"))
    found = comments(tree, COMMENTS, ("comment",)) if b"#" in source.projection else []
    kept = tuple((writer.place(node), writer.written(node)) for node in found)
    return Unit("python", writer.end_all(), kept, tuple(defects))
