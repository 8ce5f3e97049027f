"""Calls: of the package's own functions and classes, of built-ins, and of what the vocabulary knows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.code.access import GIVEN, RECORDS, attribute, elements, find_in_class
from assay.scanner.code.budget import DEPTH
from assay.scanner.code.external import call_reference
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.unfinished import CUT, UNFINISHED
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
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
    Module,
    Namespace,
    Partial,
    Reference,
    Taints,
    Unknown,
    Value,
    choose,
    flat,
    join,
    merge,
    stepped,
    taints_of,
    text,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code import ir
    from assay.scanner.code.machine import Machine

_COMMON = frozenset({"parameter", "blob", "platform", "folder"})
_BLOB = 200
"""Characters from which a constant is data: calls with data are no reason to stop telling arguments apart."""

_MORTAL = 64
"""Objects with a destructor that are followed to their end."""


def arguments_of(machine: Machine, frame: Frame, arguments: tuple[ir.Argument, ...]) -> Arguments:
    """The arguments of a call, with ``*x`` and ``**x`` spread out as far as they are known."""
    results = frame.results
    if all(not argument.name and not argument.spread for argument in arguments):
        return Arguments(tuple([results[argument.value] for argument in arguments]))
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    rest: Value | None = None
    for argument in arguments:
        value = results[argument.value]
        if argument.spread == 1:
            found, more = elements(value)
            positional.extend(found[:64] if found is not None else [])
            if found is None or more is not None:
                rest = join(rest, more if more is not None else Unknown(value.taints))
        elif argument.spread == 2:
            if isinstance(value, Mapping):
                keywords.extend((key, item) for key, item in value.entries.items() if isinstance(key, str))
            else:
                rest = join(rest, Unknown(value.taints))
        elif argument.name:
            keywords.append((argument.name, value))
        else:
            positional.append(value)
    return Arguments(tuple(positional), tuple(keywords), rest)


def call(machine: Machine, frame: Frame, callee: Value, arguments: Arguments, op: ir.Op | None = None) -> Value:
    """The value of a call."""
    if isinstance(callee, Reference):
        return call_reference(machine, frame, callee, arguments, op)
    if isinstance(callee, Method):
        return _call_method(machine, frame, callee, arguments)
    if isinstance(callee, Function):
        return invoke(machine, frame, callee, arguments)
    if isinstance(callee, Bound):
        return call(
            machine, frame, callee.function, arguments._replace(positional=(callee.receiver, *arguments.positional))
        )
    if isinstance(callee, Class):
        return instantiate(machine, frame, callee, arguments)
    if isinstance(callee, Applied):
        return _call_applied(machine, frame, callee, arguments)
    if isinstance(callee, Choice):
        return choose([call(machine, frame, option, arguments, op) for option in callee.options[:4]])
    if isinstance(callee, Instance):
        return call(machine, frame, attribute(machine, frame, callee, "__call__"), arguments)
    return Unknown(taints_of((callee, *arguments.values)), merge((callee,)))


def call_plain(machine: Machine, frame: Frame, callee: Value, arguments: Arguments) -> Value:
    """``call`` for callers that have no operation of the callee."""
    return call(machine, frame, callee, arguments)


def _call_method(machine: Machine, frame: Frame, callee: Method, arguments: Arguments) -> Value:
    handler = machine.language.methods.get(callee.name)
    made = handler(machine, frame, arguments, callee.receiver) if handler is not None else None
    if made is None:
        return Unknown(taints_of((callee.receiver, *arguments.values)), merge((callee.receiver,)))
    if made.steps and isinstance(made, Constant | Partial):
        machine.recorder.assembled(machine, frame, made, (callee.receiver, *arguments.values))
    return made


def _call_applied(machine: Machine, frame: Frame, callee: Applied, arguments: Arguments) -> Value:
    """``functools.partial`` objects and those of ``operator``."""
    held = callee.arguments
    if callee.road == "partial":
        together = Arguments(
            held.positional + arguments.positional, held.keywords + arguments.keywords, held.rest or arguments.rest
        )
        return call(machine, frame, stepped(callee.function, callee.steps[-1] if callee.steps else "partial"), together)
    subject = arguments.get(0)
    name = text(held.get(0))
    if subject is None or name is None or callee.road not in {"attrgetter", "methodcaller"}:
        return machine.call(frame, Reference("operator.getitem"), subject or UNKNOWN, held.get(0) or UNKNOWN)
    for part in name.split("."):
        subject = stepped(attribute(machine, frame, subject, part), callee.road)
    if callee.road == "methodcaller":
        return call(machine, frame, subject, Arguments(held.positional[1:], held.keywords))
    return subject


def instantiate(machine: Machine, frame: Frame, cls: Class, arguments: Arguments) -> Instance:
    """A new object of a class of the package."""
    made = Instance(cls)
    machine.kept.append(made)
    if cls.sample is None:
        cls.sample = made
    constructor, outside = find_in_class(cls, "__init__")
    if isinstance(constructor, Function):
        _construct(machine, frame, made, constructor, arguments)
    elif outside is not None and outside.name not in RECORDS:
        call_reference(machine, frame, outside, arguments, None)
    else:
        _fill(machine, frame, made, arguments)
    destructor, _ = find_in_class(cls, "__del__")
    if isinstance(destructor, Function) and machine.at_import and len(machine.mortal) < _MORTAL:
        machine.mortal.append((frame, Bound(destructor, made)))
    return made


def _fill(machine: Machine, frame: Frame, made: Instance, arguments: Arguments) -> None:
    """Give an object of a record its fields; what is given in an unknown order is in all without a name."""
    made.attributes.update(zip(made.cls.fields, arguments.positional, strict=False))
    made.attributes.update(dict(arguments.keywords))
    others = arguments.positional[len(made.cls.fields) :]
    if others:
        made.attributes[GIVEN] = choose(others)
    after, _ = find_in_class(made.cls, "__post_init__")
    if isinstance(after, Function):
        machine.call(frame, Bound(after, made))


def _construct(machine: Machine, frame: Frame, made: Instance, constructor: Function, arguments: Arguments) -> None:
    """Run a constructor; one that has shown to bring nothing new runs once for all arguments that are alike."""
    key: object = None
    if machine.profit.get(id(constructor.code), (0,))[0] > machine.patience().trial:
        arguments = _generalised(machine, arguments)
        key = (id(made.cls), _key(machine, constructor, arguments))
        known = machine.built.get(key)
        if known is not None:
            made.attributes.update(known)
            return
    invoke(machine, frame, constructor, arguments._replace(positional=(made, *arguments.positional)))
    if key is not None:
        machine.built[key] = dict(made.attributes)


def decorate(machine: Machine, frame: Frame, decorator: Value, value: Value, op: ir.Op) -> Value:
    """The value of a decorated function or class; an unknown decorator is taken to leave it as it is."""
    if isinstance(decorator, Reference) and isinstance(value, Function):
        kind = {"property": "property", "staticmethod": "static", "classmethod": "class"}
        last = decorator.name.rpartition(".")[2]
        value.kind = kind.get(last, "property" if last == "cached_property" else value.kind)
        if last in kind:
            return value
    made = call(machine, frame, decorator, Arguments((value,)), op)
    known = isinstance(made, Function | Class | Applied | Bound | Instance | Constant)
    return made if known else value


def invoke(machine: Machine, frame: Frame, function: Function, arguments: Arguments) -> Value:
    """The value of a call of the package's own function, evaluated with these arguments."""
    profit = machine.profit.setdefault(id(function.code), [0, 0])
    patience = machine.patience()
    if profit[0] > patience.trial or machine.budget.steps < 0:
        arguments = _generalised(machine, arguments)
    key = _key(machine, function, _of_class(arguments) if profit[0] > patience.alike else arguments)
    known = machine.memo.get(key)
    if known is not None:
        return known
    taints = taints_of(arguments.values)
    if key in machine.active or (profit[1] > 2 and not _constant(arguments)):
        return Unknown(taints)
    if machine.depth >= DEPTH:
        machine.exhausted(frame, "depth")
        machine.defer(partial(invoke, machine, frame, function, arguments))
        return Unknown(taints)
    if id(function.code) in machine.completed and machine.is_idle():
        return Unknown(union((taints, UNFINISHED)))
    before, steps = machine.recorder.total, machine.budget.steps
    machine.active.append(key)
    profit[1] += 1
    made = _evaluate(machine, frame, function, arguments)
    profit[1] -= 1
    machine.active.pop()
    gained = machine.recorder.total > before or (isinstance(made, Constant | Partial) and bool(made.steps))
    profit[0] += 0 if gained or _brings_data(arguments) else steps - machine.budget.steps
    if gained:
        machine.gain(before)
    if not function.code.outer:
        machine.memo[key] = made
    return made


