"""Statements other than declarations of functions, classes and modules; what they result in is nobody's question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import (
    Await,
    Branch,
    Const,
    Either,
    Element,
    Jump,
    Loop,
    Opaque,
    Operator,
    Ref,
    Return,
    Unary,
)
from assay.scanner.code.javascript import blocks
from assay.scanner.code.javascript.grammar import each, first, word
from assay.scanner.code.javascript.targets import assign
from assay.scanner.code.writer import NOTHING, several

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_ENDS = frozenset({"break_statement", "continue_statement", "return_statement", "throw_statement"})
_CASES = frozenset({"switch_case", "switch_default"})
_EMPTY = frozenset({"empty_statement", ";"})
_MAX_SHARED = 16
"""Cases that run into one another whose conditions are kept; beyond, what runs is not decided."""


def expression_statement(writer: Writer, node: Node) -> Steps:
    """Lower an expression."""
    return (yield first(node))


def nothing(_writer: Writer, _node: Node) -> Ref:
    """Lower what does nothing when it is run: types, declarations of what is elsewhere, ``debugger``."""
    return NOTHING


def declaration(writer: Writer, node: Node) -> Steps:
    """Lower ``var``, ``let``, ``const``, ``using``; what ``let`` does not set is undefined."""
    is_var = node.type == "variable_declaration"
    for child in each(node):
        if child.type != "variable_declarator":
            yield child
            continue
        target = child.child_by_field_name("name")
        given = child.child_by_field_name("value")
        if given is None and (is_var or target is None):
            continue
        if target is not None and target.type == "identifier":
            name = writer.spelling(target)
            value = writer.none(child) if given is None else (yield writer.name(given, name))
            writer.declare(writer.place(child), name, value)
        else:
            value = writer.none(child) if given is None else (yield given)
            yield from assign(writer, target, value, declares=True)
    return NOTHING


def return_(writer: Writer, node: Node) -> Steps:
    """Lower ``return``; without a value it gives undefined."""
    place = writer.place(node)
    given = first(node)
    value = writer.none(node) if given is None else (yield given)
    return writer.emit(Return(place, value))


def throw(writer: Writer, node: Node) -> Steps:
    """Lower ``throw``."""
    place = writer.place(node)
    value = yield first(node)
    return writer.emit(Jump(place, "raise", value))


def jump(writer: Writer, node: Node) -> Ref:
    """Lower ``break`` and ``continue`` of a loop; leaving a switch or a block is not told from going on."""
    word_ = "break" if node.type == "break_statement" else "continue"
    label = node.child_by_field_name("label")
    name = writer.written(label) if label is not None else ""
    for kind, labels in reversed(writer.targets):
        fits = name in labels if name else kind == "loop" or (kind == "switch" and word_ == "break")
        if fits:
            return writer.emit(Jump(writer.place(node), word_)) if kind == "loop" else NOTHING
    return NOTHING


def labeled(writer: Writer, node: Node) -> Steps:
    """Lower a statement with a label."""
    labels: list[str] = []
    body: Node | None = node
    while body is not None and body.type == "labeled_statement":
        label = body.child_by_field_name("label")
        labels.append(writer.written(label) if label is not None else "")
        body = body.child_by_field_name("body")
    is_loop = body is not None and body.type in _LOOPS
    writer.labels = tuple(labels) if is_loop else ()
    if not is_loop:
        writer.targets.append(("block", tuple(labels)))
    yield body
    if not is_loop:
        writer.targets.pop()
    return NOTHING


def _labels(writer: Writer) -> tuple[str, ...]:
    labels, writer.labels = writer.labels, ()
    return labels


def _enter_loop(writer: Writer, node: Node, over: Ref | None, labels: tuple[str, ...]) -> Ref:
    writer.targets.append(("loop", labels))
    return writer.open(Loop(writer.place(node), 0, over))


def _leave_loop(writer: Writer, loop: Ref) -> None:
    writer.targets.pop()
    writer.close(loop)


def if_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``if``, ``else if``, ``else`` one after the other, so that no chain nests."""
    kind = "if"
    current: Node | None = node
    while current is not None:
        test = yield current.child_by_field_name("condition")
        region = writer.branch(current, kind, test)
        yield current.child_by_field_name("consequence")
        writer.close(region)
        clause = current.child_by_field_name("alternative")
        current, kind = None, "elif"
        for child in each(clause) if clause is not None else ():
            if child.type == "if_statement":
                current = child
                continue
            region = writer.branch(child, "else")
            yield child
            writer.close(region)
    return NOTHING


