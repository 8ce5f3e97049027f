"""The commands in a binding.gyp: what node-gyp runs before and while it compiles.

Format: GYP's documentation, "Input Format Reference": Python literals with comments; ``<!(…)`` and ``<!@(…)`` are
commands whose output is taken, ``action`` is a command in words. Read as tokens; nothing is evaluated.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Place
from assay.scanner.code.npm.effects import quoted
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = (".gyp", ".gypi")
"""Files of GYP: those with targets, and those that are included."""

LARGEST = 1 << 20
"""Characters that are read."""

MOST = 256
"""Commands that are read."""

_TOKEN = lazy(r"#[^\n]*|(['\"])((?:(?!\1)[^\\]|\\.)*+)\1|[\[\]{}:,]", re.DOTALL)
_EXPANSION = lazy(r"<!@?\(|<\|\(")
_PARENTHESIS = lazy(r"[()]")
_PYMOD = lazy(r"pymod_do_main\(\s*([\w.]+)")
_ESCAPED = lazy(r"\\(.)", re.DOTALL)


class GypCommand(NamedTuple):
    """A command that is run, as a line of shell; with ``python`` the dotted name of a module instead."""

    place: Place
    line: str
    python: str = ""


class _Token(NamedTuple):
    at: int
    text: str
    literal: bool


def commands(data: bytes) -> Iterator[GypCommand]:
    """Yield the commands in order, ``MOST`` of them; never raises."""
    text = data[:LARGEST].decode("utf-8", "replace")
    yield from islice(_commands(text), MOST)


def build_files(data: bytes) -> Iterator[str]:
    """Yield the paths of other files of GYP that are named, each once, in order: included ones and dependencies.

    They are as seen from the folder of the file; ``:target`` behind them is left out (GYP's "Dependencies").
    """
    text = data[:LARGEST].decode("utf-8", "replace")
    names = (token.text.partition(":")[0] for token in _tokens(text) if token.literal)
    yield from dict.fromkeys(name for name in names if name.endswith(ENDINGS))


def _commands(text: str) -> Iterator[GypCommand]:
    tokens = list(_tokens(text))
    for at, token in enumerate(tokens):
        if not token.literal:
            continue
        for inner in _expansions(token.text):
            module = _PYMOD.match(inner)
            yield GypCommand(_place(text, token.at), "" if module else inner, module[1] if module else "")
        following = [one.text for one in tokens[at + 1 : at + 3]]
        if token.text.rstrip("+=?!") == "action" and following == [":", "["]:
            words = []
            for one in islice(tokens, at + 3, None):
                if not one.literal and one.text == "]":
                    break
                words += [one.text] if one.literal else []
            yield GypCommand(_place(text, token.at), " ".join(quoted(word) for word in words))


def _tokens(text: str) -> Iterator[_Token]:
    """Brackets, colons and strings; strings that follow one another are one, as in Python."""
    held: _Token | None = None
    for found in _TOKEN.finditer(text):
        if found[0].startswith("#"):
            continue
        if found[1] is not None:
            inner = _ESCAPED.sub(r"\1", found[2])
            held = _Token(held.at, held.text + inner, True) if held else _Token(found.start(), inner, True)
            continue
        if held:
            yield held
            held = None
        if found[0] != ",":
            yield _Token(found.start(), found[0], False)
    if held:
        yield held


def _expansions(text: str) -> Iterator[str]:
    opened: list[int] = []
    closed: dict[int, int] = {}
    for sign in _PARENTHESIS.finditer(text):
        if sign[0] == "(":
            opened.append(sign.start())
        elif opened:
            closed[opened.pop()] = sign.start()
    for found in _EXPANSION.finditer(text):
        yield text[found.end() : closed.get(found.end() - 1, len(text))].strip()


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
