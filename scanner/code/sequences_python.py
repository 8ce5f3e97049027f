"""Built-in functions over sequences: they make them, walk them, and call a function with each element.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import elements
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.unfinished import UNFINISHED
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Mapping,
    Unknown,
    Value,
    choose,
    integer,
    join,
    merge,
    taints_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.ir import Scalar
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame


def numbers_of(value: Value) -> list[int] | None:
    """The ints of a sequence of which all are known."""
    found, rest = elements(value)
    if found is None or rest is not None:
        return None
    made: list[int] = []
    for item in found:
        if type(item) is not Constant or not isinstance(item.value, int):
            return None
        made.append(item.value)
    return made


def kept(kind: str) -> Builtin:
    """``list(x)`` and the like: the elements as they are."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        if value is None:
            return Items(kind, [])
        found, rest = elements(value)
        if found is None and rest is None:
            return Items(kind, [], value.steps, Unknown(value.taints, value.steps))
        return Items(kind, list(found or []), value.steps, rest)

    return fold


def dict_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``dict(…)``: of a mapping, of pairs, of keywords."""
    made: dict[Scalar, Value] = {}
    rest: Value | None = None
    first = arguments.get(0)
    if isinstance(first, Mapping):
        made.update(first.entries)
        rest = first.rest
    elif first is not None:
        found, rest = elements(first)
        if found is None:
            rest = Unknown(first.taints, first.steps)
        for pair in found or []:
            key, value = (
                (pair.items[0], pair.items[1]) if isinstance(pair, Items) and len(pair.items) == 2 else (pair, pair)
            )
            if isinstance(key, Constant):
                made[key.value] = value
            else:
                rest = join(rest, value)
    made.update(dict(arguments.keywords))
    return Mapping(made, (), rest)


def enumerate_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``enumerate(x, start)``."""
    value = arguments.get(0)
    start = integer(arguments.get(1, "start") or Constant(0))
    found, rest = elements(value) if value is not None else (None, None)
    if found is None or start is None:
        return None if rest is None else Items("list", [], (), Items("tuple", [UNKNOWN, rest]))
    more = None if rest is None else Items("tuple", [UNKNOWN, rest])
    return Items("list", [Items("tuple", [Constant(at), item]) for at, item in enumerate(found, start)], (), more)


def zip_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``zip(…)``: to the end of the shortest that is known; an endless one (``cycle``) goes round."""
    columns: list[list[Value]] = []
    for value in arguments.positional:
        found, _ = elements(value)
        if found is None:
            return Items("list", [], (), Items("tuple", [Unknown(taints_of((v,))) for v in arguments.positional]))
        columns.append(found)
    finite = [
        len(column)
        for column, value in zip(columns, arguments.positional, strict=True)
        if not (isinstance(value, Items) and value.kind == "cycle")
    ]
    if not columns or not finite or any(not column for column in columns):
        return Items("list", [])
    return Items(
        "list", [Items("tuple", [column[at % len(column)] for column in columns]) for at in range(min(finite))]
    )


def cycle(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``itertools.cycle(x)``."""
    value = arguments.get(0)
    found, _ = elements(value) if value is not None else (None, None)
    return None if found is None else Items("cycle", found)


