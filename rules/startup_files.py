"""Whether a call writes a file that the site module reads when an interpreter starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import CallFact

_HOOK = lazy(r"(?:^|[/\\…])(?:(?:site|user)customize\.py|[^/\\…]*\.pth)$")
_SITE = lazy(r"(?:site|dist)-packages|(?:site|user)customize\.py$")
_EXECUTED = ("import ", "import\t")
_MORE = lazy(
    r"\b(?:open|eval|getattr)\s*\(|base64|b64decode|fromhex|codecs|zlib|marshal|ctypes|urlopen|\bsockets?\b|requests\."
    r"|subprocess|\.(?:system|popen|Popen|spawn\w*|exec[lv]\w*)\s*\("
)
"""What a line that only loads a module has no need of."""


class Written(NamedTuple):
    """A startup file that is written: its path as far as it is known, whether its lines are, and if they do more."""

    path: str
    known: bool
    does_more: bool


def written(call: CallFact) -> Written | None:
    """Return what a call writes, None if it is no startup file.

    Weights of neural networks have the ending ``.pth`` too, so that a file of this name counts only with lines for the
    site module in it, or in a folder for installed packages.
    """
    if not {"write", "download"}.intersection(call.kinds):
        return None
    found = [text for one in (*call.receiver, *call.arguments) for text in (*one.value.strings, one.value.value)]
    texts = [text for text in found if isinstance(text, str)]
    paths = [text for text in texts if _HOOK.search(text)]
    lines = [line for text in texts for line in text.splitlines() if line.startswith(_EXECUTED)]
    if not paths or not (lines or any(_SITE.search(path) for path in paths)):
        return None
    return Written(paths[0], bool(lines), any(_MORE.search(line) for line in lines))
