"""Where a pack stands with those who are trusted, before and after it is signed: a signer's view, no verdict.

Whether a pack is believed says ``verify``; this says what is still missing, and to whom.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, dsse, trust
from assay.corpus.verify import verify_head
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assay.corpus.anchors import Trust
    from assay.corpus.manifest import Manifest
    from assay.corpus.pack import PackBytes
    from assay.corpus.verify import Accepted


def with_carried(trusted: Trust, roots: Sequence[bytes]) -> Trust:
    """Return what is trusted after the root updates that a pack carries.

    Roots that follow none that is trusted here change nothing, but must follow one another.

    Raises:
        CorpusError: E_ROOT, E_ENVELOPE, E_SIGNATURE: they do not follow one another, or not the trusted ones.
    """
    if not roots:
        return trusted
    claim = anchors.signers(roots[0], dsse.ROOT_TYPE)
    for anchor in trusted.anchors:
        if any(keyid in claim for each in anchor.known for keyid in each.root.role.keyids):
            return trusted.with_anchor(anchors.walk(anchor, roots))
    for before, after in pairwise(roots):
        trust.update_root(trust.parse_payload(dsse.parse(before, dsse.ROOT_TYPE).payload), after)
    return trusted


class Standing(NamedTuple):
    """How many keys of its channel signed a pack, how many must (None: no trusted root has the channel), and remarks.

    The remarks are why the pack would be refused here however many sign, one line each.
    """

    signatures: int
    threshold: int | None
    remarks: tuple[str, ...]


def ratchet_remark(made: Manifest, digest: str, accepted: Accepted | None) -> str | None:
    """Return why machines that have the newest pack of the channel that is known here refuse this one; None if not."""
    if accepted is None or digest == accepted.digest:
        return None
    newest = f"{accepted.epoch}.{accepted.seq}"
    if (made.epoch, made.seq) == (accepted.epoch, accepted.seq):
        return f"another pack {newest} of channel {made.channel} was accepted here; two of one number are refused"
    if (made.epoch, made.seq) < (accepted.epoch, accepted.seq):
        return f"{made.epoch}.{made.seq} after {newest} was accepted here: every machine that has that refuses this one"
    return None


def standing(
    data: PackBytes, channel: str, signers: Collection[str], trusted: Trust, roots: Sequence[bytes]
) -> Standing:
    """Return where a pack of a channel stands that is signed by these key ids and carries these root updates.

    Raises:
        CorpusError: as ``with_carried``.
    """
    after = with_carried(trusted, roots)
    anchor = after.anchor_of(channel)
    if anchor is None:
        remark = f"no trusted root has the channel {channel}: this machine refuses the pack until one is trusted"
        return Standing(len(signers), None, (remark,))
    role = anchor.root.channels[channel].role
    remarks = [
        f"{each[:16]} is no key of channel {channel}: every machine with trust root {anchor.root.version} "
        "refuses a pack with its signature"
        for each in sorted(signers)
        if each not in role.keyids
    ]
    count = len(role.keyids.intersection(signers))
    if not remarks and role.is_met_by(frozenset(signers)):
        try:
            verify_head(data, trusted)
        except CorpusError as refusal:
            remarks.append(f"this machine refuses the pack: {refusal}")
    return Standing(count, role.threshold, tuple(remarks))
