"""What code does that runs while a package is built or installed, and how bad each deed is: for PyPI and npm alike.

What builds really do is INFO: compilers, questions to git and the system, files in the tree. Other programs, the
network, packages that are installed, native libraries, files elsewhere: MEDIUM, hidden by even one step HIGH. Chains
from a foreign source to a sink: CRITICAL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.capabilities import argument_of, hidden, shown
from assay.rules.chains import is_chain
from assay.rules.command_lines import command_of, is_build_step, is_running
from assay.rules.fetching_commands import fetching
from assay.rules.hiding import encodings
from assay.rules.private_data import SETTING, kind_of
from assay.rules.remote_shells import remote_shell
from assay.rules.shell_senders import sends, told_to
from assay.rules.stages import brought, stages, written_to
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.rules.behaviour import Code
    from assay.rules.command_lines import Command
    from assay.scanner.code.facts import CallFact, Facts, FlowFact, Where

    Judge = Callable[[CallFact, Command], Severity]

_ELSEWHERE = lazy(r"^(?:~|/|[a-z]:[/\\]|%)|appdata|programdata|(?:^|[/\\])(?:home|users|temp|tmp)[/\\]", re.IGNORECASE)
_PROGRAM = lazy(r"(?:^|[\s/;&|])python[\d.]*(?:\.exe)?\s+(?:-\w\s+)*-c\s", re.IGNORECASE)
"""An interpreter that is given a program as text."""

_WORDS = {"network": "uses the network", "download": "downloads", "dns": "asks the name service", "listen": "listens",
          "native": "loads native code", "install": "installs packages", "persist": "sets up a start by itself",
          "credential": "reads credentials", "listen-keys": "reads keys", "clipboard": "reads the clipboard",
          "screen": "takes pictures of the screen"}  # fmt: skip
_READS = "winreg.OpenKey"
"""What a key is opened with that is only read; what is then written there has a call of its own."""

_LOADS = ("CDLL", "DLL", "LoadLibrary", "load_dynamic", "dlopen", "binding", ".Library", ".load")


class Deed(NamedTuple):
    """Something that code does: where, how bad at install, in words, and the steps that hide it."""

    where: Where
    severity: Severity
    what: str
    steps: tuple[str, ...] = ()


def build_command(_call: CallFact, command: Command) -> Severity:
    """Return how bad it is that a build starts a command that neither fetches nor hides anything."""
    return Severity.INFO if is_build_step(command) or not command.words else Severity.MEDIUM


def deeds(code: Code, facts: Facts, judge: Judge = build_command) -> Iterator[Deed]:
    """Yield all that code does; ``judge`` says how bad a plain command is."""
    yield from _chains(code, facts)
    for call in facts.calls:
        kinds = frozenset(call.kinds)
        if "process" in kinds:
            yield from _process(call, judge)
        elif kinds & {"code", "compile"}:
            yield _executes(call)
        elif "write" in kinds:
            yield _writes(call)
        elif kinds & _WORDS.keys() and call.name != _READS and ("native" not in kinds or call.name.endswith(_LOADS)):
            kind = next(kind for kind in call.kinds if kind in _WORDS)
            first = argument_of(call, 0)
            steps = hidden(call, [first.value] if first else ())
            text = " ".join(first.value.strings) if first else ""
            yield Deed(call.where, or_hidden(Severity.MEDIUM, steps), f"{_WORDS[kind]}: {shown(call, text)}", steps)


def _chains(code: Code, facts: Facts) -> Iterator[Deed]:
    for flow in facts.flows:
        if is_chain(flow) and not is_setting(flow):
            severity = Severity.MEDIUM if _is_plain(flow) else Severity.CRITICAL
            yield Deed(flow.where, severity, f"{flow.source} reaches {flow.name} ({flow.role})", flow.steps)
    for layer in facts.layers:
        if layer.sink in ("code", "compile", "process", "import") and encodings(layer.encodings):
            yield Deed(layer.where, Severity.CRITICAL, "runs what it decodes", layer.encodings)
    for stage in stages(code, brought(code)):
        said = f"starts what it has fetched: {shown(stage.started, stage.command.line)}"
        severity = Severity.MEDIUM if is_build_step(stage.command) else Severity.CRITICAL
        yield Deed(stage.started.where, severity, said)


def is_setting(flow: FlowFact) -> bool:
    """Say whether the environment or a file merely says where something is fetched from, or who fetches it."""
    asked = flow.role == "url" and "?" in flow.target
    return flow.source in ("environment", "file") and flow.role != "data" and not asked


def _is_plain(flow: FlowFact) -> bool:
    """Say whether a setting of the environment goes to a client that has its address: only the path is known."""
    return kind_of(flow) == SETTING and flow.role == "data" and flow.target.startswith("/") and not flow.steps


def _process(call: CallFact, judge: Judge) -> Iterator[Deed]:
    if is_running(call):
        return
    command = command_of(call)
    steps = hidden(call, command.values)
    severity = judge(call, command)
    fetches = fetching(command.line)
    if remote_shell(command.line) or (fetches and fetches.runs) or sends(command.line):
        severity = Severity.CRITICAL
    if severity is Severity.MEDIUM and _PROGRAM.search(command.line) and told_to(command.line):
        severity = Severity.HIGH
    yield Deed(call.where, or_hidden(severity, steps), shown(call, command.line), steps)


def _executes(call: CallFact) -> Deed:
    """Code that is text: a file of the tree and what stands in the source is what builds do, the rest is not known."""
    first = argument_of(call, 0, "source", "code")
    value = first.value if first else None
    known = value is None or value.kind == "constant" or "file" in value.sources
    severity = Severity.INFO if known else Severity.LOW
    return Deed(call.where, or_hidden(severity, call.steps), f"executes text: {call.name}", call.steps)


def _writes(call: CallFact) -> Deed:
    path = written_to(call)
    if not path and call.name.startswith("fs.") and call.arguments:
        path = " ".join(call.arguments[0].value.strings)
    elsewhere = bool(_ELSEWHERE.search(path))
    return Deed(call.where, Severity.MEDIUM if elsewhere else Severity.INFO, f"writes {path or 'files'}")


def or_hidden(severity: Severity, steps: tuple[str, ...]) -> Severity:
    """Return the severity of something that ``steps`` hide."""
    return Severity.HIGH if steps and severity is not Severity.CRITICAL else severity
