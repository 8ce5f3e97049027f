"""A package runs code that it decodes first.

Detects: text or bytes that were decoded, decompressed, decrypted, unmarshalled or put together from numbers, and then
    are executed, compiled or given to a shell: in one expression or across variables, functions and files.
    CRITICAL at install or startup, and wherever a decoded layer decodes another one; else HIGH. What is decoded is
    scanned like the rest of the code and shown in the evidence. MEDIUM, HIGH if nobody has to call it, when what is
    decoded and run is not known, or is a pickle that stands in the code; HIGH when it comes from the network or
    with a request, or out of a picture, a sound or a font. Decoded source code that is written to a file is MEDIUM.
Why: an encoding between a text and ``exec`` serves to keep people and tools from reading what runs. Programs that need
    to run text have it as text.
Misses: what is decoded by native code or by a decoder that is not known; keys that are fetched or asked for; code that
    decodes a file which comes with the package, beyond that it does so.
Fix: do not install the package; read what the decoded layer does before you decide what it may have touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import Code, capability, chain, code_of, finding, lowered
from assay.rules.chains import REQUESTS, listed
from assay.rules.hiding import decoders, encodings, run_by
from assay.rules.identity import label_of
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import CallFact, FlowFact, LayerFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_RUNS = frozenset({"code", "compile", "process"})
_RUN_AS = frozenset({"code", "command"})
_MEDIA = lazy(r"\.(?:png|jpe?g|gif|bmp|webp|ico|tiff?|wav|mp3|ogg|flac|mp4|ttf|otf|woff2?)(?: \S+)?$", re.IGNORECASE)
_UNPICKLES = ("pickle.", "dill.", "cloudpickle.", "jsonpickle.")


class _Run(NamedTuple):
    """Something decoded that is run."""

    severity: Severity
    seen: Seen
    steps: tuple[str, ...]
    what: str


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each place at which something decoded is run."""
    code = code_of(subject)
    found: dict[tuple[str, int], list[_Run]] = {}
    for run in _runs(code):
        found.setdefault((run.seen.path, run.seen.place.line), []).append(run)
    for _, runs in sorted(found.items()):
        runs.sort(key=lambda run: (run.severity.rank, run.seen.decoded, -len(run.steps), run.what))
        worst = runs[0]
        yield finding(
            "ENC-001",
            subject,
            worst.seen,
            worst.severity,
            f"{label_of(subject.purl)} runs code that it decodes first",
            listed(run.what for run in runs),
            steps=[step for run in runs for step in run.steps],
            remediation="do not run it before you have read what it decodes to",
        )


def _runs(code: Code) -> Iterator[_Run]:
    if code.facts is None:
        return
    known = set()
    for layer in code.facts.layers:
        if encodings(layer.encodings) and (layer.parsed or layer.sink != "write"):
            known.add(layer.where[:3])
            yield _of_layer(layer, code.seen(layer.where))
    for flow in code.facts.flows:
        if _is_encoded(flow) and flow.where[:3] not in known:
            yield from _of_flow(flow, code.seen(flow.where))
            known.add(flow.where[:3])
    for call in code.facts.calls:
        if call.where[:3] not in known:
            yield from _of_call(call, code.seen(call.where))


def _of_layer(layer: LayerFact, seen: Seen) -> _Run:
    written = layer.sink == "write"
    severity = lowered(Severity.MEDIUM, seen) if written else chain(seen)
    verb = "writes" if written else "runs"
    shown = layer.excerpt or ", ".join(layer.strings)
    return _Run(
        severity, seen, layer.encodings, f"{verb} {layer.size} bytes after {', '.join(layer.encodings)}: {shown}"
    )


def _is_encoded(flow: FlowFact) -> bool:
    """Whether what flows was decoded, or is hidden in what people look at or listen to."""
    shown = flow.source == "file" and flow.sink in ("code", "compile") and _MEDIA.search(flow.detail)
    return flow.source == "blob" or _is_of_request(flow) or bool(shown)


def _is_of_request(flow: FlowFact) -> bool:
    """Whether what is decoded and run came to a handler of requests, from whoever sent one."""
    return flow.source == "parameter" and flow.detail in REQUESTS and bool(decoders(flow.steps))


def _of_flow(flow: FlowFact, seen: Seen) -> Iterator[_Run]:
    what = f"{flow.name} runs what came of {flow.detail}"
    if flow.sink in _RUNS and flow.role in _RUN_AS:
        yield _Run(chain(seen), seen, flow.steps, what)
    elif flow.sink == "deserialise" and flow.name.startswith(_UNPICKLES):
        yield _Run(capability(seen, flow.steps), seen, flow.steps, what)


def _of_call(call: CallFact, seen: Seen) -> Iterator[_Run]:
    """What is decoded is not known, only that it is. Compiled code in a cache of ``marshal`` is no secret."""
    given = run_by(call)
    if given is None or _RUNS.isdisjoint(call.kinds):
        return
    steps = decoders(given.value.steps)
    if steps:
        what = f"{call.name} runs what {', '.join(steps)} makes of {', '.join(given.value.sources) or 'something'}"
        foreign = "remote" in given.value.sources
        yield _Run(chain(seen) if foreign else capability(seen, steps), seen, given.value.steps, what)


RULE = Rule(
    id="ENC-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation", "malicious-code"),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
