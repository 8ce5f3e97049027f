"""What reading the code of a package gave, as bytes and back: for a store that outlives the process.

The form is JSON: a list whose first element is the number of a noun, or -1 for a plain tuple, -2 for bytes in base64
and -3 for a large integer in hexadecimal, since Python refuses long ones in decimal. Nothing of it is executed on the
way back, and what is not of that form is nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from assay.scanner.code.facts import (
    Argument,
    CallFact,
    ExhaustedFact,
    Facts,
    FlowFact,
    Folded,
    ImportFact,
    LayerFact,
    StringFact,
    Where,
)
from assay.scanner.code.gathered import Reading
from assay.scanner.code.ir import Place
from assay.scanner.code.mark import Mark
from assay.scanner.code.package import Module, PackageCode, Unread

_NOUNS: tuple[type, ...] = (
    *(Reading, PackageCode, Module, Mark, Unread, Place),
    *(Facts, ImportFact, CallFact, LayerFact, FlowFact, StringFact, ExhaustedFact, Where, Folded, Argument),
)
_NUMBERS = {noun: number for number, noun in enumerate(_NOUNS)}
_TUPLE, _BYTES, _INTEGER = -1, -2, -3
_LARGE = 1 << 63
_DEEPEST = 32
"""Lists inside of one another; what the nouns hold is half as deep."""


def encode(reading: Reading, taken: frozenset[str]) -> bytes:
    """Return a reading and the paths that were taken as code, as bytes that are the same for the same reading."""
    return json.dumps([_plain(reading), sorted(taken)], separators=(",", ":")).encode()


def decode(data: bytes) -> tuple[Reading, frozenset[str]] | None:
    """Return what ``encode`` was given, None for anything that it did not make."""
    try:
        code, taken = json.loads(data)
        reading = _noun(code, 0)
        paths = frozenset(path for path in taken if isinstance(path, str))
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        return None
    return (reading, paths) if isinstance(reading, Reading) else None


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_NUMBERS.get(type(value), _TUPLE), *map(_plain, value)]
    if isinstance(value, bytes):
        return [_BYTES, base64.b64encode(value).decode()]
    if isinstance(value, int) and abs(value) >= _LARGE:
        return [_INTEGER, hex(value)]
    return value


def _noun(value: Any, depth: int) -> Any:
    if not isinstance(value, list):
        return value
    if depth > _DEEPEST:
        raise ValueError("too deep")
    number, *parts = value
    if number == _BYTES:
        try:
            return base64.b64decode(parts[0], validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
    if number == _INTEGER:
        return int(parts[0], 16)
    made = tuple(_noun(part, depth + 1) for part in parts)
    return made if number == _TUPLE else _NOUNS[_index(number)](*made)


def _index(number: object) -> int:
    if not isinstance(number, int) or not 0 <= number < len(_NOUNS):
        raise ValueError("no such noun")
    return number
