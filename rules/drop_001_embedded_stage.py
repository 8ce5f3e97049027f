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
from assay.rules.command_lines import is_build_step
from assay.rules.fetching_commands import fetching
from assay.rules.hiding import encodings
from assay.rules.stages import Written, file_name, path_of, stages, written_to
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.stages import Stage
    from assay.scanner.code.facts import CallFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_ACTS = frozenset({"network", "download", "process", "code", "native", "persist", "listen-keys", "dns"})
_SCRIPTS = (".bat", ".cmd", ".vbs", ".vbe", ".ps1", ".hta", ".wsf", ".js", ".jse", ".lnk", ".sh", ".command", ".scpt")
_OF_WINDOWS = (".bat", ".cmd", ".vbs", ".vbe", ".ps1", ".hta", ".wsf", ".lnk")
_PROGRAMS = (".exe", ".scr", ".dll", ".com", ".msi", ".so", ".elf")
_SORTS = {"stage": "carries something that it writes to disk and starts"}
_FIX = "remove the package, and look for the file on machines that have run it"
_ACTING = lazy(r"\burlretrieve\b|\burlopen\b|\brequests\.\w+\(|\bsubprocess\.\w|\bos\.(?:system|popen)\b|\bsocket\.\w")
_CODE = "source code"
_SCRIPT = "a script"
_DATA = "decoded data"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that writes and starts something."""
    code = code_of(subject)
    if code.facts:
        uses = [*_uses(code), *programs_started(subject, code)]
        yield from findings_of(subject, "DROP-001", uses, _SORTS | OF_PROGRAMS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    carried = dict(_carried(code))
    for stage in stages(code, carried):
        severity = _severity(stage, acts=carried[stage.written])
        if severity:
            said = f"{stage.written.origin} is written to {stage.written.path or 'a file'} and started"
            steps = stage.written.steps
            yield Use(stage.seen, severity, "stage", f"{said}: {shown(stage.started, stage.command.line)}", steps)


def _severity(stage: Stage, *, acts: bool) -> Severity | None:
    seen = stage.seen
    decoded = stage.written.origin == _DATA
    if seen.trigger in UNASKED or seen.decoded:
        return chain(seen) if decoded or acts else lowered(Severity.MEDIUM, seen)
    if not stage.certain or is_build_step(stage.command):
        return None
    return lowered(Severity.HIGH if decoded and _is_program(stage.written.path) else Severity.LOW, seen)


def _is_program(path: str) -> bool:
    return file_name(path).endswith((*_PROGRAMS, *_SCRIPTS, ".py", ".pyw"))


def _carried(code: Code) -> Iterator[tuple[Written, bool]]:
    """Yield what comes along in the code and is written, and whether it is known to do more than compute."""
    facts = code.facts
    if facts is None:
        return
    busy = {call.where.layer for call in facts.calls if call.where.layer and not _ACTS.isdisjoint(call.kinds)}
    for flow in facts.flows:
        if flow.source == "blob" and flow.sink == "write" and flow.role == "data":
            yield Written(flow.where, path_of(flow.target), _DATA, flow.steps), True
    paths = {(call.where.module, call.where.place): call for call in code.calls("write")}
    for layer in facts.layers:
        call = paths.get((layer.where.module, layer.where.place))
        if layer.sink == "write" and call is not None:
            origin = _DATA if encodings(layer.encodings) else _CODE
            acts = layer.number in busy or fetching(layer.excerpt) is not None
            yield Written(layer.where, written_to(call), origin, layer.encodings), acts
    yield from _line_by_line(code)
    for call in code.calls("write"):
        path = written_to(call)
        name = file_name(path)
        text = "\n".join(text for one in call.arguments for text in one.value.strings)
        if text and (name.endswith(_SCRIPTS) or fetching(text)):
            yield Written(call.where, path, _SCRIPT), name.endswith(_OF_WINDOWS) or fetching(text) is not None


def _line_by_line(code: Code) -> Iterator[tuple[Written, bool]]:
    """Yield source code that is put into one file by several calls and starts programs or uses the network."""
    files: dict[tuple[str, int, str, str], list[CallFact]] = {}
    for call in code.calls("write"):
        path = written_to(call)
        if file_name(path).endswith((".py", ".pyw")):
            files.setdefault((call.where.module, call.where.layer, call.where.function, path), []).append(call)
    for (*_, path), calls in files.items():
        texts = (text for call in calls for one in call.arguments[:1] for text in one.value.strings)
        if len(calls) > 1 and _ACTING.search("\n".join(texts)):
            yield Written(calls[0].where, path, _CODE), True


RULE = Rule(
    id="DROP-001",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("embedded-stage",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
