"""Methods of arrays, sets and typed arrays; those that take a function call it with every element.

https://tc39.es/ecma262/#sec-properties-of-the-array-prototype-object . Changing methods change nothing in code that
cannot be reached, and take nothing away where they may not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import elements
from assay.scanner.code.assemble import assemble
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.coerce import (
    UNDEFINED,
    joined_parts,
    strictly_equal,
    to_integer,
    to_text,
)
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import changed, is_dead, realm
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
    Bound,
    Constant,
    Function,
    Items,
    Mapping,
    Method,
    Reference,
    Unknown,
    Value,
    blob,
    choose,
    join,
    merge,
    stepped,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame
    from assay.scanner.code.values import Arguments

CALLED = Function | Bound | Applied | Method | Reference
MOST = 20_000
"""Elements that a function is called with one by one."""

FEW = 4
_DEPTH = 8


def held_by(value: Value) -> Items | None:
    """The receiver as an array; text and bytes by their elements, an object by its numbered properties."""
    if isinstance(value, Items):
        return value
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        found, _ = elements(value)
        return Items("list", found or [], value.steps)
    if isinstance(value, Mapping) and "length" in value.entries:
        count = to_integer(value.entries["length"])
        if count is not None and 0 <= count <= len(value.entries):
            return Items("list", [value.entries.get(str(at), UNDEFINED) for at in range(count)], value.steps)
    return None


def mutable(machine: Machine, receiver: Value) -> Items | None:
    """The array that may be changed now."""
    if not isinstance(receiver, Items) or is_dead(machine):
        return None
    changed(machine)
    return receiver


def push(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.push(…)``; an array that is turned keeps its loop going."""
    if not isinstance(receiver, Items):
        return None
    held = mutable(machine, receiver)
    if held is None:
        return UNKNOWN
    if arguments.rest is not None:
        held.rest = join(held.rest, arguments.rest)
    for value in arguments.positional:
        if len(held.items) >= ITEMS or held.rest is not None or _grows(machine, frame, held):
            held.rest = join(held.rest, value)
        else:
            held.items.append(value)
    _keep_turning(machine, frame, held, arguments)
    return Constant(len(held.items)) if held.rest is None else UNKNOWN


def _grows(machine: Machine, frame: Frame, held: Items) -> bool:
    """Whether an array from outside is added to by a function that may run any number of times."""
    if not machine.repeats or frame.code.kind is not CodeKind.FUNCTION:
        return False
    return not any(value is held for value in frame.scope.names.values())


def _keep_turning(machine: Machine, frame: Frame, held: Items, arguments: Arguments) -> None:
    """A loop that moves the first element of a table to its end is not idle, until it has been all round."""
    own = realm(machine)
    turned = own.last_shifted
    if turned is None or turned[0] is not held or not arguments.positional or turned[1] is not arguments.positional[0]:
        return
    own.keep(held)
    own.turns[id(held)] = own.turns.get(id(held), 0) + 1
    if own.turns[id(held)] > len(held.items) + 1:
        return
    for region in frame.regions:
        if region.kind == "loop" and region.values is None:
            region.gained, region.spent, region.state = machine.recorder.total, machine.budget.steps, None


