"""What the package itself defines, as values: functions, classes and their instances. They are known by identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.scanner.code.ir import Code
    from assay.scanner.code.scope import Scope
    from assay.scanner.code.values import Steps, Taints, Value

_NO_TAINTS: Taints = frozenset()


class Function:
    """A function of the package with what it closes over. ``kind`` is "", "property", "static" or "class"."""

    __slots__ = ("code", "defaults", "kind", "layer", "owner", "qualname", "scope", "steps", "taints")

    def __init__(self, code: Code, scope: Scope, qualname: str, defaults: dict[str, Value], layer: int = 0) -> None:
        self.code = code
        self.layer = layer
        self.scope = scope
        self.qualname = qualname
        self.defaults = defaults
        self.kind = ""
        self.owner: Class | None = None
        self.taints = _NO_TAINTS
        self.steps: Steps = ()


class Class:
    """A class of the package: its names and its bases."""

    __slots__ = ("bases", "fields", "meta", "names", "qualname", "sample", "scope", "steps", "taints")

    def __init__(self, qualname: str, scope: Scope, bases: tuple[Value, ...]) -> None:
        self.qualname = qualname
        self.scope = scope
        self.names: dict[str, Value] = scope.names
        self.bases = bases
        self.sample: Instance | None = None
        self.meta: Class | None = None
        self.fields: tuple[str, ...] = ()
        self.taints = _NO_TAINTS
        self.steps: Steps = ()


class Instance:
    """An object of a class of the package."""

    __slots__ = ("attributes", "cls", "steps", "taints")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.taints = _NO_TAINTS
        self.steps: Steps = ()
