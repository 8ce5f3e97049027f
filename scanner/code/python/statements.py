"""Statements other than definitions and imports; what they result in is nobody's question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import (
    Argument,
    Attribute,
    Branch,
    Call,
    Delete,
    Element,
    Enter,
    Index,
    Jump,
    Leave,
    Loop,
    Name,
    Opaque,
    Operator,
    Ref,
    Return,
    Sequence,
    Store,
)
from assay.scanner.code.python.displays import tuple_
from assay.scanner.code.python.grammar import each, field, kind, parts
from assay.scanner.code.python.patterns import bind
from assay.scanner.code.python.targets import assign, key_of
from assay.scanner.code.writer import NOTHING, Steps, several

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

_CONDITION = field("condition")
_CONSEQUENCE = field("consequence")
_BODY = field("body")
_LEFT = field("left")
_RIGHT = field("right")
_TYPE = field("type")
_OPERATOR = field("operator")
_VALUE = field("value")
_ALIAS = field("alias")
_SUBJECT = field("subject")
_GUARD = field("guard")
_ARGUMENT = field("argument")
_OBJECT = field("object")
_ATTRIBUTE_NAME = field("attribute")

_ASSIGNMENT = kind("assignment")
_ELIF = kind("elif_clause")
_ELSE = kind("else_clause")
_EXCEPT = kind("except_clause")
_FINALLY = kind("finally_clause")
_BLOCK = kind("block")
_CASE_CLAUSE = kind("case_clause")
_CASE_PATTERN = kind("case_pattern")
_IDENTIFIER = kind("identifier")
_ATTRIBUTE = kind("attribute")
_SUBSCRIPT = kind("subscript")
_AS = kind("as_pattern")
_COMPARISON = kind("comparison_operator")
_CHEVRON = kind("chevron")
_COMMA = kind(",", False)
_IN = kind("in", False)
_SEVERAL = frozenset(kind(name) for name in ("expression_list", "tuple", "list"))
_PAREN = kind("parenthesized_expression")


def expression_statement(writer: Writer, node: Node) -> Steps:
    """Lower an expression, assignment, or a tuple without parentheses."""
    children = parts(node)
    if len(children) != 1 or any(child.kind_id == _COMMA for child in node.children):
        return (yield from tuple_(writer, node))
    return (yield children[0])


def assignment(writer: Writer, node: Node) -> Steps:
    """Lower ``a = b = value`` and ``a: T = value``: the value, the stores from left to right, the annotation."""
    targets = [node.child_by_field_id(_LEFT)]
    annotations = [node.child_by_field_id(_TYPE)]
    right = node.child_by_field_id(_RIGHT)
    while right is not None and right.kind_id == _ASSIGNMENT:
        targets.append(right.child_by_field_id(_LEFT))
        annotations.append(right.child_by_field_id(_TYPE))
        right = right.child_by_field_id(_RIGHT)
    value = NOTHING
    if right is not None:
        value = yield right
        for target in targets:
            yield from assign(writer, target, value)
    elif targets[0] is not None and targets[0].kind_id != _IDENTIFIER:
        yield targets[0]
    for annotation in annotations:
        if annotation is not None:
            yield annotation
    return value


def augmented_assignment(writer: Writer, node: Node) -> Steps:
    """Lower ``target += value``: the target is read, an operation, a store."""
    place = writer.place(node)
    left = node.child_by_field_id(_LEFT)
    sign = node.child_by_field_id(_OPERATOR)
    symbol = writer.written(sign)[:-1] if sign else "?"
    right = node.child_by_field_id(_RIGHT)
    if left is not None and left.kind_id == _IDENTIFIER:
        before = yield left
        result = writer.emit(Operator(place, symbol, (before, (yield right))))
        return writer.emit(Store(place, writer.identifier(left), result))
    before = yield left
    result = writer.emit(Operator(place, symbol, (before, (yield right))))
    yield from assign(writer, left, result)
    return result


def delete(writer: Writer, node: Node) -> Steps:
    """Lower ``del``; one that is spelled ``exec`` is Python 2's, which the projection made so."""
    if writer.text.startswith("exec", node.start_byte):
        return (yield from _exec(writer, node, parts(node)))
    todo = parts(node)[::-1]
    while todo:
        target = todo.pop()
        number = target.kind_id
        place = writer.place(target)
        if number == _IDENTIFIER:
            writer.emit(Delete(place, writer.resolve(writer.identifier(target))))
        elif number == _ATTRIBUTE:
            writer.emit(Opaque(place, "delete", ((yield target.child_by_field_id(_OBJECT)),)))
        elif number == _SUBSCRIPT:
            obj = yield target.child_by_field_id(_VALUE)
            writer.emit(Opaque(place, "delete", (obj, (yield from key_of(writer, target)))))
        elif number in _SEVERAL or number == _PAREN:
            todo += reversed(parts(target))
        else:
            yield target
    return NOTHING


