"""Expressions where JavaScript differs: operators, alternatives, object literals, templates, and objects in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.assemble import assemble
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript import operators
from assay.scanner.code.ecmascript.coerce import UNDEFINED, is_nothing, text_parts, truth
from assay.scanner.code.ecmascript.keys import name_of_key
from assay.scanner.code.ecmascript.names import members
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import PROTOTYPE, getter
from assay.scanner.code.values import (
    NO_TAINTS,
    UNKNOWN,
    Bound,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Reference,
    Taint,
    Unknown,
    Value,
    choose,
    join,
    merge,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code import ir
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_MAIN = "__name__"
_UNCHANGED = frozenset({"===", "!==", "in", "instanceof"})
"""Operators that take objects as they are."""

_TO_PRIMITIVE = "Symbol.toPrimitive"
_SAYS = {"string": (_TO_PRIMITIVE, "toString", "valueOf"), "default": (_TO_PRIMITIVE, "valueOf", "toString")}
_OBJECTS = Mapping | Items | Instance


def plain(machine: Machine, frame: Frame, value: Value, hint: str) -> Value:
    """What is made of an object of the package that says itself what it stands for, else the value.

    ``hint`` is "string" for templates and keys, "default" for operators (ECMA-262, ToPrimitive).
    """
    if not isinstance(value, Mapping | Instance):
        return value
    for name in _SAYS[hint]:
        found = value.entries.get(name) if isinstance(value, Mapping) else find_in_class(value.cls, name)[0]
        if isinstance(found, Function):
            made = machine.call(frame, Bound(found, value), Constant(hint))
            if not isinstance(made, _OBJECTS):
                return made
    return value


def operator(machine: Machine, frame: Frame, op: ir.Operator) -> Value:
    """A chain of one operator."""
    operands = [frame.results[ref] for ref in op.operands]
    if op.symbol not in _UNCHANGED:
        operands = [plain(machine, frame, one, "default") for one in operands]
    if op.symbol[:2] == "==" and any(type(one) is Reference and one.name == "require.main" for one in operands):
        asked = Taint("main", _MAIN, frame.position.module, op.place, frame.position.layer)
        return Unknown(NO_TAINTS, (), frozenset((asked,)))
    value = operators.fold(op.symbol, operands, machine.budget)
    if value.steps:
        machine.recorder.assembled(machine, frame, value, operands)
    return machine.cut(frame, value) if machine.budget.exhausted else value


def unary(machine: Machine, frame: Frame, op: ir.Unary) -> Value:
    """``!x`` and the like; what a loop over names goes over."""
    value = frame.results[op.operand]
    known = members(machine, value) if op.symbol == "keys" else []
    if known:
        return Items("list", [Constant(key) for key in known], (), UNKNOWN)
    return names_of(value) if op.symbol == "keys" else operators.unary(op.symbol, value)


def names_of(value: Value) -> Value:
    """The names of an object's properties."""
    if isinstance(value, Mapping):
        found: list[Value] = [Constant(key) for key in value.entries if isinstance(key, str) and key != PROTOTYPE]
        return Items("list", found, (), None if value.rest is None else UNKNOWN)
    if isinstance(value, Instance):
        return Items("list", [Constant(key) for key in value.attributes], (), UNKNOWN)
    if isinstance(value, Items):
        return Items("list", [Constant(str(at)) for at in range(min(len(value.items), ITEMS))], (), value.rest)
    if isinstance(value, Constant) and isinstance(value.value, str):
        return Items("list", [Constant(str(at)) for at in range(len(value.value))])
    return Items("list", [], (), Unknown(value.taints, value.steps))


def either(machine: Machine, frame: Frame, op: ir.Either) -> Value:
    """``a ? b : c``, ``a || b``, ``a && b``, ``a ?? b``, defaults: the one that is taken where that is known."""
    values = [frame.results[ref] for ref in op.options]
    if op.kind == "if":
        known = truth(frame.results[op.test]) if op.test is not None else None
        return choose(values) if known is None or len(values) != 2 else values[0] if known else values[1]
    if op.kind == "default":
        unset = _is_unset(values[0])
        return choose(values) if unset is None else values[-1] if unset else values[0]
    kept: list[Value] = []
    for value in values[:-1]:
        stops = _stops(op.kind, value)
        if stops:
            return choose([*kept, value])
        if stops is None:
            kept.append(value)
    kept.append(values[-1])
    if all(isinstance(value, Unknown) for value in kept):
        tests = union(value.tests for value in kept if isinstance(value, Unknown))
        return Unknown(sources_of(kept), merge(kept), tests)
    return choose(kept)


def _stops(kind: str, value: Value) -> bool | None:
    """Whether ``a || …`` and its like end with this value."""
    if kind == "??":
        nothing = is_nothing(value)
        return None if nothing is None else not nothing
    known = truth(value)
    return None if known is None else known is (kind == "or")


def _is_unset(value: Value) -> bool | None:
    """Whether a default takes the place of a value."""
    if isinstance(value, Constant):
        return value is UNDEFINED or (None if value.value is None else False)
    return False if is_nothing(value) is False else None


def display(machine: Machine, frame: Frame, op: ir.Display) -> Value:
    """An object literal."""
    results = frame.results
    made: dict[ir.Scalar, Value] = {}
    rest: Value | None = None
    for key, ref in op.items:
        value = results[ref]
        known = name_of_key(results[key]) if key is not None else None
        if key is None:
            rest = _spread(value, made, rest)
        elif known is not None:
            old = made.get(known)
            if not (isinstance(value, Function) and value.code.name.startswith("set ") and getter(old or UNKNOWN)):
                made[known] = value
        else:
            rest = join(rest, value)
    return Mapping(made, merge([results[key] for key, _ in op.items[:64] if key is not None]), rest)


def _spread(value: Value, made: dict[ir.Scalar, Value], rest: Value | None) -> Value | None:
    """``{...value}``."""
    if isinstance(value, Mapping):
        made.update(value.entries)
        return rest if value.rest is None else join(rest, value.rest)
    if isinstance(value, Instance):
        made.update(value.attributes)
        return rest
    if isinstance(value, Reference) and not value.taints and "(" not in value.name:
        made[PROTOTYPE] = value
    if isinstance(value, Constant) and not isinstance(value.value, str):
        return rest
    return join(rest, value if isinstance(value, Reference) else Unknown(value.taints, value.steps))


def format_(machine: Machine, frame: Frame, op: ir.Format) -> Value:
    """A template."""
    parts = [plain(machine, frame, frame.results[ref], "string") for ref in op.parts]
    made = [piece for part in parts for piece in text_parts(part)]
    step = "format" if len(parts) > 1 else ""
    value = assemble(made, sources_of(parts), merge(parts, step), machine.budget)
    if value.steps:
        machine.recorder.assembled(machine, frame, value, parts)
    return value
