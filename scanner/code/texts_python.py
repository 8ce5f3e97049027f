"""Python's library functions that make text of patterns, templates, buffers and literals.

Each takes the machine, the frame, the arguments and the callee, and returns the value, or None where it is not known.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from assay.scanner.code.access import elements
from assay.scanner.code.assemble import join_items
from assay.scanner.code.callbacks_python import sub as plain_sub
from assay.scanner.code.methods_python import METHODS
from assay.scanner.code.values import (
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Mapping,
    Partial,
    Reference,
    Unknown,
    Value,
    blob,
    merge,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_ATOM = r"(?:\[\^?[\w \-.,:;#@!%&=/<>~+*'\"|{}()$?]+\]|\\[dDsSwW]|\\[^\w\s]|[\w \-:;,=<>!@#%&~'\"/])"
_SAFE = re.compile(rf"{_ATOM}[+*]?|(?:{_ATOM}|\.){{1,40}}")
"""Patterns that are matched in a time that grows with the text alone: one atom repeated, or atoms that are not."""

_LONGEST = 1 << 20
_FIELD = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\}|(?P<dollar>\$))")


def _pattern(arguments: Arguments, at: int) -> tuple[re.Pattern[str], Constant] | None:
    """A pattern that is safe to match, and the text that it is matched with."""
    written, subject = text(arguments.get(0, "pattern")), arguments.get(at, "string")
    if written is None or not isinstance(subject, Constant) or not isinstance(subject.value, str):
        return None
    if not _SAFE.fullmatch(written) or len(subject.value) > _LONGEST:
        return None
    try:
        return re.compile(written), subject
    except re.error:
        return None


def sub(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``re.sub(pattern, new, text)`` with a simple pattern."""
    found, new = _pattern(arguments, 2), text(arguments.get(1, "repl"))
    if (
        found is None
        or new is None
        or "\\" in new
        or not machine.budget.room(len(str(found[1].value)) * (len(new) + 1))
    ):
        return plain_sub(machine, frame, arguments, callee)
    pattern, subject = found
    return Constant(pattern.sub(new, str(subject.value)), subject.taints, merge((subject,), "replace"))


def pieces(name: str) -> Builtin:
    """``re.findall(pattern, text)`` and ``re.split`` with a simple pattern."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        found = _pattern(arguments, 1)
        if found is None or len(arguments.positional) > 2:
            return None
        pattern, subject = found
        made = getattr(pattern, name)(str(subject.value))
        steps = merge((subject,), "split")
        return Items("list", [Constant(piece, subject.taints, steps) for piece in made])

    return fold


def substitute(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``string.Template(text).substitute(…)``."""
    given = callee.origin.get(0) if isinstance(callee, Reference) and callee.origin is not None else None
    written = text(given)
    if written is None or given is None or len(written) > 65536:
        return None
    mapping = arguments.get(0)
    values = dict(mapping.entries) if isinstance(mapping, Mapping) else {}
    values.update(dict(arguments.keywords))
    parts: list[Value] = []
    end = 0
    for field in _FIELD.finditer(written):
        parts.append(Constant(written[end : field.start()]))
        name = field["plain"] or field["braced"]
        parts.append(Constant("$") if name is None else values.get(name, UNKNOWN))
        end = field.end()
    parts.append(Constant(written[end:]))
    made = join_items(Constant(""), Items("list", parts), machine.budget)
    return made._replace(steps=merge(parts, "format")) if isinstance(made, Constant | Partial) else made


def buffer(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``io.BytesIO(…)`` and ``io.StringIO(…)``: a sequence of what is written."""
    given = arguments.get(0)
    return Items("buffer", [] if given is None else [given])


def _content(machine: Machine, receiver: Items) -> Value:
    """What a buffer holds."""
    if len(receiver.items) == 1 and receiver.rest is None:
        return receiver.items[0]
    is_bytes = any(isinstance(item, Constant) and isinstance(item.value, bytes) for item in receiver.items)
    made = join_items(Constant(b"" if is_bytes else ""), receiver, machine.budget)
    return Unknown(receiver.taints) if made is None else made


def read(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``buffer.getvalue()`` and ``buffer.read()``."""
    if not isinstance(receiver, Items) or receiver.kind != "buffer":
        return None
    return _content(machine, receiver)


def write(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``buffer.write(data)``."""
    value = arguments.get(0)
    if isinstance(receiver, Items) and receiver.kind == "buffer" and value is not None:
        return METHODS["append"](machine, frame, Arguments((value,)), receiver)
    return None


def gunzip(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``gzip.GzipFile(fileobj=buffer).read()``, ``gzip.open(buffer).read()``."""
    origin = callee.origin if isinstance(callee, Reference) else None
    given = None if origin is None else origin.get(-1, "fileobj") or origin.get(0)
    if not isinstance(given, Items) or given.kind != "buffer":
        return None
    return machine.call(frame, Reference("gzip.decompress"), _content(machine, given))


def literal(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``ast.literal_eval(text)``: a list, tuple or dict of text and numbers."""
    given = arguments.get(0)
    data = blob(given)
    if data is None or given is None or len(data) > 1 << 20 or sum(data.count(char) for char in b"[({-+") > 5000:
        return None
    try:
        return _lifted(ast.literal_eval(data.decode("utf-8", "replace").strip()), given, 0)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _lifted(found: object, given: Value, depth: int) -> Value:
    if depth > 20:
        return Unknown(given.taints)
    if isinstance(found, list | tuple | set | frozenset):
        kind = type(found).__name__
        items = sorted(found, key=repr) if isinstance(found, set | frozenset) else found
        return Items(kind, [_lifted(item, given, depth + 1) for item in items])
    if isinstance(found, dict):
        pairs = {key: _lifted(value, given, depth + 1) for key, value in found.items() if isinstance(key, str | int)}
        return Mapping({key: value for key, value in pairs.items()})  # noqa: C416 - the key's type widens
    if isinstance(found, str | bytes | int | float | None):
        return Constant(found, given.taints, given.steps)
    return UNKNOWN


def accumulate(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``itertools.accumulate(x, f)``."""
    found, rest = elements(arguments.get(0) or UNKNOWN)
    if found is None or rest is not None or not found:
        return None
    function = arguments.get(1, "func") or Reference("operator.add")
    made = [found[0]]
    for item in found[1:4096]:
        if not machine.budget.spend(2):
            return None
        made.append(machine.call(frame, function, made[-1], item))
    return Items("list", made)


TEXTS: dict[str, Builtin] = {
    "re.sub": sub,
    "re.findall": pieces("findall"),
    "re.split": pieces("split"),
    "string.Template().substitute": substitute,
    "string.Template().safe_substitute": substitute,
    "io.BytesIO": buffer,
    "io.StringIO": buffer,
    "gzip.GzipFile().read": gunzip,
    "gzip.open().read": gunzip,
    "ast.literal_eval": literal,
    "itertools.accumulate": accumulate,
}
TEXT_METHODS: dict[str, Builtin] = {"getvalue": read, "getbuffer": read, "read": read, "write": write}
