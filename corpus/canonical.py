"""JSON with one spelling only: RFC 8785, narrowed, so that signed bytes and parsed value are the same thing.

Narrowed to: no fractions, integers below 2^53 in size, ASCII object keys, strings in NFC, no key twice, at most
``MAX_DEPTH`` levels (pack format 1, "DSSE"). With ASCII keys the order of RFC 8785 (UTF-16 code units) is that of
``sorted``, and the escapes of ``json`` without ``ensure_ascii`` are those of RFC 8785 §3.2.2.2.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn
from unicodedata import is_normalized

from assay.scanner.errors import CorpusError

MAX_DEPTH = 16
"""Levels of nesting. A manifest and a trust root have four, an advisory record six."""

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader takes for what it is (RFC 8785 §3.2.2.3, I-JSON)."""

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def dump(value: Any) -> bytes:
    """Return the canonical bytes of a value made of dict, list, tuple, str, int, bool and None.

    What the narrowed form cannot hold is the caller's defect; ``load`` refuses it.
    """
    return _encoder.encode(value).encode("utf-8")


def load(data: bytes, code: str, what: str) -> Any:
    """Return the value of canonical bytes.

    Args:
        data: the bytes.
        code: the ``E_*`` code of a refusal.
        what: what the bytes are, for the detail of a refusal.

    Raises:
        CorpusError: not JSON, or JSON that is not the canonical spelling of its value.
    """
    value = _parse(data, code, what)
    try:
        _check(value, 1)
        same = dump(value) == data
    except (ValueError, RecursionError) as error:
        reason = error.args[0] if isinstance(error, _NarrowedError) else "not canonical JSON"
        raise CorpusError(code, f"{what}: {reason}") from error
    if not same:
        raise CorpusError(code, f"{what}: not in canonical form (order of keys, white space, escapes, a key twice)")
    return value


def load_typed(data: bytes, code: str, what: str) -> Any:
    """Return the value of bytes whose hash was checked; the caller checks every type that it uses.

    Canonical form was checked when the pack was imported (step 10), so a scan does not check it again.

    Raises:
        CorpusError: not JSON.
    """
    return _parse(data, code, what)


def _parse(data: bytes, code: str, what: str) -> Any:
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except _NarrowedError as error:
        raise CorpusError(code, f"{what}: {error.args[0]}") from error
    except UnicodeDecodeError as error:
        raise CorpusError(code, f"{what}: not UTF-8") from error
    except RecursionError as error:
        raise CorpusError(code, f"{what}: {_TOO_DEEP}") from error
    except ValueError as error:
        raise CorpusError(code, f"{what}: not JSON") from error


_TOO_DEEP = f"more than {MAX_DEPTH} levels of nesting"


class _NarrowedError(ValueError):
    """A value that JSON knows and the narrowed form does not."""


def _refuse_number(_text: str) -> NoReturn:
    raise _NarrowedError("a number that is not a whole number")


_DECODER = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number)


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise _NarrowedError("an integer of 2^53 or more")
    elif value is not None:
        if depth > MAX_DEPTH:
            raise _NarrowedError(_TOO_DEEP)
        _check_container(value, depth)


def _check_container(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise _NarrowedError("an object key that is not ASCII")
        value = value.values()
    for item in value:
        _check(item, depth + 1)


def _check_text(text: str) -> None:
    if not text.isascii() and not is_normalized("NFC", text):
        raise _NarrowedError("a string that is not in Unicode normalisation form C")
