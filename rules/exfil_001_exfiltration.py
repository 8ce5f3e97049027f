"""Private data leaves the machine: secrets, the environment, files, or who its user is.

Detects: data that flows into requests, sockets, host names that are looked up, mails and messages, or into commands
    that send. At install, at startup or on import: what tells the machine apart (host, user, address, …), the whole
    environment, credentials, secrets of one service for another, files of the system, outputs of commands, and
    whatever goes to a webhook, a paste, a tunnel, a bin for requests, a bare address or a host with a random name:
    CRITICAL, on import HIGH; nothing but a sign of life sent there: HIGH. When called: the whole environment,
    credentials as content, a parameter that is a private key or a seed phrase, or that is given to log in elsewhere,
    identity or secrets sent to such a place or to an address that is left in one, the public address or a secret
    variable together with the host, host and user with a third thing that tells the machine apart, the content of many
    folders, a hidden copy of every mail to a fixed
    address: HIGH; what tells the machine apart in two ways MEDIUM; else INFO.
Why: half of the malicious packages of PyPI send home who has installed them, or what they have found.
Misses: data that is held meanwhile in a file whose path is not known; addresses that come from elsewhere when
    called; clients of services that are not known.
Fix: do not install it; where it has run, replace every credential that it could read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import code_of, finding
from assay.rules.capabilities import findings_of
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.mail_copies import SORTS, copies
from assay.rules.sending import sent_by
from assay.rules.sent_severity import alone, together
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.sending import Sent
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_FIX = "do not install it; where it has run, replace the credentials that it could read"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that sends private data."""
    code = code_of(subject)
    if code.facts is None:
        return
    yield from findings_of(subject, "EXFIL-001", copies(code), SORTS, _FIX)
    groups: dict[tuple[str, str], list[Sent]] = {}
    for one in sent_by(code):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        severity = min((together(some), *(alone(one) for one in some)), key=lambda one: one.rank)
        first = min(some, key=lambda one: (alone(one).rank, not one.place, one.seen.dead, one.seen.place))
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
            remediation=_FIX,
        )


RULE = Rule(
    id="EXFIL-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("data-theft",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
