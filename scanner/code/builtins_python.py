"""Python's built-in functions and those of the standard library that make or reach values without any effect.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.access import attribute, elements, index
from assay.scanner.code.assemble import MAX_TEXT_BITS, as_text, assemble, printable
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ir import CodeKind
from assay.scanner.code.modules import absolute, load, module_value, named
from assay.scanner.code.sequences_python import SEQUENCE_BUILTINS, numbers_of
from assay.scanner.code.special import special, written
from assay.scanner.code.values import (
    NO_TAINTS,
    NONE,
    UNKNOWN,
    Applied,
    Arguments,
    Choice,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Method,
    Module,
    Namespace,
    Reference,
    Value,
    choose,
    integer,
    join,
    merge,
    options,
    stepped,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame


def chr_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``chr(n)``."""
    value = arguments.get(0)
    number = integer(value)
    if number is None or value is None or not 0 <= number < 0x110000:
        return None
    return Constant(chr(number), value.taints, merge((value,), "chr"))


def ord_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``ord(c)``."""
    value = arguments.get(0)
    if isinstance(value, Constant) and isinstance(value.value, str | bytes) and len(value.value) == 1:
        return Constant(ord(value.value), value.taints, value.steps)
    return None


def _radix(function: Callable[[int], str], step: str) -> Builtin:
    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        number = integer(value)
        if number is None or value is None or number.bit_length() > MAX_TEXT_BITS:
            return None
        return Constant(function(number), value.taints, merge((value,), step))

    return fold


def int_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``int(x)``, ``int(x, base)``."""
    value, base = arguments.get(0), arguments.get(1, "base")
    if not isinstance(value, Constant) or value.value is None:
        return None
    found = value.value
    try:
        if isinstance(found, str | bytes):
            if len(found) > 4000:
                return None
            radix = 10 if base is None else integer(base)
            return None if radix is None else Constant(int(found, radix), value.taints, value.steps)
        return Constant(int(found), value.taints, value.steps)
    except (ValueError, OverflowError):
        return None


def float_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``float(x)``."""
    value = arguments.get(0)
    if not isinstance(value, Constant) or not isinstance(value.value, str | int | float):
        return None
    try:
        return Constant(float(value.value), value.taints, value.steps)
    except (ValueError, OverflowError):
        return None


def str_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``str(x)``, ``str(x, encoding)``."""
    value = arguments.get(0)
    if isinstance(value, Instance):
        return written(machine, frame, value, "!s")
    if value is None:
        return Constant("")
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        return machine.call(frame, Method(value, "decode"), *arguments.positional[1:])
    if isinstance(value, Reference) and value.name == "pathlib.Path()" and value.origin is not None:
        return value.origin.get(0)
    if isinstance(value, Choice):
        return value
    parts = as_text(value)
    return None if parts == (None,) else assemble(parts, value.taints, value.steps, machine.budget)


def bytes_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``bytes(x)`` and ``bytearray(x)``."""
    value = arguments.get(0)
    if value is None:
        return Constant(b"")
    if isinstance(value, Constant):
        if isinstance(value.value, str):
            return machine.call(frame, Method(value, "encode"), *arguments.positional[1:])
        if isinstance(value.value, int):
            fits = value.value >= 0 and machine.budget.room(value.value)
            return Constant(bytes(value.value), value.taints, value.steps) if fits else None
        return value if isinstance(value.value, bytes) else None
    numbers = numbers_of(value)
    if numbers is None or any(not 0 <= number < 256 for number in numbers) or not machine.budget.room(len(numbers)):
        return None
    items = value.items if isinstance(value, Items) else []
    return Constant(bytes(numbers), value.taints, merge((value, *items), "chr"))


def bool_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``bool(x)``."""
    value = arguments.get(0)
    return Constant(bool(value.value)) if isinstance(value, Constant) else None


