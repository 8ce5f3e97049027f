"""Which places the files of a package reach, by calls of their own or by the commands that they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.addresses import shape
from assay.rules.chains import SENDS
from assay.rules.command_lines import command_of, is_running
from assay.rules.shell_senders import told_to

if TYPE_CHECKING:
    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import CallFact


def reached_places(code: Code) -> dict[str, str]:
    """Return the modules that use the network, by themselves or by commands, with a suspicious place each reaches."""
    found: dict[str, str] = {}
    for call in code.calls(*SENDS):
        found[call.where.module] = found.get(call.where.module) or shape(_told(call))
    for call in code.calls("process"):
        place = "" if is_running(call) else shape(" ".join(told_to(command_of(call).line)))
        if place:
            found[call.where.module] = found.get(call.where.module) or place
    return found


def _told(call: CallFact) -> str:
    return " ".join(text for one in (*call.receiver[:2], *call.arguments[:2]) for text in one.value.strings)
