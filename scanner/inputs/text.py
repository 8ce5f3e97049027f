"""From bytes to values: UTF-8 and JSON, read so that hostile input ends in a ``ParseError``.

What can be read in spite of a defect is read, and the defect is noted: a byte-order mark, a key that stands twice.
Details never quote an interpreter's own message or position: these differ between Python versions, and a gap is part
of the result.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any, NamedTuple

from assay.scanner.errors import ParseError
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Gap

MAX_DEPTH = 200
"""Levels of nesting; checked before a parser that recurses sees the bytes (design: what must always be true, 1)."""

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is parsed; the largest lockfiles met in public projects are about 10 MB."""

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONFLICT_MARKS = tuple(
    re.compile(mark, re.MULTILINE) for mark in (rb"^<{7}(?: .*)?\r?$", rb"^={7}\r?$", rb"^>{7}(?: |\r?$)")
)
_JSON_STRING = lazy(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SURROGATE = lazy(r"[\ud800-\udfff]")
_SURROGATE_ESCAPE = lazy(rb"\\u[dD][89a-fA-F]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NOT_JSON_MARKS = bytes(set(_NOT_BRACKETS) - set(b'"'))
_FEW_ROUNDS = 20
_STEP = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")


class Loaded(NamedTuple):
    """A value and what was wrong with it although it could be read: (reason, detail) of each defect.

    ``duplicates`` are the object keys that stood twice; the last one counts, as for the package managers.
    """

    value: Any
    notes: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[str, ...] = ()

    def gaps(self, path: str) -> tuple[Gap, ...]:
        """Return the notes and the duplicate keys as gaps of the file at ``path``."""
        doubled = tuple(("duplicate-key", f"the key {json.dumps(key)} stands twice") for key in self.duplicates)
        return tuple(Gap(path, reason, detail) for reason, detail in (*self.notes, *doubled))


def decode(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text of UTF-8 bytes, and a note if a byte-order mark was dropped.

    Raises:
        ParseError: too large, UTF-16 or UTF-32, a NUL byte, not UTF-8, or with merge-conflict markers.
    """
    body, notes = readable(data)
    return body.decode("utf-8"), notes


def readable(data: bytes) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return bytes that are UTF-8, and the note, as ``decode`` does. Raises as ``decode``."""
    if len(data) > MAX_BYTES:
        raise ParseError("too-large", f"more than {MAX_BYTES} bytes")
    notes: tuple[tuple[str, str], ...] = ()
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
        notes = (("byte-order-mark", "starts with a byte-order mark; save it as UTF-8 without one"),)
    if data.startswith(_WIDE_BOMS) or b"\x00" in data:
        raise ParseError("not-utf8", "UTF-16, UTF-32 or binary; save it as UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError("not-utf8", f"invalid UTF-8 at byte {error.start}") from error
    if b"<<<<<<<" in data and _has_conflict(data):
        raise ParseError("merge-conflict", "holds merge-conflict markers; resolve the merge")
    return data, notes


def _has_conflict(data: bytes) -> bool:
    """Say whether git's three marks follow one another, in time that grows with the length alone."""
    place = 0
    for mark in _CONFLICT_MARKS:
        found = mark.search(data, place)
        if found is None:
            return False
        place = found.end()
    return True


def load_json(data: bytes) -> Loaded:
    """Read one JSON document. Numbers with a fraction or of more than 18 digits come back as their text.

    Raises:
        ParseError: as ``decode``; also too deep, NaN or Infinity, lone surrogates, truncated or otherwise not JSON.
    """
    body, notes = readable(data)
    check_depth(body, _JSON_STRING)
    duplicates: list[str] = []

    def pairs_to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            duplicates.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return result

    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=pairs_to_dict,
            parse_int=_integer,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise not_valid(body, "JSON") from error
    if _SURROGATE_ESCAPE.search(body):
        _refuse_surrogates(value)
    return Loaded(value, notes, tuple(sorted(set(duplicates))))


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= 18 else text


def _refuse_constant(name: str) -> None:
    raise ParseError("syntax", f"{name} is not JSON")


def not_valid(body: bytes, language: str) -> ParseError:
    """Return the error of bytes that are not what their format asks for: empty, cut off, or wrong elsewhere."""
    text = body.rstrip()
    if not text:
        return ParseError("empty", f"empty, not {language}")
    if language == "JSON" and text[-1:] not in b"]}":
        return ParseError("truncated", "not valid JSON: cut off, or with something after its end")
    return ParseError("syntax", f"not valid {language}")


def check_depth(body: bytes, quiet: re.Pattern[bytes]) -> None:
    """Count brackets outside ``quiet`` (strings, comments). Cheap first: few brackets cannot nest deeply.

    Without a backslash no quote is escaped, so that all but quotes and brackets can go before strings are told apart.
    Two quotes side by side are then an empty string, or the end of one string and the start of the next: both can go.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    if quiet is _JSON_STRING and b"\\" not in body:
        body = body.translate(None, _NOT_JSON_MARKS).replace(b'""', b"")
    brackets = quiet.sub(b"", body).translate(None, _NOT_BRACKETS)
    if _is_shallow(brackets):
        return
    if max(accumulate(step - 1 for step in brackets.translate(_STEP))) > MAX_DEPTH:
        raise ParseError("too-deep", f"more than {MAX_DEPTH} levels of nesting")


def _is_shallow(brackets: bytes) -> bool:
    """Say whether brackets are balanced and nest in a few levels: each round takes off the innermost one or two."""
    for _ in range(_FEW_ROUNDS):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not brackets


def _refuse_surrogates(value: Any) -> None:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.keys())
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, str) and _SURROGATE.search(item):
            raise ParseError("not-utf8", "a string holds half of a surrogate pair")
