"""Functions, arrows and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import (
    CodeKind,
    Either,
    Function,
    Name,
    Parameter,
    Ref,
    Return,
    Store,
    StoreAttribute,
)
from assay.scanner.code.javascript import blocks
from assay.scanner.code.javascript.grammar import each, first, word
from assay.scanner.code.javascript.scopes import pattern_names, pattern_names_of
from assay.scanner.code.javascript.targets import assign, static_key
from assay.scanner.code.writer import NOTHING, Draft

if TYPE_CHECKING:
    from collections.abc import Generator

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_ASSIGNED = frozenset({"assignment_pattern", "assignment_expression"})
_TYPED = frozenset({"required_parameter", "optional_parameter"})
_PROPERTY = frozenset({"accessibility_modifier", "override_modifier", "readonly"})


class _Given(NamedTuple):
    """A parameter: ``pattern`` and ``default`` are applied at the top of the body, ``is_property`` is TypeScript's."""

    name: str
    node: Node
    pattern: Node | None
    default: Node | None
    is_property: bool


class Method(NamedTuple):
    """A method that came into being: its name, "get" or "set" for an accessor, the key if it is computed."""

    name: str
    accessor: str
    key: Ref | None
    function: Ref


def function(writer: Writer, node: Node) -> Steps:
    """Lower a function declaration and the store of its name, once."""
    if node.id in writer.done:
        return NOTHING
    writer.done.add(node.id)
    name = next(iter(pattern_names_of(writer, node)), "")
    place = writer.place(node)
    ref = yield from make(writer, node, name)
    return writer.declare(place, name, ref)


def function_expression(writer: Writer, node: Node) -> Steps:
    """Lower a function that is a value; its own name is bound in it alone."""
    naming, writer.naming = writer.naming, ""
    names = pattern_names_of(writer, node)
    if not names:
        return (yield from make(writer, node, naming))
    place = writer.place(node)
    bound = writer.enter_block(names)
    ref = yield from make(writer, node, names[0])
    writer.declare(place, names[0], ref)
    writer.leave(bound)
    return ref


def make(writer: Writer, node: Node, name: str, decorators: tuple[Ref, ...] = ()) -> Steps:
    """Lower a function; what it results in is the function."""
    place = writer.place(node)
    given: list[_Given] = []
    parameters = yield from _parameters(writer, node, given)
    body = node.child_by_field_name("body")
    arrow = node.type == "arrow_function"
    is_async = word(node, "async")
    writer.begin(
        Draft(
            CodeKind.FUNCTION,
            name,
            place,
            parameters=tuple(parameters),
            is_async=is_async,
            is_generator=not arrow and word(node, "*"),
            arrow=arrow,
        )
    )
    targets, writer.targets = writer.targets, []
    names = [parameter.name for parameter in parameters if parameter.name[-1:] != "#"]
    for parameter in given:
        if parameter.pattern is not None:
            names += pattern_names(writer, parameter.pattern)
    if body is not None and body.type == "statement_block":
        bound = blocks.begin(writer, body, names)
        yield from _prepare(writer, given)
        yield from blocks.block(writer, body)
        blocks.end(writer, bound)
    else:
        bound = writer.enter(names)
        yield from _prepare(writer, given)
        value = yield body
        writer.emit(Return(writer.place(body or node), value))
        writer.leave(bound)
    writer.targets = targets
    return writer.emit(Function(place, writer.end(), decorators))


def _parameters(writer: Writer, node: Node, given: list[_Given]) -> Generator[Node | None, Ref, list[Parameter]]:
    """Read the parameters; adds those with work to do at the top of the body to ``given``."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [Parameter(writer.spelling(single))]
    found: list[Parameter] = []
    listed = node.child_by_field_name("parameters")
    for child in each(listed) if listed is not None else ():
        pattern: Node | None = child
        default: Node | None = None
        is_property = False
        kind = child.type
        if kind in _ASSIGNED:
            pattern, default = child.child_by_field_name("left"), child.child_by_field_name("right")
        elif kind in _TYPED:
            pattern, default = child.child_by_field_name("pattern"), child.child_by_field_name("value")
            is_property = any(part.type in _PROPERTY for part in child.children)
            for part in child.children_by_field_name("decorator"):
                yield first(part)
        _add(writer, found, given, child, pattern, default, is_property)
    return found


def _add(
    writer: Writer,
    found: list[Parameter],
    given: list[_Given],
    node: Node,
    pattern: Node | None,
    default: Node | None,
    is_property: bool,
) -> None:
    star = ""
    if pattern is not None and pattern.type in ("rest_pattern", "spread_element"):
        star, pattern = "*", first(pattern)
    if pattern is None or pattern.type == "this":
        return
    name = f"{len(found)}#"
    if pattern.type == "identifier":
        name = writer.spelling(pattern)
        pattern = None
    found.append(Parameter(name, star))
    if pattern is not None or default is not None or is_property:
        given.append(_Given(name, node, pattern, default, is_property))


def _prepare(writer: Writer, given: list[_Given]) -> Steps:
    """Apply defaults, take patterns apart and set TypeScript's parameter properties."""
    for name, node, pattern, default, is_property in given:
        place = writer.place(node)
        value = writer.emit(Name(place, name))
        if default is not None:
            other = yield default
            value = writer.emit(Either(place, (value, other), "default"))
            if pattern is None:
                writer.emit(Store(place, name, value))
        if pattern is not None:
            yield from assign(writer, pattern, value, declares=True)
        if is_property:
            this = writer.emit(Name(place, "this"))
            writer.emit(StoreAttribute(place, this, name, value))
    return NOTHING


def method(writer: Writer, node: Node, decorators: tuple[Ref, ...] = ()) -> Generator[Node | None, Ref, Method]:
    """Lower a method of a class or an object; the function of an accessor is called ``get x`` or ``set x``."""
    named = node.child_by_field_name("name")
    name = static_key(writer, named) if named is not None else ""
    accessor = next((child.type for child in node.children if child.type in ("get", "set")), "")
    if name is None:
        key = yield first(named) if named is not None else None
        return Method("", accessor, key, (yield from make(writer, node, accessor, decorators)))
    shown = f"{accessor} {name}" if accessor else str(name)
    return Method(str(name), accessor, None, (yield from make(writer, node, shown, decorators)))
