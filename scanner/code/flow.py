"""Writing facts down: calls that the vocabulary knows, sources that reach sinks, text that appears after folding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.facts import (
    Argument,
    CallFact,
    ExhaustedFact,
    Facts,
    FlowFact,
    Folded,
    ImportFact,
    LayerFact,
    StringFact,
    Where,
)
from assay.scanner.code.unfinished import CUT
from assay.scanner.code.values import (
    Applied,
    Arguments,
    Bound,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Method,
    Module,
    Partial,
    Reference,
    Taint,
    Value,
    flat,
    merge,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.code.ir import Place, Scalar
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame
    from assay.scanner.code.vocabulary import Entry

MAX_PER_PLACE = 8
"""Calls of one place that are told apart by their arguments."""

_DECIDED = frozenset({"code", "compile", "import", "process", "deserialise", "native", "install", "network"})
"""Sinks for which it matters what could not be worked out: a budget that ran out is a gap where they run unasked."""

NEVER = "never"
"""The condition of a branch that cannot be taken."""

_LONGEST = 1 << 16
_OVERLAP = 64
_KINDS: dict[type, str] = {
    Constant: "constant",
    Partial: "partial",
    Items: "sequence",
    Mapping: "mapping",
    Reference: "reference",
    Module: "reference",
    Method: "reference",
    Function: "function",
    Bound: "function",
    Applied: "function",
    Class: "class",
    Instance: "class",
}


class Recorder:
    """Collects the facts of one evaluation."""

    def __init__(self) -> None:
        self.calls: dict[tuple[object, ...], CallFact] = {}
        self.imports: dict[tuple[object, ...], ImportFact] = {}
        self.flows: dict[tuple[object, ...], FlowFact] = {}
        self.strings: dict[tuple[object, ...], StringFact] = {}
        self.gaps: dict[tuple[object, ...], ExhaustedFact] = {}
        self.layers: list[LayerFact] = []
        self.counts: dict[tuple[object, ...], int] = {}

    def layer_again(self, machine: Machine, frame: Frame, layer: LayerFact) -> None:
        """A layer that is known is met again at its place."""
        if _comes_to_life(machine, layer.where):
            self.layers[layer.number - 1] = layer._replace(where=machine.where(frame, layer.where.place))

    @property
    def total(self) -> int:
        """How many facts there are."""
        return len(self.calls) + len(self.flows) + len(self.strings) + len(self.layers)

    def facts(self) -> Facts:
        """All of it in order."""

        def ordered(found: Sequence[Where]) -> Sequence[int]:
            return sorted(range(len(found)), key=lambda at: (found[at][:3], at))

        imports, calls = list(self.imports.values()), list(self.calls.values())
        flows, strings = list(self.flows.values()), list(self.strings.values())
        gaps = list(self.gaps.values())
        return Facts(
            tuple(imports[at] for at in ordered([fact.where for fact in imports])),
            tuple(calls[at] for at in ordered([fact.where for fact in calls])),
            tuple(self.layers),
            tuple(flows[at] for at in ordered([fact.where for fact in flows])),
            tuple(strings[at] for at in ordered([fact.where for fact in strings])),
            tuple(gaps[at] for at in ordered([fact.where for fact in gaps])),
        )

    def imported(self, machine: Machine, frame: Frame, name: str) -> None:
        """An import statement."""
        place = machine.place(frame)
        key = (*frame.position[:2], place, name)
        if key not in self.imports or _comes_to_life(machine, self.imports[key].where):
            self.imports[key] = ImportFact(machine.where(frame, place), name)

    def exhausted(self, fact: ExhaustedFact) -> None:
        """A budget that ran out, once for each function."""
        where = fact.where
        self.gaps.setdefault((*where.spot, fact.kind), fact)

    def assembled(self, machine: Machine, frame: Frame, value: Value, operands: Sequence[Value]) -> None:
        """Text that came of folding: a fact when something sensitive stands in it that stood in no part."""
        written = known_text(value)
        if written is None or len(written) < 3:
            return
        inner = [text for operand in operands for part in flat(operand, 64) if (text := known_text(part)) is not None]
        found = self._sensitive(machine, written[:_LONGEST], inner)
        if found is None:
            return
        kind, hit = found
        place = machine.place(frame)
        key = (*frame.position[:2], place, hit)
        if key not in self.strings or _comes_to_life(machine, self.strings[key].where):
            where = machine.where(frame, place)
            self.strings[key] = StringFact(where, kind, hit[:200], written[:200], value.steps)

    def _sensitive(self, machine: Machine, written: str, parts: list[str]) -> tuple[str, str] | None:
        """The kind and text of something sensitive that stands in no part alone.

        Where the longest part begins the text, as in a loop that adds to it, only what is new is looked at.
        """
        vocabulary = machine.vocabulary
        longest = max(parts, key=len, default="")
        start = max(0, len(longest) - _OVERLAP) if written.startswith(longest) else 0
        lowered = written[start:].lower()
        kind = vocabulary.sensitive.get(lowered) if not start else None
        hit = lowered
        if kind is None:
            match = vocabulary.patterns.search(lowered)
            if match is None:
                return None
            kind, hit = match.lastgroup or "", match[0]
        core = hit.strip(" .(/:")
        return None if any(core in part[:_LONGEST].lower() for part in parts) else (kind, hit)

    def called(
        self, machine: Machine, frame: Frame, callee: Reference, entry: Entry | None, arguments: Arguments, road: str
    ) -> None:
        """A call of something that the vocabulary knows, and the sources that flow into it."""
        if _stays_here(callee):
            return
        place = machine.place(frame)
        spot = (*frame.position[:2], place, callee.name)
        count = self.counts.get(spot, 0)
        if count >= MAX_PER_PLACE:
            return
        folded = folded_arguments(arguments)
        key = (*spot, folded)
        known = self.calls.get(key)
        if known is not None and _comes_to_life(machine, known.where):
            self.calls[key] = known._replace(where=machine.where(frame, place))
        elif known is None:
            self.counts[spot] = count + 1
            kinds = tuple(dict.fromkeys(kind for kind in (entry.sink, entry.source) if kind)) if entry else ()
            receiver = folded_arguments(callee.origin) if callee.origin is not None else ()
            where = machine.where(frame, place)
            self.calls[key] = CallFact(where, callee.name, kinds, folded, receiver, road, callee.steps)
        if entry is not None and entry.sink:
            self._flows(machine, frame, callee, entry, arguments)

    def _flows(self, machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> None:
        """The sources of each argument that means something to a sink."""
        target = _target(callee, entry, arguments)
        for role in entry.roles:
            value = arguments.get(role.position, role.keyword)
            if value is not None and value.taints:
                self._flow(machine, frame, callee, entry.sink, role.role, value, target)
        if arguments.rest is not None and arguments.rest.taints:
            self._flow(machine, frame, callee, entry.sink, "", arguments.rest, target)
        if entry.receiver and callee.origin is not None:
            given = (callee,) if entry.receiver == "data" else callee.origin.positional[:1]
            for value in given:
                self._flow(machine, frame, callee, entry.sink, entry.receiver, value, target)

    def _flow(
        self, machine: Machine, frame: Frame, callee: Reference, sink: str, role: str, value: Value, target: str
    ) -> None:
        place = machine.place(frame)
        for taint in sorted(value.taints):
            if taint.kind == CUT:
                if sink in _DECIDED and machine.runs_unasked():
                    machine.exhausted(frame, taint.detail)
                continue
            key = (*frame.position[:2], place, callee.name, role, taint.kind, taint.detail, taint.place)
            if key in self.flows and not _comes_to_life(machine, self.flows[key].where):
                continue
            self.flows[key] = FlowFact(
                machine.where(frame, place),
                taint.kind,
                taint.detail,
                sink,
                role,
                callee.name,
                target,
                _chain(taint, frame, place),
                merge(flat(value, 64)),
            )


def _comes_to_life(machine: Machine, known: Where) -> bool:
    """Whether something that was seen in a branch that is not taken is seen again where it runs."""
    return NEVER in known.conditions and NEVER not in machine.conditions


def _stays_here(callee: Reference) -> bool:
    """Whether it is a method of a socket between processes of one machine."""
    if callee.origin is None or not callee.name.startswith("socket.socket()."):
        return False
    family = callee.origin.get(0, "family")
    return isinstance(family, Reference) and family.name == "socket.AF_UNIX"


def _chain(taint: Taint, frame: Frame, place: Place) -> tuple[tuple[str, int, Place], ...]:
    """The stations from a source to a sink."""
    first = (taint.module, taint.layer, taint.place)
    through = tuple((taint.module, taint.layer, station) for station in taint.via)
    return (first, *through, (*frame.position[:2], place))


def _target(callee: Reference, entry: Entry, arguments: Arguments) -> str:
    """Host, URL, path or command of a sink, as far as it is known."""
    for role in entry.roles:
        if role.role in {"url", "host", "path", "command", "name"}:
            value = arguments.get(role.position, role.keyword)
            written = " ".join(_strings(value)) if value is not None else ""
            if written:
                return written[:500]
    if callee.origin is not None:
        given = callee.origin.positional
        named = (*given[:1], *(value for value in given[1:2] if not isinstance(value, Mapping)))
        return " ".join(text for value in named for text in _strings(value))[:500]
    return ""


def known_text(value: Value) -> str | None:
    """The text of a value as far as it is known: unknown parts are ``…``, bytes are read as latin-1."""
    if isinstance(value, Constant):
        if isinstance(value.value, bytes):
            return value.value.decode("latin-1")
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, Partial):
        return "".join("…" if p is None else p if isinstance(p, str) else p.decode("latin-1") for p in value.parts)
    return None


def _strings(value: Value) -> list[str]:
    found: list[str] = []
    for inner in [value] if isinstance(value, Constant | Partial) else _keyed(value):
        written = known_text(inner)
        if written is not None:
            found.append(written)
        elif isinstance(inner, Reference) and inner.origin is not None and inner.name == "pathlib.Path()":
            found.extend(text for part in inner.origin.positional[:1] if (text := known_text(part)) is not None)
    return found


def _keyed(value: Value) -> list[Value]:
    """What is inside, with the keys of mappings."""
    inside = flat(value, 64)
    if isinstance(value, Mapping):
        keys: list[Value] = [Constant(key) for key in list(value.entries)[:64] if isinstance(key, str)]
        return keys + inside
    return inside


def _name(value: Value) -> str:
    """The qualified name of what a value refers to, "" for nothing."""
    for _ in range(4):
        if isinstance(value, Bound | Applied):
            value = value.function
    if isinstance(value, Reference | Module):
        return value.name
    if isinstance(value, Function | Class):
        return value.qualname
    if isinstance(value, Instance):
        return f"{value.cls.qualname}()"
    return ""


def fold(value: Value) -> Folded:
    """What is known of an argument."""
    scalar: Scalar = None
    if isinstance(value, Constant):
        scalar = value.value
    elif isinstance(value, Partial):
        scalar = known_text(value)
    if isinstance(value, Constant) and not value.taints:
        strings = (known_text(value) or "",) if isinstance(value.value, str | bytes) else ()
        return Folded("constant", scalar, strings, (), (), value.steps)
    inner = flat(value, 64)
    return Folded(
        _KINDS.get(type(value), "unknown"),
        scalar,
        tuple(_strings(value)),
        tuple(dict.fromkeys(name for name in map(_name, [value, *inner]) if name)),
        tuple(sorted({taint.kind for taint in value.taints} - {CUT})),
        merge([value, *inner]),
    )


def folded_arguments(arguments: Arguments) -> tuple[Argument, ...]:
    """All arguments of a call, at most 32."""
    positional = [Argument(at, "", fold(value)) for at, value in enumerate(arguments.positional[:32])]
    return (*positional, *(Argument(-1, name, fold(value)) for name, value in arguments.keywords[:32]))
