"""Operations under construction: the codes that are open while a tree is walked. Both front ends write through it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.scanner.code.ir import Branch, Class, Code, CodeKind, Const, Function, Loop, Op, Parameter, Place, Ref

if TYPE_CHECKING:
    from tree_sitter import Node

Steps = Generator["Node | None", Ref, Ref]
"""The lowering of a node: yields the nodes that it needs, is sent the result of each, returns its own."""


def several(nodes: Iterable[Node | None]) -> Generator[Node | None, Ref, list[Ref]]:
    """Have each node lowered; returns the results."""
    refs: list[Ref] = []
    for node in nodes:
        refs.append((yield node))  # noqa: PERF401  # a comprehension cannot yield
    return refs


NOTHING: Ref = -1
"""What a statement results in."""


@dataclass(slots=True)
class Draft:
    """A ``Code`` that is being written. ``regions`` are the places of its open ``Branch`` and ``Loop`` operations."""

    kind: CodeKind
    name: str
    place: Place
    ops: list[Op] = field(default_factory=list)
    children: list[Code] = field(default_factory=list)
    parameters: tuple[Parameter, ...] = ()
    outer: dict[str, str] = field(default_factory=dict)
    regions: list[Ref] = field(default_factory=list)
    is_async: bool = False
    is_generator: bool = False
    arrow: bool = False

    def finish(self) -> Code:
        """Return the code; regions that are still open end here."""
        while self.regions:
            close(self, self.regions[-1])
        return Code(
            self.kind,
            self.name,
            self.place,
            tuple(self.ops),
            tuple(self.children),
            self.parameters,
            tuple(self.outer.items()),
            self.is_async,
            self.is_generator,
            self.arrow,
        )


def close(draft: Draft, region: Ref) -> None:
    """End a region, and those opened in it, after the last operation."""
    while draft.regions and draft.regions[-1] >= region:
        start = draft.regions.pop()
        op = draft.ops[start]
        if isinstance(op, Branch):
            draft.ops[start] = Branch(op.place, len(draft.ops), op.kind, op.test)
        elif isinstance(op, Loop):
            draft.ops[start] = Loop(op.place, len(draft.ops), op.over, op.collects)


class Writer:
    """Writes operations into the innermost open code.

    ``text`` is the source, one character for each byte that the grammar saw. ``lowered`` are the broken nodes that were
    reached on the way, by id; None if the file has none.
    """

    def __init__(self, text: str, broken: bool) -> None:
        self.text = text
        self.drafts = [Draft(CodeKind.MODULE, "", Place(1, 1))]
        self.draft = self.drafts[0]
        self.lowered: set[int] | None = set() if broken else None
        self.here = Place(1, 1)

    def emit(self, op: Op) -> Ref:
        """Add an operation; returns its place."""
        ops = self.draft.ops
        ops.append(op)
        return len(ops) - 1

    def open(self, op: Branch | Loop) -> Ref:
        """Begin a region with its operation, whose ``end`` is set when it is closed."""
        region = self.emit(op)
        self.draft.regions.append(region)
        return region

    def branch(self, node: Node, kind: str, test: Ref | None = None) -> Ref:
        """Begin a ``Branch``."""
        return self.open(Branch(self.place(node), 0, kind, test))

    def close(self, region: Ref) -> None:
        """End a region after the last operation."""
        close(self.draft, region)

    def begin(self, draft: Draft) -> None:
        """Begin a function or class body; what is emitted goes there until ``end``."""
        self.drafts.append(draft)
        self.draft = draft

    def end(self) -> int:
        """End the innermost body; returns its place among the children of the code around it."""
        code = self.drafts.pop().finish()
        self.draft = self.drafts[-1]
        self.draft.children.append(code)
        return len(self.draft.children) - 1

    def end_all(self) -> Code:
        """End every open body where it stands, so that nothing that was lowered is lost; returns the module."""
        while len(self.drafts) > 1:
            inner = self.draft
            number = self.end()
            is_class = inner.kind is CodeKind.CLASS
            self.emit(Class(inner.place, number) if is_class else Function(inner.place, number))
        return self.draft.finish()

    def place(self, node: Node) -> Place:
        """Return where a node begins."""
        row, column = node.start_point
        self.here = found = Place(row + 1, column + 1)
        return found

    def written(self, node: Node) -> str:
        """Return the text of a node."""
        return self.text[node.start_byte : node.end_byte]

    def none(self, node: Node) -> Ref:
        """Emit None, for a value that is left out."""
        return self.emit(Const(self.place(node), None))
