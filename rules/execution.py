"""How code that is text comes to run, sorted by shape: what the rules DYN-001 to DYN-007 share.

Every call belongs to one shape, so that one place is told once: by how its callee is reached, and else by what it is
given. What is decoded first (ENC-001) or comes from the network (FETCH-001) belongs to none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import UNASKED, Code, capability, code_of, finding, lowered
from assay.rules.chains import listed
from assay.rules.hiding import SCRAMBLING, encodings, run_by
from assay.rules.identity import label_of
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import CallFact, Folded
    from assay.scanner.models import Finding, Package

HIDDEN, COMPUTED_IMPORT, COMPILED, ALIASED, CONSTANT, UNASKED_TEXT, TEXT = range(7)
"""Shapes, those that take precedence first."""

_EXECUTES = frozenset(
    "builtins.exec builtins.eval builtins.execfile six.exec_ eval execScript Function AsyncFunction GeneratorFunction "  # noqa: SIM905
    "vm.runInThisContext vm.runInNewContext vm.runInContext vm.compileFunction setTimeout setInterval "
    "module()._compile module._compile module.prototype._compile".split()
)
_PRIMITIVES = frozenset({"code", "compile", "import", "native", "process"})
_IMPORTS = frozenset(
    {
        "builtins.__import__",
        "importlib.__import__",
        "importlib.import_module",
        "runpy.run_module",
        "runpy.run_path",
    }
)
_ROADS = frozenset({"eval", "getattr", "globals", "dict", "sys.modules", "introspection", "attrgetter", "methodcaller"})
"""Steps by which something that has a name is reached without it."""

_CROOKED = _ROADS - {"attrgetter", "getattr", "methodcaller"}

_PUT_TOGETHER = SCRAMBLING | {"concat", "join", "format", "replace", "case", "strip", "split", "slice"}


_OWN = frozenset({"argument", "file", "folder", "introspection", "parameter", "platform"})


class Run(NamedTuple):
    """A call that runs text or imports by name; ``given`` is what it is told to run, None if that is not seen."""

    shape: int
    call: CallFact
    seen: Seen
    given: Folded | None

    @property
    def steps(self) -> tuple[str, ...]:
        """How callee and argument were hidden."""
        return self.call.steps + (self.given.steps if self.given else ())


def runs(code: Code, shape: int) -> Iterator[Run]:
    """Yield the calls of one shape."""
    for call in code.calls(*_PRIMITIVES):
        argument = run_by(call)
        given = argument.value if argument else None
        seen = code.seen(call.where)
        if shape_of(call, given, seen) == shape:
            yield Run(shape, call, seen, given)


def shape_of(call: CallFact, given: Folded | None, seen: Seen) -> int | None:
    """Return the shape of a call, None for one that is everyday."""
    if is_hidden(call):
        return HIDDEN
    if call.name in _IMPORTS:
        return COMPUTED_IMPORT if given and (given.kind != "constant" or given.steps) else None
    elsewhere = given and (encodings(given.steps) or "remote" in given.sources)
    if call.name not in _EXECUTES or elsewhere:
        return None
    if given and ("compile" in given.steps or "builtins.compile()" in given.names):
        return COMPILED
    if call.road != "direct":
        return ALIASED
    if given and given.kind == "constant":
        return CONSTANT
    return UNASKED_TEXT if seen.trigger in UNASKED else TEXT


def is_hidden(call: CallFact) -> bool:
    """Say whether the road to a callee hides it: its name was put together, or looked up where nobody needs to."""
    return _imports_builtins(call) or not _ROADS.isdisjoint(call.steps) or not _PUT_TOGETHER.isdisjoint(call.steps)


def _imports_builtins(call: CallFact) -> bool:
    """Say whether ``exec`` is looked for in a module that nobody has to import, by that module's name."""
    return call.name in _EXECUTES and "import-name" in call.steps


def is_scrambled(run: Run) -> bool:
    """Say whether what a call is given is known, and could not be read in the code."""
    return run.given is not None and run.given.kind == "constant" and not SCRAMBLING.isdisjoint(run.given.steps)


def is_own(run: Run) -> bool:
    """Say whether what is executed came with the package, or from who started the program.

    That is text of which at least a part stands in the code, and a file, which may be named on the command line.
    """
    given = run.given
    if given is None or not _OWN.issuperset(given.sources):
        return False
    return given.kind in ("constant", "partial") or "file" in given.sources


def as_capability(run: Run) -> Severity:
    """Return how bad it is that text is executed: a capability, INFO for what came with the package."""
    return lowered(Severity.INFO, run.seen) if is_own(run) else capability(run.seen)


def is_crooked(run: Run) -> bool:
    """Say whether ``exec`` or a process is reached by a road that is good for nothing else."""
    runs_anything = run.call.name in _EXECUTES or "process" in run.call.kinds
    return _imports_builtins(run.call) or (runs_anything and not _CROOKED.isdisjoint(run.call.steps))


def is_put_together(call: CallFact) -> bool:
    """Say whether the name of a callee stands nowhere in the code."""
    return not _PUT_TOGETHER.isdisjoint(call.steps)


def told(rule: str, package: Package, shape: int, message: str, judge: Callable[[Run], Severity]) -> Iterator[Finding]:
    """Yield one finding for each line with calls of one shape, as bad as the worst of them."""
    lines: dict[tuple[str, int], list[tuple[Severity, Run]]] = {}
    for run in runs(code_of(package), shape):
        lines.setdefault((run.seen.path, run.seen.place.line), []).append((judge(run), run))
    for _, some in sorted(lines.items()):
        severity, worst = min(some, key=lambda pair: (pair[0].rank, pair[1].seen.place, pair[1].call.name))
        yield finding(
            rule,
            package,
            worst.seen,
            severity,
            f"{label_of(package.purl)} {message}",
            listed(describe(run) for _, run in some),
            steps=worst.steps,
        )


def describe(run: Run) -> str:
    """Return a call and what it is given, as evidence."""
    given = run.given
    if given is None:
        return run.call.name
    if given.value is not None:
        return f"{run.call.name}({given.value!r})"
    origin = ", ".join(given.sources) or ", ".join(given.names[:2]) or given.kind
    return f"{run.call.name}({origin})"