def _constant(arguments: Arguments) -> bool:
    return bool(arguments.values) and all(isinstance(value, Constant | Items) for value in arguments.values)


def _brings_data(arguments: Arguments) -> bool:
    return any(
        isinstance(value, Constant) and isinstance(value.value, str | bytes) and len(value.value) >= _BLOB
        for value in arguments.values
    )


def _generalised(machine: Machine, arguments: Arguments) -> Arguments:
    """The arguments with constants made unknown."""
    return Arguments(
        tuple(_general(machine, value) for value in arguments.positional),
        tuple((name, _general(machine, value)) for name, value in arguments.keywords),
        arguments.rest,
    )


def _of_class(arguments: Arguments) -> Arguments:
    """The arguments with the class of each object in its place."""
    return Arguments(
        tuple(value.cls if isinstance(value, Instance) else value for value in arguments.positional),
        tuple((name, value.cls if isinstance(value, Instance) else value) for name, value in arguments.keywords),
        arguments.rest,
    )


def _general(machine: Machine, value: Value) -> Value:
    """A value of which only the sources that matter are kept; what can be called stays."""
    if isinstance(value, Function | Class | Instance | Bound | Applied | Method | Module | Namespace):
        return value
    if isinstance(value, Reference) and (value.steps or value.name in machine.vocabulary.calls):
        return value
    return Unknown(frozenset(taint for taint in value.taints if taint.kind not in _COMMON))


