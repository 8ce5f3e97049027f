"""The machine that walks through operations: one loop, with regions for branches and turns, and a budget.

It executes nothing. Every operation is looked at at least once, branches that cannot be taken too; parts whose
conditions and values are known are followed exactly, the rest as what may happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from assay.scanner.code import budget as limits
from assay.scanner.code.budget import Budget
from assay.scanner.code.facts import ExhaustedFact, Where
from assay.scanner.code.ir import (
    Loop,
    Place,
    Store,
    Unit,
)
from assay.scanner.code.loops import collected, hands_on
from assay.scanner.code.scope import Frame, ModuleState, Region
from assay.scanner.code.unfinished import OVERFLOWN, UNFINISHED
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Taint,
    Taints,
    Unknown,
    Value,
    join,
    tainted,
)

if TYPE_CHECKING:
    from assay.scanner.code.flow import Recorder
    from assay.scanner.code.vocabulary import Vocabulary

Handler: TypeAlias = Callable[["Machine", Frame, Any], Value]
Builtin: TypeAlias = Callable[["Machine", Frame, Arguments, Value], Value | None]
Caller: TypeAlias = Callable[["Machine", Frame, Value, Arguments], Value]
Lower: TypeAlias = Callable[[bytes, str], Unit]


class Language(NamedTuple):
    """What an evaluation works with: handlers of operations and of calls, built-ins, methods, and the vocabulary."""

    handlers: dict[type, Handler]
    call: Caller
    builtins: dict[str, Builtin]
    methods: dict[str, Builtin]
    vocabulary: Vocabulary
    lower: Lower | None


class Machine:
    """One evaluation of a package: its modules, what is left of the budget, and what has been seen."""

    def __init__(self, language: Language, modules: dict[str, ModuleState], recorder: Recorder) -> None:
        self.language = language
        self.handlers = language.handlers
        self.vocabulary = language.vocabulary
        self.modules = modules
        self.recorder = recorder
        self.budget = Budget()
        self.conditions: list[str] = []
        self.at_import = True
        self.depth = 0
        self.fresh = self.told = self.budget.steps
        """The steps that were left when something was last gained, and when there was a new fact."""
        self.repeats = 0
        """Callbacks around what is evaluated, which may be called any number of times."""
        self.layer_depth = 0
        self.active: list[object] = []
        self.loading: list[str] = []
        self.copied: dict[str, str] = {}
        self.filled: dict[str, Taints] = {}
        self.memo: dict[object, Value] = {}
        self.built: dict[object, dict[str, Value]] = {}
        self.profit: dict[int, list[int]] = {}
        self.kept: list[object] = []
        self.visited: set[tuple[int, int]] = set()
        self.completed: set[int] = set()
        self.pending: dict[int, Function] = {}
        self.deferred: list[tuple[tuple[str, ...], Callable[[], Value]]] = []
        """Calls that run unasked and stand too deep within others, with the conditions around them."""
        self.deferrals = 0
        self.mortal: list[tuple[Frame, Value]] = []
        """Destructors of objects that were made at import: they run when these go, at the latest at the end."""
        self.pending_classes: list[tuple[Frame, Class]] = []
        self.layer_units: dict[tuple[str, str], Unit | None] = {}

    def release(self) -> None:
        """Let go of all that was made: it hangs together in cycles, which are collected late."""
        for module in self.modules.values():
            module.scope.names.clear()
            del module.unit
        for made in self.kept:
            if isinstance(made, Function):
                made.scope.names.clear()
                if made.owner is not None:
                    made.owner.names.clear()
            elif isinstance(made, Instance):
                made.attributes.clear()

    def defer(self, again: Callable[[], Value]) -> None:
        """Take a call that stands too deep within others for later, if it runs unasked; no more than so many."""
        if self.runs_unasked() and self.deferrals < limits.DEFERRED:
            self.deferrals += 1
            self.deferred.append((tuple(self.conditions), again))

    def catch_up(self) -> None:
        """Evaluate the calls that were taken for later, and those that these bring."""
        while self.deferred:
            conditions, again = self.deferred.pop(0)
            self.conditions.extend(conditions)
            again()
            self.conditions.clear()

    def restart(self) -> None:
        """Begin to count anew the steps that bring nothing."""
        self.fresh = self.told = self.budget.steps

    def gain(self, facts: int) -> None:
        """Note that something was gained: facts, if there are more than ``facts``, else text that was put together."""
        self.fresh = self.budget.steps
        if self.recorder.total > facts:
            self.told = self.fresh

    def is_idle(self) -> bool:
        """Whether evaluation has gone on for long without gaining anything, or the steps have run out."""
        steps = self.budget.steps
        patience = self.patience()
        return self.fresh - steps > patience.fruitless or self.told - steps > patience.untold or steps < 0

    def patience(self) -> limits.Patience:
        """How long what runs here may go on without bringing anything."""
        return limits.UNASKED if self.runs_unasked() else limits.ALONE if self.at_import else limits.CALLED

    def runs_unasked(self) -> bool:
        """Whether what is evaluated runs on import, not only if somebody calls it or runs the file by itself."""
        return self.at_import and MAIN not in self.conditions

    def where(self, frame: Frame, place: Place) -> Where:
        """The place of a fact."""
        module, layer, function = frame.position
        return Where(module, layer, place, function, self.at_import, tuple(dict.fromkeys(self.conditions)))

    def source(self, frame: Frame, kind: str, detail: str) -> Taints:
        """A new source at the operation that the frame is at."""
        module, layer, _ = frame.position
        return frozenset((Taint(kind, detail[:200], module, self.place(frame), layer),))

    def place(self, frame: Frame) -> Place:
        """The place of the operation that the frame is at."""
        ops = frame.ops
        return ops[frame.at].place if frame.at < len(ops) else frame.code.place

    def call(self, frame: Frame, callee: Value, *positional: Value) -> Value:
        """Call a value with positional arguments."""
        return self.language.call(self, frame, callee, Arguments(positional))

    def exhausted(self, frame: Frame, kind: str) -> None:
        """Note that a budget ran out here, once for each kind and piece of code."""
        self.recorder.exhausted(ExhaustedFact(self.where(frame, self.place(frame)), kind))

    def cut(self, frame: Frame, value: Value) -> Value:
        """A value for which a budget of bytes ran out, marked as such; a gap where it was needed unasked."""
        self.budget.exhausted.clear()
        if self.runs_unasked():
            self.exhausted(frame, "bytes")
        return tainted(value, OVERFLOWN)

    def run(self, frame: Frame) -> None:
        """Walk through a code. The frame has what came of it."""
        handlers = self.handlers
        ops = frame.ops
        results = frame.results
        i = frame.next
        self.budget.steps -= len(ops)
        while True:
            while i >= frame.limit:
                if not frame.regions:
                    return
                i = self.close(frame)
            op = ops[i]
            frame.at = i
            frame.next = i + 1
            results[i] = handlers[type(op)](self, frame, op)
            i = frame.next

    def close(self, frame: Frame) -> int:
        """The end of the innermost region: where to go on."""
        region = frame.regions[-1]
        if region.kind == "loop":
            return self._turn(frame, region)
        frame.leave(region.kind != "dead")
        if region.conditions:
            del self.conditions[-region.conditions :]
        return region.end

    def condition(self, region: Region, names: list[str]) -> None:
        """Put conditions around a region."""
        region.conditions = len(names)
        self.conditions.extend(names)

    def enter(self, frame: Frame, region: Region, weak: bool, names: list[str]) -> None:
        """Go into a region that runs under conditions."""
        frame.open(region, weak)
        if names:
            self.condition(region, names)

    def skip(self, frame: Frame, index: int, end: int) -> None:
        """Go over a region that cannot be reached: look at it once, and forget what it bound."""
        key = (id(frame.code), index)
        if key in self.visited:
            frame.next = end
            return
        self.visited.add(key)
        self.enter(frame, Region(index, end, "dead"), True, ["never"])

    def start_loop(self, frame: Frame, op: Loop, values: Iterator[Value] | None, rest: Value | None) -> Value:
        """Go into a loop: with its values one by one, or, where they are not known, once."""
        region = Region(frame.at, op.end, "loop")
        if values is None and op.over is not None:
            frame.open(region, True)
            region.stop = True
            return rest if rest is not None else UNKNOWN
        if values is None:
            frame.open(region, False)
            return UNKNOWN
        first = next(values, None)
        if first is None:
            if not op.collects:
                self.skip(frame, frame.at, op.end)
            elif (id(frame.code), frame.at) not in self.visited:
                self.visited.add((id(frame.code), frame.at))
                frame.open(region, True)
                region.kind = "loop"
                region.stop = True
                region.values = values
                region.turns = -1
            else:
                frame.next = op.end
                return Mapping({}) if op.collects == "dict" else Items(op.collects, [])
            return UNKNOWN
        region.values = values
        frame.open(region, False)
        return first

    def _turn(self, frame: Frame, region: Region) -> int:
        """The end of one turn of a loop: go round again, or leave it."""
        region.turns += 1
        op = frame.ops[region.index]
        assert isinstance(op, Loop)  # noqa: S101 - regions of this kind are opened for loops alone
        if region.stop:
            return self._finish(frame, region, op)
        frame.chain = ""
        if region.values is None:
            if self._is_idle(frame, region, op) or region.doubts >= limits.DOUBTS:
                self._blur(frame, region, op)
                return self._finish(frame, region, op)
            return self._another(frame, region, op, UNKNOWN)
        value = next(region.values, None)
        while region.cache is not None and value is not None and isinstance(value, Constant):
            if len(region.collected) == region.turns and value.value not in region.cache:
                break
            known = region.cache.get(value.value)
            if known is None:
                break
            region.collected.append(known)
            region.turns += 1
            value = next(region.values, None)
        if value is None:
            return self._finish(frame, region, op)
        if self._is_idle(frame, region, op):
            if op.collects:
                self._blur(frame, region, op)
                return self._finish(frame, region, op)
            region.stop = True
            value = UNKNOWN
        return self._another(frame, region, op, value)

    def _is_idle(self, frame: Frame, region: Region, op: Loop) -> bool:
        """Whether a loop has gone on for long without bringing facts, and hands nothing on from turn to turn."""
        spent = region.spent - self.budget.steps
        patience = self.patience()
        untold = self.told - self.budget.steps > patience.untold
        if region.turns % _LOOK and spent < limits.LONG // 4 and not untold:
            return False
        gained = self.recorder.total
        if gained != region.gained:
            region.gained, region.spent = gained, self.budget.steps
            return False
        if untold or spent > patience.loop:
            self.exhausted(frame, "loop")
            return True
        return spent > limits.IDLE and not hands_on(frame, region.index + 1, op.end)

    def _another(self, frame: Frame, region: Region, op: Loop, value: Value) -> int:
        """One more turn with a value, unless the turns or the steps have run out."""
        limit = limits.TEXT_TURNS if region.cache is not None else limits.TURNS
        if region.turns >= limit or not self.budget.spend(op.end - region.index):
            self.exhausted(frame, "steps" if self.budget.steps < 0 and self.runs_unasked() else "loop")
            self._blur(frame, region, op)
            return self._finish(frame, region, op)
        frame.results[region.index] = value
        return region.index + 1

    def _blur(self, frame: Frame, region: Region, op: Loop) -> None:
        """Forget what a loop that was not run to its end has made, and remember that it might have been known."""
        region.collected.append((None, Unknown(UNFINISHED)))
        for inner in frame.ops[region.index : op.end]:
            if isinstance(inner, Store):
                old = frame.scope.names.get(inner.name)
                if old is not None:
                    frame.store(inner.name, join(old, Unknown(old.taints | UNFINISHED, old.steps)))

    def _finish(self, frame: Frame, region: Region, op: Loop) -> int:
        """Leave a loop; a comprehension has its value."""
        weak = region.undo is not None
        frame.leave(region.turns != 0 or region.values is None)
        if region.conditions:
            del self.conditions[-region.conditions :]
        if op.collects:
            frame.results[region.index] = collected(op.collects, region, weak)
        return op.end


MAIN = "main:__name__"
"""The condition around what runs only where a file is run by itself."""

_LOOK = 16
"""Turns of a loop after which it is asked whether they brought anything."""
