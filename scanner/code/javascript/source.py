"""The text of a JavaScript file as an engine reads it: encoding, line ends, and what the grammar is given to parse.

The grammar parses a *projection* of the text: one ASCII byte for each character, so that byte offsets are character
offsets and columns count characters. What the file really says is sliced from the text.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from assay.scanner.code.ir import Defect, Place
from assay.scanner.lazy_pattern import lazy

MAX_BYTES = 16 << 20
"""Bytes of a file that are read. Trees are bounded by steps (see the syntax module), so this bounds text alone."""

_SPACES = lazy("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]")
_SEPARATORS = ("\u2028", "\u2029")
_TOKENS = lazy(
    r"//[^\n\u2028\u2029]*"
    r"|/\*.*?\*/"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?"
    r"|`(?:[^`\\]|\\.)*+`?"
    r"|[\u2028\u2029]",
    re.DOTALL,
)
_BRACKET = lazy(r"\n([ \t]*)[ \t](?=\[)")
_UNENDED = lazy(r"\b(?:let|var)[ \t]+[\w$]+[ \t]*$")
"""A declaration without a semicolon; the grammar takes it and a next line that begins with a bracket for one."""

_TAIL = 200


class Source(NamedTuple):
    """The text with ``\\n`` line ends, its projection (one byte for each character), and what could not be read."""

    text: str
    projection: bytes
    defects: tuple[Defect, ...]


def read(data: bytes) -> Source:
    """Return the text of a file as Node decodes it: UTF-8, with U+FFFD for what is not; UTF-16 by its mark."""
    defects: list[Defect] = []
    if len(data) > MAX_BYTES:
        end = data.rfind(b"\n", MAX_BYTES // 2, MAX_BYTES) + 1 or MAX_BYTES
        defects.append(Defect(Place(1, 1), "too-large", f"{len(data)} bytes; the first {end} were read"))
        data = data[:end]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        defects.append(Defect(Place(1, 1), "encoding", "UTF-16, which Node does not run"))
        text = data.decode("utf-16", "replace")
    else:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Source(text, _project(text), tuple(defects))


def _project(text: str) -> bytes:
    """Return one ASCII byte for each character: a letter for what is not ASCII, a line end for U+2028 and U+2029.

    Those two end a line, and so a comment, but may stand in a string (ECMA-262, 12.3 and 12.9.4).
    """
    shown = _BRACKET.sub(_end_declaration, text)
    if "\0" in shown:
        shown = shown.replace("\0", "\2")
    if shown.isascii():
        return shown.encode()
    if any(separator in shown for separator in _SEPARATORS):
        shown = _TOKENS.sub(_end_line, shown)
    shown = _SPACES.sub(" ", shown).replace("\1", "\2").replace("?", "\1")
    return shown.encode("ascii", "replace").replace(b"?", b"Z").replace(b"\1", b"?")


def _end_line(token: re.Match[str]) -> str:
    return "\n" if token[0] in _SEPARATORS else token[0]


def _end_declaration(bracket: re.Match[str]) -> str:
    start = max(bracket.string.rfind("\n", 0, bracket.start()) + 1, bracket.start() - _TAIL)
    unended = _UNENDED.search(bracket.string[start : bracket.start()])
    return f"\n{bracket[1]};" if unended else bracket[0]
