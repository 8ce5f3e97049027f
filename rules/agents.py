"""Agents for programming that are told what to do, with nobody to ask whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, chain, lowered
from assay.rules.capabilities import Use, hidden, shown
from assay.rules.command_lines import command_of, is_running, program
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

SORTS = {"agent": "has an agent work on the machine without asking"}
_AGENTS = frozenset("claude gemini q codex cursor-agent aider opencode copilot amp goose cline droid qwen".split())  # noqa: SIM905
_UNCHECKED = lazy(
    r"(?:^|\s)--(?:dangerously-[\w-]+|yolo|trust-all-tools|allow-all-tools|full-auto|no-interactive|yes-always)(?=\s|$)"
)
_LOOKS_FOR = lazy(r"wallet|keystore|id_rsa|\.env\b|metamask|electrum|exodus|private key|credential|\.npmrc|seed phrase")
_LEAST = 2
"""Sorts of secrets that an order names which is about secrets."""


def agents_told(code: Code) -> Iterator[Use]:
    """Yield the orders that are given to agents whose checks are off: looking for secrets, or without being asked."""
    for call in code.calls("process"):
        command = command_of(call)
        words = command.line.split(maxsplit=1)
        if is_running(call) or not words or program(words[0]) not in _AGENTS or not _UNCHECKED.search(command.line):
            continue
        seen = code.seen(call.where)
        looks = len(set(_LOOKS_FOR.findall(command.line.lower()))) >= _LEAST
        severity = chain(seen) if looks else Severity.MEDIUM if seen.trigger in UNASKED else Severity.INFO
        yield Use(seen, lowered(severity, seen), "agent", shown(call, command.line), hidden(call, command.values))
