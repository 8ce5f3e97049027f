"""How ECMAScript turns values into one another: to text, to numbers, to truth; and when two are equal.

Undefined and null are both constants of None; ``UNDEFINED`` is one that is certain, ``NULL`` what the intermediate form
writes for null and for variables that are not set yet. Numbers are int where they are whole.
Text is held by code points, and ``units`` gives it by UTF-16 units, as the language counts.
https://tc39.es/ecma262/#sec-type-conversion
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from assay.scanner.code.assemble import MAX_TEXT_BITS, Part
from assay.scanner.code.values import (
    UNKNOWN,
    Applied,
    Bound,
    Choice,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Method,
    Module,
    Namespace,
    Partial,
    Reference,
    Value,
    blob,
)

if TYPE_CHECKING:
    from assay.scanner.code.ir import Scalar

Number = int | float

UNDEFINED = Constant(None)
NULL = Constant(None, frozenset(), ())
"""Told from UNDEFINED by identity alone."""

SAFE = 1 << 53
"""Whole numbers beyond are rounded by arithmetic."""

_SPACES = " \t\n\r\v\f\u00a0\ufeff\u2028\u2029\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity)", re.ASCII)
_LONGEST_NUMBER = 4000
_MOST_JOINED = 1 << 17
_CALLABLE = Function | Class | Bound | Method | Applied

TAGS = {"RegExp": "regexp", "generator": "[object Array Iterator]", "set": "[object Set]"}


def units(text: str) -> str:
    """Text with a character for each UTF-16 unit."""
    if text.isascii() or all(char <= "\uffff" for char in text):
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


def whole(text: str) -> str:
    """Text of UTF-16 units by code points again."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if _paired(text) else text


def _paired(text: str) -> bool:
    """Whether all surrogates of a text stand in pairs."""
    return not re.search(r"[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]", text)


def number_text(number: Number) -> str | None:
    """``String(number)``; None for one that is too long to be written."""
    if isinstance(number, bool):
        return "true" if number else "false"
    if isinstance(number, int):
        return str(number) if number.bit_length() <= MAX_TEXT_BITS else None
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    digits, _, exponent = f"{number!r}".partition("e")
    if not exponent:
        return digits.removesuffix(".0")
    point = int(exponent)
    if 0 < point < 21:
        return str(int(number))
    return f"{digits.removesuffix('.0')}e{'+' if point > 0 else '-'}{abs(point)}"


def scalar_text(value: Constant) -> str | None:
    """``String(value)`` of a constant."""
    found = value.value
    if isinstance(found, str):
        return found
    if found is None:
        return "null" if value is NULL else "undefined"
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace")
    return number_text(found)


def text_parts(value: Value) -> tuple[Part, ...]:
    """The parts of ``String(value)``, None for those that are not known."""
    if isinstance(value, Constant):
        return (scalar_text(value),)
    if isinstance(value, Partial):
        return value.parts
    if isinstance(value, Items):
        is_array = value.kind not in TAGS and value.kind != "bytearray"
        return joined_parts(value, ",") if is_array else _tagged(value)
    if isinstance(value, Mapping):
        return ("[object Object]",) if value.rest is None and "toString" not in value.entries else (None,)
    if isinstance(value, Choice):
        found = {text_parts(option) for option in value.options}
        return found.pop() if len(found) == 1 else (None,)
    if isinstance(value, Method):
        return (f"function {value.name}() {{ [native code] }}",)
    if isinstance(value, Reference):
        return _reference_parts(value)
    return (None,)


def joined_parts(value: Items, separator: str) -> tuple[Part, ...]:
    """The parts of ``array.join(separator)``: undefined and null are empty, arrays within are joined with commas.

    Arrays hold one another as often as they like: there is no recursion, and what is too much is not known, nor is what
    may be one array or another.
    """
    parts: list[Part] = []
    todo: list[Value | str] = _joined(value, separator)
    left = _MOST_JOINED
    while todo:
        item = todo.pop()
        left -= 1
        if left < 0:
            return (*parts[:16], None)
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, Items) and item.kind not in TAGS and item.kind != "bytearray":
            todo += _joined(item, ",") if len(item.items) < left else [UNKNOWN]
        elif isinstance(item, Choice) and any(isinstance(one, Items | Choice) for one in item.options):
            parts.append(None)
        elif not (isinstance(item, Constant) and item.value is None):
            parts.extend(_tagged(item) if isinstance(item, Items) else text_parts(item))
    return tuple(parts) or ("",)


def _joined(value: Items, separator: str) -> list[Value | str]:
    """What stands in a joined array, last first."""
    found: list[Value | str] = [] if value.rest is None else [value.rest]
    for at, item in enumerate(reversed(value.items[:_MOST_JOINED])):
        if at:
            found.append(separator)
        found.append(item)
    return found


def _tagged(value: Items) -> tuple[Part, ...]:
    """The text of a sequence that is no array."""
    data = blob(value) if value.kind == "bytearray" else None
    return (",".join(map(str, data)),) if data is not None else (TAGS.get(value.kind),)


def _reference_parts(value: Reference) -> tuple[Part, ...]:
    """The text of a function or object of the platform; of a pattern what it was made of."""
    if value.name == "RegExp()" and value.origin is not None:
        given = [found.value if isinstance(found, Constant) else None for found in value.origin.positional[:2]]
        pattern, flags = (given[0] if given else ""), (given[1] if len(given) > 1 else "")
        ending = flags if isinstance(flags, str) else ""
        return (f"/{pattern}/{ending}",) if isinstance(pattern, str) else (None,)
    if value.name in _CONSTRUCTORS:
        return (f"function {value.name}() {{ [native code] }}",)
    return (None,)