def for_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``for (start; test; step)``: the step ends the body."""
    bound = blocks.enter(writer, node)
    initializer = node.child_by_field_name("initializer")
    labels = _labels(writer)
    if initializer is not None and initializer.type not in _EMPTY:
        yield initializer
    loop = _enter_loop(writer, node, None, labels)
    condition = node.child_by_field_name("condition")
    if condition is None or condition.type in _EMPTY:
        test = writer.emit(Const(writer.here, True))
    else:
        test = yield condition
    writer.open(Branch(writer.place(node), 0, "while", test))
    yield node.child_by_field_name("body")
    step = node.child_by_field_name("increment")
    if step is not None:
        yield step
    _leave_loop(writer, loop)
    writer.leave(bound)
    return NOTHING


def for_in_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``for … of``, ``for await … of`` and ``for … in``, a loop over keys."""
    place = writer.place(node)
    labels = _labels(writer)
    over = yield node.child_by_field_name("right")
    if not word(node, "of"):
        over = writer.emit(Unary(place, "keys", over))
    bound = blocks.enter(writer, node)
    loop = _enter_loop(writer, node, over, labels)
    element = writer.emit(Element(place, loop, 0))
    if word(node, "await"):
        element = writer.emit(Await(place, element))
    declares = node.child_by_field_name("kind") is not None
    yield from assign(writer, node.child_by_field_name("left"), element, declares)
    yield node.child_by_field_name("body")
    _leave_loop(writer, loop)
    writer.leave(bound)
    return NOTHING


def while_statement(writer: Writer, node: Node) -> Steps:
    """Lower a loop whose condition is evaluated before each turn."""
    loop = _enter_loop(writer, node, None, _labels(writer))
    test = yield node.child_by_field_name("condition")
    writer.open(Branch(writer.place(node), 0, "while", test))
    yield node.child_by_field_name("body")
    _leave_loop(writer, loop)
    return NOTHING


def do_statement(writer: Writer, node: Node) -> Steps:
    """Lower a loop whose condition is evaluated after each turn: nothing stands under it."""
    loop = _enter_loop(writer, node, None, _labels(writer))
    yield node.child_by_field_name("body")
    test = yield node.child_by_field_name("condition")
    writer.open(Branch(writer.place(node), 0, "while", test))
    _leave_loop(writer, loop)
    return NOTHING


def try_statement(writer: Writer, node: Node) -> Steps:
    """Lower the parts of a try statement as branches: what follows "try" may not run, "finally" does."""
    region = writer.branch(node, "try")
    yield node.child_by_field_name("body")
    writer.close(region)
    handler = node.child_by_field_name("handler")
    if handler is not None:
        bound = blocks.enter(writer, handler)
        region = writer.branch(handler, "except")
        parameter = handler.child_by_field_name("parameter")
        if parameter is not None:
            raised = writer.emit(Opaque(writer.place(parameter), "exception", ()))
            yield from assign(writer, parameter, raised, declares=True)
        yield handler.child_by_field_name("body")
        writer.close(region)
        writer.leave(bound)
    finalizer = node.child_by_field_name("finalizer")
    if finalizer is not None:
        region = writer.branch(finalizer, "finally")
        yield finalizer.child_by_field_name("body")
        writer.close(region)
    return NOTHING


def with_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``with``: whether names are properties of the object is not known."""
    place = writer.place(node)
    value = yield node.child_by_field_name("object")
    writer.emit(Opaque(place, "with", (value,)))
    region = writer.branch(node, "if")
    yield node.child_by_field_name("body")
    writer.close(region)
    return NOTHING


def switch_statement(writer: Writer, node: Node) -> Steps:
    """Lower each group of cases as a branch.

    Cases that share their statements share a condition. One that another runs into begins a chain of its own, whose
    condition holds where the other's does; a default at the end is the "else" of its chain.
    """
    subject = yield node.child_by_field_name("value")
    body = node.child_by_field_name("body")
    if body is None:
        return NOTHING
    bound = blocks.enter(writer, body)
    writer.targets.append(("switch", ()))
    yield from blocks.hoisted(writer, body)
    tests: list[Ref] = []
    kind, falls, is_default = "match", False, False
    cases = list(each(body))
    for number, case in enumerate(cases):
        value = case.child_by_field_name("value") if case.type == "switch_case" else None
        if value is not None:
            tests.append(writer.emit(Operator(writer.place(case), "===", (subject, (yield value)))))
        is_default = is_default or case.type == "switch_default"
        statements = [child for child in each(case) if value is None or child.id != value.id]
        if not statements:
            continue
        test = None if is_default else _any_of(writer, case, tests)
        last = is_default and not falls and kind == "case" and number == len(cases) - 1
        region = writer.branch(case, "match" if falls else "else" if last else kind, test)
        yield from several(statements)
        writer.close(region)
        kind, falls = "case", not _ends(statements)
        if not falls:
            tests, is_default = [], False
    writer.targets.pop()
    writer.leave(bound)
    return NOTHING


def _any_of(writer: Writer, node: Node, tests: list[Ref]) -> Ref | None:
    if not tests or len(tests) > _MAX_SHARED:
        return None
    return tests[0] if len(tests) == 1 else writer.emit(Either(writer.place(node), tuple(tests), "or"))


def _ends(statements: list[Node]) -> bool:
    """Say whether control leaves the switch after the statements of a case."""
    last = statements[-1]
    if last.type == "statement_block":
        inner = list(each(last))
        return bool(inner) and inner[-1].type in _ENDS
    return last.type in _ENDS
