"""Second stages: what a package writes to disk and then starts, whether it was fetched or came along in the code.

What is written and what is started are brought together by the name of the file as far as it is known, else by standing
in one function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.addresses import shape
from assay.rules.behaviour import UNASKED
from assay.rules.command_lines import Command, command_of, is_build_step, is_running, parts_of, program
from assay.rules.fetching_commands import saved_by
from assay.rules.file_calls import path_first
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.code.facts import CallFact, Folded, Where

_MODE = lazy(r"(?:^| )[rwaxbt+]{1,3}(?: \S+)?$")
_NAMED = lazy(r"[^\W_]{2}")
_TEMPORARY = ("tempfile.NamedTemporaryFile().name", "tempfile.mkstemp()[]", "tempfile.mktemp()")
_INTO = frozenset({"filename", "out"})
_IMPORTED_FROM = frozenset({"sys.path.insert", "sys.path.append"})
_ONLY_NAMES = frozenset({"require.resolve"})
_SEPARATORS = lazy(r"[/\\]")
_STARTS = frozenset({"process", "native", "import"})
_NOWHERE = frozenset({"/dev/null", "nul", "NUL", "-"})
_ENDS = frozenset({"", " ", "'", '"', ";", "&", "|"})
_HANDLING = frozenset(
    "cat chmod chown cksum cmp cp curl cut diff du echo file find grep gunzip gzip head if jq ln ls md5sum mkdir mv "  # noqa: SIM905
    "readlink rm sed sha1sum sha256sum sha512sum shasum sort stat tail tar test touch tr unxz unzip wc wget xz".split()
)
"""Programs that start none of the files that they are given."""

_SHORTEST = 4
"""Characters of a file's name that are looked for in a command."""


class Written(NamedTuple):
    """Something that is written to disk: where, its path ("" if unknown), where it came from (a URL, a decoder)."""

    where: Where
    path: str
    origin: str
    steps: tuple[str, ...] = ()


class Stage(NamedTuple):
    """Something written and the call that starts it; ``certain`` if both name the same file."""

    written: Written
    started: CallFact
    command: Command
    seen: Seen
    certain: bool


def path_of(target: str) -> str:
    """Return the path in a flow's target, which names the mode of the file too; "" if it is not known."""
    return _MODE.sub("", target)


def written_to(call: CallFact) -> str:
    """Return the path of the file that a call of the kind ``write`` writes to, "" if it is not known."""
    first = path_first(call)
    if first is not None:
        return _text(first)
    return _text(call.receiver[0].value) if call.receiver else ""


def file_name(path: str) -> str:
    """Return the last part of a path, "" if too little of it is known to recognise it by."""
    name = _SEPARATORS.split(path.strip().strip("\"'"))[-1].lower()
    return name if len(name) >= _SHORTEST and _NAMED.search(name) else ""


def fetched(code: Code) -> Iterator[Written]:
    """Yield what comes from the network and is written."""
    for flow in code.facts.flows if code.facts else ():
        if flow.source == "remote" and flow.sink == "write" and flow.role in ("data", "source"):
            yield Written(flow.where, path_of(flow.target), flow.detail, flow.steps)
    for call in code.calls("network"):
        if call.name == "git.Repo.clone_from" and call.arguments:
            yield Written(call.where, "", _text(call.arguments[0].value))
    yield from _poured_out(code)
    for call in code.calls("download"):
        first = 1 if call.name.startswith("ctypes.") else 0
        texts = [_text(one.value) for one in call.arguments if one.position == first + 1 or one.name in _INTO]
        origin = next((_text(one.value) for one in call.arguments if one.position == first or one.name == "url"), "")
        yield Written(call.where, texts[0] if texts else "", origin)


def _poured_out(code: Code) -> Iterator[Written]:
    """Yield the folders into which archives are unpacked that were fetched and never written."""
    for call in code.calls("write"):
        given = next((one.value for one in call.receiver if "remote" in one.value.sources), None)
        if given is not None and call.name.endswith((".extractall", ".extract")):
            folder = next((_text(one.value) for one in call.arguments if one.position == 0 or one.name == "path"), "")
            yield Written(call.where, folder, "an archive from the network")


