"""The values of literals, exactly as Python computes them from their spelling."""

from __future__ import annotations

import re
import unicodedata

from assay.scanner.lazy_pattern import lazy

MAX_DECIMAL_DIGITS = 4300
"""Digits of a decimal integer that are converted: CPython's own limit, since the conversion is quadratic."""

_PREFIX = lazy(r"([A-Za-z]*)(\"\"\"|'''|\"|'|)")
_SIMPLE = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = lazy(
    r"\\(?:([\n\\'\"abfnrtv])|([0-7]{1,3})|(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|N\{([^}]*)\})"
)
_BYTES_ESCAPE = lazy(r"\\(?:([\n\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2}))")
_PYTHON_2_RAW = lazy(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_BRACES = lazy(r"(\\N\{[^}]*\})|\{\{|\}\}|\\.", re.DOTALL)


def split(literal: str) -> tuple[str, str]:
    """Return the prefix of a string literal in lower case and its quotes; ("", "") for what is none."""
    found = _PREFIX.match(literal)
    return (found[1].lower(), found[2]) if found else ("", "")


def content(literal: str, prefix: str, quotes: str) -> str:
    """Return what stands between the quotes; the closing ones may be missing in a broken file."""
    start = len(prefix) + len(quotes)
    closed = len(literal) >= start + len(quotes) and literal.endswith(quotes)
    return literal[start : len(literal) - len(quotes)] if closed else literal[start:]


def value(body: str, prefix: str) -> str | bytes:
    """Return the value of what stands between quotes under a prefix; escapes that Python does not know are kept."""
    raw = "r" in prefix
    if "b" not in prefix:
        if "\\" not in body:
            return body
        if raw:
            return _PYTHON_2_RAW.sub(_code_point, body) if prefix == "ur" else body
        return _ESCAPE.sub(_unescape, body)
    if not raw and "\\" in body:
        body = _BYTES_ESCAPE.sub(_unescape_byte, body)
    try:
        return body.encode("latin-1")
    except UnicodeEncodeError:
        return body.encode("utf-8", "surrogatepass")


def text_between(body: str, prefix: str) -> str:
    """Return the value of the literal text between the replacement fields of an f-string: doubled braces are one."""
    if "{" in body or "}" in body:
        raw = "r" in prefix
        body = body.replace("{{", "{").replace("}}", "}") if raw else _BRACES.sub(_single, body)
    shown = value(body, prefix.replace("b", ""))
    return shown if isinstance(shown, str) else ""


def _single(found: re.Match[str]) -> str:
    return found[0][0] if found[0][0] != "\\" else found[0]


def _unescape(found: re.Match[str]) -> str:
    simple, octal, two, four, eight, name = found.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    if octal is not None:
        return chr(int(octal, 8))
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return found[0]
    number = int(two or four or eight, 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def _unescape_byte(found: re.Match[str]) -> str:
    simple, octal, two = found.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    return chr(int(octal, 8) & 0xFF if octal is not None else int(two, 16))


def _code_point(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def integer(spelling: str) -> int | None:
    """Return an integer of Python 2 or 3, None if it has too many decimal digits or is not one."""
    digits = spelling.replace("_", "").lower().rstrip("l")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10)
    if base == 10:
        if len(digits) > MAX_DECIMAL_DIGITS:
            return None
        if digits[0] == "0" and digits.strip("01234567") == "":
            base = 8
    try:
        return int(digits, base)
    except ValueError:
        return None


def number(spelling: str) -> float | None:
    """Return a floating-point number, None if it is not one."""
    try:
        return float(spelling.replace("_", ""))
    except ValueError:
        return None
