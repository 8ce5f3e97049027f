"""A package runs code whenever a Python interpreter starts.

Detects: on PyPI, lines of ``.pth`` files that the site module executes, ``sitecustomize`` and ``usercustomize``, where
    a package puts them beside its modules or a source archive has them: INFO or LOW when they import and call modules.
    In a ``.pth`` line, a process, a connection, native code, or a string that is not known being executed is HIGH, in
    a ``sitecustomize`` MEDIUM, hidden names HIGH; decoded code, downloaded code, and secrets sent away are CRITICAL.
    Also files that write such hooks at install or import: LOW for lines that import and call modules, MEDIUM if the
    lines are not known, HIGH if they do more.
Why: such code runs in every program of the environment, imported or not, and few people know that it is there.
Misses: what the modules that a hook imports do (the rules on behaviour judge it, as run at startup); folders that a
    ``.pth`` file adds; hooks that are written to paths that are not known, or by files that show
    nothing else; on npm everything.
Fix: find out which package needs the hook; remove what it does not say in its documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import UNASKED, Code, code_of, finding
from assay.rules.chains import is_chain, listed
from assay.rules.identity import label_of
from assay.rules.startup_files import written
from assay.scanner.code.facts import Where
from assay.scanner.code.ir import Place
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, Facts
    from assay.scanner.code.package import Module, PackageCode
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_ACTS = frozenset(
    "process network download install native dns listen listen-keys persist deserialise delete".split()  # noqa: SIM905
)
_LOADS = frozenset({"code", "compile", "import"})
_FROM_A_PATH = ("run_path", "load_source", "load_compiled", "FileLoader", "spec_from_file_location", "zipimporter")
_NAMES = frozenset({"code", "module", "command"})


class _Seen(NamedTuple):
    """Something that a hook does."""

    severity: Severity
    where: Where
    what: str


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each hook that runs code, and one for each file that writes hooks."""
    if subject.code is None:
        return
    code = code_of(subject)
    modules = {module.name: module for module in subject.code.modules}
    hooks = {name: module for name, module in modules.items() if module.trigger == "startup" and not module.trace}
    found: dict[str, list[_Seen]] = {}
    for one in (*_loaded(subject.code, hooks), *_in_hooks(subject.code.facts, hooks)) if hooks else ():
        seen = code.seen(one.where) if one.where.module in hooks else None
        if seen and seen.trigger == "startup" and not seen.dead:
            found.setdefault(one.where.module, []).append(one)
    for one in _writing(subject.code.facts):
        seen, module = code.seen(one.where), modules[one.where.module]
        builds = module.trigger == "install" and not module.trace
        if one.where.module not in hooks and (builds or seen.trigger in UNASKED) and not seen.dead:
            found.setdefault(one.where.module, []).append(one)
    for name in sorted(found, key=lambda name: modules[name].path):
        yield _told(code, sorted(found[name], key=_weight), name in hooks)


def _writing(facts: Facts) -> Iterator[_Seen]:
    for call in facts.calls:
        file = written(call)
        if file:
            known = Severity.LOW if file.known else Severity.MEDIUM
            yield _Seen(Severity.HIGH if file.does_more else known, call.where, f"writes {file.path}")


def _top(name: str) -> Where:
    return Where(name, 0, Place(1, 1), "", at_import=True, conditions=())


def _loaded(code: PackageCode, hooks: dict[str, Module]) -> Iterator[_Seen]:
    """That a hook is there, and what it imports: nothing in itself."""
    by_path = {module.path: name for name, module in hooks.items()}
    for name, module in hooks.items():
        if not module.path.endswith(".pth"):
            yield _Seen(Severity.LOW, _top(name), "is imported by the site module")
    for module in code.modules:
        if len(module.trace) == 2 and module.trace[0] in by_path:
            yield _Seen(Severity.INFO, _top(by_path[module.trace[0]]), f"loads {module.path}")
    for imported in code.facts.imports:
        yield _Seen(Severity.INFO, imported.where, f"imports {imported.name}")


def _in_hooks(facts: Facts, hooks: dict[str, Module]) -> Iterator[_Seen]:
    """What hooks do; of other modules too, which the caller leaves out."""
    lines = {name for name, module in hooks.items() if module.path.endswith(".pth")}
    for call in facts.calls:
        yield from _called(call, call.where.module in lines)
    for layer in facts.layers:
        if layer.encodings:
            yield _Seen(Severity.CRITICAL, layer.where, f"runs what it decodes ({', '.join(layer.encodings)})")
    for flow in facts.flows:
        what = f"{flow.source} reaches {flow.name} ({flow.role})"
        if is_chain(flow):
            yield _Seen(Severity.CRITICAL, flow.where, what)
        elif flow.source in ("file", "environment") and flow.sink in ("code", "compile"):
            yield _Seen(Severity.HIGH, flow.where, what)
    for text in facts.strings:
        if text.kind in _NAMES:
            yield _Seen(Severity.HIGH, text.where, f"puts {text.text} together ({', '.join(text.steps)})")


def _called(call: CallFact, is_line: bool) -> Iterator[_Seen]:
    """What a call in a hook shows; lines of a ``.pth`` have no business but to import and call."""
    kinds = _ACTS.union(_LOADS).intersection(call.kinds)
    steps = (*call.steps, *(step for one in call.arguments[:1] for step in one.value.steps))
    known = all(one.value.kind == "constant" for one in call.arguments[:1]) and not call.name.endswith(_FROM_A_PATH)
    if kinds and steps:
        yield _Seen(Severity.HIGH, call.where, f"calls {call.name} and hides it ({', '.join(steps)})")
    elif kinds & _ACTS or (kinds and not known):
        yield _Seen(Severity.HIGH if is_line else Severity.MEDIUM, call.where, f"calls {call.name}")
    elif "write" in call.kinds:
        yield _Seen(Severity.MEDIUM, call.where, f"calls {call.name}")


def _weight(one: _Seen) -> tuple[int, int, tuple[int, int], str]:
    return one.severity.rank, one.where.layer, one.where.place, one.what


def _told(code: Code, some: list[_Seen], is_hook: bool) -> Finding:
    what = "runs code whenever Python starts" if is_hook else "writes files that run whenever Python starts"
    return finding(
        "PTH-001",
        code.package,
        code.seen(some[0].where),
        some[0].severity,
        f"{label_of(code.package.purl)} {what}",
        listed(one.what for one in some),
        remediation="find out which package needs the hook; remove it if its documentation does not say so",
    )


RULE = Rule(
    id="PTH-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("startup-hook",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
