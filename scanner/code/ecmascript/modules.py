"""Modules by path within the package: what ``require`` and ``import`` give, and in which order modules are loaded.

https://nodejs.org/api/modules.html#all-together ; endings of TypeScript as its compiler looks them up. A module is
known by its path with slashes. What is not in the package is a reference under the one name that the vocabulary has.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assay.scanner.code.budget import DEPTH
from assay.scanner.code.ecmascript.access import get
from assay.scanner.code.ecmascript.state import realm
from assay.scanner.code.ir import Call, Const, Import, Name, Store
from assay.scanner.code.modules import run_module
from assay.scanner.code.values import (
    UNKNOWN,
    Constant,
    Items,
    Mapping,
    Partial,
    Reference,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from assay.scanner.code.ir import Scalar, Unit
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame, ModuleState

ENDINGS = (".js", ".cjs", ".mjs", ".json", ".jsx", ".ts", ".tsx", ".mts", ".cts")
_WRITTEN = {".js": (".ts", ".tsx", ".jsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
"""Endings under which TypeScript writes what it is compiled to."""

_LONGEST_PATH = 1024
_JSON = 1 << 20
_NESTED = 50
_IMPORTERS = 64
_SHALLOW = 3


def normal_path(path: str) -> str | None:
    """A path without ``.`` and ``..``; None when it leads out of the package."""
    parts: list[str] = []
    for part in path.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def resolve(names: Iterable[str] | Table[str, object], module: str, request: str) -> str | None:
    """The path of the module of the package that a request from another means, None for none."""
    if len(request) > _LONGEST_PATH or not request.startswith((".", "/")):
        return None
    base = "" if request.startswith("/") else module.rpartition("/")[0]
    path = normal_path(f"{base}/{request}")
    return None if path is None else next((one for one in _candidates(path) if one in names), None)


def _candidates(path: str) -> Iterator[str]:
    if path:
        yield path
        for ending in ENDINGS:
            yield path + ending
        for ending, others in _WRITTEN.items():
            if path.endswith(ending):
                for other in others:
                    yield path.removesuffix(ending) + other
    for ending in ENDINGS:
        yield f"{path}/index{ending}" if path else f"index{ending}"


def request_of(value: Value) -> str | None:
    """What a value asks ``require`` for; of a path that begins with the folder of a module, what follows it."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value.removeprefix("file://")
    if isinstance(value, Partial):
        parts = [part for part in value.parts if part != "file://"]
        if len(parts) == 2 and parts[0] is None and isinstance(parts[1], str):
            return parts[1] if parts[1].startswith("/") else None
    return None


def require(machine: Machine, frame: Frame, request: str) -> Value:
    """What ``require(request)`` gives."""
    own = realm(machine)
    module = frame.position.module
    path = resolve(machine.modules, module, request) or resolve(own.texts, module, request)
    if path is None and own.links is not None:
        found = own.links(module, request)
        path = found if found in machine.modules or found in own.texts else None
    if path is None:
        if request.startswith((".", "/")):
            machine.recorder.imported(machine, frame, request)
            return UNKNOWN
        name = canonical(machine, request)
        machine.recorder.imported(machine, frame, name)
        return Reference(name)
    machine.recorder.imported(machine, frame, path)
    state = machine.modules.get(path)
    if state is None:
        return parsed(own.texts[path].decode("utf-8", "replace"), Constant(""))
    load(machine, state)
    return exports_of(state)


def canonical(machine: Machine, request: str) -> str:
    """The one name of a module outside of the package."""
    name = request.removeprefix("node:")
    return machine.vocabulary.canonical.get(name, name)


def load(machine: Machine, state: ModuleState) -> None:
    """Evaluate a module unless that has begun."""
    if state.state == "new" and machine.depth < DEPTH:
        prepare(state)
        run_module(machine, state)


def prepare(state: ModuleState) -> None:
    """Bind what every module finds bound."""
    names = state.scope.names
    if "module" in names:
        return
    folder = state.name.rpartition("/")[0]
    exports = Mapping({})
    names["exports"] = names["this"] = exports
    names["require"] = Reference("require")
    names["__filename"] = Partial((None, f"/{state.name}"))
    names["__dirname"] = Partial((None, f"/{folder}"))
    module = Mapping(
        {
            "exports": exports,
            "require": Reference("require"),
            "constructor": Reference("module"),
            "filename": names["__filename"],
            "id": names["__filename"],
            "children": Items("list", []),
            "parent": Unknown(),
            "paths": Items("list", [], (), UNKNOWN),
            "_compile": Reference("module()._compile"),
        }
    )
    names["module"] = module
    given = (exports, names["require"], module, names["__filename"], names["__dirname"])
    names["arguments"] = Items("list", list(given))


def exports_of(state: ModuleState) -> Value:
    """What a module exports so far."""
    prepare(state)
    module = state.scope.names["module"]
    found = module.entries.get("exports") if isinstance(module, Mapping) else None
    if isinstance(found, Mapping) and state.state != "done" and found.rest is None:
        return Mapping(found.entries, found.steps, UNKNOWN)
    return found if found is not None else UNKNOWN


