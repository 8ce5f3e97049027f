"""Code that is data first: what reaches eval and its like is read as source and evaluated where it would run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code import noted
from assay.scanner.code.flow import known_text
from assay.scanner.code.ir import CodeKind, Parameter, Unit
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.values import (
    UNKNOWN,
    Constant,
    Function,
    Items,
    Mapping,
    Partial,
    Reference,
    Value,
    choose,
    options,
    text,
)
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_CODE = lazy(r"=>|\bfunction\b|\brequire\b|\bimport\b|[\w\])]\s*(?:\(|=[^=])")
_STRONG = lazy(r"\brequire\s*\(|\bimport\s*[\w{*(]|\beval\s*\(|\bFunction\s*\(|child_process|process\.env")
_NODE = lazy(
    r"(?:^|[/\\\s;&|\"'])(?:node(?:js)?|bun|deno\s+eval)(?:\.exe)?[\"']?\s+(?:-\S+\s+)*?"
    r"(?:-e|-p|-pe|--eval|--print|eval)[\s=]+(?P<code>.+)",
    re.DOTALL,
)
_SCRIPTS = (".js", ".cjs", ".mjs", ".ts", ".jsx", ".tsx", ".mts", ".cts")
_PROGRAMS = frozenset({"node", "nodejs", "bun", "node.exe", "bun.exe", "process.execPath", "process.argv0"})
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "cmd", "cmd.exe", "powershell", "powershell.exe"})
_EVALUATES = frozenset({"-e", "-p", "-pe", "--eval", "--print", "-c", "/c", "eval"})


def _noted(machine: Machine, frame: Frame, value: Value, sink: str) -> tuple[noted.Executed, int, Unit | None] | None:
    """Write down that text reaches a sink for code, and read it; None for what is not text.

    Returns the text, the number of its layer, and its source, None if it is not read now.
    """
    text = noted.executed(frame, value, sink)
    if text is None:
        return None
    path = f"{frame.position.module.rpartition('.')[0] or frame.position.module}.js"
    is_page = sink == "write" and text.data[:65536].decode("utf-8", "replace").lstrip()[:1] == "<"
    unit = noted.read(machine, frame, text, path, lambda head: not is_page and _CODE.search(head) is not None)
    return text, noted.note(machine, frame, text, unit), unit


def execute(
    machine: Machine, frame: Frame, value: Value, sink: str, shares: bool = True, context: Mapping | None = None
) -> Value:
    """Text reaches a sink for code: note it, and evaluate it; the value of its last expression.

    With ``shares`` the code runs in the scope of the caller, as a direct eval does, else in that of the module;
    ``context`` is an object whose properties are variables of the code.
    """
    results = [_one(machine, frame, option, sink, shares, context) for option in options(value)[:4]]
    return results[0] if len(results) == 1 else choose(results)


def _one(machine: Machine, frame: Frame, value: Value, sink: str, shares: bool, context: Mapping | None) -> Value:
    found = _noted(machine, frame, value, sink)
    if found is None or found[2] is None:
        return UNKNOWN
    text, number, unit = found[0], found[1], found[2]
    scope = frame.scope if shares else Scope(CodeKind.FUNCTION, frame.scope.top, frame.scope.module)
    if context is not None:
        scope.names.update({key: held for key, held in context.entries.items() if isinstance(key, str)})
    inner = Frame(unit.module, scope, Position(frame.position.module, number, frame.position.function))
    return noted.run(machine, inner, text)


def function_of(machine: Machine, frame: Frame, names: list[str], value: Value, sink: str) -> Value:
    """The function that ``Function(names…, value)`` makes, of the text as far as it is known."""
    made = [_function(machine, frame, names, option, sink) for option in options(value)[:4]]
    return made[0] if len(made) == 1 else choose(made)


def _function(machine: Machine, frame: Frame, names: list[str], value: Value, sink: str) -> Value:
    found = _noted(machine, frame, value, sink)
    unit = None if found is None else found[2] or machine.layer_units.get(found[0].key)
    if found is None or unit is None:
        return UNKNOWN
    parameters = tuple(Parameter(name.strip()) for one in names for name in one.split(",") if name.strip())
    code = unit.module._replace(kind=CodeKind.FUNCTION, name="anonymous", parameters=parameters)
    function = Function(code, frame.scope.top, frame.position.function, {}, found[1])
    function.steps = (*value.steps, "eval") if "eval" not in value.steps else value.steps
    machine.kept.append(code)
    if id(code) not in machine.completed:
        machine.pending[id(code)] = function
        machine.kept.append(function)
    return function


def command(machine: Machine, frame: Frame, value: Value) -> None:
    """A command: what ``node -e`` is given is code."""
    if isinstance(value, Items):
        words = [_word(item) for item in value.items[:16]]
        at = next((at for at, word in enumerate(words[:-1]) if word in _EVALUATES), None)
        if at is None or not words[0]:
            return
        name = words[0].replace("\\", "/").rpartition("/")[2]
        if name in _PROGRAMS:
            execute(machine, frame, value.items[at + 1], "process", shares=False)
        elif name in _SHELLS:
            command(machine, frame, value.items[at + 1])
        return
    for option in options(value)[:4]:
        written = known_text(option)
        match = _NODE.search(written[:65536]) if written else None
        if match is not None and isinstance(option, Constant | Partial):
            code = match["code"].strip()
            if code[:1] in {'"', "'", "`"} and code[:1] in code[1:]:
                code = code[1 : code.rindex(code[0])]
            execute(machine, frame, Constant(code, option.taints, option.steps), "process", shares=False)


def _word(value: Value) -> str | None:
    """A word of a command; the interpreter itself by its name."""
    return value.name if isinstance(value, Reference) else text(value)


def written(machine: Machine, frame: Frame, value: Value, path: str) -> None:
    """Content goes into a file: noted when it was decoded, or reads as code."""
    for option in options(value)[:4]:
        content = known_text(option)
        if content is None or not isinstance(option, Constant | Partial):
            continue
        is_code = path.lower().endswith(_SCRIPTS) or not path
        decoded = "blob" in {taint.kind for taint in option.taints}
        if decoded or (is_code and _STRONG.search(content[:65536])):
            execute(machine, frame, option, "write", shares=False)
