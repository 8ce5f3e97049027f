"""Calls: of the package's own functions and classes with their ``this``, of methods, and of what stands outside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.code import ir
from assay.scanner.code.access import find_in_class
from assay.scanner.code.budget import DEPTH
from assay.scanner.code.ecmascript.coerce import UNDEFINED
from assay.scanner.code.ecmascript.external import ARGV, call_reference
from assay.scanner.code.ecmascript.sources import held, sources_of
from assay.scanner.code.ecmascript.state import Realm, class_of, escaped, realm
from assay.scanner.code.ecmascript.streams import learn, undone
from assay.scanner.code.invoke import evaluate_body
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.sealing import left_by
from assay.scanner.code.unfinished import UNFINISHED
from assay.scanner.code.values import (
    Applied,
    Arguments,
    Bound,
    Choice,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Method,
    Partial,
    Reference,
    Unknown,
    Value,
    choose,
    merge,
    options,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_KEPT = Function | Class | Instance | Bound | Applied | Method
_COMMON = frozenset({"parameter", "blob", "platform", "folder"})
_OBJECTS = Mapping | Items | Instance | Function | Class
_GLOBAL = Reference("globalThis")
_MOST_OPTIONS = 4
_CUTS = frozenset({"slice", "substring", "substr", "subarray"})
"""Methods by which something is cut: what tells where is not in what is left."""


def call(
    machine: Machine,
    frame: Frame,
    callee: Value,
    arguments: Arguments,
    op: ir.Op | None = None,
    this: Value | None = None,
) -> Value:
    """The value of a call."""
    if isinstance(callee, Function):
        return invoke(machine, frame, callee, arguments, this)
    if isinstance(callee, Reference):
        given = _together(callee, arguments)
        return choose([call_reference(machine, frame, callee, one, op, this) for one in given])
    if isinstance(callee, Method):
        return _call_method(machine, frame, callee, arguments)
    if isinstance(callee, Bound):
        return call(machine, frame, callee.function, arguments, op, callee.receiver)
    if isinstance(callee, Applied):
        held = callee.arguments
        together = Arguments(held.positional + arguments.positional, (), held.rest or arguments.rest)
        return call(machine, frame, callee.function, together, op, this)
    if isinstance(callee, Choice):
        found = [call(machine, frame, option, arguments, op, this) for option in callee.options[:_MOST_OPTIONS]]
        return choose(found)
    if isinstance(callee, Class):
        return construct(machine, frame, callee, arguments)
    if not isinstance(callee, Constant):
        escaped(arguments.positional)
    cuts = isinstance(op, ir.Attribute) and op.name in _CUTS
    taints = sources_of((callee, *(() if cuts else arguments.values)))
    return Unknown(left_by(op.name, taints) if isinstance(op, ir.Attribute | ir.Name) else taints, merge((callee,)))


def _together(callee: Reference, arguments: Arguments) -> list[Arguments]:
    """A program and its arguments as they go together, where the arguments are one of several lists."""
    if len(arguments.positional) < 2 or callee.name.rpartition(".")[2] not in ARGV:
        return [arguments]
    programs, lists = options(arguments.positional[0]), options(arguments.positional[1])
    if len(lists) < 2 or not any(isinstance(one, Items) for one in lists):
        return [arguments]
    if len(programs) != len(lists):
        programs = arguments.positional[:1] * len(lists)
    rest = arguments.positional[2:]
    pairs = list(zip(programs, lists, strict=True))[:_MOST_OPTIONS]
    return [arguments._replace(positional=(*pair, *rest)) for pair in pairs]


def call_plain(machine: Machine, frame: Frame, callee: Value, arguments: Arguments) -> Value:
    """``call`` for callers that have no operation of the callee."""
    return call(machine, frame, callee, arguments)


def _call_method(machine: Machine, frame: Frame, callee: Method, arguments: Arguments) -> Value:
    handler = machine.language.methods.get(callee.name)
    made = handler(machine, frame, arguments, callee.receiver) if handler is not None else None
    if made is None:
        return Unknown(sources_of((callee.receiver, *arguments.values)), merge((callee.receiver,)))
    if isinstance(made, Constant | Partial) and made.steps:
        machine.recorder.assembled(machine, frame, made, (callee.receiver, *arguments.values))
    return made


def construct(machine: Machine, frame: Frame, callee: Value, arguments: Arguments, op: ir.Op | None = None) -> Value:
    """``new callee(…)``."""
    if isinstance(callee, Function):
        cls = class_of(machine, callee)
        return _instantiate(machine, frame, cls, arguments)
    if isinstance(callee, Class):
        return _instantiate(machine, frame, callee, arguments)
    if isinstance(callee, Choice):
        return choose([construct(machine, frame, option, arguments, op) for option in callee.options[:_MOST_OPTIONS]])
    if isinstance(callee, Bound):
        return construct(machine, frame, callee.function, arguments, op)
    if isinstance(callee, Applied):
        together = Arguments(callee.arguments.positional + arguments.positional, (), arguments.rest)
        return construct(machine, frame, callee.function, together, op)
    return call(machine, frame, callee, arguments, op)


def _instantiate(machine: Machine, frame: Frame, cls: Class, arguments: Arguments) -> Value:
    made = Instance(cls)
    machine.kept.append(made)
    if cls.sample is None:
        cls.sample = made
    given = initialise(machine, frame, cls, arguments, made)
    return given if isinstance(given, _OBJECTS) and given is not made else made


def initialise(machine: Machine, frame: Frame, cls: Class, arguments: Arguments, made: Value) -> Value:
    """Run the fields and the constructor of a class on an object; what the constructor gives."""
    fields = cls.names.get("#fields")
    constructor, outside = find_in_class(cls, "constructor")
    if isinstance(fields, Function):
        invoke(machine, frame, fields, Arguments(), made)
    if isinstance(constructor, Function):
        return invoke(machine, frame, constructor, arguments, made)
    if outside is not None:
        return call_reference(machine, frame, outside, arguments, None, made)
    return made


def super_call(machine: Machine, frame: Frame, base: Value, arguments: Arguments, this: Value) -> Value:
    """``super(…)``: the constructor of the base on the same object."""
    if isinstance(base, Class):
        initialise(machine, frame, base, arguments, this)
    elif isinstance(base, Function | Reference):
        call(machine, frame, base, arguments, None, this)
    return this


def invoke(machine: Machine, frame: Frame, function: Function, arguments: Arguments, this: Value | None) -> Value:
    """The value of a call of the package's own function, evaluated with these arguments."""
    own = realm(machine)
    profit = machine.profit.setdefault(id(function.code), [0, 0])
    patience = machine.patience()
    tired = profit[0] > patience.trial or machine.budget.steps < 0
    if tired:
        arguments = _generalised(machine, arguments)
    subject = this.cls if isinstance(this, Instance) and profit[0] > patience.alike else this
    key = _key(machine, function, arguments, subject)
    memo = machine.memo if tired else own.recent()
    known = memo.get(key)
    if known is not None:
        return known
    if key in machine.active or (profit[1] > 2 and not _constant(arguments)):
        return Unknown(sources_of(arguments.values))
    if machine.depth >= DEPTH:
        machine.defer(partial(invoke, machine, frame, function, arguments, this))
        return Unknown(union((sources_of(arguments.values), UNFINISHED)))
    if id(function.code) in machine.completed and machine.is_idle():
        return Unknown(union((sources_of(arguments.values), UNFINISHED)))
    short = undone(own, function, arguments) if own.ciphers else None
    if short is not None:
        machine.gain(machine.recorder.total)
        return short
    before, steps = machine.recorder.total, machine.budget.steps
    machine.active.append(key)
    profit[1] += 1
    made = _evaluate(machine, frame, function, arguments, this)
    profit[1] -= 1
    machine.active.pop()
    if function.steps and isinstance(made, Reference) and (made.name != "globalThis" or len(function.steps) > 1):
        made = made._replace(steps=merge((made, function)))
    gained = machine.recorder.total > before or (isinstance(made, Constant | Partial) and bool(made.steps))
    profit[0] += 0 if gained else steps - machine.budget.steps
    if gained:
        machine.gain(before)
        learn(own, function, arguments, made)
    if tired or not function.code.outer:
        (machine.memo if tired else own.recent())[key] = made
    return made


