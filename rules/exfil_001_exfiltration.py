"""Private data leaves the machine: secrets, the environment, files, or who its user is.

Detects: data that flows into requests, sockets, host names that are looked up, mails and messages, or into commands
    that send. At install, at startup or on import: what tells the machine apart in two ways (host, user, address, …),
    the whole environment, credentials, files of the system, outputs of commands, and whatever goes to a webhook, a
    paste, a tunnel, a bin for requests, a bare address or a host with a random name: CRITICAL, on import HIGH; a single
    such fact MEDIUM. When called: the whole environment, several credentials, a parameter that is a private key or a
    seed phrase, and identity or secrets sent to such a place: HIGH; else INFO. Hiding steps make it worse.
Why: half of the malicious packages of PyPI send home who has installed them, or what they have found.
Misses: data that is held in a file meanwhile; addresses that come from elsewhere when called; clients of services
    that are not known; on npm everything.
Fix: do not install it; where it has run, replace every credential that it could read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.addresses import shape
from assay.rules.behaviour import AT_ONCE, UNASKED, Code, Seen, chain, finding, lowered
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.private_data import COMMAND_OUTPUT, ENVIRONMENT, IDENTITY, KEY, SECRETS, kind_of
from assay.rules.shell_senders import sends
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact, FlowFact
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component, Finding, Package

_SENDS = frozenset({"network", "dns", "download"})
_ROLES = frozenset({"data", "url", "headers", "name", "host", "files", ""})
_TAKEN = 2
"""Kinds of identity that together tell a machine apart."""


class _Sent(NamedTuple):
    """One kind of data that is sent: where, to which sort of place ("" for an ordinary one), and how it is said."""

    seen: Seen
    kind: str
    detail: str
    place: str
    steps: tuple[str, ...]
    name: str


def check(_subject: Component, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield nothing: flows are seen in files."""
    return iter(())


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that sends private data."""
    code = Code(subject)
    if code.facts is None:
        return
    places = _places(code)
    groups: dict[tuple[str, str], list[_Sent]] = {}
    for one in (*_flows(code, places), *_commands(code)):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        severity = min((_severity(some), *(_alone(one) for one in some)), key=lambda one: one.rank)
        first = min(some, key=lambda one: (_alone(one).rank, not one.place, one.seen.dead, one.seen.place))
        kinds = sorted({one.kind for one in some})
        where = sorted({one.place for one in some if one.place})
        yield finding(
            "EXFIL-001",
            subject,
            first.seen,
            severity,
            f"{label_of(subject.purl)} sends private data away",
            listed(
                (
                    f"{', '.join(kinds)}{' to ' + ', '.join(where) if where else ''}",
                    *(f"{one.kind}: {one.detail} to {one.name}" for one in some),
                )
            ),
            steps=first.steps,
            remediation="do not install it; where it has run, replace the credentials that it could read",
        )


def _places(code: Code) -> dict[tuple[str, int, str], str]:
    """Suspicious places that each function connects to, whatever data goes there: for sockets and clients."""
    found: dict[tuple[str, int, str], str] = {}
    for call in code.calls(*_SENDS):
        for text in _addresses(call):
            kind = shape(text)
            if kind:
                found.setdefault((call.where.module, call.where.layer, call.where.function), kind)
    return found


def _addresses(call: CallFact) -> Iterator[str]:
    for one in (*call.receiver[:2], *call.arguments[:2]):
        yield from one.value.strings


def _flows(code: Code, places: dict[tuple[str, int, str], str]) -> Iterator[_Sent]:
    for flow in code.facts.flows if code.facts else ():
        kind = kind_of(flow) if flow.sink in _SENDS and flow.role in _ROLES else ""
        if not kind or (flow.sink == "dns" and not _is_label(flow)):
            continue
        where = flow.where
        place = shape(flow.target) or places.get((where.module, where.layer, where.function), "")
        if flow.sink == "dns":
            place = place or "a name that is looked up"
        yield _Sent(code.seen(where), kind, flow.detail, place, flow.steps, flow.name)


def _is_label(flow: FlowFact) -> bool:
    """Whether data stands in a name below a domain: looking up one's own name is innocent."""
    return "." in flow.target.strip(".…")


def _commands(code: Code) -> Iterator[_Sent]:
    """Shell commands that send what they find."""
    for call in code.calls("process"):
        for text in [text for one in call.arguments[:2] for text in one.value.strings]:
            if sends(text):
                yield _Sent(code.seen(call.where), COMMAND_OUTPUT, text[:60], shape(text), call.steps, call.name)


def _severity(some: list[_Sent]) -> Severity:
    """How bad it is all together, in one file at one time."""
    living = [one for one in some if not one.seen.dead] or some
    seen, kinds = living[0].seen, {one.kind for one in living}
    placed = any(one.place for one in living)
    who = kinds & IDENTITY
    if seen.trigger in UNASKED and (len(who) >= _TAKEN or kinds & SECRETS or (placed and kinds)):
        return chain(seen)
    if len({one.detail for one in living if one.kind == "credentials"}) >= _TAKEN:
        return chain(seen)
    return Severity.INFO


def _alone(one: _Sent) -> Severity:
    """How bad it is that this is sent."""
    if one.seen.decoded and one.kind != "platform":
        return chain(one.seen)
    if one.seen.trigger in UNASKED:
        if one.kind in IDENTITY | SECRETS:
            return lowered(Severity.HIGH if one.steps and one.seen.trigger in AT_ONCE else Severity.MEDIUM, one.seen)
        return lowered(Severity.LOW, one.seen)
    if one.kind in (ENVIRONMENT, KEY) or (one.place and one.kind in IDENTITY | SECRETS):
        return chain(one.seen)
    return lowered(Severity.MEDIUM if one.place and one.kind != "platform" else Severity.INFO, one.seen)


RULE = Rule(
    id="EXFIL-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("data-theft",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
