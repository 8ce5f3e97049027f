"""Code that is data first: what reaches eval and its like is read as source and evaluated where it would run."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.budget import LAYER_BYTES, LAYERS
from assay.scanner.code.facts import LayerFact
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
    stepped,
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
_AGAIN = 50
"""Steps that it takes to look at a text once more."""

_REPEATED = 2048
"""Bytes of text that is evaluated whenever it is executed, for its value; longer text is once in a module."""


class Noted(NamedTuple):
    """A layer that was written down: its number, its source (None if it is not read now), and what tells it apart."""

    number: int
    unit: Unit | None
    key: tuple[str, str]


def note(machine: Machine, frame: Frame, value: Value, sink: str) -> Noted | None:
    """Write down that text reaches a sink for code, and read it; None for what is not text."""
    written = known_text(value)
    if written is None or not isinstance(value, Constant | Partial):
        return None
    data = _bytes(value)
    digest = hashlib.sha256(data).hexdigest()
    key = (frame.position.module, digest)
    unit = _read(machine, frame, data, key, sink)
    layers = machine.recorder.layers
    here = (*frame.position[:2], machine.place(frame))
    known = [layer for layer in layers if layer.sha256 == digest and layer.where.module == frame.position.module]
    for layer in known:
        machine.recorder.layer_again(machine, frame, layer)
    if not any(layer.where[:3] == here and layer.sink == sink for layer in known):
        where = machine.where(frame, here[2])
        parsed = unit is not None and not known
        fact = LayerFact(where, len(layers) + 1, sink, digest, len(data), value.steps, parsed, written[:200], ())
        layers.append(fact)
    return Noted((known or layers[-1:])[0].number, unit, key)


def _bytes(value: Constant | Partial) -> bytes:
    """The bytes of text as it would be executed; unknown parts become ``0``."""
    if isinstance(value, Constant):
        return value.value if isinstance(value.value, bytes) else str(value.value).encode("utf-8", "replace")
    parts = ["0" if p is None else p if isinstance(p, str) else p.decode("latin-1") for p in value.parts]
    return "".join(parts).encode("utf-8", "replace")


def _read(machine: Machine, frame: Frame, data: bytes, key: tuple[str, str], sink: str) -> Unit | None:
    """The source code in a layer, None when there is none or it was read before."""
    lower = machine.language.lower
    if lower is None or not data.strip():
        return None
    if key in machine.layer_units:
        again = sink == "code" and len(data) <= _REPEATED and machine.budget.steps > 0 and key not in machine.active
        machine.budget.steps -= _AGAIN
        return machine.layer_units[key] if again else None
    if machine.layer_depth >= LAYERS or len(data) > LAYER_BYTES:
        machine.exhausted(frame, "layers")
        return None
    head = data[:65536].decode("utf-8", "replace")
    short = sink in {"code", "compile"} and len(data) <= _REPEATED
    markup = sink == "write" and head.lstrip()[:1] == "<"
    if "\0" in head or markup or not (short or _CODE.search(head)):
        return None
    machine.budget.steps -= len(data) // 8
    unit = lower(data, f"{frame.position.module.rpartition('.')[0] or frame.position.module}.js")
    machine.kept.append(unit)
    broken = len(unit.defects) * 40 > len(data) + 40
    read = None if broken or not unit.module.ops else unit
    machine.layer_units[key] = read
    return read


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
    noted = note(machine, frame, value, sink)
    if noted is None or noted.unit is None:
        return UNKNOWN
    scope = frame.scope if shares else Scope(CodeKind.FUNCTION, frame.scope.top, frame.scope.module)
    if context is not None:
        scope.names.update({key: held for key, held in context.entries.items() if isinstance(key, str)})
    inner = Frame(noted.unit.module, scope, Position(frame.position.module, noted.number, frame.position.function))
    _run(machine, inner, noted.key)
    return _marked(inner.results[-1], value)


def _run(machine: Machine, inner: Frame, key: tuple[str, str]) -> None:
    conditions = len(machine.conditions)
    machine.layer_depth += 1
    machine.active.append(key)
    machine.run(inner)
    machine.active.pop()
    machine.layer_depth -= 1
    del machine.conditions[conditions:]


def _marked(made: Value, source: Value) -> Value:
    """What executed text gives: what it names was hidden by it."""
    if isinstance(made, Reference):
        for step in (*source.steps, "eval"):
            made = stepped(made, step)
    return made


def function_of(machine: Machine, frame: Frame, names: list[str], value: Value, sink: str) -> Value:
    """The function that ``Function(names…, value)`` makes, of the text as far as it is known."""
    made = [_function(machine, frame, names, option, sink) for option in options(value)[:4]]
    return made[0] if len(made) == 1 else choose(made)


def _function(machine: Machine, frame: Frame, names: list[str], value: Value, sink: str) -> Value:
    noted = note(machine, frame, value, sink)
    unit = noted.unit if noted is not None else None
    if noted is None:
        return UNKNOWN
    if unit is None:
        unit = machine.layer_units.get(noted.key)
    if unit is None:
        return UNKNOWN
    parameters = tuple(Parameter(name.strip()) for one in names for name in one.split(",") if name.strip())
    code = unit.module._replace(kind=CodeKind.FUNCTION, name="anonymous", parameters=parameters)
    function = Function(code, frame.scope.top, frame.position.function, {}, noted.number)
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
