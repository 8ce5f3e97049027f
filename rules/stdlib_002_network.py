"""A package uses the network.

Detects: connections, requests, downloads, questions to the name service and open ports, by the standard library and
    by well-known clients, by whatever name they are reached: INFO when only a call runs them, MEDIUM when they run at
    install, startup or on import. Where the call or the address is hidden by even one step: MEDIUM, and HIGH where it
    runs unasked or where the whole address has to be decoded. What stays on the machine is INFO.
Why: few packages have a reason to talk to somebody before they are used.
Misses: clients that the vocabulary does not know; what is sent and what comes back (EXFIL-001, FETCH-001).
Fix: find out whom it talks to and why before anybody asks for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.behaviour import Code, capability, code_of, lowered
from assay.rules.capabilities import Use, argument_of, findings_of, hidden, is_late, shown
from assay.rules.hiding import decoders
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, Folded
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_KINDS = {"network": "network", "download": "network", "dns": "name", "listen": "port"}
_SORTS = {"network": "uses the network", "name": "asks the name service", "port": "opens a port"}
_METHOD_FIRST = lazy(r"\.(?:request|stream)$")
_LOCAL = lazy(
    r"^(?:\w+://)?(?:localhost\.?|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)(?:[:/]|$)|^unix:|^/|^file://", re.IGNORECASE
)
_IS_ADDRESS = lazy(r"^(?:https?|wss?|ftp)://[\w-]+(?:\.[\w-]+)+")
_OPENS = frozenset({"urllib.request.urlopen", "urllib.request.urlretrieve"})
_PATH = lazy(r"[\w-]{1,100}(?:\.[\w-]{1,100}){0,4}")
"""The name of a file, to which these give an error: they take addresses with a scheme alone."""

_METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "request"})
_BY_NAME = frozenset({"case", "getattr", "index", "lookup"})
_MAKES = frozenset({"urllib.request.Request", "http.client.HTTPConnection", "http.client.HTTPSConnection"})
"""What only makes an object that would connect later."""

_FIX = "find out whom it talks to, and why there"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and sort of connection."""
    yield from findings_of(subject, "STDLIB-002", _uses(code_of(subject)), _SORTS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    calls = list(code.calls(*_KINDS))
    of_files = {call.where[:3] for call in calls if call.name in _OPENS and _is_plain_path(_address(call))}
    for call in calls:
        seen = code.seen(call.where)
        kind = next(kind for kind in call.kinds if kind in _KINDS)
        address = _address(call)
        text = _text(address)
        steps = hidden(call, [address] if address else ())
        steps = () if is_late(seen, steps) or (seen.trigger == "call" and _is_dispatch(call, steps)) else steps
        severity = lowered(Severity.HIGH, seen) if _is_decoded(address) else capability(seen, steps)
        here = _LOCAL.match(text) or call.name in _MAKES or (call.where[:3] in of_files and "://" not in text)
        if not steps and not seen.decoded and here:
            severity = Severity.INFO
        yield Use(seen, severity, _KINDS[kind], shown(call, text), steps)


def _is_plain_path(address: Folded | None) -> bool:
    """Whether a path of a file is among what an opener of files and addresses is given."""
    return address is not None and any(_PATH.fullmatch(text) for text in address.strings)


def _is_dispatch(call: CallFact, steps: tuple[str, ...]) -> bool:
    """Whether a client that was kept is only asked for a method by its name: ``getattr(self.s, "GET".lower())``."""
    client, _, name = call.name.rpartition("().")
    return bool(client) and name in _METHODS and _BY_NAME.issuperset(steps)


def _is_decoded(address: Folded | None) -> bool:
    """Whether all of an address stands in the code encoded, or one of those it may be is."""
    if address is None or not decoders(address.steps):
        return False
    known = "blob" in address.sources and any(_IS_ADDRESS.match(text) for text in address.strings)
    return address.kind == "constant" or known


def _address(call: CallFact) -> Folded | None:
    """Whom a call talks to: an argument, or that of the call that made the connection."""
    found = argument_of(call, 1 if _METHOD_FIRST.search(call.name) else 0, "url", "host", "address")
    if call.name.startswith("http.client.") and call.receiver:
        found = call.receiver[0]
    return found.value if found else None


def _text(value: Folded | None) -> str:
    if value is None:
        return ""
    if isinstance(value.value, bytes):
        return value.value.decode("latin-1")
    return value.value if isinstance(value.value, str) else " ".join(value.strings)


RULE = Rule(
    id="STDLIB-002",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("malicious-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
