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

from assay.rules.behaviour import UNASKED, chain, code_of, finding, lowered
from assay.rules.capabilities import findings_of
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.mail_copies import SORTS, copies
from assay.rules.private_data import CONTACT, ENVIRONMENT, FILES, GIVEN, IDENTITY, KEY, REGISTRY, SECRETS, VARIABLES
from assay.rules.sending import CLOUD, LEFT, sent_by
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.sending import Sent
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_FIX = "do not install it; where it has run, replace the credentials that it could read"
_TAKEN = 2
"""Kinds of identity that together tell a machine apart."""

_PERSON = frozenset({"host name", "user name"})
_SEARCHED = 4
"""Fixed folders or files whose content is sent: more than those in which a program looks for its own settings."""

_WHO = IDENTITY - {"folder"}


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
            remediation=_FIX,
        )


def _severity(some: list[Sent]) -> Severity:
    """How bad it is all together, in one file at one time."""
    living = [one for one in some if not one.seen.dead] or some
    if all(_is_agreed(one) for one in living):
        return lowered(Severity.MEDIUM, living[0].seen)
    living = [one for one in living if not _is_agreed(one)]
    seen, kinds = living[0].seen, {one.kind for one in living}
    placed = any(one.place for one in living)
    if seen.trigger in UNASKED and (kinds & (_WHO | SECRETS) or (placed and kinds - {CONTACT})):
        return chain(seen)
    if len({one.detail.rpartition("/")[2] for one in living if one.kind == "credentials"}) >= _TAKEN:
        return chain(seen)
    whole = kinds >= _PERSON and len(kinds & IDENTITY) > _TAKEN
    if whole or len(set(map(_searched, living)) - {""}) >= _SEARCHED:
        return chain(seen)
    if "public address" in kinds and len(kinds & IDENTITY) >= _TAKEN:
        return chain(seen)
    if any(one.kind in VARIABLES and one.role in ("data", "url") for one in living) and kinds & _WHO:
        return chain(seen)
    return lowered(Severity.MEDIUM if len(kinds & _WHO) >= _TAKEN else Severity.INFO, seen)


def _searched(one: Sent) -> str:
    """The folder or file of a fixed place that is sent, "" for others."""
    return one.detail if one.kind == FILES and one.role == "data" and one.detail.startswith(("/", "~")) else ""


def _is_agreed(one: Sent) -> bool:
    """Whether somebody was asked first, and no suspicious place gets it."""
    return one.agreed and not one.place


def _alone(one: Sent) -> Severity:
    """How bad it is that this is sent."""
    if one.seen.decoded and one.kind != "platform":
        return chain(one.seen)
    if _is_agreed(one):
        return lowered(Severity.MEDIUM, one.seen)
    if one.seen.trigger in UNASKED and (not one.seen.asked or one.place == CLOUD):
        if one.place:
            return lowered(Severity.HIGH, one.seen)
        return lowered(Severity.MEDIUM if one.kind in IDENTITY | SECRETS else Severity.LOW, one.seen)
    if one.kind in (ENVIRONMENT, GIVEN, KEY) or (one.place and one.kind in IDENTITY | SECRETS):
        return chain(one.seen)
    if one.role == "data" and (one.kind == "credentials" or (one.place and one.kind in VARIABLES | {REGISTRY})):
        return chain(one.seen)
    if one.place == LEFT and one.kind in IDENTITY | SECRETS | {REGISTRY, FILES}:
        return chain(one.seen)
    return lowered(Severity.MEDIUM if one.place and one.kind != "platform" else Severity.INFO, one.seen)


RULE = Rule(
    id="EXFIL-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("data-theft",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
