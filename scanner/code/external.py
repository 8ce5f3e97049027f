"""Calls of what stands outside of the package: built-ins that are folded, sources, sinks, callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code import ir
from assay.scanner.code.access import elements, find_in_class
from assay.scanner.code.carriers import carry, keep
from assay.scanner.code.flow import known_text
from assay.scanner.code.layers import command, execute, written
from assay.scanner.code.operators import path_text
from assay.scanner.code.sealing import left_by
from assay.scanner.code.values import (
    MAX_NAME,
    UNKNOWN,
    Applied,
    Arguments,
    Bound,
    Choice,
    Class,
    Constant,
    Function,
    Mapping,
    Partial,
    Reference,
    Taints,
    Unknown,
    Value,
    flat,
    options,
    tainted,
    taints_of,
    union,
)
from assay.scanner.code.vocabulary import AFTER_THE_CALLBACK, Role

if TYPE_CHECKING:
    from assay.scanner.code.ir import Scalar
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame
    from assay.scanner.code.vocabulary import Entry


_UNASKED_COMMANDS = frozenset(
    "bdist bdist_egg bdist_wheel build build_clib build_ext build_py build_scripts develop dist_info easy_install "  # noqa: SIM905
    "editable_wheel egg_info install install_data install_egg_info install_headers install_lib install_scripts "
    "sdist".split()
)
"""Commands of setuptools that building or installing runs; others, such as ``upload``, somebody asks for."""

_MOST_PATHS = 4
"""Paths of which one is read, as far as they are told apart."""

_ALL_VARIABLES = frozenset({"os.environ.items", "os.environ.values", "os.environ.copy"})
_STEPS_OF_COMMANDS = ("initialize_options", "finalize_options", "run", "build_extensions", "build_extension")


def call_reference(machine: Machine, frame: Frame, callee: Reference, arguments: Arguments, op: ir.Op | None) -> Value:
    """The value of a call of something outside of the package; writes down what the vocabulary knows of it."""
    vocabulary = machine.vocabulary
    entry = vocabulary.calls.get(callee.name)
    if entry is not None or callee.name.endswith(".?"):
        machine.recorder.called(machine, frame, callee, entry, arguments, _road(callee, op))
    handler = machine.language.builtins.get(callee.name)
    made = handler(machine, frame, arguments, callee) if handler is not None else None
    if entry is not None:
        ran = _act(machine, frame, callee, entry, arguments)
        made = ran if made is None else made
    carry(machine, frame, callee, arguments)
    if made is None:
        own = entry.source if entry is not None else ""
        if own and callee.taints:
            callee = callee._replace(taints=frozenset(taint for taint in callee.taints if taint.kind != own))
        made = _result(machine, callee, arguments)
    elif made.steps and isinstance(made, Constant | Partial):
        machine.recorder.assembled(machine, frame, made, arguments.values)
    if entry is not None and entry.source:
        found = _source(machine, frame, callee, entry, arguments)
        made = tainted(made, found)
        if entry.source == "screen" and arguments.positional:
            keep(machine, known_text(path_text(arguments.positional[0])) or "", found)
    return made


def _road(callee: Reference, op: ir.Op | None) -> str:
    """How a callee was reached: "direct", "alias" or "computed"."""
    last = callee.name.rpartition(".")[2]
    if isinstance(op, ir.Name):
        return "direct" if op.name.partition("@")[0] in {last, last.removesuffix("()")} else "alias"
    if isinstance(op, ir.Attribute):
        return "direct" if op.name == last else "alias"
    return "computed" if op is not None else "direct"


def _result(machine: Machine, callee: Reference, arguments: Arguments) -> Value:
    """What a call gives that is not folded: a path from the callee, with the sources of all that went in."""
    if callee.name in machine.vocabulary.clean:
        return UNKNOWN
    taints = taints_of((callee, *arguments.values)) if arguments.positional or arguments.keywords else callee.taints
    taints = left_by(callee.name, taints)
    if len(callee.name) > MAX_NAME:
        return Unknown(taints, callee.steps)
    origin = arguments if arguments.positional or arguments.keywords else callee.origin
    return Reference(f"{callee.name}()", taints, callee.steps, origin or arguments)


def _source(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Taints:
    """The source that a call is: of a file, with its path; one of credentials where the path says so."""
    role = next((role for role in entry.roles if role.role != "method"), Role("", 0))
    given = arguments.get(role.position, role.keyword)
    if given is None and callee.origin is not None:
        given = callee.origin.get(0)
    if entry.source == "file" and callee.origin is not None and callee.name.partition("(")[2]:
        given = callee.origin.get(0) or given
    texts = [known_text(path_text(one)) or "" for one in options(given)[:_MOST_PATHS]] if given is not None else [""]
    return union(_source_of(machine, frame, callee, entry.source, text) for text in texts)


def _source_of(machine: Machine, frame: Frame, callee: Reference, kind: str, detail: str) -> Taints:
    if kind == "environment":
        if detail in machine.vocabulary.folders:
            kind = "folder"
        return machine.source(frame, kind, "os.environ" if callee.name in _ALL_VARIABLES else detail)
    filled: Taints = frozenset()
    if kind == "file":
        detail = machine.copied.get(detail, detail)
        filled = machine.filled.get(detail, filled)
        if detail and machine.vocabulary.credentials.search(detail.replace("\\", "/").lower()):
            kind = "credential"
    return machine.source(frame, kind, detail or callee.name) | filled


def _act(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Value | None:
    """What a sink does with its arguments: code is read, commands are looked into, callbacks are called."""
    made: Value | None = None
    if entry.sink in {"code", "compile"}:
        made = _run(machine, frame, callee, entry, arguments)
    elif entry.sink == "process":
        value = arguments.get(entry.roles[0].position, entry.roles[0].keyword) if entry.roles else None
        if value is not None:
            command(machine, frame, value)
    elif entry.sink == "write":
        _write(machine, frame, callee, entry, arguments)
    elif entry.sink == "setup":
        _build(machine, frame, arguments)
    for position, keyword in entry.callbacks:
        value = arguments.get(position, keyword)
        if isinstance(value, Function | Bound | Applied | Reference | Choice):
            heard = _source(machine, frame, callee, entry, arguments) if entry.source else frozenset()
            _call_back(machine, frame, value, entry, _given(entry, arguments, position), heard)
    return made


def _run(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Value | None:
    """Code is read, that which prepares it first; what ``eval`` gives."""
    for word in ("setup", "code"):
        given = [arguments.get(role.position, role.keyword) for role in entry.roles if role.role == word]
        value = next((value for value in given if value is not None), None)
        result = None if value is None else execute(machine, frame, value, entry.sink)
    return result if callee.name == "builtins.eval" else None


def _given(entry: Entry, arguments: Arguments, position: int) -> tuple[Value, ...]:
    """The arguments that a callback is called with."""
    if entry.callback_arguments[0] == AFTER_THE_CALLBACK:
        return arguments.positional[position + 1 :]
    given = arguments.get(*entry.callback_arguments)
    found = elements(given)[0] if given is not None else []
    return tuple(found or ())


def _build(machine: Machine, frame: Frame, arguments: Arguments) -> None:
    """``setup()`` runs the commands that it is given as ``cmdclass``: their methods in the order of distutils.

    https://setuptools.pypa.io/en/latest/userguide/extension.html ; what a command calls besides is followed from there.
    """
    given = arguments.get(-1, "cmdclass")
    if isinstance(given, Mapping):
        entries: dict[Scalar, Value] = {
            name: value for name, value in given.entries.items() if name in _UNASKED_COMMANDS
        }
        given = Mapping(entries, given.steps, given.rest)
    for command_class in flat(given, 64) if given is not None else ():
        if isinstance(command_class, Class):
            made = machine.call(frame, command_class)
            for name in _STEPS_OF_COMMANDS:
                method, _ = find_in_class(command_class, name)
                if isinstance(method, Function):
                    machine.call(frame, method, made)


def _write(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> None:
    """Content goes into a file whose path is known or not."""
    named = [(role.position, role.keyword) for role in entry.roles if role.role == "path"]
    for role in entry.roles:
        value = arguments.get(role.position, role.keyword)
        if role.role == "data" and value is not None:
            place = next((given for given in (arguments.get(*one) for one in named) if given is not None), None)
            if place is None and callee.origin is not None:
                place = callee.origin.get(0)
            path = known_text(path_text(place)) if place is not None else None
            keep(machine, path or "", taints_of((value,)))
            written(machine, frame, value, path or "")


def _call_back(
    machine: Machine, frame: Frame, function: Value, entry: Entry, given: tuple[Value, ...], heard: Taints
) -> None:
    """A function is given to something that calls it, as a thread does, or a listener with what it has ``heard``."""
    brought = tainted(UNKNOWN, heard) if heard else None
    machine.repeats += 1
    arguments = Arguments(given) if brought is None else Arguments((brought,), (), brought)
    machine.language.call(machine, frame, function, arguments)
    machine.repeats -= 1
