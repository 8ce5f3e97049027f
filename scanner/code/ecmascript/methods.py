"""The table of methods of known values, and those that all objects and functions have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.access import get
from assay.scanner.code.ecmascript.arrays import ARRAY_METHODS, CALLED, SHARED_ARRAY, data_of, held_by
from assay.scanner.code.ecmascript.buffers import WRITING
from assay.scanner.code.ecmascript.bytes import to_string
from assay.scanner.code.ecmascript.calls import call
from assay.scanner.code.ecmascript.coerce import to_integer, to_text
from assay.scanner.code.ecmascript.external import run_later
from assay.scanner.code.ecmascript.patterns import matches
from assay.scanner.code.ecmascript.reflection import spread
from assay.scanner.code.ecmascript.state import changed, is_dead
from assay.scanner.code.ecmascript.texts import SHARED_TEXT, TEXT_METHODS
from assay.scanner.code.ecmascript.walks import WALKS
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
    Arguments,
    Bound,
    Choice,
    Constant,
    Items,
    Mapping,
    Method,
    Reference,
    Unknown,
    Value,
    join,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame


def _either(name: str) -> Builtin:
    """A method that text and arrays have."""
    of_text, of_array = SHARED_TEXT[name], SHARED_ARRAY[name]

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        is_array = isinstance(receiver, Items | Mapping) or data_of(receiver) is not None
        return (of_array if is_array else of_text)(machine, frame, arguments, receiver)

    return fold


def _of(function: Value, this: Value | None) -> Value:
    """A method as one of another object: ``[].forEach.call(text, …)`` goes over the characters of the text."""
    if not isinstance(function, Method) or this is None or (isinstance(this, Constant) and this.value is None):
        return function
    held = held_by(this) if isinstance(function.receiver, Items) else None
    return function._replace(receiver=held if held is not None else this)


def call_method(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``f.call(this, …)``."""
    rest = arguments._replace(positional=arguments.positional[1:])
    return call(machine, frame, _of(receiver, arguments.get(0)), rest, None, arguments.get(0))


