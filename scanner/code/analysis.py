"""The analysis of a package: its units are evaluated, what is never called too, and the facts are given out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.scanner.code.builtins_python import BUILTINS
from assay.scanner.code.decoders_python import DECODER_BUILTINS
from assay.scanner.code.evaluate import HANDLERS, run_class
from assay.scanner.code.facts import Facts
from assay.scanner.code.flow import Recorder
from assay.scanner.code.invoke import bind, call_plain, evaluate_body, instantiate
from assay.scanner.code.ir import CodeKind, Unit
from assay.scanner.code.machine import Language, Lower, Machine
from assay.scanner.code.methods_python import METHOD_BUILTINS, METHODS
from assay.scanner.code.modules import order, run_module
from assay.scanner.code.scope import Frame, ModuleState, Position, Scope
from assay.scanner.code.values import NOTHING, UNKNOWN, Arguments, Class, Function, Items, Unknown, Value
from assay.scanner.code.vocabulary_python import VOCABULARY


def language(lower: Lower | None) -> Language:
    """Python, with the front end for decoded layers."""
    builtins = METHOD_BUILTINS | BUILTINS | DECODER_BUILTINS
    return Language(HANDLERS, call_plain, builtins, METHODS, VOCABULARY, lower)


_PYTHON = language(None)


def analyse(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    packages: Iterable[str] = (),
) -> Facts:
    """What is seen in the code of a package.

    ``units`` are its modules by dotted name; those in ``packages`` are the ``__init__`` of a package, so that their
    relative imports start there (a unit with another below its name is taken for one as well). ``entry`` names
    the modules that are loaded first. ``lower`` reads decoded layers; without it they are noted and not read.
    """
    machine = evaluate(units, entry, lower, packages)
    return machine.recorder.facts()


def evaluate(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    packages: Iterable[str] = (),
) -> Machine:
    """The same; returns the machine with the scopes of all modules."""
    known = set(packages)
    for name in units:
        parts = name.split(".")
        known.update(".".join(parts[:length]) for length in range(1, len(parts)))
    modules = {name: ModuleState(name, unit, name in known) for name, unit in units.items()}
    machine = Machine(_PYTHON._replace(lower=lower), modules, Recorder())
    machine.budget.steps += 4 * sum(len(unit.module.ops) for unit in units.values())
    for name in order(dict(units), list(entry)):
        if modules[name].state == "new":
            run_module(machine, modules[name])
    _rest(machine)
    return machine


def _rest(machine: Machine) -> None:
    """Evaluate what nothing has called, with parameters that can be anything, until nothing is left."""
    machine.at_import = False
    while machine.pending or machine.pending_classes:
        while machine.pending_classes:
            run_class(machine, *machine.pending_classes.pop(0))
        if machine.pending:
            key = next(iter(machine.pending))
            function = machine.pending.pop(key)
            if key not in machine.completed:
                machine.completed.add(key)
                _anyhow(machine, function)


def _anyhow(machine: Machine, function: Function) -> None:
    """Evaluate a function as if someone called it."""
    scope = Scope(CodeKind.FUNCTION, function.scope, function.scope.module)
    position = Position(function.scope.module.name, function.layer, function.qualname)
    frame = Frame(function.code, scope, position)
    positional: list[Value] = []
    owner = function.owner
    for at, parameter in enumerate(function.code.parameters):
        if parameter.kind:
            break
        if at == 0 and owner is not None and function.kind != "static":
            positional.append(owner if function.kind == "class" else _sample(machine, frame, owner))
        else:
            positional.append(Unknown(machine.source(frame, "parameter", parameter.name)))
    given = Arguments(tuple(positional))
    bind(frame, function, given)
    for parameter in function.code.parameters:
        value = Unknown(machine.source(frame, "parameter", parameter.name))
        if parameter.kind == "*":
            scope.names[parameter.name] = Items("tuple", [], (), value)
        elif parameter.kind or scope.names.get(parameter.name) is UNKNOWN:
            scope.names[parameter.name] = value
        elif parameter.name in function.defaults and not isinstance(function.defaults[parameter.name], Unknown):
            default = function.defaults[parameter.name]
            if not (isinstance(default, Items) or getattr(default, "value", "") is None):
                scope.names[parameter.name] = default
    evaluate_body(machine, function, frame)


def _sample(machine: Machine, frame: Frame, owner: Class) -> Value:
    """One object of a class that stands for all of them."""
    if owner.sample is None:
        made = instantiate(machine, frame, owner, NOTHING._replace(rest=UNKNOWN))
        owner.sample = made if made.__class__.__name__ == "Instance" else None  # type: ignore[assignment]
        return made
    return owner.sample
