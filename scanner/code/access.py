"""Reaching into values: attributes, elements, slices, unpacking; and writing into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.assemble import parts_of
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.modules import docstring, load, look_up, member, named
from assay.scanner.code.references import attribute_of, element_of
from assay.scanner.code.values import (
    NO_TAINTS,
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
    Module,
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
    taints_of,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_HOOKED = frozenset({"builtins", "sys"})
"""Modules whose functions the interpreter itself calls: what is put in their place runs unasked."""

_TYPES = {"str": "builtins.str", "bytes": "builtins.bytes", "int": "builtins.int", "bool": "builtins.bool"}


RECORDS = frozenset({"typing.NamedTuple", "pydantic.BaseModel", "msgspec.Struct"})
"""Bases outside of the package whose objects hold what they are made of."""

GIVEN = "#given"
"""The attribute that stands for all fields whose names are not known."""

_WHOLE = frozenset({"_asdict", "dict", "json", "model_dump", "model_dump_json"})
"""Methods of records that give all that they hold."""


def attribute(machine: Machine, frame: Frame, value: Value, name: str) -> Value:
    """``value.name``."""
    if isinstance(value, Reference):
        return attribute_of(machine, frame, value, name)
    if isinstance(value, Choice):
        return choose([attribute(machine, frame, option, name) for option in value.options])
    if isinstance(value, Module):
        return _of_module(machine, frame, value, name)
    if isinstance(value, Instance):
        return _of_instance(machine, frame, value, name)
    if isinstance(value, Class):
        return _of_class(machine, frame, value, name)
    if isinstance(value, Function | Bound | Applied):
        return _of_function(frame, value, name)
    if isinstance(value, Unknown):
        return Unknown(value.taints, value.steps)
    if name == "__class__" and isinstance(value, Constant | Items | Mapping):
        return Reference(type_name(value))
    if name == "value" and isinstance(value, Constant):
        return value  # a member of an Enum
    return Method(value, name, value.taints, value.steps)


def type_name(value: Value) -> str:
    """The qualified name of the type of a known value."""
    if isinstance(value, Items):
        return f"builtins.{value.kind}"
    if isinstance(value, Mapping):
        return "builtins.dict"
    if isinstance(value, Constant):
        return _TYPES.get(type(value.value).__name__, "builtins.object")
    return "builtins.object"


def _of_module(machine: Machine, frame: Frame, value: Module, name: str) -> Value:
    if name == "__dict__":
        state = machine.modules.get(value.name)
        return UNKNOWN if state is None else Namespace(state.scope)
    if value.name in machine.modules:
        load(machine, value.name)
    return member(machine, frame, value.name, name)


def find_in_class(cls: Class, name: str) -> tuple[Value | None, Reference | None]:
    """A name of a class or its bases; else the first base from outside of the package."""
    queue: list[Value] = [cls]
    seen: set[int] = set()
    outside: Reference | None = None
    while queue and len(seen) < 32:
        current = queue.pop(0)
        if isinstance(current, Class) and id(current) not in seen:
            seen.add(id(current))
            if name in current.names:
                return current.names[name], outside
            queue.extend(current.bases)
        elif isinstance(current, Reference) and outside is None:
            outside = current
    return None, outside


def _of_instance(machine: Machine, frame: Frame, value: Instance, name: str) -> Value:
    found = value.attributes.get(name)
    if found is not None:
        return found
    found, outside = find_in_class(value.cls, name)
    if isinstance(found, Function):
        if found.kind == "static":
            return found
        bound = Bound(found, value.cls if found.kind == "class" else value)
        return machine.call(frame, bound) if found.kind == "property" else bound
    if found is not None:
        return _got(machine, frame, found, value)
    computed = _computed(machine, frame, value, name, outside) or _of_record(value, name, outside)
    if computed is not None:
        return computed
    if name == "__dict__":
        return Mapping({key: held for key, held in value.attributes.items()})  # noqa: C416 - the key's type widens
    if name == "__class__":
        return value.cls
    if outside is not None:
        return named(machine, frame, f"{outside.name}().{name}", outside)
    return UNKNOWN


def _of_record(value: Instance, name: str, outside: Reference | None) -> Value | None:
    """A field of a record whose name is not known, or a method that gives all fields."""
    if outside is not None and outside.name in RECORDS and name in _WHOLE:
        return Applied(Reference("dataclasses.asdict"), Arguments((value,)), "partial")
    return None if name.startswith("__") else value.attributes.get(GIVEN)


def _computed(machine: Machine, frame: Frame, value: Instance, name: str, outside: Reference | None) -> Value | None:
    """An attribute that no class has: ``start`` of what has a ``run``, as threads do; else by ``__getattr__``."""
    if name.startswith("__"):
        return None
    called = "run" if name == "start" and outside is not None else "__getattr__"
    found, _ = find_in_class(value.cls, called)
    if not isinstance(found, Function):
        return None
    bound = Bound(found, value)
    return bound if called == "run" else machine.call(frame, bound, Constant(name))


def _got(machine: Machine, frame: Frame, found: Value, owner: Value) -> Value:
    """A name of a class as its objects and itself see it: what a descriptor gives, else itself."""
    if isinstance(found, Instance):
        getter, _ = find_in_class(found.cls, "__get__")
        if isinstance(getter, Function):
            return machine.call(frame, Bound(getter, found), owner, owner.cls if isinstance(owner, Instance) else owner)
    return found


def _of_class(machine: Machine, frame: Frame, value: Class, name: str) -> Value:
    if name == "__dict__":
        return Namespace(value.scope)
    found, outside = find_in_class(value, name)
    if isinstance(found, Function) and found.kind == "class":
        return Bound(found, value)
    if found is not None:
        return _got(machine, frame, found, value)
    if name in {"__name__", "__qualname__"}:
        return Constant(value.qualname.rpartition(".")[2])
    return UNKNOWN if outside is None else named(machine, frame, f"{outside.name}.{name}", outside)


def _of_function(frame: Frame, value: Value, name: str) -> Value:
    if name == "__globals__":
        return Namespace(frame.scope.top, NO_TAINTS, ("introspection",))
    if name in {"__call__", "__func__", "__wrapped__", "func"}:
        return value
    if name in {"__name__", "__qualname__"} and isinstance(value, Function):
        return Constant(value.code.name)
    if name == "__doc__" and isinstance(value, Function):
        return docstring(value.code)
    return Unknown(value.taints, value.steps)


def index(machine: Machine, frame: Frame, value: Value, key: Value) -> Value:
    """``value[key]``."""
    if isinstance(value, Choice):
        return choose([index(machine, frame, option, key) for option in value.options])
    if isinstance(key, Choice):
        return choose([index(machine, frame, value, option) for option in key.options])
    if isinstance(value, Mapping):
        return _in_mapping(value, key)
    if isinstance(value, Items):
        return _in_items(value, key)
    if isinstance(value, Constant):
        return _in_constant(value, key)
    if isinstance(value, Namespace):
        return _in_namespace(machine, frame, value, key)
    if isinstance(value, Reference):
        return element_of(machine, frame, value, key)
    return Unknown(taints_of((value, key)), merge((value, key)))


def _in_mapping(value: Mapping, key: Value) -> Value:
    if isinstance(key, Constant):
        found = value.entries.get(key.value)
        if found is not None:
            made = found if value.rest is None else join(found, value.rest)
            if isinstance(found, Constant) and not isinstance(found.value, str | bytes):
                return made
            steps = merge((made, value, key), "lookup")
            return made if steps == made.steps or not hasattr(made, "_replace") else _with_steps(made, steps)
        return value.rest if value.rest is not None else UNKNOWN
    return choose([*list(value.entries.values())[:8], *([value.rest] if value.rest is not None else [])])


def _with_steps(value: Value, steps: tuple[str, ...]) -> Value:
    """The value with these steps; containers as they are."""
    if isinstance(value, Choice):
        return Choice(tuple(_with_steps(option, steps) for option in value.options))
    if isinstance(value, Items | Mapping | Instance | Function | Class):
        return value
    return value._replace(steps=steps)


def _in_items(value: Items, key: Value) -> Value:
    position = integer(key)
    if position is None:
        rest = [value.rest] if value.rest is not None else []
        return choose([*value.items[:8], *rest]) if len(value.items) <= 8 else Unknown(value.taints)
    if -len(value.items) <= position < len(value.items) and (value.rest is None or position >= 0):
        return stepped(value.items[position], "index")
    return value.rest if value.rest is not None else UNKNOWN


def _in_constant(value: Constant, key: Value) -> Value:
    position = integer(key)
    if position is None or not isinstance(value.value, str | bytes):
        return Unknown(taints_of((value, key)), merge((value, key)))
    try:
        found = value.value[position]
    except IndexError:
        return UNKNOWN
    return Constant(found, value.taints, merge((value, key), "index"))


def _in_namespace(machine: Machine, frame: Frame, value: Namespace, key: Value) -> Value:
    name = text(key)
    if name is None:
        return Unknown(key.taints, merge((value, key), "globals"))
    found = value.scope.names.get(name)
    if found is None:
        found = look_up(machine, frame, name)
    for step in (*value.steps, *key.steps, "globals"):
        found = stepped(found, step)
    return found


def slice_of(machine: Machine, value: Value, bounds: list[Value | None]) -> Value:
    """``value[start:stop:step]``."""
    if isinstance(value, Choice):
        return choose([slice_of(machine, option, bounds) for option in value.options])
    given = [bound for bound in bounds if bound is not None]
    numbers = [integer(bound) for bound in bounds]
    known = all(n is not None or b is None or (isinstance(b, Constant) and b.value is None)
                for n, b in zip(numbers, bounds, strict=True))  # fmt: skip
    if not known or numbers[2] == 0:
        return Unknown(taints_of((value, *given)), merge((value, *given)))
    part = slice(*numbers)
    step = "reverse" if numbers[2] == -1 else "slice"
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        found = value.value[part]
        machine.budget.bytes -= len(found)
        return Constant(found, value.taints, merge((value,), step))
    if isinstance(value, Items) and value.rest is None:
        return Items(value.kind, value.items[part], merge((value,), step))
    if isinstance(value, Partial) and numbers[2] == -1 and numbers[0] is None and numbers[1] is None:
        parts = tuple(None if part is None else part[::-1] for part in reversed(parts_of(value)))
        return Partial(parts, value.taints, merge((value,), step))
    return Unknown(value.taints, merge((value,), step))


def elements(value: Value) -> tuple[list[Value] | None, Value | None]:
    """The elements of a value in order (None when nothing is known of them), and what stands for further ones."""
    if isinstance(value, Items):
        return value.items[:ITEMS], value.rest
    if isinstance(value, Mapping):
        return [Constant(key) for key in value.entries], None if value.rest is None else UNKNOWN
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        return [Constant(char, value.taints, value.steps) for char in value.value], None
    if isinstance(value, Choice):
        rests = [elements(option) for option in value.options]
        items = [item for found, _ in rests for item in (found or [])[:4]]
        more = [rest for _, rest in rests if rest is not None]
        if any(found is None for found, _ in rests):
            more.append(Unknown(value.taints, value.steps))
        return None, choose([*items, *more])
    if isinstance(value, Reference):
        name = f"{value.name}[]"
        return None, Reference(name, value.taints, value.steps, value.origin) if len(name) < 160 else None
    return None, None


def unpack(value: Value, position: int, rest: tuple[int, int] | None) -> Value:
    """One of the values that a value is taken apart into, or the list of those that are left."""
    found, more = elements(value)
    if found is None or more is not None:
        if found and rest is None and 0 <= position < len(found):
            return found[position]
        made = more if more is not None else Unknown(value.taints, value.steps)
        return made if rest is None else Items("list", [], (), made)
    if rest is not None:
        start, end = rest
        return Items("list", found[start : len(found) - end])
    if -len(found) <= position < len(found):
        return found[position]
    return UNKNOWN


def store_attribute(machine: Machine, frame: Frame, target: Value, name: str, value: Value) -> None:
    """``target.name = value``."""
    if isinstance(target, Instance):
        old = target.attributes.get(name)
        loose = frame.weak or not machine.at_import
        target.attributes[name] = join(old, value) if loose and old is not None else value
    elif isinstance(target, Class):
        target.names[name] = value
    elif isinstance(target, Module) and target.name in machine.modules:
        machine.modules[target.name].scope.names[name] = value
    elif isinstance(target, Reference) and target.name in _HOOKED and isinstance(value, Function | Bound):
        machine.call(frame, value)
    elif isinstance(target, Function) and name in {"__code__", "func_code"}:
        machine.call(frame, Reference("builtins.exec", value.taints, merge((value,), "function-type")), value)
    elif isinstance(target, Choice):
        for option in target.options:
            if not isinstance(option, Choice):
                store_attribute(machine, frame, option, name, value)


def store_index(machine: Machine, frame: Frame, target: Value, key: Value, value: Value) -> None:
    """``target[key] = value``."""
    if isinstance(target, Mapping):
        if isinstance(key, Constant) and len(target.entries) < ITEMS:
            old = target.entries.get(key.value)
            target.entries[key.value] = join(old, value) if frame.weak and old is not None else value
        else:
            target.rest = join(target.rest, value)
    elif isinstance(target, Items):
        position = integer(key)
        if position is not None and -len(target.items) <= position < len(target.items):
            target.items[position] = join(target.items[position], value) if frame.weak else value
        else:
            target.rest = join(target.rest, value)
    elif isinstance(target, Namespace):
        name = text(key)
        if name is not None:
            target.scope.names[name] = value
    elif isinstance(target, Constant) and isinstance(target.value, bytes) and len(target.value) <= ITEMS:
        opened = Items("bytearray", [Constant(byte, target.taints) for byte in target.value], target.steps)
        store_index(machine, frame, opened, key, value)
        _mark(frame, target, opened)
    elif isinstance(target, Reference | Unknown) and value.taints:
        _mark(frame, target, tainted(target, value.taints))


def _mark(frame: Frame, target: Value, marked: Value) -> None:
    """Replace a value by one with more sources under every name of the scope that has it."""
    names = frame.scope.names
    for name in [name for name, value in names.items() if value is target]:
        names[name] = marked
