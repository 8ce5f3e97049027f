"""Which modules the executed lines of a ``.pth`` file import, so that it is known what starts with the interpreter.

The lines are those that https://docs.python.org/3/library/site.html gives to ``exec``. Names are taken as they are
written, in texts within a line too (``exec("import x")``); one too many does no harm, for only what is installed
counts. What the lines do besides is judged where code is read.
"""

from __future__ import annotations

import re

from assay.scanner.inputs.parsed import Parsed
from assay.scanner.lazy_pattern import lazy

_LONGEST = 1 << 20
_EXECUTED = lazy(r"^import[ \t].*", re.MULTILINE)
_NAME = r"[^\W\d]\w{0,99}(?:\.[^\W\d]\w{0,99}){0,9}"
_IMPORT = lazy(rf"\bimport\s{{1,9}}({_NAME}(?:\s{{0,9}},\s{{0,9}}{_NAME}){{0,99}})")
_FROM = lazy(rf"\bfrom\s{{1,9}}({_NAME})\s{{1,9}}import\b")
_CALL = lazy(rf"\b(?:__import__|import_module|run_module)\s{{0,9}}\(\s{{0,9}}['\"]({_NAME})['\"]")


def parse(data: bytes, _path: str) -> Parsed:
    """Return the dotted names of the modules, sorted."""
    text = data[:_LONGEST].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    found: set[str] = set()
    for line in _EXECUTED.findall("\n".join(text.splitlines())):
        for names in _IMPORT.findall(line):
            found.update(name.strip() for name in names.split(","))
        found.update((*_FROM.findall(line), *_CALL.findall(line)))
    return Parsed("installed", starts=tuple(sorted(found)))
