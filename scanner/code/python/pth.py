"""``.pth`` files as the site module reads them: which lines are executed, and what those do.

https://docs.python.org/3/library/site.html and ``addpackage`` of Lib/site.py, read in 3.11 to 3.13: a line that begins
with ``import`` and a blank or a tab is given to ``exec``, each by itself, among the names of the site module itself;
``#`` begins a comment, every other line is a folder. Up to 3.12 lines end as in any text file and the text is in the
locale's encoding; from 3.13 on lines end where ``str.splitlines`` says, and the text is UTF-8, with a mark or without,
and in the locale's encoding if it is not UTF-8. What runs in one of them is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Defect, Place, Unit
from assay.scanner.code.python import lower_source
from assay.scanner.code.python.source import MAX_BYTES, read
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINNINGS = ("import ", "import\t")
_IN_SITE = lazy(r"\b(?:builtins|io|os|stat|sys)\b")
"""Modules that Lib/site.py imports, so that a line may use them without."""


def lower_pth(data: bytes, path: str) -> Unit:  # the signature that all front ends share
    """Return the intermediate form of the lines that are executed, each where it stands.

    Never raises; defects are those of ``lower``. A line on which 3.13 sees several stands for the first of them, and
    the others follow it, so that what comes later has a higher number than an editor shows.
    """
    if not any(beginning.encode() in data for beginning in _BEGINNINGS):
        return lower_source(read(b""))
    text = "\n".join(_executed(_decoded(data[:MAX_BYTES])))
    unit = lower_source(read(text.encode()), sorted(set(_IN_SITE.findall(text))))
    if len(data) > MAX_BYTES:
        cut = Defect(Place(1, 1), "too-large", f"{len(data)} bytes; the first {MAX_BYTES} were read")
        return unit._replace(defects=(cut, *unit.defects))
    return unit


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # every byte is something; which locale it is for cannot be known
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _executed(text: str) -> Iterator[str]:
    """Yield each line that is executed, and "" for each that is not."""
    for line in text.split("\n"):
        whole = line.startswith(_BEGINNINGS)
        inner = [part for part in line.splitlines()[whole:] if part.startswith(_BEGINNINGS)]
        if whole:
            yield line
        yield from inner
        if not whole and not inner:
            yield ""
