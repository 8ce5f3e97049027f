"""How bad it is that private data is sent: each kind by itself, and all that one file sends at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, chain, lowered
from assay.rules.private_data import CONTACT, ENVIRONMENT, FILES, GIVEN, IDENTITY, KEY, REGISTRY, SECRETS, VARIABLES
from assay.rules.sending import CLOUD, LEFT
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from assay.rules.sending import Sent

_TAKEN = 2
"""Kinds of identity that together tell a machine apart."""

_PERSON = frozenset({"host name", "user name"})
_SEARCHED = 4
"""Fixed folders or files whose content is sent: more than those in which a program looks for its own settings."""

_WHO = IDENTITY - {"folder"}


def together(some: list[Sent]) -> Severity:
    """Return how bad it is all together, in one file at one time."""
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


def alone(one: Sent) -> Severity:
    """Return how bad it is that this is sent."""
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
