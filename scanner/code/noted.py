"""Text that reaches a sink for code, whatever the language: written down as a layer, read as source, evaluated."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.budget import LAYER_BYTES, LAYERS
from assay.scanner.code.facts import LayerFact
from assay.scanner.code.flow import known_text
from assay.scanner.code.values import Constant, Partial, Reference, Value, stepped

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.code.ir import Unit
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

REPEATED = 2048
"""Bytes of text that is evaluated whenever it is executed, for its value; longer text is once in a module."""

_AGAIN = 50
"""Steps that it takes to look at a text once more."""


class Executed(NamedTuple):
    """Text that reaches a sink: the value, its bytes, the module and digest that tell it apart, the kind of sink."""

    value: Constant | Partial
    data: bytes
    key: tuple[str, str]
    sink: str


def executed(frame: Frame, value: Value, sink: str) -> Executed | None:
    """Return what a value is as text to be executed, None if it is none; unknown parts become ``0``."""
    if not isinstance(value, Constant | Partial) or known_text(value) is None:
        return None
    if isinstance(value, Constant):
        data = value.value if isinstance(value.value, bytes) else str(value.value).encode("utf-8", "replace")
    else:
        parts = ["0" if p is None else p if isinstance(p, str) else p.decode("latin-1") for p in value.parts]
        data = "".join(parts).encode("utf-8", "replace")
    return Executed(value, data, (frame.position.module, hashlib.sha256(data).hexdigest()), sink)


def read(
    machine: Machine,
    frame: Frame,
    text: Executed,
    path: str,
    is_source: Callable[[str], bool],
    is_wanted_again: Callable[[], bool] = lambda: False,
) -> Unit | None:
    """Return the source code in a text, None when there is none or it was read before.

    ``path`` tells the front end the language. ``is_source`` is asked about the beginning of a text that is long or not
    executed as such, ``is_wanted_again`` about a long one that was read before.
    """
    lower, data = machine.language.lower, text.data
    if lower is None or not data.strip():
        return None
    if text.key in machine.layer_units:
        again = text.sink == "code" and machine.budget.steps > 0 and text.key not in machine.active
        again = again and (len(data) <= REPEATED or is_wanted_again())
        machine.budget.steps -= _AGAIN
        return machine.layer_units[text.key] if again else None
    if machine.layer_depth >= LAYERS or len(data) > LAYER_BYTES:
        machine.exhausted(frame, "layers")
        return None
    head = data[:65536].decode("utf-8", "replace")
    short = text.sink in {"code", "compile"} and len(data) <= REPEATED
    if "\0" in head or not (short or is_source(head)):
        return None
    machine.budget.steps -= len(data) // 8
    unit = lower(data, path)
    machine.kept.append(unit)
    broken = len(unit.defects) * 40 > len(data) + 40
    found = None if broken or not unit.module.ops else unit
    machine.layer_units[text.key] = found
    return found


def note(machine: Machine, frame: Frame, text: Executed, unit: Unit | None, names: tuple[str, ...] = ()) -> int:
    """Write a text down as a layer, once for each place and sink; return the number of the first of its module."""
    layers = machine.recorder.layers
    module, digest = text.key
    here = (*frame.position[:2], machine.place(frame))
    known = [layer for layer in layers if layer.sha256 == digest and layer.where.module == module]
    for layer in known:
        machine.recorder.layer_again(machine, frame, layer)
    if not any(layer.where[:3] == here and layer.sink == text.sink for layer in known):
        parsed = unit is not None and not known
        shown = (known_text(text.value) or "")[:200]
        layers.append(
            LayerFact(
                machine.where(frame, here[2]), len(layers) + 1, text.sink, digest, len(text.data), text.value.steps,
                parsed, shown, names,
            )
        )  # fmt: skip
    return (known or layers[-1:])[0].number


def run(machine: Machine, inner: Frame, text: Executed) -> Value:
    """Evaluate the source of a text; the value of its last expression, which it hid."""
    conditions = len(machine.conditions)
    machine.layer_depth += 1
    machine.active.append(text.key)
    machine.run(inner)
    machine.active.pop()
    machine.layer_depth -= 1
    del machine.conditions[conditions:]
    made = inner.results[-1]
    if isinstance(made, Reference):
        for step in (*text.value.steps, "eval"):
            made = stepped(made, step)
    return made