def import_(machine: Machine, frame: Frame, op: Import) -> Value:
    """The value of an import; the default of what has none is the whole."""
    made = require(machine, frame, op.module)
    if not op.name:
        return made
    following = frame.ops[frame.at + 1] if frame.at + 1 < len(frame.ops) else None
    if isinstance(made, Mapping) and isinstance(following, Store) and following.value == frame.at:
        realm(machine).keep(made)
        importers = realm(machine).importers.setdefault((id(made), op.name), [])
        if len(importers) < _IMPORTERS:
            importers.append((frame.scope, following.name))
    if op.name == "default":
        return default_of(made)
    return get(machine, frame, made, op.name)


def rebound(machine: Machine, frame: Frame, name: str, old: Value | None, value: Value) -> None:
    """A variable of a module is set by a function: what the module exports under its name follows, wherever it is."""
    exports = frame.scope.top.names.get("exports")
    if old is None or not isinstance(exports, Mapping) or exports.entries.get(name) is not old:
        return
    exports.entries[name] = value
    for scope, local in realm(machine).importers.get((id(exports), name), ()):
        scope.names[local] = value


def default_of(value: Value) -> Value:
    """The default export of what a module exports."""
    if isinstance(value, Mapping):
        return value.entries.get("default", value)
    return value


def export_all(target: Value, value: Value) -> None:
    """``export * from``: all names but the default."""
    if not isinstance(target, Mapping):
        return
    if isinstance(value, Mapping):
        for key, held in value.entries.items():
            if key != "default":
                target.entries.setdefault(key, held)
        target.rest = target.rest or value.rest
    elif target.rest is None:
        target.rest = UNKNOWN


def order(units: Table[str, Unit], entry: Iterable[str]) -> list[str]:
    """The modules such that what a module requires at its top comes before it; no recursion.

    Those of ``entry`` come first, in its order, then ``roots``, which come without what they require: they load it. Of
    modules that need one another the first that is reached comes there, and the others at the end: they are loaded
    from it, as they would be.
    """
    done: dict[str, None] = {}
    circular: dict[str, None] = {}
    tops = dict.fromkeys(roots(units))
    for start in [*entry, *tops, *sorted(units)]:
        if start not in units or start in done or start in circular:
            continue
        if start in tops:
            done[start] = None
            continue
        path = [(start, iter(_requests(units, start)))]
        places = {start: 0}
        while path:
            name, rest = path[-1]
            other = next(rest, None)
            if other is None:
                path.pop()
                del places[name]
                if name not in circular:
                    done[name] = None
            elif other in places:
                circular.update(dict.fromkeys(one for one, _ in path[places[other] + 1 :]))
            elif other not in done and other not in circular:
                places[other] = len(path)
                path.append((other, iter(_requests(units, other))))
    return [*done, *circular]


def roots(units: Table[str, Unit]) -> list[str]:
    """The modules that no other requires, where few lie below: they are loaded before those, as Node loads them.

    What one of them does before it requires another then shows there. Where many lie below, that would bring too many
    calls inside of one another.
    """
    edges = {name: _requests(units, name) for name in units}
    requested = {other for found in edges.values() for other in found}
    made: list[str] = []
    for name in sorted(units.keys() - requested):
        level, seen = {name}, {name}
        for _ in range(_SHALLOW):
            level = {other for one in level for other in edges[one]} - seen
            seen |= level
        if not level and len(seen) > 1:
            made.append(name)
    return made


def _requests(units: Table[str, Unit], name: str) -> list[str]:
    ops = units[name].module.ops
    found: list[str | None] = []
    for op in ops:
        if isinstance(op, Import):
            found.append(resolve(units, name, op.module))
        elif isinstance(op, Call) and op.arguments:
            callee, first = ops[op.function], ops[op.arguments[0].value]
            asks = isinstance(callee, Name) and callee.name == "require"
            if asks and isinstance(first, Const) and isinstance(first.value, str):
                found.append(resolve(units, name, first.value))
    return [other for other in dict.fromkeys(found) if other is not None and other != name]


def parsed(text: str, given: Value, step: str = "") -> Value:
    """``JSON.parse(text)``, nested at most 50 deep and at most 1 MB; unknown where it is none."""
    if len(text) > _JSON or text.count("[") + text.count("{") > 20_000 or _depth(text) > _NESTED:
        return Unknown(given.taints, given.steps)
    try:
        found = json.loads(text, parse_int=lambda digits: int(digits[:4000]))
    except (ValueError, RecursionError):
        return Unknown(given.taints, given.steps)
    steps = (*given.steps, *([step] if step and step not in given.steps else []))
    return _lifted(found, given, steps)


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _lifted(found: object, given: Value, steps: tuple[str, ...]) -> Value:
    if isinstance(found, dict):
        return Mapping({str(key): _lifted(value, given, steps) for key, value in found.items()}, steps)
    if isinstance(found, list):
        return Items("list", [_lifted(value, given, steps) for value in found], steps)
    scalar: Scalar = found if isinstance(found, str | int | float | bool) else None
    return Constant(scalar, given.taints, steps)
