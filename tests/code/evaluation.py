"""Evaluates source text for the tests of the evaluator."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from assay.scanner.code.analysis import analyse, evaluate
from assay.scanner.code.python import lower
from assay.scanner.code.values import Constant, Items, Partial, Value

if TYPE_CHECKING:
    from assay.scanner.code.facts import Facts
    from assay.scanner.code.machine import Machine


def evaluated(source: str) -> Machine:
    return evaluate({"m": lower(textwrap.dedent(source).encode(), "m.py")}, lower=lower)


def facts_of(source: str) -> Facts:
    return evaluated(source).recorder.facts()


def package(entry: str = "", **sources: str) -> Facts:
    """Modules by name; ``__`` in a name stands for a dot."""
    units = {
        name.replace("__", "."): lower(textwrap.dedent(source).encode(), f"{name}.py")
        for name, source in sources.items()
    }
    return analyse(units, [entry] if entry else [], lower=lower)


def value_of(source: str, name: str = "x") -> Value:
    return evaluated(source).modules["m"].scope.names[name]


def shown(value: Value) -> object:
    """What a test compares with: constants as they are, partial text with ``…``, sequences as lists."""
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Partial):
        return "".join("…" if p is None else p if isinstance(p, str) else p.decode("latin-1") for p in value.parts)
    if isinstance(value, Items):
        return [shown(item) for item in value.items]
    return type(value).__name__
