"""What is set up to start by itself, by which call, and in which functions the payload of it is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.autostart import SYSTEM, autostart_of, is_hijacked_key, is_run_key, registers, replaced
from assay.rules.file_calls import paths_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import CallFact, Spot

HIJACKED = "a key that gives higher rights"


def payloads(code: Code) -> Iterator[Spot]:
    """Yield the functions that hold a payload: they download, write what they decoded, or copy the running program."""
    for call in code.calls("download"):
        yield call.where.spot
    for flow in code.facts.flows if code.facts else ():
        if flow.sink == "write" and flow.source in ("remote", "blob", "argument"):
            yield flow.where.spot


def registrations(code: Code) -> Iterator[tuple[CallFact, str, str, str]]:
    """Yield what is set up: the call, what starts it, whose that is (``SYSTEM`` or ``TOOL``), its path or command."""
    for call in code.facts.calls if code.facts else ():
        for path in paths_written(call):
            found = autostart_of(path)
            if found:
                yield call, *found, path
        if "process" in call.kinds:
            for text in (*(text for one in call.arguments[:2] for text in one.value.strings), _joined(call)):
                if registers(text):
                    yield call, "a command that registers", SYSTEM, text
                    break
    yield from _keys(code)
    yield from replaced(code)


def _joined(call: CallFact) -> str:
    """A command that is given as a list of words, as one line."""
    return " ".join(call.arguments[0].value.strings) if call.arguments else ""


def _keys(code: Code) -> Iterator[tuple[CallFact, str, str, str]]:
    """Values set under a Run key that the same function opens."""
    opened: dict[Spot, str] = {}
    for call in code.calls("persist"):
        for text in (text for one in call.arguments for text in one.value.strings):
            if is_run_key(text) or is_hijacked_key(text):
                opened.setdefault(call.where.spot, text)
    for call in code.calls("persist"):
        if call.name.startswith("winreg.SetValue") and call.where.spot in opened:
            text = opened[call.where.spot]
            yield call, HIJACKED if is_hijacked_key(text) else "a Run key", SYSTEM, text
