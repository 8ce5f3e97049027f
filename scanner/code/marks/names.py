"""Names that nobody chose: what obfuscators put in the place of identifiers.

Each sort is told by how its names are made, never by a list of them. Human names in any script are left alone: they
use the common characters of their script, while a generator draws from the whole block.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Place
from assay.scanner.code.mark import Mark, Page, shown
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEAST = 5
"""Names of one sort below which nothing is said."""

MANY = 20
"""Different names of obfuscated scripts from which something is said without lowering."""

_NUMBERED = lazy(r"\b_0x[0-9a-f]{4,8}\b")
_COUNTED = lazy(r"_{0,2}0x[0-9a-f]{2,}\Z", re.IGNORECASE)
_ALIKE = lazy(r"(?:[lI1i]{6,}|[Oo0Q]{6,}|[lI1iOo0]{8,}|[wWvV]{8,}|[mMnN]{8,}|[sS5]{8,}|[xX]{6,}|[jiJI]{8,}|_{5,})\Z")
_LEVELS = (
    ("gb2312", range(0xB0, 0xD8)),
    ("big5", range(0xA4, 0xC7)),
    ("shift_jis", range(0x88, 0x99)),
    ("euc_kr", range(0xB0, 0xC9)),
)
"""Lead bytes of the characters that four national standards hold for common: 3,755, 5,401, 2,965 and 2,350 of them."""

_COMMON = 0.7
"""Share of ideographs or syllables in one standard's common ones, which every human text is well above."""

LONG = 9
"""Ideographs or syllables of a name, on average, that nobody types; human names have two to six."""

_FEW = 4
_ENOUGH = 24
"""Different ideographs from which a share says something."""

_PAGES = 5
"""Pages of 256 characters that letters of other scripts come from; a script has its own in one to three."""

_VOWELS = frozenset("aeiouyAEIOUY")


class _Sort(NamedTuple):
    kind: str
    accepts: Callable[[str], bool]
    share: float
    what: str


def generated_names(names: Mapping[str, Place]) -> list[Mark]:
    """Return a mark for each sort of generated names that a good part of the bound names belongs to."""
    marks = []
    for kind, accepts, least, what in _SORTS:
        some = [name for name in names if accepts(name)]
        if len(some) >= LEAST and len(some) >= least * len(names):
            marks.append(_mark(kind, some, names, what))
    foreign = [name for name in names if _foreign(name)]
    if len(foreign) >= LEAST and 2 * len(foreign) >= len(names) and _drawn(foreign):
        marks.append(_mark("names:drawn", foreign, names, "characters drawn from a whole block"))
    return marks


def _mark(kind: str, some: list[str], names: Mapping[str, Place], what: str) -> Mark:
    examples = ", ".join(shown(name, 30) for name in some[:3])
    return Mark(kind, names[some[0]], f"{len(some)} of {len(names)} names, {what}: {examples}", len(some))


def _alike(name: str) -> bool:
    return bool(_ALIKE.match(name)) and (len(set(name)) > 1 or len(name) > 8)


def _random(name: str) -> bool:
    """Say whether a name looks drawn letter by letter: long, one word, letters of both cases in no order, few vowels.

    Human names of one word change from lower to upper case once per part, and parts are spoken.
    """
    if not 8 <= len(name) <= 64 or not name.isascii() or "_" in name.strip("_"):
        return False
    letters = name.strip("_")
    if len(letters) < 8 or letters.isupper():
        return False
    turns = sum(a.islower() and (b.isupper() or b.isdigit()) for a, b in pairwise(letters))
    vowels = sum(letter in _VOWELS for letter in letters)
    longest = max(len(run) for run in re.split("[aeiouyAEIOUY]", letters))
    if letters.islower():
        return vowels < 0.2 * len(letters) or longest >= 6
    return turns >= len(letters) / 6 and (longest >= 5 or vowels < 0.25 * len(letters))


def _foreign(name: str) -> bool:
    return not name.isascii() and sum(ord(letter) > 0x24F for letter in name) * 2 > len(name)


def _drawn(names: list[str]) -> bool:
    """Say whether non-Latin names are put together of characters that nobody writes."""
    letters = {letter for name in names for letter in name if ord(letter) > 0x24F}
    wide = {letter for letter in letters if _is_wide(letter)}
    if len(wide) >= _FEW and 2 * len(wide) > len(letters):
        words = [name for name in names if not wide.isdisjoint(name)]
        if sum(map(len, words)) >= LONG * len(words):
            return True
        common = max(_share(wide, codec, lead) for codec, lead in _LEVELS)
        return len(wide) >= _ENOUGH and common < _COMMON
    return len(letters) >= _ENOUGH and len({ord(letter) >> 8 for letter in letters}) >= _PAGES


def _is_wide(letter: str) -> bool:
    return (
        "\u3400" <= letter <= "\u9fff"
        or "\uac00" <= letter <= "\ud7a3"
        or "\uf900" <= letter <= "\ufaff"
        or letter >= "\U00020000"
    )


def _share(letters: set[str], codec: str, common: range) -> float:
    return sum(_lead(letter, codec) in common for letter in letters) / len(letters)


def _lead(letter: str, codec: str) -> int:
    encoded = letter.encode(codec, "ignore")
    return encoded[0] if encoded else -1


_SORTS = (
    _Sort("names:numbered", lambda name: bool(_COUNTED.match(name)), 0.4, "a number each"),
    _Sort("names:alike", _alike, 0.3, "letters that look alike"),
    _Sort("names:random", _random, 0.6, "letters in no order"),
)


def numbered_words(page: Page) -> list[Mark]:
    """Return a mark for the numbered names of a script that was not lowered."""
    words = set(_NUMBERED.findall(page.text))
    if len(words) < MANY:
        return []
    first = _NUMBERED.search(page.text)
    place = page.place(first.start()) if first else Place(1, 1)
    return [
        Mark("names:numbered", place, f"{len(words)} names, a number each: {', '.join(sorted(words)[:3])}", len(words))
    ]
