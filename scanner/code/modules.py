"""Names and modules: what a name stands for, and how the modules of a package import one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.budget import DEPTH
from assay.scanner.code.ir import Code, Const, Import, Unit
from assay.scanner.code.scope import Frame, ModuleState, Position
from assay.scanner.code.sealing import holds_key, left_by
from assay.scanner.code.values import (
    MAX_NAME,
    UNKNOWN,
    Constant,
    Function,
    Module,
    Namespace,
    Reference,
    Unknown,
    Value,
    choose,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_DUNDERS = frozenset({"__builtins__", "__builtin__"})


def look_up(machine: Machine, frame: Frame, name: str) -> Value:
    """The value of a name: bound in an enclosing scope, else a built-in, else one that a star import may bring."""
    scope = frame.scope
    if name in frame.outer and frame.outer[name] == "global":
        scope = scope.top
    found = scope.find(name)
    if found is not None:
        return found
    if name in machine.vocabulary.builtins:
        return Reference(f"builtins.{name}")
    if name in _DUNDERS:
        return Reference("builtins")
    if name.startswith("__"):
        found = _of_every_module(machine, frame, name)
        if found is not None:
            return found
    stars = scope.top.stars
    if stars:
        canonical = machine.vocabulary.canonical
        return choose([Reference(canonical.get(f"{star}.{name}", f"{star}.{name}")) for star in stars[-4:]])
    return UNKNOWN


def _of_every_module(machine: Machine, frame: Frame, name: str) -> Value | None:
    """What a module has without binding it."""
    if name == "__name__":
        return Constant(frame.position.module) if frame.position.module in machine.modules else UNKNOWN
    if name == "__doc__":
        return docstring(frame.scope.module.unit.module)
    return Reference(name) if name in {"__loader__", "__spec__"} else None


def docstring(code: Code) -> Value:
    """The text that a module, class or function begins with."""
    first = code.ops[0] if code.ops else None
    return Constant(first.value) if isinstance(first, Const) and isinstance(first.value, str) else Constant(None)


def import_module(machine: Machine, frame: Frame, op: Import) -> Value:
    """The value of an import; within the package, the module that the unit of this name gave."""
    name = absolute(machine, frame, op.module, op.level)
    if name is None:
        return UNKNOWN
    full = f"{name}.{op.name}" if op.name and op.name != "*" and name else op.name or name
    machine.recorder.imported(machine, frame, name if op.name == "*" else full)
    if op.name == "*":
        return _star(machine, frame, name)
    if not op.name:
        load(machine, name)
        top = name.partition(".")[0] if op.top else name
        return module_value(machine, top)
    return member(machine, frame, name, op.name)


def absolute(machine: Machine, frame: Frame, module: str, level: int) -> str | None:
    """The full name of a module as imported; None when it leads out of the package."""
    if not level:
        return machine.vocabulary.canonical.get(module, module)
    base = frame.position.module.split(".")
    state = machine.modules.get(frame.position.module)
    drop = level - (1 if state is not None and state.is_package else 0)
    if drop > len(base):
        return None
    parts = base[: len(base) - drop] if drop else base
    return ".".join([*parts, *([module] if module else [])]) if parts or module else module or None


def module_value(machine: Machine, name: str) -> Value:
    """A module by its full name: one of the package, or a reference."""
    if name in machine.modules:
        return Module(name)
    prefix = f"{name}."
    if any(other.startswith(prefix) for other in machine.modules):
        return Module(name)
    return Reference(machine.vocabulary.canonical.get(name, name))


def member(machine: Machine, frame: Frame, module: str, name: str) -> Value:
    """``module.name``, be it bound in the module or a module itself."""
    state = machine.modules.get(module)
    full = f"{module}.{name}" if module else name
    if state is not None:
        if full not in machine.modules or not _is_around(machine, module):
            load(machine, module)
        found = state.scope.names.get(name)
        if found is not None:
            return found
        if full not in machine.modules and state.scope.stars:
            return choose([Reference(f"{star}.{name}") for star in state.scope.stars[-4:]])
    if full in machine.modules:
        load(machine, full)
        return Module(full)
    if state is not None:
        computed = state.scope.names.get("__getattr__")
        return machine.call(frame, computed, Constant(name)) if isinstance(computed, Function) else UNKNOWN
    return named(machine, frame, full)


def named(machine: Machine, frame: Frame, name: str, base: Reference | None = None) -> Value:
    """A value outside of the package by qualified name: known text, else a reference, a source if it is one."""
    vocabulary = machine.vocabulary
    name = vocabulary.canonical.get(name, name)
    text = vocabulary.constants.get(name)
    if text is not None:
        return Constant(text)
    kind = vocabulary.attributes.get(name)
    if kind is None:
        if base is None:
            return Reference(name)
        if len(name) > MAX_NAME:
            return Unknown(base.taints, base.steps)
        taints = left_by(name, base.taints)
        if "()" in name and holds_key(name.rpartition(".")[2]):
            taints = union((taints, machine.source(frame, "parameter", name.rpartition(".")[2])))
        return Reference(name, taints, base.steps, base.origin)
    taints = machine.source(frame, kind, name)
    return Reference(name, taints) if base is None else Reference(name, union((base.taints, taints)), base.steps)


def _star(machine: Machine, frame: Frame, name: str) -> Value:
    """``from name import *``."""
    state = machine.modules.get(name)
    if state is None:
        frame.scope.top.stars.append(name)
        return Reference(name)
    load(machine, name)
    for key, value in list(state.scope.names.items()):
        if not key.startswith("_"):
            frame.store(key, value)
    frame.scope.top.stars.extend(star for star in state.scope.stars if star not in frame.scope.top.stars)
    return Module(name)


def load(machine: Machine, name: str) -> None:
    """Evaluate a module of the package, and the packages around it, unless that has begun.

    The packages around a module that is being evaluated are not: they come before it where Python runs, and after
    what they import where it is evaluated.
    """
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        full = ".".join(parts[:length])
        state = machine.modules.get(full)
        if state is None or state.state != "new" or machine.depth >= DEPTH:
            continue
        if length == len(parts) or not _is_around(machine, full):
            run_module(machine, state)


def _is_around(machine: Machine, package: str) -> bool:
    """Whether a module within a package is being evaluated."""
    prefix = f"{package}."
    return any(name.startswith(prefix) for name in machine.loading)


def run_module(machine: Machine, state: ModuleState) -> None:
    """Evaluate the body of a module."""
    state.state = "running"
    frame = Frame(state.unit.module, state.scope, Position(state.name, 0, ""))
    conditions, machine.conditions = machine.conditions, []
    at_import, machine.at_import = machine.at_import, True
    machine.depth += 1
    machine.restart()
    machine.loading.append(state.name)
    machine.run(frame)
    machine.loading.pop()
    machine.depth -= 1
    machine.conditions = conditions
    machine.at_import = at_import
    state.state = "done"


def order(units: dict[str, Unit], entry: list[str]) -> list[str]:
    """The modules such that what a module imports comes before it, where there is no cycle. No recursion."""
    done: dict[str, None] = {}
    for start in [*entry, *sorted(units)]:
        if start not in units or start in done:
            continue
        path = [(start, iter(_imports(units, start)))]
        open_names = {start}
        while path:
            name, rest = path[-1]
            following = next((other for other in rest if other not in done and other not in open_names), None)
            if following is None:
                path.pop()
                open_names.discard(name)
                done[name] = None
            else:
                open_names.add(following)
                path.append((following, iter(_imports(units, following))))
    return list(done)


def _imports(units: dict[str, Unit], name: str) -> list[str]:
    """The modules of the package that the top of a module imports."""
    code: Code = units[name].module
    found: list[str] = []
    base = name.split(".")
    for op in code.ops:
        if isinstance(op, Import):
            module = op.module
            if op.level:
                for drop in (op.level - 1, op.level):
                    head = base[: len(base) - drop] if drop else base
                    found.extend(_candidates([*head, *([module] if module else [])], op.name))
            else:
                found.extend(_candidates([module], op.name))
    return [other for other in dict.fromkeys(found) if other in units and other != name]


def _candidates(parts: list[str], name: str) -> list[str]:
    full = ".".join(parts)
    return [full, f"{full}.{name}"] if name and name != "*" else [full]


def namespace(frame: Frame, top: bool) -> Namespace:
    """``globals()`` and ``locals()``."""
    return Namespace(frame.scope.top if top else frame.scope)
