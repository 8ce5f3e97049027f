"""Styled lines: what the table formats are laid out in, once, and written with colour or without."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from assay.formatters.escape import cells, split_at, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.formatters.options import RenderOptions
    from assay.scanner.knowledge import Freshness
    from assay.scanner.rulings import Waiver

Style = Literal["", "critical", "high", "medium", "low", "info", "strong", "faint", "good", "bad"]

INDENT = "  "
MIN_WIDTH = 40
"""Columns that a layout needs; a narrower terminal breaks the lines itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style; its text has passed ``visible``."""

    text: str
    style: Style = ""


Line = tuple[Span, ...]
BLANK: Line = ()
DASH = Span("-", "faint")


def write(lines: Iterable[Line], options: RenderOptions) -> str:
    """Return the lines as text that ends with one newline; rich is imported only for colour."""
    if options.colour:
        paint = import_module("assay.formatters.colour").paint
        return "".join("".join(paint(span.text, span.style) for span in line) + "\n" for line in lines)
    return "".join("".join(span.text for span in line).rstrip(" ") + "\n" for line in lines)


def row(label: Span, text: str, options: RenderOptions, *, column: int = 0, style: Style = "") -> Iterator[Line]:
    """Yield a label and, right after it or from ``column`` on, a foreign text wrapped to the width.

    Only the label stands at the left edge, so no foreign text can pass for a heading or for the verdict.
    """
    taken = max(cells(label.text) + 1, column)
    head: Line = (label, Span(" " * (taken - cells(label.text))))
    for part in wrap(visible(text), max(options.width, MIN_WIDTH) - taken):
        yield (*head, Span(part, style))
        head = (Span(" " * taken),)


def field(label: Span, text: str, options: RenderOptions, *, column: int, style: Style = "") -> Iterator[Line]:
    """Yield a ``row`` that is indented."""
    yield from row(Span(INDENT + label.text, label.style), text, options, column=column, style=style)


def paragraph(text: str, options: RenderOptions, *, style: Style = "") -> Iterator[Line]:
    """Yield a sentence of our own wrapped to the width, with a foreign part in it perhaps; later lines are indented."""
    width = max(options.width, MIN_WIDTH)
    shown = visible(text)
    parts = [shown] if cells(shown) <= width else wrap(shown, width - len(INDENT))
    for number, part in enumerate(parts):
        yield (Span(INDENT if number else ""), Span(part, style))


def wrap(text: str, width: int) -> list[str]:
    """Break a text of one line at its spaces, and words that are longer than ``width`` columns where they end."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if cells(joined) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        while cells(word) > width:
            part, word = split_at(word, width)  # noqa: PLW2901 - what is left of the word
            lines.append(part)
        current = word
    return [*lines, current] if current or not lines else lines


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 file`` or ``1,904 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def package_label(purl: str) -> str:
    """Return ``name@version`` of a purl as a person reads it; marks one with qualifiers, which no registry has."""
    path, mark, qualifiers = purl.removeprefix("pkg:").partition("?")
    name = unquote(path.partition("/")[2])
    return f"{name} ({qualifiers.partition('=')[0].removesuffix('_url')})" if mark else name


def waiver_label(waiver: Waiver) -> str:
    """Return whose list sets a finding aside and, if it ends, until when."""
    return f"{waiver.source}, until {waiver.expires}" if waiver.expires else waiver.source


def freshness_label(freshness: Freshness) -> str:
    """Return what is known of the corpus's age: as of which day it was found fresh."""
    if freshness.as_of is None:
        return "not evaluated"
    limit = "" if freshness.max_age is None else f", at most {count(freshness.max_age, 'day')} old"
    return f"fresh as of {freshness.as_of}{limit}"
