"""Starts of programs that nobody has asked for and that no build and no import has a reason for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.command_lines import is_python
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.rules.command_lines import Command
    from assay.scanner.code.facts import CallFact

_ONLY_LOADS = lazy(r"^(?:(?:import|from)\s[\w., *]+|warnings\.\w+\([^()]*\))$")
_LOADS = lazy(r"\b(?:import|from)\s+(?!warnings\b|os\b|sys\b|time\b)\w")
_BESIDE = lazy(
    r"(?:^|[&|;]\s?|/c\s)start\s(?:\s*/\w{1,9}\s){0,4}\s*[^\s/\\:%&|;]{1,200}\.(?:exe|scr|bat|cmd|vbs|pyw|com|pif)\b",
    re.IGNORECASE,
)
_LOOKS_OVER = lazy(r"(?:^|[&|;]\s?)(?:ls\s-\w{0,8}R\w{0,8}\s[/~]|find\s/\s|cat\s/etc/(?:passwd|shadow)\b|printenv\b)")
_READ = 2_048


def odd_start(call: CallFact, command: Command) -> str:
    """Say what is odd about a start that runs unasked, "" if nothing is."""
    if any("identity" in value.sources for value in command.values):
        return "who the user is says what is started"
    if call.name == "subprocess.Popen" and _is_loader(command.words):
        return "another package is loaded in the background"
    if _LOOKS_OVER.search(command.line[:_READ]):
        return "the machine is looked over"
    if _BESIDE.search(command.line[:_READ]):
        return "a program beside the code is started in a window of its own"
    return ""


def _is_loader(words: tuple[str, ...]) -> bool:
    """Whether an interpreter is given nothing but imports."""
    if len(words) < 3 or not is_python(words[0]) or "-c" not in words[:-1]:
        return False
    code = words[words.index("-c") + 1][:_READ]
    parts = [part.strip() for part in code.replace("\n", ";").split(";")]
    return bool(_LOADS.search(code)) and all(_ONLY_LOADS.match(part) for part in parts if part)
