"""What the operations of the intermediate form do where JavaScript differs: the table of handlers of this language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code import control, ir
from assay.scanner.code.access import elements, unpack
from assay.scanner.code.budget import DEPTH
from assay.scanner.code.ecmascript.access import get, index
from assay.scanner.code.ecmascript.calls import call, construct, super_call
from assay.scanner.code.ecmascript.coerce import NULL, UNDEFINED, is_nothing, truth
from assay.scanner.code.ecmascript.expressions import display, either, format_, operator, plain, unary
from assay.scanner.code.ecmascript.modules import export_all, import_, rebound
from assay.scanner.code.ecmascript.names import name_of
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import Realm, is_dead, realm
from assay.scanner.code.ecmascript.writing import put, put_key
from assay.scanner.code.evaluate import HANDLERS
from assay.scanner.code.invoke import arguments_of
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.scope import Frame, Position, Region, Scope
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
    Arguments,
    Bound,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Method,
    Reference,
    Unknown,
    Value,
    choose,
    join,
    merge,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Handler, Machine

_MAIN = "__name__"
_PARTS = frozenset({"and", "or", "??", "?", ":"})
_CASES = {"match": "if", "case": "elif"}
_KNOWN = Constant | Items | Mapping | Function | Class | Instance | Method | Reference


def const(machine: Machine, frame: Frame, op: ir.Const) -> Value:
    """A literal."""
    return NULL if op.value is None else Constant(op.value)


def name(machine: Machine, frame: Frame, op: ir.Name) -> Value:
    """A variable: bound in a scope, else a global."""
    found = frame.scope.names.get(op.name)
    return found if found is not None and op.name not in frame.outer else name_of(machine, frame, op.name)


def attribute(machine: Machine, frame: Frame, op: ir.Attribute) -> Value:
    """``object.name``."""
    return get(machine, frame, frame.results[op.object], op.name)


def index_(machine: Machine, frame: Frame, op: ir.Index) -> Value:
    """``object[key]``."""
    return index(machine, frame, frame.results[op.object], plain(machine, frame, frame.results[op.key], "string"))


def call_(machine: Machine, frame: Frame, op: ir.Call) -> Value:
    """A call with its ``this``."""
    results = frame.results
    callee = results[op.function]
    made_by = frame.ops[op.function]
    arguments = arguments_of(machine, frame, op.arguments)
    if op.new:
        value = construct(machine, frame, callee, arguments, made_by)
    elif type(made_by) is ir.Name and made_by.name == "super":
        value = super_call(machine, frame, callee, arguments, name_of(machine, frame, "this"))
    else:
        this: Value | None = None
        if type(made_by) is ir.Attribute or type(made_by) is ir.Index:
            owner = frame.ops[made_by.object]
            is_super = type(owner) is ir.Name and owner.name == "super"
            this = name_of(machine, frame, "this") if is_super else results[made_by.object]
        value = call(machine, frame, callee, arguments, made_by, this)
    return machine.cut(frame, value) if machine.budget.exhausted else value


def function(machine: Machine, frame: Frame, op: ir.Function) -> Value:
    """A function comes into being."""
    code = frame.code.children[op.code]
    made = Function(code, frame.scope, _qualified(frame, code), {}, frame.position.layer)
    if id(code) not in machine.completed:
        machine.pending[id(code)] = made
        machine.kept.append(made)
    value: Value = made
    for ref in reversed(op.decorators):
        decorated = call(machine, frame, frame.results[ref], Arguments((value,)), frame.ops[ref])
        value = decorated if isinstance(decorated, Function | Class) else value
    return value


def _qualified(frame: Frame, code: ir.Code) -> str:
    prefix = frame.position.function
    own = code.name or "(anonymous)"
    return f"{prefix}.{own}"[:200] if prefix else own


def class_(machine: Machine, frame: Frame, op: ir.Class) -> Value:
    """A class comes into being: its body is run."""
    code = frame.code.children[op.code]
    scope = Scope(CodeKind.CLASS, frame.scope, frame.scope.module)
    made = Class(_qualified(frame, code), scope, tuple(frame.results[ref] for ref in op.bases))
    position = Position(frame.position.module, frame.position.layer, made.qualname)
    inner = Frame(code, scope, position)
    if machine.depth >= DEPTH:
        machine.pending_classes.append((inner, made))
    else:
        run_class(machine, inner, made)
    for ref in reversed(op.decorators):
        call(machine, frame, frame.results[ref], Arguments((made,)), frame.ops[ref])
    return made


def run_class(machine: Machine, inner: Frame, made: Class) -> None:
    """Run the body of a class and make its functions methods."""
    conditions = len(machine.conditions)
    made.names["this"] = made
    machine.depth += 1
    machine.run(inner)
    machine.depth -= 1
    del machine.conditions[conditions:]
    made.names.pop("this", None)
    for value in list(made.names.values()):
        if isinstance(value, Function) and value.owner is None:
            value.owner = made


def store(machine: Machine, frame: Frame, op: ir.Store) -> Value:
    """A name is bound; in what cannot be reached no name outside of it is."""
    value = frame.results[op.value]
    if op.name not in frame.outer:
        frame.store(op.name, value)
    elif not is_dead(machine):
        old = frame.scope.top.names.get(op.name)
        frame.store(op.name, value)
        rebound(machine, frame, op.name, old, value)
    return value


def return_(machine: Machine, frame: Frame, op: ir.Return) -> Value:
    """What a function gives; a return that is not reached gives nothing."""
    if any(region.kind == "dead" for region in frame.regions):
        return UNKNOWN
    return control.return_(machine, frame, op)


def yield_(machine: Machine, frame: Frame, op: ir.Yield) -> Value:
    """``yield x``: what is sent back is taken for what x is kept with, as where a generator stands for ``async``."""
    value = frame.results[op.value]
    if op.loop is not None:
        return UNKNOWN
    frame.yields.append(value)
    return value


def jump(machine: Machine, frame: Frame, op: ir.Jump) -> Value:
    """``break`` and ``continue``; one that is not reached ends nothing."""
    if any(region.kind == "dead" for region in frame.regions):
        return UNKNOWN
    if op.kind == "raise" and op.value is not None:
        thrown = realm(machine).thrown
        thrown[id(frame.code)] = join(thrown.get(id(frame.code)), frame.results[op.value])
    return control.jump(machine, frame, op)


def store_attribute(machine: Machine, frame: Frame, op: ir.StoreAttribute) -> Value:
    """``object.name = value``."""
    value, target = frame.results[op.value], frame.results[op.object]
    owner = frame.ops[op.object]
    if op.name == "*" and type(owner) is ir.Name and owner.name == "exports":
        export_all(target, value)
    else:
        put(machine, frame, target, op.name, value)
    return value


def store_index(machine: Machine, frame: Frame, op: ir.StoreIndex) -> Value:
    """``object[key] = value``."""
    value = frame.results[op.value]
    put_key(machine, frame, frame.results[op.object], frame.results[op.key], value)
    return value


def element(machine: Machine, frame: Frame, op: ir.Element) -> Value:
    """One of the values that a value is taken apart into; in a loop, the element of this turn."""
    given = frame.ops[op.value]
    if type(given) is ir.Loop and frame.at < given.end:
        return frame.results[op.value]
    value = _iterated(frame.results[op.value])
    found, more = elements(value)
    if found is not None and more is None and op.rest is None and op.position >= len(found):
        return UNDEFINED
    return unpack(value, op.position, op.rest)


def _iterated(value: Value) -> Value:
    """What a loop over a value goes over: of a map its pairs."""
    if isinstance(value, Mapping):
        pairs: list[Value] = [Items("list", [Constant(key), held]) for key, held in value.entries.items()]
        return Items("list", pairs, (), None if value.rest is None else Items("list", [UNKNOWN, value.rest]))
    if isinstance(value, Instance):
        return UNKNOWN
    return value


def loop(machine: Machine, frame: Frame, op: ir.Loop) -> Value:
    """A loop."""
    if op.over is None:
        return machine.start_loop(frame, op, None, None)
    held = frame.results[op.over]
    frame.results[op.over] = _iterated(held)
    made = control.loop(machine, frame, op)
    frame.results[op.over] = held
    return made


def branch(machine: Machine, frame: Frame, op: ir.Branch) -> Value:
    """A region that runs or not, by the truth of this language."""
    if op.kind == "try":
        realm(machine).tries[id(frame.code), op.end] = frame.at
    if op.kind == "except" and _cannot_throw(realm(machine), frame):
        machine.skip(frame, frame.at, op.end)
        return UNKNOWN
    if op.test is None:
        return control.branch(machine, frame, op)
    if op.kind in _PARTS:
        return _part(machine, frame, op, frame.results[op.test])
    if op.kind in _CASES:
        op = op._replace(kind=_CASES[op.kind])
    held = frame.results[op.test or 0]
    known = truth(held)
    if known is not None:
        frame.results[op.test or 0] = Constant(known)
    elif not isinstance(held, Unknown):
        frame.results[op.test or 0] = Unknown(held.taints, held.steps)
    made = control.branch(machine, frame, op)
    frame.results[op.test or 0] = held
    return made


def _part(machine: Machine, frame: Frame, op: ir.Branch, test: Value) -> Value:
    """A part of an expression that runs or not; the chain of statements around it goes on as it was."""
    known = is_nothing(test) if op.kind == "??" else truth(test)
    if op.kind in {"or", ":"} and known is not None:
        known = not known
    if known is False:
        machine.skip(frame, frame.at, op.end)
    elif known:
        machine.enter(frame, Region(frame.at, op.end, "branch"), False, [])
    else:
        machine.enter(frame, Region(frame.at, op.end, "branch"), True, control.conditions(test))
    return UNKNOWN


def _cannot_throw(own: Realm, frame: Frame) -> bool:
    """Whether a loop goes on without its catch clause: all that was called before it has given what is known.

    Tables of strings are turned until their numbers fit, by loops that would turn them twice if this were in doubt.
    """
    if frame.weak or not any(region.kind == "loop" and region.values is None for region in frame.regions):
        return False
    start = next((own.tries[id(frame.code), at] for at in range(frame.at, frame.at - 3, -1)
                  if (id(frame.code), at) in own.tries), None)  # fmt: skip
    if start is None:
        return False
    for at in range(start, frame.at):
        op, result = frame.ops[at], frame.results[at]
        if isinstance(op, ir.Jump) and op.kind == "raise":
            return False
        if isinstance(op, ir.Call | ir.Attribute | ir.Index) and not isinstance(result, _KNOWN):
            return False
    return True


def await_(machine: Machine, frame: Frame, op: ir.Await) -> Value:
    """``await x``: a promise is the value that it is kept with; ``then`` of an object of the package is called."""
    value = frame.results[op.value]
    wait = value.entries.get("then") if isinstance(value, Mapping) else None
    if not isinstance(wait, Function):
        return value
    box = Items("settled", [])
    resolve = Applied(Reference("Promise().resolve"), Arguments((box,)), "partial")
    machine.call(frame, Bound(wait, value), resolve, UNKNOWN)
    return choose(box.items) if box.items else UNKNOWN


def opaque(machine: Machine, frame: Frame, op: ir.Opaque) -> Value:
    """An expression without an operation of its own: only what flows in."""
    values = [frame.results[ref] for ref in op.operands]
    if op.kind == "exception":
        return join(UNKNOWN, realm(machine).thrown.get(id(frame.code)))
    if op.kind == "object_rest" and values and isinstance(values[0], Mapping):
        return Mapping(dict(values[0].entries), values[0].steps, values[0].rest)
    if op.kind == "object_rest" and values and isinstance(values[0], Reference):
        return values[0]
    return Unknown(sources_of(values), merge(values))


JAVASCRIPT_HANDLERS: dict[type, Handler] = HANDLERS | {
    ir.Const: const,
    ir.Name: name,
    ir.Attribute: attribute,
    ir.Index: index_,
    ir.Call: call_,
    ir.Operator: operator,
    ir.Unary: unary,
    ir.Either: either,
    ir.Display: display,
    ir.Format: format_,
    ir.Function: function,
    ir.Class: class_,
    ir.Import: import_,
    ir.Store: store,
    ir.Return: return_,
    ir.Jump: jump,
    ir.Yield: yield_,
    ir.StoreAttribute: store_attribute,
    ir.StoreIndex: store_index,
    ir.Element: element,
    ir.Branch: branch,
    ir.Loop: loop,
    ir.Await: await_,
    ir.Opaque: opaque,
}
