"""The analysis of a package of JavaScript: its modules are evaluated, what is never called too, and the facts given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.code.ecmascript.calls import bind_this, call_plain
from assay.scanner.code.ecmascript.handlers import JAVASCRIPT_HANDLERS, run_class
from assay.scanner.code.ecmascript.methods import JAVASCRIPT_METHODS
from assay.scanner.code.ecmascript.modules import load, order, prepare
from assay.scanner.code.ecmascript.state import Realm
from assay.scanner.code.ecmascript.tables import JAVASCRIPT_BUILTINS
from assay.scanner.code.ecmascript.vocabulary import VOCABULARY
from assay.scanner.code.flow import Recorder
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.machine import Language
from assay.scanner.code.scope import Frame, ModuleState, Position, Scope
from assay.scanner.code.uncalled import finish
from assay.scanner.code.values import UNKNOWN, Function, Instance, Items, Taint, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from assay.scanner.code.facts import Facts
    from assay.scanner.code.ir import Unit
    from assay.scanner.code.machine import Lower

JAVASCRIPT = Language(JAVASCRIPT_HANDLERS, call_plain, JAVASCRIPT_BUILTINS, JAVASCRIPT_METHODS, VOCABULARY, None)


def analyse(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    texts: Mapping[str, bytes] | None = None,
    links: Callable[[str, str], str] | None = None,
    asleep: Collection[str] = (),
) -> Facts:
    """What is seen in the code of a package.

    ``units`` are its modules by their path in the package, with slashes; facts speak of them by it. ``entry`` names
    those that are loaded first. ``lower`` reads decoded layers; without it they are noted and not read. ``texts`` are
    files that are no code, by path: what ``require`` of a .json file gives. ``links`` says which file of the package a
    module means by what it requires, where the path alone does not say it: by manifests; "" for none. ``asleep`` are
    modules of which only that is evaluated which runs when they are loaded, or which others call.
    """
    machine = evaluate(units, entry, lower, texts, links, asleep)
    facts = machine.recorder.facts()
    machine.release()
    return facts


def evaluate(
    units: Mapping[str, Unit],
    entry: Iterable[str] = (),
    lower: Lower | None = None,
    texts: Mapping[str, bytes] | None = None,
    links: Callable[[str, str], str] | None = None,
    asleep: Collection[str] = (),
) -> Realm:
    """The same; returns the machine with the scopes of all modules."""
    modules = {name: ModuleState(name, unit, False) for name, unit in units.items()}
    machine = Realm(JAVASCRIPT._replace(lower=lower), modules, Recorder())
    machine.texts = dict(texts or {})
    machine.links = links
    machine.budget.steps += 4 * sum(len(unit.module.ops) for unit in units.values())
    for state in modules.values():
        prepare(state)
    for name in order(units, entry):
        load(machine, modules[name])
    finish(machine, partial(_frame, machine), partial(run_class, machine), asleep)
    return machine


def _frame(machine: Realm, function: Function) -> Frame:
    """A frame for a function whose parameters can be anything."""
    scope = Scope(CodeKind.FUNCTION, function.scope, function.scope.module)
    position = Position(function.scope.module.name, function.layer, function.qualname)
    frame = Frame(function.code, scope, position)
    names = scope.names
    for parameter in function.code.parameters:
        taint = Taint("parameter", parameter.name[:200], position.module, function.code.place, position.layer)
        value: Value = Unknown(frozenset((taint,)))
        names[parameter.name] = Items("list", [], (), value) if parameter.kind else value
    bind_this(frame, function, _sample(machine, function))
    if not function.code.arrow:
        names["arguments"] = Items("list", [], (), UNKNOWN)
    return frame


def _sample(machine: Realm, function: Function) -> Value:
    """One object of the class that a method belongs to; it stands for all of them."""
    owner = function.owner
    if owner is None:
        return UNKNOWN
    if owner.sample is None:
        owner.sample = Instance(owner)
        machine.kept.append(owner.sample)
    return owner.sample
