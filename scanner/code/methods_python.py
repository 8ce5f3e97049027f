"""Methods of known text, bytes, sequences and mappings. Each takes the receiver as its callee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.assemble import format_fields, join_items, parts_of
from assay.scanner.code.budget import ITEMS
from assay.scanner.code.containers_python import CONTAINER_METHODS
from assay.scanner.code.decode import decode_bytes, encode_text
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Constant,
    Items,
    Mapping,
    Partial,
    Value,
    blob,
    choose,
    integer,
    merge,
    taints_of,
    text,
)
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

Text = str | bytes


def _plain(value: Value | None) -> Text | None:
    """Text or bytes of a constant."""
    if isinstance(value, Constant) and isinstance(value.value, str | bytes):
        return value.value
    return None


def _case(name: str, step: str) -> Builtin:
    """Methods without arguments that give text: case, stripping."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        if isinstance(receiver, Partial) and not arguments.positional and step == "case":
            parts = tuple(getattr(part, name)() if hasattr(part, name) else None for part in receiver.parts)
            return Partial(parts, receiver.taints, merge((receiver,), step))
        written = _plain(receiver)
        given = [_plain(value) for value in arguments.positional]
        if written is None or any(type(value) is not type(written) for value in given):
            return None
        try:
            made: Text = getattr(written, name)(*given)
        except (AttributeError, TypeError):
            return None
        if not machine.budget.room(len(made)):
            return None
        return Constant(made, taints_of((receiver, *arguments.positional)), merge((receiver,), step))

    return fold


def _split(name: str) -> Builtin:
    """``split``, ``rsplit``, ``splitlines``, ``partition``, ``rpartition``."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written = _plain(receiver)
        if written is None or arguments.keywords:
            return None
        given = [value.value if isinstance(value, Constant) else value for value in arguments.positional]
        try:
            pieces = getattr(written, name)(*given)
        except (OverflowError, TypeError, ValueError):
            return None
        if len(pieces) > ITEMS:
            return None
        steps = merge((receiver,), "split")
        kind = "tuple" if name.endswith("partition") else "list"
        return Items(kind, [Constant(piece, receiver.taints, steps) for piece in pieces])

    return fold


def _asked(name: str) -> Builtin:
    """Methods that give a number or a truth value."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written = _plain(receiver)
        if isinstance(receiver, Items) and name in {"index", "count"}:
            wanted = arguments.get(0)
            if not isinstance(wanted, Constant) or receiver.rest is not None:
                return None
            known = [item.value for item in receiver.items if isinstance(item, Constant)]
            if len(known) != len(receiver.items) or (name == "index" and wanted.value not in known):
                return None
            return Constant(known.index(wanted.value) if name == "index" else known.count(wanted.value))
        if written is None or not all(isinstance(value, Constant) for value in arguments.positional):
            return None
        try:
            made = getattr(written, name)(*[v.value for v in arguments.positional if isinstance(v, Constant)])
        except (AttributeError, OverflowError, TypeError, ValueError):
            return None
        return Constant(made, receiver.taints, receiver.steps) if isinstance(made, int | bool) else None

    return fold


