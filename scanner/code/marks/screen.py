"""Code that a reader's screen does not show: pushed to the right or far down, and blanks that are themselves data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.ir import Call, Import, Place
from assay.scanner.code.mark import SHOWN, Mark, Page, shown
from assay.scanner.code.marks.outline import callee
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.marks.outline import Outline

BLANKS = 72
"""Columns of blanks within a line from which what follows is off the screen; a tab counts as eight."""

BELOW = 150
"""Empty lines from which what follows is off the screen."""

RUNNERS = frozenset(
    {"exec", "eval", "execfile", "compile", "__import__", "import_module", "getattr", "system", "Popen"}
)
"""Last names of calls that run or load code, which no table aligns at the edge of the screen."""

_GAP = lazy(r"([ \t\f\v]{9,}+)(?:;[ \t\f\v]*+)?(?=[^\s#\\;])")
_OPENS = lazy(r"[ \t]*(?:if|elif|else|for|while|try|except|finally|with|def|class|async)\b[^#]*:\Z")
_EMPTY = lazy(r"\n(?:[ \t\f\v]*+\n)++")
_RUN = lazy(r"[ \t\u00a0\u2000-\u200a\u3000]{64,}+")
_TURN = lazy(r"(.)(?!\1)", re.DOTALL)
_TRAILING = lazy(r"(?<![ \t])(?=[ \t]*\t)(?=[ \t]* )[ \t]{6,}+$", re.MULTILINE)
_TURNS = 48
"""Changes from one sort of blank to another within runs of blanks, from which the blanks are data."""

_LINES = 48
"""Lines that end in different mixtures of blanks and tabs, from which these are data."""


def off_screen(page: Page, outline: Outline) -> list[Mark]:
    """Return the statements that begin after so many blanks, or below so many empty lines, that nobody sees them.

    Only what the lowered file has an operation for counts, so that text in strings and comments does not.
    """
    text = page.text
    marks: list[Mark] = []
    places: dict[int, list[tuple[int, str]]] | None = None
    for gap in _GAP.finditer(text):
        width = len(gap[1]) + 7 * gap[1].count("\t")
        if width < BLANKS:
            continue
        if places is None:
            places = _operations(outline)
        place = page.place(gap.end())
        after = [(column, what) for column, what in places.get(place.line, ()) if column >= place.column]
        if after and min(after)[0] == place.column:
            kind = _kind(text, gap, after)
            if kind:
                end = text.find("\n", gap.end(), gap.end() + 400)
                hidden = text[gap.end() : end if end >= 0 else gap.end() + 400]
                marks.append(Mark(kind, place, f"after {width} columns of blanks: {shown(hidden, 120)}", width))
        if len(marks) >= SHOWN:
            break
    return marks


def _operations(outline: Outline) -> dict[int, list[tuple[int, str]]]:
    """Return for each line the columns of its operations, each with the name of what is called there."""
    places: dict[int, list[tuple[int, str]]] = {}
    for code in outline.codes:
        for op in code.ops:
            what = callee(code, op) or "?" if isinstance(op, Call) else "import" if isinstance(op, Import) else ""
            places.setdefault(op.place.line, []).append((op.place.column, what))
    return places


def _kind(text: str, gap: re.Match[str], after: list[tuple[int, str]]) -> str:
    """Return the kind of what stands behind a gap, "" if it may be a table, a long call or deep nesting."""
    start = text.rfind("\n", 0, gap.start()) + 1
    before = text[start : gap.start()]
    active = any(what for _, what in after)
    if ";" in gap[0] or before.rstrip().endswith(";") or _OPENS.match(before):
        return "off-screen:call" if active else "off-screen:code"
    if before.strip():
        return "off-screen:runner" if RUNNERS.intersection(what for _, what in after) else ""
    above = text[max(0, start - 2_000) : start].rstrip().rpartition("\n")[2]
    if above.endswith(":") and len(above) - len(above.lstrip()) + BLANKS // 2 < len(gap[0]):
        return "off-screen:call" if active else "off-screen:code"
    return ""


def far_below(page: Page, outline: Outline) -> list[Mark]:
    """Return the code that stands below more empty lines than anybody scrolls through."""
    gap = next((gap for gap in _EMPTY.finditer(page.text) if len(gap[0]) > BELOW and gap[0].count("\n") > BELOW), None)
    if not gap:
        return []
    line = page.place(gap.end()).line
    below = [
        number for number, all_ in _operations(outline).items() if number >= line and any(what for _, what in all_)
    ]
    if not below:
        return []
    empty = gap[0].count("\n")
    return [Mark("off-screen:below", Place(min(below), 1), f"{empty} empty lines before it", empty)]


def blank_data(page: Page) -> list[Mark]:
    """Return a mark where blanks of several sorts take turns so often that they carry data."""
    text = page.text
    turns, first = 0, -1
    for run in _RUN.finditer(text):
        if len(set(run[0][:4_096])) > 1:
            turns += sum(1 for _ in _TURN.finditer(run[0]))
            first = run.start() if first < 0 else first
    if turns >= _TURNS:
        return [Mark("blanks:data", page.place(first), f"blanks of several sorts change {turns} times", turns)]
    endings = list(_TRAILING.finditer(text)) if "\t\n" in text or " \n" in text else []
    if len({ending[0] for ending in endings}) >= _LINES:
        detail = f"{len(endings)} lines end in mixtures of blanks and tabs"
        return [Mark("blanks:data", page.place(endings[0].start()), detail, len(endings))]
    return []
