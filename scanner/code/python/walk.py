"""The walk over a syntax tree: one loop and a stack of lowerings that wait for a child, whatever the depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.broken import Broken
from assay.scanner.code.ir import Argument, Call, Name, Opaque, Ref
from assay.scanner.code.python import definitions, displays, expressions, statements, texts
from assay.scanner.code.python.grammar import COMMENT, CONTINUATION, ERROR, each, kind
from assay.scanner.code.writer import NOTHING, Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

MAX_NODES = 1_000_000
"""Nodes of one file that are lowered; ordinary source has one for every seven bytes."""

_BLOCK = kind("block")
_WRAPPERS = frozenset(kind(name) for name in ("parenthesized_expression", "type", "as_pattern_target"))
_IGNORED = frozenset({COMMENT, CONTINUATION})

_LEAVES: dict[int, Callable[[Writer, Node], Ref | None]] = {
    kind(name): lower
    for name, lower in {
        "identifier": expressions.name,
        "string": texts.string,
        "integer": texts.integer,
        "float": texts.float_,
        "true": expressions.true,
        "false": expressions.false,
        "none": expressions.none,
        "ellipsis": expressions.ellipsis,
        "dotted_name": expressions.dotted_name,
        "pass_statement": statements.nothing,
        "break_statement": statements.jump,
        "continue_statement": statements.jump,
        "global_statement": statements.scope,
        "nonlocal_statement": statements.scope,
        "import_statement": definitions.import_,
        "import_from_statement": definitions.import_from,
        "future_import_statement": definitions.import_from,
    }.items()
}


_broken = Broken(each, "block")


def walk(writer: Writer, root: Node) -> bool:
    """Lower a tree; returns False if it has more nodes than ``MAX_NODES`` and the rest was left."""
    waiting: list[Steps] = []
    current = block(writer, root)
    value: Ref | None = None
    left = MAX_NODES
    while True:
        try:
            node = current.send(value)  # type: ignore[arg-type]  # None begins a generator
        except StopIteration as end:
            if not waiting:
                return True
            value = end.value
            current = waiting.pop()
            continue
        while node is not None and node.kind_id in _WRAPPERS and writer.text[node.start_byte] != "`":
            node = _inner(node)
            left -= 1
        if node is None:
            value = writer.emit(Opaque(writer.here, "missing", ()))
            continue
        left -= 1
        if left < 0:
            return False
        number = node.kind_id
        leaf = _LEAVES.get(number)
        value = leaf(writer, node) if leaf is not None else None
        if value is None:
            waiting.append(current)
            current = _STEPS.get(number, _broken.opaque)(writer, node)


def _inner(node: Node) -> Node | None:
    """Return what stands between parentheses; what else is there is broken and found by ``strays``."""
    child = node.named_child(0) if node.named_child_count else None
    if child is None or child.kind_id not in _IGNORED:
        return child
    return next((child for child in node.named_children if child.kind_id not in _IGNORED), None)


def block(writer: Writer, node: Node) -> Steps:
    """Lower statements one after the other, each followed by what is broken in it."""
    for child in each(node):
        yield child
        if writer.lowered is not None and child.has_error:
            yield from _broken.strays(writer, child)
    return NOTHING


def backquoted(writer: Writer, node: Node) -> Steps:
    """Lower Python 2's backquotes, which the projection made parentheses, as a call of ``repr``."""
    place = writer.place(node)
    function = writer.emit(Name(place, "repr"))
    value = yield _inner(node)
    return writer.emit(Call(place, function, (Argument(value),)))


_STEPS: dict[int, Callable[[Writer, Node], Steps]] = {
    ERROR: _broken.error,
    **{
        kind(name): lower
        for name, lower in {
            "parenthesized_expression": backquoted,
            "module": block,
            "block": block,
            "string": texts.format_string,
            "concatenated_string": texts.concatenated,
            "attribute": expressions.attribute,
            "call": expressions.call,
            "subscript": expressions.subscript,
            "slice": expressions.slice_,
            "binary_operator": expressions.binary,
            "boolean_operator": expressions.boolean,
            "comparison_operator": expressions.comparison,
            "not_operator": expressions.not_,
            "unary_operator": expressions.unary,
            "conditional_expression": expressions.conditional,
            "named_expression": expressions.named,
            "as_pattern": expressions.as_pattern,
            "await": expressions.await_,
            "yield": expressions.yield_,
            "list": displays.list_,
            "tuple": displays.tuple_,
            "expression_list": displays.tuple_,
            "pattern_list": displays.tuple_,
            "set": displays.set_,
            "list_splat": displays.splat,
            "dictionary": displays.dictionary,
            "list_comprehension": displays.comprehension,
            "set_comprehension": displays.comprehension,
            "dictionary_comprehension": displays.comprehension,
            "generator_expression": displays.comprehension,
            "lambda": definitions.lambda_,
            "function_definition": definitions.function,
            "class_definition": definitions.class_,
            "decorated_definition": definitions.decorated,
            "expression_statement": statements.expression_statement,
            "assignment": statements.assignment,
            "augmented_assignment": statements.augmented_assignment,
            "delete_statement": statements.delete,
            "exec_statement": statements.exec_statement,
            "print_statement": statements.print_statement,
            "return_statement": statements.return_,
            "raise_statement": statements.raise_,
            "assert_statement": statements.assert_,
            "if_statement": statements.if_statement,
            "for_statement": statements.for_statement,
            "while_statement": statements.while_statement,
            "try_statement": statements.try_statement,
            "with_statement": statements.with_statement,
            "match_statement": statements.match_statement,
            "type_alias_statement": statements.type_alias,
            "generic_type": statements.generic_type,
            "union_type": statements.union_type,
            "member_type": statements.member_type,
        }.items()
    },
}
