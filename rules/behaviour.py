"""What the rules on behaviour share: when a fact takes effect, how much hides it, and how bad that makes it.

The grammar of severities: a capability alone is INFO when only a call runs it, or a command of the package that
somebody starts by its name, and MEDIUM when it runs at install, at startup or on import; hidden by even one step it is
MEDIUM and HIGH. A chain from an untrusted source to a sink is HIGH, at install or startup CRITICAL; one that exists
only after decoding is CRITICAL wherever it runs. In tests, documents, examples and benchmarks everything is two steps
lower. Neither the name of a package nor how popular it is counts.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.models import Confidence, Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.code.facts import CallFact, Facts, FlowFact, LayerFact, Where
    from assay.scanner.code.ir import Place
    from assay.scanner.code.mark import Mark
    from assay.scanner.code.package import Module
    from assay.scanner.models import Package

_SEVERITIES = tuple(Severity)
UNASKED = frozenset({"install", "startup", "import"})
"""Triggers of what runs although nobody has called it."""

AT_ONCE = frozenset({"install", "startup"})
_LOWER_BY = 2
_MAIN = "main:"
_NEVER = "never"


class Seen(NamedTuple):
    """A fact in its surroundings.

    ``trigger`` says when it takes effect and ``trace`` by which files; ``path`` and ``place`` are those of the file,
    for what stands in a decoded layer those of the code that unpacks it. ``decoded`` are the hiding steps of all layers
    around it (() for what stands in the file as it is, or in text that is executed as it stands), ``dead`` says that a
    branch around it cannot be taken, ``asked`` that no import brings it to run, only somebody who starts a command of
    the package. ``function`` is the qualified name of the function that it stands in, "" for the top of the file.
    """

    trigger: str
    trace: tuple[str, ...]
    path: str
    place: Place
    decoded: tuple[str, ...] = ()
    dead: bool = False
    function: str = ""
    asked: bool = False


class Code:
    """The code of a package as rules look at it; ``triggers`` are those of its modules."""

    def __init__(self, package: Package) -> None:
        self.package = package
        code = package.code
        self._modules: dict[str, Module] = {module.name: module for module in code.modules} if code else {}
        self.facts: Facts | None = code.facts if code else None
        self.triggers = frozenset(module.trigger for module in self._modules.values())
        self._seen: dict[Where, Seen] = {}

    def seen(self, where: Where) -> Seen:
        """Return when and where a fact takes effect."""
        if where not in self._seen:
            self._seen[where] = self._look(where)
        return self._seen[where]

    def _look(self, where: Where) -> Seen:
        module = self._modules[where.module]
        decoded: list[str] = []
        place, layers = where.place, self.layers(where)
        for layer in layers:
            decoded += layer.encodings
            place = layer.where.place
        rounds = (where, *(layer.where for layer in layers))
        conditions = {condition for some in rounds for condition in some.conditions}
        first = self._modules.get(where.by, module)
        loaded = all(some.at_import for some in rounds)
        trigger = _taken(first if loaded else module, module, loaded)
        if trigger == "import" and any(condition.startswith(_MAIN) for condition in conditions):
            trigger = "call"
        trace = module.trace
        if loaded and first.trigger != module.trigger:
            trace = (*(first.trace or (first.path,)), module.path)
        asked = loaded and trigger == "import" and first.asked
        dead = _NEVER in conditions
        return Seen(trigger, trace, module.path, place, tuple(decoded), dead, rounds[-1].function, asked)

    def stations(self, flow: FlowFact) -> tuple[str, ...]:
        """Return the places that a flow goes through, from the source to the sink, as ``path:line``."""
        found = []
        for name, layer, place in flow.chain:
            around = self.layers(flow.where._replace(module=name, layer=layer))
            line = (around[-1].where.place if around else place).line
            found.append(f"{self.package.place(self._modules[name].path).path}:{line}")
        return tuple(dict.fromkeys(found))

    def layers(self, where: Where) -> tuple[LayerFact, ...]:
        """Return the layers that a fact stands in, the innermost first."""
        found = []
        facts = self.facts
        while where.layer and facts:
            layer = facts.layers[where.layer - 1]
            found.append(layer)
            where = layer.where
        return tuple(found)

    def marks(self) -> tuple[tuple[str, tuple[Mark, ...]], ...]:
        """Return what was seen in the texts of files, by their paths."""
        return self.package.code.marks if self.package.code else ()

    def calls(self, *kinds: str) -> Iterator[CallFact]:
        """Yield the calls of which the vocabulary says one of these kinds."""
        by_kind = self._calls
        if len(kinds) == 1:
            numbers: Iterable[int] = by_kind.get(kinds[0], ())
        else:
            numbers = sorted({number for kind in kinds for number in by_kind.get(kind, ())})
        every = self.facts.calls if self.facts else ()
        for number in numbers:
            yield every[number]

    @cached_property
    def _calls(self) -> dict[str, list[int]]:
        """The numbers of the calls of each kind, in their order."""
        found: dict[str, list[int]] = {}
        for number, call in enumerate(self.facts.calls if self.facts else ()):
            for kind in dict.fromkeys(call.kinds):
                found.setdefault(kind, []).append(number)
        return found


_LAST: list[Code] = []


def code_of(package: Package) -> Code:
    """Return the code of a package; that of the last one is kept, since the rules ask for it one after the other."""
    if not _LAST or _LAST[0].package is not package:
        _LAST[:] = [Code(package)]
    return _LAST[0]


def _taken(first: Module, module: Module, loaded: bool) -> str:
    """When something takes effect in a module that the top level of ``first`` brings to run, if loading does at all."""
    if loaded and (first.trigger != "test" or module.trigger == "test"):
        return first.trigger
    return "test" if module.trigger == "test" else "call"


def capability(seen: Seen, steps: Iterable[str] = ()) -> Severity:
    """Return how bad it is that something can be done, hidden by ``steps`` or not."""
    unasked = seen.trigger in UNASKED
    plain = unasked and not seen.asked
    if seen.decoded or any(True for _ in steps):
        return lowered(Severity.HIGH if unasked else Severity.MEDIUM, seen)
    return lowered(Severity.MEDIUM if plain else Severity.INFO, seen)


def chain(seen: Seen) -> Severity:
    """Return how bad it is that an untrusted source reaches a sink."""
    critical = seen.trigger in AT_ONCE or bool(seen.decoded)
    return lowered(Severity.CRITICAL if critical else Severity.HIGH, seen)


def lowered(severity: Severity, seen: Seen) -> Severity:
    """Return a severity as it counts where something was seen: two steps lower in tests and the like, and if dead."""
    if seen.trigger != "test" and not seen.dead:
        return severity
    return _SEVERITIES[min(severity.rank + _LOWER_BY, len(_SEVERITIES) - 1)]


def confidence(steps: int) -> Confidence:
    """Return how sure a finding is: each step taken to hide it makes it surer."""
    return Confidence.HIGH if steps > 1 else Confidence.MEDIUM


def finding(
    rule: str,
    package: Package,
    seen: Seen,
    severity: Severity,
    message: str,
    evidence: Iterable[str] = (),
    *,
    steps: Iterable[str] = (),
    stations: Iterable[str] = (),
    remediation: str = "",
) -> Finding:
    """Return a finding in code, with its place, trigger and trace.

    ``steps`` are named in the evidence. The trace is the files by which the code comes to run, the function, and the
    ``stations`` of a flow.
    """
    hidden = tuple(dict.fromkeys((*seen.decoded, *steps)))
    shown = [text for text in evidence if text]
    if hidden:
        shown.append("hidden by " + ", ".join(hidden))
    located = package.place(seen.path)
    return Finding(
        rule=rule,
        severity=severity,
        confidence=confidence(len(hidden)),
        purl=package.purl,
        message=message,
        location=Location(located.path, seen.place.line, seen.place.column),
        trigger=seen.trigger,
        trace=(
            *(package.place(path).path for path in seen.trace),
            *([f"{located.path}: {seen.function}()"] if seen.function else ()),
            *stations,
        ),
        evidence=tuple(shown),
        remediation=remediation,
    )
