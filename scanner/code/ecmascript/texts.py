"""Methods of text as ECMAScript defines them. Each takes the machine, the frame, the arguments and the receiver.

https://tc39.es/ecma262/#sec-properties-of-the-string-prototype-object ; what is not known of the receiver makes the
result None, and the caller goes on with its sources alone.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Literal

from assay.scanner.code.assemble import assemble
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.ecmascript.coerce import text_parts, to_integer, to_text, units, whole
from assay.scanner.code.ecmascript.patterns import matches, pattern_of, substituted
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.walks import is_pure
from assay.scanner.code.values import (
    Applied,
    Arguments,
    Bound,
    Constant,
    Function,
    Items,
    Method,
    Partial,
    Reference,
    Unknown,
    Value,
    merge,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.assemble import Part
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_CALLED = Function | Bound | Applied | Method
_SPACES = " \t\n\r\v\f\u00a0\ufeff\u2028\u2029"
_MOST_CALLED = 4096
_SHOWN = 64
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def _made(receiver: Value, arguments: Arguments, found: str, step: str) -> Constant:
    return Constant(whole(found), sources_of((receiver, *arguments.positional)), merge((receiver,), step))


def _received(receiver: Value) -> str | None:
    """The text that a method of text is called on; other constants are turned into it."""
    return to_text(receiver)


def mapped(function: Callable[[str], str], step: str) -> Builtin:
    """A method that needs no argument; the known parts of partial text are changed too."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        if isinstance(receiver, Partial):
            parts = tuple(function(part) if isinstance(part, str) else part for part in receiver.parts)
            return Partial(parts, receiver.taints, merge((receiver,), step))
        written = _received(receiver)
        if written is None or not machine.budget.room(len(written)):
            return None
        return _made(receiver, arguments, function(written), step)

    return fold


def _cut(name: str) -> Builtin:
    """``slice``, ``substring`` and ``substr``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written = _received(receiver)
        if written is None:
            return None
        held = units(written)
        size = len(held)
        start, end = to_integer(arguments.get(0)), to_integer(arguments.get(1), size)
        if start is None or end is None:
            return None
        if name == "substring":
            start, end = max(0, min(start, size)), max(0, min(end, size))
            start, end = min(start, end), max(start, end)
        else:
            start = max(0, size + start) if start < 0 else min(start, size)
            end = min(size, start + max(0, end)) if name == "substr" else size + end if end < 0 else end
        found = held[start : max(start, end)]
        machine.budget.bytes -= len(found)
        return _made(receiver, arguments, found, "slice")

    return fold


def _at(name: str) -> Builtin:
    """``charAt``, ``at``, ``charCodeAt`` and ``codePointAt``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, position = _received(receiver), to_integer(arguments.get(0))
        if written is None or position is None:
            return None
        held = units(written)
        if name == "at" and position < 0:
            position += len(held)
        inside = 0 <= position < len(held)
        steps = merge((receiver,), "index")
        if name in {"charAt", "at"}:
            nothing = "" if name == "charAt" else None
            return Constant(held[position] if inside else nothing, receiver.taints, steps)
        if not inside:
            return Constant(math.nan if name == "charCodeAt" else None)
        code = ord(held[position])
        if name == "codePointAt" and 0xD800 <= code < 0xDC00 and position + 1 < len(held):
            code = ord(whole(held[position : position + 2])[:1])
        return Constant(code, receiver.taints, receiver.steps)

    return fold


