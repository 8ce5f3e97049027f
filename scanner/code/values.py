"""What the evaluator knows of a value: the constant that it is, what it refers to, where it came from, how it was made.

Every value has ``taints`` (the sources that flowed into it) and ``steps`` (the hiding steps by which it was assembled,
in order, each once). Sequences, mappings and instances are mutable and shared, as the language's own are; everything
else is immutable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from assay.scanner.code.objects import Class as Class  # noqa: PLC0414 - exported
from assay.scanner.code.objects import Function as Function  # noqa: PLC0414 - exported
from assay.scanner.code.objects import Instance as Instance  # noqa: PLC0414 - exported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.ir import Place, Scalar
    from assay.scanner.code.scope import Scope

MAX_OPTIONS = 8
"""Alternatives that a value may have; more of them become unknown."""

MAX_STEPS = 24
MAX_TAINTS = 16
MAX_NAME = 160


class Taint(NamedTuple):
    """A source that flowed into a value: its kind (vocabulary), what of it (a variable's name, a path), and where.

    ``via`` are the calls of the package's own functions that the value went through, first to last.
    """

    kind: str
    detail: str
    module: str
    place: Place
    layer: int = 0
    via: tuple[Place, ...] = ()


Taints: TypeAlias = frozenset[Taint]
Steps: TypeAlias = tuple[str, ...]
NO_TAINTS: Taints = frozenset()


class Constant(NamedTuple):
    """A value that is known."""

    value: Scalar
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Partial(NamedTuple):
    """Text or bytes of which parts are known: each part is a str or bytes, or None for what is not known."""

    parts: tuple[str | bytes | None, ...]
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Reference(NamedTuple):
    """Something outside of the package, by qualified name: ``subprocess.Popen``, ``requests.get().content``.

    ``()`` stands for the result of a call and ``[]`` for an element. ``origin`` are the arguments of the last call on
    the way, such as the path that an open file was opened with.
    """

    name: str
    taints: Taints = NO_TAINTS
    steps: Steps = ()
    origin: Arguments | None = None


class Unknown(NamedTuple):
    """Nothing is known but the sources. ``tests`` are sources that were only compared with something."""

    taints: Taints = NO_TAINTS
    steps: Steps = ()
    tests: Taints = NO_TAINTS


class Choice(NamedTuple):
    """One of several values, at most MAX_OPTIONS, none of them a Choice."""

    options: tuple[Value, ...]

    @property
    def taints(self) -> Taints:
        """The sources of all options."""
        return union(option.taints for option in self.options)

    @property
    def steps(self) -> Steps:
        """The steps of all options."""
        return merge(self.options)


class Items:
    """A list, tuple, set or generator; ``rest`` stands for any number of further elements that are not known."""

    __slots__ = ("items", "kind", "rest", "steps")

    def __init__(self, kind: str, items: list[Value], steps: Steps = (), rest: Value | None = None) -> None:
        self.kind = kind
        self.items = items
        self.steps = steps
        self.rest = rest

    @property
    def taints(self) -> Taints:
        """The sources of the elements."""
        return taints_of(flat(self))


class Mapping:
    """A dict with constant keys; ``rest`` stands for values under keys that are not known."""

    __slots__ = ("entries", "rest", "steps")

    def __init__(self, entries: dict[Scalar, Value], steps: Steps = (), rest: Value | None = None) -> None:
        self.entries = entries
        self.steps = steps
        self.rest = rest

    @property
    def taints(self) -> Taints:
        """The sources of the values."""
        return taints_of(flat(self))


class Bound(NamedTuple):
    """A function together with its first argument."""

    function: Value
    receiver: Value
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Method(NamedTuple):
    """A method of a known value, such as ``"".join``."""

    receiver: Value
    name: str
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Applied(NamedTuple):
    """``functools.partial(function, …)``; ``road`` is "partial", "attrgetter", "methodcaller" or "itemgetter"."""

    function: Value
    arguments: Arguments
    road: str
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Module(NamedTuple):
    """A module of the package itself."""

    name: str
    taints: Taints = NO_TAINTS
    steps: Steps = ()


class Namespace(NamedTuple):
    """What ``globals()``, ``locals()`` and ``vars()`` give: the names of a scope as a dict."""

    scope: Scope
    taints: Taints = NO_TAINTS
    steps: Steps = ()


Value: TypeAlias = (
    Constant
    | Partial
    | Reference
    | Unknown
    | Choice
    | Items
    | Mapping
    | Function
    | Class
    | Instance
    | Bound
    | Method
    | Applied
    | Module
    | Namespace
)


class Arguments(NamedTuple):
    """The arguments of a call; ``rest`` is what an unknown ``*x`` or ``**x`` brings."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    rest: Value | None = None

    def get(self, position: int, keyword: str = "") -> Value | None:
        """The argument at a position (counted from 0; negative for none) or of a name."""
        if 0 <= position < len(self.positional):
            return self.positional[position]
        if keyword:
            for name, value in self.keywords:
                if name == keyword:
                    return value
        return None

    @property
    def values(self) -> tuple[Value, ...]:
        """All of them."""
        found = self.positional + tuple(value for _, value in self.keywords)
        return found if self.rest is None else (*found, self.rest)


UNKNOWN = Unknown()
NONE = Constant(None)
NOTHING = Arguments()


def union(sets: Iterable[Taints]) -> Taints:
    """The union of sources, bounded to MAX_TAINTS in a fixed order."""
    found = NO_TAINTS
    for taints in sets:
        if taints and taints is not found:
            found = found | taints if found else taints
    if len(found) > MAX_TAINTS:
        found = frozenset(sorted(found)[:MAX_TAINTS])
    return found


def taints_of(values: Iterable[Value]) -> Taints:
    """The sources of several values."""
    return union([taints for value in values if (taints := value.taints)])


def merge(values: Iterable[Value], step: str = "") -> Steps:
    """The steps of several values in order, each once, and then ``step``."""
    steps: Steps = ()
    for value in values:
        more = value.steps
        if more and more is not steps:
            steps = steps + tuple(name for name in more if name not in steps) if steps else more
    if step and step not in steps:
        steps = (*steps, step)
    return steps[:MAX_STEPS] if len(steps) > MAX_STEPS else steps


_CONTAINERS = frozenset({Items, Mapping, Instance, Choice})


def flat(value: Value, limit: int = 256) -> list[Value]:
    """The values inside of sequences, mappings and instances, without recursion, at most ``limit`` of them."""
    inside = _inside(value)
    if inside is None or _CONTAINERS.isdisjoint(map(type, inside)):
        return [value] if inside is None else inside[:limit]
    found: list[Value] = []
    seen = {id(value)}
    queue = inside[:limit][::-1]
    while queue and len(found) < limit:
        item = queue.pop()
        inner = _inside(item) if type(item) in _CONTAINERS else None
        if inner is None:
            found.append(item)
        elif id(item) not in seen:
            seen.add(id(item))
            queue.extend(reversed(inner[:limit]))
    return found


def _inside(value: Value) -> list[Value] | None:
    """The elements of a container, None for what is not one."""
    if type(value) not in _CONTAINERS:
        return None
    if isinstance(value, Items | Mapping):
        held = value.items if isinstance(value, Items) else list(value.entries.values())
        return held[:256] if value.rest is None else [*held[:256], value.rest]
    if isinstance(value, Instance):
        return list(value.attributes.values())[:64]
    return list(value.options) if isinstance(value, Choice) else None


def join(first: Value | None, second: Value | None) -> Value:
    """Either of two values, as after a branch; None stands for a name that is not bound."""
    if first is None or first is second:
        return second if second is not None else UNKNOWN
    if second is None:
        return first
    if type(first) is not Choice and type(second) is not Choice:
        return first if same(first, second) else Choice((first, second))
    return choose((first, second))


def choose(values: Iterable[Value]) -> Value:
    """One of several values: equal ones count once, and no more than MAX_OPTIONS are kept.

    A value is compared with those that may be kept alone: thousands are given at once by functions with many returns.
    """
    options: list[Value] = []
    kept: list[Value] = []
    for value in values:
        for option in value.options if isinstance(value, Choice) else (value,):
            is_compared = type(option) in _COMPARED
            for other in kept:
                if option is other or (is_compared and same(option, other)):
                    break
            else:
                options.append(option)
                if len(kept) < MAX_OPTIONS:
                    kept.append(option)
    if not options:
        return UNKNOWN
    if len(options) == 1:
        return options[0]
    if len(options) > MAX_OPTIONS:
        lost = options[MAX_OPTIONS - 1 :]
        options = [*options[: MAX_OPTIONS - 1], Unknown(taints_of(lost), merge(lost))]
    return Choice(tuple(options))


_COMPARED = frozenset({Constant, Unknown, Reference, Partial, Module})


def same(first: Value, second: Value) -> bool:
    """Whether two values are the same, without looking into containers."""
    if first is second:
        return True
    kind = type(first)
    if kind is not type(second) or kind not in _COMPARED:
        return False
    if isinstance(first, Constant) and isinstance(second, Constant) and type(first.value) is not type(second.value):
        return False
    if isinstance(first, Reference) and isinstance(second, Reference):
        return first[:3] == second[:3] and first.origin is second.origin
    return first == second


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value: itself, or those of a Choice."""
    return value.options if isinstance(value, Choice) else (value,)


def text(value: Value | None) -> str | None:
    """The text of a constant, None for anything else."""
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def blob(value: Value | None) -> bytes | None:
    """The bytes of a constant of text or bytes, None for anything else. Text with surrogates is none.

    A bytearray that was written into counts as the bytes that it holds.
    """
    if isinstance(value, Items) and value.kind == "bytearray" and value.rest is None:
        numbers = [item.value for item in value.items if isinstance(item, Constant) and isinstance(item.value, int)]
        known = len(numbers) == len(value.items) and all(0 <= number < 256 for number in numbers)
        return bytes(numbers) if known else None
    if not isinstance(value, Constant):
        return None
    if isinstance(value.value, bytes):
        return value.value
    if isinstance(value.value, str):
        try:
            return value.value.encode()
        except UnicodeEncodeError:
            return None
    return None


def integer(value: Value | None) -> int | None:
    """The int (or bool) of a constant, None for anything else."""
    return value.value if isinstance(value, Constant) and isinstance(value.value, int) else None


def stepped(value: Value, step: str) -> Value:
    """The value with one more hiding step; containers and functions are returned as they are."""
    if isinstance(value, Choice):
        return Choice(tuple(stepped(option, step) for option in value.options))
    if isinstance(value, Items | Mapping | Instance | Function | Class) or step in value.steps:
        return value
    return value._replace(steps=(*value.steps, step)[:MAX_STEPS])


def tainted(value: Value, taints: Taints) -> Value:
    """The value with more sources; containers are joined with an unknown that has them."""
    if not taints:
        return value
    if isinstance(value, Choice):
        return Choice(tuple(tainted(option, taints) for option in value.options))
    if isinstance(value, Items | Mapping):
        value.rest = join(value.rest, Unknown(taints))
        return value
    if isinstance(value, Instance | Function | Class):
        return value
    return value._replace(taints=union((value.taints, taints)))
