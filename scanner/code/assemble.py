"""Text put together from parts, of which some may be unknown: concatenation, formatting, joining."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from assay.scanner.code.values import (
    Arguments,
    Choice,
    Constant,
    Items,
    Mapping,
    Partial,
    Steps,
    Taints,
    Unknown,
    Value,
    choose,
    merge,
    taints_of,
)
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

    from assay.scanner.code.budget import Budget
    from assay.scanner.code.ir import Scalar

Part = str | bytes | None

MAX_PARTS = 64
_PERCENT = lazy(r"%(?:\((?P<key>[^)]*)\))?[#0\- +]*(?P<width>\d*|\*)(?:\.(?:\d*|\*))?[hlL]?(?P<type>[a-zA-Z%])")
_DIGITS = lazy(r"\d{5,}")
MAX_PATTERN = 1 << 16
"""Characters of a pattern for % or format."""

MAX_TEXT_BITS = 14_000
"""Integers beyond have no text: the language itself refuses it, with a limit that its environment sets."""


def printable(value: Scalar) -> bool:
    """Whether a constant may be turned into text (integers only up to MAX_TEXT_BITS)."""
    return not isinstance(value, int) or value.bit_length() <= MAX_TEXT_BITS


def assemble(parts: Iterable[Part], taints: Taints, steps: Steps, budget: Budget) -> Value:
    """The text of parts in order: a constant when all are known and of one kind, unknown when none is."""
    merged = _merged(parts)
    size = sum(len(part) for part in merged if part is not None)
    if not budget.room(size) or (not size and len(merged) == 1 and merged[0] is None):
        return Unknown(taints, steps)
    if len(merged) == 1:
        return Constant(merged[0], taints, steps)
    if not merged:
        return Constant("", taints, steps)
    known = [part for part in merged if part]
    if not known:
        return Unknown(taints, steps)
    if len(merged) > MAX_PARTS:
        merged = [*merged[: MAX_PARTS - 2], None, merged[-1]]
    return Partial(tuple(merged), taints, steps)


def _merged(parts: Iterable[Part]) -> list[Part]:
    """The parts with neighbours of one kind put together."""
    merged: list[Part] = []
    run: list[str | bytes] = []
    for part in parts:
        if run and type(part) is not type(run[0]):
            merged.append(_run(run))
            run = []
        if part is None:
            if not merged or merged[-1] is not None:
                merged.append(None)
        else:
            run.append(part)
    if run:
        merged.append(_run(run))
    return merged


def _run(run: list[str | bytes]) -> str | bytes:
    """Texts of one kind, joined."""
    if len(run) == 1:
        return run[0]
    if isinstance(run[0], bytes):
        return b"".join(part for part in run if isinstance(part, bytes))
    return "".join(part for part in run if isinstance(part, str))


def parts_of(value: Value) -> tuple[Part, ...]:
    """The parts of text or bytes; one unknown part for anything else."""
    if isinstance(value, Constant):
        return (value.value,) if isinstance(value.value, str | bytes) else (None,)
    if isinstance(value, Partial):
        return value.parts
    if isinstance(value, Choice):
        return parts_of(value.options[0]) if len({parts_of(option) for option in value.options}) == 1 else (None,)
    return (None,)


def as_text(value: Value) -> tuple[Part, ...]:
    """The parts of ``str(value)``."""
    if isinstance(value, Constant) and not isinstance(value.value, str):
        return (str(value.value),) if printable(value.value) else (None,)
    if isinstance(value, Partial) and any(isinstance(part, bytes) for part in value.parts):
        return (None,)
    return parts_of(value)


def concat(operands: Sequence[Value], budget: Budget) -> Value:
    """``a + b + …`` of text of which at least one part is text."""
    parts: list[Part] = []
    for operand in operands:
        parts.extend(parts_of(operand))
    return assemble(parts, taints_of(operands), merge(operands, "concat"), budget)


def template(parts: Sequence[Value], conversions: Sequence[str], budget: Budget) -> Value:
    """An f-string."""
    made: list[Part] = []
    for place, part in enumerate(parts):
        conversion = conversions[place] if place < len(conversions) else ""
        made.extend(as_text(part) if not conversion else _converted(part, conversion))
    literal = len(parts) < 2 and not any(conversions)
    return assemble(made, taints_of(parts), merge(parts, "" if literal else "format"), budget)


def _converted(value: Value, conversion: str) -> tuple[Part, ...]:
    """A value under a format specification such as ``!r:>10`` or ``02x``."""
    if not isinstance(value, Constant) or not printable(value.value) or _DIGITS.search(conversion):
        return (None,)
    found: object = value.value
    if conversion.startswith("!"):
        found = {"r": repr, "a": ascii}.get(conversion[1:2], str)(found)
        conversion = conversion[2:]
    try:
        return (format(found, conversion.removeprefix(":")),)
    except (ValueError, TypeError, OverflowError):
        return (None,)


def join_items(separator: Value, items: Value, budget: Budget) -> Value | None:
    """``separator.join(items)``; None when nothing is known of the items."""
    if not isinstance(items, Items):
        if isinstance(items, Constant) and isinstance(items.value, str):
            items = Items("list", [Constant(char) for char in items.value], items.steps)
        else:
            return None
    between = parts_of(separator)
    parts: list[Part] = []
    for place, item in enumerate(items.items):
        if place:
            parts.extend(between)
        parts.extend(parts_of(item))
    if items.rest is not None:
        parts.append(None)
    steps = merge([separator, items, *items.items], "join")
    return assemble(parts, taints_of((separator, items)), steps, budget)


def percent(pattern: Value, operand: Value, budget: Budget) -> Value | None:
    """``pattern % operand`` for text; None when the pattern is not known."""
    if not isinstance(pattern, Constant) or not isinstance(pattern.value, str) or len(pattern.value) > MAX_PATTERN:
        return None
    fields = list(_PERCENT.finditer(pattern.value))
    given = operand.items if isinstance(operand, Items) and operand.kind == "tuple" else [operand]
    named = operand.entries if isinstance(operand, Mapping) else {}
    parts: list[Part] = []
    end = 0
    taken = 0
    for field in fields:
        parts.append(pattern.value[end : field.start()])
        end = field.end()
        if field["type"] == "%":
            parts.append("%")
            continue
        value = named.get(field["key"]) if field["key"] is not None else None
        if field["key"] is None and taken < len(given):
            value = given[taken]
            taken += 1
        parts.extend(_percent_field(field, value))
    parts.append(pattern.value[end:])
    steps = merge([pattern, *given, operand], "format")
    if sum(field["type"] == "c" for field in fields) > 1 and "chr" not in steps:
        steps = (*steps, "chr")
    return assemble(parts, taints_of((pattern, operand)), steps, budget)


def _percent_field(field: re.Match[str], value: Value | None) -> tuple[Part, ...]:
    """One field of a % pattern."""
    if value is None:
        return (None,)
    specification = field[0]
    if specification == "%s":
        return as_text(value)
    if not isinstance(value, Constant) or not printable(value.value) or "*" in specification:
        return (None,)
    if _DIGITS.search(specification):
        return (None,)
    key = field["key"]
    bare = specification if key is None else specification.replace(f"({key})", "", 1)
    try:
        return (bare % (value.value,),)
    except (ValueError, TypeError, OverflowError):
        return (None,)


def format_fields(pattern: str, steps: Steps, arguments: Arguments, budget: Budget) -> Value | None:
    """``pattern.format(…)``; None when the pattern is malformed. Attributes and indexes of fields stay unknown."""
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        pieces = list(Formatter().parse(pattern))
    except ValueError:
        return None
    keywords = dict(arguments.keywords)
    parts: list[Part] = []
    automatic = 0
    for literal, name, specification, conversion in pieces:
        parts.append(literal)
        if name is None:
            continue
        if not name:
            name = str(automatic)  # noqa: PLW2901 - the field's number
            automatic += 1
        base, *keys = name.replace("]", "").split("[") if "." not in name else [name]
        value = keywords.get(base)
        if base.isdecimal() and len(base) < 6:
            value = arguments.get(int(base))
        for key in keys:
            value = _element(value, key)
        rule = (f"!{conversion}" if conversion else "") + (specification or "")
        parts.extend((None,) if value is None else as_text(value) if not rule else _converted(value, rule))
    return assemble(parts, taints_of(arguments.values), (*steps, *_more(steps, arguments)), budget)


def _element(value: Value | None, key: str) -> Value | None:
    """An element that a field of a format names, as ``{0[1]}``."""
    if isinstance(value, Mapping):
        return value.entries.get(key)
    at = int(key) if key.isdecimal() and len(key) < 6 else -1
    return value.items[at] if isinstance(value, Items) and 0 <= at < len(value.items) else None


def _more(steps: Steps, arguments: Arguments) -> Steps:
    """The steps of arguments and of formatting that are not there yet."""
    return tuple(step for step in merge(arguments.values, "format") if step not in steps)


def distribute(values: Sequence[Value], limit: int = 8) -> list[tuple[Value, ...]] | None:
    """All combinations of the alternatives of values; None when there are more than ``limit``."""
    combinations: list[tuple[Value, ...]] = [()]
    for value in values:
        chosen = value.options if isinstance(value, Choice) else (value,)
        if len(combinations) * len(chosen) > limit:
            return None
        combinations = [(*head, option) for head in combinations for option in chosen]
    return combinations


def each(values: list[Value]) -> Value:
    """One of the values of alternatives that were folded one by one."""
    return choose(values)
