"""Methods of known sequences and mappings. Each takes the receiver as its callee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import elements, index, store_index
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Mapping,
    Namespace,
    Reference,
    Unknown,
    Value,
    integer,
    join,
    merge,
    stepped,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame


def _append(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    value = arguments.get(len(arguments.positional) - 1)
    if not isinstance(receiver, Items) or value is None:
        return None
    if len(receiver.items) >= ITEMS or (receiver.rest is not None and frame.weak) or _grows(machine, frame, receiver):
        receiver.rest = join(receiver.rest, value)
    elif len(arguments.positional) == 2 and (at := integer(arguments.get(0))) is not None:
        receiver.items.insert(at, value)
    else:
        receiver.items.append(value)
    return NONE


def _grows(machine: Machine, frame: Frame, receiver: Items) -> bool:
    """Whether a list from outside is added to by a function that may run any number of times."""
    if (machine.at_import and not machine.repeats) or frame.code.kind is not CodeKind.FUNCTION:
        return False
    return not any(value is receiver for value in frame.scope.names.values())


def _extend(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    value = arguments.get(0)
    if isinstance(receiver, Items) and value is not None:
        found, rest = elements(value)
        if len(receiver.items) + len(found or []) <= ITEMS:
            receiver.items.extend(found or [])
        if found is None or rest is not None:
            receiver.rest = join(receiver.rest, rest if rest is not None else Unknown(value.taints))
        return NONE
    return None


def _pop(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    if isinstance(receiver, Items) and receiver.items and receiver.rest is None and not frame.weak:
        at = integer(arguments.get(0) or Constant(-1))
        return receiver.items.pop(at) if at is not None and -len(receiver.items) <= at < len(receiver.items) else None
    return get(machine, frame, arguments, receiver)


def _reverse(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    if isinstance(receiver, Items):
        receiver.items.reverse()
        receiver.steps = merge((receiver,), "reverse")
        return NONE
    return None


def _copy(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    if isinstance(receiver, Items):
        return Items(receiver.kind, list(receiver.items), receiver.steps, receiver.rest)
    return Mapping(dict(receiver.entries), receiver.steps, receiver.rest) if isinstance(receiver, Mapping) else None


def get(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``mapping.get(key, default)`` and ``mapping[key]``."""
    key = arguments.get(0)
    if key is None:
        return None
    if isinstance(receiver, Mapping) and isinstance(key, Constant) and key.value not in receiver.entries:
        default = arguments.get(1) or NONE
        return default if receiver.rest is None else join(default, receiver.rest)
    return index(machine, frame, receiver, key) if isinstance(receiver, Mapping | Namespace | Reference) else None


def _setdefault(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    key, value = arguments.get(0), arguments.get(1)
    if isinstance(receiver, Mapping) and key is not None and value is not None:
        if not isinstance(key, Constant) or key.value not in receiver.entries:
            store_index(machine, frame, receiver, key, value)
        return index(machine, frame, receiver, key)
    return None


def _update(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    given = arguments.get(0)
    if isinstance(receiver, Namespace):
        if isinstance(given, Mapping):
            receiver.scope.names.update({key: value for key, value in given.entries.items() if isinstance(key, str)})
        receiver.scope.names.update(dict(arguments.keywords))
        return NONE
    if not isinstance(receiver, Mapping):
        return None
    if isinstance(given, Mapping):
        receiver.entries.update(given.entries)
        receiver.rest = given.rest if receiver.rest is None else receiver.rest
    elif given is not None:
        receiver.rest = join(receiver.rest, Unknown(given.taints, given.steps))
    receiver.entries.update(dict(arguments.keywords))
    return NONE


def _view(name: str) -> Builtin:
    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        if not isinstance(receiver, Mapping):
            return None
        rest = receiver.rest
        if name == "keys":
            return Items("list", [Constant(key) for key in receiver.entries], (), None if rest is None else UNKNOWN)
        if name == "values":
            return Items("list", [stepped(value, "lookup") for value in receiver.entries.values()], (), rest)
        pairs: list[Value] = [Items("tuple", [Constant(key), value]) for key, value in receiver.entries.items()]
        return Items("list", pairs, (), None if rest is None else Items("tuple", [UNKNOWN, rest]))

    return fold


CONTAINER_METHODS: dict[str, Builtin] = {
    **{name: _view(name) for name in ("keys", "values", "items")},
    "append": _append, "add": _append, "insert": _append, "appendleft": _append, "extend": _extend,
    "reverse": _reverse, "pop": _pop, "copy": _copy, "get": get, "__getitem__": get, "setdefault": _setdefault,
    "update": _update,
}  # fmt: skip
