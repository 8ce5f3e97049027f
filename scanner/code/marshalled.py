"""Names and strings of marshalled code objects, without loading any of it.

The format is that of CPython's Python/marshal.c; the fields of a code object, in order, are taken from its w_object of
the releases that changed them (3.8 to 3.14, and 2.7). The reader walks the stream with a stack of its own, so nesting
costs no recursion, and stops at MAX_OBJECTS.
"""

from __future__ import annotations

from assay.scanner.lazy_pattern import lazy

MAX_OBJECTS = 100_000
MAX_STRINGS = 5_000

# Each letter is one field: l a 32-bit integer, o an object.
_LAYOUTS = (
    "lllll" + "oooooooo" + "l" + "oo",  # 3.11 and later
    "llllll" + "oooooooo" + "l" + "o",  # 3.8 to 3.10
    "lllll" + "oooooooo" + "l" + "o",  # 3.0 to 3.7
    "llll" + "oooooooo" + "l" + "o",  # 2.7
)
_TEXT_TYPES = frozenset(b"satAuzZ")
_PLAIN = lazy(rb"[\x20-\x7e]{4,}")


def strings(data: bytes) -> tuple[str, ...]:
    """The names and strings in marshalled data, in order, each once.

    A leading header of a .pyc file is skipped. Where no layout of code objects fits to the end, the printable runs of
    the data are given.
    """
    best: list[str] = []
    for start in (0, 16, 12, 8):
        for layout in _LAYOUTS:
            found, complete = _walk(data, start, layout)
            if complete:
                return tuple(dict.fromkeys(found))[:MAX_STRINGS]
            best = max(best, found, key=len)
        if data[start : start + 1] in {b"c", b"\xe3"}:
            break
    runs = [match[0].decode("ascii") for match in _PLAIN.finditer(data[: 1 << 20])]
    return tuple(dict.fromkeys(best + runs))[:MAX_STRINGS]


def _walk(data: bytes, at: int, layout: str) -> tuple[list[str], bool]:
    """Strings from ``at`` on, and whether one whole object was read."""
    found: list[str] = []
    todo = ["o"]
    for _ in range(MAX_OBJECTS):
        if not todo:
            return found, True
        if todo.pop() == "l":
            at += 4
            continue
        if at >= len(data):
            return found, False
        kind = data[at] & 0x7F
        at += 1
        if kind in _TEXT_TYPES or kind in b"iIgfylxr":
            after = _plain_object(data, at, kind, found)
            if after is None:
                return found, False
            at = after
        elif kind in b"NFT.S0":
            if kind == 0x30 and todo:
                _end_of_dict(todo)
        else:
            more, used = _container(data, at, kind, layout)
            if more is None or len(todo) + len(more) > MAX_OBJECTS:
                return found, False
            at += used
            todo.extend(reversed(more))
    return found, False


def _plain_object(data: bytes, at: int, kind: int, found: list[str]) -> int | None:
    """Go past an object without parts, whose text is added to ``found``; None where the data ends."""
    size = _size(data, at, kind)
    if size is None:
        return None
    head, body = size
    if kind in _TEXT_TYPES and at + head + body <= len(data) and 1 <= body <= 1 << 20:
        written = data[at + head : at + head + body].decode("utf-8", "replace")
        if written.isprintable() or (written.split() and "\0" not in written and "\ufffd" not in written):
            found.append(written)
    return at + head + body


def _end_of_dict(todo: list[str]) -> None:
    """A null ends a dict, which is read as pairs without end."""
    while todo and todo[-1] == "d":
        todo.pop()


def _size(data: bytes, at: int, kind: int) -> tuple[int, int] | None:
    """Length of the head and the body of an object without parts; None when the data ends before."""
    fixed = {ord("i"): 4, ord("I"): 8, ord("g"): 8, ord("y"): 16, ord("r"): 4}
    if kind in fixed:
        return (0, fixed[kind])
    if kind in b"zZfx":
        return (1, data[at]) if at < len(data) else None
    if at + 4 > len(data):
        return None
    count = int.from_bytes(data[at : at + 4], "little", signed=True)
    if kind == ord("l"):
        return (4, 2 * abs(count))
    return (4, count) if 0 <= count <= len(data) else None


def _container(data: bytes, at: int, kind: int, layout: str) -> tuple[list[str] | None, int]:
    """The fields of an object with parts, and the length of its head; None when it is none."""
    if kind == ord("c"):
        return list(layout), 0
    if kind == ord(")"):
        return (["o"] * data[at], 1) if at < len(data) else (None, 0)
    if kind in b"([<>" and at + 4 <= len(data):
        count = int.from_bytes(data[at : at + 4], "little")
        return (["o"] * count, 4) if count <= len(data) else (None, 0)
    return None, 0