def _constant(arguments: Arguments) -> bool:
    return bool(arguments.values) and all(isinstance(value, Constant | Items) for value in arguments.values)


def _generalised(machine: Machine, arguments: Arguments) -> Arguments:
    """The arguments with constants made unknown."""
    return Arguments(tuple(_general(machine, value) for value in arguments.positional), (), arguments.rest)


def _general(machine: Machine, value: Value) -> Value:
    """A value of which only the sources that matter are kept; what can be called stays."""
    if isinstance(value, _KEPT) or (isinstance(value, Constant) and value.value is None):
        return value
    if isinstance(value, Reference) and (value.steps or value.name in machine.vocabulary.calls):
        return value
    if isinstance(value, Mapping | Items) and any(isinstance(item, _KEPT) for item in held(value, 16)):
        return value
    return Unknown(frozenset(taint for taint in sources_of((value,)) if taint.kind not in _COMMON))


def _key(machine: Machine, function: Function, arguments: Arguments, this: Value | None) -> object:
    """What tells evaluations of a function apart: itself, and what is known of the arguments."""
    own = realm(machine)
    own.keep(function)
    given = tuple([_digest(own, value) for value in arguments.positional])
    subject = None if this is None else _digest(own, this)
    return (id(function), machine.at_import, given, subject, arguments.rest is not None)


