"""Marks in the text of scripts: packers, code of signs alone, code off the screen, characters that deceive.

Minified code has words between its signs, and bundles have no gaps; tables that are aligned run nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.mark import SHOWN, Mark, shown
from assay.scanner.code.marks.characters import look_alikes, turned
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.mark import Page

FAR = 120
"""Columns of blanks within a line; a tab counts as eight."""

_SIGNS = lazy(r"[\[\]()!+]{300,}+")
_PACKER = lazy(r"eval\s?\(\s?function\s?\(p,\s?a,\s?c,\s?k,\s?e,\s?[dr]\)[^\n]{0,2000}?\.split\(\s?['\"]\|['\"]\)")
_GAP = lazy(r"(?<=[;})\w,])[ \t]{15,}+(?=[^\s/*])")
_RUNS = lazy(
    r"\b(?:require|eval|Function|import|atob|fetch|exec|execSync|spawn|fromCharCode)\s?\(|\bglobal(?:This)?\s?[\[.]"
    r"|\bBuffer\.from\b|\bprocess\b"
)
_TOKENS = lazy(
    r"//[^\n]*"
    r"|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'(?:[^'\\\n]++|\\.)*+'?"
    r"|`(?:[^`\\]++|\\.)*+`?",
    re.DOTALL,
)
"""Comments and strings of JavaScript."""

_WORD = lazy(r"[^\W\d][\w$]*")


def script_marks(page: Page) -> list[Mark]:
    """Return the marks of a script."""
    found = _packed(page) + _off_screen(page)
    if not page.text.isascii():
        found += turned(page, _TOKENS) + _posing(page)
    return found


def _packed(page: Page) -> list[Mark]:
    """Return a mark for code of six signs, and for code whose words stand in a list behind it."""
    text = page.text
    signs = list(_SIGNS.finditer(text)) if "[+" in text else []
    packer = _PACKER.search(text) if "p,a,c,k" in text.replace(" ", "")[:4_000_000] else None
    size = sum(len(match[0]) for match in signs)
    if size >= len(text) // 4 and signs:
        return [Mark("packed:whole", page.place(signs[0].start()), f"{size} characters of signs alone", size)]
    if packer is not None:
        size = len(packer[0])
        whole = 2 * (len(text) - packer.start()) >= len(text) and text[: packer.start()].count(";") < SHOWN
        kind = "packed:whole" if whole else "packed:part"
        return [Mark(kind, page.place(packer.start()), f"eval(...) over a list of words: {shown(packer[0], 80)}", size)]
    if signs:
        return [Mark("packed:part", page.place(signs[0].start()), f"{size} characters of signs alone", size)]
    return []


def _off_screen(page: Page) -> list[Mark]:
    """Return a mark for what runs code behind a gap that no screen shows the end of."""
    text = page.text
    marks: list[Mark] = []
    if " " * FAR not in text and "\t" * 15 not in text:
        return marks
    for gap in _GAP.finditer(text):
        width = len(gap[0]) + 7 * gap[0].count("\t")
        if width < FAR:
            continue
        end = text.find("\n", gap.end(), gap.end() + 2_000)
        hidden = text[gap.end() : end if end >= 0 else gap.end() + 2_000]
        if _RUNS.search(hidden):
            detail = f"after {width} columns of blanks: {shown(hidden, 120)}"
            marks.append(Mark("off-screen:runner", page.place(gap.end()), detail, width))
        if len(marks) >= SHOWN:
            break
    return marks


def _posing(page: Page) -> list[Mark]:
    """Return the names of code that mix ASCII with letters that look like it."""
    code = _TOKENS.sub(lambda token: " " * len(token[0]), page.text)
    names = {}
    for word in _WORD.finditer(code):
        if not word[0].isascii() and word[0] not in names:
            names[word[0]] = page.place(word.start())
    return look_alikes(names)
