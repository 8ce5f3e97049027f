"""Python's functions that call what they are given, and give something back that counts.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import elements, find_in_class
from assay.scanner.code.decoders_python import DECODER_BUILTINS
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.methods_python import METHOD_BUILTINS
from assay.scanner.code.scope import Scope
from assay.scanner.code.sequences_python import SEQUENCE_BUILTINS
from assay.scanner.code.special import special
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Applied,
    Arguments,
    Bound,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Reference,
    Value,
    stepped,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_CALLED = Function | Bound | Applied | Reference
_MOST = 64
"""Elements that a key is asked of."""


def _keyed(machine: Machine, frame: Frame, value: Value | None, key: Value) -> list[tuple[Value, Value]] | None:
    """The elements of a sequence with what a key function gives of each; None unless all are known."""
    found, rest = elements(value) if value is not None else (None, None)
    if found is None:
        machine.call(frame, key, rest or UNKNOWN)
        return None
    pairs = [(machine.call(frame, key, item), item) for item in found[:_MOST]]
    return pairs if rest is None and len(found) <= _MOST else None


def _ordered(pairs: list[tuple[Value, Value]], backwards: bool) -> list[Value] | None:
    """Elements in the order of their keys, None where these cannot be compared."""
    keys = [_plain(key) for key, _ in pairs]
    if any(key is None for key in keys):
        return None
    try:
        order = sorted(range(len(pairs)), key=lambda at: keys[at] or (), reverse=backwards)
    except TypeError:
        return None
    return [pairs[at][1] for at in order]


def _plain(value: Value) -> tuple[object, ...] | None:
    """A constant, or a tuple of constants, as something that is compared."""
    items = value.items if isinstance(value, Items) and value.rest is None else [value]
    return tuple(item.value for item in items if isinstance(item, Constant)) if all(
        isinstance(item, Constant) for item in items
    ) else None  # fmt: skip


def _backwards(arguments: Arguments) -> bool:
    flag = arguments.get(-1, "reverse")
    return isinstance(flag, Constant) and bool(flag.value)


def sorted_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``sorted(x, key=f)``; without a key of constants and of tuples of constants."""
    value, key = arguments.get(0), arguments.get(-1, "key")
    if isinstance(key, _CALLED):
        pairs = _keyed(machine, frame, value, key)
    else:
        found, rest = elements(value) if value is not None else (None, None)
        pairs = [(item, item) for item in found] if found is not None and rest is None else None
    made = _ordered(pairs, _backwards(arguments)) if pairs is not None else None
    return Items("list", made) if made is not None else None


def sort(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``x.sort(key=f)``."""
    made = sorted_(machine, frame, arguments._replace(positional=(receiver,)), receiver)
    if isinstance(made, Items) and isinstance(receiver, Items):
        receiver.items[:] = made.items
    return NONE


def extreme(name: str) -> Builtin:
    """``min(x, key=f)`` and ``max``."""
    plain = SEQUENCE_BUILTINS[name]

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        key = arguments.get(-1, "key")
        if not isinstance(key, _CALLED):
            return plain(machine, frame, arguments, callee)
        many = arguments.positional[1:]
        pairs = _keyed(machine, frame, Items("list", list(arguments.positional)) if many else arguments.get(0), key)
        made = _ordered(pairs, name.endswith("max")) if pairs is not None else None
        return made[0] if made else None

    return fold


def sub(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``re.sub(pattern, f, text)`` calls f with each match."""
    new = arguments.get(1, "repl")
    if isinstance(new, _CALLED):
        machine.call(frame, new, UNKNOWN)
        return None
    return METHOD_BUILTINS["re.sub"](machine, frame, arguments, callee)


def iter_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``iter(x)``, and ``iter(f, sentinel)``, which calls f until it gives the sentinel."""
    value = arguments.get(0)
    if value is not None and len(arguments.positional) == 2:
        return Items("generator", [], (), machine.call(frame, value))
    found = special(machine, frame, value, "__iter__") if value is not None else None
    return value if found is None else found


def default_dict(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``collections.defaultdict(f)``: what f gives is what is not in it."""
    factory = arguments.get(0)
    if not isinstance(factory, Function | Bound | Applied):
        return None
    return Mapping({}, (), machine.call(frame, factory))


def import_hook(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """A finder that is put into ``sys.meta_path`` is asked at the next import."""
    finder = arguments.get(len(arguments.positional) - 1)
    cls = finder.cls if isinstance(finder, Instance) else finder
    if isinstance(cls, Class) and finder is not None:
        for name in ("find_spec", "find_module"):
            method, _ = find_in_class(cls, name)
            if isinstance(method, Function):
                machine.call(frame, Bound(method, finder), UNKNOWN)
    return NONE


def named_tuple(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``collections.namedtuple(name, fields)``: a class whose objects have these fields."""
    name, fields = text(arguments.get(0)), arguments.get(1)
    written = text(fields)
    found = [Constant(word) for word in written.replace(",", " ").split()] if written is not None else []
    words = [text(item) for item in found or elements(fields or UNKNOWN)[0] or ()]
    made = Class(name or "", Scope(CodeKind.CLASS, None, frame.scope.module), ())
    made.fields = tuple(word for word in words if word is not None)
    return made


def made_by_default(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``dataclasses.field(default_factory=f)``: a field holds what f gives, shared by all objects."""
    factory = arguments.get(-1, "default_factory")
    return arguments.get(-1, "default") if factory is None else machine.call(frame, factory)


def as_mapping(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``dataclasses.asdict(object)``: what an object holds, by name."""
    given = arguments.get(0)
    return Mapping({name: held for name, held in given.attributes.items()}) if isinstance(given, Instance) else None  # noqa: C416 - the key's type widens


def dumped(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``pickle.dumps(x)`` where the class of x says what unpickling calls."""
    made = special(machine, frame, arguments.get(0) or UNKNOWN, "__reduce__")
    return Items("pickle", made.items) if isinstance(made, Items) and len(made.items) > 1 else None


def loaded(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``pickle.loads(data)`` of what was pickled here; what it calls is hidden by the pickle."""
    given = arguments.get(0)
    if not isinstance(given, Items) or given.kind != "pickle":
        return DECODER_BUILTINS["pickle.loads"](machine, frame, arguments, callee)
    return machine.call(frame, stepped(given.items[0], "pickle"), *(elements(given.items[1])[0] or ()))


_MAPS = (
    "multiprocessing.Pool().{} multiprocessing.pool.ThreadPool().{} multiprocessing.pool.Pool().{} "
    "concurrent.futures.ThreadPoolExecutor().{} concurrent.futures.ProcessPoolExecutor().{}"
)

CALLBACKS: dict[str, Builtin] = {
    "builtins.sorted": sorted_,
    "builtins.min": extreme("builtins.min"),
    "builtins.max": extreme("builtins.max"),
    "builtins.iter": iter_,
    "re.sub": sub,
    "collections.defaultdict": default_dict,
    "sys.meta_path.insert": import_hook,
    "sys.meta_path.append": import_hook,
    "collections.namedtuple": named_tuple,
    **dict.fromkeys(("dataclasses.asdict", "dataclasses.astuple"), as_mapping),
    "dataclasses.field": made_by_default,
    "pydantic.Field": made_by_default,
    "pickle.dumps": dumped,
    "pickle.loads": loaded,
}
CALLBACKS |= {
    name: SEQUENCE_BUILTINS["builtins.map"]
    for method in ("map", "imap", "imap_unordered", "map_async")
    for name in _MAPS.format(*[method] * 5).split()
}
CALLBACK_METHODS: dict[str, Builtin] = {"sort": sort}
