"""A package runs code when it is built or installed.

Detects: on PyPI, what setup.py, the commands that it gives to setup() and a build backend in the tree do, and the
    modules that they import. What builds really do is INFO: compilers, questions to git and the system, a version file
    that is executed, files that are written in the tree. Other programs, the network, packages that are installed,
    native libraries and files elsewhere: MEDIUM; hidden by even one step, or the network from a program that another
    interpreter is given as text: HIGH. Decoded, fetched or received code that is run, private data that is sent, a
    second stage: CRITICAL.
Why: pip runs all of this with the rights of whoever installs, before anybody has looked at the package.
Misses: what a Makefile, a CMakeLists.txt or a compiler plugin of the package does; backends that are installed.
Fix: install from a wheel, or build where nothing of value can be reached; find out why a build needs it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import Code, finding
from assay.rules.capabilities import argument_of, hidden, shown
from assay.rules.chains import is_chain, listed
from assay.rules.command_lines import command_of, is_build_step, is_running
from assay.rules.fetching_commands import fetching
from assay.rules.hiding import encodings
from assay.rules.identity import label_of
from assay.rules.remote_shells import remote_shell
from assay.rules.shell_senders import told_to
from assay.rules.stages import brought, stages, written_to
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, Facts, FlowFact, Where
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_ELSEWHERE = lazy(r"^(?:~|/|[a-z]:[/\\]|%)|appdata|programdata|(?:^|[/\\])(?:home|users|temp|tmp)[/\\]", re.IGNORECASE)
_PROGRAM = lazy(r"(?:^|[\s/;&|])python[\d.]*(?:\.exe)?\s+(?:-\w\s+)*-c\s", re.IGNORECASE)
"""An interpreter that is given a program as text."""

_WORDS = {"network": "uses the network", "download": "downloads", "dns": "asks the name service", "listen": "listens",
          "native": "loads native code", "install": "installs packages", "persist": "sets up a start by itself",
          "credential": "reads credentials", "listen-keys": "reads keys", "clipboard": "reads the clipboard",
          "screen": "takes pictures of the screen"}  # fmt: skip
_LOADS = ("CDLL", "DLL", "LoadLibrary", "load_dynamic", "dlopen")


class _Deed(NamedTuple):
    where: Where
    severity: Severity
    what: str
    steps: tuple[str, ...] = ()


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that does something at install."""
    code = Code(subject)
    if code.facts is None:
        return
    found: dict[str, list[_Deed]] = {}
    for deed in (*_chains(code, code.facts), *_calls(code.facts)):
        seen = code.seen(deed.where)
        if seen.trigger == "install" and not seen.dead:
            found.setdefault(seen.path, []).append(deed)
    for deeds in found.values():
        ranked = sorted(deeds, key=lambda deed: (deed.severity.rank, deed.where.layer, deed.where.place))
        worst = ranked[0]
        seen, message = code.seen(worst.where), f"{label_of(subject.purl)} runs code when it is built or installed"
        fix = "find out why a build needs this; install from a wheel"
        said = listed(deed.what for deed in ranked)
        yield finding("POST-002", subject, seen, worst.severity, message, said, steps=worst.steps, remediation=fix)


def _chains(code: Code, facts: Facts) -> Iterator[_Deed]:
    for flow in facts.flows:
        if is_chain(flow) and not _is_setting(flow):
            yield _Deed(flow.where, Severity.CRITICAL, f"{flow.source} reaches {flow.name} ({flow.role})", flow.steps)
    for layer in facts.layers:
        if layer.sink in ("code", "compile", "process", "import") and encodings(layer.encodings):
            yield _Deed(layer.where, Severity.CRITICAL, "runs what it decodes", layer.encodings)
    for stage in stages(code, brought(code)):
        said = f"starts what it has fetched: {shown(stage.started, stage.command.line)}"
        severity = Severity.MEDIUM if is_build_step(stage.command) else Severity.CRITICAL
        yield _Deed(stage.started.where, severity, said)


def _is_setting(flow: FlowFact) -> bool:
    """Say whether the environment or a file merely says where something is fetched from, or who fetches it."""
    asked = flow.role == "url" and "?" in flow.target
    return flow.source in ("environment", "file") and flow.role != "data" and not asked


def _calls(facts: Facts) -> Iterator[_Deed]:
    for call in facts.calls:
        kinds = frozenset(call.kinds)
        if "process" in kinds:
            yield from _process(call)
        elif kinds & {"code", "compile"}:
            yield _executes(call)
        elif "write" in kinds:
            yield _writes(call)
        elif kinds & _WORDS.keys() and ("native" not in kinds or call.name.endswith(_LOADS)):
            kind = next(kind for kind in call.kinds if kind in _WORDS)
            first = argument_of(call, 0)
            steps = hidden(call, [first.value] if first else ())
            text = " ".join(first.value.strings) if first else ""
            yield _Deed(call.where, _or_hidden(Severity.MEDIUM, steps), f"{_WORDS[kind]}: {shown(call, text)}", steps)


def _process(call: CallFact) -> Iterator[_Deed]:
    if is_running(call):
        return
    command = command_of(call)
    steps = hidden(call, command.values)
    severity = Severity.INFO if is_build_step(command) or not command.words else Severity.MEDIUM
    fetches = fetching(command.line)
    if remote_shell(command.line) or (fetches and fetches.runs):
        severity = Severity.CRITICAL
    if severity is Severity.MEDIUM and _PROGRAM.search(command.line) and told_to(command.line):
        severity = Severity.HIGH
    yield _Deed(call.where, _or_hidden(severity, steps), shown(call, command.line), steps)


def _executes(call: CallFact) -> _Deed:
    """Code that is text: a file of the tree and what stands in the source is what builds do, the rest is not known."""
    first = argument_of(call, 0, "source", "code")
    value = first.value if first else None
    known = value is None or value.kind == "constant" or "file" in value.sources
    severity = Severity.INFO if known else Severity.LOW
    return _Deed(call.where, _or_hidden(severity, call.steps), f"executes text: {call.name}", call.steps)


def _writes(call: CallFact) -> _Deed:
    path = written_to(call)
    elsewhere = bool(_ELSEWHERE.search(path))
    return _Deed(call.where, Severity.MEDIUM if elsewhere else Severity.INFO, f"writes {path or 'files'}")


def _or_hidden(severity: Severity, steps: tuple[str, ...]) -> Severity:
    return Severity.HIGH if steps and severity is not Severity.CRITICAL else severity


RULE = Rule(
    id="POST-002",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("install-script",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
