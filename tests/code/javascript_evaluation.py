"""Evaluates JavaScript source for the tests of its evaluator."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from assay.scanner.code.ecmascript.analysis import analyse, evaluate
from assay.scanner.code.ecmascript.coerce import to_text
from assay.scanner.code.javascript import lower

if TYPE_CHECKING:
    from assay.scanner.code.facts import Facts
    from assay.scanner.code.values import Value

ENTRY = "index.js"


def facts_of(source: str) -> Facts:
    return package({ENTRY: source})


def package(sources: dict[str, str], texts: dict[str, bytes] | None = None) -> Facts:
    """Modules by path, the first of them the entry."""
    units = {path: lower(textwrap.dedent(source).encode(), path) for path, source in sources.items()}
    return analyse(units, [next(iter(sources))], lower, texts)


def value_of(expression: str) -> Value:
    unit = lower(f"var found = ({expression});".encode(), ENTRY)
    return evaluate({ENTRY: unit}, [ENTRY], lower).modules[ENTRY].scope.names["found"]


def text_of(expression: str) -> str | None:
    """``String(expression)``, None where it is not known."""
    return to_text(value_of(expression))


def calls(facts: Facts) -> list[str]:
    return [call.name for call in facts.calls]


def flows(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Source, its detail, the name of the sink and the role."""
    return [(flow.source, flow.detail, flow.name, flow.role) for flow in facts.flows]
