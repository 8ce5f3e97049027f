"""Scopes, frames and regions: where names are bound while a piece of code is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Code, CodeKind, Unit
from assay.scanner.code.values import UNKNOWN, Taints, Value, join

if TYPE_CHECKING:
    from collections.abc import Iterator


class Scope:
    """Names and their values. ``parent`` is the scope that closes over this one, None for a module."""

    __slots__ = ("kind", "module", "names", "parent", "stars")

    def __init__(self, kind: CodeKind, parent: Scope | None, module: ModuleState) -> None:
        self.kind = kind
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.module = module
        self.stars: list[str] = []

    def find(self, name: str) -> Value | None:
        """The value of a name as code in this scope sees it, None when it is not bound. Class bodies do not close."""
        found = self.names.get(name)
        if found is not None:
            return found
        scope = self.parent
        while scope is not None:
            if scope.kind is not CodeKind.CLASS:
                found = scope.names.get(name)
                if found is not None:
                    return found
            scope = scope.parent
        return None

    @property
    def top(self) -> Scope:
        """The scope of the module."""
        return self.module.scope


class ModuleState:
    """A module of the package while it is evaluated. ``state``: "new", "running" or "done"."""

    __slots__ = ("is_package", "name", "scope", "state", "unit")

    def __init__(self, name: str, unit: Unit, is_package: bool) -> None:
        self.name = name
        self.unit = unit
        self.state = "new"
        self.is_package = is_package
        self.scope = Scope(CodeKind.MODULE, None, self)


class Region:
    """A part of a code that is being evaluated: a branch, or one turn of a loop."""

    __slots__ = (
        "cache",
        "chain",
        "collected",
        "conditions",
        "doubts",
        "end",
        "gained",
        "index",
        "kind",
        "spent",
        "state",
        "stop",
        "turns",
        "undo",
        "values",
    )

    def __init__(self, index: int, end: int, kind: str) -> None:
        self.index = index
        self.end = end
        self.kind = kind
        self.undo: dict[str, Value | None] | None = None
        self.chain = ""
        self.conditions = 0
        self.values: Iterator[Value] | None = None
        self.turns = 0
        self.stop = False
        self.collected: list[tuple[Value | None, Value]] = []
        self.state: object = None
        self.doubts = 0
        self.gained = -1
        self.spent = 0
        self.cache: dict[object, tuple[Value | None, Value]] | None = None


class Position(NamedTuple):
    """What a frame adds to the place of a fact."""

    module: str
    layer: int
    function: str


class Frame:
    """One evaluation of a code: the results of its operations so far, and the regions that it stands in."""

    __slots__ = (
        "at",
        "chain",
        "code",
        "finished",
        "limit",
        "next",
        "ops",
        "outer",
        "position",
        "regions",
        "results",
        "returns",
        "scope",
        "undo",
        "weak",
        "yields",
    )

    def __init__(self, code: Code, scope: Scope, position: Position) -> None:
        self.code = code
        self.ops = code.ops
        self.results: list[Value] = [UNKNOWN] * len(code.ops)
        self.scope = scope
        self.position = position
        self.regions: list[Region] = []
        self.limit = len(code.ops)
        self.at = 0
        self.next = 0
        self.chain = ""
        self.undo: dict[str, Value | None] | None = None
        self.weak = 0
        self.finished = False
        self.returns: list[Value] = []
        self.yields: list[Value] = []
        self.outer: dict[str, str] = dict(code.outer) if code.outer else {}

    def store(self, name: str, value: Value) -> None:
        """Bind a name where this code binds it."""
        if name in self.outer:
            self._store_outside(name, value)
            return
        names = self.scope.names
        if self.undo is not None and name not in self.undo:
            self.undo[name] = names.get(name)
        names[name] = value

    def _store_outside(self, name: str, value: Value) -> None:
        """Bind a name that is declared global or nonlocal: strongly only outside of branches."""
        scope = self.scope.top
        if self.outer[name] == "nonlocal":
            holder = self.scope.parent
            while holder is not None and (name not in holder.names or holder.kind is CodeKind.CLASS):
                holder = holder.parent
            scope = holder or scope
        scope.names[name] = join(scope.names.get(name), value) if self.weak else value

    def open(self, region: Region, weak: bool) -> None:
        """Enter a region; in a weak one, what names were bound to before is kept."""
        region.chain = self.chain
        self.chain = ""
        if weak:
            region.undo = self.undo if self.undo is not None else _ABSENT
            self.undo = {}
            self.weak += 1
        self.regions.append(region)
        self.limit = min(region.end, len(self.ops))

    def leave(self, keep: bool) -> Region:
        """Leave the innermost region; with ``keep``, its bindings join the former ones, else they are dropped."""
        region = self.regions.pop()
        self.chain = region.chain
        self.limit = min(self.regions[-1].end, len(self.ops)) if self.regions else len(self.ops)
        if region.undo is not None:
            self.settle(region, keep)
        return region

    def settle(self, region: Region, keep: bool) -> None:
        """Join or drop what a weak region bound."""
        inner = self.undo or {}
        self.undo = None if region.undo is _ABSENT else region.undo
        self.weak -= 1
        names = self.scope.names
        for name, old in inner.items():
            if self.undo is not None and name not in self.undo:
                self.undo[name] = old
            if keep:
                names[name] = join(old, names.get(name))
            elif old is None:
                names.pop(name, None)
            else:
                names[name] = old
        region.undo = None


_ABSENT: dict[str, Value | None] = {}


class Activation(NamedTuple):
    """One call of the package's own function that is being evaluated."""

    code: Code
    key: object


__all__ = ["Activation", "Frame", "ModuleState", "Position", "Region", "Scope", "Taints"]
