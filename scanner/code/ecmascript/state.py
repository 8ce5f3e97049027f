"""What an evaluation of JavaScript keeps besides what all do: properties of functions, globals, changes of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import CodeKind
from assay.scanner.code.machine import Machine
from assay.scanner.code.scope import Scope
from assay.scanner.code.values import UNKNOWN, Class, Function, Mapping, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.facts import Where
    from assay.scanner.code.flow import Recorder
    from assay.scanner.code.ir import Place
    from assay.scanner.code.machine import Language
    from assay.scanner.code.scope import Frame, ModuleState
    from assay.scanner.code.values import Items

PROTOTYPE = "__proto__"
"""The property that stands for another object: what is not found in an object is looked for there."""

TRAP = "#get"
"""The property of a proxy that holds what gives its properties."""


class Realm(Machine):
    """A machine that walks through JavaScript."""

    def __init__(self, language: Language, modules: dict[str, ModuleState], recorder: Recorder) -> None:
        super().__init__(language, modules, recorder)
        self.globals: dict[str, Value] = {}
        """What the package puts into the global object."""
        self.changes = 0
        """How often an object or array was changed: what a function gives may depend on it."""
        self.last_shifted: tuple[Items, Value] | None = None
        """The array that lost its first element last, and the element: tables of strings are turned like that."""
        self.properties: dict[int, dict[str, Value]] = {}
        self.classes: dict[int, Class] = {}
        self.thrown: dict[int, Value] = {}
        """What a code throws, by the code: what its catch clauses may be given."""
        self.emitted: dict[tuple[int, str], list[tuple[Value, ...]]] = {}
        """What emitters were told to emit: functions that are registered later may wait for it all the same."""
        self.listeners: dict[tuple[int, str], list[Value]] = {}
        """Functions that wait for an event of an emitter, by the call that made it and the event."""
        self.ciphers: dict[int, tuple[int, tuple[str, ...]]] = {}
        """Functions that are RC4: how they read the text, and the steps of what they give."""
        self.turns: dict[int, int] = {}
        """How often the first element of an array was moved to its end."""
        self.tries: dict[tuple[int, int], int] = {}
        """Where the part that is tried begins, by its code and its end."""
        self.links: Callable[[str, str], str] | None = None
        """Which file of the package a module means by a request that does not lead to one by itself, "" for none."""
        self.importers: dict[tuple[int, str], list[tuple[Scope, str]]] = {}
        """Variables that stand for what another module exports, by its exports and the name."""
        self._recent: dict[object, Value] = {}
        self._stamp = 0
        self._held: set[int] = set()
        self.texts: dict[str, bytes] = {}
        """Files of the package that are no code, by path: what ``require`` of JSON gives."""

    def where(self, frame: Frame, place: Place) -> Where:
        """The place of a fact, and the module whose top level brings it to run if it is another one."""
        where = super().where(frame, place)
        by = self.loading[-1] if self.at_import and self.loading else where.module
        return where if by == where.module else where._replace(by=by)

    def recent(self) -> dict[object, Value]:
        """What functions have given since an object was last changed."""
        if self._stamp != self.changes:
            self._stamp = self.changes
            self._recent.clear()
        return self._recent

    def keep(self, value: object) -> None:
        """Keep something that is known by its identity."""
        if id(value) not in self._held:
            self._held.add(id(value))
            self.kept.append(value)


def realm(machine: Machine) -> Realm:
    """The machine as what it is: all handlers of this language run on no other."""
    assert isinstance(machine, Realm)  # noqa: S101 - the language and its machine come together
    return machine


def properties(machine: Machine, function: Value) -> dict[str, Value]:
    """The properties of a function of the package."""
    held = realm(machine).properties
    found = held.get(id(function))
    if found is None:
        machine.kept.append(function)
        found = held[id(function)] = {}
    return found


def class_of(machine: Machine, function: Function) -> Class:
    """The class that a function is when ``new`` calls it: its names are those of ``function.prototype``."""
    held = realm(machine).classes
    found = held.get(id(function))
    if found is None:
        machine.kept.append(function)
        scope = Scope(CodeKind.CLASS, None, function.scope.module)
        found = held[id(function)] = Class(function.qualname, scope, ())
        found.names["constructor"] = function
    return found


def is_dead(machine: Machine) -> bool:
    """Whether what is evaluated cannot be reached: then nothing is changed by it."""
    return "never" in machine.conditions


def changed(machine: Machine) -> None:
    """Note that an object was changed."""
    realm(machine).changes += 1


def getter(value: Value) -> Function | None:
    """The function of ``get name() {…}``."""
    is_one = isinstance(value, Function) and value.code.name.startswith("get ")
    return value if is_one and isinstance(value, Function) else None


def escaped(values: tuple[Value, ...]) -> None:
    """Objects are given to something that may put anything into them."""
    for value in values:
        if isinstance(value, Mapping) and value.rest is None:
            value.rest = UNKNOWN
