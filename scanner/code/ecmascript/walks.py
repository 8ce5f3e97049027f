"""Methods of arrays that call a function with every element.

https://tc39.es/ecma262/#sec-properties-of-the-array-prototype-object
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from assay.scanner.code import ir
from assay.scanner.code.access import elements
from assay.scanner.code.ecmascript.coerce import (
    UNDEFINED,
    to_number,
    to_text,
    truth,
)
from assay.scanner.code.values import (
    MAX_NAME,
    NONE,
    UNKNOWN,
    Constant,
    Function,
    Items,
    Mapping,
    Reference,
    Unknown,
    Value,
    choose,
    join,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame
    from assay.scanner.code.values import Arguments

from assay.scanner.code.ecmascript.arrays import CALLED, FEW, MOST, flat_, held_by, mutable

_CACHED = 8
"""Elements beyond which those that are alike are asked for once."""

_ALIKE = 512
"""Different elements for which a function that depends on nothing else may take the steps that it takes."""

_LOOK = 64
"""Elements after which it is asked whether going on brings anything."""

_PURE = frozenset(
    {ir.Const, ir.Name, ir.Attribute, ir.Index, ir.Call, ir.Operator, ir.Unary, ir.Either, ir.Return, ir.Format,
     ir.Store, ir.Branch}
)  # fmt: skip


def is_pure(machine: Machine, function: Value) -> bool:
    """Whether what a function gives for an element depends on the element alone: it reads nothing else."""
    if not isinstance(function, Function) or len(function.code.parameters) > 1 or function.code.outer:
        return False
    own = {parameter.name for parameter in function.code.parameters}
    builtins = machine.vocabulary.builtins
    for op in function.code.ops:
        if type(op) not in _PURE:
            return False
        if isinstance(op, ir.Name) and op.name not in own:
            if op.name not in builtins or function.scope.find(op.name) is not None:
                return False
        elif isinstance(op, ir.Store):
            own.add(op.name)
    return True


def _walk(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> tuple[Items, list[Value]] | None:
    """An array and what a function gives for each of its elements; what stands for unknown ones comes last."""
    held, function = held_by(receiver), arguments.get(0)
    if function is None or not isinstance(function, CALLED):
        return None
    if held is None:
        held = Items("list", [], (), _element_of(receiver))
    machine.budget.steps -= len(held.items)
    given: list[Value] = []
    known: dict[object, Value] | None = {} if len(held.items) > _CACHED and is_pure(machine, function) else None
    spent = machine.profit.setdefault(id(function.code), [0, 0]) if isinstance(function, Function) else [0, 0]
    for at, item in enumerate(held.items[:MOST] if known is None else held.items):
        key = (type(item.value), item.value) if known is not None and isinstance(item, Constant) else None
        made = known.get(key) if known is not None and key is not None else None
        if made is None:
            if at % _LOOK == _LOOK - 1 and machine.is_idle():
                break
            before = spent[0]
            made = machine.call(frame, function, item, Constant(at), held)
            if known is not None and key is not None:
                known[key] = made
                spent[0] = before if len(known) < _ALIKE else spent[0]
        given.append(made)
    if held.rest is not None or len(given) < len(held.items):
        machine.repeats += 1
        rest = held.rest if held.rest is not None else choose(held.items[len(given) : len(given) + FEW])
        given.append(machine.call(frame, function, rest, UNKNOWN, held))
        machine.repeats -= 1
    return held, given


def _element_of(receiver: Value) -> Value:
    """An element of something that is not known."""
    found, rest = elements(receiver)
    if isinstance(receiver, Reference):
        return receiver._replace(name=f"{receiver.name}[]"[:MAX_NAME])
    return rest if rest is not None else choose(found) if found else Unknown(receiver.taints, receiver.steps)


def map_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.map(f)``."""
    walked = _walk(machine, frame, arguments, receiver)
    if walked is None:
        return Items("list", [], (), Unknown(receiver.taints, receiver.steps)) if arguments.positional else None
    held, given = walked
    whole = held.rest is None and len(given) == len(held.items)
    return Items("list", given, held.steps) if whole else Items("list", given[:-1], held.steps, given[-1])


