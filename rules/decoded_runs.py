"""What is decoded and then run: layers that were read, what flows there out of sight, and what is only known to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import capability, chain, lowered
from assay.rules.chains import REQUESTS
from assay.rules.hiding import decoders, encodings, run_by
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.code.facts import CallFact, FlowFact, LayerFact

_RUNS = frozenset({"code", "compile", "process"})
_RUN_AS = frozenset({"code", "command"})
_MEDIA = lazy(r"\.(?:png|jpe?g|gif|bmp|webp|ico|tiff?|wav|mp3|ogg|flac|mp4|ttf|otf|woff2?)(?: \S+)?$", re.IGNORECASE)
_UNPICKLES = ("pickle.", "dill.", "cloudpickle.", "jsonpickle.")


class DecodedRun(NamedTuple):
    """Something decoded that is run."""

    severity: Severity
    seen: Seen
    steps: tuple[str, ...]
    what: str


def decoded_runs(code: Code) -> Iterator[DecodedRun]:
    """Yield what the code of a package decodes and runs, each place by what is known of it best."""
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


def _of_layer(layer: LayerFact, seen: Seen) -> DecodedRun:
    written = layer.sink == "write"
    severity = lowered(Severity.MEDIUM, seen) if written else chain(seen)
    verb = "writes" if written else "runs"
    shown = layer.excerpt or ", ".join(layer.strings)
    return DecodedRun(
        severity, seen, layer.encodings, f"{verb} {layer.size} bytes after {', '.join(layer.encodings)}: {shown}"
    )


def _is_encoded(flow: FlowFact) -> bool:
    """Whether what flows was decoded, or is hidden in what people look at or listen to."""
    shown = flow.source == "file" and flow.sink in ("code", "compile") and _MEDIA.search(flow.detail)
    return flow.source == "blob" or _is_of_request(flow) or bool(shown)


def _is_of_request(flow: FlowFact) -> bool:
    """Whether what is decoded and run came to a handler of requests, from whoever sent one."""
    return flow.source == "parameter" and flow.detail in REQUESTS and bool(decoders(flow.steps))


def _of_flow(flow: FlowFact, seen: Seen) -> Iterator[DecodedRun]:
    what = f"{flow.name} runs what came of {flow.detail}"
    if flow.sink in _RUNS and flow.role in _RUN_AS:
        yield DecodedRun(chain(seen), seen, flow.steps, what)
    elif flow.sink == "deserialise" and flow.name.startswith(_UNPICKLES):
        yield DecodedRun(capability(seen, flow.steps), seen, flow.steps, what)


def _of_call(call: CallFact, seen: Seen) -> Iterator[DecodedRun]:
    """What is decoded is not known, only that it is. Compiled code in a cache of ``marshal`` is no secret."""
    given = run_by(call)
    if given is None or _RUNS.isdisjoint(call.kinds):
        return
    steps = decoders(given.value.steps)
    if steps:
        what = f"{call.name} runs what {', '.join(steps)} makes of {', '.join(given.value.sources) or 'something'}"
        foreign = "remote" in given.value.sources
        yield DecodedRun(chain(seen) if foreign else capability(seen, steps), seen, given.value.steps, what)