def unshift(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.unshift(…)``."""
    if not isinstance(receiver, Items):
        return None
    held = mutable(machine, receiver)
    if held is not None and len(held.items) + len(arguments.positional) <= ITEMS:
        held.items[0:0] = arguments.positional
    return Constant(len(receiver.items)) if receiver.rest is None else UNKNOWN


def _taken(at: int) -> Builtin:
    """``pop`` and ``shift``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        if not isinstance(receiver, Items):
            return None
        if not receiver.items:
            return receiver.rest if receiver.rest is not None else UNDEFINED
        if frame.weak or is_dead(machine):
            return choose([*receiver.items[:FEW], *receiver.items[-FEW:]])
        changed(machine)
        if at == 0:
            found = receiver.items.pop(0)
            realm(machine).last_shifted = (receiver, found)
            return found
        return receiver.items.pop() if receiver.rest is None else receiver.rest

    return fold


def splice(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.splice(start, count, …)``."""
    if not isinstance(receiver, Items):
        return None
    size = len(receiver.items)
    start, count = to_integer(arguments.get(0)), to_integer(arguments.get(1), size)
    if start is None or count is None or receiver.rest is not None or frame.weak or is_dead(machine):
        return Items("list", [], (), Unknown(receiver.taints, receiver.steps))
    changed(machine)
    start = max(0, size + start) if start < 0 else min(start, size)
    end = start + max(0, count)
    taken = receiver.items[start:end]
    if size + len(arguments.positional) <= ITEMS:
        receiver.items[start:end] = arguments.positional[2:]
    return Items("list", taken, receiver.steps)


def reverse(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.reverse()``."""
    if not isinstance(receiver, Items):
        if isinstance(receiver, Constant) and isinstance(receiver.value, bytes):
            return receiver._replace(value=receiver.value[::-1], steps=merge((receiver,), "reverse"))
        return None
    if mutable(machine, receiver) is not None and receiver.rest is None:
        receiver.items.reverse()
        receiver.steps = merge((receiver,), "reverse")
    return receiver


def slice_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.slice(start, end)``, also of bytes."""
    data = receiver.value if isinstance(receiver, Constant) and isinstance(receiver.value, bytes) else None
    held = held_by(receiver)
    if held is None:
        return None
    size = len(held.items) if data is None else len(data)
    start, end = to_integer(arguments.get(0)), to_integer(arguments.get(1), size)
    if start is None or end is None:
        return Items("list", [], held.steps, Unknown(held.taints, held.steps))
    start = max(0, size + start) if start < 0 else start
    end = size + end if end < 0 else end
    if data is not None:
        return Constant(data[start : max(start, end)], receiver.taints, merge((receiver,), "slice"))
    return Items(held.kind, held.items[start : max(start, end)], merge((held,), "slice"), held.rest)


def join_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.join(separator)``."""
    held = held_by(receiver)
    given = arguments.get(0)
    separator = "," if given is None or (isinstance(given, Constant) and given.value is None) else to_text(given)
    if held is None or separator is None:
        return None
    machine.budget.steps -= len(held.items) // 8
    steps = merge([held, *held.items[:ITEMS]], "join")
    return assemble(joined_parts(held, separator), sources_of((held,)), steps, machine.budget)


def concat(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.concat(…)``."""
    held = held_by(receiver)
    if held is None:
        return None
    made, rest = list(held.items), held.rest
    for value in arguments.positional:
        if isinstance(value, Items):
            made += value.items
            rest = rest if value.rest is None else join(rest, value.rest)
        elif isinstance(value, Unknown | Reference):
            rest = join(rest, value)
        else:
            made.append(value)
    return Items("list", made[:ITEMS], held.steps, rest)


def _looked(name: str) -> Builtin:
    """``indexOf``, ``lastIndexOf`` and ``includes``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        held, wanted = held_by(receiver), arguments.get(0)
        if held is None or wanted is None or held.rest is not None or len(held.items) > MOST:
            return None
        machine.budget.steps -= len(held.items) // 16
        order = range(len(held.items) - 1, -1, -1) if name == "lastIndexOf" else range(len(held.items))
        for at in order:
            verdict = strictly_equal(held.items[at], wanted)
            if verdict is None and not isinstance(held.items[at], Constant):
                return None
            if verdict or (verdict is None and isinstance(wanted, Constant)):
                return Constant(True if name == "includes" else at)
        return Constant(False if name == "includes" else -1)

    return fold


def fill(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.fill(value)``."""
    value = arguments.get(0)
    if isinstance(receiver, Items) and value is not None and mutable(machine, receiver) is not None:
        receiver.items[:] = [value] * len(receiver.items)
    return receiver


def flat_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.flat(depth)``."""
    depth = to_integer(arguments.get(0), 1)
    if not isinstance(receiver, Items) or depth is None:
        return None
    made, rest = list(receiver.items), receiver.rest
    for _ in range(min(depth, _DEPTH)):
        following: list[Value] = []
        for item in made:
            if isinstance(item, Items):
                following += item.items
                rest = rest if item.rest is None else join(rest, item.rest)
            else:
                following.append(item)
        made = following[:ITEMS]
    return Items("list", made, receiver.steps, rest)


def at(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.at(n)``."""
    held, position = held_by(receiver), to_integer(arguments.get(0))
    if held is None or position is None:
        return None
    inside = -len(held.items) <= position < len(held.items)
    return stepped(held.items[position], "index") if inside else held.rest or UNDEFINED


def _names(name: str) -> Builtin:
    """``keys``, ``values`` and ``entries`` of an array or map."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        pairs: list[tuple[Value, Value]]
        if isinstance(receiver, Mapping):
            pairs = [(Constant(key), value) for key, value in receiver.entries.items()]
        else:
            held = held_by(receiver)
            if held is None:
                return None
            pairs = [(Constant(at), value) for at, value in enumerate(held.items)]
        made = [key if name == "keys" else value if name == "values" else Items("list", [key, value])
                for key, value in pairs]  # fmt: skip
        more = receiver.rest if isinstance(receiver, Items | Mapping) else None
        rest = None if more is None else more if name == "values" else Items("list", [UNKNOWN, more])
        return Items("generator", made, (), UNKNOWN if name == "keys" and more is not None else rest)

    return fold


def data_of(value: Value) -> bytes | None:
    """The bytes of a buffer or typed array."""
    if isinstance(value, Constant):
        return value.value if isinstance(value.value, bytes) else None
    return blob(value)


ARRAY_METHODS: dict[str, Builtin] = {
    "push": push,
    "unshift": unshift,
    "pop": _taken(-1),
    "shift": _taken(0),
    "splice": splice,
    "reverse": reverse,
    "toReversed": reverse,
    "join": join_,
    "fill": fill,
    "flat": flat_,
    "keys": _names("keys"),
    "values": _names("values"),
    "entries": _names("entries"),
    "subarray": slice_,
}

SHARED_ARRAY: dict[str, Builtin] = {
    "slice": slice_,
    "at": at,
    "indexOf": _looked("indexOf"),
    "lastIndexOf": _looked("lastIndexOf"),
    "includes": _looked("includes"),
    "concat": concat,
}
"""Methods that text has as well."""
