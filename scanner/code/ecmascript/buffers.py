"""Writing into Buffers, and what the platform packs text into: Blobs, their addresses, queries, texts of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from assay.scanner.code.assemble import assemble
from assay.scanner.code.ecmascript.bytes import encoded
from assay.scanner.code.ecmascript.coerce import text_parts, to_integer, to_text
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.state import changed, is_dead
from assay.scanner.code.values import (
    UNKNOWN,
    Constant,
    Items,
    Reference,
    Unknown,
    Value,
    merge,
    text,
    union,
)

if TYPE_CHECKING:
    from assay.scanner.code.assemble import Part
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame
    from assay.scanner.code.values import Arguments

_LONGEST_QUERY = 1 << 16


def _put_bytes(machine: Machine, receiver: Value, data: bytes, start: int, given: Value) -> bool:
    if not isinstance(receiver, Items) or is_dead(machine) or not 0 <= start <= len(receiver.items) - len(data):
        return False
    changed(machine)
    steps = merge((given,), "join")
    receiver.items[start : start + len(data)] = [Constant(byte, given.taints, steps) for byte in data]
    return True


def write_text(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``buffer.write(text, offset, length, encoding)``."""
    written, start = text(arguments.get(0)), arguments.get(1)
    encoding = next((name for one in arguments.positional[1:] if (name := text(one)) is not None), "utf8")
    data = encoded(written, encoding) if written is not None else None
    at = to_integer(start) if start is not None and text(start) is None else 0
    if data is None or at is None or not _put_bytes(machine, receiver, data, at, arguments.positional[0]):
        return None
    return Constant(len(data))


def write_number(size: int, big: bool) -> Builtin:
    """``buffer.writeUInt32BE(number, offset)`` and its like."""

    def run(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        number, at = to_integer(arguments.get(0)), to_integer(arguments.get(1))
        if number is None or at is None:
            return None
        data = (number % (1 << 8 * size)).to_bytes(size, "big" if big else "little")
        return Constant(at + size) if _put_bytes(machine, receiver, data, at, arguments.positional[0]) else None

    return run


WRITING: dict[str, Builtin] = {"write": write_text, "writeUInt8": write_number(1, True),
    "writeInt8": write_number(1, True)} | {
    f"write{sign}Int{bits}{end}": write_number(bits // 8, end == "BE")
    for sign in ("U", "") for bits in (16, 32) for end in ("BE", "LE")
}  # fmt: skip


def blob(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Blob(parts)``: the text of its parts."""
    held = arguments.get(0)
    if not isinstance(held, Items):
        return None
    parts: list[Part] = [part for item in held.items for part in text_parts(item)]
    parts += [None] if held.rest is not None else []
    return assemble(parts, sources_of((held, *held.items)), merge((held, *held.items)), machine.budget)


def object_url(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``URL.createObjectURL(blob)``: an address that stands for what is in the blob."""
    held = arguments.get(0)
    return None if held is None else Reference("URL.createObjectURL()", held.taints, held.steps, arguments)


def query_get(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new URLSearchParams(text).get(name)``."""
    origin = callee.origin if isinstance(callee, Reference) else None
    given, name = origin.get(0) if origin is not None else None, to_text(arguments.get(0))
    written = text(given)
    if given is None or written is None or name is None or len(written) > _LONGEST_QUERY:
        return None
    found = dict(reversed(parse_qsl(written.removeprefix("?"), keep_blank_values=True)))
    return Constant(found[name], given.taints, merge((given,), "split")) if name in found else None


def decrypted(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``CryptoJS.AES.decrypt(text, key)``: what comes of it is not worked out; where it came from is known."""
    held = arguments.positional
    known = bool(held) and all(text(value) is not None for value in held[:2])
    found = machine.source(frame, "blob", "decrypt") if known else frozenset()
    return Unknown(union((sources_of(held), found)), merge(held, "decrypt")) if held else UNKNOWN
