"""Programs and libraries that a package brings along and has started without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, chain, lowered
from assay.rules.capabilities import Use, hidden, shown
from assay.rules.command_lines import command_of, is_running
from assay.rules.file_types import NATIVE
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.models import Package

SORTS = {"carried": "brings a program along and starts it unasked"}
_SHORTEST = 4
_LOADERS = lazy(r"\b(?:rundll32|regsvr32|installutil|msiexec)(?:\.exe)?\b")
"""Programs of Windows that run a library which they are given."""


def programs_started(subject: Package, code: Code) -> Iterator[Use]:
    """Yield the starts of native files that lie in the package, on import or, of a library, whenever it is unasked.

    A package for some platforms alone has native code as its purpose, and may well ask it for its version.
    """
    if subject.platforms or (subject.packed == "wheel" and not subject.pure):
        return
    names = {file.path.rpartition("/")[2].lower() for file in subject.files if file.kind in NATIVE}
    names = {name for name in names if len(name) >= _SHORTEST}
    for call in code.calls("process") if names else ():
        seen, command = code.seen(call.where), command_of(call)
        line = command.line.lower()
        if seen.trigger not in UNASKED or seen.asked or is_running(call) or not any(name in line for name in names):
            continue
        yield Use(seen, _severity(seen, line), "carried", shown(call, command.line), hidden(call, command.values))


def _severity(seen: Seen, line: str) -> Severity:
    """How bad a start is: installers ask what they have brought for its version, nothing else is started on import."""
    is_hidden = seen.trigger != "install" or _LOADERS.search(line) is not None
    return chain(seen) if is_hidden else lowered(Severity.MEDIUM, seen)
