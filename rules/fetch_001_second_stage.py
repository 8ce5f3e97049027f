"""A package fetches code or a program and runs it.

Detects: what comes from the network reaching an interpreter, also printed by a program that fetches it, and unasked as
    a pickle; what is fetched, written to disk and started or loaded;
    commands in which PowerShell, a shell or a program of the system fetches and runs something. HIGH on import,
    CRITICAL at install, startup and in decoded code; when called HIGH if the code is run as it comes, if what is
    started is the file from one fixed address or comes from a place for pastes, a bare address or the like, if setup.py
    does it, or if PowerShell hides it, else MEDIUM, as is building what was fetched. Packages that are installed
    unasked by an import or a build: MEDIUM, HIGH from an address of their own. Modules of WebAssembly, which reach
    nothing but what they are handed: MEDIUM unasked, INFO when called.
Why: the package in the registry stays clean; what harms comes later, and can be changed at any time.
Misses: files whose name is not known and that another function starts; addresses and commands that are not known.
Fix: remove the package; look on the machines that have run it for what it has fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.addresses import shape
from assay.rules.behaviour import UNASKED, Code, chain, code_of, lowered
from assay.rules.capabilities import Use, findings_of, hidden, shown
from assay.rules.command_lines import command_of, is_build_step, is_running
from assay.rules.fetched_data import uses_of_fetched
from assay.rules.fetching_commands import fetching, installing, is_program
from assay.rules.stages import brought, stages
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Seen
    from assay.rules.command_lines import Command
    from assay.rules.stages import Stage
    from assay.scanner.code.facts import CallFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_SORTS = {
    "code": "runs code that it fetches",
    "program": "fetches a program and starts it",
    "command": "has another program fetch and run something",
    "download": "has another program fetch something",
    "install": "installs packages when it runs",
}
_FIX = "remove the package, and look for what it has fetched on machines that have run it"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and way of running what was fetched."""
    code = code_of(subject)
    if code.facts:
        uses = [*uses_of_fetched(code), *_programs(code), *_commands(code)]
        yield from findings_of(subject, "FETCH-001", uses, _SORTS, _FIX)


def _programs(code: Code) -> Iterator[Use]:
    for stage in stages(code, brought(code)):
        unasked = stage.seen.trigger in UNASKED or stage.seen.decoded
        if unasked or stage.certain:
            builds = is_build_step(stage.command)
            harms = not builds and (unasked or _is_fixed(stage) or _is_of_setup(stage))
            severity = chain(stage.seen) if harms else lowered(Severity.MEDIUM, stage.seen)
            said = f"{stage.written.origin} is written to {stage.written.path or 'a file'} and started"
            yield Use(stage.seen, severity, "program", f"{said}: {shown(stage.started, stage.command.line)}")


def _is_fixed(stage: Stage) -> bool:
    origin = stage.written.origin
    return bool(shape(origin)) or ("…" not in origin and is_program(origin))


def _is_of_setup(stage: Stage) -> bool:
    """Whether it stands in setup.py, whose functions nobody calls for anything but a build."""
    folder, _, name = stage.seen.path.rpartition("/")
    return name == "setup.py" and "/" not in folder and stage.seen.trigger != "test"


def _commands(code: Code) -> Iterator[Use]:
    for call in code.calls("process", "install"):
        if is_running(call):
            continue
        command, seen = command_of(call), code.seen(call.where)
        yield from _fetching(call, command, seen)
        yield from _installing(command, seen)


def _fetching(call: CallFact, command: Command, seen: Seen) -> Iterator[Use]:
    found = fetching(command.line)
    if found is None:
        return
    steps = hidden(call, command.values)
    unasked = seen.trigger in UNASKED or bool(seen.decoded)
    if found.runs:
        severity = chain(seen) if unasked or found.hides else lowered(Severity.MEDIUM, seen)
        yield Use(seen, severity, "command", f"{found.what}: {shown(call, command.line)}", steps)
    elif unasked:
        yield Use(seen, lowered(Severity.MEDIUM, seen), "download", shown(call, command.line), steps)


def _installing(command: Command, seen: Seen) -> Iterator[Use]:
    found = installing(command)
    if found and (seen.trigger in UNASKED or found.remote or seen.decoded):
        severity = Severity.HIGH if found.remote else Severity.MEDIUM
        if (seen.trigger not in UNASKED or (seen.asked and not found.remote)) and not seen.decoded:
            severity = Severity.LOW
        yield Use(seen, lowered(severity, seen), "install", f"installs {', '.join(found.names[:4])}"[:160])


RULE = Rule(
    id="FETCH-001",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("second-stage",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
