"""One trust root and the next: what changes, and whose signatures are still missing.

What a holder of a root key reads before he signs. Nothing here is a verdict: whether a root is believed says
``anchors.first`` or ``anchors.extend``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import dsse, signing, trust
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.trust import Channel, Role, TrustRoot


class Proposal(NamedTuple):
    """A root in its envelope, with or without enough signatures, and the root that it is to follow, None if none."""

    envelope: dsse.Envelope
    root: TrustRoot
    previous: TrustRoot | None

    @property
    def signers(self) -> frozenset[str]:
        """The key ids of the signatures; ``require_valid`` says whether they are valid."""
        return frozenset(each.keyid for each in self.envelope.signatures)

    def roles(self) -> tuple[tuple[str, Role], ...]:
        """Return the roles of which enough keys must sign, each with what it is called."""
        own = ("its own", self.root.role)
        if self.previous is None:
            return (own,)
        return (f"trust root {self.previous.version}'s", self.previous.role), own

    def known_keys(self) -> dict[str, bytes]:
        """Return the root keys of both roots by id: no other key may sign."""
        known: dict[str, bytes] = {}
        for root in filter(None, (self.previous, self.root)):
            known |= {keyid: root.keys[keyid] for keyid in root.role.keyids}
        return known

    def missing(self) -> int:
        """Return how many more signatures it needs at least; one key may count for both roots."""
        lacks = [(role.keyids - self.signers, role.threshold - len(role.keyids & self.signers))
                 for _, role in self.roles()]  # fmt: skip
        lacks = [(keyids, number) for keyids, number in lacks if number > 0]
        if len(lacks) < 2:
            return sum(number for _, number in lacks)
        (left, first), (right, second) = lacks
        return first + second - min(first, second, len(left & right))


def read(data: bytes) -> tuple[dsse.Envelope, TrustRoot]:
    """Return an envelope and the trust root in it, neither of them believed.

    Raises:
        CorpusError: E_ENVELOPE, E_ROOT.
    """
    envelope = dsse.parse(data, dsse.ROOT_TYPE)
    return envelope, trust.parse_payload(envelope.payload)


def require_valid(proposal: Proposal) -> None:
    """Refuse a proposal with a signature that is not valid, or is of a key that neither root has as a root key.

    Raises:
        CorpusError: E_SIGNATURE.
    """
    if proposal.envelope.signatures:
        dsse.verify(proposal.envelope, proposal.known_keys())


def sign(proposal: Proposal, keys: Sequence[Ed25519PrivateKey], *, append: bool) -> Proposal:
    """Return the proposal signed by ``keys`` in place of its signatures, or beside them with ``append``.

    Raises:
        UsageError: a key is a root key of neither root.
        CorpusError: E_SIGNATURE: a signature that stays is not valid, or there are too many.
    """
    known = proposal.known_keys()
    for key in keys:
        if signing.key_id(key) not in known:
            where = "it" if proposal.previous is None else "it or of the root before it"
            raise UsageError(f"the key {signing.key_id(key)[:16]} is no root key of {where}; sign with one that is")
    signed = proposal._replace(envelope=signing.sign_again(proposal.envelope, keys, append=append))
    require_valid(signed)
    return signed


# --- what changes ----------------------------------------------------------------------------------------------


def changes(previous: TrustRoot | None, root: TrustRoot) -> tuple[str, ...]:
    """Return what a root changes, one line each; without ``previous`` everything comes. Names are those of slugs."""
    return tuple(_changes(previous or _NOTHING, root))


_NOTHING = trust.TrustRoot(0, {}, trust.Role(frozenset(), 0), {})


def _changes(old: TrustRoot, new: TrustRoot) -> Iterator[str]:
    yield from _role("root", old.role, new.role)
    for name in sorted(old.channels.keys() | new.channels.keys()):
        before, after = old.channels.get(name), new.channels.get(name)
        if after is None:
            yield f"- channel {name}: its packs are no longer believed"
        elif before is None:
            yield f"+ channel {name}"
            yield from _channel(name, _NO_CHANNEL, after)
        else:
            yield from _channel(name, before, after)


_NO_CHANNEL = trust.Channel("", trust.Role(frozenset(), 0), 0, frozenset(), -1, 0, frozenset())


def _channel(name: str, before: Channel, after: Channel) -> Iterator[str]:
    where = f"channel {name}"
    yield from _role(where, before.role, after.role)
    for each in sorted(after.capabilities - before.capabilities):
        yield f"+ {where}: may hold {each}"
    for each in sorted(before.capabilities - after.capabilities):
        yield f"- {where}: may hold {each}"
    for what, old, new in (
        ("epoch", before.epoch, after.epoch),
        ("min_seq", before.min_seq, after.min_seq),
        ("priority", before.priority, after.priority),
    ):
        if old != new:
            yield f"~ {where}: {what} {new}" + ("" if before is _NO_CHANNEL else f", was {old}")
    for each in sorted(after.revoked - before.revoked):
        yield f"+ {where}: revoked sha256:{each}"
    for each in sorted(before.revoked - after.revoked):
        yield f"- {where}: revoked sha256:{each}: this pack is believed AGAIN"


def _role(where: str, before: Role, after: Role) -> Iterator[str]:
    for keyid in sorted(after.keyids - before.keyids):
        yield f"+ {where}: key {keyid}"
    for keyid in sorted(before.keyids - after.keyids):
        yield f"- {where}: key {keyid}"
    if (before.threshold, len(before.keyids)) != (after.threshold, len(after.keyids)):
        was = f", was {before.threshold} of {len(before.keyids)}" if before.threshold else ""
        yield f"~ {where}: {after.threshold} of {len(after.keyids)} keys must sign{was}"
