"""The walk over a syntax tree: one loop and a stack of lowerings that wait for a child, whatever the depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Opaque, Ref
from assay.scanner.code.javascript import blocks, classes, displays, expressions, functions, modules, statements, texts
from assay.scanner.code.javascript.grammar import first, parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

MAX_NODES = 1_000_000
"""Nodes of one file that are lowered; ordinary source has one for every seven bytes."""

_WRAPPERS = {
    "parenthesized_expression": 0,
    "non_null_expression": 0,
    "as_expression": 0,
    "satisfies_expression": 0,
    "instantiation_expression": 0,
    "expression_statement": 0,
    "type_assertion": -1,
}
"""Nodes that stand for one of their children, and which of them."""

LEAVES: dict[str, Callable[[Writer, Node], Ref]] = {
    **dict.fromkeys(
        ("identifier", "property_identifier", "shorthand_property_identifier", "type_identifier"), expressions.name
    ),
    "this": expressions.word_name,
    "super": expressions.word_name,
    "import": expressions.word_name,
    "undefined": expressions.word_name,
    "meta_property": expressions.meta_property,
    "private_property_identifier": expressions.private_name,
    "true": expressions.constant,
    "false": expressions.constant,
    "null": expressions.constant,
    "string": expressions.string,
    "number": expressions.number,
    "regex": expressions.regex,
    "break_statement": statements.jump,
    "continue_statement": statements.jump,
    **dict.fromkeys(
        (
            "abstract_method_signature",
            "ambient_declaration",
            "comment",
            "debugger_statement",
            "empty_statement",
            "function_signature",
            "hash_bang_line",
            "html_comment",
            "index_signature",
            "interface_declaration",
            "method_signature",
            "type_alias_declaration",
            "type_annotation",
            "type_arguments",
            "type_parameters",
        ),
        statements.nothing,
    ),
}

STEPS: dict[str, Callable[[Writer, Node], Steps]] = {
    "ERROR": blocks.BROKEN.error,
    "statement_block": blocks.block,
    "member_expression": expressions.member,
    "subscript_expression": expressions.subscript,
    "call_expression": expressions.call,
    "new_expression": expressions.new,
    "binary_expression": expressions.binary,
    "unary_expression": expressions.unary,
    "update_expression": expressions.update,
    "assignment_expression": expressions.assignment,
    "augmented_assignment_expression": expressions.augmented_assignment,
    "ternary_expression": expressions.ternary,
    "sequence_expression": expressions.sequence,
    "await_expression": expressions.await_,
    "yield_expression": expressions.yield_,
    "template_string": texts.template,
    "array": displays.array,
    "object": displays.object_,
    "jsx_element": displays.jsx_element,
    "jsx_self_closing_element": displays.jsx_element,
    "function_declaration": functions.function,
    "generator_function_declaration": functions.function,
    "function_expression": functions.function_expression,
    "generator_function": functions.function_expression,
    "arrow_function": functions.function_expression,
    "class_declaration": classes.class_declaration,
    "abstract_class_declaration": classes.class_declaration,
    "class": classes.class_expression,
    "enum_declaration": classes.enum,
    "internal_module": classes.namespace,
    "module": classes.namespace,
    "import_statement": modules.import_,
    "import_alias": modules.import_alias,
    "nested_identifier": modules.nested_identifier,
    "export_statement": modules.export,
    "variable_declaration": statements.declaration,
    "lexical_declaration": statements.declaration,
    "using_declaration": statements.declaration,
    "return_statement": statements.return_,
    "throw_statement": statements.throw,
    "labeled_statement": statements.labeled,
    "if_statement": statements.if_statement,
    "for_statement": statements.for_statement,
    "for_in_statement": statements.for_in_statement,
    "while_statement": statements.while_statement,
    "do_statement": statements.do_statement,
    "try_statement": statements.try_statement,
    "with_statement": statements.with_statement,
    "switch_statement": statements.switch_statement,
}


def walk(writer: Writer, root: Node) -> bool:
    """Lower a tree; returns False if it has more nodes than ``MAX_NODES`` and the rest was left."""
    waiting: list[Steps] = []
    current = _program(writer, root)
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
        value = None
        while node is not None:
            left -= 1
            if left < 0:
                return False
            kind = node.type
            leaf = LEAVES.get(kind)
            if leaf is not None:
                value = leaf(writer, node)
                break
            lower = STEPS.get(kind)
            if lower is not None or kind not in _WRAPPERS:
                waiting.append(current)
                current = (lower or blocks.BROKEN.opaque)(writer, node)
                break
            node = _inner(node, _WRAPPERS[kind])
        if node is None:
            value = writer.emit(Opaque(writer.here, "missing", ()))


def _inner(node: Node, which: int) -> Node | None:
    """Return what a wrapper stands for; what else is there is broken and found by ``strays``, or a type."""
    if which == 0:
        return first(node)
    children = parts(node)
    return children[which] if children else None


def _program(writer: Writer, root: Node) -> Steps:
    bound = blocks.begin(writer, root)
    result = yield from blocks.block(writer, root)
    modules.program(writer)
    blocks.end(writer, bound)
    return result