def replace(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``replace(old, new)``; in partial text the known parts are replaced in."""
    old, new = _plain(arguments.get(0)), _plain(arguments.get(1))
    if old is None or new is None or type(old) is not type(new):
        return None
    limit = integer(arguments.get(2))
    parts: list[Text | None] = []
    for part in parts_of(receiver):
        if part is None or type(part) is not type(old):
            parts.append(None)
            continue
        count = part.count(old) if old else len(part) + 1  # type: ignore[arg-type]
        if not machine.budget.room(len(part) + count * len(new)):
            return None
        parts.append(part.replace(old, new, -1 if limit is None else limit))  # type: ignore[arg-type]
    if all(part is None for part in parts):
        return None
    taints, steps = taints_of((receiver, *arguments.positional)), merge((receiver, *arguments.positional), "replace")
    return Constant(parts[0], taints, steps) if len(parts) == 1 else Partial(tuple(parts), taints, steps)


def join_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``separator.join(items)``."""
    items = arguments.get(0)
    return None if items is None else join_items(receiver, items, machine.budget)


def format_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``pattern.format(…)``."""
    pattern = text(receiver)
    return None if pattern is None else format_fields(pattern, receiver.steps, arguments, machine.budget)


def format_map(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``pattern.format_map(mapping)``."""
    given = arguments.get(0)
    if not isinstance(given, Mapping):
        return None
    named = tuple((key, value) for key, value in given.entries.items() if isinstance(key, str))
    return format_(machine, frame, Arguments((), named), receiver)


def decode(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``data.decode(encoding)``."""
    encoding = arguments.get(0, "encoding")
    name = text(encoding) if encoding is not None else "utf-8"
    if isinstance(receiver, Partial):
        parts = tuple(part.decode("latin-1") if isinstance(part, bytes) else part for part in receiver.parts)
        return Partial(parts, receiver.taints, receiver.steps)
    if isinstance(receiver, Items) and receiver.kind == "bytearray":
        receiver = Constant(blob(receiver), receiver.taints, merge((receiver, *receiver.items)))
    data = _plain(receiver)
    if name is None or data is None:
        return None
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    found = decode_bytes(data, name)
    if found is None or not machine.budget.room(len(found[0])):
        return None
    return Constant(found[0], receiver.taints, merge((receiver,), found[1]))


def encode(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.encode(encoding)``."""
    encoding = arguments.get(0, "encoding")
    name = text(encoding) if encoding is not None else "utf-8"
    if isinstance(receiver, Partial):
        parts = tuple(part.encode("utf-8", "replace") if isinstance(part, str) else part for part in receiver.parts)
        return Partial(parts, receiver.taints, receiver.steps)
    written = text(receiver)
    if name is None or written is None:
        return None
    found = encode_text(written, name)
    if found is None or not machine.budget.room(len(found[0])):
        return None
    return Constant(found[0], receiver.taints, merge((receiver,), found[1]))


def translate(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``text.translate(table)``; the table is a mapping as ``maketrans`` makes it, or 256 bytes."""
    written, table = _plain(receiver), arguments.get(0)
    if isinstance(written, bytes):
        data, dropped = _plain(table), _plain(arguments.get(1, "delete"))
        plain = data if isinstance(data, bytes) and len(data) == 256 else None
        if plain is None and not (isinstance(table, Constant) and table.value is None):
            return None
        made = written.translate(plain, dropped if isinstance(dropped, bytes) else b"")
        return Constant(made, receiver.taints, merge((receiver,), "translate"))
    if not isinstance(written, str) or not isinstance(table, Mapping):
        return None
    pairs: dict[int, str | int | None] = {}
    for key, value in table.entries.items():
        if (
            isinstance(key, int)
            and isinstance(value, Constant)
            and (value.value is None or isinstance(value.value, str | int))
        ):
            pairs[key] = value.value
    longest = max((len(value) for value in pairs.values() if isinstance(value, str)), default=1)
    if not machine.budget.room(len(written) * max(longest, 1)):
        return None
    return Constant(written.translate(pairs), receiver.taints, merge((receiver,), "translate"))


def maketrans(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``str.maketrans(…)`` and ``bytes.maketrans(…)``."""
    first, second, third = (arguments.get(at) for at in range(3))
    if isinstance(first, Mapping):
        entries = {
            ord(key) if isinstance(key, str) and len(key) == 1 else key: value for key, value in first.entries.items()
        }
        return Mapping(entries, merge((first,)))
    one, two, gone = _plain(first), _plain(second), _plain(third)
    if isinstance(one, bytes) and isinstance(two, bytes) and len(one) == len(two):
        return Constant(bytes.maketrans(one, two))
    if not isinstance(one, str) or not isinstance(two, str) or len(one) != len(two):
        return None
    made: dict[str | bytes | int | float | bool | None, Value] = {
        ord(a): Constant(ord(b)) for a, b in zip(one, two, strict=True)
    }
    made |= {ord(char): NONE for char in gone or "" if isinstance(char, str)}
    return Mapping(made)


def hex_(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``data.hex()``."""
    data = _plain(receiver)
    if not isinstance(data, bytes) or arguments.positional:
        return None
    return Constant(data.hex(), receiver.taints, merge((receiver,), "hex"))


def to_bytes(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
    """``number.to_bytes(length, order)``."""
    number, length = integer(receiver), integer(arguments.get(0, "length") or Constant(1))
    order = text(arguments.get(1, "byteorder") or Constant("big"))
    if number is None or length is None or order not in {"big", "little"} or not 0 <= length <= 1 << 20:
        return None
    try:
        made = number.to_bytes(length, "big" if order == "big" else "little")
    except OverflowError:
        return None
    return Constant(made, receiver.taints, merge((receiver,), "arithmetic"))


_PADDED: dict[str, Callable[[str, int, str], str]] = {
    "zfill": lambda written, width, fill: written.zfill(width),
    "ljust": lambda written, width, fill: written.ljust(width, fill),
    "rjust": lambda written, width, fill: written.rjust(width, fill),
    "center": lambda written, width, fill: written.center(width, fill),
    "expandtabs": lambda written, width, fill: written.expandtabs(min(width, 64)),
}


def _pad(name: str) -> Builtin:
    def fold(machine: Machine, frame: Frame, arguments: Arguments, receiver: Value) -> Value | None:
        written, width = text(receiver), integer(arguments.get(0) or Constant(8))
        fill = text(arguments.get(1) or Constant(" "))
        if written is None or width is None or fill is None or len(fill) != 1 or not machine.budget.room(width):
            return None
        return Constant(_PADDED[name](written, width, fill), receiver.taints, receiver.steps)

    return fold


METHODS: dict[str, Builtin] = {
    **{name: _case(name, "case") for name in ("lower", "upper", "title", "capitalize", "swapcase", "casefold")},
    **{name: _case(name, "strip") for name in ("strip", "lstrip", "rstrip", "removeprefix", "removesuffix")},
    **{name: _split(name) for name in ("split", "rsplit", "splitlines", "partition", "rpartition")},
    **{name: _asked(name) for name in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith",
                                       "isdigit", "isalpha", "isalnum", "isupper", "islower", "isspace", "isdecimal",
                                       "isnumeric", "isascii", "isidentifier", "bit_length")},
    **{name: _pad(name) for name in _PADDED},
    **CONTAINER_METHODS,
    "replace": replace, "join": join_, "format": format_, "format_map": format_map, "decode": decode,
    "encode": encode, "translate": translate, "maketrans": maketrans, "hex": hex_, "to_bytes": to_bytes,
}  # fmt: skip

_LITERAL = lazy(r"[\w\s\-/:;,=<>!@#%&~'\"]*")


def sub(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``re.sub(pattern, new, text)`` where the pattern is plain text: no pattern of a stranger is matched."""
    pattern, new, subject = text(arguments.get(0)), text(arguments.get(1)), arguments.get(2)
    if pattern is None or new is None or subject is None or "\\" in new or not _LITERAL.fullmatch(pattern):
        return None
    return replace(machine, frame, Arguments((Constant(pattern), Constant(new))), subject)


def unbound(name: str) -> Builtin:
    """``str.join(separator, items)``: a method taken from its class."""

    def fold(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        receiver = arguments.get(0)
        if receiver is None:
            return None
        return METHODS[name](machine, frame, arguments._replace(positional=arguments.positional[1:]), receiver)

    return fold


METHOD_BUILTINS: dict[str, Builtin] = {
    f"builtins.{kind}.{name}": unbound(name)
    for kind in ("str", "bytes", "bytearray", "list", "dict")
    for name in METHODS
}
METHOD_BUILTINS |= {
    "builtins.str.maketrans": maketrans, "builtins.bytes.maketrans": maketrans, "string.maketrans": maketrans,
    "builtins.bytearray.maketrans": maketrans, "re.sub": sub, "builtins.int.to_bytes": unbound("to_bytes"),
    "string.join": lambda m, f, a, c: join_items(a.get(1) or Constant(" "), a.get(0) or UNKNOWN, m.budget),
}  # fmt: skip

__all__ = ["METHODS", "METHOD_BUILTINS", "choose"]
