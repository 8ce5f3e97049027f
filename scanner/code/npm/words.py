"""What a text of shell is taken apart into: commands, their words and redirections."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word as the shell hands it on; what is not known of it stays as written. ``steps`` say how it was hidden."""

    text: str
    steps: tuple[str, ...] = ()


class Redirection(NamedTuple):
    """``operator`` without the number before it; ``target`` is a file, for ``<<`` and ``<<<`` the text itself."""

    operator: str
    target: str


class Simple(NamedTuple):
    """A simple command: ``joined`` is the operator between it and the one before ("" for the first).

    ``depth`` counts the parentheses around it; ``start`` and ``end`` are its place in the text.
    """

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, str], ...] = ()
    redirections: tuple[Redirection, ...] = ()
    joined: str = ""
    depth: int = 0
    start: int = 0
    end: int = 0

    @property
    def texts(self) -> list[str]:
        """The words without how they were hidden."""
        return [word.text for word in self.words]

    @property
    def given(self) -> str | None:
        """The text that the command reads, if it stands in a here-document or a here-string."""
        return next((one.target for one in self.redirections if one.operator in ("<<", "<<<")), None)


class Parsed(NamedTuple):
    """The commands of a text in order, and the texts of its substitutions; ``whole`` is False if it was too long."""

    commands: tuple[Simple, ...]
    substitutions: tuple[str, ...] = ()
    whole: bool = True
