"""Bytes that Python code makes of numbers: ``struct``, ``array``, addresses; and decoders that ``codecs`` hands out."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from assay.scanner.code.decode import decode_bytes
from assay.scanner.code.sequences_python import numbers_of
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Reference,
    Value,
    blob,
    merge,
    taints_of,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_FORMAT = "0123456789bBhHiIlLqQ"
_MOST = 1 << 20
"""Bytes that one format may make."""


def packed(pattern: str, numbers: list[int]) -> bytes | None:
    """The bytes of ``struct.pack`` with these numbers, None if they do not fit; of the machine's own order the little.

    https://docs.python.org/3/library/struct.html#byte-order-size-and-alignment
    """
    order = pattern[:1] if pattern.startswith(("@", "=", "<", ">", "!")) else ""
    rest = "".join(pattern[len(order) :].split())
    if not rest or rest.strip(_FORMAT) or len(rest) > _MOST or any(len(part) > 6 for part in _counts(rest)):
        return None
    form = (">" if order in (">", "!") else "<") + rest
    if struct.calcsize(form) > _MOST:
        return None
    try:
        return struct.pack(form, *numbers)
    except struct.error:
        return None


def _counts(rest: str) -> list[str]:
    return "".join(char if char.isdigit() else " " for char in rest).split()


def _pack(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``struct.pack(format, …)`` of numbers."""
    pattern = text(arguments.get(0))
    numbers = numbers_of(Items("tuple", list(arguments.positional[1:])))
    made = packed(pattern, numbers) if pattern is not None and numbers is not None else None
    return None if made is None else Constant(made, taints_of(arguments.values), merge(arguments.values, "chr"))


def _array(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``array.array(type, numbers).tobytes()``."""
    held = callee.origin if isinstance(callee, Reference) else None
    kind, given = (text(held.get(0)), held.get(1)) if held is not None else (None, None)
    if kind is None or given is None or len(kind) != 1:
        return None
    numbers, plain = numbers_of(given), blob(given)
    made = packed(kind * len(numbers), numbers) if numbers and plain is None else plain
    return None if made is None else Constant(made, given.taints, merge((given,), "chr"))


def _address(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``socket.inet_aton(address)`` of an address of four numbers."""
    given = arguments.get(0)
    parts = (text(given) or "").split(".")
    if given is None or len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if any(len(part) > 3 or int(part) > 255 for part in parts):
        return None
    return Constant(bytes(int(part) for part in parts), given.taints, merge((given,), "chr"))


def _handed_out(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``codecs.getdecoder(encoding)(data)`` and ``codecs.lookup(encoding).decode(data)``: the data and their length."""
    held = callee.origin if isinstance(callee, Reference) else None
    name, given = text(held.get(0)) if held is not None else None, arguments.get(0)
    data = blob(given)
    if name is None or given is None or data is None:
        return None
    found = decode_bytes(data, name)
    if found is None or not machine.budget.room(len(found[0])):
        return None
    taints = machine.source(frame, "blob", found[1]) | given.taints if found[1] else given.taints
    return Items("tuple", [Constant(found[0], taints, merge((given,), found[1])), UNKNOWN])


BINARY_BUILTINS: dict[str, Builtin] = {
    "struct.pack": _pack, "array.array().tobytes": _array, "array.array().tostring": _array,
    "socket.inet_aton": _address, "codecs.getdecoder()": _handed_out, "codecs.lookup().decode": _handed_out,
}  # fmt: skip
