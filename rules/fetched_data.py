"""Code that comes from the network and is run: as it comes, printed by a program that fetches, or out of a pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.addresses import shape
from assay.rules.behaviour import UNASKED, chain, lowered
from assay.rules.capabilities import Use
from assay.rules.command_lines import command_of, is_about_packages
from assay.rules.fetching_commands import fetching
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import FlowFact, Spot

_RUNS = {"code": "code", "import": "path", "native": "path", "install": "command", "process": "command"}
"""Sinks that run what reaches them, and in which role."""

_ONLY_READ = frozenset({"ast.parse", "codeop.compile_command"})
_SANDBOX = "WebAssembly."
"""What runs such code gives it nothing but the functions that it is handed."""
_GENERATES = frozenset({"join", "format"})
_UNPICKLES = ("pickle.", "_pickle.", "dill.", "cloudpickle.", "jsonpickle.", "marshal.")
"""Formats that run what they read, or are code; others are told to be safe by how they are loaded."""


def uses_of_fetched(code: Code) -> Iterator[Use]:
    """Yield each way in which code from the network comes to run, without a file between."""
    yield from _flows(code)
    yield from _by_side_roads(code)


def _flows(code: Code) -> Iterator[Use]:
    for flow in code.facts.flows if code.facts else ():
        if flow.source != "remote" or flow.role != _RUNS.get(flow.sink) or flow.name in _ONLY_READ:
            continue
        seen = code.seen(flow.where)
        asked = seen.trigger not in UNASKED and not seen.decoded
        if flow.sink == "process" and (is_about_packages(flow.target) or (asked and not shape(flow.detail))):
            continue  # a value among the arguments of a program; commands from a socket are SHELL-001's
        mild = seen.trigger not in UNASKED and (flow.sink == "import" or _is_generated(flow))
        severity = lowered(Severity.MEDIUM, seen) if mild else chain(seen)
        if flow.name.startswith(_SANDBOX) and not seen.decoded and not shape(flow.detail):
            severity = lowered(Severity.INFO if asked else Severity.MEDIUM, seen)
        yield Use(seen, severity, "code", f"{flow.name} runs what {flow.detail or 'the network'} gives", flow.steps)


def _by_side_roads(code: Code) -> Iterator[Use]:
    """What a program prints that fetches it, and pickles: those who work together send each other the latter."""
    commands = _fetched_by_commands(code)
    for flow in code.facts.flows if code.facts else ():
        origin, seen = _comes_from(flow, commands), code.seen(flow.where)
        if origin and (flow.sink == "code" or seen.trigger in UNASKED or seen.decoded):
            yield Use(seen, chain(seen), "code", f"{flow.name} runs what {origin} gives", flow.steps)


def _is_generated(flow: FlowFact) -> bool:
    """Whether code is put together around data of an address that the caller gives, as compilers of schemas do."""
    return "://" not in flow.detail and not _GENERATES.isdisjoint(flow.steps)


def _fetched_by_commands(code: Code) -> dict[Spot, str]:
    """The commands that fetch, by the functions that start them."""
    lines = ((call.where, command_of(call).line) for call in code.calls("process"))
    return {where.spot: line for where, line in lines if fetching(line)}


def _comes_from(flow: FlowFact, commands: dict[Spot, str]) -> str:
    """Where code that runs has come from by a side road, "" if it has not, or not from the network."""
    if flow.sink == "deserialise" and flow.source == "remote" and flow.name.startswith(_UNPICKLES):
        return flow.detail or "the network"
    if flow.sink == "code" and flow.role == "code" and flow.source == "process":
        return commands.get(flow.where.spot, "")
    return ""
