"""Reaching into what stands outside of the package: attributes and elements of references, by introspection too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.modules import module_value, named
from assay.scanner.code.values import (
    NO_TAINTS,
    Applied,
    Arguments,
    Constant,
    Method,
    Namespace,
    Reference,
    Unknown,
    Value,
    merge,
    stepped,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_BUILTINS = frozenset({"__builtins__", "f_builtins"})
_GLOBALS = frozenset({"__globals__", "f_globals", "f_locals", "func_globals"})
_CURRENT = frozenset({"sys._getframe()", "inspect.currentframe()"})
_BASES = frozenset({"__base__", "__bases__", "__mro__"})
_TYPES = frozenset({"builtins.object", "builtins.type"})
_MODULES = frozenset(
    ["base64", "builtins", "codecs", "ctypes", "importlib", "marshal", "os", "shutil", "socket", "subprocess", "sys"]
)
"""Modules that are reached through others which import them, as ``glob.os``."""

_OTHERS = frozenset({"asyncio.subprocess", "asyncio.base64"})
_GLOBAL_NAMES = ("builtins", "os", "subprocess", "sys")
"""Where the names that are taken out of the globals of an unknown function are looked for."""


def attribute_of(machine: Machine, frame: Frame, value: Reference, name: str) -> Value:
    """``value.name``."""
    base = value.name
    if name == "__self__" and base.startswith("builtins.") and base.count(".") == 1:
        return Reference("builtins", value.taints, merge([value], "introspection"))
    if name == "__call__":
        return value
    if name == "__getattribute__" and base not in _TYPES:
        return Applied(Reference("builtins.getattr"), Arguments((value,)), "partial", value.taints, ("introspection",))
    if name == "__name__" and "(" not in base and "[" not in base:
        return Constant(base.rpartition(".")[2], value.taints, merge([value], "introspection"))
    if base.endswith(".__dict__") or (base == "sys.modules" and name in {"get", "__getitem__", "setdefault", "pop"}):
        return Method(value, name, value.taints, value.steps)
    found = _introspected(frame, value, name)
    if found is not None:
        return found
    made = named(machine, frame, f"{base}.{name}", value)
    is_same = isinstance(made, Reference) and made.name == f"{base}.{name}" and made.name not in _OTHERS
    if is_same and name in _MODULES and "(" not in base and base.rpartition(".")[2] != name:
        return Reference(name, made.taints, made.steps)
    return made


def _introspected(frame: Frame, value: Reference, name: str) -> Value | None:
    """The built-ins, globals and bases that a module, function, frame or class outside of the package has."""
    steps = merge([value], "introspection")
    if name in _BUILTINS:
        return Reference("builtins", value.taints, steps)
    if name in _GLOBALS and value.name in _CURRENT:
        scope = frame.scope if name == "f_locals" else frame.scope.top
        return Namespace(scope, value.taints, steps)
    if value.name == "importlib.util.spec_from_loader()" and name == "loader" and value.origin is not None:
        return value.origin.get(1, "loader")
    if value.name == "__spec__" and name == "loader":
        return Reference("__loader__", value.taints, steps)
    if name in _BASES and (value.name.startswith("builtins.") or value.name.endswith((".__class__", "[]"))):
        return Reference("builtins.object", value.taints, steps)
    return None


def element_of(machine: Machine, frame: Frame, value: Reference, key: Value) -> Value:
    """``value[key]``."""
    name = text(key)
    if name is not None:
        found = _by_name(machine, frame, value, key, name)
        if found is not None:
            return found
    elif value.name == "builtins.object":
        return value
    kind = machine.vocabulary.attributes.get(value.name)
    if kind is not None and name is not None:
        kind = "folder" if kind == "environment" and name in machine.vocabulary.folders else kind
        return Unknown(machine.source(frame, kind, name), merge((value, key)))
    made = f"{value.name}[]"
    if len(made) > 160:
        return Unknown(value.taints, value.steps)
    return Reference(made, value.taints, value.steps, value.origin)


def _by_name(machine: Machine, frame: Frame, value: Reference, key: Value, name: str) -> Value | None:
    """A name out of the dict of a module or class, the built-ins, the modules, or the globals of a function."""
    base, _, last = value.name.rpartition(".")
    if last == "__dict__":
        return named(machine, frame, f"{base}.{name}", value._replace(steps=merge((value, key), "dict")))
    if value.name == "builtins":
        return named(machine, frame, f"builtins.{name}", value._replace(steps=merge((value, key), "dict")))
    if value.name == "sys.modules":
        made = module_value(machine, name)
        if isinstance(made, Reference):
            return Reference(made.name, NO_TAINTS, merge((value, key), "sys.modules"))
        return stepped(made, "sys.modules")
    return _global(machine, value, key, name) if last in _GLOBALS else None


def _global(machine: Machine, value: Reference, key: Value, name: str) -> Value:
    """A name out of the globals of a function that is not known: what of this name the vocabulary knows."""
    steps = merge((value, key), "introspection")
    if name in _BUILTINS:
        return Reference("builtins", value.taints, steps)
    if name in _MODULES:
        return Reference(name, value.taints, steps)
    known = (f"{module}.{name}" for module in _GLOBAL_NAMES)
    found = next((full for full in known if full in machine.vocabulary.calls), f"{value.name}[]")
    return Reference(found[:160], value.taints, steps)
