"""Branches, loops, jumps and returns: which operations are walked through next, and under which conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code import ir, operators
from assay.scanner.code.access import elements
from assay.scanner.code.machine import MAIN
from assay.scanner.code.scope import Frame, Region
from assay.scanner.code.special import turns
from assay.scanner.code.values import (
    NO_TAINTS,
    UNKNOWN,
    Constant,
    Instance,
    Items,
    Reference,
    Taints,
    Unknown,
    Value,
    choose,
    flat,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_PURE = frozenset(
    {ir.Const, ir.Element, ir.Operator, ir.Unary, ir.Store, ir.Name, ir.Yield, ir.Format, ir.Call, ir.Index, ir.Branch,
     ir.Either, ir.Attribute}
)  # fmt: skip
_PURE_CALLS = frozenset({"chr", "ord", "int", "str", "bytes", "hex", "format"})
_CACHED = 64


def branch(machine: Machine, frame: Frame, op: ir.Branch) -> Value:
    """A region that runs or not."""
    if op.kind in {"try", "finally", "with"}:
        return UNKNOWN
    continues = op.kind in {"elif", "else", "case"}
    prior = (frame.chain or "maybe") if continues else "open"
    test = None if op.test is None else frame.results[op.test]
    guards_main = op.test is not None and _asks_for_main(frame, op.test)
    known = None if test is None or guards_main else operators.truth(test)
    if op.test is None and op.kind == "else" and prior == "open":
        known = True
    if op.kind == "case":
        known = None
    if prior == "taken" or known is False:
        frame.chain = prior
        if op.kind == "while":
            _stop_loop(frame)
        machine.skip(frame, frame.at, op.end)
        return UNKNOWN
    region = Region(frame.at, op.end, "branch")
    if known and prior == "open":
        frame.chain = "taken"
        machine.enter(frame, region, False, [])
        if op.kind == "while":
            _watch(machine, frame)
        return UNKNOWN
    frame.chain = "maybe"
    _doubt(frame)
    if op.kind == "while":
        _stop_loop(frame)
    machine.enter(frame, region, True, [MAIN] if guards_main else conditions(test))
    return UNKNOWN


def _asks_for_main(frame: Frame, test: ir.Ref) -> bool:
    """Whether a condition is ``__name__ == "__main__"``, or has it as a part: true when a file is run by itself."""
    op = frame.ops[test]
    if isinstance(op, ir.Either):
        return any(_asks_for_main(frame, option) for option in op.options if option < test)
    if not isinstance(op, ir.Operator) or op.symbol != "==":
        return False
    asks = any(
        isinstance(side, ir.Name) and side.name == "__name__" for side in (frame.ops[ref] for ref in op.operands)
    )
    held = [frame.results[ref] for ref in op.operands]
    return asks and any(isinstance(side, Constant) and side.value == "__main__" for side in held)


def conditions(test: Value | None) -> list[str]:
    """What a condition asks, as ``kind:detail`` of its sources."""
    if test is None:
        return []
    found: Taints = NO_TAINTS
    for value in flat(test, 16):
        found = union((found, value.taints, value.tests if isinstance(value, Unknown) else NO_TAINTS))
    return sorted({f"{taint.kind}:{taint.detail}" for taint in found if taint.kind != "parameter"})


def _doubt(frame: Frame) -> None:
    """What runs here is not decided: how the loops around it go on is a guess from here."""
    for region in frame.regions:
        if region.kind == "loop" and region.values is None:
            region.doubts += 1


def _stop_loop(frame: Frame) -> None:
    """The innermost loop ends with this turn."""
    for region in reversed(frame.regions):
        if region.kind == "loop":
            region.stop = True
            return


def _watch(machine: Machine, frame: Frame) -> None:
    """A loop whose condition holds goes on only while its constants change: else it would go on for ever."""
    for region in reversed(frame.regions):
        if region.kind == "loop":
            names = frame.scope.names
            machine.budget.steps -= len(names) // 4
            state = [(name, value.value) for name, value in names.items() if type(value) is Constant]
            state += [(name, len(value.items)) for name, value in names.items() if type(value) is Items]
            region.stop = region.stop or region.state == state
            region.state = state
            return


def loop(machine: Machine, frame: Frame, op: ir.Loop) -> Value:
    """A loop, or a comprehension."""
    if op.over is None:
        return machine.start_loop(frame, op, None, None)
    over = frame.results[op.over]
    if isinstance(over, Instance):
        over = turns(machine, frame, over) or over
    found, rest = elements(over)
    if rest is not None or found is None:
        _doubt(frame)
        more = [rest] if rest is not None else [Unknown(over.taints, over.steps)]
        return machine.start_loop(frame, op, None, choose([*(found or [])[:8], *more]))
    value = machine.start_loop(frame, op, iter(found), None)
    if op.collects and len(found) > _CACHED and frame.regions and _is_pure(frame, op):
        frame.regions[-1].cache = {}
    return value


def _is_pure(frame: Frame, op: ir.Loop) -> bool:
    """Whether what a comprehension makes of an element depends on the element alone."""
    ops = frame.ops
    for inner in ops[frame.at + 1 : op.end]:
        if type(inner) not in _PURE:
            return False
        if isinstance(inner, ir.Call):
            callee = ops[inner.function]
            if not isinstance(callee, ir.Name) or callee.name not in _PURE_CALLS:
                return False
    return True


def return_(machine: Machine, frame: Frame, op: ir.Return) -> Value:
    """What a function gives; where no branch is in doubt, nothing after it runs."""
    frame.returns.append(frame.results[op.value])
    if not frame.weak and not _goes_on(machine, frame):
        _end(frame)
    return UNKNOWN


def _goes_on(machine: Machine, frame: Frame) -> bool:
    """Go on after the part of a try statement that a return stands in, if a call in it may raise for all we know."""
    ops, at = frame.ops, frame.at
    around = [
        index
        for index, op in enumerate(ops[:at])
        if type(op) is ir.Branch and op.kind == "try" and at < op.end < len(ops) and _is_handler(ops[op.end])
    ]
    start = around[-1] if around else at
    called = (frame.results[inner] for inner in range(start, at) if type(ops[inner]) is ir.Call)
    if not any(isinstance(value, Reference | Unknown) for value in called):
        return False
    while frame.regions and frame.regions[-1].index > start:
        region = frame.leave(True)
        if region.conditions:
            del machine.conditions[-region.conditions :]
    op = ops[start]
    assert isinstance(op, ir.Branch)  # noqa: S101 - chosen by its type
    frame.next = op.end
    return True


def _is_handler(op: ir.Op) -> bool:
    return type(op) is ir.Branch and op.kind == "except"


def _end(frame: Frame) -> None:
    """Nothing further in the code is reached."""
    frame.finished = frame.at + 1 < len(frame.ops) or bool(frame.regions)
    frame.regions.clear()
    frame.limit = frame.next = len(frame.ops)


def jump(machine: Machine, frame: Frame, op: ir.Jump) -> Value:
    """``break`` and ``continue``, where they are certain. ``raise`` is passed over: something may catch it."""
    if op.kind not in {"break", "continue"}:
        return UNKNOWN
    if frame.weak:
        if op.kind == "break":
            _stop_undecided(frame)
        return UNKNOWN
    while frame.regions and frame.regions[-1].kind != "loop":
        region = frame.leave(True)
        if region.conditions:
            del machine.conditions[-region.conditions :]
    if frame.regions:
        region = frame.regions[-1]
        region.stop = region.stop or op.kind == "break"
        frame.next = region.end
    return UNKNOWN


def _stop_undecided(frame: Frame) -> None:
    """A break that may happen ends a loop without a known end; one over known values goes on, as it may."""
    for region in reversed(frame.regions):
        if region.kind == "loop":
            if region.values is None:
                region.stop = True
            return
