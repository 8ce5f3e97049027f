"""Special methods: what the language itself calls on the classes of the package and on their objects.

https://docs.python.org/3/reference/datamodel.html#special-method-names
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import find_in_class
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Reference,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.code.ir import Scalar
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "|": "or", "&": "and",
    "^": "xor", "<<": "lshift", ">>": "rshift", "**": "pow", "@": "matmul", "==": "eq", "!=": "ne", "<": "lt",
    "<=": "le", ">": "gt", ">=": "ge",
}  # fmt: skip
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__", "not": "__bool__"}


def special(machine: Machine, frame: Frame, value: Value, name: str, *arguments: Value) -> Value | None:
    """What a special method of an object gives; None where it is none of the package's or has no such method."""
    if not isinstance(value, Instance):
        return None
    found, _ = find_in_class(value.cls, name)
    if isinstance(found, Function) and found.kind != "static":
        return machine.call(frame, Bound(found, value), *arguments)
    return None if found is None else machine.call(frame, found, *arguments)


def operator(machine: Machine, frame: Frame, symbol: str, operands: Sequence[Value]) -> Value | None:
    """A chain of one binary operator of which an operand is an object of the package."""
    if symbol in {"in", "not in"}:
        return special(machine, frame, operands[-1], "__contains__", operands[0])
    name = _BINARY.get(symbol)
    if name is None:
        return None
    made = operands[0]
    for operand in operands[1:]:
        for subject, method, other in (
            (made, f"__{name}__", operand),
            (made, f"__i{name}__", operand),
            (operand, f"__r{name}__", made),
        ):
            found = special(machine, frame, subject, method, other)
            if found is not None:
                made = found
                break
        else:
            return None
    return made


def unary(machine: Machine, frame: Frame, symbol: str, operand: Value) -> Value | None:
    """A unary operator on an object of the package."""
    name = _UNARY.get(symbol)
    return None if name is None else special(machine, frame, operand, name)


def item(machine: Machine, frame: Frame, value: Value, key: Value) -> Value | None:
    """``value[key]`` of an object or a class of the package."""
    if isinstance(value, Instance):
        return special(machine, frame, value, "__getitem__", key)
    if not isinstance(value, Class):
        return None
    found, _ = find_in_class(value, "__class_getitem__")
    return machine.call(frame, Bound(found, value), key) if isinstance(found, Function) else None


def turns(machine: Machine, frame: Frame, value: Value) -> Value | None:
    """What a loop over an object of the package goes over."""
    walker = special(machine, frame, value, "__iter__")
    if walker is None:
        return None
    following = special(machine, frame, walker, "__next__")
    return walker if following is None else Items("generator", [], (), following)


def written(machine: Machine, frame: Frame, value: Value, specification: str = "") -> Value | None:
    """An object of the package as text."""
    if not isinstance(value, Instance):
        return None
    rule = specification.removeprefix("!r").removeprefix("!s").removeprefix("!a").removeprefix(":")
    if not specification.startswith("!"):
        found = special(machine, frame, value, "__format__", Constant(rule))
        if found is not None:
            return found
    first, second = ("__repr__", "__str__") if specification.startswith("!r") else ("__str__", "__repr__")
    found = special(machine, frame, value, first)
    return found if found is not None else special(machine, frame, value, second)


def entered(machine: Machine, frame: Frame, value: Value) -> Value:
    """What ``with value as target`` binds; of a generator (``contextlib.contextmanager``), what it yields."""
    if isinstance(value, Items) and value.kind == "generator":
        return value.items[0] if value.items else UNKNOWN
    for name in ("__enter__", "__aenter__"):
        found = special(machine, frame, value, name)
        if found is not None:
            return found
    return value


def left(machine: Machine, frame: Frame, value: Value) -> None:
    """The end of a with statement."""
    for name in ("__exit__", "__aexit__"):
        if special(machine, frame, value, name, NONE, NONE, NONE) is not None:
            return


def class_made(machine: Machine, frame: Frame, made: Class, keywords: dict[str, Value]) -> None:
    """What runs when a class comes into being: its metaclass, what names its fields, its bases."""
    meta = keywords.get("metaclass") or next((base.meta for base in made.bases if isinstance(base, Class)), None)
    names: dict[Scalar, Value] = {key: value for key, value in made.names.items()}  # noqa: C416 - the key's type widens
    given = (Constant(made.qualname.rpartition(".")[2]), Items("tuple", list(made.bases)), Mapping(names))
    if isinstance(meta, Class):
        made.meta = meta
        for name, receiver in (("__prepare__", meta), ("__new__", meta), ("__init__", made)):
            found, _ = find_in_class(meta, name)
            if isinstance(found, Function):
                machine.call(frame, Bound(found, receiver), *(given[:2] if name == "__prepare__" else given))
    elif isinstance(meta, Function | Reference):
        machine.call(frame, meta, *given)
    for key, value in list(made.names.items()):
        special(machine, frame, value, "__set_name__", made, Constant(key))
    for base in made.bases:
        found = find_in_class(base, "__init_subclass__")[0] if isinstance(base, Class) else None
        if isinstance(found, Function):
            machine.call(frame, Bound(found, made))
            break
