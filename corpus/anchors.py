"""Trust anchors: whom a machine believes, and the chain of trust roots by which each hands over to its own successors.

An anchor begins with a root that is trusted as it is: the one that ships with a release, or one that the invoker added
after comparing its fingerprint. Every later root of the chain was signed by enough keys of the one before it. The
fingerprint of a root is the SHA-256 of its payload; that of the first root is the anchor's identity. Anchors own
different channels, so that a key of one signs nothing for another. Pure: bytes in, verdict out.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import dsse, trust
from assay.corpus.trust import LOCAL_CHANNEL
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.corpus.pack import Container
    from assay.corpus.trust import TrustRoot


class KnownRoot(NamedTuple):
    """A trust root that is believed, its fingerprint (64 hex digits), and the envelope that it came in."""

    root: TrustRoot
    fingerprint: str
    envelope: bytes


class Anchor(NamedTuple):
    """A publisher's trust roots, oldest first, each version one more than the one before it."""

    known: tuple[KnownRoot, ...]

    @property
    def id(self) -> str:
        """The fingerprint of the first root, which never changes."""
        return self.known[0].fingerprint

    @property
    def root(self) -> TrustRoot:
        """The newest root."""
        return self.known[-1].root

    def as_of_version(self, version: int) -> Anchor:
        """Return the chain up to a version: what was believed when that root was the newest.

        Raises:
            CorpusError: E_ROOT: the chain does not reach, or does not go back to, that version.
        """
        older = tuple(each for each in self.known if each.root.version <= version)
        if not older or older[-1].root.version != version:
            raise CorpusError("E_ROOT", f"trust root {version} is not known here; the newest is {self.root.version}")
        return Anchor(older)


class Trust(NamedTuple):
    """The anchors that are believed. No two of them own a channel of one name."""

    anchors: tuple[Anchor, ...]

    def anchor_of(self, channel: str) -> Anchor | None:
        """Return the anchor whose newest root has a channel of that name."""
        return next((anchor for anchor in self.anchors if channel in anchor.root.channels), None)

    def with_anchor(self, anchor: Anchor) -> Trust:
        """Return this trust with an anchor added, or in the place of the shorter chain of the same identity.

        Raises:
            CorpusError: E_ROOT: another anchor already owns one of its channels.
        """
        others = tuple(each for each in self.anchors if each.id != anchor.id)
        for other in others:
            shared = sorted(other.root.channels.keys() & anchor.root.channels.keys())
            if shared:
                raise CorpusError("E_ROOT", f"the channel {shared[0]} belongs to another trust root")
        if len(others) == len(self.anchors):
            return Trust((*others, anchor))
        return Trust(tuple(anchor if each.id == anchor.id else each for each in self.anchors))


NOBODY = Trust(())
"""Trust in nobody: for a store whose added anchors alone are asked for."""


def fingerprint(envelope: bytes) -> str:
    """Return the fingerprint of the root in an envelope, which need not be believed.

    Raises:
        CorpusError: E_ENVELOPE.
    """
    return sha256(dsse.parse(envelope, dsse.ROOT_TYPE).payload).hexdigest()


def first(envelope: bytes) -> Anchor:
    """Return the anchor that begins with the root in an envelope.

    Raises:
        CorpusError: as ``trust.parse_root``.
    """
    return Anchor((KnownRoot(trust.parse_root(envelope), fingerprint(envelope), envelope),))


def trusting(root: TrustRoot) -> Trust:
    """Return the trust in one root that was not read from an envelope."""
    return Trust((Anchor((KnownRoot(root, sha256(trust.dump_payload(root)).hexdigest(), b""),)),))


