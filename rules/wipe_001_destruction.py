"""What users own is destroyed: homes, drives and systems deleted, formatted or encrypted.

Detects: homes, drives, folders of the system and those that users keep their files in, given to functions that delete,
    or walked while what is found is deleted or encrypted and written back; commands that delete or format such places
    or remove the copies that a system keeps. When called HIGH, on import HIGH, at install or startup CRITICAL, in code
    that exists only after decoding CRITICAL. Commands that delete all that lies in the current folder count, and so do
    files found in it, or above it, that are deleted or overwritten with a fixed text unasked.
Why: there is no innocent reason for a package to delete a whole home, and no way back.
Misses: paths that come from elsewhere; single files of value; native code.
Fix: do not install it; restore from a copy that the machine could not reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import UNASKED, Code, Seen, chain, finding
from assay.rules.chains import listed
from assay.rules.command_lines import command_of
from assay.rules.destruction import destroys, empties_folder, is_whole
from assay.rules.file_calls import texts_written
from assay.rules.identity import label_of
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, FlowFact, Folded
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_HOMES = frozenset({"HOME", "USERPROFILE", "SYSTEMDRIVE", "HOMEDRIVE", "SYSTEMROOT", "WINDIR", "pathlib.Path.home"})
_CURRENT = frozenset({"process.cwd()", "os.getcwd()"})
_WHOLE_FOLDERS = ("rmtree", "rimraf", "rimraf.sync", "fs.remove", "fs.removeSync")
_FOLDER = frozenset({"os.getcwd"})
_MOVES = frozenset({"os.chdir", "process.chdir"})
_ABOVE = lazy(r"(?:\.{1,2}/*)+$|/$")
_IS_FOUND = lazy(r"^[./]*(?:…[/\\]*)+$")
"""A path of which nothing is known but the folder in which it was found."""


class _Destroyed(NamedTuple):
    """One way in which something is destroyed, and how it is said."""

    seen: Seen
    what: str
    steps: tuple[str, ...]


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that destroys what users own."""
    code = Code(subject)
    if code.facts is None:
        return
    groups: dict[tuple[str, str], list[_Destroyed]] = {}
    for one in (*_calls(code), *_walks(code)):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        first = min(some, key=lambda one: (chain(one.seen).rank, one.seen.place))
        yield finding(
            "WIPE-001",
            subject,
            first.seen,
            chain(first.seen),
            f"{label_of(subject.purl)} destroys what users own",
            listed(one.what for one in some),
            steps=first.steps,
            remediation="do not install it; restore what was lost from a copy elsewhere",
        )


def _calls(code: Code) -> Iterator[_Destroyed]:
    """Deletions of whole places, and commands that destroy."""
    for call in code.calls("delete"):
        given = (one for one in (*call.receiver[:1], *call.arguments[:1]) if not _is_fallback(one.value))
        for path in (text for one in given for text in one.value.strings if is_whole(text)):
            yield _Destroyed(code.seen(call.where), f"{call.name} of {path}", call.steps)
    moved = {call.where.module for call in code.calls("control") if call.name in _MOVES}
    for call in code.calls("process"):
        command = command_of(call)
        if destroys(command.line) or (
            call.where.module not in moved and _is_started_here(call) and empties_folder(command.line)
        ):
            yield _Destroyed(
                code.seen(call.where), command.line, tuple(step for value in command.values for step in value.steps)
            )


def _is_fallback(value: Folded) -> bool:
    """Whether a place is only one that is taken where nobody names another: ``path.rstrip("/") or "/"``."""
    return value.kind == "unknown" and bool(value.sources)


def _is_started_here(call: CallFact) -> bool:
    """Whether a command runs in the folder that the program was started in."""
    names = [one.value.names for one in call.arguments if one.name == "cwd"]
    return all(_CURRENT.intersection(some) for some in names)


def _walks(code: Code) -> Iterator[_Destroyed]:
    """Whole places whose files are found one by one, and deleted or encrypted."""
    flows = code.facts.flows if code.facts else ()
    encrypting = {_function(flow) for flow in flows if flow.sink == "cipher" and flow.source == "file"}
    yield from _emptied(code)
    for flow in flows:
        if flow.sink == "delete" and (_walked(flow) or _is_home(flow)):
            what = f"deletes what it finds in {flow.detail}" if _walked(flow) else f"{flow.name} of {flow.detail}"
            yield _Destroyed(code.seen(flow.where), what, flow.steps)
        elif flow.sink in ("write", "open") and _walked(flow) and _function(flow) in encrypting:
            yield _Destroyed(code.seen(flow.where), f"encrypts what it finds in {flow.detail}", flow.steps)


def _emptied(code: Code) -> Iterator[_Destroyed]:
    """Files of the current folder, or of one above it, that are deleted or overwritten with a fixed text unasked."""
    flows = code.facts.flows if code.facts else ()
    current = {flow.where[:3] for flow in flows if flow.source == "folder" and flow.detail in _FOLDER}
    gone = {call.where[:3] for call in code.calls("write", "delete") if _is_fixed(call) or _is_with_all_below(call)}
    for flow in flows:
        seen = code.seen(flow.where)
        if flow.source != "file" or flow.role != "path" or seen.trigger not in UNASKED:
            continue
        here = flow.where[:3] in current or _ABOVE.match(flow.detail)
        if here and flow.sink in ("delete", "write") and flow.where[:3] in gone and _IS_FOUND.search(flow.target):
            did = "deletes" if flow.sink == "delete" else "overwrites"
            yield _Destroyed(seen, f"{did} what it finds in {flow.detail or 'the current folder'}", flow.steps)


def _is_fixed(call: CallFact) -> bool:
    """Whether a file is overwritten with a text that stands in the code."""
    known = any(one.position == 1 and one.value.kind == "constant" for one in call.arguments)
    return known and bool(texts_written(call))


def _is_with_all_below(call: CallFact) -> bool:
    """Whether a folder is deleted with all that is in it, and whatever it is called."""
    asked = any(condition.startswith("file:") for condition in call.where.conditions)
    whole = any("recursive" in one.value.strings for one in call.arguments) or call.name.endswith(_WHOLE_FOLDERS)
    return "delete" in call.kinds and whole and not asked


def _walked(flow: FlowFact) -> bool:
    return flow.source == "file" and flow.role == "path" and is_whole(flow.detail)


def _is_home(flow: FlowFact) -> bool:
    """Whether a folder of the user or system is deleted itself, with nothing below it named."""
    return flow.source == "folder" and flow.detail in _HOMES and not flow.target.strip("…/\\~")


def _function(flow: FlowFact) -> tuple[str, int]:
    return flow.where.module, flow.where.layer


RULE = Rule(
    id="WIPE-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("destruction",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
