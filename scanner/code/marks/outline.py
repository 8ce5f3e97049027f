"""What the marks need of a lowered file, gathered in one pass over its operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import (
    Attribute,
    Await,
    Branch,
    Call,
    Class,
    CodeKind,
    Const,
    Display,
    Either,
    Element,
    Format,
    Function,
    Import,
    Index,
    Jump,
    Loop,
    Name,
    Opaque,
    Operator,
    Return,
    Sequence,
    Slice,
    Store,
    StoreAttribute,
    StoreIndex,
    Unary,
    Yield,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from assay.scanner.code.ir import Code, Op, Place, Ref, Scalar, Unit

LONG = 256
"""Characters from which a constant is kept as long."""


class Long(NamedTuple):
    """A long constant: ``code`` counts into ``Outline.codes``, ``ref`` into its operations.

    ``value`` is the text, bytes as latin-1, a whole number in hexadecimal digits.
    """

    code: int
    ref: Ref
    place: Place
    value: str


class Outline(NamedTuple):
    """A lowered file. ``names`` are those that it binds itself, imports apart, each with its first place.

    ``bare`` are the strings that stand as statements, docstrings among them. ``codes`` are the module and all code
    within it, outer before inner; ``weight`` counts the operations of all but for constants.
    """

    codes: tuple[Code, ...]
    names: Mapping[str, Place]
    long: tuple[Long, ...]
    bare: tuple[tuple[Place, str], ...]
    weight: int


def outline(unit: Unit) -> Outline:
    """Return the outline of a unit, in linear time."""
    codes: list[Code] = [unit.module]
    names: dict[str, Place] = {}
    long: list[Long] = []
    bare: list[tuple[Place, str]] = []
    weight = 0
    for number, code in enumerate(_all(codes)):
        for parameter in code.parameters:
            names.setdefault(parameter.name, code.place)
        used: set[Ref] = set()
        texts: list[Ref] = []
        for ref, op in enumerate(code.ops):
            if isinstance(op, Const):
                if isinstance(op.value, str):
                    texts.append(ref)
                text = written(op.value)
                if len(text) >= LONG:
                    long.append(Long(number, ref, op.place, text))
                continue
            weight += 1
            used.update(references(op))
            if isinstance(op, Store) and not isinstance(code.ops[op.value], Import):
                names.setdefault(op.name, op.place)
        bare += _bare(code, texts, used)
    return Outline(tuple(codes), names, tuple(long), tuple(bare), weight)


def written(value: Scalar) -> str:
    """Return a constant as text, "" for one that cannot be long."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return f"{value:x}" if isinstance(value, int) and value.bit_length() >= 4 * LONG else ""


def _all(codes: list[Code]) -> Iterator[Code]:
    """Yield codes while their children are added behind them."""
    for code in codes:
        codes.extend(code.children)
        yield code


def _bare(code: Code, texts: list[Ref], used: set[Ref]) -> Iterator[tuple[Place, str]]:
    """Yield the strings that nothing refers to; of a lambda the string is its value."""
    if code.kind is CodeKind.FUNCTION and not code.name:
        return
    for ref in texts:
        op = code.ops[ref]
        if ref not in used and isinstance(op, Const) and isinstance(op.value, str):
            yield op.place, op.value


def references(op: Op) -> tuple[Ref, ...]:
    """Return the operations whose results an operation uses."""
    give = _REFERENCES.get(type(op))
    return tuple(ref for ref in give(op) if ref is not None) if give else ()


def callee(code: Code, call: Call) -> str:
    """Return the last name of what is called, ``loads`` of ``m.loads(x)``; "" if it has none."""
    function = code.ops[call.function]
    return function.name if isinstance(function, Name | Attribute) else ""


_REFERENCES: dict[type, Callable[..., tuple[Ref | None, ...]]] = {
    Attribute: lambda op: (op.object,),
    Index: lambda op: (op.object, op.key),
    Slice: lambda op: (op.object, op.start, op.stop, op.step),
    Call: lambda op: (op.function, *[argument.value for argument in op.arguments]),
    Operator: lambda op: op.operands,
    Unary: lambda op: (op.operand,),
    Either: lambda op: (*op.options, op.test),
    Sequence: lambda op: op.items,
    Display: lambda op: tuple(ref for pair in op.items for ref in pair),
    Format: lambda op: op.parts,
    Function: lambda op: (*op.decorators, *[value for _, value in op.defaults]),
    Class: lambda op: (*op.bases, *[argument.value for argument in op.keywords], *op.decorators),
    Store: lambda op: (op.value,),
    StoreAttribute: lambda op: (op.object, op.value),
    StoreIndex: lambda op: (op.object, op.key, op.value),
    Element: lambda op: (op.value,),
    Branch: lambda op: (op.test,),
    Loop: lambda op: (op.over,),
    Yield: lambda op: (op.value, op.key),
    Return: lambda op: (op.value,),
    Jump: lambda op: (op.value,),
    Await: lambda op: (op.value,),
    Opaque: lambda op: op.operands,
}