def len_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``len(x)``."""
    value = arguments.get(0)
    if isinstance(value, Instance):
        return special(machine, frame, value, "__len__")
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        return Constant(len(value.value))
    if isinstance(value, Items) and value.rest is None:
        return Constant(len(value.items))
    if isinstance(value, Mapping) and value.rest is None:
        return Constant(len(value.entries))
    return None


def range_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``range(…)``: as many elements as a sequence may have, the rest unknown."""
    numbers = [integer(value) for value in arguments.positional]
    known = [number for number in numbers if number is not None]
    if not 1 <= len(numbers) <= 3 or len(known) != len(numbers) or (len(known) == 3 and known[2] == 0):
        return None
    made = range(*known)
    if len(known) < 4 and (made.stop - made.start) // made.step > ITEMS:
        return Items("list", [Constant(number) for number in made[:64]], (), UNKNOWN)
    machine.budget.steps -= len(made) // 8
    return Items("list", [Constant(number) for number in made])


def abs_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``abs(x)`` and ``round(x)``."""
    value = arguments.get(0)
    if not isinstance(value, Constant) or not isinstance(value.value, int | float) or len(arguments.positional) > 1:
        return None
    name = callee.name if isinstance(callee, Reference) else ""
    try:
        return Constant(round(value.value) if name.endswith("round") else abs(value.value), value.taints, value.steps)
    except (ValueError, OverflowError):
        return None


def next_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``next(x)``: the first element; ``iter(x)`` is x."""
    value = arguments.get(0)
    if value is None:
        return None
    found, rest = elements(value)
    return found[0] if found else rest


