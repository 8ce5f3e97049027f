"""ECMAScript's operators on values: arithmetic, bits in 32, concatenation with coercion, comparison.

https://tc39.es/ecma262/#sec-applystringornumericbinaryoperator
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assay.scanner.code.assemble import assemble, distribute
from assay.scanner.code.budget import BITS
from assay.scanner.code.ecmascript.coerce import (
    NULL,
    SAFE,
    Number,
    int32,
    loosely_equal,
    normal,
    primitive,
    scalar_number,
    strictly_equal,
    text_parts,
    to_number,
    to_text,
    truth,
    type_of,
    uint32,
)
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.values import (
    NO_TAINTS,
    Choice,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Partial,
    Reference,
    Taints,
    Unknown,
    Value,
    choose,
    merge,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.scanner.code.assemble import Part
    from assay.scanner.code.budget import Budget

_STEP = {"^": "xor", "<<": "shift", ">>": "shift", ">>>": "shift", "|": "bits", "&": "bits"}
_COMPARISONS = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "instanceof"})
_OF_ALL = frozenset({"constructor", "hasOwnProperty", "isPrototypeOf", "toString", "valueOf", "__proto__"})
_TEXTUAL = Partial | Items | Mapping


def fold(symbol: str, operands: Sequence[Value], budget: Budget) -> Value:
    """The value of a chain of one binary operator."""
    if any(type(operand) is Choice for operand in operands):
        combinations = distribute(operands)
        if combinations is not None:
            return choose(_chain(symbol, combination, budget) for combination in combinations)
    return _chain(symbol, operands, budget)


def _chain(symbol: str, operands: Sequence[Value], budget: Budget) -> Value:
    if symbol == "+":
        return _sum(operands, budget)
    made = operands[0]
    for operand in operands[1:]:
        made = _compare(symbol, made, operand) if symbol in _COMPARISONS else _arithmetic(symbol, made, operand)
    return made


def _sum(operands: Sequence[Value], budget: Budget) -> Value:
    """``a + b + …``: numbers until the first text, text from there."""
    made = operands[0]
    for at, operand in enumerate(operands[1:], 1):
        if _is_text(made) or _is_text(operand):
            return _concat([made, *operands[at:]], budget)
        if _is_number(made) and _is_number(operand):
            made = _arithmetic("+", made, operand)
        else:
            taints, steps = sources_of(operands), merge(operands)
            if any(_is_text(later) for later in operands[at + 1 :]):
                return _concat(
                    [Unknown(sources_of((made, operand)), merge((made, operand))), *operands[at + 1 :]], budget
                )
            return Unknown(taints, steps, _tests(*operands))
    return made


def _is_text(value: Value) -> bool:
    """Whether a value makes a sum of it text: text, and all objects."""
    if isinstance(value, Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, _TEXTUAL) or type_of(value) in {"function", "string"} or _is_known_object(value)


def _is_known_object(value: Value) -> bool:
    return isinstance(value, Reference) and text_parts(value) != (None,)


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) and not isinstance(value.value, str | bytes)


def _concat(operands: Sequence[Value], budget: Budget) -> Value:
    parts: list[Part] = []
    for operand in operands:
        parts.extend(text_parts(operand))
    return assemble(parts, sources_of(operands), merge(operands, "concat"), budget)


def _tests(*values: Value) -> Taints:
    return union(value.tests for value in values if isinstance(value, Unknown))


def _arithmetic(symbol: str, first: Value, second: Value) -> Value:
    """One operator on two numbers, or on what can be turned into numbers."""
    left, right = to_number(first), to_number(second)
    step = _STEP.get(symbol, "")
    function = _ARITHMETIC.get(symbol)
    if left is None or right is None or function is None:
        return Unknown(sources_of((first, second)), merge((first, second), step), _tests(first, second))
    made = function(left, right)
    if made is None:
        return Unknown(sources_of((first, second)), merge((first, second), step))
    if step == "bits" and (right in (0, 255, 0xFFFFFFFF) or left == 0):
        step = ""
    return Constant(made, sources_of((first, second)), merge((first, second), step))


def _rounded(function: Callable[[Number, Number], Number]) -> Callable[[Number, Number], Number | None]:
    """Arithmetic whose results are rounded as those of doubles are; operands beyond are taken for BigInt."""

    def run(left: Number, right: Number) -> Number | None:
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > BITS:
            return None
        try:
            made = function(left, right)
        except OverflowError:
            return math.inf
        if isinstance(made, int) and abs(made) > SAFE and abs(left) <= SAFE and abs(right) <= SAFE:
            return int(float(made))
        return normal(made)

    return run


def _divide(left: Number, right: Number) -> Number | None:
    try:
        if right == 0:
            return math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1, right)
        if isinstance(left, int) and isinstance(right, int) and left % right == 0:
            return left // right
        return normal(left / right)
    except OverflowError:
        return None


def _remainder(left: Number, right: Number) -> Number | None:
    if isinstance(left, int) and isinstance(right, int):
        return math.nan if right == 0 else int(math.copysign(1, left)) * (abs(left) % abs(right))
    try:
        return normal(math.fmod(left, right))
    except (ValueError, OverflowError):
        return math.nan


def _power(left: Number, right: Number) -> Number | None:
    if isinstance(left, int) and isinstance(right, int) and (right < 0 or right * max(1, left.bit_length()) > BITS):
        return None if right > 0 or not left else normal(float(left) ** right)
    try:
        made = left**right
    except (OverflowError, ZeroDivisionError):
        return math.inf
    if isinstance(made, complex):
        return math.nan
    return normal(made)


def _shift(left: Number, right: Number) -> Number:
    return int32(uint32(left) << (uint32(right) & 31))


_ARITHMETIC: dict[str, Callable[[Number, Number], Number | None]] = {
    "+": _rounded(lambda a, b: a + b),
    "-": _rounded(lambda a, b: a - b),
    "*": _rounded(lambda a, b: a * b),
    "/": _divide,
    "%": _remainder,
    "**": _power,
    "^": lambda a, b: _bits(a ^ b if _big(a, b) else int32(a) ^ int32(b)),  # type: ignore[operator]
    "&": lambda a, b: _bits(a & b if _big(a, b) else int32(a) & int32(b)),  # type: ignore[operator]
    "|": lambda a, b: _bits(a | b if _big(a, b) else int32(a) | int32(b)),  # type: ignore[operator]
    "<<": _shift,
    ">>": lambda a, b: int32(a) >> (uint32(b) & 31),
    ">>>": lambda a, b: uint32(a) >> (uint32(b) & 31),
}


def _big(left: Number, right: Number) -> bool:
    """Whether two numbers are BigInt, as whole numbers are that no double holds."""
    return isinstance(left, int) and isinstance(right, int) and (abs(left) > SAFE or abs(right) > SAFE)


def _bits(number: int) -> int:
    return number


def _compare(symbol: str, first: Value, second: Value) -> Value:
    found = _COMPARE[symbol](first, second)
    if found is None:
        return Unknown(NO_TAINTS, (), union([sources_of((first, second)), _tests(first, second)]))
    return Constant(found)


def _opposite(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def _less(first: Value, second: Value, swap: bool, or_equal: bool) -> bool | None:
    """``<`` and its like: text by UTF-16 units, all else as numbers."""
    if swap:
        first, second = second, first
    left, right = _ordered(first), _ordered(second)
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        one, other = left.encode("utf-16-be", "surrogatepass"), right.encode("utf-16-be", "surrogatepass")
        return one <= other if or_equal else one < other
    low, high = scalar_number(left), scalar_number(right)
    return low <= high if or_equal else low < high


def _ordered(value: Value) -> str | Number | None:
    if isinstance(value, Constant) and value.value is None:
        return 0 if value is NULL else math.nan
    return primitive(value)


def _contains(key: Value, container: Value) -> bool | None:
    """``key in object``."""
    name = to_text(key)
    if name is None:
        return None
    if isinstance(container, Mapping):
        unknown = container.rest is not None or name in _OF_ALL
        return True if name in container.entries else None if unknown else False
    if isinstance(container, Items) and container.rest is None and name.isdecimal():
        return int(name[:9]) < len(container.items)
    if isinstance(container, Instance):
        return True if name in container.attributes else None
    return None


def _instance_of(value: Value, function: Value) -> bool | None:
    """``value instanceof function``."""
    if isinstance(value, Instance) and isinstance(function, Class):
        return True if value.cls is function or function in value.cls.bases else None
    if isinstance(function, Reference):
        if function.name == "Function" and isinstance(value, Function | Class):
            return True
        if function.name == "Array":
            return isinstance(value, Items) if isinstance(value, Items | Mapping | Constant | Partial) else None
        if function.name == "Object" and isinstance(value, Items | Mapping | Instance):
            return True
    primitive_kind = type_of(value) in {"string", "number", "boolean", "undefined"}
    return False if primitive_kind else None


_COMPARE: dict[str, Callable[[Value, Value], bool | None]] = {
    "===": strictly_equal,
    "!==": lambda a, b: _opposite(strictly_equal(a, b)),
    "==": loosely_equal,
    "!=": lambda a, b: _opposite(loosely_equal(a, b)),
    "<": lambda a, b: _less(a, b, False, False),
    "<=": lambda a, b: _less(a, b, False, True),
    ">": lambda a, b: _less(a, b, True, False),
    ">=": lambda a, b: _less(a, b, True, True),
    "in": _contains,
    "instanceof": _instance_of,
}


def unary(symbol: str, operand: Value) -> Value:
    """``!x``, ``typeof x``, ``-x``, ``+x``, ``~x``, ``void x``, ``delete x``."""
    if isinstance(operand, Choice) and symbol != "not":
        return choose(unary(symbol, option) for option in operand.options)
    if symbol in {"not", "!"}:
        known = truth(operand)
        if known is None:
            return Unknown(NO_TAINTS, (), union((operand.taints, _tests(operand))))
        return Constant(not known)
    if symbol == "typeof":
        kind = type_of(operand)
        return Unknown(NO_TAINTS, (), union((operand.taints, _tests(operand)))) if kind is None else Constant(kind)
    if symbol == "void":
        return Constant(None)
    if symbol == "delete":
        return Constant(True)
    return _signed(symbol, operand)


def _signed(symbol: str, operand: Value) -> Value:
    number = to_number(operand)
    if number is None:
        return Unknown(operand.taints, operand.steps, _tests(operand))
    if symbol == "~":
        return Constant(~number if isinstance(number, int) and abs(number) > SAFE else ~int32(number), operand.taints,
                        operand.steps)  # fmt: skip
    made = -number if symbol == "-" else number
    return Constant(made, operand.taints, operand.steps)
