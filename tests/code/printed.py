"""Prints the intermediate form one operation a line, so that a test reads as a table."""

from __future__ import annotations

from typing import NamedTuple

from assay.scanner.code.ir import Argument, Branch, Code, Loop, Op


def dump(code: Code, indent: str = "") -> str:
    """Return a code and those within it: ``number kind field=value …``, regions with the place where they end."""
    lines = []
    for number, op in enumerate(code.ops):
        lines.append(f"{indent}{number} {_operation(op)}")
    for number, child in enumerate(code.children):
        parameters = ", ".join(parameter.kind + parameter.name for parameter in child.parameters)
        outer = "".join(f" {word} {name}" for name, word in child.outer)
        flags = " async" * child.is_async + " generator" * child.is_generator
        lines.append(f"{indent}{child.kind} {number} {child.name}({parameters}){outer}{flags}")
        lines.append(dump(child, indent + "  "))
    return "\n".join(line for line in lines if line)


def _operation(op: Op) -> str:
    fields = []
    for name, value in op._asdict().items():
        default = value is None or value is False or value in ("", ()) or (name == "level" and value == 0)
        if name == "place" or (default and type(op).__name__ != "Const"):
            continue
        if name in ("arguments", "keywords"):
            fields.append(" ".join(_argument(argument) for argument in value))
        elif isinstance(value, str) and type(op).__name__ != "Const":
            fields.append(value)
        elif isinstance(value, int) and name != "end" and type(op).__name__ != "Const":
            fields.append(f"{value}" if name != "test" else f"test={value}")
        else:
            fields.append(f"{name}={value}" if isinstance(op, Branch | Loop) else f"{value!r}")
    return f"{type(op).__name__} {' '.join(fields)}".rstrip()


def _argument(argument: Argument) -> str:
    return "*" * argument.spread + (f"{argument.name}={argument.value}" if argument.name else str(argument.value))


class Row(NamedTuple):
    """A source and what it is printed as."""

    source: str
    printed: str
