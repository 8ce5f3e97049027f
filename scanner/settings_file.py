"""Files in which the invoker says what he wants: read, checked against a JSON Schema, refused in one line.

A line names the file and the key (``rules[3].when.trigger``). Where a schema's own words help more than its keyword,
they stand beside the keyword as ``$comment``.
"""

from __future__ import annotations

import difflib
import json
import os
from typing import TYPE_CHECKING, Any, TypeVar

import jsonschema

from assay.scanner.errors import ParseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.scanner.inputs.text import Loaded

_Read = TypeVar("_Read")


def load_schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema (2020-12) that ships beside this module."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def read(path: str, parse: Callable[[bytes], _Read], advice: str) -> _Read:
    """Return what ``parse`` makes of the bytes of the file at ``path``.

    Raises:
        UsageError: it cannot be read, or ``parse`` raises this or ParseError; one line, with ``advice``.
    """
    try:
        with open(path, "rb") as file:
            return parse(file.read())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; {advice}") from error
    except ParseError as error:
        raise UsageError(f"{path}: {error.detail}") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def check(loaded: Loaded, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a document that fits a schema of objects; nothing at all is an empty object.

    Raises:
        UsageError: a key stands twice, or the content does not fit; the first place that is wrong.
    """
    if loaded.duplicates:
        raise UsageError(f"the key {loaded.duplicates[0]!r} stands twice")
    content: dict[str, Any] = loaded.value if loaded.value is not None else {}
    errors = jsonschema.Draft202012Validator(schema).iter_errors(content)
    first = min(errors, key=lambda error: list(error.absolute_path), default=None)
    if first is not None:
        raise UsageError(_explain(first))
    return content


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return ``did you mean …?`` with the known word that is closest in any case, or ``otherwise`` if none is."""
    folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), folded, 1)
    return f"did you mean {folded[close[0]]!r}?" if close else otherwise


def _explain(error: Any) -> str:
    place = error.json_path.removeprefix("$").lstrip(".") or "the file"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = sorted(error.schema.get("properties", ()))
        unknown = min(set(error.instance) - set(known))
        hint = suggestion(unknown, known, "known are " + ", ".join(known))
        return f"{place}: unknown key {unknown!r}; {hint}"
    if error.validator == "enum":
        return f"{place}: {error.instance!r} is none of {_choice(error.instance, error.validator_value)}"
    if error.validator in ("required", "dependentRequired"):
        return f"{place}: {error.message.partition(' is a ')[0]} is missing"
    if error.validator == "type":
        return f"{place}: not {error.validator_value}"
    said = error.schema.get("$comment", f"does not hold: {error.validator}")
    return f"{place}: {said}" if isinstance(error.instance, dict | list) else f"{place}: {error.instance!r} {said}"


def _choice(given: Any, values: list[str]) -> str:
    known = list(dict.fromkeys(value.lower() for value in values))
    hint = suggestion(given, known, "") if isinstance(given, str) else ""
    return ", ".join(known) + (f"; {hint}" if hint else "")
