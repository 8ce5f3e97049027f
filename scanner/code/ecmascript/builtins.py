"""Functions of the language itself that make text and numbers: of String, Number, Math and JSON, and the bare ones.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
https://tc39.es/ecma262/#sec-global-object
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assay.scanner.code.assemble import assemble
from assay.scanner.code.ecmascript.coerce import (
    UNDEFINED,
    int32,
    normal,
    number_text,
    text_parts,
    to_integer,
    to_number,
    to_text,
    truth,
    uint32,
    whole,
)
from assay.scanner.code.ecmascript.modules import parsed
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Mapping,
    Reference,
    Unknown,
    Value,
    merge,
    taints_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.ecmascript.coerce import Number
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 1024
_FEW = 256
_LONGEST_TEXT = 1 << 20


def from_char_code(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``String.fromCharCode(…)`` and ``fromCodePoint``."""
    codes: list[int] = []
    for value in arguments.positional:
        number = to_number(value) if not isinstance(value, Unknown) else None
        if number is None:
            return None
        codes.append(int(number) if number == number and abs(number) < 1 << 31 else 0)
    if arguments.rest is not None or not machine.budget.room(len(codes)):
        return None
    points = isinstance(callee, Reference) and callee.name.endswith("Point")
    if points and any(not 0 <= code < 0x110000 for code in codes):
        return None
    made = "".join(chr(code if points else code & 0xFFFF) for code in codes)
    return Constant(whole(made), taints_of(arguments.positional), merge(arguments.positional, "chr"))


def string(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``String(x)``."""
    value = arguments.get(0)
    if value is None:
        return Constant("")
    parts = text_parts(value)
    return None if parts == (None,) else assemble(parts, value.taints, value.steps, machine.budget)


def parse_int(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``parseInt(text, radix)``."""
    value, radix = arguments.get(0), to_integer(arguments.get(1))
    written = to_text(value)
    if written is None or radix is None or value is None:
        return None
    bare = written.strip().lower()[:_LONGEST]
    sign = -1 if bare.startswith("-") else 1
    bare = bare.lstrip("+-") if bare[:1] in {"+", "-"} else bare
    if bare.startswith("0x") and radix in {0, 16}:
        bare, radix = bare[2:], 16
    radix = radix or 10
    if not 2 <= radix <= 36:
        return Constant(math.nan)
    digits = _DIGITS[:radix]
    end = next((at for at, char in enumerate(bare) if char not in digits), len(bare))
    made = sign * int(bare[:end], radix) if end else math.nan
    return Constant(made, value.taints, value.steps)


def parse_float(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``parseFloat(text)``."""
    value = arguments.get(0)
    written = to_text(value)
    if written is None or value is None:
        return None
    bare = written.strip()[:_LONGEST]
    for end in range(len(bare), 0, -1):
        try:
            return Constant(normal(float(bare[:end])), value.taints, value.steps)
        except ValueError:
            if end < len(bare) - 40:
                break
    return Constant(math.nan)


def number(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Number(x)`` and ``BigInt(x)``."""
    value = arguments.get(0)
    if value is None:
        return Constant(0)
    made = to_number(value)
    return None if made is None else Constant(made, value.taints, value.steps)


def boolean(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Boolean(x)``."""
    known = truth(arguments.get(0) or UNDEFINED)
    return None if known is None else Constant(known)


def is_nan(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``isNaN(x)``."""
    made = to_number(arguments.get(0))
    return None if made is None else Constant(isinstance(made, float) and math.isnan(made))


def rounded(function: Callable[[float], Number]) -> Builtin:
    """A function of Math of one number."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        made = to_number(arguments.get(0))
        if made is None:
            return None
        try:
            return Constant(normal(function(made)), taints_of(arguments.values), merge(arguments.values))
        except (ValueError, OverflowError):
            return Constant(math.nan)

    return fold


def _numbers(arguments: Arguments) -> list[Number] | None:
    made = [to_number(value) for value in arguments.positional]
    known = [one for one in made if one is not None]
    return known if len(known) == len(made) and arguments.rest is None else None


def extreme(function: Callable[[list[Number]], Number], empty: float) -> Builtin:
    """``Math.max`` and ``Math.min``; ``empty`` is what they give for no number."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        found = _numbers(arguments)
        return None if found is None else Constant(function(found) if found else empty)

    return fold


def imul(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Math.imul(a, b)``."""
    found = _numbers(arguments)
    return Constant(int32(uint32(found[0]) * uint32(found[1]))) if found and len(found) > 1 else None


def power(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Math.pow(a, b)``."""
    found = _numbers(arguments)
    if found is None or len(found) < 2 or abs(found[0]) > 1e9 or abs(found[1]) > 512:
        return None
    try:
        made = found[0] ** found[1]
    except (ZeroDivisionError, OverflowError):
        return Constant(math.inf)
    return Constant(normal(made)) if isinstance(made, int | float) else Constant(math.nan)


_REVIVED = 256


def json_parse(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``JSON.parse(text)`` of a constant."""
    value = arguments.get(0)
    written = to_text(value) if value is not None and not isinstance(value, Items | Mapping) else None
    if written is None or value is None:
        return None
    made = parsed(written, value, "json")
    reviver = arguments.get(1)
    return made if reviver is None or isinstance(reviver, Constant) else _revived(machine, frame, made, reviver)


def _revived(machine: Machine, frame: Frame, made: Value, reviver: Value) -> Value:
    """What a function makes of the members of what was parsed, and then of the whole."""
    if isinstance(made, Mapping):
        for key, held in list(made.entries.items())[:_REVIVED]:
            made.entries[key] = machine.call(frame, reviver, Constant(key), held)
    elif isinstance(made, Items):
        for at, held in enumerate(made.items[:_REVIVED]):
            made.items[at] = machine.call(frame, reviver, Constant(str(at)), held)
    return machine.call(frame, reviver, Constant(""), made)


def json_stringify(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``JSON.stringify(value)``, as far as it is known."""
    value = arguments.get(0)
    if value is None:
        return None
    parts: list[str | bytes | None] = []
    todo: list[Value | str] = [value]
    while todo and len(parts) < 4 * _LONGEST:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, Mapping | Items):
            todo.extend(reversed(_json_pieces(item)))
        else:
            parts.append(_json_text(item))
    if todo:
        parts.append(None)
    return assemble(parts, value.taints, merge((value,)), machine.budget)


def _json_pieces(value: Mapping | Items) -> list[Value | str]:
    """What stands between the brackets of an object or array."""
    pieces: list[Value | str] = ["{" if isinstance(value, Mapping) else "["]
    pairs: list[tuple[str, Value]]
    if isinstance(value, Mapping):
        pairs = [(f"{_quoted(str(key))}:", item) for key, item in list(value.entries.items())[:_FEW]]
    else:
        pairs = [("", item) for item in value.items[:_FEW]]
    for at, (label, item) in enumerate(pairs):
        pieces += ["," if at else "", label, item]
    if value.rest is not None:
        pieces += [",", value.rest] if not isinstance(value.rest, Mapping | Items) else [",", UNKNOWN]
    return [*pieces, "}" if isinstance(value, Mapping) else "]"]


def _json_text(value: Value) -> str | None:
    if not isinstance(value, Constant) or isinstance(value.value, bytes):
        return None
    found = value.value
    if isinstance(found, str) and len(found) > _LONGEST_TEXT:
        return None
    return _quoted(found) if isinstance(found, str) else "null" if found is None else number_text(found)


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    return '"' + "".join(escapes.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in text) + '"'
