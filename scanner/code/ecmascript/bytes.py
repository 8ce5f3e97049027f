"""Bytes and their encodings: Buffer, typed arrays, atob, escape, zlib and ciphers with known keys.

What is decoded is a blob that stood in the code, and has the hiding step that was undone, under the names that the
decoders of all languages have (``scanner/code/decode.py``).
"""

from __future__ import annotations

import base64
import binascii
import importlib
import re
import zlib
from typing import TYPE_CHECKING

from assay.scanner.code.budget import CONSTANT, ITEMS
from assay.scanner.code.decode import gunzip, inflate
from assay.scanner.code.ecmascript.arrays import data_of
from assay.scanner.code.ecmascript.coerce import to_integer, to_number, to_text, units, whole
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Partial,
    Reference,
    Unknown,
    Value,
    merge,
    taints_of,
    text,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_ENCODINGS = {
    "utf8": "utf8", "utf-8": "utf8", "hex": "hex", "base64": "base64", "base64url": "base64", "latin1": "latin1",
    "binary": "latin1", "ascii": "ascii", "ucs2": "utf16le", "ucs-2": "utf16le", "utf16le": "utf16le",
    "utf-16le": "utf16le", "utf-16": "utf16le", "unicode-1-1-utf-8": "utf8", "windows-1252": "latin1",
}  # fmt: skip
_STEPS = {"hex": "hex", "base64": "base64"}
_CIPHER = re.compile(r"aes-?(?:128|192|256)-(?:cbc|ctr|ecb|gcm)", re.IGNORECASE)


def encoded(written: str, encoding: str) -> bytes | None:
    """``Buffer.from(text, encoding)``: what cannot be read ends the bytes, as Node reads it."""
    name = _ENCODINGS.get(encoding.lower())
    if name == "hex":
        digits = re.match(r"(?:[0-9a-fA-F]{2})*", written)
        return bytes.fromhex(digits[0]) if digits else b""
    if name == "base64":
        return base64_bytes(written)
    if name == "utf16le":
        return written.encode("utf-16-le", "surrogatepass")
    if name in {"latin1", "ascii"}:
        return bytes(ord(char) & 255 for char in units(written))
    return whole(written).encode("utf-8", "replace") if name else None


def base64_bytes(written: str) -> bytes:
    """Base64 of either alphabet, foreign characters passed over, up to the padding."""
    kept = re.sub(r"[^A-Za-z0-9+/]", "", written.partition("=")[0].translate(str.maketrans("-_", "+/")))
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + "=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return b""


