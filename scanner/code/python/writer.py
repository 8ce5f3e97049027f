"""The names of Python as they are written: in their normal form, those of comprehensions under names of their own."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from assay.scanner.code import writer

if TYPE_CHECKING:
    from tree_sitter import Node


class Writer(writer.Writer):
    """Writes operations into the innermost open code.

    ``hidden`` maps the targets of the comprehensions around to the names that they are stored under, innermost last.
    """

    def __init__(self, text: str, broken: bool) -> None:
        super().__init__(text, broken)
        self.hidden: dict[str, list[str]] = {}

    def identifier(self, node: Node) -> str:
        """Return a name as Python compares it: in the normal form NFKC (PEP 3131)."""
        name = self.text[node.start_byte : node.end_byte]
        return name if name.isascii() else unicodedata.normalize("NFKC", name)

    def resolve(self, name: str) -> str:
        """Return what a name that is read is stored under: another name for the target of a comprehension."""
        under = self.hidden.get(name) if self.hidden else None
        return under[-1] if under else name

    def hide(self, name: str, under: str) -> None:
        """Have a name stand for another until it is shown."""
        self.hidden.setdefault(name, []).append(under)

    def show(self, names: list[str]) -> None:
        """Undo the last ``hide`` of each name."""
        for name in names:
            under = self.hidden[name]
            under.pop()
            if not under:
                del self.hidden[name]