def apply_method(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``f.apply(this, list)``."""
    return call(machine, frame, _of(receiver, arguments.get(0)), spread(arguments.get(1)), None, arguments.get(0))


def bind_method(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``f.bind(this, …)``."""
    this = arguments.get(0)
    made: Value = receiver
    if this is not None and not (isinstance(this, Constant) and this.value is None):
        made = Bound(receiver, this, receiver.taints, receiver.steps)
    held = Arguments(arguments.positional[1:], (), arguments.rest)
    return Applied(made, held, "partial", receiver.taints, receiver.steps) if held.positional or held.rest else made


def then(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``promise.then(f)``: f is called with what the promise is kept with."""
    function = arguments.get(0)
    if not isinstance(function, CALLED | Choice):
        return receiver
    return run_later(machine, frame, function, (receiver,))


def caught(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``promise.catch(f)`` and ``finally``: f may be called; the promise goes on."""
    function = arguments.get(0)
    if isinstance(function, CALLED | Choice):
        run_later(machine, frame, function, (UNKNOWN,))
    return receiver


def map_get(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``map.get(key)``."""
    name = to_text(arguments.get(0))
    if not isinstance(receiver, Mapping):
        return None
    if name is None:
        return join(receiver.rest, Unknown(receiver.taints))
    return receiver.entries.get(name, receiver.rest if receiver.rest is not None else Constant(None))


def map_set(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``map.set(key, value)``, and ``set`` of typed arrays."""
    first, value = arguments.get(0), arguments.get(1)
    if is_dead(machine) or first is None:
        return receiver
    changed(machine)
    if isinstance(receiver, Mapping) and value is not None:
        name = to_text(first)
        if name is not None and len(receiver.entries) < ITEMS:
            receiver.entries[name] = value
        else:
            receiver.rest = join(receiver.rest, value)
    elif isinstance(receiver, Items):
        start, data = to_integer(value), data_of(first)
        given: list[Value] = [Constant(byte) for byte in data] if data is not None else []
        given = list(first.items) if isinstance(first, Items) else given
        if start is not None and 0 <= start <= len(receiver.items) - len(given):
            receiver.items[start : start + len(given)] = given
    return receiver


def has(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``map.has(key)``, ``set.has(value)``, ``hasOwnProperty``."""
    name = to_text(arguments.get(0))
    if name is None:
        return None
    if isinstance(receiver, Mapping):
        return Constant(True) if name in receiver.entries else UNKNOWN if receiver.rest is not None else Constant(False)
    if isinstance(receiver, Items) and receiver.rest is None:
        return Constant(any(to_text(item) == name for item in receiver.items[:4096]))
    return None


def add(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``set.add(value)``."""
    value = arguments.get(0)
    if isinstance(receiver, Items) and value is not None and not is_dead(machine):
        changed(machine)
        name = to_text(value) if isinstance(value, Constant) else None
        known = name is not None and any(to_text(item) == name for item in receiver.items[:4096])
        if not known and len(receiver.items) < ITEMS:
            receiver.items.append(value)
    return receiver


def delete(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``map.delete(key)`` and ``clear``."""
    name = to_text(arguments.get(0))
    if isinstance(receiver, Mapping) and name is not None and not frame.weak and not is_dead(machine):
        changed(machine)
        receiver.entries.pop(name, None)
    return UNKNOWN


def on(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``object.on(event, f)`` of an object of the package: f stays for ``emit``."""
    event, function = to_text(arguments.get(0)), arguments.get(1)
    if isinstance(receiver, Mapping) and event is not None and function is not None:
        receiver.entries[f"on {event}"] = function
    return receiver


def emit(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``object.emit(event, …)``."""
    event = to_text(arguments.get(0))
    found = receiver.entries.get(f"on {event}") if isinstance(receiver, Mapping) else None
    return None if found is None else machine.call(frame, found, *arguments.positional[1:])


def read_number(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``buffer.readUInt8(at)``."""
    data, at = data_of(receiver), to_integer(arguments.get(0))
    if data is None or at is None or not 0 <= at < len(data):
        return None
    return Constant(data[at], receiver.taints, receiver.steps)


def test(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``pattern.test(text)``."""
    written = to_text(arguments.get(0))
    found = matches(written, receiver, False) if written is not None and isinstance(receiver, Reference) else None
    return None if found is None else Constant(bool(found))


def value_of(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``x.valueOf()``."""
    return receiver


def next_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``iterator.next()``: one of what it gives."""
    if not isinstance(receiver, Items):
        return None
    taken = receiver.items.pop(0) if receiver.items and not frame.weak and not is_dead(machine) else receiver.rest
    done = Constant(False) if taken is not None else Constant(receiver.rest is None)
    changed(machine)
    return Mapping({"value": taken if taken is not None else Constant(None), "done": done})


def property_of(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``object.__lookupGetter__(name)`` and the like."""
    name = to_text(arguments.get(0))
    return None if name is None else get(machine, frame, receiver, name)


JAVASCRIPT_METHODS: dict[str, Builtin] = {
    **TEXT_METHODS,
    **ARRAY_METHODS,
    **WALKS,
    **{name: _either(name) for name in SHARED_TEXT},
    "call": call_method, "apply": apply_method, "bind": bind_method, "then": then, "catch": caught, "finally": caught,
    "toString": to_string, "toLocaleString": to_string, "valueOf": value_of, "get": map_get, "set": map_set, "has": has,
    "hasOwnProperty": has, "add": add, "delete": delete, "on": on, "once": on, "addListener": on, "emit": emit,
    **WRITING, "readUInt8": read_number, "readInt8": read_number, "next": next_, "__lookupGetter__": property_of,
}  # fmt: skip