def decoded(data: bytes, encoding: str) -> str | None:
    """``buffer.toString(encoding)``."""
    name = _ENCODINGS.get(encoding.lower())
    if name == "hex":
        return data.hex()
    if name == "base64":
        plain = base64.b64encode(data).decode()
        return plain.translate(str.maketrans("+/", "-_")).rstrip("=") if "url" in encoding.lower() else plain
    if name == "utf16le":
        return whole(data[: len(data) // 2 * 2].decode("utf-16-le", "surrogatepass"))
    if name == "ascii":
        return bytes(byte & 127 for byte in data).decode("ascii")
    if name == "latin1":
        return data.decode("latin-1")
    return data.decode("utf-8", "replace") if name else None


def _blob(machine: Machine, frame: Frame, found: str | bytes, given: Value, step: str) -> Value | None:
    if not machine.budget.room(len(found)):
        return None
    taints = union((given.taints, machine.source(frame, "blob", step)))
    return Constant(found, taints, merge((given,), step))


def _lost(values: tuple[Value, ...], step: str) -> Value:
    """What is decoded is not known; what flowed in and how it was hidden is."""
    return Unknown(taints_of(values), merge(values, step))


def numbers(value: Value) -> bytes | None:
    """The bytes of an array of numbers, each modulo 256; None where one is not known."""
    if not isinstance(value, Items) or value.rest is not None or len(value.items) > ITEMS:
        return None
    made = bytearray()
    for item in value.items:
        number = to_number(item) if isinstance(item, Constant) else None
        if number is None:
            return None
        made.append(int(number) & 255 if number == number and abs(number) < 1e15 else 0)
    return bytes(made)


def buffer_from(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Buffer.from(x, encoding)`` and ``new Buffer(x, encoding)``."""
    value, given = arguments.get(0), arguments.get(1)
    encoding = to_text(given) if given is not None and not isinstance(given, Items) else "utf8"
    if value is None:
        return None
    written = text(value)
    if written is not None and encoding is not None:
        found = encoded(written, encoding) if len(written) <= 2 * CONSTANT else None
        step = _STEPS.get(_ENCODINGS.get(encoding.lower(), ""), "")
        if found is None:
            return None
        return _blob(machine, frame, found, value, step) if step else Constant(found, value.taints, value.steps)
    if isinstance(value, Partial) and encoding in {"utf8", "utf-8"}:
        return value
    if isinstance(value, Constant) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return zeros(machine, value.value)
    data = data_of(value) if not isinstance(value, Items) else numbers(value)
    if data is not None:
        items = value.items[:256] if isinstance(value, Items) else []
        step = "chr" if isinstance(value, Items) and value.kind == "list" else ""
        return Constant(data, value.taints, merge((value, *items), step))
    step = _STEPS.get(_ENCODINGS.get((encoding or "").lower(), ""), "")
    return _lost((value,), step) if step else Unknown(value.taints, value.steps)


def zeros(machine: Machine, count: int) -> Value:
    """Bytes that are to be written into."""
    if not 0 <= count <= ITEMS or not machine.budget.room(count):
        return UNKNOWN
    return Items("bytearray", [Constant(0)] * count)


def typed_array(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Uint8Array(x)`` and its like, ``Uint8Array.from`` and ``of``."""
    value = arguments.get(0)
    name = callee.name if isinstance(callee, Reference) else ""
    if name.endswith(".of"):
        value = Items("list", list(arguments.positional), (), arguments.rest)
    if value is None:
        return Items("bytearray", [])
    small = name.startswith(("Uint8", "Int8", "Buffer", "ArrayBuffer"))
    if isinstance(value, Constant) and isinstance(value.value, int):
        count = to_integer(value) or 0
        if small:
            return zeros(machine, count)
        return Items("list", [Constant(0)] * count) if 0 <= count <= ITEMS else UNKNOWN
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        return value
    data = numbers(value) if small else None
    if data is not None:
        step = "chr" if isinstance(value, Items) and value.kind == "list" else ""
        return Constant(data, value.taints, merge((value,), step))
    handler = machine.language.builtins["Array.from"]
    return handler(machine, frame, arguments, callee)


def buffer_concat(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Buffer.concat(list)``."""
    value = arguments.get(0)
    if not isinstance(value, Items):
        return None
    found = [data_of(item) for item in value.items]
    known = [data for data in found if data is not None]
    if len(known) != len(found) or value.rest is not None or not machine.budget.room(sum(map(len, known))):
        return Unknown(value.taints, merge((value, *value.items[:64])))
    return Constant(b"".join(known), value.taints, merge((value, *value.items[:256])))


def to_string(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``x.toString(encoding or radix)`` of bytes, numbers, text, arrays."""
    given = arguments.get(0)
    data = data_of(receiver)
    if data is not None:
        encoding = to_text(given) if given is not None and not _is_nothing(given) else "utf8"
        found = decoded(data, encoding) if encoding is not None else None
        if found is None:
            return None
        step = _STEPS.get(_ENCODINGS.get((encoding or "").lower(), ""), "")
        items = receiver.items[:256] if isinstance(receiver, Items) else []
        return Constant(found, receiver.taints, merge((receiver, *items), step))
    if isinstance(receiver, Constant) and isinstance(receiver.value, int | float) and given is not None:
        radix = to_integer(given, 10)
        if isinstance(receiver.value, bool) or radix is None:
            return None
        return _radix(receiver, radix)
    if isinstance(receiver, Partial):
        return receiver
    written = to_text(receiver)
    return None if written is None else Constant(written, receiver.taints, receiver.steps)


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def _radix(receiver: Constant, radix: int) -> Value | None:
    """A number in a base."""
    number = receiver.value
    if not 2 <= radix <= 36 or not isinstance(number, int | float) or number != number or abs(number) > 1e300:
        return None
    if radix == 10:
        return Constant(to_text(receiver), receiver.taints, receiver.steps)
    left, fraction = abs(int(number)), abs(number) - abs(int(number))
    if isinstance(left, int) and left.bit_length() > 4096:
        return None
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    made = ""
    while left:
        left, digit = divmod(left, radix)
        made = digits[digit] + made
    made = made or "0"
    if fraction:
        made += "."
        for _ in range(52):
            fraction *= radix
            made += digits[int(fraction)]
            fraction -= int(fraction)
            if not fraction:
                break
    return Constant(("-" if number < 0 else "") + made, receiver.taints, merge((receiver,), "chr"))


def atob(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``atob(text)``."""
    value = arguments.get(0)
    written = to_text(value)
    if value is None:
        return None
    if written is None or len(written) > 2 * CONSTANT:
        return _lost((value,), "base64")
    return _blob(machine, frame, base64_bytes(written).decode("latin-1"), value, "base64")


def btoa(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``btoa(text)``."""
    value = arguments.get(0)
    written = to_text(value)
    if value is None or written is None or any(char > "\xff" for char in written):
        return None
    made = base64.b64encode(written.encode("latin-1")).decode()
    return Constant(made, value.taints, merge((value,), "base64")) if machine.budget.room(len(made)) else None


def text_decode(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new TextDecoder(label).decode(bytes)``."""
    value = arguments.get(0)
    data = data_of(value) if value is not None else None
    label = callee.origin.get(0) if isinstance(callee, Reference) and callee.origin is not None else None
    encoding = to_text(label) if label is not None and label is not value else "utf8"
    found = decoded(data, encoding) if data is not None and encoding is not None else None
    return None if found is None or value is None else Constant(found, value.taints, value.steps)


def text_encode(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new TextEncoder().encode(text)``."""
    value = arguments.get(0)
    written = to_text(value) if value is not None else ""
    taints, steps = (value.taints, value.steps) if value is not None else (frozenset(), ())
    return None if written is None else Constant(whole(written).encode("utf-8", "replace"), taints, steps)


def inflated(data: bytes) -> bytes | None:
    """zlib or gzip, by how it begins."""
    return gunzip(data) if data[:2] == b"\x1f\x8b" else inflate(data)


def unpacked(function: Callable[[bytes], bytes | None], step: str) -> Builtin:
    """Decompression of bytes."""

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        data = data_of(value) if value is not None else None
        if data is None and text(value) is not None:
            data = (text(value) or "").encode("utf-8", "replace")
        found = function(data) if data is not None and len(data) <= CONSTANT else None
        if value is None:
            return None
        return _lost((value,), step) if found is None else _blob(machine, frame, found, value, step)

    return run


def packed(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``zlib.deflateSync(x)``: bytes that hold what went in."""
    value = arguments.get(0)
    data = data_of(value) if value is not None else None
    if value is None or data is None or len(data) > 1 << 20:
        return None
    return Constant(zlib.compress(data), value.taints, merge((value,), "zlib"))


def deciphered(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``createDecipheriv(name, key, iv).update(data, from, to)`` with a key that stands in the code."""
    given = arguments.get(0)
    origin = callee.origin if isinstance(callee, Reference) else None
    if given is None or origin is None:
        return None
    from_encoding, to_encoding = to_text(arguments.get(1)), to_text(arguments.get(2))
    written = text(given)
    data = data_of(given) if written is None else encoded(written, from_encoding or "utf8")
    found = _decipher(origin, data) if data is not None else None
    held = (given, *origin.values)
    if found is None:
        known = written is not None or data is not None
        blob = machine.source(frame, "blob", "decrypt") if known else frozenset()
        return Unknown(union((taints_of(held), blob)), merge(held, "decrypt"))
    plain = decoded(found, to_encoding) if to_encoding in _ENCODINGS else None
    return _blob(machine, frame, plain if plain is not None else found, given, "decrypt")


def _decipher(origin: Arguments, data: bytes) -> bytes | None:
    name, key, iv = to_text(origin.get(0)), _key(origin.get(1)), _key(origin.get(2))
    if name is None or key is None or not _CIPHER.fullmatch(name) or len(data) > CONSTANT:
        return None
    module: ModuleType = importlib.import_module("assay.scanner.code.ecmascript.cipher")
    found: bytes | None = module.decrypt(name.lower(), key, iv or b"", data)
    return found


def _key(value: Value | None) -> bytes | None:
    written = text(value)
    return written.encode("latin-1", "replace") if written is not None else data_of(value) if value else None


def cipher_final(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``decipher.final(encoding)``: its update has given all."""
    given = arguments.get(0)
    return Constant("" if given is not None else b"")
