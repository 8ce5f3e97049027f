"""A package gives somebody elsewhere a shell.

Detects: a socket that becomes the input and output of a process; commands that come from a connection or a chat and
    are run, or are given to a shell or interpreter that runs, or stand in a request that a server hands on; what they
    print being sent back; command lines that connect a shell, as they are known from netcat, bash, socat and scripting
    languages. CRITICAL at install, startup and in decoded code, HIGH on import and when called. What other commands
    print being sent somewhere: HIGH on import, CRITICAL at install, MEDIUM when called.
Why: whoever has a shell can do all that the user can, and change his mind about it every day.
Misses: shells over protocols other than sockets and web requests; commands that take a way through another process.
Fix: remove the package; take the machines that have run it for compromised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, chain, code_of, lowered
from assay.rules.capabilities import Use, findings_of, hidden, shown
from assay.rules.command_lines import command_of, is_about_packages, is_running
from assay.rules.remote_shells import remote_shell
from assay.rules.sending import CHATS
from assay.rules.shell_commands import feeds_a_shell, is_argument, is_handed_on, is_of_request, sends_output
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_STREAMS = frozenset({"stdin", "stdout", "stderr", "stdio"})
_SOCKETS = ("socket.", "net.", "tls.")
_RECEIVED = (".recv", ".recvfrom", ".recv_into", ".makefile", ".read", ".readline", ".readexactly", ".readuntil",
             ".read_until", ".read_some", ".sock_recv", "accept()[]", ".rfile")  # fmt: skip
_SORTS = {
    "socket": "connects a process to a socket",
    "command": "runs commands that come from a connection",
    "output": "sends what commands print",
    "line": "starts a remote shell",
}
_FIX = "remove the package, and take the machines that have run it for compromised"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and sort of shell."""
    code = code_of(subject)
    if code.facts:
        yield from findings_of(subject, "SHELL-001", [*_sockets(code), *_loops(code), *_lines(code)], _SORTS, _FIX)


def _sockets(code: Code) -> Iterator[Use]:
    """A socket becomes a standard stream: by ``dup2``, or as an argument of the process."""
    for call in code.calls("control", "process"):
        given = [one for one in call.arguments if call.name == "os.dup2" or one.name in _STREAMS]
        if any(_is_socket(name) for one in given for name in one.value.names):
            seen = code.seen(call.where)
            yield Use(seen, chain(seen), "socket", _said(call), hidden(call))


def _is_socket(name: str) -> bool:
    return name.startswith(_SOCKETS) and name.endswith((".fileno()", "()", "()[]", ".makefile()"))


def _said(call: CallFact) -> str:
    return f"{call.name} is given a socket"


def _loops(code: Code) -> Iterator[Use]:
    """Commands that are received, and what they print being sent."""
    facts = code.facts
    flows = facts.flows if facts else ()
    sends = {flow.where.module for flow in flows if flow.source == "process" and flow.sink == "network"}
    fed = {(call.where, call.name) for call in code.calls("process") if feeds_a_shell(call)}
    whole = {(call.where, call.name) for call in code.calls("process") if is_handed_on(call)}
    for flow in flows:
        seen = code.seen(flow.where)
        unasked = seen.trigger in UNASKED or bool(seen.decoded)
        if (flow.source, flow.sink, flow.role) == ("remote", "process", "command"):
            received = flow.detail.endswith(_RECEIVED) or flow.detail.startswith(CHATS)
            if is_about_packages(flow.target) or is_argument(flow.target):
                continue
            if received or flow.where.module in sends:
                yield Use(seen, chain(seen), "command", f"{flow.name} runs what {flow.detail} gives", flow.steps)
        elif (flow.source, flow.role) == ("remote", "data") and (flow.where, flow.name) in fed:
            yield Use(seen, chain(seen), "command", f"a shell is given what {flow.detail} gives", flow.steps)
        elif (flow.source, flow.role) == ("parameter", "command") and is_of_request(flow, whole):
            yield Use(seen, chain(seen), "command", f"{flow.name} runs what comes with a request", flow.steps)
        elif sends_output(flow, unasked=unasked):
            severity = chain(seen) if unasked else lowered(Severity.MEDIUM, seen)
            yield Use(seen, severity, "output", f"{flow.name} sends what {flow.detail or 'a command'} prints")


def _lines(code: Code) -> Iterator[Use]:
    """Command lines that connect a shell, run or handed out."""
    for call in code.calls("process"):
        command = command_of(call)
        what = "" if is_running(call) else remote_shell(command.line)
        if what:
            seen = code.seen(call.where)
            yield Use(seen, chain(seen), "line", f"{what}: {shown(call, command.line)}", hidden(call, command.values))
    for text in code.facts.strings if code.facts else ():
        what = remote_shell(text.whole)
        if what:
            seen = code.seen(text.where)
            yield Use(seen, lowered(Severity.HIGH, seen), "line", what, text.steps)


RULE = Rule(
    id="SHELL-001",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("remote-shell",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
