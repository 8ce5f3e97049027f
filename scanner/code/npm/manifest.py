"""package.json as npm and node read it: the fields that say what of a package runs, and when.

Fields: npm's documentation, page package-json, and node's, "Modules: Packages". Pure; never raises.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Place
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
"""Objects and arrays inside of one another that are read."""

_LARGEST = 4 << 20
_TEXT = lazy(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_KEY = r'"{}"\s*:'
MOST_SCRIPTS = 2_000
_LONGEST_NAME = 200
_SHOWN = 4_000
"""Strings of a manifest that scripts can ask for by ``$npm_package_…``."""


class Manifest(NamedTuple):
    """A package.json: its path, the folder that it lies in (with a slash, "" for none), its fields and its text.

    ``scripts`` are its scripts by name, ``MOST_SCRIPTS`` of them.
    """

    path: str
    folder: str
    fields: dict[str, object]
    text: str
    scripts: dict[str, str]

    @property
    def name(self) -> str:
        """The package's own name, "" if it has none."""
        name = self.fields.get("name")
        return name if isinstance(name, str) else ""

    def place(self, script: str) -> Place:
        """Return where the line of a script stands."""
        start = max(self.text.find('"scripts"'), 0)
        key = re.compile(_KEY.format(re.escape(script))).search(self.text, start)
        at = key.start() if key else start
        return Place(self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at))

    def variables(self) -> dict[str, str]:
        """Return what scripts find in their environment (npm's documentation, page scripts, "environment")."""
        found = {"NODE": "node", "npm_node_execpath": "node", "npm_execpath": "npm"}
        todo: list[tuple[str, object]] = [("npm_package", self.fields)]
        while todo and len(found) < _SHOWN:
            name, value = todo.pop()
            if isinstance(value, dict) and len(name) <= _LONGEST_NAME:
                todo += [(f"{name}_{key}", inner) for key, inner in value.items()]
            elif isinstance(value, str):
                found[re.sub(r"\W", "_", name)] = value
        return found


def manifest(path: str, data: bytes) -> Manifest | None:
    """Read a package.json; None for one that npm could not read either, and for one that is nested too deep."""
    text = data[:_LARGEST].decode("utf-8", "replace").removeprefix("\ufeff")
    if _is_deep(text):
        return None
    try:
        fields = json.loads(text, strict=False, parse_int=_no_number)
    except (ValueError, RecursionError):
        return None
    folder = path[: path.rfind("/") + 1]
    if not isinstance(fields, dict):
        return None
    named = fields.get("scripts")
    scripts = list(named.items())[:MOST_SCRIPTS] if isinstance(named, dict) else []
    return Manifest(path, folder, fields, text, {name: line for name, line in scripts if isinstance(line, str)})


def _no_number(_digits: str) -> int:
    """No field that is read is a number; Python refuses those of many digits, how many is up to the environment."""
    return 0


def _is_deep(text: str) -> bool:
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", _TEXT.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def strings(value: object, skipped: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the texts in a value with the last key that leads to each; keys that begin as ``skipped`` lead nowhere."""
    todo: list[tuple[str, object]] = [("", value)]
    while todo:
        key, found = todo.pop()
        if isinstance(found, str):
            yield key, found
        elif isinstance(found, list):
            todo += [(key, one) for one in reversed(found)]
        elif isinstance(found, dict):
            todo += [(name, one) for name, one in reversed(found.items()) if not name.startswith(skipped or "\0")]
