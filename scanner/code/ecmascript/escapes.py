"""Text that is escaped for addresses: ``escape``, ``encodeURIComponent`` and what undoes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from assay.scanner.code.assemble import assemble
from assay.scanner.code.ecmascript.coerce import text_parts, to_text, units, whole
from assay.scanner.code.ecmascript.sources import sources_of
from assay.scanner.code.ecmascript.writing import renew
from assay.scanner.code.values import (
    NONE,
    Arguments,
    Constant,
    Reference,
    Unknown,
    Value,
    merge,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_KEPT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@*_+-./"


def text_changed(function: Callable[[str], str | None], step: str) -> Builtin:
    """A function of text to text; what it leaves as it is has no step."""

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        written = to_text(value) if value is not None else None
        if value is None or written is None or not machine.budget.room(len(written)):
            return None if value is None else Unknown(value.taints, merge((value,)))
        found = function(written)
        if found is None:
            return None
        return value if found == written else Constant(found, value.taints, merge((value,), step))

    return run


def query_put(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``address.searchParams.set(name, value)`` and ``append``: the address under its names says more from there on."""
    origin = callee.origin if isinstance(callee, Reference) else None
    address = origin.get(0) if origin is not None else None
    if address is None or len(arguments.positional) < 2:
        return None
    name, value = arguments.positional[:2]
    known = text_parts(address)
    sign = "&" if any("?" in part for part in known if isinstance(part, str)) else "?"
    parts = [*known, sign, *text_parts(name), "=", *text_parts(value)]
    renew(frame, address, assemble(parts, sources_of((address, name, value)), merge((address, value)), machine.budget))
    return NONE


def unescape(written: str) -> str:
    """``unescape(text)``."""
    return whole(_ESCAPED.sub(lambda one: chr(int(one[1] or one[2], 16)), written))


def escape(written: str) -> str:
    """``escape(text)``."""
    return "".join(
        char if char in _KEPT else f"%{ord(char):02X}" if char < "\u0100" else f"%u{ord(char):04X}"
        for char in units(written)
    )


def decode_uri(written: str) -> str | None:
    """``decodeURIComponent(text)``; None where it would throw."""
    failed = False

    def plain(one: re.Match[str]) -> str:
        nonlocal failed
        try:
            return bytes.fromhex(one[0].replace("%", "")).decode("utf-8")
        except UnicodeDecodeError:
            failed = True
            return one[0]

    made = _PERCENT.sub(plain, written)
    return None if failed or re.search(r"%(?![0-9a-fA-F]{2})", written) else made


def encode_uri(safe: str) -> Callable[[str], str | None]:
    """``encodeURIComponent`` and ``encodeURI``."""

    def run(written: str) -> str | None:
        try:
            return quote(whole(written), safe=safe)
        except UnicodeEncodeError:
            return None

    return run
