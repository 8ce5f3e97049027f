"""RC4 as obfuscators write it out in loops: once it has shown itself, it is undone without walking through it.

One text of 20 characters takes some 15,000 operations, and a table of strings that is turned is decoded over and over.
A function counts as the cipher if it has the cipher's loops and no other branch, so that it does the same for every
text, and if what it gave for the first text is what the cipher gives.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from assay.scanner.code import ir
from assay.scanner.code.values import Arguments, Constant, Function, Value, taints_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.ecmascript.state import Realm

_SIZE = 256
_SHORTEST = 4
_LONGEST = 1 << 16


def rc4(text: str, key: str) -> str:
    """Text under the cipher, each character a number below 256."""
    box = list(range(_SIZE))
    at = 0
    for place in range(_SIZE):
        at = (at + box[place] + ord(key[place % len(key)])) % _SIZE
        box[place], box[at] = box[at], box[place]
    made: list[str] = []
    first = at = 0
    for char in text:
        first = (first + 1) % _SIZE
        at = (at + box[first]) % _SIZE
        box[first], box[at] = box[at], box[first]
        made.append(chr(ord(char) ^ box[(box[first] + box[at]) % _SIZE]))
    return "".join(made)


def _plain(text: str) -> str | None:
    return text


def _swapped(text: str) -> str | None:
    """Base64 with small letters first, of text in UTF-8."""
    return _decoded(text.swapcase())


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


_READINGS: tuple[Callable[[str], str | None], ...] = (_swapped, _decoded, _plain)


def _given(arguments: Arguments) -> tuple[str, str] | None:
    """The text and the key."""
    if len(arguments.positional) != 2:
        return None
    text, key = arguments.positional
    if not isinstance(text, Constant) or not isinstance(key, Constant):
        return None
    if not isinstance(text.value, str) or not isinstance(key.value, str) or not key.value:
        return None
    return (text.value, key.value) if len(text.value) <= _LONGEST else None


def _has_its_shape(code: ir.Code) -> bool:
    """Whether a function has the loops of the cipher, and nothing that tells one text from another."""
    loops = sum(isinstance(op, ir.Loop) for op in code.ops)
    branches = [op.kind for op in code.ops if isinstance(op, ir.Branch)]
    mixes = sum(isinstance(op, ir.Operator) and op.symbol == "^" for op in code.ops)
    sizes = sum(isinstance(op, ir.Const) and op.value == _SIZE for op in code.ops)
    return loops == 3 and branches == ["while"] * 3 and mixes == 1 and sizes >= 3


def undone(own: Realm, function: Function, arguments: Arguments) -> Value | None:
    """What a function that has shown to be the cipher gives; None for all others."""
    known = own.ciphers.get(id(function.code))
    given = _given(arguments) if known is not None else None
    if known is None or given is None:
        return None
    reading, steps = known
    text = _READINGS[reading](given[0])
    if text is None:
        return None
    own.budget.steps -= _SIZE + len(text)
    return Constant(rc4(text, given[1]), taints_of(arguments.positional), steps)


def learn(own: Realm, function: Function, arguments: Arguments, made: Value) -> None:
    """Compare what a function gave with what the cipher gives."""
    given = _given(arguments)
    if given is None or not isinstance(made, Constant) or not isinstance(made.value, str):
        return
    if len(made.value) < _SHORTEST or id(function.code) in own.ciphers or not _has_its_shape(function.code):
        return
    for number, reading in enumerate(_READINGS):
        text = reading(given[0])
        if text is not None and rc4(text, given[1]) == made.value:
            own.keep(function.code)
            own.ciphers[id(function.code)] = (number, made.steps)
            return
