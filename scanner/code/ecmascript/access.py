"""Properties: reading and writing them on every kind of value, by name and by computed key.

A module of the package is the value that it exports. What a prototype holds are the names of a class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.coerce import UNDEFINED, to_integer, to_text, units
from assay.scanner.code.ecmascript.names import of_reference
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import changed, class_of, getter, is_dead, properties, realm
from assay.scanner.code.modules import named
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
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
    Partial,
    Reference,
    Unknown,
    Value,
    choose,
    integer,
    join,
    merge,
    stepped,
    tainted,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_CALLABLE = Function | Bound | Applied | Method | Class
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
        is_method = name in _ANYWHERE
        return Method(value, name, value.taints, value.steps) if is_method else Unknown(value.taints, value.steps)
    if isinstance(value, Instance):
        return _of_instance(machine, frame, value, name)
    if isinstance(value, Class):
        return _of_class(machine, frame, value, name)
    if isinstance(value, Namespace):
        return value.scope.names.get(name, UNKNOWN)
    if isinstance(value, _CALLABLE):
        return _of_function(machine, frame, value, name)
    return _of_plain(machine, value, name)


def _read(machine: Machine, frame: Frame, found: Value, owner: Value) -> Value:
    """What a property holds; a getter is called."""
    function = getter(found)
    return found if function is None else machine.call(frame, Bound(function, owner))


def _of_mapping(machine: Machine, frame: Frame, value: Mapping, name: str) -> Value:
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
    prototype = value.entries.get("__proto__")
    if isinstance(prototype, Mapping) and prototype is not value and name in prototype.entries:
        return prototype.entries[name]
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
    if name in machine.language.methods:
        return Method(value, name, value.taints, value.steps)
    return UNDEFINED if isinstance(value, Items) and value.rest is None else Unknown(value.taints, value.steps)


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
    name = to_text(key) if not isinstance(key, Unknown | Reference | Instance) else None
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
    position = _position(key)
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
    position = _position(key)
    if position is None:
        return None if isinstance(key, Constant | Items) else Unknown(sources_of((value, key)), merge((value, key)))
    held = units(value.value) if isinstance(value.value, str) else value.value
    if not isinstance(held, str | bytes) or not 0 <= position < len(held):
        return UNDEFINED
    return Constant(held[position], value.taints, merge((value, key), "index"))


def _position(key: Value) -> int | None:
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


def put(machine: Machine, frame: Frame, target: Value, name: str, value: Value) -> None:
    """``target.name = value``."""
    if is_dead(machine):
        return
    changed(machine)
    if isinstance(target, Mapping):
        _put_entry(machine, frame, target, name, value)
    elif isinstance(target, Choice):
        for option in target.options:
            if not isinstance(option, Choice):
                put(machine, frame, option, name, value)
    elif isinstance(target, Items):
        _put_length(frame, target, name, value)
    elif isinstance(target, Reference | Unknown):
        _put_outside(machine, frame, target, name, value)
    else:
        held = _names(machine, target)
        if held is not None:
            old = held.get(name)
            held[name] = join(old, value) if frame.weak and old is not None else value
            if isinstance(target, Function) and name == "prototype":
                _put_prototype(machine, target, value)


def _names(machine: Machine, target: Value) -> dict[str, Value] | None:
    """Where the properties of a value are kept."""
    if isinstance(target, Instance):
        return target.attributes
    if isinstance(target, Class):
        return target.names
    if isinstance(target, Namespace):
        return target.scope.names
    return properties(machine, target) if isinstance(target, Function) else None


def _put_entry(machine: Machine, frame: Frame, target: Mapping, name: str, value: Value) -> None:
    old = target.entries.get(name)
    if isinstance(old, Function) and old.code.name.startswith("set "):
        machine.call(frame, Bound(old, target), value)
    elif len(target.entries) < ITEMS:
        target.entries[name] = join(old, value) if frame.weak and old is not None else value
    else:
        target.rest = join(target.rest, value)


def _put_prototype(machine: Machine, function: Function, value: Value) -> None:
    """``F.prototype = {…}``: the names of the class that F is."""
    cls = class_of(machine, function)
    if isinstance(value, Mapping):
        cls.names.update({key: held for key, held in value.entries.items() if isinstance(key, str)})
    elif isinstance(value, Instance):
        cls.bases = (*cls.bases, value.cls)
    elif isinstance(value, Reference):
        cls.bases = (*cls.bases, value._replace(name=value.name.removesuffix("()")))
    properties(machine, function).pop("prototype", None)


def _put_length(frame: Frame, target: Items, name: str, value: Value) -> None:
    """``array.length = n``, and other names of arrays, which few have."""
    count = integer(value)
    if name == "length" and count is not None and not frame.weak:
        if 0 <= count <= len(target.items):
            del target.items[count:]
        elif count <= ITEMS:
            target.items.extend([UNDEFINED] * (count - len(target.items)))
    elif name.isdecimal():
        put_index(target, frame, int(name[:9]), value)


def put_index(target: Items, frame: Frame, position: int, value: Value) -> None:
    """``array[position] = value``."""
    if target.kind == "bytearray" and isinstance(value, Constant):
        value = value._replace(value=(to_integer(value) or 0) & 255)
    if 0 <= position < len(target.items):
        target.items[position] = join(target.items[position], value) if frame.weak else value
    elif target.kind != "bytearray" and 0 <= position <= len(target.items) + 4096 and position < ITEMS:
        target.items.extend([UNDEFINED] * (position - len(target.items)))
        target.items.append(value)
    elif target.kind != "bytearray":
        target.rest = join(target.rest, value)


def _put_outside(machine: Machine, frame: Frame, target: Value, name: str, value: Value) -> None:
    """A property of something outside of the package: a global, a sink, a listener, or only what flows in."""
    if isinstance(target, Reference):
        is_global = target.name == "globalThis"
        full = f"{name}=" if is_global else f"{target.name}.{name}="
        if is_global:
            realm(machine).globals[name] = value
        if full in machine.vocabulary.calls:
            machine.call(frame, target._replace(name=full), value)
            return
        if is_global:
            return
        if name.startswith("on") and isinstance(value, _CALLABLE):
            machine.call(frame, target._replace(name=f"{target.name}.addEventListener"), Constant(name[2:]), value)
            return
    mark(frame, target, value)


def mark(frame: Frame, target: Value, value: Value) -> None:
    """Something flows into a value that is known by its names alone."""
    if isinstance(target, Reference | Unknown) and value.taints - target.taints:
        marked = tainted(target, value.taints)
        names = frame.scope.names
        for name in [name for name, held in names.items() if held is target]:
            names[name] = marked


def put_key(machine: Machine, frame: Frame, target: Value, key: Value, value: Value) -> None:
    """``target[key] = value``."""
    if is_dead(machine):
        return
    if isinstance(target, Choice):
        for option in target.options:
            if not isinstance(option, Choice):
                put_key(machine, frame, option, key, value)
        return
    position = _position(key) if isinstance(target, Items | Constant) else None
    if position is not None and isinstance(target, Items | Constant):
        changed(machine)
        _put_element(frame, target, position, value)
        return
    name = to_text(key) if not isinstance(key, Unknown | Reference | Instance | Partial) else None
    if name is not None:
        put(machine, frame, target, name, value)
    elif isinstance(target, Mapping | Items):
        changed(machine)
        target.rest = join(target.rest, value)
    else:
        mark(frame, target, value)


def _put_element(frame: Frame, target: Items | Constant, position: int, value: Value) -> None:
    """An element of an array; bytes become an array of bytes under every name that they have."""
    if isinstance(target, Items):
        put_index(target, frame, position, value)
    elif isinstance(target.value, bytes) and len(target.value) <= ITEMS:
        opened = Items("bytearray", [Constant(byte, target.taints, target.steps) for byte in target.value])
        put_index(opened, frame, position, value)
        names = frame.scope.names
        for name in [name for name, held in names.items() if held is target]:
            names[name] = opened