def flat_map(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.flatMap(f)``."""
    made = map_(machine, frame, arguments, receiver)
    return None if made is None else flat_(machine, frame, arguments._replace(positional=()), made)


def for_each(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.forEach(f)``; of a map with value and key."""
    if isinstance(receiver, Mapping):
        function = arguments.get(0)
        for key, value in list(receiver.entries.items())[:MOST]:
            if function is not None:
                machine.call(frame, function, value, Constant(key), receiver)
        return NONE
    _walk(machine, frame, arguments, receiver)
    return NONE


def filter_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.filter(f)``: an element that may be left out makes those after it uncertain."""
    walked = _walk(machine, frame, arguments, receiver)
    if walked is None:
        return None
    held, given = walked
    kept: list[Value] = []
    rest = held.rest
    for item, verdict in zip(held.items, given, strict=False):
        known = truth(verdict)
        if known is None:
            rest = join(rest, item)
        elif known and rest is None:
            kept.append(item)
        elif known:
            rest = join(rest, item)
    return Items("list", kept, held.steps, rest)


def _asked(name: str) -> Builtin:
    """``find``, ``findIndex``, ``some`` and ``every``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        walked = _walk(machine, frame, arguments, receiver)
        if walked is None:
            return None
        held, given = walked
        verdicts = [truth(value) for value in given]
        if any(verdict is None for verdict in verdicts) or held.rest is not None:
            return choose([*held.items[:6], *([held.rest] if held.rest else [])]) if name == "find" else UNKNOWN
        at = verdicts.index(True) if True in verdicts else -1
        if name == "find":
            return held.items[at] if at >= 0 else UNDEFINED
        return Constant(at if name == "findIndex" else at >= 0 if name == "some" else all(verdicts))

    return fold


def _reduced(backwards: bool) -> Builtin:
    """``reduce`` and ``reduceRight``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        held, function = held_by(receiver), arguments.get(0)
        if held is None:
            held = Items("list", [], (), _element_of(receiver))
        if not isinstance(function, CALLED) or len(held.items) > MOST:
            return None
        pairs = list(enumerate(held.items))
        if backwards:
            pairs.reverse()
        if len(arguments.positional) > 1:
            made = arguments.positional[1]
        elif pairs:
            made = pairs.pop(0)[1]
        elif held.rest is None:
            return None
        else:
            made = held.rest
        for at, item in pairs:
            made = machine.call(frame, function, made, item, Constant(at), held)
        return made if held.rest is None else join(made, machine.call(frame, function, made, held.rest, UNKNOWN))

    return fold


def sort(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``array.sort(f)``: by text, or by what the function says of two elements."""
    if not isinstance(receiver, Items) or receiver.rest is not None or len(receiver.items) > MOST:
        return receiver if isinstance(receiver, Items) else None
    function = arguments.get(0)
    if isinstance(function, CALLED):
        if len(receiver.items) > 256:
            return receiver

        def compared(first: Value, second: Value) -> int:
            number = to_number(machine.call(frame, function, first, second))
            return 0 if number is None or number != number else (number > 0) - (number < 0)

        made = sorted(receiver.items, key=cmp_to_key(compared))
    else:
        words = [to_text(item) for item in receiver.items]
        if any(word is None for word in words):
            return receiver
        order = sorted(range(len(words)), key=lambda at: (words[at] or "").encode("utf-16-be", "surrogatepass"))
        made = [receiver.items[at] for at in order]
    if mutable(machine, receiver) is not None and not frame.weak:
        receiver.items[:] = made
    return receiver


WALKS: dict[str, Builtin] = {
    "map": map_,
    "flatMap": flat_map,
    "forEach": for_each,
    "filter": filter_,
    "find": _asked("find"),
    "findIndex": _asked("findIndex"),
    "some": _asked("some"),
    "every": _asked("every"),
    "reduce": _reduced(False),
    "reduceRight": _reduced(True),
    "sort": sort,
    "toSorted": sort,
}
