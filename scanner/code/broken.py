"""The lowering of what does not fit a grammar, and of what has no operation of its own: its parts, held together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.scanner.code.ir import Opaque
from assay.scanner.code.writer import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from assay.scanner.code.ir import Ref
    from assay.scanner.code.writer import Steps, Writer


@dataclass(frozen=True, slots=True)
class Broken:
    """How a language lowers it: ``each`` gives the named children of a node, ``block`` is the type of its blocks."""

    each: Callable[[Node], Iterator[Node]]
    block: str

    def strays(self, writer: Writer, statement: Node) -> Steps:
        """Lower the broken nodes of a statement that its lowering did not meet; blocks look after their own."""
        todo = [statement]
        while todo:
            node = todo.pop()
            if node.is_error:
                if writer.lowered is not None and node.id not in writer.lowered:
                    yield node
            elif node.type != self.block or node is statement:
                todo += [child for child in reversed(node.children) if child.has_error]
        return NOTHING

    def error(self, writer: Writer, node: Node) -> Steps:
        """Lower the parts of what does not fit the grammar."""
        if writer.lowered is not None:
            writer.lowered.add(node.id)
        return (yield from self._together(writer, node, "ERROR", strays=True))

    def opaque(self, writer: Writer, node: Node) -> Steps:
        """Lower a node that has no operation of its own: its parts, held together."""
        return (yield from self._together(writer, node, node.type, strays=False))

    def _together(self, writer: Writer, node: Node, kind: str, *, strays: bool) -> Steps:
        place = writer.place(node)
        refs: list[Ref] = []
        for child in self.each(node):
            ref = yield child
            if ref >= 0:
                refs.append(ref)
            if strays and not child.is_error and child.has_error:
                yield from self.strays(writer, child)
        return writer.emit(Opaque(place, kind, tuple(refs)))
