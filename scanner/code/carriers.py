"""What carries private data on its way: copies of files, archives, buffers and parsers that are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.flow import known_text
from assay.scanner.code.operators import path_text
from assay.scanner.code.values import Arguments, Items, Reference, Taints, Unknown, Value, tainted, taints_of

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_COPIES = frozenset(
    {
        *("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "shutil.copytree"),
        *("os.rename", "os.replace", "os.link", "os.symlink"),
    }
)
_ARCHIVES = ("zipfile.ZipFile().", "tarfile.open().", "tarfile.TarFile().")
_PARSERS = ("configparser.ConfigParser().", "configparser.RawConfigParser().", "configparser.SafeConfigParser().")
_KEPT = frozenset({"screen", "keys", "clipboard", "credential", "identity", "process"})
"""Kinds of sources that are remembered of what is in a file."""

_MESSAGES = ("email.", "discord.", "discord_webhook.", "dhooks.", "nextcord.", "disnake.", "aiohttp.FormData().")
_ADDS = frozenset(
    {
        *("attach", "set_content", "add_attachment", "add_alternative", "set_payload", "add_field", "set_field_at"),
        *("add_embed_field", "add_embed", "add_file", "set_description", "set_footer", "set_author", "set_title"),
    }
)
"""Methods by which mails, messages and forms are given what they hold."""

_MOST = 512
_CARRIERS = frozenset(
    {
        *(name.rpartition(".")[2] for name in _COPIES),
        *("make_archive", "write", "add", "read", "read_file", "readfp", "copyfileobj", "dump", "save", "savefig"),
        "tofile",
        *_ADDS,
    }
)
"""Last names of all calls that carry; the others are not looked at."""


def carry(machine: Machine, frame: Frame, callee: Reference, arguments: Arguments) -> None:
    """Note what a call puts where: the path of a copy, what goes into an archive, a buffer or a parser."""
    name = callee.name
    last = name.rpartition(".")[2]
    if last not in _CARRIERS:
        return
    first, second = arguments.get(0), arguments.get(1)
    if name in _COPIES:
        _copy(machine, _path(arguments.get(0, "src")), _path(arguments.get(1, "dst")))
    elif name == "shutil.make_archive":
        _copy(machine, _path(arguments.get(2, "root_dir")), f"{_path(first)}.{_path(second)}")
    elif name.startswith(_ARCHIVES) and last in {"write", "add"} and callee.origin is not None:
        _archive(machine, frame, _held_by(callee.origin), first)
    elif name.startswith(_PARSERS) and last in {"read", "read_file", "readfp"}:
        _fill(machine, frame, callee, _path(first))
    elif last in _ADDS and name.startswith(_MESSAGES):
        _give(frame, callee, taints_of(arguments.values))
    elif name == "shutil.copyfileobj" or last == "dump":
        poured = taints_of([first] if first is not None else [])
        _pour(second, poured)
        keep(machine, _path(second.origin.get(0)) if isinstance(second, Reference) and second.origin else "", poured)
        if last == "copyfileobj" and first is not None and isinstance(second, Reference):
            machine.call(frame, second._replace(name=f"{second.name}.write"), first)
    elif last in {"save", "savefig", "tofile"}:
        _pour(first, callee.taints)
        keep(machine, _path(first), callee.taints)


def keep(machine: Machine, path: str, taints: Taints) -> None:
    """Note what is put into a file: who reads it later has that."""
    brought = frozenset(taint for taint in taints if taint.kind in _KEPT)
    if path and brought and len(machine.filled) < _MOST:
        machine.filled[path] = machine.filled.get(path, frozenset()) | brought


def _held_by(made: Arguments) -> Value | None:
    """What an archive is written to: the file object that it was made with, else its path."""
    given = made.get(2, "fileobj") or made.get(0, "file")
    return given or made.get(-1, "name")


def _path(value: Value | None) -> str:
    """The text of a path as far as it is known."""
    return (known_text(path_text(value)) or "") if value is not None else ""


def _copy(machine: Machine, source: str, target: str) -> None:
    if source and target and len(machine.copied) < _MOST:
        machine.copied[target] = machine.copied.get(source, source)


def _archive(machine: Machine, frame: Frame, into: Value | None, given: Value | None) -> None:
    """A file goes into an archive: into what it is written to, a path or a buffer; of an unknown path its sources."""
    path = _path(given)
    if not path and given is not None:
        _pour(into, given.taints)
    if isinstance(into, Items):
        _pour(into, _kept(machine, frame, path))
    else:
        _copy(machine, path, _path(into))


def _kept(machine: Machine, frame: Frame, path: str) -> Taints:
    """The source that a file is: of credentials where its path says so."""
    path = machine.copied.get(path, path)
    is_secret = machine.vocabulary.credentials.search(path.replace("\\", "/").lower()) is not None
    return machine.source(frame, "credential" if is_secret else "file", path)


def _fill(machine: Machine, frame: Frame, callee: Reference, path: str) -> None:
    """A parser has read a file: whatever is asked of it is of that file."""
    _give(frame, callee, _kept(machine, frame, path))


def _give(frame: Frame, callee: Reference, taints: Taints) -> None:
    """Something flows into the object of a method, under every name that it has."""
    base = callee.name.rpartition(".")[0]
    names = frame.scope.names
    for name, value in list(names.items()):
        if isinstance(value, Reference) and value.name == base and value.origin is callee.origin:
            names[name] = tainted(value, taints)


def _pour(into: Value | None, taints: Taints) -> None:
    """Something flows into a buffer."""
    if isinstance(into, Items) and into.kind == "buffer" and taints:
        into.items.append(Unknown(taints))
