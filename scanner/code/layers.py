"""Code that is data first: what reaches exec and its like is read as source and evaluated where it would run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code import marshalled, noted
from assay.scanner.code.flow import known_text
from assay.scanner.code.ir import CodeKind, Unit
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.values import UNKNOWN, Constant, Items, Partial, Value, options, text
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_CODE = lazy(r"import\s|lambda|[\w\])]\s*(?:\(|=[^=])")
_PYTHON = lazy(r"(?:^|[/\\\s])(?:python[\w.]*|py)(?:\.exe)?[\"']?\s+(?:-\w\s+)*-c\s+(?P<code>.+)", re.DOTALL)
_STRONG = lazy(r"^\s*(?:import|from)\s+\w|exec\s*\(|eval\s*\(|__import__\s*\(", re.MULTILINE)


def execute(machine: Machine, frame: Frame, value: Value, sink: str, shares: bool = True) -> Value:
    """Text or bytes reach a sink for code: note them, and evaluate them where they read as code.

    With ``shares`` the code runs in the scope of the caller, else in a new one. Returns the value of its last
    expression.
    """
    results = [_one(machine, frame, option, sink, shares) for option in options(value)[:4]]
    return results[0] if len(results) == 1 else UNKNOWN


def _one(machine: Machine, frame: Frame, value: Value, sink: str, shares: bool) -> Value:
    """The same for a value without alternatives."""
    text = noted.executed(frame, value, sink)
    if text is None:
        return UNKNOWN
    is_marshalled = "marshal" in value.steps
    names = marshalled.strings(text.data) if is_marshalled else ()
    unit = None if is_marshalled else _read(machine, frame, text)
    number = noted.note(machine, frame, text, unit, names)
    if unit is None:
        return UNKNOWN
    scope = frame.scope if shares else Scope(CodeKind.MODULE, None, frame.scope.module)
    inner = Frame(unit.module, scope, Position(frame.position.module, number, frame.position.function))
    return noted.run(machine, inner, text)


def _read(machine: Machine, frame: Frame, text: noted.Executed) -> Unit | None:
    """The source code in a layer, None when there is none or it was read before."""

    def is_only_compiled() -> bool:
        module, digest = text.key
        known = (layer for layer in machine.recorder.layers if layer.sha256 == digest and layer.where.module == module)
        return all(layer.sink == "compile" for layer in known)

    path = f"{frame.position.module}.py"
    return noted.read(machine, frame, text, path, lambda head: _CODE.search(head) is not None, is_only_compiled)


def command(machine: Machine, frame: Frame, value: Value) -> None:
    """A command line: what ``python -c`` is given is code."""
    if isinstance(value, Items):
        words = [text(item) for item in value.items[:16]]
        if "-c" in words:
            at = words.index("-c") + 1
            program = words[0] or ""
            is_shell = program.rpartition("/")[2] in {"sh", "bash", "zsh", "dash", "cmd", "cmd.exe"}
            if at < len(value.items) and not is_shell:
                execute(machine, frame, value.items[at], "process", shares=False)
            elif at < len(value.items):
                command(machine, frame, value.items[at])
        return
    for option in options(value)[:4]:
        written = known_text(option)
        match = _PYTHON.search(written[:65536]) if written else None
        if match is not None and isinstance(option, Constant | Partial):
            code = match["code"].strip()
            if code[:1] in {'"', "'"} and code[:1] == code[-1:]:
                code = code[1:-1]
            execute(machine, frame, Constant(code, option.taints, option.steps), "process", shares=False)


def written(machine: Machine, frame: Frame, value: Value, path: str) -> None:
    """Content goes into a file: noted when it was decoded, or reads as code."""
    for option in options(value)[:4]:
        content = known_text(option)
        if content is None or not isinstance(option, Constant | Partial):
            continue
        is_code = path.lower().endswith((".py", ".pyw", ".pth")) or not path
        if (is_code and _STRONG.search(content[:65536])) or "blob" in {taint.kind for taint in option.taints}:
            execute(machine, frame, option, "write", shares=False)