def unpacked(code: Code, archives: Iterable[Written]) -> Iterator[Written]:
    """Yield the folders into which archives are unpacked that were written under a known name."""
    origins = {(one.where.module, file_name(one.path)): one.origin for one in archives if file_name(one.path)}
    for call in code.calls("write"):
        origin = origins.get((call.where.module, file_name(written_to(call))))
        folder = next((_text(one.value) for one in call.arguments if one.position == 0 or one.name == "path"), "")
        if origin is not None and call.name.endswith(".extractall") and file_name(folder):
            yield Written(call.where, folder, origin)


def brought(code: Code) -> Iterator[Written]:
    """Yield all that comes from the network to a file or a folder: by itself, by other programs, and in archives."""
    whole = list(fetched(code))
    yield from whole
    yield from unpacked(code, whole)
    yield from left_to_others(code)


def left_to_others(code: Code) -> Iterator[Written]:
    """Yield what other programs are told to fetch into a file."""
    for call in code.calls("process"):
        saved = None if is_running(call) else saved_by(command_of(call).line)
        if saved and saved[1] not in _NOWHERE:
            yield Written(call.where, saved[1], saved[0])


def stages(code: Code, written: Iterable[Written]) -> Iterator[Stage]:
    """Yield what is written and then started: for each start the best known of what was written."""
    by_module: dict[str, list[Written]] = {}
    for one in written:
        by_module.setdefault(one.where.module, []).append(one)
    if not by_module:
        return
    for call in code.calls(*_STARTS, "control"):
        here = by_module.get(call.where.module)
        if not here or is_running(call) or not _may_start(call, code):
            continue
        command = command_of(call)
        if _only_handles(command):
            continue
        here = [one for one in here if one.where != call.where]
        named = [one for one in here if _names(command, call, one)]
        near = [one for one in here if one.where[1] == call.where.layer and _within(call.where, one.where)]
        near = [one for one in near if _may_be(one, call, command)] if "process" in call.kinds else []
        for one in sorted(named or near, key=lambda one: not shape(one.origin))[:1]:
            yield Stage(one, call, command, code.seen(call.where), bool(named))


def _may_start(call: CallFact, code: Code) -> bool:
    """Say whether a call may start a file: also by being where modules are looked for, if nobody asks for it."""
    if "control" in call.kinds:
        return call.name in _IMPORTED_FROM and code.seen(call.where).trigger in UNASKED
    return call.name not in _ONLY_NAMES


def _within(started: Where, written: Where) -> bool:
    """Say whether a start stands in the function that writes, or in one that this hands on to be called afterwards."""
    inner, outer = started.function, written.function
    return inner == outer or bool(outer and inner.startswith(f"{outer}."))


def _only_handles(command: Command) -> bool:
    """Say whether a command looks at files, moves or unpacks them, and starts none of them."""
    parts = parts_of(command)
    return bool(parts) and all(program(words[0].lstrip("[(")) in _HANDLING for words in parts)


def _names(command: Command, call: CallFact, one: Written) -> bool:
    """Say whether a call names the file that was written."""
    name, line = file_name(one.path), command.line.lower()
    if (name and name in line) or _names_whole(line, one.path.strip().strip("\"'").lower()):
        return True
    return _is_temporary(one) and bool(_temporary(call)) and one.where.function == call.where.function


def _names_whole(line: str, path: str) -> bool:
    """Say whether the whole path of a file stands in a command, however short its name is."""
    if "…" in path or len(path) < _SHORTEST or not path.startswith(("/", "~", "c:")):
        return False
    return not path.endswith("/") and any(end[:1] in _ENDS for end in line.split(path)[1:])


def _is_temporary(one: Written) -> bool:
    return not one.path


def _temporary(call: CallFact) -> list[str]:
    return [name for argument in call.arguments for name in argument.value.names if name in _TEMPORARY]


def _may_be(one: Written, call: CallFact, command: Command) -> bool:
    """Say whether what a call starts may be a file written in the same function: one of the two is not known."""
    if is_build_step(command) or call.where.place < one.where.place:
        return False
    unknown = not command.words or "…" in command.line or any(one.value.value is None for one in call.arguments[:1])
    return unknown or not file_name(one.path)


def _text(value: Folded) -> str:
    return value.value if isinstance(value.value, str) else " ".join(value.strings)
