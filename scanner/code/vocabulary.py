"""The shape of a language's vocabulary: which qualified names are sources, sinks, and synonyms of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable


AFTER_THE_CALLBACK = -2
"""Position of callback arguments that are the positional ones which follow the callback."""


class Role(NamedTuple):
    """What an argument is to a sink: by position (negative for none) or keyword ("" for none)."""

    role: str
    position: int
    keyword: str = ""


class Entry(NamedTuple):
    """What a call of a qualified name does: its sink kind, the source kind of its result, the roles of its arguments.

    ``receiver`` is the role of the first argument of the call that made the receiver ("" for none): the path of
    ``open(path).write(data)``; "data" where a call sends what the receiver holds. ``callbacks`` are the
    arguments that it calls: (position, keyword), and ``callback_arguments`` where their arguments stand.
    """

    sink: str = ""
    source: str = ""
    roles: tuple[Role, ...] = ()
    receiver: str = ""
    callbacks: tuple[tuple[int, str], ...] = ()
    callback_arguments: tuple[int, str] = (-1, "")


class Vocabulary(NamedTuple):
    """All that is known of a language's names."""

    builtins: frozenset[str]
    calls: dict[str, Entry]
    attributes: dict[str, str]
    """Source kinds of values that are merely read, such as ``os.environ``."""
    constants: dict[str, str]
    """Attributes that are known text, such as ``string.ascii_lowercase``."""
    canonical: dict[str, str]
    """Synonyms of whole names and of modules."""
    clean: frozenset[str]
    """Calls whose result tells nothing of their arguments, such as ``len``."""
    folders: frozenset[str]
    """Environment variables that name a folder and are no secret."""
    sensitive: dict[str, str]
    """Text that means something as a whole, lower case: its kind."""
    patterns: re.Pattern[str]
    """Text that means something wherever it stands; the name of the group is its kind."""
    credentials: re.Pattern[str]
    """Paths of files that hold credentials or private data."""


def entries(names: str, entry: Entry) -> Iterable[tuple[str, Entry]]:
    """One entry for several names, which stand in one text. ``a.{b,c}`` is short for ``a.b a.c``, in each place."""
    todo = names.split()[::-1]
    while todo:
        name = todo.pop()
        head, brace, tail = name.partition("{")
        if not brace:
            yield name, entry
            continue
        inner, _, end = tail.partition("}")
        todo += [f"{head}{choice}{end}" for choice in reversed(inner.split(","))]


def united(groups: Iterable[tuple[str, Entry]]) -> dict[str, Entry]:
    """One table of all entries; a name that stands in several is source and sink, with the roles of each."""
    table: dict[str, Entry] = {}
    for name, entry in groups:
        old = table.get(name)
        table[name] = (
            entry
            if old is None
            else Entry(
                old.sink or entry.sink,
                old.source or entry.source,
                old.roles or entry.roles,
                old.receiver or entry.receiver,
                old.callbacks or entry.callbacks,
                old.callback_arguments if old.callbacks else entry.callback_arguments,
            )
        )
    return table
