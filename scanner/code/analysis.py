"""The analysis of a package: its units are evaluated, what is never called too, and the facts are given out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.builtins_python import BUILTINS
from assay.scanner.code.callbacks_python import CALLBACK_METHODS, CALLBACKS
from assay.scanner.code.decoders_python import DECODER_BUILTINS
from assay.scanner.code.evaluate import HANDLERS, run_class
from assay.scanner.code.flow import Recorder
from assay.scanner.code.introspect_python import INTROSPECTION
from assay.scanner.code.invoke import call_plain, instantiate
from assay.scanner.code.ir import CodeKind, Unit
from assay.scanner.code.machine import Language, Lower, Machine
from assay.scanner.code.methods_python import METHOD_BUILTINS, METHODS
from assay.scanner.code.modules import order, run_module
from assay.scanner.code.scope import Frame, ModuleState, Position, Scope
from assay.scanner.code.texts_python import TEXT_METHODS, TEXTS
from assay.scanner.code.uncalled import finish
from assay.scanner.code.values import (
    NONE,
    NOTHING,
    UNKNOWN,
    Arguments,
    Class,
    Function,
    Items,
    Taint,
    Taints,
    Unknown,
    Value,
)
from assay.scanner.code.values import Mapping as Dict
from assay.scanner.code.vocabulary_python import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.scanner.code.facts import Facts


def language(lower: Lower | None) -> Language:
    """Python, with the front end for decoded layers."""
    builtins = METHOD_BUILTINS | BUILTINS | DECODER_BUILTINS | INTROSPECTION | CALLBACKS | TEXTS
    return Language(HANDLERS, call_plain, builtins, METHODS | CALLBACK_METHODS | TEXT_METHODS, VOCABULARY, lower)


_PYTHON = language(None)
_HOOKS = (
    *("get_requires_for_build_wheel", "get_requires_for_build_sdist", "get_requires_for_build_editable"),
    *("prepare_metadata_for_build_wheel", "prepare_metadata_for_build_editable"),
    *("build_wheel", "build_sdist", "build_editable"),
)


def analyse(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    packages: Iterable[str] = (),
    backends: Iterable[str] = (),
) -> Facts:
    """What is seen in the code of a package.

    ``units`` are its modules by dotted name; those in ``packages`` are the ``__init__`` of a package, so that their
    relative imports start there (a unit with another below its name is taken for one as well). ``entry`` names
    the modules that are loaded first. ``lower`` reads decoded layers; without it they are noted and not read.
    The hooks of ``backends`` are called as a build does.
    """
    machine = evaluate(units, entry, lower, packages, backends)
    facts = machine.recorder.facts()
    machine.release()
    return facts


def evaluate(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    packages: Iterable[str] = (),
    backends: Iterable[str] = (),
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
    for name in backends:
        if name in modules:
            _build(machine, modules[name])
    for made in machine.mortal:
        call_plain(machine, *made, NOTHING)
    finish(machine, partial(_frame, machine), partial(run_class, machine))
    return machine


def _build(machine: Machine, backend: ModuleState) -> None:
    """Call the hooks of a backend as a build does (PEP 517, PEP 660)."""
    frame = Frame(backend.unit.module, backend.scope, Position(backend.name, 0, ""))
    for name in _HOOKS:
        hook = backend.scope.names.get(name)
        if isinstance(hook, Function):
            call_plain(machine, frame, hook, NOTHING._replace(rest=UNKNOWN))


def _frame(machine: Machine, function: Function) -> Frame:
    """A frame for a function whose parameters can be anything, or their defaults."""
    scope = Scope(CodeKind.FUNCTION, function.scope, function.scope.module)
    position = Position(function.scope.module.name, function.layer, function.qualname)
    frame = Frame(function.code, scope, position)
    names = scope.names
    for at, parameter in enumerate(function.code.parameters):
        value: Value = Unknown(_parameter(function, position, parameter.name))
        default = function.defaults.get(parameter.name)
        if at == 0 and function.owner is not None and function.kind != "static" and not parameter.kind:
            value = function.owner if function.kind == "class" else _sample(machine, frame, function.owner)
        elif parameter.kind == "*":
            value = Items("tuple", [], (), value)
        elif default is not None and default != NONE and not isinstance(default, Items | Dict | Unknown):
            value = default
        names[parameter.name] = value
    return frame


def _parameter(function: Function, position: Position, name: str) -> Taints:
    """The source that a parameter is; its place is that of the function."""
    return frozenset((Taint("parameter", name, position.module, function.code.place, position.layer),))


def _sample(machine: Machine, frame: Frame, owner: Class) -> Value:
    """One object of a class that stands for all of them."""
    if owner.sample is None:
        owner.sample = instantiate(machine, frame, owner, _anything(owner))
    return owner.sample


def _anything(owner: Class) -> Arguments:
    """What a constructor may be given: its parameters without defaults are sources, as when it is called itself."""
    constructor, _ = find_in_class(owner, "__init__")
    if not isinstance(constructor, Function):
        return NOTHING._replace(rest=UNKNOWN)
    position = Position(constructor.scope.module.name, constructor.layer, constructor.qualname)
    named = [one.name for one in constructor.code.parameters[1:] if not one.kind]
    given = ((name, Unknown(_parameter(constructor, position, name))) for name in named)
    return Arguments((), tuple(one for one in given if one[0] not in constructor.defaults), UNKNOWN)