def _found(name: str) -> Builtin:
    """Methods that look for text: ``indexOf``, ``lastIndexOf``, ``includes``, ``startsWith``, ``endsWith``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, wanted, start = _received(receiver), to_text(arguments.get(0)), to_integer(arguments.get(1), -1)
        if written is None or wanted is None or start is None:
            return None
        held, wanted = units(written), units(wanted)
        made: int | bool
        if name == "indexOf":
            made = held.find(wanted, max(0, start))
        elif name == "lastIndexOf":
            made = held.rfind(wanted) if start < 0 else held.rfind(wanted, 0, start + len(wanted))
        elif name == "includes":
            made = wanted in held[max(0, start) :]
        elif name == "startsWith":
            made = held.startswith(wanted, max(0, start))
        else:
            made = held.endswith(wanted) if start < 0 else held[:start].endswith(wanted)
        return Constant(made, receiver.taints, receiver.steps)

    return fold


def split(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.split(separator, limit)``."""
    written, given, limit = _received(receiver), arguments.get(0), to_integer(arguments.get(1), ITEMS)
    if written is None or limit is None:
        return None
    steps = merge((receiver,), "split")
    if given is None or (isinstance(given, Constant) and given.value is None):
        return Items("list", [Constant(written, receiver.taints, steps)])
    pattern = pattern_of(given)
    separator = None if pattern is not None else to_text(given)
    if pattern is not None:
        pieces = pattern.pieces(written)
    elif separator is None:
        return None
    else:
        pieces = list(units(written)) if not separator else written.split(separator)
    if pieces is None or len(pieces) > ITEMS:
        return None
    machine.budget.steps -= len(pieces) // 8
    return Items("list", [Constant(piece, receiver.taints, steps) for piece in pieces[: max(0, limit)]])


def replace(every: bool) -> Builtin:
    """``text.replace(old, new)`` and ``replaceAll``; a function is called with each match."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, old, new = _received(receiver), arguments.get(0), arguments.get(1)
        if old is None or new is None:
            return None
        if isinstance(receiver, Partial):
            return _replace_parts(receiver, old, new, every)
        if written is None:
            return None
        spans = matches(written, old, every)
        if _is_function(machine, new):
            new = Applied(new, Arguments(), "partial", new.taints, new.steps)
        if spans is None:
            if isinstance(new, _CALLED):
                machine.call(frame, new, Unknown(receiver.taints, receiver.steps))
            return None
        given: list[Value] = []
        made = _replaced(machine, frame, written, spans, new, given)
        if made is None or not machine.budget.room(len(made)):
            return None
        taints = sources_of((receiver, *arguments.positional))
        return Constant(
            made, taints, merge((receiver, *given) if isinstance(new, _CALLED) else (receiver, new), "replace")
        )

    return fold


def _is_function(machine: Machine, value: Value) -> bool:
    """Whether a value is a known function of the platform."""
    known = machine.vocabulary.calls, machine.language.builtins
    return isinstance(value, Reference) and any(value.name in names for names in known)


def _replaced(machine: Machine, frame: Frame, written: str, spans: list[tuple[int, int, tuple[str | None, ...]]],
              new: Value, values: list[Value]) -> str | None:  # fmt: skip
    """Text with its matches replaced, None where what takes their place is not known; ``values`` gets what did."""
    pieces: list[str] = []
    end = size = 0
    pattern = None if isinstance(new, _CALLED) else to_text(new)
    pure = is_pure(machine, new)
    known: dict[str, str | None] = {}
    for at, (start, stop, groups) in enumerate(spans):
        pieces.append(written[end:start])
        end = stop
        found: str | None
        if isinstance(new, _CALLED):
            if at >= _MOST_CALLED:
                return None
            given: list[Value] = [
                Constant(written[start:stop]),
                *(Constant(group) for group in groups),
                Constant(start),
            ]
            whole_match = written[start:stop]
            if whole_match not in known or not pure:
                made = machine.call(frame, new, *given)
                known[whole_match] = to_text(made)
                values += [made] if len(values) < _SHOWN else []
            found = known[whole_match]
        else:
            found = None if pattern is None else substituted(pattern, written, start, stop, groups)
        if found is None:
            return None
        size += len(found)
        if size > machine.budget.bytes:
            return None
        pieces.append(found)
    return "".join([*pieces, written[end:]])


def _replace_parts(receiver: Partial, old: Value, new: Value, every: bool) -> Value | None:
    """The same in the known parts of partial text, for plain text."""
    wanted, given = text(old), text(new)
    if not wanted or given is None or len(given) > 4 * len(wanted) + 64:
        return None
    count = -1 if every else 1
    parts = tuple(part.replace(wanted, given, count) if isinstance(part, str) else part for part in receiver.parts)
    return Partial(parts, receiver.taints, merge((receiver,), "replace"))


def match(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.match(pattern)`` and ``matchAll``."""
    written, given = _received(receiver), arguments.get(0)
    pattern = pattern_of(given) if given is not None else None
    if written is None or pattern is None:
        return None
    spans = matches(written, given, True) if given is not None else None
    if spans is None or len(spans) > ITEMS:
        return None
    steps = merge((receiver,), "split")
    if "g" not in pattern.flags:
        first = spans[:1]
        groups = [group for _, _, found in first for group in found]
        whole_match = [written[start:end] for start, end, _ in first]
        return Items("list", [Constant(one, receiver.taints, steps) for one in [*whole_match, *groups]]) if first else (
            Constant(None)
        )  # fmt: skip
    return Items("list", [Constant(written[start:end], receiver.taints, steps) for start, end, _ in spans])


