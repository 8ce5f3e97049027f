"""Blocks of statements: what they declare, what is hoisted, and what is broken in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.broken import Broken
from assay.scanner.code.ir import Const, Store
from assay.scanner.code.javascript.grammar import each
from assay.scanner.code.javascript.scopes import Scanner
from assay.scanner.code.writer import NOTHING, several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Scan, Writer
    from assay.scanner.code.writer import Steps


BROKEN = Broken(each, "statement_block")


def begin(writer: Writer, body: Node, parameters: Iterable[str] = ()) -> list[str]:
    """Bind what a function or module declares; emits undefined for its variables. Returns the names to be left."""
    scan = Scanner(writer, body).run()
    writer.scans.append(scan)
    own = list(parameters)
    bound = writer.enter([*own, *scan.variables, *scan.lexical.pop(body.id, ())])
    _undefined(writer, body, scan, set(own))
    return bound


def _undefined(writer: Writer, body: Node, scan: Scan, parameters: set[str]) -> None:
    names = [name for name, unset in scan.variables.items() if unset and name not in parameters]
    if names:
        place = writer.place(body)
        nothing = writer.emit(Const(place, None))
        for name in names:
            writer.emit(Store(place, name, nothing))


def end(writer: Writer, bound: list[str]) -> None:
    """Undo ``begin``."""
    writer.scans.pop()
    writer.leave(bound)


def enter(writer: Writer, node: Node) -> list[str]:
    """Bind what a block declares; returns the names to be left."""
    names = writer.scans[-1].lexical.pop(node.id, None)
    return writer.enter_block(names) if names else []


def block(writer: Writer, node: Node) -> Steps:
    """Lower the statements of a block: imports and functions come first, each is followed by what is broken in it."""
    bound = enter(writer, node)
    yield from hoisted(writer, node)
    for child in each(node):
        yield child
        if writer.lowered is not None and child.has_error:
            yield from BROKEN.strays(writer, child)
    writer.leave(bound)
    return NOTHING


def hoisted(writer: Writer, node: Node) -> Steps:
    """Lower the imports and functions that a block declares."""
    yield from several(writer.scans[-1].hoisted.pop(node.id, ()))
    return NOTHING
