"""The values of literals, as ECMA-262 (12.9) computes them from their spelling."""

from __future__ import annotations

import math
import re

from assay.scanner.lazy_pattern import lazy

MAX_DIGITS = 3500
"""Digits of a BigInt that are converted: from and to decimal, that is quadratic, and Python has a limit of 4300."""

_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": "", "\u2028": "", "\u2029": ""}
_ESCAPE = lazy(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|([0-3][0-7]{0,2}|[4-7][0-7]?)|(.))", re.DOTALL
)
_IN_NAME = lazy(r"\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]+)\})")
_PAIR = lazy("[\ud800-\udbff][\udc00-\udfff]")
_BASES = {"0x": 16, "0o": 8, "0b": 2}


def text(body: str) -> str:
    """Return the value of what stands between the quotes of a string or of a template's literal part.

    An escaped pair of surrogates is one character, as two are in JavaScript; a lone one is kept.
    """
    if "\\" not in body:
        return body
    return joined(_ESCAPE.sub(_unescape, body))


def joined(value: str) -> str:
    """Return a text in which each pair of surrogates is the character that it stands for."""
    return _PAIR.sub(_join, value) if _PAIR.search(value) else value


def _join(pair: re.Match[str]) -> str:
    high, low = ord(pair[0][0]), ord(pair[0][1])
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _unescape(found: re.Match[str]) -> str:
    two, four, braced, octal, other = found.groups()
    if other is not None:
        return _SIMPLE.get(other, other)
    if octal is not None:
        return chr(int(octal, 8))
    return _character(two or four or braced) or found[0]


def _character(digits: str) -> str:
    digits = digits.lstrip("0") or "0"
    number = int(digits, 16) if len(digits) <= 6 else 0x110000
    return chr(number) if number <= 0x10FFFF else ""


def string(literal: str) -> str:
    """Return the value of a string literal; the closing quote may be missing in a broken file."""
    closed = len(literal) > 1 and literal[-1] == literal[0]
    return text(literal[1:-1] if closed else literal[1:])


def identifier(written: str) -> str:
    """Return a name whose escapes are resolved; names are compared as they are otherwise."""
    return _IN_NAME.sub(lambda found: _character(found[1] or found[2]) or found[0], written)


def number(spelling: str) -> int | float | None:
    """Return the value of a number literal: int where it is whole, None if it has too many digits or is no number."""
    if spelling.isdecimal() and len(spelling) < 16 and (spelling[0] != "0" or len(spelling) == 1):
        return int(spelling)
    digits = spelling.replace("_", "").lower()
    base = _BASES.get(digits[:2])
    if digits.endswith("n"):
        return _big(digits[:-1], base)
    try:
        if base is not None:
            return whole(int(digits[2:], base))
        if len(digits) > 1 and digits[0] == "0" and digits.strip("01234567") == "":
            return whole(int(digits, 8))
        return whole(float(digits))
    except OverflowError:
        return math.inf
    except ValueError:
        return None


def _big(digits: str, base: int | None) -> int | None:
    if len(digits) > MAX_DIGITS:
        return None
    try:
        return int(digits) if base is None else int(digits[2:], base)
    except ValueError:
        return None


def whole(value: float) -> int | float:
    """Return the nearest number that JavaScript has, an int if it is whole; raises OverflowError for a long int."""
    value = float(value)
    return int(value) if value.is_integer() and abs(value) < 1e21 else value
