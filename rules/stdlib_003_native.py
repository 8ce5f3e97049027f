"""A package loads native code by itself.

Detects: libraries loaded by name or path, and calls that put machine code into memory and run it: INFO when only a call
    runs them, MEDIUM when they run at install, startup or on import, LOW for a library of the package or of the system.
    Hidden by even one step: MEDIUM, and HIGH where it runs unasked. Memory that is made executable, filled and started:
    HIGH.
Why: native code does what no reader of the source sees, and code that is written into memory leaves no file behind.
Misses: what the library does; extension modules, which are imported like any other module.
Fix: find out what the library is and who has built it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, capability, code_of, lowered
from assay.rules.capabilities import Use, argument_of, findings_of, hidden, shown
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import Folded
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_LOADS = (
    "ctypes.CDLL ctypes.WinDLL ctypes.OleDLL ctypes.PyDLL ctypes.cdll.LoadLibrary ctypes.windll.LoadLibrary "
    "imp.load_dynamic cffi.FFI().dlopen importlib.machinery.ExtensionFileLoader process.dlopen ffi-napi.Library "
    "ffi.Library koffi.load"
)
_INTO = "process.dlopen"
"""Takes the module that it loads into first."""

_RESERVES = frozenset({"VirtualAlloc", "VirtualAllocEx", "VirtualProtect", "mmap"})
_STARTS = frozenset({"CreateThread", "CreateRemoteThread"})
_FOREIGN = lazy(r"(?:^|[/\\…])(?:tmp|temp|appdata|downloads|\.cache)(?:[/\\…]|$)", re.IGNORECASE)
_ABSOLUTE = lazy(r"^(?:/(?!usr/|lib|system/|opt/)|[a-z]:)", re.IGNORECASE)
_SORTS = {"native": "loads native libraries", "memory": "puts machine code into memory and runs it"}
_FIX = "find out what the native code is and who has built it"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and way of loading."""
    yield from findings_of(subject, "STDLIB-003", _uses(code_of(subject)), _SORTS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    reserved: dict[str, set[str]] = {}
    for call in code.calls("native"):
        seen = code.seen(call.where)
        last = call.name.rpartition(".")[2]
        if last in _RESERVES:
            reserved.setdefault(seen.path, set()).add(last)
        if call.name in _LOADS.split():
            path = argument_of(call, 1 if call.name == _INTO else 0, "name", "path")
            value = path.value if path else None
            steps = hidden(call, [value] if value else ())
            yield Use(seen, _severity(seen, value, steps), "native", shown(call, _text(value)), steps)
        elif last in _STARTS and reserved.get(seen.path):
            severity = Severity.HIGH if seen.trigger in UNASKED or seen.decoded else Severity.MEDIUM
            yield Use(seen, lowered(severity, seen), "memory", shown(call, ""), hidden(call))


def _severity(seen: Seen, value: Folded | None, steps: tuple[str, ...]) -> Severity:
    severity = capability(seen, steps)
    if steps or seen.decoded or severity is not Severity.MEDIUM:
        return severity
    return Severity.LOW if _is_own(value) else severity


def _is_own(value: Folded | None) -> bool:
    """Say whether a library is the system's or the package's, as far as is known."""
    if value is None or (value.value is None and value.kind == "constant"):
        return True
    text = _text(value)
    return not _FOREIGN.search(text) and not _ABSOLUTE.match(text) and "remote" not in value.sources


def _text(value: Folded | None) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value.value, str) else " ".join(value.strings)


RULE = Rule(
    id="STDLIB-003",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("malicious-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
