"""What is destroyed: places that users keep things in, deleted, encrypted or written over, and commands that do so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.command_lines import command_of
from assay.rules.destruction import destroys, empties_folder, is_whole, spares_folders
from assay.rules.emptied_folders import emptied, is_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.code.facts import CallFact, FlowFact, Folded
    from assay.scanner.code.ir import Place

_HOMES = frozenset({"HOME", "USERPROFILE", "SYSTEMDRIVE", "HOMEDRIVE", "SYSTEMROOT", "WINDIR", "pathlib.Path.home"})
_DATA = ("XDG_", "APPDATA", "LOCALAPPDATA")
"""Folders in which programs keep data: who looks them up means a folder of their own, wherever the home comes in."""
_OTHERS = frozenset({"argument", "environment", "process", "remote"})
_CURRENT = frozenset({"process.cwd()", "os.getcwd()"})
_ONE_FILE = ("unlink", "unlinkSync", "os.remove")
_MOVES = frozenset({"os.chdir", "process.chdir"})


class Destroyed(NamedTuple):
    """One way in which something is destroyed, and how it is said."""

    seen: Seen
    what: str
    steps: tuple[str, ...]


def destroyed(code: Code) -> Iterator[Destroyed]:
    """Yield each way in which the code of a package destroys what users own."""
    yield from _calls(code)
    yield from _walks(code)


def _calls(code: Code) -> Iterator[Destroyed]:
    """Deletions of whole places, and commands that destroy."""
    for call in code.calls("delete"):
        given = (one for one in (*call.receiver[:1], *call.arguments[:1]) if not _is_fallback(one.value))
        for path in (text for one in given for text in one.value.strings if is_whole(text)):
            yield Destroyed(code.seen(call.where), f"{call.name} of {path}", call.steps)
    moved = {call.where.module for call in code.calls("control") if call.name in _MOVES}
    for call in code.calls("process"):
        command = command_of(call)
        if destroys(command.line) or (
            call.where.module not in moved and _is_started_here(call) and empties_folder(command.line)
        ):
            yield Destroyed(
                code.seen(call.where), command.line, tuple(step for value in command.values for step in value.steps)
            )


def _is_fallback(value: Folded) -> bool:
    """Whether a place is only one that is taken where nobody names another: ``path.rstrip("/") or "/"``.

    What makes paths absolute does so with the root of all, beside whatever else they may be.
    """
    among = "/" in value.strings and not all(map(is_whole, value.strings))
    return value.kind == "unknown" and (bool(value.sources) or among)


def _is_started_here(call: CallFact) -> bool:
    """Whether a command runs in the folder that the program was started in."""
    names = [one.value.names for one in call.arguments if one.name == "cwd"]
    return all(_CURRENT.intersection(some) for some in names)


def _walks(code: Code) -> Iterator[Destroyed]:
    """Whole places whose files are found one by one, and deleted or encrypted."""
    flows = code.facts.flows if code.facts else ()
    encrypting = {_function(flow) for flow in flows if flow.sink == "cipher" and flow.source == "file"}
    single = {call.where[:3] for call in code.calls("delete") if spares_folders(call)}
    plain = {call.where[:3] for call in code.calls("delete") if _is_plain_folder(call)}
    plain -= {flow.where[:3] for flow in flows if flow.source == "folder" and flow.detail.startswith(_DATA)}
    fixed = {call.where[:3] for call in code.calls("write") if is_fixed(call)}
    for seen, what, steps in emptied(code):
        yield Destroyed(seen, what, steps)
    for flow in flows:
        if flow.sink == "delete" and (_walked(flow) or (_is_home(flow, plain) and flow.where[:3] not in single)):
            what = f"deletes what it finds in {flow.detail}" if _walked(flow) else f"{flow.name} of {flow.detail}"
            yield Destroyed(code.seen(flow.where), what, flow.steps)
        elif flow.sink in ("write", "open") and _walked(flow) and _function(flow) in encrypting:
            yield Destroyed(code.seen(flow.where), f"encrypts what it finds in {flow.detail}", flow.steps)
        elif flow.sink == "write" and _walked(flow) and flow.where[:3] in fixed and flow.target.endswith("…"):
            yield Destroyed(code.seen(flow.where), f"overwrites what it finds in {flow.detail}", flow.steps)


def _walked(flow: FlowFact) -> bool:
    return flow.source == "file" and flow.role == "path" and is_whole(flow.detail)


def _is_plain_folder(call: CallFact) -> bool:
    """Whether a folder of the user or system is deleted, or what no one else names below it."""
    given = (one.value for one in (*call.receiver[:1], *call.arguments[:1]))
    return any(
        value.kind != "constant"
        and "folder" in value.sources
        and not _OTHERS.intersection(value.sources)
        and not value.names
        for value in given
    )


def _is_home(flow: FlowFact, plain: set[tuple[str, int, Place]]) -> bool:
    """Whether a folder of the user or system is deleted itself, with nothing below it named."""
    whole = flow.source == "folder" and flow.detail in _HOMES and not flow.target.strip("…/\\~*")
    is_said = flow.target.startswith("~") or flow.where[:3] in plain
    return whole and is_said and not flow.name.endswith(_ONE_FILE)


def _function(flow: FlowFact) -> tuple[str, int]:
    return flow.where.module, flow.where.layer
