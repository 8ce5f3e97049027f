"""Functions that reach into objects and make them: of Object, Array, Reflect, Promise, sets and maps.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import elements
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.access import get, index
from assay.scanner.code.ecmascript.arrays import CALLED, data_of
from assay.scanner.code.ecmascript.calls import call, construct
from assay.scanner.code.ecmascript.coerce import (
    UNDEFINED,
    to_integer,
    to_text,
)
from assay.scanner.code.ecmascript.names import members
from assay.scanner.code.ecmascript.state import PROTOTYPE, TRAP, changed, class_of, is_dead
from assay.scanner.code.ecmascript.writing import put
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
    Arguments,
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
    choose,
    join,
    stepped,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame


def keys(name: str) -> Builtin:
    """``Object.keys``, ``values``, ``entries`` and ``getOwnPropertyNames``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        if isinstance(value, Items):
            pairs: list[tuple[Value, Value]] = [(Constant(str(at)), item) for at, item in enumerate(value.items)]
            more = value.rest
        elif isinstance(value, Mapping):
            pairs = [(Constant(key), item) for key, item in value.entries.items() if key != PROTOTYPE]
            more = value.rest
        elif isinstance(value, Instance | Namespace | Class):
            held = value.attributes if isinstance(value, Instance) else value.scope.names
            pairs, more = [(Constant(key), item) for key, item in held.items()], UNKNOWN
        elif known := members(machine, value) if value is not None else []:
            pairs = [(Constant(key), get(machine, frame, value or UNKNOWN, key)) for key in known]
            more = UNKNOWN
        else:
            return None if value is None else _of_unknown(name, value)
        if name == "keys":
            return Items("list", [key for key, _ in pairs], (), None if more is None else UNKNOWN)
        if name == "values":
            return Items("list", [item for _, item in pairs], (), more)
        rest = None if more is None else Items("list", [UNKNOWN, more])
        return Items("list", [Items("list", [key, item]) for key, item in pairs], (), rest)

    return fold


def _of_unknown(name: str, value: Value) -> Value:
    """The names or values of something that is not known: its sources go on."""
    inner = Unknown(value.taints, value.steps)
    return Items("list", [], (), Items("list", [inner, inner]) if name == "entries" else inner)


