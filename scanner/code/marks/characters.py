"""Characters that a reader cannot see, that turn the reading round, or that pass for others.

Sources: UTS 39 (confusables), UTS 55 and "Trojan Source" (bidirectional controls), PEP 672 and PEP 3131 (names).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from assay.scanner.code.ir import Attribute, Import, Name, Store
from assay.scanner.code.mark import SHOWN, Mark, Page, shown
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.code.ir import Place
    from assay.scanner.code.marks.outline import Outline

UNSEEN = (
    r"\u00ad\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\uffa0"
    r"\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
"""Characters without a shape of their own, as they stand within a set of a regular expression."""

HIDDEN = 32
"""Unseen characters in a row that are data; a flag of tags has six, a family of emoji three."""

_RUN = lazy(f"[{UNSEEN}]{{{HIDDEN},}}+")
_ANY_UNSEEN = lazy(f"[{UNSEEN}]")
_CONTROL = lazy("[\u202a-\u202e\u2066-\u2069]")
_CLOSERS = "\u202c\u2069"
_CODE_LIKE = lazy(r"[=()\[\]{};#]|[!<>]=|['\"]|\b(?:if|return|and|or|not|import|else)\b")
_LETTERS = lazy(r"[A-Za-z]{2}")
_ALPHABETS = 8
"""Blocks of 256 letters that no text mixes. Those of China and Japan, and signs, lie behind them all."""

_TOKENS = lazy(
    r"#[^\n]*"
    r'|"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?",
    re.DOTALL,
)
"""Comments and strings of Python."""

_STYLED = lazy("[\u2070-\u209f\u2100-\u214f\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]")
"""Letters that are ASCII letters in another dress: Python reads a name in NFKC, where they are the same."""

_WORD = lazy(r"[^\W\d]\w*")
_LOOKS = str.maketrans(
    "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТУХЅІЈοΟΑΒΕΖΗΙΚΜΝΡΤΥΧօոսıɑɡ",  # noqa: RUF001
    "aeopcyxijsdqwhlABEKMHOPCTYXSIJoOABEZHIKMNPTYXonuiag",
)
"""Letters of Cyrillic, Greek, Armenian and phonetic script, and the ASCII letters that they look like."""

_KNOWN = frozenset(
    {
        *("exec", "eval", "compile", "getattr", "setattr", "globals", "locals", "__import__", "importlib", "builtins"),
        *("subprocess", "system", "popen", "Popen", "check_output", "socket", "requests", "urllib", "urlopen"),
        *("base64", "b64decode", "marshal", "zlib", "pickle", "ctypes", "loads"),
        *("require", "process", "global", "globalThis", "Function", "fetch", "Buffer", "execSync", "spawn", "atob"),
    }
)
"""Names that code which runs or fetches other code needs, and that nothing has a reason to write in other letters."""


def odd_characters(page: Page, outline: Outline | None) -> list[Mark]:
    """Return marks for what stands in a text that is not ASCII; names are judged if it was lowered."""
    marks = _unseen(page)
    if outline:
        marks += turned(page, _TOKENS)
        names = _names(outline)
        marks += look_alikes(names)
        marks += [
            Mark("unicode:unseen-name", place, f"a name with unseen characters: {shown(name, 80)}", len(name))
            for name, place in names.items()
            if _ANY_UNSEEN.search(name)
        ][:SHOWN]
        if _STYLED.search(page.text):
            marks += _styled(page)
    return marks


def _unseen(page: Page) -> list[Mark]:
    runs = list(_RUN.finditer(page.text))
    if not runs:
        return []
    size = sum(len(run[0]) for run in runs)
    detail = f"{size} unseen characters, {len(runs[0][0])} in a row: {shown(runs[0][0][:6])}"
    return [Mark("unicode:unseen-data", page.place(runs[0].start()), detail, size)]


def turned(page: Page, tokens: re.Pattern[str]) -> list[Mark]:
    """Return comments and strings that turn the reading of what stands behind them, as code or as plain text.

    ``tokens`` are the comments and strings of the language.
    """
    if not _CONTROL.search(page.text):
        return []
    marks = []
    for token in tokens.finditer(page.text):
        depth, first = _open_controls(token[0])
        behind = _CONTROL.sub("", token[0][first + 1 :]).strip("\"' ")
        if depth and behind and _is_read(token[0]):
            kind = "unicode:turned-code" if _turns_code(token[0]) else "unicode:turned-text"
            marks.append(Mark(kind, page.place(token.start() + first), shown(token[0], 120), depth))
    return marks[:SHOWN]


def _open_controls(text: str) -> tuple[int, int]:
    """Return how many controls are open at the end of a text, and where the first stands, -1 if there is none."""
    depth, first = 0, -1
    for control in _CONTROL.finditer(text):
        if control[0] in _CLOSERS:
            depth = max(0, depth - 1)
        else:
            depth, first = depth + 1, control.start() if first < 0 else first
    return depth, first


def _turns_code(text: str) -> bool:
    """Say whether controls of a comment or string are open where code may stand behind it.

    A control ends with its line (UAX #9, rule X8), so those of lines before the last turn nothing but the text itself.
    """
    last = text.rpartition("\n")[2]
    depth, first = _open_controls(last)
    return depth > 0 and _is_like_code(_CONTROL.sub("", last[first + 1 :]).strip("\"' "))


def _is_like_code(text: str) -> bool:
    """Say whether a text has the signs of code, and a word: tables of controls have but signs."""
    return _CODE_LIKE.search(text) is not None and _LETTERS.search(text) is not None


def _is_read(text: str) -> bool:
    """Say whether a person may take a text for what it looks like: tables that are written as text are of all signs."""
    alphabets = {ord(letter) >> 8 for letter in text if 0x100 <= ord(letter) < 0x2000}
    return 2 * sum(map(str.isascii, text)) >= len(text) and len(alphabets) < _ALPHABETS


def _names(outline: Outline) -> Mapping[str, Place]:
    """Return the names that are not ASCII, bound or used, each with its first place."""
    names = {name: place for name, place in outline.names.items() if not name.isascii()}
    for code in outline.codes:
        for op in code.ops:
            if isinstance(op, Name | Attribute | Store | Import) and not op.name.isascii():
                names.setdefault(op.name, op.place)
    return names


def look_alikes(names: Mapping[str, Place]) -> list[Mark]:
    """Return the names that look like others of ASCII letters."""
    marks = []
    for name, place in names.items():
        folded = name.translate(_LOOKS)
        if len(folded) < 3 or not folded.isascii():
            continue
        shadows = folded in _KNOWN
        if shadows or any(letter.isascii() and letter.isalpha() for letter in name):
            kind = "unicode:posing-name" if shadows else "unicode:mixed-name"
            marks.append(Mark(kind, place, f"{shown(name, 80)} looks like {shown(folded, 60)}", len(name)))
    return marks[:SHOWN]


def _styled(page: Page) -> list[Mark]:
    """Return the names that are written in letters which Python reads as ASCII."""
    code = _TOKENS.sub(lambda token: " " * len(token[0]), page.text)
    found: dict[str, Mark] = {}
    for word in _WORD.finditer(code):
        if word[0].isascii():
            continue
        plain = unicodedata.normalize("NFKC", word[0])
        if plain.isascii() and len(plain) >= 3 and len(_STYLED.findall(word[0])) >= 2 and plain not in found:
            detail = f"{shown(word[0], 100)} is read as {shown(plain, 60)}"
            kind = "unicode:posing-name" if plain in _KNOWN else "unicode:styled-name"
            found[plain] = Mark(kind, page.place(word.start()), detail, len(plain))
        if len(found) >= SHOWN:
            break
    return list(found.values())
