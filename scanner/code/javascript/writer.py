"""The names of JavaScript: what each is stored under, given the functions and blocks around that bind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code import writer
from assay.scanner.code.ir import CodeKind, Place, Ref, Store
from assay.scanner.code.javascript.literals import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

_GIVEN = """
AbortController ActiveXObject Array ArrayBuffer Atomics BigInt Boolean Buffer Bun DataView Date Deno Error Function
Infinity Intl JSON JSX Map Math NaN Number Object Promise Proxy Reflect RegExp Set String Symbol URL URLSearchParams
Uint8Array WScript WeakMap WebAssembly WebSocket Worker XMLHttpRequest __dirname __filename alert arguments atob btoa
chrome clearTimeout console crypto decodeURI decodeURIComponent define document encodeURI encodeURIComponent escape
eval exports fetch frames global globalThis history importScripts localStorage location module navigator parent
parseFloat parseInt performance postMessage process queueMicrotask require self sessionStorage setImmediate setInterval
setTimeout structuredClone this top undefined unescape window
"""
GIVEN = frozenset(_GIVEN.split())
"""Names that the environment binds: a block that binds one of them does not hide it from what is around the block."""

_NAMELESS = frozenset({"arrow_function", "function_expression", "generator_function", "class"})


class Scan:
    """What the statements of a function declare, found before they are lowered.

    ``variables`` are its ``var`` and functions, True for those that hold undefined until they are assigned;
    ``lexical`` the names of each block, ``hoisted`` the imports and functions that come first in it, by the block's id.
    """

    __slots__ = ("hoisted", "lexical", "variables")

    def __init__(self) -> None:
        self.variables: dict[str, bool] = {}
        self.lexical: dict[int, list[str]] = {}
        self.hoisted: dict[int, list[Node]] = {}


class Writer(writer.Writer):
    """Writes operations into the innermost open code.

    ``bound`` maps a name to where it is bound, innermost last: how deep that code stands, and what it is stored under;
    ``numbers`` are the last of those, ``free`` names that were read where nothing binds them.
    ``scans`` are those of the open functions. ``done`` are hoisted nodes, by id. ``targets`` are the statements around
    in the same function that ``break`` can leave, with their labels; ``labels`` are those of the loop that comes next,
    ``decorators`` those of the class that does, ``naming`` the name that a function without one gets from what it is
    assigned to. ``exports`` is what exports are stored to, ``exported`` what is listed
    and stored when the module has run.
    """

    def __init__(self, text: str, broken: bool) -> None:
        super().__init__(text, broken)
        self.bound: dict[str, list[tuple[int, str]]] = {}
        self.numbers: dict[str, int] = {}
        self.free: set[str] = set()
        self.scans: list[Scan] = []
        self.done: set[int] = set()
        self.targets: list[tuple[str, tuple[str, ...]]] = []
        self.labels: tuple[str, ...] = ()
        self.decorators: list[Node] = []
        self.naming = ""
        self.exports = "exports"
        self.exported: list[Node] = []

    def name(self, value: Node | None, name: str) -> Node | None:
        """Have a function or class that has no name be called as what it is assigned to (ECMA-262, 8.4); returns it."""
        self.naming = name if value is not None and value.type in _NAMELESS else ""
        return value

    def spelling(self, node: Node) -> str:
        """Return the name that an identifier spells, with its escapes resolved."""
        name = self.text[node.start_byte : node.end_byte]
        return identifier(name) if "\\" in name else name

    def resolve(self, name: str) -> str:
        """Return what a name that is read is stored under."""
        found = self.bound.get(name)
        if found:
            return found[-1][1]
        self.free.add(name)
        return name

    def assigned(self, name: str) -> str:
        """Return what a name that is assigned is stored under; notes names that are bound outside of this code."""
        found = self.bound.get(name)
        depth = len(self.drafts) - 1
        if not found:
            if depth:
                self.draft.outer.setdefault(name, "global")
            return name
        holder, under = found[-1]
        if holder != depth:
            self.draft.outer[under] = "nonlocal"
        return under

    def store(self, place: Place, name: str, value: Ref) -> Ref:
        """Assign to a name, wherever it is bound."""
        return self.emit(Store(place, self.assigned(name), value))

    def declare(self, place: Place, name: str, value: Ref) -> Ref:
        """Bind a name where it is declared; one that no scan has found (in a broken file) in this code."""
        found = self.bound.get(name)
        under = found[-1][1] if found and found[-1][0] == len(self.drafts) - 1 else name
        return self.emit(Store(place, under, value))

    def enter(self, names: Iterable[str]) -> list[str]:
        """Bind names for a whole function or module; returns those to be left."""
        depth = len(self.drafts) - 1
        found = list(dict.fromkeys(names))
        for name in found:
            self.bound.setdefault(name, []).append((depth, name))
        return found

    def enter_block(self, names: Iterable[str]) -> list[str]:
        """Bind names for a block, under another name where its own means something around; returns those to leave."""
        depth = len(self.drafts) - 1
        in_class = self.draft.kind is CodeKind.CLASS
        found = list(dict.fromkeys(names))
        for name in found:
            around = self.bound.setdefault(name, [])
            taken = around or in_class or name in GIVEN or name in self.free
            under = self.another(name) if taken else name
            around.append((depth, under))
        return found

    def another(self, name: str) -> str:
        """Return a name that nothing else of the file has: ``x#2``, ``x#3``…"""
        number = self.numbers.get(name, 1) + 1
        self.numbers[name] = number
        return f"{name}#{number}"

    def leave(self, names: list[str]) -> None:
        """Undo ``enter``."""
        for name in names:
            around = self.bound[name]
            around.pop()
            if not around:
                del self.bound[name]