def extend(anchor: Anchor, envelope: bytes) -> Anchor:
    """Return the anchor with one more root, the successor of its newest.

    Raises:
        CorpusError: E_ROOT, E_ENVELOPE, E_SIGNATURE: as ``trust.update_root``.
    """
    successor = trust.update_root(anchor.root, envelope)
    if LOCAL_CHANNEL in successor.channels and LOCAL_CHANNEL not in anchor.root.channels:
        raise CorpusError("E_ROOT", f"the channel {LOCAL_CHANNEL} is for what is registered on this machine")
    return Anchor((*anchor.known, KnownRoot(successor, fingerprint(envelope), envelope)))


def walk(anchor: Anchor, carried: Sequence[bytes]) -> Anchor:
    """Return the anchor after the root updates that a pack carries, of which it may know the first ones already.

    Every carried root is verified against the one before it, known or not, so that no byte of it is free to change.

    Raises:
        CorpusError: E_ROOT: they do not follow one another, or a known version comes with another content.
            E_ENVELOPE, E_SIGNATURE.
    """
    chain: Anchor | None = None
    for envelope in carried:
        chain = extend(chain or _before(anchor, fingerprint(envelope)), envelope)
        _require_known(anchor, chain)
    if chain is None or chain.root.version <= anchor.root.version:
        return anchor
    return Anchor((*anchor.known, *chain.known[-(chain.root.version - anchor.root.version) :]))


def _before(anchor: Anchor, carried: str) -> Anchor:
    """Return the part of the chain that the first carried root, given by its fingerprint, must follow."""
    for place, known in enumerate(anchor.known):
        if known.fingerprint == carried:
            if not place:
                raise CorpusError("E_ROOT", "carries the first trust root, which is the successor of none")
            return Anchor(anchor.known[:place])
    return anchor


def _require_known(anchor: Anchor, chain: Anchor) -> None:
    place = chain.root.version - anchor.known[0].root.version
    if 0 <= place < len(anchor.known) and anchor.known[place].fingerprint != chain.known[-1].fingerprint:
        raise CorpusError("E_ROOT", f"carries another trust root {chain.root.version} than the one that is known")


def claimed(trusted: Trust, container: Container) -> tuple[Anchor, ...]:
    """Return the anchors that a pack claims, by the ids of the keys that are said to have signed it: hints, no proof.

    The signers of its first carried root count first, then those of its manifest. Two publishers may list one key, so
    there may be several; if none is known, it is the first anchor.

    Raises:
        CorpusError: E_ENVELOPE.
    """
    if len(trusted.anchors) == 1:
        return trusted.anchors
    claims = [signers(container.envelope, dsse.MANIFEST_TYPE)]
    if container.roots:
        claims.insert(0, signers(container.roots[0], dsse.ROOT_TYPE))
    return _claimed(trusted, claims)


def choose(trusted: Trust, container: Container) -> Anchor:
    """Return the first of the anchors that a pack claims. Raises as ``claimed``."""
    return claimed(trusted, container)[0]


def choose_for_root(trusted: Trust, envelope: bytes) -> Anchor:
    """Return the anchor whose successor a root claims to be, by the ids of its signers: a hint, no proof.

    Raises:
        CorpusError: E_ENVELOPE.
    """
    return _claimed(trusted, [signers(envelope, dsse.ROOT_TYPE)])[0]


def _claimed(trusted: Trust, claims: Sequence[frozenset[str]]) -> tuple[Anchor, ...]:
    found = {
        anchor.id: anchor
        for claim in claims
        for anchor in trusted.anchors
        if not claim.isdisjoint(_keyids(anchor.known))
    }
    return tuple(found.values()) or trusted.anchors[:1]


def signers(envelope: bytes, payload_type: str) -> frozenset[str]:
    """Return the key ids that an envelope claims to be signed with.

    Raises:
        CorpusError: E_ENVELOPE.
    """
    return frozenset(each.keyid for each in dsse.parse(envelope, payload_type).signatures)


def _keyids(known: Iterable[KnownRoot]) -> set[str]:
    return {keyid for each in known for keyid in each.root.keys}
