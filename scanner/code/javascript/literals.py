"""The values of literals, as ECMA-262 (12.9) computes them from their spelling."""

from __future__ import annotations

import re

from assay.scanner.lazy_pattern import lazy

MAX_DECIMAL_DIGITS = 4300
"""Digits of a decimal BigInt that are converted: the conversion is quadratic."""

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
    if "\\" not in written:
        return written
    return _IN_NAME.sub(lambda found: _character(found[1] or found[2]) or found[0], written)


def number(spelling: str) -> int | float | None:
    """Return the value of a number literal: int where it is whole, None if it has too many digits or is no number."""
    if spelling.isdecimal() and len(spelling) < 16 and (spelling[0] != "0" or len(spelling) == 1):
        return int(spelling)
    digits = spelling.replace("_", "").lower()
    base = _BASES.get(digits[:2])
    try:
        if digits.endswith("n") and base is None:
            return int(digits[:-1]) if len(digits) <= MAX_DECIMAL_DIGITS else None
        if base is not None:
            return int(digits[2:].removesuffix("n"), base)
        if len(digits) > 1 and digits[0] == "0" and digits.isdecimal():
            return int(digits, 10 if "8" in digits or "9" in digits else 8)
        return whole(float(digits))
    except ValueError:
        return None


def whole(value: float) -> int | float:
    """Return an int for a number without a fraction."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value