def exec_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``exec code in globals, locals`` as a call of ``exec``."""
    return (yield from _exec(writer, node, parts(node)))


def _exec(writer: Writer, node: Node, children: list[Node]) -> Steps:
    place = writer.place(node)
    function = writer.emit(Name(place, "exec"))
    if len(children) == 1 and children[0].kind_id in _SEVERAL:
        children = parts(children[0])
    refs: list[Ref] = []
    for child in children:
        split = [child]
        if not refs and child.kind_id == _COMPARISON and any(part.kind_id == _IN for part in child.children):
            split = parts(child)
        refs += yield from several(split)
    return writer.emit(Call(place, function, tuple(Argument(ref) for ref in refs)))


def print_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``print >>file, a, b`` of Python 2 as a call of ``print``."""
    place = writer.place(node)
    function = writer.emit(Name(place, "print"))
    arguments: list[Argument] = []
    for child in parts(node):
        if child.kind_id == _CHEVRON:
            arguments.append(Argument((yield next(iter(parts(child)), None)), "file"))
        else:
            arguments.append(Argument((yield child)))
    return writer.emit(Call(place, function, tuple(arguments)))


def return_(writer: Writer, node: Node) -> Steps:
    """Lower ``return``; without a value it gives None."""
    place = writer.place(node)
    children = parts(node)
    value = writer.none(node) if not children else (yield children[0])
    return writer.emit(Return(place, value))


def assert_(writer: Writer, node: Node) -> Steps:
    """Lower ``assert``: its parts, and an operation that holds them."""
    place = writer.place(node)
    refs = yield from several(parts(node))
    return writer.emit(Opaque(place, "assert", tuple(refs)))


def scope(writer: Writer, node: Node) -> Ref:
    """Note the names of ``global`` and ``nonlocal``."""
    word = node.type.removesuffix("_statement")
    for child in parts(node):
        writer.draft.outer[writer.identifier(child)] = word
    return NOTHING


def nothing(_writer: Writer, _node: Node) -> Ref:
    """Lower ``pass``."""
    return NOTHING


def jump(writer: Writer, node: Node) -> Ref:
    """Lower ``break`` and ``continue``."""
    return writer.emit(Jump(writer.place(node), node.type.removesuffix("_statement")))


def raise_(writer: Writer, node: Node) -> Steps:
    """Lower ``raise E from cause`` and Python 2's ``raise E, value, traceback``; the exception is E."""
    place = writer.place(node)
    children = parts(node)
    if children and children[0].kind_id in _SEVERAL:
        children[:1] = parts(children[0])
    refs = yield from several(children)
    return writer.emit(Jump(place, "raise", refs[0] if refs else None))


def if_statement(writer: Writer, node: Node) -> Steps:
    """Lower ``if``, ``elif``, ``else`` one after the other, so that no chain nests."""
    test = yield node.child_by_field_id(_CONDITION)
    region = writer.branch(node, "if", test)
    yield node.child_by_field_id(_CONSEQUENCE)
    writer.close(region)
    for clause in each(node):
        if clause.kind_id == _ELIF:
            test = yield clause.child_by_field_id(_CONDITION)
            region = writer.branch(clause, "elif", test)
            yield clause.child_by_field_id(_CONSEQUENCE)
            writer.close(region)
        elif clause.kind_id == _ELSE:
            yield from _clause(writer, clause, "else")
    return NOTHING


def _clause(writer: Writer, node: Node, name: str) -> Steps:
    region = writer.branch(node, name)
    for child in parts(node):
        if child.kind_id == _BLOCK:
            yield child
    writer.close(region)
    return NOTHING


def _else(writer: Writer, node: Node) -> Steps:
    for child in parts(node):
        if child.kind_id == _ELSE:
            yield from _clause(writer, child, "else")
    return NOTHING


def for_statement(writer: Writer, node: Node) -> Steps:
    """Lower a loop over the elements of a value."""
    place = writer.place(node)
    over = yield node.child_by_field_id(_RIGHT)
    loop = writer.open(Loop(place, 0, over))
    element = writer.emit(Element(place, loop, 0))
    yield from assign(writer, node.child_by_field_id(_LEFT), element)
    yield node.child_by_field_id(_BODY)
    writer.close(loop)
    return (yield from _else(writer, node))


def while_statement(writer: Writer, node: Node) -> Steps:
    """Lower a loop whose condition is evaluated each time."""
    place = writer.place(node)
    loop = writer.open(Loop(place, 0, None))
    test = yield node.child_by_field_id(_CONDITION)
    writer.open(Branch(place, 0, "while", test))
    yield node.child_by_field_id(_BODY)
    writer.close(loop)
    return (yield from _else(writer, node))


