"""Marks in the text of a file: what needs no evaluation to be seen. Linear in the size of the file, never raises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.mark import Mark, Page
from assay.scanner.code.marks.characters import odd_characters
from assay.scanner.code.marks.credentials import credentials
from assay.scanner.code.marks.glance import glance
from assay.scanner.code.marks.names import generated_names, numbered_words
from assay.scanner.code.marks.outline import outline
from assay.scanner.code.marks.packed import packed
from assay.scanner.code.marks.reviewer import addresses_to_reviewer
from assay.scanner.code.marks.screen import blank_data, far_below, off_screen
from assay.scanner.code.marks.scripts import script_marks
from assay.scanner.code.marks.sift import words, worth_a_look
from assay.scanner.code.marks.wallets import exchanges_addresses
from assay.scanner.code.python.source import read
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.ir import Place, Unit

__all__ = ["Mark", "marks", "suspicious"]

MAX_BYTES = 4 << 20
"""Bytes of a file that is not source code, of which the first so many are read."""

_HIDDEN_COMMENT = lazy(r"<!--(.{0,4000}?)-->|^\[//\]: # \(([^\n]{0,4000})\)", re.DOTALL | re.MULTILINE)
_NODE = lazy(r"#![^\n]{0,200}\b(?:node|bun|deno)\b")
_SCRIPT_COMMENT = lazy(r"/\*(.{0,4000}?)\*/|(?:^|[\s;{}])//([^\n]{0,4000})", re.DOTALL)
_COMMENTS = {
    "md": _HIDDEN_COMMENT,
    "markdown": _HIDDEN_COMMENT,
    "rst": lazy(r"^\.\. (?![\w-]+::|_|\[)([^\n]{1,4000})", re.MULTILINE),
    "html": _HIDDEN_COMMENT,
    **dict.fromkeys(("js", "cjs", "mjs", "ts", "cts", "mts", "jsx", "tsx"), _SCRIPT_COMMENT),
}


def marks(data: bytes, path: str, unit: Unit | None, *, sifted: bool = True) -> tuple[Mark, ...]:
    """Return the marks of a file by place and kind. ``unit`` is it lowered, None if it is not source code of Python.

    Without it only texts are read: credentials, characters that nobody sees, comments that no reader of the rendered
    page sees, and in scripts the names that an obfuscator numbers. Without ``sifted``, which says that the sift let the
    file through, source code is looked at for its names alone, and for its blobs if it may hold one.
    """
    if unit and not sifted:
        names, heavy = glance(unit)
        if not heavy:
            return tuple(sorted(generated_names(names), key=_order))
    page = Page(read(data).text if unit else data[:MAX_BYTES].decode("utf-8", "replace").replace("\r\n", "\n"))
    said = words(page.text.encode("utf-8", "replace"))
    found = credentials(page, path) if "credential" in said or path.endswith("pypirc") else []
    found += _of_code(page, unit, said) if unit else _of_text(page, path, said)
    return tuple(sorted(found, key=_order))


def _order(mark: Mark) -> tuple[Place, str, str]:
    return mark.place, mark.kind, mark.detail


def _of_code(page: Page, unit: Unit, said: frozenset[str]) -> list[Mark]:
    seen = outline(unit)
    found = generated_names(seen.names) + packed(seen, len(page.text))
    found += off_screen(page, seen) + far_below(page, seen) + blank_data(page)
    if "reviewer" in said:
        found += addresses_to_reviewer(sorted([*unit.comments, *seen.bare]))
    return found if page.text.isascii() else found + odd_characters(page, seen)


def _of_text(page: Page, path: str, said: frozenset[str]) -> list[Mark]:
    pattern = _COMMENTS.get(_ending(path)) or (_SCRIPT_COMMENT if _NODE.match(page.text) else None)
    if pattern is None:
        return []
    is_script = pattern is _SCRIPT_COMMENT
    found = numbered_words(page) if is_script and "numbered" in said else []
    found += script_marks(page) if is_script else []
    if pattern is _SCRIPT_COMMENT and "wallet" in said:
        found += exchanges_addresses(page)
    if "reviewer" in said:
        comments = (
            (page.place(one.start()), one[1] or one[one.re.groups] or "") for one in pattern.finditer(page.text)
        )
        found += addresses_to_reviewer(comments, "reviewer:hidden-verdict")
    return found if page.text.isascii() else found + odd_characters(page, None)


def suspicious(data: bytes, path: str = "") -> bool:
    """Say whether a file must be looked at for its shape, its characters or its words, at over 100 MB a second.

    Wider than the marks: most files that it names have none. ``path`` makes no difference so far.
    """
    return worth_a_look(data)


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()