def chain(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``itertools.chain(…)``."""
    made: list[Value] = []
    for value in arguments.positional:
        found, rest = elements(value)
        if found is None or rest is not None or len(made) + len(found) > ITEMS:
            return Items("list", made, (), Unknown(taints_of(arguments.positional)))
        made.extend(found)
    return Items("list", made)


def reversed_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``reversed(x)``."""
    value = arguments.get(0)
    found, rest = elements(value) if value is not None else (None, None)
    if found is None or rest is not None or value is None:
        return None
    return Items("list", found[::-1], merge((value,), "reverse"))


def sorted_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``sorted(x)`` of constants, without a key."""
    value = arguments.get(0)
    found, rest = elements(value) if value is not None else (None, None)
    if found is None or rest is not None or arguments.get(-1, "key") is not None:
        return None
    backwards = isinstance(flag := arguments.get(-1, "reverse"), Constant) and bool(flag.value)
    for kind in (str, int):
        if all(isinstance(item, Constant) and type(item.value) is kind for item in found):
            pairs = [(item.value, at) for at, item in enumerate(found) if isinstance(item, Constant)]
            order = sorted(pairs, key=lambda pair: pair[0], reverse=backwards)  # type: ignore[arg-type,return-value]
            return Items("list", [found[at] for _, at in order])
    return None


def map_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``map(f, x, …)``: the function is called with each element."""
    function = arguments.get(0)
    if function is None or len(arguments.positional) < 2:
        return None
    columns = [elements(value) for value in arguments.positional[1:]]
    known = [found for found, _ in columns if found is not None]
    if len(known) < len(columns) or any(rest is not None for _, rest in columns):
        rests = [
            rest or choose((found or [])[:8] or [Unknown(value.taints)])
            for (found, rest), value in zip(columns, arguments.positional[1:], strict=True)
        ]
        return Items("list", [], (), machine.call(frame, function, *rests))
    made: list[Value] = []
    for row in zip(*known, strict=False):
        if not machine.budget.spend(2):
            return Items("list", made, (), Unknown(UNFINISHED))
        made.append(machine.call(frame, function, *row))
    return Items("list", made)


def starmap(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``itertools.starmap(f, rows)``."""
    function, rows = arguments.get(0), arguments.get(1)
    found, _ = elements(rows) if rows is not None else (None, None)
    if function is None or found is None:
        return None
    return Items("list", [machine.call(frame, function, *(elements(row)[0] or [])) for row in found[:4096]])


def filter_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``filter(f, x)``."""
    function, value = arguments.get(0), arguments.get(1)
    if function is None or value is None:
        return None
    found, rest = elements(value)
    kept: list[Value] = []
    for item in found or []:
        verdict = item if isinstance(function, Constant) else machine.call(frame, function, item)
        if not isinstance(verdict, Constant):
            rest = join(rest, item)
        elif verdict.value:
            kept.append(item)
    return Items("list", kept, (), rest)


def reduce_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``functools.reduce(f, x, start)``."""
    function, value = arguments.get(0), arguments.get(1)
    found, rest = elements(value) if value is not None else (None, None)
    if function is None or found is None or rest is not None:
        return None
    start = arguments.get(2)
    items = found if start is None else [start, *found]
    if not items:
        return None
    made = items[0]
    for item in items[1:65536]:
        if not machine.budget.spend(2):
            return UNKNOWN
        made = machine.call(frame, function, made, item)
    return made


def sum_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``sum(x)`` of numbers, and of lists onto ``[]``."""
    value, start = arguments.get(0), arguments.get(1, "start")
    numbers = numbers_of(value) if value is not None else None
    if numbers is not None and (start is None or integer(start) is not None):
        return Constant(sum(numbers) + (integer(start) or 0 if start is not None else 0))
    found, _ = elements(value) if value is not None else (None, None)
    if isinstance(start, Items) and found is not None:
        return Items(start.kind, [item for row in found[:4096] for item in elements(row)[0] or []][:ITEMS])
    return None


def extreme(function: Callable[[list[int]], int]) -> Builtin:
    """``min`` and ``max`` of numbers."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        values = arguments.positional
        numbers = numbers_of(values[0] if len(values) == 1 else Items("tuple", list(values)))
        return Constant(function(numbers)) if numbers else None

    return fold


SEQUENCE_BUILTINS: dict[str, Builtin] = {
    "builtins.list": kept("list"), "builtins.tuple": kept("tuple"), "builtins.set": kept("set"),
    "builtins.frozenset": kept("set"), "builtins.dict": dict_, "builtins.enumerate": enumerate_,
    "builtins.zip": zip_, "builtins.reversed": reversed_, "builtins.sorted": sorted_, "builtins.map": map_,
    "builtins.filter": filter_, "builtins.sum": sum_, "builtins.min": extreme(min), "builtins.max": extreme(max),
    "builtins.reduce": reduce_, "functools.reduce": reduce_, "itertools.starmap": starmap, "itertools.cycle": cycle,
    "itertools.chain": chain, "asyncio.to_thread": map_,
}  # fmt: skip