def try_statement(writer: Writer, node: Node) -> Steps:
    """Lower the parts of a try statement as branches: what follows "try" may not run, "finally" does."""
    region = writer.branch(node, "try")
    yield node.child_by_field_id(_BODY)
    writer.close(region)
    for clause in each(node):
        if clause.kind_id == _EXCEPT:
            yield from _handler(writer, clause)
        elif clause.kind_id == _ELSE:
            yield from _clause(writer, clause, "else")
        elif clause.kind_id == _FINALLY:
            yield from _clause(writer, clause, "finally")
    return NOTHING


def _handler(writer: Writer, node: Node) -> Steps:
    """Lower an except clause. ``except A, b`` binds b in Python 2 and names a type in 3.14: it is read and bound."""
    place = writer.place(node)
    values = [child for child in node.children_by_field_id(_VALUE) if child.is_named]
    alias = node.child_by_field_id(_ALIAS)
    if len(values) == 1 and values[0].kind_id == _AS:
        alias = values[0].child_by_field_id(_ALIAS)
        values = parts(values[0])[:1]
    elif len(values) == 2 and values[1].kind_id == _IDENTIFIER:
        alias = values[1]
    refs = yield from several(values)
    test = None
    if refs:
        test = refs[0] if len(refs) == 1 else writer.emit(Sequence(place, "tuple", tuple(refs)))
    region = writer.branch(node, "except", test)
    if alias is not None:
        yield from assign(writer, alias, writer.emit(Opaque(writer.place(alias), "exception", tuple(refs))))
    for child in parts(node):
        if child.kind_id == _BLOCK:
            yield child
    writer.close(region)
    return NOTHING


def with_statement(writer: Writer, node: Node) -> Steps:
    """Lower a with statement: each context manager is entered, and left after the block, the last one first."""
    entered: list[Ref] = []
    for child in parts(node):
        if child.kind_id == _BLOCK:
            yield child
            continue
        for item in parts(child):
            value = item.child_by_field_id(_VALUE) or item
            place = writer.place(value)
            target = value.child_by_field_id(_ALIAS) if value.kind_id == _AS else None
            entered.append((yield next(iter(parts(value)), None) if value.kind_id == _AS else value))
            made = writer.emit(Enter(place, entered[-1]))
            if target is not None:
                yield from assign(writer, target, made)
    for ref in reversed(entered):
        writer.emit(Leave(writer.place(node), ref))
    return NOTHING


def match_statement(writer: Writer, node: Node) -> Steps:
    """Lower each case as a branch in which its captures are bound."""
    place = writer.place(node)
    subjects = yield from several(node.children_by_field_id(_SUBJECT))
    many = len(subjects) != 1
    subject = writer.emit(Sequence(place, "tuple", tuple(subjects))) if many else subjects[0]
    body = node.child_by_field_id(_BODY)
    for clause in each(body) if body is not None else ():
        if clause.kind_id != _CASE_CLAUSE:
            yield clause
            continue
        region = writer.branch(clause, "case")
        patterns = [child for child in parts(clause) if child.kind_id == _CASE_PATTERN]
        if patterns:
            yield from bind(writer, patterns, subject)
        guard = clause.child_by_field_id(_GUARD)
        if guard is not None:
            test = yield next(iter(parts(guard)), None)
            writer.branch(guard, "if", test)
        yield clause.child_by_field_id(_CONSEQUENCE)
        writer.close(region)
    return NOTHING


def type_alias(writer: Writer, node: Node) -> Steps:
    """Lower ``type X[T] = value``."""
    place = writer.place(node)
    value = yield node.child_by_field_id(_RIGHT)
    left = node.child_by_field_id(_LEFT)
    while left is not None and left.kind_id != _IDENTIFIER:
        children = parts(left)
        yield from several(children[1:])
        left = next(iter(children), None)
    if left is not None:
        writer.emit(Store(place, writer.identifier(left), value))
    return NOTHING


def generic_type(writer: Writer, node: Node) -> Steps:
    """Lower ``a[b, c]`` in an annotation."""
    place = writer.place(node)
    children = parts(node)
    obj = yield next(iter(children), None)
    keys = yield from several(parts(children[1]) if len(children) > 1 else [])
    key = keys[0] if len(keys) == 1 else writer.emit(Sequence(place, "tuple", tuple(keys)))
    return writer.emit(Index(place, obj, key))


def union_type(writer: Writer, node: Node) -> Steps:
    """Lower ``a | b`` in an annotation."""
    place = writer.place(node)
    refs = yield from several(parts(node))
    return writer.emit(Operator(place, "|", tuple(refs)))


def member_type(writer: Writer, node: Node) -> Steps:
    """Lower ``a.b`` in an annotation."""
    place = writer.place(node)
    children = parts(node)
    obj = yield next(iter(children), None)
    return writer.emit(Attribute(place, obj, writer.identifier(children[-1]) if len(children) > 1 else ""))