def itself(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """The first argument as it is."""
    return arguments.get(0)


def repr_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``repr(x)`` of a constant."""
    value = arguments.get(0)
    if isinstance(value, Instance):
        return written(machine, frame, value, "!r")
    if not isinstance(value, Constant) or not printable(value.value):
        return None
    return Constant(repr(value.value), value.taints, value.steps)


def print_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``print(x, …)``, which asks objects for their text."""
    for value in arguments.positional[:8]:
        written(machine, frame, value, "!s")
    return NONE


def type_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``type(x)``: the class of an instance; the type of functions is one that makes functions."""
    value = arguments.get(0)
    if len(arguments.positional) != 1 or value is None:
        return None
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Function):
        return Reference("types.FunctionType")
    if isinstance(value, Constant | Items | Mapping):
        return attribute(machine, frame, value, "__class__")
    if isinstance(value, Reference) and value.name.endswith("()"):
        return Reference(value.name.removesuffix("()"), value.taints, value.steps)
    return None


def super_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``super()``: the instance as one of the first base."""
    code = frame.code
    if code.kind is not CodeKind.FUNCTION or not code.parameters:
        return None
    receiver = frame.scope.names.get(code.parameters[0].name)
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    if not isinstance(cls, Class) or not cls.bases:
        return None
    base = cls.bases[0]
    if isinstance(base, Reference):
        return Reference(f"{base.name}()")
    if isinstance(base, Class) and isinstance(receiver, Instance):
        view = Instance(base)
        view.attributes = receiver.attributes
        return view
    return base


def getattr_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``getattr(x, name, default)``."""
    value, key = arguments.get(0), arguments.get(1)
    if value is None or key is None:
        return None
    found: list[Value] = []
    for option in options(key):
        name = text(option)
        if name is not None:
            made = attribute(machine, frame, value, name)
            for step in (*option.steps, "getattr"):
                made = stepped(made, step)
            found.append(made)
        elif isinstance(value, Reference):
            found.append(Reference(f"{value.name}.?", value.taints | option.taints, merge((value, option), "getattr")))
    return choose(found) if found else None


def setattr_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``setattr(x, name, value)``."""
    value, key, given = arguments.get(0), text(arguments.get(1)), arguments.get(2)
    if key is not None and given is not None:
        if isinstance(value, Instance):
            value.attributes[key] = given
        elif isinstance(value, Class):
            value.names[key] = given
        elif isinstance(value, Module) and value.name in machine.modules:
            machine.modules[value.name].scope.names[key] = given
    return NONE


def globals_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``globals()``."""
    return Namespace(frame.scope.top)


def locals_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``locals()`` and ``vars()``; ``vars(x)`` are the names of x."""
    value = arguments.get(0)
    return Namespace(frame.scope) if value is None else attribute(machine, frame, value, "__dict__")


def import_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``__import__(name)`` and ``importlib.import_module(name, package)``."""
    given = arguments.get(0, "name")
    name = text(given)
    if name is None or given is None:
        if isinstance(given, Constant) or given is None:
            return None
        return Reference("?", given.taints, merge((given,), "import-name"))
    whole = isinstance(callee, Reference) and callee.name != "builtins.__import__"
    level = len(name) - len(name.lstrip("."))
    full = absolute(machine, frame, name.lstrip("."), level) or name
    machine.recorder.imported(machine, frame, full)
    load(machine, full)
    from_list = arguments.get(3, "fromlist")
    if not whole and from_list is None:
        full = full.partition(".")[0]
    made = module_value(machine, full)
    for step in given.steps:
        made = stepped(made, step)
    return stepped(made, "import-name")


def partial(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``functools.partial(f, …)``."""
    function = arguments.get(0)
    if function is None:
        return None
    held = Arguments(arguments.positional[1:], arguments.keywords, arguments.rest)
    return Applied(function, held, "partial", NO_TAINTS, merge((function,), "partial"))


def applied(road: str) -> Builtin:
    """``operator.attrgetter`` and its like."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        return Applied(UNKNOWN, arguments, road)

    return fold


def getitem(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``operator.getitem(x, key)``."""
    value, key = arguments.get(0), arguments.get(1)
    return None if value is None or key is None else index(machine, frame, value, key)


def os_getenv(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``os.getenv(name)``: not known, and neither is its default."""
    default = arguments.get(1, "default")
    if default is None or default == NONE:
        return UNKNOWN
    return join(UNKNOWN, default)


def function_type(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``types.FunctionType(code, …)``: calling it runs what the code was made of."""
    code = arguments.get(0)
    return (
        None
        if code is None
        else Applied(Reference("builtins.exec"), Arguments((code,)), "partial", NO_TAINTS, ("function-type",))
    )


def path(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``pathlib.Path(…)``: a path whose origin is the joined text."""
    if len(arguments.positional) < 2:
        return None
    joined = machine.call(frame, named(machine, frame, "os.path.join"), *arguments.positional)
    return Reference("pathlib.Path()", joined.taints, joined.steps, Arguments((joined,)))


def home(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Path.home()``: ``~``, wherever that is."""
    return Reference("pathlib.Path()", NO_TAINTS, (), Arguments((Constant("~"),)))


BUILTINS: dict[str, Builtin] = {
    f"builtins.{name}": function
    for name, function in {
        "chr": chr_, "unichr": chr_, "ord": ord_, "int": int_, "long": int_, "float": float_, "str": str_,
        "unicode": str_, "bytes": bytes_, "bytearray": bytes_, "memoryview": itself, "bool": bool_, "len": len_,
        "range": range_, "xrange": range_, "print": print_,
        "abs": abs_, "round": abs_, "iter": itself, "next": next_, "repr": repr_, "ascii": repr_, "type": type_,
        "super": super_, "getattr": getattr_, "setattr": setattr_, "globals": globals_, "locals": locals_,
        "vars": locals_, "__import__": import_, "hex": _radix(hex, "hex"), "oct": _radix(oct, "oct"),
        "bin": _radix(bin, "bin"),
    }.items()
}  # fmt: skip
BUILTINS |= SEQUENCE_BUILTINS
BUILTINS |= {
    "importlib.import_module": import_, "importlib.__import__": import_, "functools.partial": partial,

    "itertools.chain.from_iterable": next_, "operator.attrgetter": applied("attrgetter"),
    "operator.methodcaller": applied("methodcaller"), "operator.itemgetter": applied("itemgetter"),
    "operator.getitem": getitem, "types.FunctionType": function_type, "types.LambdaType": function_type,
    "copy.copy": itself, "copy.deepcopy": itself, "typing.cast": itself, "os.fspath": itself, "os.fsdecode": itself,
    "os.path.abspath": itself, "os.path.expanduser": itself, "os.path.normpath": itself, "os.path.realpath": itself,
    "os.path.expandvars": itself, "pathlib.Path": path, "pathlib.Path.home": home,
    "pathlib.Path().expanduser": lambda m, f, a, c: c._replace(name="pathlib.Path()") if isinstance(c,
    Reference) else c,
    "pathlib.Path().resolve": lambda m, f, a, c: c._replace(name="pathlib.Path()") if isinstance(c, Reference) else c,
    "asyncio.run": itself, "os.getenv": os_getenv, "os.environ.get": os_getenv,
}  # fmt: skip
