"""Python's built-in functions that look into modules, classes and objects.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.builtins_python import getattr_, import_
from assay.scanner.code.values import Arguments, Class, Constant, Function, Instance, Items, Reference, Value

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_MOST = 256
"""Names that ``dir`` gives."""


def dir_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``dir(x)``: the names of a class or object; of a module from outside, those that the vocabulary knows."""
    value = arguments.get(0)
    names: set[str] = set()
    if isinstance(value, Instance):
        names = set(value.attributes) | set(value.cls.names)
    elif isinstance(value, Class):
        names = set(value.names)
    elif isinstance(value, Reference):
        prefix = f"{value.name}."
        names = {name.removeprefix(prefix) for name in machine.vocabulary.calls if name.startswith(prefix)}
        names = {name for name in names if name.isidentifier()}
    return Items("list", [Constant(name) for name in sorted(names)[:_MOST]], ("introspection",)) if names else None


def method_of_class(kind: str) -> Builtin:
    """``staticmethod(f)`` and ``classmethod(f)`` as calls."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        if isinstance(value, Function):
            value.kind = kind
        return value

    return fold


def resource(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """A file of a package, as ``importlib.resources`` and its like give it: a path of which the end may be known."""
    parts = [part for part in (arguments.get(1), arguments.get(2)) if part is not None]
    joined = machine.call(frame, Reference("os.path.join"), Reference("__path__"), *parts)
    return Reference("pathlib.Path()", joined.taints, joined.steps, Arguments((joined,)))


INTROSPECTION: dict[str, Builtin] = {
    "importlib.resources.path": resource,
    "importlib.resources.files": resource,
    "importlib_resources.files": resource,
    "pkg_resources.resource_filename": resource,
    "builtins.dir": dir_,
    "builtins.staticmethod": method_of_class("static"),
    "builtins.classmethod": method_of_class("class"),
    "builtins.object.__getattribute__": getattr_,
    "builtins.type.__getattribute__": getattr_,
    "inspect.getattr_static": getattr_,
    "__loader__.load_module": import_,
    "importlib.machinery.BuiltinImporter.load_module": import_,
    "importlib.machinery.BuiltinImporter().load_module": import_,
}