def assign(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.assign(target, …)``."""
    target = arguments.get(0)
    if target is None or is_dead(machine):
        return target
    changed(machine)
    for value in arguments.positional[1:]:
        if isinstance(value, Mapping | Instance):
            held = value.entries if isinstance(value, Mapping) else value.attributes
            for key, item in list(held.items())[:ITEMS]:
                put(machine, frame, target, str(key), item)
        more = value.rest if isinstance(value, Mapping) else value if isinstance(value, Unknown | Reference) else None
        if isinstance(target, Mapping) and isinstance(more, Reference) and not more.taints and "(" not in more.name:
            target.entries[PROTOTYPE] = more
        if isinstance(target, Mapping) and more is not None:
            target.rest = join(target.rest, more)
    return target


def from_entries(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.fromEntries(pairs)`` and ``new Map(pairs)``."""
    value = arguments.get(0)
    if value is None or (isinstance(value, Constant) and value.value is None):
        return Mapping({})
    if isinstance(value, Mapping):
        return Mapping(dict(value.entries), value.steps, value.rest)
    found, rest = elements(value)
    made = Mapping({}, value.steps, rest if found is not None else Unknown(value.taints))
    for pair in found or []:
        key = to_text(pair.items[0]) if isinstance(pair, Items) and len(pair.items) > 1 else None
        if key is not None and isinstance(pair, Items):
            made.entries[key] = pair.items[1]
        else:
            made.rest = join(made.rest, pair)
    return made


def create(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.create(prototype)``."""
    prototype = arguments.get(0)
    made: Value
    if isinstance(prototype, Reference):
        return prototype
    if isinstance(prototype, Namespace):
        made = Instance(Class("(created)", prototype.scope, ()))
    elif isinstance(prototype, Mapping):
        made = Mapping({"__proto__": prototype}, (), prototype.rest)
    else:
        made = Mapping({}, (), None if isinstance(prototype, Constant) else prototype)
    return define_all(machine, frame, Arguments((made, *arguments.positional[1:])), callee)


def define_all(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.defineProperties(target, descriptors)``."""
    target, descriptors = arguments.get(0), arguments.get(1)
    if target is not None and isinstance(descriptors, Mapping):
        for key, descriptor in list(descriptors.entries.items())[:ITEMS]:
            define(machine, frame, Arguments((target, Constant(key), descriptor)), callee)
    return target


def define(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.defineProperty(target, name, descriptor)``: its value, or what its getter gives."""
    target, name, descriptor = arguments.get(0), to_text(arguments.get(1)), arguments.get(2)
    if target is None or name is None or not isinstance(descriptor, Mapping):
        return target
    found = descriptor.entries.get("value")
    reader = descriptor.entries.get("get")
    if found is None and isinstance(reader, Function):
        found = (
            reader if reader.code.name.startswith("get ") else call(machine, frame, reader, Arguments(), None, target)
        )
    if found is not None:
        put(machine, frame, target, name, found)
    return target


def prototype_of(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.getPrototypeOf(x)``: of a function what has the constructor of functions."""
    value = arguments.get(0)
    if isinstance(value, Function | Applied):
        return Mapping({"constructor": Reference("Function", value.taints, ("introspection",))}, (), UNKNOWN)
    if isinstance(value, Instance):
        return Namespace(value.cls.scope)
    if isinstance(value, Reference):
        return value
    if isinstance(value, Items):
        return Reference("Array.prototype")
    return Reference("String.prototype") if isinstance(value, Constant) and isinstance(value.value, str) else None


def proxy(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Proxy(target, {get})``: an object whose properties are what ``get`` gives; else the target."""
    target, handler = arguments.get(0), arguments.get(1)
    trap = handler.entries.get("get") if isinstance(handler, Mapping) else None
    if target is None or not isinstance(trap, CALLED):
        return target
    return Mapping({TRAP: trap, PROTOTYPE: target}, (), UNKNOWN)


def itself(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """The first argument as it is."""
    return arguments.get(0)


def array_from(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Array.from(x, f)``."""
    value, function = arguments.get(0), arguments.get(1)
    if value is None:
        return None
    if isinstance(value, Mapping) and "length" in value.entries:
        count = to_integer(value.entries["length"])
        if count is None or not 0 <= count <= ITEMS // 4:
            return Items("list", [], (), UNKNOWN)
        made = Items("list", [value.entries.get(str(at), UNDEFINED) for at in range(count)])
    elif isinstance(value, Mapping):
        pairs: list[Value] = [Items("list", [Constant(key), item]) for key, item in value.entries.items()]
        made = Items("list", pairs, (), value.rest)
    else:
        data = data_of(value) if not isinstance(value, Constant) or isinstance(value.value, bytes) else None
        found, rest = elements(value if data is None else Constant(data, value.taints, value.steps))
        made = Items("list", list(found or []), value.steps, rest if found is not None else Unknown(value.taints))
    if isinstance(function, CALLED):
        handler = machine.language.methods["map"]
        return handler(machine, frame, Arguments((function,)), made)
    return made


def array(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Array(n)`` and ``Array(a, b, …)``; ``Array.of``."""
    first = arguments.get(0)
    of = isinstance(callee, Reference) and callee.name.endswith(".of")
    is_count = isinstance(first, Constant) and isinstance(first.value, int) and not isinstance(first.value, bool)
    if len(arguments.positional) == 1 and is_count and not of:
        count = to_integer(first) or 0
        return Items("list", [UNDEFINED] * count) if 0 <= count <= ITEMS else Items("list", [], (), UNKNOWN)
    return Items("list", list(arguments.positional), (), arguments.rest)


def set_of(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Set(x)``: each constant once."""
    value = arguments.get(0)
    found, rest = elements(value) if value is not None else ([], None)
    made: list[Value] = []
    seen: set[object] = set()
    for item in found or []:
        key = (type(item.value), item.value) if isinstance(item, Constant) else id(item)
        if key not in seen:
            seen.add(key)
            made.append(item)
    return Items("set", made, (), rest if found is not None else UNKNOWN)


def object_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object(x)``."""
    value = arguments.get(0)
    return Mapping({}) if value is None or (isinstance(value, Constant) and value.value is None) else value


def is_array(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Array.isArray(x)``."""
    value = arguments.get(0)
    if isinstance(value, Items):
        return Constant(value.kind == "list")
    return Constant(False) if isinstance(value, Constant | Mapping | Partial | Function) else None


def reflect_get(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Reflect.get(x, name)``."""
    value, key = arguments.get(0), arguments.get(1)
    if value is None or key is None:
        return None
    made = index(machine, frame, value, key)
    return stepped(made, "getattr") if isinstance(made, Reference) else made


def reflect_set(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Reflect.set(x, name, value)``."""
    target, name, value = arguments.get(0), to_text(arguments.get(1)), arguments.get(2)
    if target is not None and name is not None and value is not None:
        put(machine, frame, target, name, value)
    return Constant(True)


def spread(value: Value | None) -> Arguments:
    """The arguments that an array of arguments brings."""
    if value is None or (isinstance(value, Constant) and value.value is None):
        return Arguments()
    found, rest = elements(value)
    if found is None:
        return Arguments((), (), rest or Unknown(value.taints, value.steps))
    return Arguments(tuple(found[:4096]), (), rest)


def reflect_apply(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Reflect.apply(f, this, list)``."""
    function = arguments.get(0)
    if function is None:
        return None
    function = stepped(function, "getattr") if isinstance(function, Reference) else function
    return call(machine, frame, function, spread(arguments.get(2)), None, arguments.get(1))


def reflect_construct(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Reflect.construct(f, list)``."""
    function = arguments.get(0)
    if function is None:
        return None
    function = stepped(function, "getattr") if isinstance(function, Reference) else function
    return construct(machine, frame, function, spread(arguments.get(1)))


def promise(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Promise((resolve, reject) => …)``: what resolve is given."""
    function = arguments.get(0)
    if not isinstance(function, CALLED):
        return None
    box = Items("settled", [])
    resolve = Applied(Reference("Promise().resolve"), Arguments((box,)), "partial")
    machine.call(frame, function, resolve, UNKNOWN)
    return choose(box.items) if box.items else Reference("Promise()")


def settle(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``resolve(value)`` within a promise."""
    box, value = arguments.get(0), arguments.get(1)
    if isinstance(box, Items) and value is not None and len(box.items) < 64:
        box.items.append(value)
    return UNKNOWN


def first_of(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Promise.race`` and ``any``."""
    value = arguments.get(0)
    found, rest = elements(value) if value is not None else (None, None)
    return choose([*(found or [])[:6], *([rest] if rest is not None else [])]) if found else rest


def settled(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Promise.allSettled``: each value under its name."""
    value = arguments.get(0)
    found, rest = elements(value) if value is not None else (None, None)
    made: list[Value] = [Mapping({"status": UNKNOWN, "value": item}) for item in found or []]
    return Items("list", made, (), rest)


def inherits(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``util.inherits(A, B)`` and ``Object.setPrototypeOf(A.prototype, B.prototype)``."""
    function, base = arguments.get(0), arguments.get(1)
    if isinstance(function, Function) and isinstance(base, Function | Class | Reference):
        cls = class_of(machine, function)
        cls.bases = (*cls.bases, class_of(machine, base) if isinstance(base, Function) else base)
    return function


def get_descriptor(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Object.getOwnPropertyDescriptor(x, name)``."""
    value, name = arguments.get(0), to_text(arguments.get(1))
    return None if value is None or name is None else Mapping({"value": get(machine, frame, value, name)}, (), UNKNOWN)
