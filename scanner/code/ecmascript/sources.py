"""The sources that flow into values: those near the surface of an object, so that its size costs nothing."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from assay.scanner.code.values import Choice, Instance, Items, Mapping, Taints, Value, union

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 64
"""Values that are looked at, those near the surface first."""

HEARD = frozenset({"remote", "input", "process", "keys", "clipboard", "file", "credential", "environment", "identity"})
"""Kinds of sources that bring something to whoever listens, or goes through it."""

WALKED = frozenset({"forEach", "map", "flatMap", "filter", "find", "some", "every", "reduce", "reduceRight"})
"""Methods by which arrays are gone through; of what is brought from outside they are taken for these too."""

_CONTAINERS = Items | Mapping | Instance | Choice


def is_brought(taints: Taints) -> bool:
    """Say whether a value is of what ``HEARD`` names."""
    return any(taint.kind in HEARD for taint in taints)


def sources_of(values: Iterable[Value]) -> Taints:
    """The sources of several values."""
    found: list[Taints] = []
    containers: list[Value] = []
    for value in values:
        if isinstance(value, _CONTAINERS):
            containers.append(value)
        elif value.taints:
            found.append(value.taints)
    if containers:
        found += _inside(containers)
    return union(found)


def _inside(containers: list[Value]) -> list[Taints]:
    """The sources of what is in containers, breadth first."""
    found: list[Taints] = []
    queue = deque(containers)
    seen: set[int] = set()
    left = _MOST
    while queue and left > 0:
        value = queue.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        for item in held(value, left):
            left -= 1
            if isinstance(item, _CONTAINERS):
                queue.append(item)
            elif item.taints:
                found.append(item.taints)
    return found


def held(value: Value, most: int) -> list[Value]:
    """What stands in a container, at most so many."""
    if isinstance(value, Items):
        inside = list(islice(value.items, most))
    elif isinstance(value, Mapping):
        inside = list(islice(value.entries.values(), most))
    elif isinstance(value, Instance):
        inside = list(islice(value.attributes.values(), most))
    else:
        return list(value.options) if isinstance(value, Choice) else []
    rest = value.rest if isinstance(value, Items | Mapping) else None
    return inside if rest is None else [rest, *inside]
