"""The ordered verification of a pack: bytes in, verdict out, nothing written, no clock.

The steps are those of pack format 1, "Verification, in this order". Steps 1 and 11 belong to the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay import __version__
from assay.corpus import anchors, dsse, manifest, pack, sections, trust
from assay.corpus.anchors import Trust
from assay.corpus.fields import printable, release_key
from assay.corpus.freshness import require_fresh
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.corpus.anchors import Anchor
    from assay.corpus.manifest import Manifest, Section
    from assay.corpus.pack import Container, PackBytes
    from assay.corpus.trust import Channel, TrustRoot


class Accepted(NamedTuple):
    """The highest pack of a channel that was ever accepted: the ratchet. ``digest`` is 64 hex digits."""

    epoch: int
    seq: int
    digest: str


_NO_RATCHET: Final[Mapping[str, Accepted]] = {}


class Expectations(NamedTuple):
    """What the one who verifies knows beyond the trust root.

    ``tool`` is the version of assay, ``floor`` the least (epoch, seq) per channel that the release takes, ``accepted``
    the ratchet per channel, empty for the pack that ships with the release. ``as_of`` (YYYY-MM-DD) asks for freshness,
    with at most ``max_age`` days since the pack was built; without it freshness is not judged, since a verdict may not
    depend on the clock.
    """

    tool: str = __version__
    floor: Mapping[str, tuple[int, int]] = trust.RELEASE_FLOOR
    accepted: Mapping[str, Accepted] = _NO_RATCHET
    as_of: str | None = None
    max_age: int | None = None


class VerifiedPack(NamedTuple):
    """A pack whose head is believed. Its sections are believed one by one, when their hash was checked.

    ``digest`` is that of the manifest payload, 64 hex digits; ``anchor`` the chain of trust roots after the carried
    updates. ``pinned`` is the invoker's reason for holding the channel at this pack, None if it is the newest.
    """

    pack: PackBytes
    container: Container
    anchor: Anchor
    channel: Channel
    manifest: Manifest
    digest: str
    pinned: str | None = None

    @property
    def root(self) -> TrustRoot:
        """The trust root that the pack was verified by."""
        return self.anchor.root

    def section(self, section: Section) -> bytes:
        """Return the content of a section. Raises CorpusError E_HASH."""
        return pack.read_section(self.pack, self.container, section)


def verify_head(data: PackBytes, trusted: TrustRoot | Trust, expectations: Expectations | None = None) -> VerifiedPack:
    """Verify everything but the content of the sections: steps 2 to 9. A scan starts with this.

    With several anchors the pack is held to those whose keys are said to have signed it, one after the other.

    Raises:
        CorpusError: E_CONTAINER, E_ENVELOPE, E_ROOT, E_SIGNATURE, E_THRESHOLD, E_MANIFEST, E_LAYOUT, E_CAPABILITY,
            E_REVOKED, E_ROLLBACK, E_EQUIVOCATION, E_STALE, E_TOO_OLD.
    """
    expected = expectations or Expectations()
    container = pack.read_container(data)
    every = trusted if isinstance(trusted, Trust) else anchors.trusting(trusted)
    refusals: list[CorpusError] = []
    for anchor in anchors.claimed(every, container):
        try:
            return _verify_by(anchor, every, data, container, expected)
        except CorpusError as refusal:
            refusals.append(refusal)
    # Of several anchors that list one key the one that got furthest tells most.
    raise next((each for each in refusals if each.code not in ("E_ROOT", "E_SIGNATURE")), refusals[0])


def _verify_by(
    anchor: Anchor, every: Trust, data: PackBytes, container: Container, expected: Expectations
) -> VerifiedPack:
    anchor = anchors.walk(anchor, container.roots)
    every.with_anchor(anchor)  # an update may not take over a channel of somebody else
    root = anchor.root
    envelope = dsse.parse(container.envelope, dsse.MANIFEST_TYPE)
    candidates = _channels_that_may_sign(root, dsse.verify(envelope, root.channel_keys()))
    parsed = manifest.parse(envelope.payload)
    channel = _channel(root, candidates, parsed.channel, every)
    digest = manifest.digest(envelope.payload)
    check_standing(parsed, digest, channel, root, expected)
    _check_kinds(parsed, channel)
    pack.check_layout(data, container, parsed)
    _check_ratchet(parsed, digest, expected.accepted.get(channel.name))
    require_fresh([(channel.name, parsed.built_at, parsed.fresh_until)], expected.as_of, expected.max_age)
    return VerifiedPack(data, container, anchor, channel, parsed, digest)


def _channels_that_may_sign(root: TrustRoot, signers: frozenset[str]) -> frozenset[str]:
    """Return the channels for which these signers, all of them, are enough. The payload is not parsed yet."""
    owners = [channel for channel in root.channels.values() if signers <= channel.role.keyids]
    if not owners:
        raise CorpusError("E_SIGNATURE", "the signers are not all keys of one channel")
    met = frozenset(channel.name for channel in owners if channel.role.is_met_by(signers))
    if not met:
        needed = min(channel.role.threshold for channel in owners)
        raise CorpusError("E_THRESHOLD", f"{len(signers)} of {needed} signatures")
    return met


def _channel(root: TrustRoot, candidates: frozenset[str], name: str, every: Trust) -> Channel:
    channel = root.channels.get(name)
    if channel is None and every.anchor_of(name) is None:
        raise CorpusError("E_MANIFEST", f"the trust root knows no channel {name}")
    if channel is None or name not in candidates:
        raise CorpusError(
            "E_SIGNATURE", f"signed with keys of {', '.join(sorted(candidates))}, not with those of {name}"
        )
    return channel


def check_standing(parsed: Manifest, digest: str, channel: Channel, root: TrustRoot, expected: Expectations) -> None:
    """Check step 6: epoch, seq, revocation, least root version, least tool version.

    Raises:
        CorpusError: E_ROOT, E_REVOKED, E_ROLLBACK, E_TOO_OLD.
    """
    if parsed.min_root_version > root.version:
        raise CorpusError("E_ROOT", f"needs trust root {parsed.min_root_version}, this is {root.version}")
    if digest in channel.revoked:
        raise CorpusError("E_REVOKED", f"the pack {digest} is revoked")
    if parsed.epoch > channel.epoch:
        raise CorpusError("E_ROOT", f"epoch {parsed.epoch}, the trust root still says {channel.epoch}")
    floor = max((channel.epoch, channel.min_seq), expected.floor.get(channel.name, (0, 0)))
    if (parsed.epoch, parsed.seq) < floor:
        raise CorpusError(
            "E_ROLLBACK", f"{parsed.epoch}.{parsed.seq} is below the least accepted, {floor[0]}.{floor[1]}"
        )
    if release_key(parsed.min_tool) > release_key(expected.tool):
        raise CorpusError("E_TOO_OLD", f"needs assay {parsed.min_tool}, this is {printable(expected.tool)}")


def _check_kinds(parsed: Manifest, channel: Channel) -> None:
    """Step 7, known kinds within the channel's capabilities."""
    kinds = [section.kind for section in parsed.sections]
    for section in parsed.sections:
        if section.kind not in sections.KINDS:
            raise CorpusError("E_LAYOUT", f"section {section.name} is of an unknown kind, {section.kind}")
        if section.kind not in channel.capabilities:
            raise CorpusError("E_CAPABILITY", f"channel {channel.name} may not hold {section.kind}")
    if kinds.count(sections.ADVISORIES) > 1 or kinds.count(sections.ADVISORIES) != kinds.count(sections.BLOCKS):
        raise CorpusError("E_LAYOUT", "one index of advisories and its blocks belong together")


def _check_ratchet(parsed: Manifest, digest: str, highest: Accepted | None) -> None:
    """Step 8, for imported packs."""
    if highest is None:
        return
    if (parsed.epoch, parsed.seq) < (highest.epoch, highest.seq):
        raise CorpusError("E_ROLLBACK", f"{parsed.epoch}.{parsed.seq} after {highest.epoch}.{highest.seq} was accepted")
    if (parsed.epoch, parsed.seq) == (highest.epoch, highest.seq) and digest != highest.digest:
        raise CorpusError("E_EQUIVOCATION", f"two different packs call themselves {parsed.epoch}.{parsed.seq}")