def concat(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.concat(…)``."""
    values = (receiver, *arguments.positional)
    parts: list[Part] = [part for value in values for part in text_parts(value)]
    return assemble(parts, sources_of(values), merge(values, "concat"), machine.budget)


def repeat(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.repeat(n)``."""
    written, count = _received(receiver), to_integer(arguments.get(0))
    if written is None or count is None or count < 0 or not machine.budget.room(len(written) * count):
        return None
    return Constant(written * count, receiver.taints, receiver.steps)


def _padded(name: str) -> Builtin:
    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, size = _received(receiver), to_integer(arguments.get(0))
        filler = to_text(arguments.get(1)) if len(arguments.positional) > 1 else " "
        if written is None or size is None or not filler or not machine.budget.room(max(0, size)):
            return None
        missing = max(0, size - len(units(written)))
        more = (filler * (missing // len(filler) + 1))[:missing]
        return Constant(more + written if name == "padStart" else written + more, receiver.taints, receiver.steps)

    return fold


def _tag(name: str, attribute: str = "") -> Builtin:
    """Methods that put text between tags, which some code takes letters from."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, given = _received(receiver), to_text(arguments.get(0))
        if written is None or given is None:
            return None
        quoted = given.replace('"', "&quot;")
        opening = f'<{name} {attribute}="{quoted}">' if attribute else f"<{name}>"
        return Constant(f"{opening}{written}</{name}>", receiver.taints, merge((receiver,), "concat"))

    return fold


def normalize(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.normalize(form)``."""
    written, form = _received(receiver), to_text(arguments.get(0)) if arguments.positional else "NFC"
    if written is None or len(written) > 1 << 16:
        return None
    for known in _FORMS:
        if form == known:
            return Constant(unicodedata.normalize(known, written), receiver.taints, merge((receiver,), "normalize"))
    return None


TEXT_METHODS: dict[str, Builtin] = {
    "toUpperCase": mapped(str.upper, "case"), "toLowerCase": mapped(str.lower, "case"),
    "toLocaleUpperCase": mapped(str.upper, "case"), "toLocaleLowerCase": mapped(str.lower, "case"),
    "trim": mapped(lambda one: one.strip(_SPACES), "strip"),
    "trimStart": mapped(lambda one: one.lstrip(_SPACES), "strip"),
    "trimLeft": mapped(lambda one: one.lstrip(_SPACES), "strip"),
    "trimEnd": mapped(lambda one: one.rstrip(_SPACES), "strip"),
    "trimRight": mapped(lambda one: one.rstrip(_SPACES), "strip"),
    "substring": _cut("substring"), "substr": _cut("substr"), "charAt": _at("charAt"), "charCodeAt": _at("charCodeAt"),
    "codePointAt": _at("codePointAt"), "startsWith": _found("startsWith"), "endsWith": _found("endsWith"),
    "split": split, "replace": replace(False), "replaceAll": replace(True), "match": match, "matchAll": match,
    "repeat": repeat, "padStart": _padded("padStart"), "padEnd": _padded("padEnd"), "normalize": normalize,
    "italics": _tag("i"), "bold": _tag("b"), "big": _tag("big"), "small": _tag("small"), "sub": _tag("sub"),
    "sup": _tag("sup"), "strike": _tag("strike"), "fixed": _tag("tt"), "blink": _tag("blink"),
    "anchor": _tag("a", "name"), "link": _tag("a", "href"), "fontcolor": _tag("font", "color"),
    "fontsize": _tag("font", "size"),
}  # fmt: skip

SHARED_TEXT: dict[str, Builtin] = {
    "slice": _cut("slice"),
    "at": _at("at"),
    "indexOf": _found("indexOf"),
    "lastIndexOf": _found("lastIndexOf"),
    "includes": _found("includes"),
    "concat": concat,
}
"""Methods that arrays have as well."""
