"""A package writes something that it carries to disk and starts it.

Detects: decoded or decrypted data, source code, or a script, written to a file that the same code then starts, or
    hands to an interpreter. Decoded data, scripts of Windows, and code that uses the network or starts programs: HIGH
    on import, CRITICAL at install, startup and in decoded code, when called HIGH if a decoded program is started by its
    name. Other code that is written and started: MEDIUM, when called LOW. A native program of a package for every
    platform that is started unasked, or a library that a program of Windows is told to run: HIGH on import, CRITICAL
    at install; other programs at install MEDIUM.
Why: what is started from a file runs on when the installation is over, apart from Python, and often without a window.
Misses: data that is read from other files of the package; files whose name is not known and that another function
    starts.
Fix: remove the package; look for the file on machines that have run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, chain, code_of, lowered
from assay.rules.capabilities import Use, findings_of, shown
from assay.rules.carried_programs import SORTS as OF_PROGRAMS
from assay.rules.carried_programs import programs_started
from assay.rules.carried_texts import DATA, SCRIPTS, carried
from assay.rules.command_lines import is_build_step
from assay.rules.stages import file_name, stages
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.stages import Stage
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_PROGRAMS = (".exe", ".scr", ".dll", ".com", ".msi", ".so", ".elf")
_SORTS = {"stage": "carries something that it writes to disk and starts"}
_FIX = "remove the package, and look for the file on machines that have run it"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that writes and starts something."""
    code = code_of(subject)
    if code.facts:
        uses = [*_uses(code), *programs_started(subject, code)]
        yield from findings_of(subject, "DROP-001", uses, _SORTS | OF_PROGRAMS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    written = dict(carried(code))
    for stage in stages(code, written):
        severity = _severity(stage, acts=written[stage.written])
        if severity:
            said = f"{stage.written.origin} is written to {stage.written.path or 'a file'} and started"
            steps = stage.written.steps
            yield Use(stage.seen, severity, "stage", f"{said}: {shown(stage.started, stage.command.line)}", steps)


def _severity(stage: Stage, *, acts: bool) -> Severity | None:
    seen = stage.seen
    decoded = stage.written.origin == DATA
    if seen.trigger in UNASKED or seen.decoded:
        return chain(seen) if decoded or acts else lowered(Severity.MEDIUM, seen)
    if not stage.certain or is_build_step(stage.command):
        return None
    return lowered(Severity.HIGH if decoded and _is_program(stage.written.path) else Severity.LOW, seen)


def _is_program(path: str) -> bool:
    return file_name(path).endswith((*_PROGRAMS, *SCRIPTS, ".py", ".pyw"))


RULE = Rule(
    id="DROP-001",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("embedded-stage",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
