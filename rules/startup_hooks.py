"""What hooks do that run whenever Python starts: what they load, call, decode and pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.chains import is_chain
from assay.scanner.code.facts import Where
from assay.scanner.code.ir import Place
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, Facts
    from assay.scanner.code.package import Module, PackageCode

_ACTS = frozenset(
    "process network download install native dns listen listen-keys persist deserialise delete".split()  # noqa: SIM905
)
_LOADS = frozenset({"code", "compile", "import"})
_FROM_A_PATH = ("run_path", "load_source", "load_compiled", "FileLoader", "spec_from_file_location", "zipimporter")
_NAMES = frozenset({"code", "module", "command"})


class Deed(NamedTuple):
    """Something that a hook does."""

    severity: Severity
    where: Where
    what: str


def deeds(code: PackageCode, hooks: dict[str, Module]) -> Iterator[Deed]:
    """Yield what hooks do, given by name; and what other modules do, which the caller leaves out."""
    yield from _loaded(code, hooks)
    yield from _in_hooks(code.facts, hooks)


def _top(name: str) -> Where:
    return Where(name, 0, Place(1, 1), "", at_import=True, conditions=())


def _loaded(code: PackageCode, hooks: dict[str, Module]) -> Iterator[Deed]:
    """That a hook is there, and what it imports: nothing in itself."""
    by_path = {module.path: name for name, module in hooks.items()}
    for name, module in hooks.items():
        if not module.path.endswith(".pth"):
            yield Deed(Severity.LOW, _top(name), "is imported by the site module")
    for module in code.modules:
        if len(module.trace) == 2 and module.trace[0] in by_path:
            yield Deed(Severity.INFO, _top(by_path[module.trace[0]]), f"loads {module.path}")
    for imported in code.facts.imports:
        yield Deed(Severity.INFO, imported.where, f"imports {imported.name}")


def _in_hooks(facts: Facts, hooks: dict[str, Module]) -> Iterator[Deed]:
    lines = {name for name, module in hooks.items() if module.path.endswith(".pth")}
    for call in facts.calls:
        yield from _called(call, call.where.module in lines)
    for layer in facts.layers:
        if layer.encodings:
            yield Deed(Severity.CRITICAL, layer.where, f"runs what it decodes ({', '.join(layer.encodings)})")
    for flow in facts.flows:
        what = f"{flow.source} reaches {flow.name} ({flow.role})"
        if is_chain(flow):
            yield Deed(Severity.CRITICAL, flow.where, what)
        elif flow.source in ("file", "environment") and flow.sink in ("code", "compile"):
            yield Deed(Severity.HIGH, flow.where, what)
    for text in facts.strings:
        if text.kind in _NAMES:
            yield Deed(Severity.HIGH, text.where, f"puts {text.text} together ({', '.join(text.steps)})")


def _called(call: CallFact, is_line: bool) -> Iterator[Deed]:
    """What a call in a hook shows; lines of a ``.pth`` have no business but to import and call."""
    kinds = _ACTS.union(_LOADS).intersection(call.kinds)
    steps = (*call.steps, *(step for one in call.arguments[:1] for step in one.value.steps))
    known = all(one.value.kind == "constant" for one in call.arguments[:1]) and not call.name.endswith(_FROM_A_PATH)
    if kinds and steps:
        yield Deed(Severity.HIGH, call.where, f"calls {call.name} and hides it ({', '.join(steps)})")
    elif kinds & _ACTS or (kinds and not known):
        yield Deed(Severity.HIGH if is_line else Severity.MEDIUM, call.where, f"calls {call.name}")
    elif "write" in call.kinds:
        yield Deed(Severity.MEDIUM, call.where, f"calls {call.name}")
