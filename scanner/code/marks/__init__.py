"""Marks in the text of a file: what needs no evaluation to be seen. Linear in the size of the file, never raises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.marks.characters import odd_characters
from assay.scanner.code.marks.credentials import credentials
from assay.scanner.code.marks.mark import Mark, place_of
from assay.scanner.code.marks.names import generated_names, numbered_words
from assay.scanner.code.marks.outline import outline
from assay.scanner.code.marks.packed import packed
from assay.scanner.code.marks.reviewer import addresses_to_reviewer
from assay.scanner.code.marks.screen import blank_data, far_below, off_screen
from assay.scanner.code.marks.sift import worth_a_look
from assay.scanner.code.python.source import read

if TYPE_CHECKING:
    from assay.scanner.code.ir import Place, Unit

__all__ = ["Mark", "marks", "suspicious"]

MAX_BYTES = 4 << 20
"""Bytes of a file that is not source code, of which the first so many are read."""

_HIDDEN_COMMENT = re.compile(r"<!--(.{0,4000}?)-->|^\[//\]: # \(([^\n]{0,4000})\)", re.DOTALL | re.MULTILINE)
_SCRIPT_COMMENT = re.compile(r"/\*(.{0,4000}?)\*/|(?:^|[\s;{}])//([^\n]{0,4000})", re.DOTALL)
_COMMENTS = {
    "md": _HIDDEN_COMMENT,
    "markdown": _HIDDEN_COMMENT,
    "rst": re.compile(r"^\.\. (?![\w-]+::|_|\[)([^\n]{1,4000})", re.MULTILINE),
    "html": _HIDDEN_COMMENT,
    **dict.fromkeys(("js", "cjs", "mjs", "ts", "cts", "mts", "jsx", "tsx"), _SCRIPT_COMMENT),
}


def marks(data: bytes, path: str, unit: Unit | None) -> tuple[Mark, ...]:
    """Return the marks of a file by place and kind. ``unit`` is it lowered, None if it is not source code of Python.

    Without it only texts are read: credentials, characters that nobody sees, comments that no reader of the rendered
    page sees, and in scripts the names that an obfuscator numbers.
    """
    text = read(data).text if unit else data[:MAX_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")
    found = credentials(text, path)
    if unit:
        seen = outline(unit)
        found += generated_names(seen.names)
        found += packed(seen, len(text))
        found += off_screen(text, seen) + far_below(text, seen) + blank_data(text)
        found += addresses_to_reviewer(sorted([*unit.comments, *seen.bare]))
        if not text.isascii():
            found += odd_characters(text, seen)
    else:
        found += addresses_to_reviewer(_comments(text, path), "reviewer:hidden-verdict")
        if _ending(path) in _COMMENTS:
            found += numbered_words(text) if _COMMENTS[_ending(path)] is _SCRIPT_COMMENT else []
            found += [] if text.isascii() else odd_characters(text, None)
    return tuple(sorted(found, key=lambda mark: (mark.place, mark.kind, mark.detail)))


def suspicious(data: bytes, path: str = "") -> bool:
    """Say whether a file must be looked at for its shape, its characters or its words, at over 100 MB a second.

    Wider than the marks: most files that it names have none. ``path`` makes no difference so far.
    """
    return worth_a_look(data)


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _comments(text: str, path: str) -> list[tuple[Place, str]]:
    pattern = _COMMENTS.get(_ending(path))
    if not pattern:
        return []
    return [
        (place_of(text, found.start()), next(group for group in found.groups() if group is not None))
        for found in pattern.finditer(text)
    ]
