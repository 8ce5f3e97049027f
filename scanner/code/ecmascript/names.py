"""What names stand for: variables, the global object, and properties of what stands outside of the package."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assay.scanner.code.ecmascript.coerce import UNDEFINED
from assay.scanner.code.ecmascript.state import realm
from assay.scanner.code.modules import named
from assay.scanner.code.values import (
    MAX_NAME,
    UNKNOWN,
    Constant,
    Mapping,
    Method,
    Partial,
    Reference,
    Unknown,
    Value,
    merge,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

GLOBAL_OBJECTS = frozenset({"globalThis", "window", "self", "global"})
_PLAIN = {"undefined": UNDEFINED, "NaN": Constant(math.nan), "Infinity": Constant(math.inf)}
_ON_ALL = frozenset({"call", "apply", "bind", "then", "catch", "finally"})
_ENVIRONMENTS = frozenset({"process.env", "Deno.env", "Bun.env"})
_NAMED = frozenset("Array Boolean Buffer Date Error Function Math Number Object Promise RegExp String Symbol".split())  # noqa: SIM905
_OF_PATTERNS = {"source": 0, "flags": 1}
"""Properties of a regular expression: the arguments that it was made of."""

_ENUMERATED = frozenset({"child_process", "globalThis", "process", "vm"})
_SAME = frozenset({"default", "__esModule", "promises"})


def name_of(machine: Machine, frame: Frame, name: str) -> Value:
    """The value of a variable: bound in a scope, else a global."""
    scope = frame.scope
    if name in frame.outer and frame.outer[name] == "global":
        found = scope.top.names.get(name)
        return found if found is not None else global_name(machine, frame, name)
    found = scope.find(name)
    return found if found is not None else global_name(machine, frame, name)


def global_name(machine: Machine, frame: Frame, name: str) -> Value:
    """The value of a name that no scope binds."""
    if name in _PLAIN:
        return _PLAIN[name]
    if name in GLOBAL_OBJECTS:
        return Reference("globalThis")
    found = realm(machine).globals.get(name)
    if found is not None:
        return found
    if name in machine.vocabulary.builtins:
        return named(machine, frame, name)
    if name == "import.meta":
        return meta(frame.position.module)
    return UNKNOWN


def meta(module: str) -> Mapping:
    """``import.meta`` of a module: its address and path, whatever comes before them."""
    folder, _, _ = module.rpartition("/")
    return Mapping(
        {
            "url": Partial(("file://", None, f"/{module}")),
            "filename": Partial((None, f"/{module}")),
            "dirname": Partial((None, f"/{folder}")),
            "env": Reference("process.env"),
        }
    )


def of_reference(machine: Machine, frame: Frame, value: Reference, name: str) -> Value:
    """``value.name`` for something outside of the package."""
    base = value.name
    if base in _ENVIRONMENTS:
        return _variable(machine, frame, value, name)
    if base == "globalThis":
        made = global_name(machine, frame, name)
        return made if made is not UNKNOWN else Reference(f"globalThis.{name}"[:MAX_NAME], value.taints, value.steps)
    if name in _ON_ALL and base not in {"Reflect", "Function.prototype"}:
        return Method(value, name, value.taints, value.steps)
    if name in _SAME and "(" not in base and f"{base}.{name}" not in machine.vocabulary.canonical:
        return value
    if name == "constructor" and "(" not in base and "[" not in base and f"{base}.{name}" not in _constructors(machine):
        return Reference("Function", value.taints, merge([value], "introspection"))
    if base == "RegExp()" and name in _OF_PATTERNS and value.origin is not None:
        return value.origin.get(_OF_PATTERNS[name]) or Constant("")
    if name == "name" and base in _NAMED:
        return Constant(base)
    made = named(machine, frame, f"{base}.{name}", value)
    if isinstance(made, Reference) and made.name in machine.vocabulary.attributes and value.taints:
        kind = machine.vocabulary.attributes[made.name]
        return made._replace(taints=frozenset(taint for taint in made.taints if taint.kind != kind or taint.detail))
    return made


def _constructors(machine: Machine) -> frozenset[str]:
    """Modules whose ``constructor`` is the class of modules."""
    return frozenset({"module.constructor", "process.mainModule.constructor", "require.main.constructor"})


def _variable(machine: Machine, frame: Frame, value: Reference, name: str) -> Value:
    """A variable of the environment."""
    if name in {"hasOwnProperty", "toString", "toObject", "get"}:
        return Reference(f"{value.name}.{name}", value.taints, value.steps)
    kind = "folder" if name.upper() in machine.vocabulary.folders else "environment"
    return Unknown(machine.source(frame, kind, name), value.steps)


def members(machine: Machine, value: Value) -> list[str]:
    """The names of what a module that can start something has, and the global object, as the vocabulary has them."""
    if not isinstance(value, Reference) or value.name not in _ENUMERATED:
        return []
    if value.name == "globalThis":
        return sorted(machine.vocabulary.builtins)
    start = f"{value.name}."
    found = {name.removeprefix(start) for name in machine.vocabulary.calls if name.startswith(start)}
    return sorted(name for name in found if name.isidentifier())


def joined(first: Reference, second: Reference) -> Reference:
    """The first with the sources of both."""
    return first._replace(taints=union((first.taints, second.taints)))
