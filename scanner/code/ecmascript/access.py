"""Properties: reading them on every kind of value, by name and by computed key.

A module of the package is the value that it exports. What a prototype holds are the names of a class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.ecmascript.coerce import UNDEFINED, units
from assay.scanner.code.ecmascript.keys import name_of_key
from assay.scanner.code.ecmascript.names import of_reference
from assay.scanner.code.ecmascript.sources import WALKED, is_brought, sources_of
from assay.scanner.code.ecmascript.state import PROTOTYPE, TRAP, class_of, getter, properties, realm
from assay.scanner.code.modules import named
from assay.scanner.code.sealing import holds_key, left_by
from assay.scanner.code.values import (
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
    Namespace,
    Reference,
    Taints,
    Unknown,
    Value,
    choose,
    integer,
    join,
    merge,
    stepped,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

CALLABLE = Function | Bound | Applied | Method | Class
_ON_FUNCTIONS = frozenset({"call", "apply", "bind", "toString"})
_ON_OBJECTS = (
    "get set has add delete clear forEach keys values entries hasOwnProperty toString toLocaleString valueOf then "
    "catch finally isPrototypeOf propertyIsEnumerable on once emit addListener"
)
_OF_OBJECTS = frozenset(_ON_OBJECTS.split())
_ANYWHERE = frozenset({"then", "catch", "finally"})
_TYPES = {str: "String", bytes: "Buffer", bool: "Boolean", int: "Number", float: "Number"}
_INTROSPECTION = "introspection"


def get(machine: Machine, frame: Frame, value: Value, name: str) -> Value:
    """``value.name``."""
    if isinstance(value, Mapping):
        return _of_mapping(machine, frame, value, name)
    if isinstance(value, Reference):
        return of_reference(machine, frame, value, name)
    if isinstance(value, Choice):
        return choose([get(machine, frame, option, name) for option in value.options])
    if isinstance(value, Unknown):
        is_method = name in _ANYWHERE or (name in WALKED and is_brought(value.taints))
        taken = value.taints if is_method else left_by(name, _taken(machine, frame, value, name))
        return Method(value, name, taken, value.steps) if is_method else Unknown(taken, value.steps)
    if isinstance(value, Instance):
        return _of_instance(machine, frame, value, name)
    if isinstance(value, Class):
        return _of_class(machine, frame, value, name)
    if isinstance(value, Namespace):
        return value.scope.names.get(name, UNKNOWN)
    if isinstance(value, CALLABLE):
        return _of_function(machine, frame, value, name)
    return _of_plain(machine, value, name)


def _taken(machine: Machine, frame: Frame, value: Unknown, name: str) -> Taints:
    """The sources of a property of something unknown: a parameter that is taken apart is known by its parts.

    A private key is known by its name, whoever holds it.
    """
    if holds_key(name):
        others = frozenset(taint for taint in value.taints if taint.kind != "parameter")
        return others | machine.source(frame, "parameter", name)
    if not any(taint.kind == "parameter" and taint.detail.endswith("#") for taint in value.taints):
        return value.taints
    return frozenset(
        taint._replace(detail=name[:200]) if taint.kind == "parameter" and taint.detail.endswith("#") else taint
        for taint in value.taints
    )


def _read(machine: Machine, frame: Frame, found: Value, owner: Value) -> Value:
    """What a property holds; a getter is called."""
    function = getter(found)
    return found if function is None else machine.call(frame, Bound(function, owner))


def _of_mapping(machine: Machine, frame: Frame, value: Mapping, name: str) -> Value:
    trap = value.entries.get(TRAP)
    if trap is not None:
        return machine.call(frame, trap, value.entries.get(PROTOTYPE, UNKNOWN), Constant(name), value)
    found = value.entries.get(name)
    if found is not None:
        made = _read(machine, frame, found, value)
        return made if value.rest is None else join(made, value.rest)
    if name == "constructor":
        return Reference("Object")
    if name == "size":
        return Constant(len(value.entries)) if value.rest is None else UNKNOWN
    if name in _OF_OBJECTS:
        return Method(value, name, value.taints, value.steps)
    prototype = value.entries.get(PROTOTYPE)
    if isinstance(prototype, Mapping) and prototype is not value and name in prototype.entries:
        return prototype.entries[name]
    if isinstance(prototype, Reference):
        return of_reference(machine, frame, prototype, name)
    if value.rest is not None:
        return value.rest
    return UNDEFINED


def _of_instance(machine: Machine, frame: Frame, value: Instance, name: str) -> Value:
    found = value.attributes.get(name)
    if found is not None:
        return _read(machine, frame, found, value)
    if name == "constructor":
        return value.cls
    found, outside = find_in_class(value.cls, name)
    if found is not None:
        return _read(machine, frame, found, value)
    if name in _ANYWHERE or name in {"toString", "hasOwnProperty"}:
        return Method(value, name)
    if outside is not None:
        return named(machine, frame, f"{outside.name}().{name}", outside)
    return UNKNOWN


def _of_class(machine: Machine, frame: Frame, value: Class, name: str) -> Value:
    if name == "prototype":
        return Namespace(value.scope)
    found, outside = find_in_class(value, name)
    if found is not None and name != "constructor":
        return _read(machine, frame, found, value)
    if name == "name":
        return Constant(value.qualname.rpartition(".")[2])
    if name == "constructor":
        return Reference("Function", value.taints, (_INTROSPECTION,))
    if name in _ON_FUNCTIONS:
        return Method(value, name)
    return UNKNOWN if outside is None else named(machine, frame, f"{outside.name}.{name}", outside)


def _of_function(machine: Machine, frame: Frame, value: Value, name: str) -> Value:
    """A property of a function: its own, or one that all functions have."""
    if isinstance(value, Function):
        found = properties(machine, value).get(name)
        if found is not None:
            return _read(machine, frame, found, value)
        if name == "prototype":
            return Namespace(class_of(machine, value).scope)
        if name == "name":
            return Constant(value.code.name)
        if name == "length":
            return Constant(len([one for one in value.code.parameters if not one.kind]))
    if name in _ON_FUNCTIONS or name in _ANYWHERE:
        return Method(value, name, value.taints, value.steps)
    if name == "constructor":
        return Reference("Function", value.taints, merge([value], _INTROSPECTION))
    if name == "name" and isinstance(value, Method):
        return Constant(value.name)
    return UNDEFINED if isinstance(value, Function) else Unknown(value.taints, value.steps)


def _of_plain(machine: Machine, value: Value, name: str) -> Value:
    """A property of text, a number, bytes or an array."""
    if name in {"length", "byteLength"}:
        return _length(value)
    if name == "constructor":
        if isinstance(value, Items):
            return Reference({"set": "Set", "bytearray": "Uint8Array"}.get(value.kind, "Array"))
        kind = _TYPES.get(type(value.value)) if isinstance(value, Constant) else "String"
        return Reference(kind) if kind else UNKNOWN
    if name == "size" and isinstance(value, Items):
        return _length(value)
    if name == "buffer":
        return value
    if name == "searchParams":
        return Reference("URL().searchParams", value.taints, value.steps, Arguments((value,)))
    if name in machine.language.methods:
        return Method(value, name, value.taints, value.steps)
    added = realm(machine).globals.get(f"{_kind(value)}.prototype.{name}")
    if isinstance(added, CALLABLE):
        return Bound(added, value)
    is_number = name.removeprefix("-").isdecimal() and isinstance(value, Constant)
    if is_number or (isinstance(value, Items) and value.rest is None):
        return UNDEFINED
    return Unknown(value.taints, value.steps)


def _kind(value: Value) -> str:
    """The name of the constructor of what is no object of the package."""
    return (
        "Array"
        if isinstance(value, Items)
        else _TYPES.get(type(value.value), "")
        if isinstance(value, Constant)
        else "String"
    )


def _length(value: Value) -> Value:
    if isinstance(value, Items):
        return Constant(len(value.items)) if value.rest is None else Unknown(frozenset(), value.steps)
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        return Constant(len(units(value.value)) if isinstance(value.value, str) else len(value.value))
    return Unknown(frozenset(), value.steps)


def index(machine: Machine, frame: Frame, value: Value, key: Value) -> Value:
    """``value[key]``."""
    if isinstance(key, Choice):
        return choose([index(machine, frame, value, option) for option in key.options])
    if isinstance(value, Choice):
        return choose([index(machine, frame, option, key) for option in value.options])
    if isinstance(value, Items | Constant):
        found = _in_items(value, key) if isinstance(value, Items) else _in_constant(value, key)
        if found is not None:
            return found
    name = name_of_key(key) if not isinstance(key, Unknown | Instance) else None
    if name is None:
        return _anything(value, key)
    made = get(machine, frame, value, name)
    if isinstance(value, Mapping):
        return stepped(made, "lookup") if isinstance(made, Constant) and isinstance(made.value, str) else made
    return _hidden(made, value, key)


def _hidden(made: Value, value: Value, key: Value) -> Value:
    """What was reached under a computed name: the steps of the name, and that it was computed."""
    if isinstance(made, Reference | Function | Method | Applied | Bound) and key.steps:
        for step in (*key.steps, "getattr"):
            made = stepped(made, step)
    elif isinstance(made, Reference) and isinstance(value, Reference) and value.name == "globalThis":
        made = stepped(made, "globals")
    return made


def _in_items(value: Items, key: Value) -> Value | None:
    position = position_of(key)
    if position is None:
        if isinstance(key, Constant | Items | Mapping):
            return None
        rest = [value.rest] if value.rest is not None else []
        return choose([*value.items[:8], *rest]) if len(value.items) <= 8 else Unknown(value.taints)
    if 0 <= position < len(value.items):
        return stepped(value.items[position], "index")
    return value.rest if value.rest is not None else UNDEFINED


def _in_constant(value: Constant, key: Value) -> Value | None:
    if not isinstance(value.value, str | bytes):
        return None
    position = position_of(key)
    if position is None:
        return None if isinstance(key, Constant | Items) else Unknown(sources_of((value, key)), merge((value, key)))
    held = units(value.value) if isinstance(value.value, str) else value.value
    if not isinstance(held, str | bytes) or not 0 <= position < len(held):
        return UNDEFINED
    return Constant(held[position], value.taints, merge((value, key), "index"))


def position_of(key: Value) -> int | None:
    """The index that a key is; text of digits is one."""
    if not isinstance(key, Constant) or isinstance(key.value, bool):
        return None
    if isinstance(key.value, str):
        return int(key.value) if key.value.isdecimal() and key.value.isascii() and len(key.value) < 10 else None
    return integer(key)


def _anything(value: Value, key: Value) -> Value:
    """A property under a key that is not known."""
    if isinstance(value, Mapping):
        rest = [value.rest] if value.rest is not None else []
        return choose([*list(value.entries.values())[:8], *rest])
    if isinstance(value, Reference):
        name = f"{value.name}.?" if key.taints or key.steps else f"{value.name}[]"
        if len(name) < 160:
            return Reference(name, sources_of((value, key)), merge((value, key)), value.origin)
    return Unknown(sources_of((value, key)), merge((value, key)))
