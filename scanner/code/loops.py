"""What the turns of a loop leave: for its later turns, and what a comprehension makes of its yields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Attribute, Call, Name, Store, StoreAttribute, StoreIndex, Yield
from assay.scanner.code.values import UNKNOWN, Choice, Constant, Items, Mapping, Value, choose, flat, join, merge

if TYPE_CHECKING:
    from assay.scanner.code.ir import Scalar
    from assay.scanner.code.scope import Frame, Region

_FILLS = frozenset({"append", "extend", "insert", "add", "update", "write", "appendleft", "setdefault", "join", "pop"})


def hands_on(frame: Frame, start: int, end: int) -> bool:
    """Whether the last turn of a loop left anything known for later turns, in a name or a container."""
    bound: set[str] = set()
    read: set[str] = set()
    filled: set[int] = set()
    given: tuple[int, ...]
    for number in range(start, end):
        op = frame.ops[number]
        if isinstance(op, StoreIndex | StoreAttribute | Yield):
            given = (op.value,)
        elif isinstance(op, Call) and op.function in filled:
            given = tuple(argument.value for argument in op.arguments)
        elif isinstance(op, Store) and op.name in read:
            given = (op.value,)
        else:
            given = ()
        if any(_is_known(frame.results[ref]) for ref in given):
            return True
        if isinstance(op, Attribute) and op.name in _FILLS:
            filled.add(number)
        elif isinstance(op, Name) and op.name not in bound:
            read.add(op.name)
        elif isinstance(op, Store):
            bound.add(op.name)
    return False


def _is_known(value: Value | None) -> bool:
    """Whether a value is a constant or holds one."""
    return isinstance(value, Constant) or (
        isinstance(value, Items | Mapping | Choice) and any(isinstance(item, Constant) for item in flat(value, 16))
    )


def collected(kind: str, region: Region, weak: bool) -> Value:
    """What a comprehension makes of its yields; ``weak`` when they are not all of them."""
    pairs = region.collected
    if region.turns == 0 and region.values is not None:
        pairs = []
        weak = False
    rest = choose([value for _, value in pairs]) if weak and pairs else UNKNOWN if weak else None
    if kind == "dict":
        found: dict[Scalar, Value] = {}
        for key, value in pairs:
            if isinstance(key, Constant) and not weak:
                found[key.value] = value
            else:
                rest = join(rest, value)
        return Mapping(found, merge([key for key, _ in pairs[:64] if key is not None]), rest)
    return Items(kind, [] if weak else [value for _, value in pairs], (), rest)
