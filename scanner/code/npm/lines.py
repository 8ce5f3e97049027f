"""Lines of shell as they are judged: what each runs, with what is known put in and what only prints left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.npm.effects import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.scanner.code.npm.words import Simple

_PRINTS = frozenset({"echo", "printf", "rem", "write-host", "write-output", ":", "true", "false", "title", "::"})
_LONGEST = 65_536
_SEARCHED = 8_192
"""Characters of a line up to which its words are looked for in it, to see whether it says what it means."""


class Told(NamedTuple):
    """A line: ``row`` counts from 0 in its text; ``words`` are those of its only command, () if it has several.

    ``steps`` are those by which a word of it was hidden.
    """

    row: int
    line: str
    words: tuple[str, ...]
    steps: tuple[str, ...]


def lines_of(text: str, commands: Sequence[Simple]) -> Iterator[Told]:
    """Yield the lines of a text that run something."""
    row = at = 0
    for group in _grouped(commands):
        shown = [command for place, command in enumerate(group) if not _only_prints(group, place)]
        if not any(command.words for command in shown):
            continue
        start = group[0].start
        start += len(text[start : group[0].end]) - len(text[start : group[0].end].lstrip())
        row += text.count("\n", at, start)
        at = start
        raw = text[start : group[-1].end].strip()
        steps = tuple(dict.fromkeys(step for command in shown for word in command.words for step in word.steps))
        known = len(raw) > _SEARCHED or all(word.text in raw for command in shown for word in command.words)
        line = raw if known and not steps and len(shown) == len(group) else _put_together(shown)
        words = tuple(shown[0].texts) if len(shown) == 1 else ()
        yield Told(row, line[:_LONGEST], words, steps)


def _grouped(commands: Sequence[Simple]) -> Iterator[list[Simple]]:
    """Commands that stand in one line, in order."""
    group: list[Simple] = []
    for command in commands:
        if group and command.joined == "\n":
            yield group
            group = []
        group.append(command)
    if group:
        yield group


def _only_prints(group: Sequence[Simple], at: int) -> bool:
    """Say whether a command only prints for whoever looks on: into no pipe and no file."""
    command = group[at]
    if not command.words or program(command.words[0].text) not in _PRINTS:
        return False
    piped = at + 1 < len(group) and group[at + 1].joined in ("|", "|&")
    into = any(one.operator.strip("&|") in (">", ">>") and one.target not in ("1", "2") for one in command.redirections)
    return not piped and not into


def _put_together(commands: Sequence[Simple]) -> str:
    """Commands as one line, with what is known of their words."""
    parts: list[str] = []
    for command in commands:
        if parts:
            joined = command.joined if command.joined.strip("()\n") else ";"
            parts.append(joined)
        parts += [f"{name}={value}" for name, value in command.assignments]
        parts += command.texts
        parts += [f"{one.operator} {one.target}" for one in command.redirections]
    return " ".join(parts)
