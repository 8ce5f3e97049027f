"""Binary and unary operators on values: arithmetic and bits on numbers, concatenation, repetition, comparison."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any

from assay.scanner.code.assemble import concat, distribute, parts_of, percent
from assay.scanner.code.budget import BITS, ITEMS, Budget
from assay.scanner.code.values import (
    NO_TAINTS,
    Arguments,
    Choice,
    Constant,
    Items,
    Mapping,
    Partial,
    Reference,
    Taints,
    Unknown,
    Value,
    choose,
    integer,
    merge,
    taints_of,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "^": operator.xor,
    "&": operator.and_,
    "|": operator.or_,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "**": operator.pow,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "===": operator.eq,
    "!==": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
_STEP = {"^": "xor", "<<": "shift", ">>": "shift", "|": "bits", "&": "bits"}
_ERRORS = (ArithmeticError, TypeError, ValueError)
_UNCLEAR = object()


def fold(symbol: str, operands: Sequence[Value], budget: Budget) -> Value:
    """The value of a chain of one binary operator."""
    if symbol in _COMPARISONS:
        return _compare(symbol, operands)
    if any(type(operand) is Choice for operand in operands):
        combinations = distribute(operands)
        if combinations is not None:
            return choose(_chain(symbol, combination, budget) for combination in combinations)
    return _chain(symbol, operands, budget)


def _chain(symbol: str, operands: Sequence[Value], budget: Budget) -> Value:
    """The same for operands without alternatives."""
    if symbol == "+" and _has_text(operands):
        return concat(operands, budget)
    result = operands[0]
    for operand in operands[1:]:
        result = _binary(symbol, result, operand, budget)
    return result


def _has_text(operands: Sequence[Value]) -> bool:
    """Whether any operand is text or bytes."""
    return any(
        (type(operand) is Constant and isinstance(operand.value, str | bytes)) or type(operand) is Partial
        for operand in operands
    )


def _binary(symbol: str, first: Value, second: Value, budget: Budget) -> Value:
    """One operator on two values."""
    if isinstance(first, Constant) and isinstance(second, Constant):
        made = _constants(symbol, first, second, budget)
    elif symbol == "%":
        made = percent(first, second, budget)
    elif symbol == "+":
        made = _together(first, second)
    elif symbol == "*":
        made = _repeated(first, second, budget)
    elif symbol == "|" and isinstance(first, Mapping) and isinstance(second, Mapping):
        made = Mapping({**first.entries, **second.entries}, merge((first, second)), first.rest or second.rest)
    elif symbol == "/":
        made = _path(first, second, budget)
    else:
        made = None
    if made is None:
        return Unknown(taints_of((first, second)), merge((first, second), _STEP.get(symbol, "")), _tests(first, second))
    return made


def _tests(*values: Value) -> Taints:
    """The sources that values were only compared with."""
    return union(value.tests for value in values if isinstance(value, Unknown))


def _constants(symbol: str, first: Constant, second: Constant, budget: Budget) -> Value | None:
    """An operator on two constants; None when it fails or would be too large."""
    left, right = first.value, second.value
    if symbol == "%" and isinstance(left, str):
        return percent(first, second, budget)
    if isinstance(left, str | bytes) or isinstance(right, str | bytes):
        return _repeated(first, second, budget) if symbol == "*" else None
    function = _ARITHMETIC.get(symbol)
    if function is None or left is None or right is None or not _fits(symbol, left, right):
        return None
    try:
        value = function(left, right)
    except _ERRORS:
        return None
    if isinstance(value, complex):
        return None
    if first.steps or second.steps or symbol in _STEP:
        return Constant(value, taints_of((first, second)), merge((first, second), _STEP.get(symbol, "")))
    return Constant(value, first.taints | second.taints if first.taints or second.taints else NO_TAINTS)


def _fits(symbol: str, left: object, right: object) -> bool:
    """Whether the result of an operator on two numbers stays below BITS bits."""
    if not isinstance(left, int) or not isinstance(right, int):
        return symbol != "**" or (abs(float(str(left)[:30])) < 1e9 if not isinstance(left, int) else True)
    if symbol == "**":
        return 0 <= right <= BITS and left.bit_length() * max(right, 1) <= BITS
    if symbol == "<<":
        return 0 <= right <= BITS and left.bit_length() + right <= BITS
    if symbol == "*":
        return left.bit_length() + right.bit_length() <= BITS
    return True


def _together(first: Value, second: Value) -> Value | None:
    """``first + second`` for sequences."""
    if isinstance(first, Items) and isinstance(second, Items):
        if len(first.items) + len(second.items) > ITEMS:
            return None
        rest = choose([v for v in (first.rest, second.rest) if v is not None]) if first.rest or second.rest else None
        return Items(first.kind, first.items + second.items, merge((first, second)), rest)
    if isinstance(first, Items):
        return Items(first.kind, list(first.items), first.steps, Unknown(second.taints, second.steps))
    return None


def _repeated(first: Value, second: Value, budget: Budget) -> Value | None:
    """``first * second`` for text or a sequence and a number."""
    if integer(first) is not None:
        first, second = second, first
    count = integer(second)
    if count is None:
        return None
    count = max(count, 0)
    if isinstance(first, Items):
        if len(first.items) * count > ITEMS:
            return Items(first.kind, list(first.items), first.steps, Unknown(first.taints))
        return Items(first.kind, first.items * count, first.steps, first.rest)
    if isinstance(first, Constant) and isinstance(first.value, str | bytes):
        if budget.room(len(first.value) * count):
            return Constant(first.value * count, first.taints, merge((first, second)))
        return Partial((first.value[:4096], None), first.taints, merge((first, second)))
    return None


def _path(first: Value, second: Value, budget: Budget) -> Value | None:
    """``path / name`` for ``pathlib``: a path whose origin is the joined text."""
    for value in (first, second):
        if isinstance(value, Reference) and value.name == "pathlib.Path()":
            break
    else:
        return None
    joined = concat((path_text(first), Constant("/"), path_text(second)), budget)
    plain = joined._replace(steps=merge((first, second))) if isinstance(joined, Constant | Partial) else joined
    return Reference("pathlib.Path()", taints_of((first, second)), merge((first, second)), Arguments((plain,)))


def path_text(value: Value) -> Value:
    """The text of a path: that of a ``pathlib.Path``, else the value itself."""
    if isinstance(value, Reference) and value.name == "pathlib.Path()" and value.origin is not None:
        first = value.origin.get(0)
        return first if first is not None else Constant(".")
    return value


def _compare(symbol: str, operands: Sequence[Value]) -> Value:
    """A chain of comparisons: known when all operands are."""
    function = _COMPARISONS[symbol]
    verdict: object = True
    for first, second in itertools.pairwise(operands):
        found = _compared(symbol, function, first, second)
        if found is _UNCLEAR:
            tests = union([taints_of(operands), _tests(*operands)])
            return Unknown(NO_TAINTS, (), tests)
        verdict = verdict and found
    return Constant(bool(verdict), NO_TAINTS)


def _compared(symbol: str, function: Callable[[Any, Any], Any], first: Value, second: Value) -> object:
    """One comparison of two values; _UNCLEAR when it is not decided."""
    if isinstance(first, Constant) and isinstance(second, Constant):
        if symbol in {"is", "is not"}:
            same = type(first.value) is type(second.value) and first.value == second.value
            return same if symbol == "is" else not same
        try:
            return function(first.value, second.value)
        except TypeError:
            return _UNCLEAR
    if symbol in {"in", "not in"} and isinstance(first, Constant):
        inside = _contained(first, second)
        return _UNCLEAR if inside is None else inside if symbol == "in" else not inside
    return _UNCLEAR


def _contained(value: Constant, container: Value) -> bool | None:
    """Whether a constant is in a sequence or mapping, None when that is not known."""
    if isinstance(container, Mapping) and container.rest is None:
        return value.value in container.entries
    if isinstance(container, Items) and container.rest is None and len(container.items) <= 4096:
        known = [item.value for item in container.items if isinstance(item, Constant)]
        if value.value in known:
            return True
        return False if len(known) == len(container.items) else None
    if isinstance(container, Partial) and isinstance(value.value, str):
        return True if any(isinstance(p, str) and value.value in p for p in parts_of(container)) else None
    return None


def unary(symbol: str, operand: Value) -> Value:
    """``-x``, ``~x``, ``+x``, ``not x``."""
    if symbol in {"not", "!"}:
        known = truth(operand)
        if known is None:
            return Unknown(NO_TAINTS, (), union((operand.taints, _tests(operand))))
        return Constant(not known)
    if isinstance(operand, Constant) and isinstance(operand.value, int | float):
        number = operand.value
        if symbol == "~" and isinstance(number, int):
            return Constant(~number, operand.taints, operand.steps)
        if symbol in {"-", "+"}:
            return Constant(-number if symbol == "-" else +number, operand.taints, operand.steps)
    return Unknown(operand.taints, operand.steps, _tests(operand))


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None when that is not known."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Items) and value.rest is None:
        return bool(value.items)
    if isinstance(value, Mapping) and value.rest is None:
        return bool(value.entries)
    if isinstance(value, Partial):
        return True
    if isinstance(value, Choice):
        found = {truth(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    return None
