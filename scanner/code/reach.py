"""What makes code run, and by which files: one walk for all languages, over who loads whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TRIGGERS = ("install", "startup", "import", "call", "test")
"""From what runs first and unasked to what hardly anybody runs; a file has the first that reaches it."""

MAX_TRACE = 16
"""Stations of a trace; of a longer one the first is kept and the last ones."""


class Reach(NamedTuple):
    """What makes the top level of a file run, and by which files: (what runs by itself, …, the file); () if by itself.

    ``trigger`` is one of ``TRIGGERS``. ``asked`` says that only a command brings it to run, which somebody starts.
    """

    trigger: str
    trace: tuple[str, ...] = ()
    asked: bool = False


def reached(edges: Mapping[str, Collection[str]], starts: Collection[str]) -> set[str]:
    """Return ``starts`` and all that edges lead to from them."""
    found = set(starts)
    todo = list(starts)
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def connected(edges: Mapping[str, Collection[str]], starts: Collection[str]) -> set[str]:
    """Return all that hangs together with one of ``starts``, whichever way the edges go."""
    both: dict[str, set[str]] = defaultdict(set)
    for path, targets in edges.items():
        both[path].update(targets)
        for other in targets:
            both[other].add(path)
    return reached(both, starts)


class Walk:
    """What has been reached so far: by what, from where, and from which root. ``edges`` lead to what a node loads."""

    def __init__(self, edges: Mapping[str, tuple[str, ...]]) -> None:
        self.edges = edges
        self.triggers: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.roots: dict[str, str] = {}

    def spread(self, trigger: str, roots: Iterable[str]) -> None:
        """Give a trigger to roots that have none yet and to all that they import, nearest first."""
        level = []
        for root in sorted(roots):
            if root not in self.triggers:
                self._take(root, "", trigger)
                level.append(root)
        while level:
            following = []
            for path in level:
                for target in self.edges.get(path, ()):
                    if target not in self.triggers:
                        self._take(target, path, trigger)
                        following.append(target)
            level = sorted(following)

    def _take(self, path: str, parent: str, trigger: str) -> None:
        self.triggers[path] = trigger
        self.parents[path] = parent
        self.roots[path] = self.roots[parent] if parent else path

    def settle(self, trigger: str, roots: Iterable[str]) -> None:
        """Give a trigger to those of ``roots`` that have none: first from those that no other of them loads."""
        rest = [path for path in roots if path not in self.parents]
        loaded = {target for path in rest for target in self.edges.get(path, ())}
        self.spread(trigger, [path for path in rest if path not in loaded])
        for path in rest:
            self.spread(trigger, [path])

    def trace(self, path: str) -> tuple[str, ...]:
        """Return the nodes by which one is reached, itself the last; () for one that runs by itself."""
        found = [path]
        while len(found) < MAX_TRACE and self.parents[found[-1]]:
            found.append(self.parents[found[-1]])
        if self.parents[found[-1]]:
            found[-1] = self.roots[path]
        return tuple(reversed(found)) if len(found) > 1 else ()
