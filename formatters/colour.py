"""Colour by rich, in a module of its own because importing rich costs start-up that a pipe need not pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.style import Style as RichStyle

if TYPE_CHECKING:
    from assay.formatters.layout import Style

_STYLES: dict[Style, RichStyle] = {
    "critical": RichStyle(color="bright_white", bgcolor="red", bold=True),
    "high": RichStyle(color="red", bold=True),
    "medium": RichStyle(color="yellow", bold=True),
    "low": RichStyle(color="cyan"),
    "info": RichStyle(color="blue"),
    "strong": RichStyle(bold=True),
    "faint": RichStyle(dim=True),
    "good": RichStyle(color="green", bold=True),
    "bad": RichStyle(color="red", bold=True),
}


def paint(text: str, style: Style) -> str:
    """Return the text within the ANSI codes of a style; the sixteen colours that every terminal has."""
    return _STYLES[style].render(text, color_system=ColorSystem.STANDARD) if style else text