_CONSTRUCTORS = frozenset({"Array", "Boolean", "Function", "Number", "Object", "RegExp", "String", "Date", "eval"})


def to_text(value: Value | None) -> str | None:
    """``String(value)`` where all of it is known."""
    if value is None:
        return "undefined"
    if isinstance(value, Constant):
        return scalar_text(value)
    parts = text_parts(value)
    return "".join(str(part) for part in parts) if all(isinstance(part, str) for part in parts) else None


def text_number(text: str) -> Number:
    """``Number(text)``."""
    bare = text.strip(_SPACES)
    if not bare:
        return 0
    if len(bare) > _LONGEST_NUMBER:
        return math.nan
    radix = {"0x": 16, "0o": 8, "0b": 2}.get(bare[:2].lower())
    if radix is not None:
        try:
            return int(bare[2:], radix) if bare[2:].isalnum() else math.nan
        except ValueError:
            return math.nan
    if not _DECIMAL.fullmatch(bare):
        return math.nan
    if bare.lstrip("+-") == "Infinity":
        return -math.inf if bare.startswith("-") else math.inf
    return int(bare) if bare.lstrip("+-").isdigit() else normal(float(bare))


def normal(number: Number) -> Number:
    """A number as an int where it is whole."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e21:
        return int(number)
    return number


def scalar_number(value: Scalar, is_null: bool = False) -> Number:
    """``Number(value)`` of a constant."""
    if value is None:
        return 0 if is_null else math.nan
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    return text_number(value if isinstance(value, str) else value.decode("latin-1"))


def to_number(value: Value | None) -> Number | None:
    """``Number(value)``; None where it is not known."""
    if value is None:
        return math.nan
    if isinstance(value, Constant):
        return scalar_number(value.value, value is NULL)
    if isinstance(value, Items | Mapping | Method):
        text = to_text(value)
        return None if text is None else text_number(text)
    return math.nan if isinstance(value, Function | Class) else None


def to_integer(value: Value | None, default: int = 0) -> int | None:
    """An argument that counts: ``default`` where it is undefined, 0 where it is no number."""
    if value is None or (isinstance(value, Constant) and value.value is None):
        return default
    number = to_number(value)
    if number is None:
        return None
    if isinstance(number, float):
        return 0 if math.isnan(number) else (SAFE if number > 0 else -SAFE) if math.isinf(number) else int(number)
    return max(-SAFE, min(SAFE, number))


def int32(number: Number) -> int:
    """``number | 0``."""
    return (uint32(number) ^ 0x80000000) - 0x80000000


def uint32(number: Number) -> int:
    """``number >>> 0``."""
    if isinstance(number, float):
        if math.isnan(number) or math.isinf(number):
            return 0
        number = int(number)
    return number & 0xFFFFFFFF


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None when that is not known. Objects do, also empty ones."""
    if isinstance(value, Constant):
        found = value.value
        if isinstance(found, float) and math.isnan(found):
            return False
        return True if isinstance(found, bytes) else bool(found)
    if isinstance(value, Items | Mapping | Instance | _CALLABLE | Module | Namespace):
        return True
    if isinstance(value, Partial):
        return True if any(value.parts) else None
    if isinstance(value, Choice):
        verdicts = {truth(option) for option in value.options}
        return verdicts.pop() if len(verdicts) == 1 else None
    return None


def type_of(value: Value) -> str | None:
    """``typeof value``; None when that is not known."""
    if isinstance(value, Constant):
        found = value.value
        if found is None:
            return "undefined" if value is UNDEFINED else None
        if isinstance(found, bytes):
            return "object"
        return "boolean" if isinstance(found, bool) else "string" if isinstance(found, str) else "number"
    if isinstance(value, Partial):
        return "string"
    if isinstance(value, _CALLABLE):
        return "function"
    if isinstance(value, Items | Mapping | Instance | Namespace):
        return "object"
    if isinstance(value, Choice):
        kinds = {type_of(option) for option in value.options}
        return kinds.pop() if len(kinds) == 1 else None
    return None


def is_nothing(value: Value) -> bool | None:
    """Whether a value is undefined or null; None when that is not known."""
    if isinstance(value, Constant):
        return value.value is None
    if isinstance(value, Choice):
        verdicts = {is_nothing(option) for option in value.options}
        return verdicts.pop() if len(verdicts) == 1 else None
    kind = type_of(value)
    return None if kind is None else False


def strictly_equal(first: Value, second: Value) -> bool | None:
    """``first === second``; None when that is not known."""
    if isinstance(first, Constant) and isinstance(second, Constant):
        if isinstance(first.value, bytes) or isinstance(second.value, bytes):
            return first is second
        if first.value is None and second.value is None:
            return True if first is second else None
        left, right = type_of(first), type_of(second)
        return left == right and first.value == second.value
    if first is second and isinstance(first, Items | Mapping | Instance | Function | Class):
        return True
    left, right = type_of(first), type_of(second)
    if left is not None and right is not None and left != right:
        return False
    if isinstance(first, Items | Mapping | Function | Class) and isinstance(second, Items | Mapping | Function | Class):
        return False
    return None


def loosely_equal(first: Value, second: Value) -> bool | None:
    """``first == second``; None when that is not known."""
    none, other = is_nothing(first), is_nothing(second)
    if none or other:
        return None if none is None or other is None else none and other
    if type_of(first) is not None and type_of(first) == type_of(second):
        return strictly_equal(first, second)
    left, right = primitive(first), primitive(second)
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return scalar_number(left) == scalar_number(right)


def primitive(value: Value) -> str | int | float | bool | None:
    """What an operator makes of a value that is no null or undefined; None where that is not known."""
    if isinstance(value, Constant) and not isinstance(value.value, bytes):
        return value.value
    return to_text(value)
