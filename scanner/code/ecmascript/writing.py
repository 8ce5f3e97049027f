"""Properties: writing them on every kind of value, by name and by computed key; what flows into what stands outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.assemble import assemble
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.access import CALLABLE, position_of
from assay.scanner.code.ecmascript.coerce import UNDEFINED, text_parts, to_integer
from assay.scanner.code.ecmascript.keys import name_of_key
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import changed, class_of, is_dead, properties, realm
from assay.scanner.code.values import (
    Bound,
    Choice,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Namespace,
    Partial,
    Reference,
    Unknown,
    Value,
    integer,
    join,
    merge,
    tainted,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame


_OF_ADDRESSES = {"search": "?", "pathname": "/"}
"""Parts of an address that are set as a whole, and what begins them."""


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
    elif isinstance(target, Constant | Partial):
        _put_in_address(machine, frame, target, name, value)
    else:
        _put_named(machine, frame, target, name, value)


def _put_in_address(machine: Machine, frame: Frame, target: Constant | Partial, name: str, value: Value) -> None:
    """``address.search = value``: text has no properties that can be set, an address made of it has."""
    sign = _OF_ADDRESSES.get(name)
    if sign is not None:
        parts = [*text_parts(target), sign, *text_parts(value)]
        values = (target, value)
        renew(frame, target, assemble(parts, sources_of(values), merge(values), machine.budget))


def _put_named(machine: Machine, frame: Frame, target: Value, name: str, value: Value) -> None:
    """A property of an object of a class, of a class or of a function of the package."""
    setter = find_in_class(target.cls, f"set {name}")[0] if isinstance(target, Instance) else None
    held = _names(machine, target)
    if setter is not None:
        machine.call(frame, Bound(setter, target), value)
    elif held is not None:
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
        elif target.name.endswith(".prototype"):
            realm(machine).globals[f"{target.name}.{name}"] = value
        if full in machine.vocabulary.calls:
            machine.call(frame, target._replace(name=full), value)
            return
        if is_global:
            return
        if name.startswith("on") and isinstance(value, CALLABLE):
            machine.call(frame, target._replace(name=f"{target.name}.addEventListener"), Constant(name[2:]), value)
            return
    mark(frame, target, value)


def mark(frame: Frame, target: Value, value: Value) -> None:
    """Something flows into a value that is known by its names alone."""
    if isinstance(target, Reference | Unknown) and value.taints - target.taints:
        renew(frame, target, tainted(target, value.taints))


def renew(frame: Frame, old: Value, new: Value) -> None:
    """Put a value in the place of another under every name of the scope that has it."""
    names = frame.scope.names
    for name in [name for name, held in names.items() if held is old]:
        names[name] = new


def put_key(machine: Machine, frame: Frame, target: Value, key: Value, value: Value) -> None:
    """``target[key] = value``."""
    if is_dead(machine):
        return
    if isinstance(target, Choice):
        for option in target.options:
            if not isinstance(option, Choice):
                put_key(machine, frame, option, key, value)
        return
    position = position_of(key) if isinstance(target, Items | Constant) else None
    if position is not None and isinstance(target, Items | Constant):
        changed(machine)
        _put_element(frame, target, position, value)
        return
    name = name_of_key(key) if not isinstance(key, Unknown | Instance | Partial) else None
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
