"""What each operation of the intermediate form does to a frame: its value, names that are bound, regions entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code import ir, operators, special
from assay.scanner.code.access import attribute, elements, index, slice_of, store_attribute, store_index, unpack
from assay.scanner.code.assemble import template
from assay.scanner.code.budget import DEPTH
from assay.scanner.code.control import branch, jump, loop, return_
from assay.scanner.code.invoke import arguments_of, call, decorate
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.modules import docstring, import_module, look_up
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Partial,
    Unknown,
    Value,
    choose,
    join,
    merge,
    taints_of,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Handler, Machine


def const(machine: Machine, frame: Frame, op: ir.Const) -> Value:
    """A literal."""
    return Constant(op.value)


def name(machine: Machine, frame: Frame, op: ir.Name) -> Value:
    """A variable: bound in a scope, else a built-in."""
    found = frame.scope.names.get(op.name)
    return found if found is not None and op.name not in frame.outer else look_up(machine, frame, op.name)


def attribute_of(machine: Machine, frame: Frame, op: ir.Attribute) -> Value:
    """An attribute."""
    return attribute(machine, frame, frame.results[op.object], op.name)


def index_of(machine: Machine, frame: Frame, op: ir.Index) -> Value:
    """An element by key."""
    value, key = frame.results[op.object], frame.results[op.key]
    if isinstance(value, Instance | Class):
        found = special.item(machine, frame, value, key)
        if found is not None:
            return found
    return index(machine, frame, value, key)


def slice_(machine: Machine, frame: Frame, op: ir.Slice) -> Value:
    """A part of a sequence."""
    results = frame.results
    bounds = [None if ref is None else results[ref] for ref in (op.start, op.stop, op.step)]
    value = slice_of(machine, results[op.object], bounds)
    if isinstance(value, Constant | Partial):
        machine.recorder.assembled(machine, frame, value, (results[op.object],))
    return value


def call_(machine: Machine, frame: Frame, op: ir.Call) -> Value:
    """A call."""
    callee = frame.results[op.function]
    value = call(machine, frame, callee, arguments_of(machine, frame, op.arguments), frame.ops[op.function])
    return machine.cut(frame, value) if machine.budget.exhausted else value


def operator(machine: Machine, frame: Frame, op: ir.Operator) -> Value:
    """A chain of one operator."""
    operands = [frame.results[ref] for ref in op.operands]
    if any(type(operand) is Instance for operand in operands):
        found = special.operator(machine, frame, op.symbol, operands)
        if found is not None:
            return found
    value = operators.fold(op.symbol, operands, machine.budget)
    if value.steps:
        machine.recorder.assembled(machine, frame, value, operands)
    return machine.cut(frame, value) if machine.budget.exhausted else value


def unary(machine: Machine, frame: Frame, op: ir.Unary) -> Value:
    """``not x`` and the like."""
    found = special.unary(machine, frame, op.symbol, frame.results[op.operand])
    if found is not None:
        return operators.unary(op.symbol, found) if op.symbol == "not" else found
    return operators.unary(op.symbol, frame.results[op.operand])


def either(machine: Machine, frame: Frame, op: ir.Either) -> Value:
    """``a if c else b``, ``a or b``, ``a and b``: the one that is taken where the condition is known."""
    results = frame.results
    values = [results[ref] for ref in op.options]
    if op.kind == "if" and op.test is not None:
        known = operators.truth(results[op.test])
        if known is not None and len(values) == 2:
            return values[0] if known else values[1]
    if op.kind in {"and", "or"}:
        return _logical(op.kind, values)
    return choose(values)


def _logical(kind: str, values: list[Value]) -> Value:
    """``a and b`` and ``a or b``."""
    kept: list[Value] = []
    for value in values[:-1]:
        known = operators.truth(value)
        if known is (kind == "or"):
            return choose([*kept, value])
        if known is None:
            kept.append(value)
    kept.append(values[-1])
    if all(isinstance(value, Unknown) for value in kept):
        tests = union(value.tests for value in kept if isinstance(value, Unknown))
        return Unknown(taints_of(kept), merge(kept), tests)
    return choose(kept)


def sequence(machine: Machine, frame: Frame, op: ir.Sequence) -> Value:
    """A list, tuple or set."""
    results = frame.results
    if not op.spreads:
        return Items(op.kind, [results[ref] for ref in op.items])
    made: list[Value] = []
    rest: Value | None = None
    for place, ref in enumerate(op.items):
        value = results[ref]
        if place not in op.spreads:
            made.append(value)
            continue
        found, more = elements(value)
        if found is not None:
            made.extend(found)
        if more is not None:
            rest = join(rest, more)
    return Items(op.kind, made, (), rest)


def display(machine: Machine, frame: Frame, op: ir.Display) -> Value:
    """A dict."""
    results = frame.results
    made: dict[ir.Scalar, Value] = {}
    rest: Value | None = None
    for key, ref in op.items:
        value = results[ref]
        if key is None:
            if isinstance(value, Mapping):
                made.update(value.entries)
                rest = rest if value.rest is None else join(rest, value.rest)
            else:
                rest = join(rest, Unknown(value.taints, value.steps))
            continue
        known = results[key]
        if isinstance(known, Constant):
            made[known.value] = value
        else:
            rest = join(rest, value)
    return Mapping(made, merge([results[key] for key, _ in op.items[:64] if key is not None]), rest)


def format_(machine: Machine, frame: Frame, op: ir.Format) -> Value:
    """An f-string."""
    parts = [frame.results[ref] for ref in op.parts]
    conversions = list(op.conversions)
    for place, part in enumerate(parts):
        if isinstance(part, Instance):
            rule = conversions[place] if place < len(conversions) else ""
            found = special.written(machine, frame, part, rule)
            if found is not None:
                parts[place] = found
                if rule:
                    conversions[place] = ""
    value = template(parts, conversions, machine.budget)
    if value.steps:
        machine.recorder.assembled(machine, frame, value, parts)
    return value


def function(machine: Machine, frame: Frame, op: ir.Function) -> Value:
    """A function comes into being."""
    code = frame.code.children[op.code]
    prefix = frame.position.function
    qualname = f"{prefix}.{code.name}" if prefix else code.name
    made = Function(
        code, frame.scope, qualname, {name: frame.results[ref] for name, ref in op.defaults}, frame.position.layer
    )
    if id(code) not in machine.completed:
        machine.pending[id(code)] = made
        machine.kept.append(made)
    value: Value = made
    for ref in reversed(op.decorators):
        value = decorate(machine, frame, frame.results[ref], value, frame.ops[ref])
    return value


def class_(machine: Machine, frame: Frame, op: ir.Class) -> Value:
    """A class comes into being: its body is run."""
    code = frame.code.children[op.code]
    prefix = frame.position.function
    qualname = f"{prefix}.{code.name}" if prefix else code.name
    scope = Scope(CodeKind.CLASS, frame.scope, frame.scope.module)
    made = Class(qualname, scope, tuple(frame.results[ref] for ref in op.bases))
    position = Position(frame.position.module, frame.position.layer, qualname)
    inner = Frame(code, scope, position)
    if machine.depth >= DEPTH:
        machine.pending_classes.append((inner, made))
    else:
        made.names["__doc__"] = docstring(code)
        run_class(machine, inner, made)
        keywords = {argument.name: frame.results[argument.value] for argument in op.keywords if argument.name}
        special.class_made(machine, frame, made, keywords)
    value: Value = made
    for ref in reversed(op.decorators):
        value = decorate(machine, frame, frame.results[ref], value, frame.ops[ref])
    return value


def run_class(machine: Machine, inner: Frame, made: Class) -> None:
    """Run the body of a class and make its functions methods."""
    conditions = len(machine.conditions)
    machine.depth += 1
    machine.run(inner)
    machine.depth -= 1
    del machine.conditions[conditions:]
    for value in list(made.names.values()):
        if isinstance(value, Function) and value.owner is None:
            value.owner = made


def import_(machine: Machine, frame: Frame, op: ir.Import) -> Value:
    """A module, or a name of it."""
    return import_module(machine, frame, op)


def store(machine: Machine, frame: Frame, op: ir.Store) -> Value:
    """A name is bound."""
    value = frame.results[op.value]
    frame.store(op.name, value)
    return value


def store_attribute_(machine: Machine, frame: Frame, op: ir.StoreAttribute) -> Value:
    """``object.name = value``."""
    value = frame.results[op.value]
    store_attribute(machine, frame, frame.results[op.object], op.name, value)
    return value


def store_index_(machine: Machine, frame: Frame, op: ir.StoreIndex) -> Value:
    """``object[key] = value``."""
    value, target = frame.results[op.value], frame.results[op.object]
    if isinstance(target, Instance):
        special.special(machine, frame, target, "__setitem__", frame.results[op.key], value)
    store_index(machine, frame, target, frame.results[op.key], value)
    return value


def element(machine: Machine, frame: Frame, op: ir.Element) -> Value:
    """One of the values that a value is taken apart into; in a loop, the element of this turn."""
    source = frame.ops[op.value]
    if type(source) is ir.Loop and frame.at < source.end:
        return frame.results[op.value]
    return unpack(frame.results[op.value], op.position, op.rest)


def yield_(machine: Machine, frame: Frame, op: ir.Yield) -> Value:
    """A value goes into a comprehension, or out of a generator."""
    value = frame.results[op.value]
    if op.loop is None:
        frame.yields.append(value)
        return UNKNOWN
    for region in frame.regions:
        if region.index == op.loop and region.kind == "loop":
            pair = (None if op.key is None else frame.results[op.key], value)
            region.collected.append(pair)
            turned = frame.results[op.loop]
            if region.cache is not None and isinstance(turned, Constant) and not turned.taints:
                region.cache[turned.value] = pair
            break
    return UNKNOWN


def await_(machine: Machine, frame: Frame, op: ir.Await) -> Value:
    """``await x``."""
    return frame.results[op.value]


def enter(machine: Machine, frame: Frame, op: ir.Enter) -> Value:
    """A with statement begins."""
    return special.entered(machine, frame, frame.results[op.value])


def leave(machine: Machine, frame: Frame, op: ir.Leave) -> Value:
    """A with statement ends."""
    special.left(machine, frame, frame.results[op.value])
    return NONE


def delete(machine: Machine, frame: Frame, op: ir.Delete) -> Value:
    """A name is no longer bound."""
    if not frame.weak and op.name not in frame.outer:
        frame.scope.names.pop(op.name, None)
    return NONE


def opaque(machine: Machine, frame: Frame, op: ir.Opaque) -> Value:
    """An expression without an operation of its own: text that stands together, else only what flows in."""
    values = [frame.results[ref] for ref in op.operands]
    if op.kind == "concatenated_string":
        return operators.fold("+", values, machine.budget) if values else UNKNOWN
    return Unknown(taints_of(values), merge(values))


HANDLERS: dict[type, Handler] = {
    ir.Const: const,
    ir.Name: name,
    ir.Attribute: attribute_of,
    ir.Index: index_of,
    ir.Slice: slice_,
    ir.Call: call_,
    ir.Operator: operator,
    ir.Unary: unary,
    ir.Either: either,
    ir.Sequence: sequence,
    ir.Display: display,
    ir.Format: format_,
    ir.Function: function,
    ir.Class: class_,
    ir.Import: import_,
    ir.Store: store,
    ir.StoreAttribute: store_attribute_,
    ir.StoreIndex: store_index_,
    ir.Element: element,
    ir.Branch: branch,
    ir.Loop: loop,
    ir.Yield: yield_,
    ir.Return: return_,
    ir.Jump: jump,
    ir.Await: await_,
    ir.Enter: enter,
    ir.Leave: leave,
    ir.Delete: delete,
    ir.Opaque: opaque,
}