def _digest(own: Realm, value: Value) -> object:
    if isinstance(value, _OBJECTS | _KEPT):
        own.keep(value)
        return id(value)
    sources = frozenset(taint.kind for taint in value.taints) if value.taints else None
    if isinstance(value, Constant):
        return (type(value.value), value.value, sources)
    if isinstance(value, Partial):
        return (value.parts, sources)
    if isinstance(value, Unknown):
        return ("unknown", sources)
    if isinstance(value, Reference):
        return (value.name, sources)
    own.keep(value)
    return id(value)


def _evaluate(machine: Machine, caller: Frame, function: Function, arguments: Arguments, this: Value | None) -> Value:
    """Run the body of a function with its parameters bound."""
    scope = Scope(CodeKind.FUNCTION, function.scope, function.scope.module)
    position = Position(function.scope.module.name, function.layer, function.qualname)
    frame = Frame(function.code, scope, position)
    via = machine.place(caller)
    passed = tuple(_through(value, via) for value in arguments.positional)
    bind(frame, function, Arguments(passed, (), arguments.rest), this)
    return evaluate_body(machine, function, frame)


def _through(value: Value, via: ir.Place) -> Value:
    """The value after it went through a call: its sources remember the call."""
    if not isinstance(value, Constant | Partial | Unknown | Reference) or not value.taints:
        return value
    moved = frozenset(
        taint if len(taint.via) >= 6 or via in taint.via else taint._replace(via=(*taint.via, via))
        for taint in value.taints
    )
    return value._replace(taints=moved)


def bind(frame: Frame, function: Function, arguments: Arguments, this: Value | None) -> None:
    """Bind the parameters of a function; what is not given is undefined."""
    names = frame.scope.names
    rest = arguments.rest
    for at, parameter in enumerate(function.code.parameters):
        if parameter.kind:
            names[parameter.name] = Items("list", list(arguments.positional[at:]), (), rest)
        elif at < len(arguments.positional):
            names[parameter.name] = arguments.positional[at]
        else:
            names[parameter.name] = rest if rest is not None else UNDEFINED
    bind_this(frame, function, this)
    if not function.code.arrow:
        names["arguments"] = Items("list", list(arguments.positional), (), rest)


def bind_this(frame: Frame, function: Function, this: Value | None) -> None:
    """Bind what an arrow function takes from around it."""
    if function.code.arrow:
        return
    names = frame.scope.names
    nothing = this is None or (isinstance(this, Constant) and this.value is None)
    names["this"] = _GLOBAL if nothing or this is None else this
    if function.owner is not None and function.owner.bases:
        names["super"] = function.owner.bases[0]
