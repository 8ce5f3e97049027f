"""Code that is data first: what reaches exec and its like is read as source and evaluated where it would run."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from assay.scanner.code import marshalled
from assay.scanner.code.budget import LAYER_BYTES, LAYERS
from assay.scanner.code.facts import LayerFact
from assay.scanner.code.flow import known_text
from assay.scanner.code.ir import CodeKind, Unit
from assay.scanner.code.scope import Frame, Position, Scope
from assay.scanner.code.values import UNKNOWN, Constant, Items, Partial, Reference, Value, options, stepped, text
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine

_CODE = lazy(r"import\s|lambda|[\w\])]\s*(?:\(|=[^=])")
_PYTHON = lazy(r"(?:^|[/\\\s])(?:python[\w.]*|py)(?:\.exe)?[\"']?\s+(?:-\w\s+)*-c\s+(?P<code>.+)", re.DOTALL)
_AGAIN = 50
"""Steps that it takes to look at a text once more."""

REPEATED = 2048
"""Bytes of text that is evaluated whenever it is executed, for its value; longer text is once in a module."""

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
    written = known_text(value)
    if written is None or not isinstance(value, Constant | Partial):
        return UNKNOWN
    data = _bytes(value)
    digest = hashlib.sha256(data).hexdigest()
    is_marshalled = "marshal" in value.steps
    names = marshalled.strings(data) if is_marshalled else ()
    unit = None if is_marshalled else _read(machine, frame, data, digest, sink)
    layers = machine.recorder.layers
    here = (*frame.position[:2], machine.place(frame))
    known = [layer for layer in layers if layer.sha256 == digest and layer.where.module == frame.position.module]
    for layer in known:
        machine.recorder.layer_again(machine, frame, layer)
    if not any(layer.where[:3] == here and layer.sink == sink for layer in known):
        parsed = unit is not None and not known
        where = machine.where(frame, here[2])
        layers.append(
            LayerFact(where, len(layers) + 1, sink, digest, len(data), value.steps, parsed, written[:200], names)
        )
    made = UNKNOWN if unit is None else _run(machine, frame, unit, (known or layers[-1:])[0].number, shares)
    if isinstance(made, Reference):
        for step in (*value.steps, "eval"):
            made = stepped(made, step)
    return made


def _bytes(value: Constant | Partial) -> bytes:
    """The bytes of text as it would be executed; unknown parts become ``0``."""
    if isinstance(value, Constant) and isinstance(value.value, bytes):
        return value.value
    if isinstance(value, Constant):
        return str(value.value).encode("utf-8", "replace")
    parts = ["0" if p is None else p if isinstance(p, str) else p.decode("latin-1") for p in value.parts]
    return "".join(parts).encode("utf-8", "replace")


def _read(machine: Machine, frame: Frame, data: bytes, digest: str, sink: str) -> Unit | None:
    """The source code in a layer, None when there is none or it was read before."""
    lower = machine.language.lower
    key = (frame.position.module, digest)
    if lower is None or not data.strip():
        return None
    if key in machine.layer_units:
        again = sink == "code" and machine.budget.steps > 0 and key not in machine.active
        again = again and (len(data) <= REPEATED or _only_compiled(machine, *key))
        machine.budget.steps -= _AGAIN
        return machine.layer_units[key] if again else None
    if machine.layer_depth >= LAYERS or len(data) > LAYER_BYTES:
        machine.exhausted(frame, "layers")
        return None
    head = data[:65536].decode("utf-8", "replace")
    short = sink in {"code", "compile"} and len(data) <= REPEATED
    if "\0" in head or not (short or _CODE.search(head)):
        return None
    machine.budget.steps -= len(data) // 8
    unit = lower(data, f"{frame.position.module}.py")
    machine.kept.append(unit)
    broken = len(unit.defects) * 40 > len(data) + 40
    read = None if broken or not unit.module.ops else unit
    machine.layer_units[key] = read
    return read


def _only_compiled(machine: Machine, module: str, digest: str) -> bool:
    """Whether nothing has executed a text so far."""
    known = (layer for layer in machine.recorder.layers if layer.sha256 == digest and layer.where.module == module)
    return all(layer.sink == "compile" for layer in known)


def _run(machine: Machine, frame: Frame, unit: Unit, number: int, shares: bool) -> Value:
    """Evaluate a layer."""
    key = (frame.position.module, machine.recorder.layers[number - 1].sha256)
    scope = frame.scope if shares else Scope(CodeKind.MODULE, None, frame.scope.module)
    inner = Frame(unit.module, scope, Position(frame.position.module, number, frame.position.function))
    conditions = len(machine.conditions)
    machine.layer_depth += 1
    machine.active.append(key)
    machine.run(inner)
    machine.active.pop()
    machine.layer_depth -= 1
    del machine.conditions[conditions:]
    return inner.results[-1]


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
