"""Files of a package that its own code starts: by ``fork``, as the script of another interpreter, in a worker."""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from assay.scanner.code.npm.effects import language_of, quoted
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact
    from assay.scanner.code.npm.resolution import Files

_MOST = 64
_LONGEST = 4_096
_FOLDER = lazy("…/+")
_OF_MODULES = (".fork", "Worker")


def started_by(call: CallFact, files: Files) -> Iterator[str]:
    """Yield the files that a call starts, as far as its arguments name them."""
    loads = call.name.endswith(_OF_MODULES)
    if not loads and "process" not in call.kinds:
        return
    around = call.where.module.rpartition("/")[0]
    texts = [text for one in call.arguments[:2] for text in one.value.strings[:_MOST]]
    values = [one.value.value for one in call.arguments[:2] if isinstance(one.value.value, str)]
    for text in dict.fromkeys([*values, *texts]):
        for word in text[:_LONGEST].split()[:_MOST]:
            name = word.strip("\"'`").replace("\\", "/").removeprefix("file://")
            if loads or language_of(name):
                found = _found(name, around, files)
                if found:
                    yield found


def line_of(call: CallFact) -> str:
    """Return the command that a call starts as a line of shell, "" if it starts none or hardly anything is known.

    The folder of the file that calls is left out of paths, which the evaluator begins where the package does.
    """
    if "process" not in call.kinds or not call.arguments:
        return ""
    first = call.arguments[0].value
    if isinstance(first.value, str):
        return _FOLDER.sub("", first.value[:_LONGEST])
    return _FOLDER.sub("", " ".join(quoted(word) for word in first.strings[:_MOST])[:_LONGEST])


def _found(name: str, around: str, files: Files) -> str:
    """The file that a name means: from the package's folder after what is not known, else from either folder."""
    before, unknown, rest = name.rpartition("…")
    if unknown:
        return files.module(rest.lstrip("/")) if rest.startswith("/") else ""
    return files.module(join(around, before or name.lstrip("/"))) or files.module(name.lstrip("/"))
