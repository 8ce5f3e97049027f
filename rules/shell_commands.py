"""Commands that somebody elsewhere gives: which call runs them as they come, which takes a word of them, and what
they print being sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.command_lines import is_python, program
from assay.rules.private_data import says_where
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import CallFact, FlowFact, Where

_FED = ("subprocess.Popen().communicate", "subprocess.Popen().stdin.")
_INTERPRETERS = frozenset("sh bash dash zsh ksh cmd powershell pwsh perl ruby node".split())  # noqa: SIM905
_LINES = frozenset({"child_process.exec", "child_process.execSync", "os.system", "os.popen", "subprocess.getoutput"})
_SERVED = frozenset({"req", "headers", "cookies"})
_STARTERS = frozenset({"sudo", "doas", "env", "nohup", "cmd", "start", "xargs", "time", "nice", "busybox", "exec",
                       "eval", "ssh", "docker", "wsl", "call", "timeout"})  # fmt: skip
"""Programs that start the one that is named behind them."""

_SENT = frozenset({"data", "url", "params", "headers", "content"})
_REVISION = lazy(r"git (?:rev-parse|symbolic-ref|describe)[ \w./@^~-]{0,200}\Z")
"""What tells by which revision something was built: whoever is asked to report on a build says it."""


def is_argument(target: str) -> bool:
    """Say whether what is received is a word behind a program that is spelled out, and no shell sees it."""
    words = target.split()
    plain = len(words) > 1 and not any(sign in target for sign in "…;&|$`<>(")
    return plain and words[0].isalnum() and program(words[0]) not in _INTERPRETERS | _STARTERS


def feeds_a_shell(call: CallFact) -> bool:
    """Say whether something is written to the input of a shell or of an interpreter."""
    if not call.name.startswith(_FED) or not call.receiver:
        return False
    value = call.receiver[0].value
    words = (value.value if isinstance(value.value, str) else " ".join(value.strings)).split()
    if words and program(words[0]) in _INTERPRETERS:
        return True
    python = "sys.executable" in value.names or any(map(is_python, words[:1]))
    return python and all(is_python(word) or word in ("-", "-u") for word in words)


def is_handed_on(call: CallFact) -> bool:
    """Say whether a shell is given a line of which nothing stands in the code."""
    line = call.arguments[0].value if call.arguments else None
    return call.name in _LINES and line is not None and line.kind == "unknown" and not line.strings


def is_of_request(flow: FlowFact, whole: set[tuple[Where, str]]) -> bool:
    """Say whether a whole line for a shell stands in a request that a server hands on."""
    return flow.detail in _SERVED and (flow.where, flow.name) in whole


def sends_output(flow: FlowFact, *, unasked: bool) -> bool:
    """Say whether what a command prints is sent, and not asked where to send to: an address that begins with it."""
    if flow.source != "process" or flow.sink not in ("network", "dns") or flow.role not in _SENT:
        return False
    if (flow.role == "url" and flow.target.startswith("…")) or says_where(flow):
        return False
    return unasked or not _REVISION.match(flow.detail)
