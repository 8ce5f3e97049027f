"""What the rules on hooks and entry points share: which flows are a chain, and how several things are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.facts import FlowFact

SHOWN = 4
"""Things of one finding that are named."""

_RUNS = frozenset({"code", "compile", "import", "install", "native", "process"})
SENDS = frozenset({"dns", "download", "network"})
"""Kinds of calls by which something leaves."""

REQUESTS = frozenset({"request", "req", "headers", "cookie", "cookies", "ctx"})
"""Names of parameters in which servers hand on what somebody sent."""

_FOREIGN = frozenset({"blob", "remote"})
_ASIDE = frozenset({"data", "environment"})
"""Roles in which a program is given something to work on, not told what to do."""

_SECRETS = frozenset({"clipboard", "credential", "environment", "file", "identity", "keys", "screen"})


def is_chain(flow: FlowFact) -> bool:
    """Say whether what comes from outside or was encoded is run, or what is private is sent."""
    if flow.source in _FOREIGN:
        return flow.sink in _RUNS and flow.role not in _ASIDE
    return flow.source in _SECRETS and flow.sink in SENDS


def listed(said: Iterable[str]) -> tuple[str, ...]:
    """Return evidence: each text once and cut, ``SHOWN`` of them, and how many more there are."""
    texts = list(dict.fromkeys(text[:200] for text in said))
    return (*texts[:SHOWN], *([f"and {len(texts) - SHOWN} more"] if len(texts) > SHOWN else []))