def _key(machine: Machine, function: Function, arguments: Arguments) -> object:
    """What tells evaluations of a function apart: itself, and what is known of the arguments."""
    machine.kept.append(function)
    given = tuple(_digest(machine, value) for value in arguments.positional)
    named = tuple((name, _digest(machine, value)) for name, value in arguments.keywords)
    return (id(function), machine.at_import, given, named, arguments.rest is not None)


def _digest(machine: Machine, value: Value) -> object:
    if isinstance(value, Constant):
        return (type(value.value), value.value, _sources(value.taints))
    if isinstance(value, Partial):
        return (value.parts, _sources(value.taints))
    if isinstance(value, Unknown):
        return ("unknown", _sources(value.taints))
    if isinstance(value, Reference):
        return (value.name, _sources(value.taints))
    if isinstance(value, Items | Mapping | Choice):
        inner = flat(value, 16)
        if len(inner) < 16 and all(isinstance(item, Constant | Unknown) for item in inner):
            return (type(value), tuple(_digest(machine, item) for item in inner))
    machine.kept.append(value)
    return id(value)


def _sources(taints: Taints) -> object:
    return frozenset(taint.kind for taint in taints) if taints else None


def _evaluate(machine: Machine, caller: Frame, function: Function, arguments: Arguments) -> Value:
    """Run the body of a function with its parameters bound."""
    scope = Scope(CodeKind.FUNCTION, function.scope, function.scope.module)
    module = function.scope.module.name
    frame = Frame(function.code, scope, Position(module, function.layer, function.qualname))
    via = machine.place(caller)
    passed = Arguments(
        tuple(_through(value, via) for value in arguments.positional),
        tuple((name, _through(value, via)) for name, value in arguments.keywords),
        arguments.rest,
    )
    bind(frame, function, passed)
    return evaluate_body(machine, function, frame)


def _through(value: Value, via: ir.Place) -> Value:
    """The value after it went through a call: its sources remember the call."""
    if not value.taints or not isinstance(value, Constant | Partial | Unknown | Reference):
        return value
    moved = frozenset(
        taint if len(taint.via) >= 6 or via in taint.via or taint.kind == CUT else taint._replace(via=(*taint.via, via))
        for taint in value.taints
    )
    return value._replace(taints=moved)


def evaluate_body(machine: Machine, function: Function, frame: Frame) -> Value:
    """Run a function whose parameters are bound; what it gives."""
    conditions = len(machine.conditions)
    machine.depth += 1
    machine.run(frame)
    machine.depth -= 1
    del machine.conditions[conditions:]
    code = function.code
    if not frame.finished:
        machine.completed.add(id(code))
        machine.pending.pop(id(code), None)
    if code.is_generator or frame.yields:
        return Items("generator", frame.yields)
    return choose(frame.returns) if frame.returns else NONE


def bind(frame: Frame, function: Function, arguments: Arguments) -> None:
    """Bind the parameters of a function to arguments, defaults, or what an unknown spread brings."""
    names = frame.scope.names
    keywords = dict(arguments.keywords)
    position = 0
    rest = arguments.rest
    for parameter in function.code.parameters:
        if parameter.kind == "*":
            names[parameter.name] = Items("tuple", list(arguments.positional[position:]), (), rest)
            position = len(arguments.positional)
        elif parameter.kind == "**":
            names[parameter.name] = Mapping({key: held for key, held in keywords.items()}, (), rest)  # noqa: C416 - the key's type widens
        elif parameter.name in keywords:
            names[parameter.name] = keywords.pop(parameter.name)
        elif position < len(arguments.positional):
            names[parameter.name] = arguments.positional[position]
            position += 1
        elif rest is not None:
            names[parameter.name] = rest
        else:
            names[parameter.name] = function.defaults.get(parameter.name, UNKNOWN)
