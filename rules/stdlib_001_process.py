"""A package starts processes.

Detects: calls that start a program, by whatever name they are reached: INFO when only a call runs them, MEDIUM when
    they run at install, startup or on import. Where the call or the command is hidden by even one step: MEDIUM, and
    HIGH where it runs unasked. HIGH too unasked: an interpreter in the background that only loads another package, a
    command that depends on who the user is, a program beside the code that Windows opens, a look over the machine.
    A command that hands on its own command line is INFO.
    What builds really run is INFO: compilers, build tools, questions to git and to the system, versions of programs.
Why: whoever can start a program can do anything; few packages need it before somebody calls them.
Misses: what the program does, so also what a Makefile or a script of the package does; commands that are not known.
Fix: find out why the program has to be started before anybody asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, capability, code_of, lowered
from assay.rules.capabilities import Use, findings_of, hidden, is_late, shown
from assay.rules.command_lines import command_of, is_build_step, is_running
from assay.rules.lifecycle import line_of, script_command, script_of
from assay.rules.unasked_starts import odd_start
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import CallFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_OF_BUILDS = frozenset({"distutils.core.Command().spawn", "distutils.spawn.spawn"})
_SORTS = {"process": "starts processes", "browser": "opens a browser"}
_FIX = "find out why a program has to be started there"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that starts processes."""
    yield from findings_of(subject, "STDLIB-001", _uses(code_of(subject)), _SORTS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    for call in code.calls("process"):
        if is_running(call) or line_of(call):  # what scripts of npm run is POST-001's
            continue
        seen = code.seen(call.where)
        command = command_of(call)
        steps = hidden(call, command.values)
        steps = () if is_late(seen, steps) else steps
        odd = odd_start(call, command) if seen.trigger in UNASKED else ""
        severity = lowered(Severity.HIGH, seen) if odd else capability(seen, steps)
        unknown_step = call.name in _OF_BUILDS and not command.words
        usual = (
            _hands_on(call, seen)
            or is_build_step(command)
            or (script_of(seen) and script_command(call, command) is Severity.LOW)
        )
        if not odd and not steps and not seen.decoded and (unknown_step or usual):
            severity = Severity.INFO
        sort = "browser" if call.name == "webbrowser.open" else "process"
        said = shown(call, command.line)
        yield Use(seen, severity, sort, f"{odd}: {said}" if odd else said, steps)


def _hands_on(call: CallFact, seen: Seen) -> bool:
    """Whether a command passes on what it was given on its command line, as one that starts its own program does."""
    return seen.trigger == "import" and any("argument" in one.value.sources for one in call.arguments[:2])


RULE = Rule(
    id="STDLIB-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("malicious-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
