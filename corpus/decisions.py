"""What the invoker decides about the store: which pack a channel uses, what is kept, and whom to trust.

Each decision is one change of the state: made whole under the store's lock, or not at all. None lowers the ratchet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.corpus import anchors
from assay.corpus.contents import check_contents
from assay.corpus.fields import CONTROL
from assay.corpus.pack import FileBytes
from assay.corpus.state import MAX_REASON, AnchorState, ChannelState
from assay.corpus.store import require_digest
from assay.corpus.trust import DEFAULT_CHANNEL, LOCAL_CHANNEL
from assay.corpus.verify import Expectations, verify_head
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from assay.corpus.anchors import Anchor, Trust
    from assay.corpus.state import StoreState
    from assay.corpus.store import Store
    from assay.corpus.trust import TrustRoot


def use(store: Store, channel: str) -> str:
    """Let scans use the newest pack of a channel that was accepted, and return its digest; a pin ends.

    Raises:
        UsageError: the store has no such channel, or its newest pack was removed.
        CorpusError: E_STORE.
    """
    with store.writing() as state:
        known = _channel(state, channel)
        newest = known.accepted.digest
        if newest not in state.packs:
            raise UsageError(f"{channel}: its newest pack, sha256:{newest[:12]}, was removed; import it again")
        store.commit(state.with_channel(channel, ChannelState(known.accepted, newest)))
        return newest


def switch_off(store: Store, channel: str) -> None:
    """Let scans do without a channel other than the default one; its packs and its ratchet stay.

    Raises:
        UsageError: the store has no such channel, or it is the default one.
        CorpusError: E_STORE.
    """
    if channel == DEFAULT_CHANNEL:
        raise UsageError("the default channel cannot be switched off; a scan without it would know nothing")
    with store.writing() as state:
        known = _channel(state, channel)
        store.commit(state.with_channel(channel, ChannelState(known.accepted, "", off=True)))


def remove(store: Store, digest: str) -> None:
    """Delete a pack. The ratchet stays where it is: an older pack is not accepted afterwards either.

    Raises:
        UsageError: the store has no such pack, or it is in use.
        CorpusError: E_STORE.
    """
    with store.writing() as state:
        pack = state.packs.get(digest)
        if pack is None:
            raise UsageError(f"sha256:{digest[:12]}: no such pack in the store")
        if state.channels[pack.channel].used == digest:
            raise UsageError(
                f"sha256:{digest[:12]}: in use by channel {pack.channel}; "
                f"switch it off with 'assay corpus use {pack.channel} --off', or roll back to another pack"
                if pack.channel != DEFAULT_CHANNEL
                else f"sha256:{digest[:12]}: in use; import a newer pack first"
            )
        store.commit(state._replace(packs={each: kept for each, kept in state.packs.items() if each != digest}))


def rollback(
    store: Store,
    channel: str,
    digest: str,
    reason: str,
    trusted: TrustRoot | Trust,
    expectations: Expectations | None = None,
) -> None:
    """Pin a channel to a pack that the store still has, for a reason that every report then says.

    The pack must still be acceptable: signed by keys that are trusted today, not revoked, not below the least number
    that the trust root or the release demands.

    Raises:
        UsageError: no such pack in that channel, or no reason that fits one line of 200 characters.
        CorpusError: every code of verification; E_STORE.
    """
    if not reason.strip() or len(reason) > MAX_REASON or CONTROL.search(reason):
        raise UsageError(f"a rollback needs a reason of one line, at most {MAX_REASON} characters")
    with store.writing() as state:
        known = _channel(state, channel)
        pack = state.packs.get(digest)
        if pack is None or pack.channel != channel:
            raise UsageError(f"sha256:{digest[:12]}: no such pack in channel {channel}; 'assay corpus list' shows them")
        file = FileBytes(store.pack_path(digest))
        try:
            expected = (expectations or Expectations())._replace(accepted={})
            verified = verify_head(file, store.trust(trusted, state), expected)
            require_digest(verified, digest)
            check_contents(verified)
        finally:
            file.close()
        store.commit(state.with_channel(channel, ChannelState(known.accepted, digest, reason)))


def _channel(state: StoreState, channel: str) -> ChannelState:
    known = state.channels.get(channel)
    if known is None:
        names = ", ".join(sorted(state.channels)) or "none"
        raise UsageError(f"{channel[:80]!a}: no such channel in the store; it has: {names}")
    return known


# --- trust -----------------------------------------------------------------------------------------------------


def add_anchor(store: Store, envelope: bytes, name: str, fingerprint: str, trusted: TrustRoot | Trust) -> Anchor:
    """Trust a root from now on, because its fingerprint is the one that the invoker got from its owner.

    Raises:
        UsageError: the fingerprint is another one, or the name is taken.
        CorpusError: every code of a trust root; E_ROOT: one of its channels belongs to another anchor; E_STORE.
    """
    anchor = anchors.first(envelope)
    if anchor.id != fingerprint.removeprefix("sha256:").lower():
        raise UsageError(f"the fingerprint of this root is sha256:{anchor.id}, not the one given; do not trust it")
    if name != LOCAL_CHANNEL and LOCAL_CHANNEL in anchor.root.channels:
        raise CorpusError("E_ROOT", f"the channel {LOCAL_CHANNEL} is for what is registered on this machine")
    with store.writing() as state:
        store.trust(trusted, state).with_anchor(anchor)
        known = state.anchors.get(anchor.id)
        if known is not None and known.added:
            return anchor
        if name in {each.name for each in state.anchors.values() if each.added} or name == "base":
            raise UsageError(f"{name}: another trust root has this name; give one with --name")
        version = anchor.root.version
        store.write_root(anchor.id, version, envelope)
        # Its later roots may be known already: it was trusted once, or packs came while --trust-root named it.
        entry = AnchorState(name, added=True, first=version, version=max(version, known.version if known else 0))
        store.commit(state._replace(anchors={**state.anchors, anchor.id: entry}))
    return anchor


def update_anchor(store: Store, envelope: bytes, trusted: TrustRoot | Trust) -> Anchor:
    """Take the successor of a trusted root, signed by enough keys of the old and of the new one.

    Raises:
        CorpusError: E_ROOT: it is the successor of no root that is trusted here; E_ENVELOPE, E_SIGNATURE, E_STORE.
    """
    with store.writing() as state:
        every = store.trust(trusted, state)
        anchor = anchors.walk(anchors.choose_for_root(every, envelope), [envelope])
        every.with_anchor(anchor)
        after = store.with_anchor(state, anchor)
        if after is not state:
            store.commit(after)
        return anchor


def remove_anchor(store: Store, name: str) -> tuple[str, ...]:
    """Trust an added root no longer, and return its channels, which scans then do without; the ratchet stays.

    Its later roots stay known, so that the keys that they took away are not believed when it is added again.

    Raises:
        UsageError: no added root has that name.
        CorpusError: E_STORE.
    """
    with store.writing() as state:
        identity = next((each for each, known in state.anchors.items() if known.added and known.name == name), None)
        if identity is None:
            raise UsageError(f"{name[:80]!a}: no such root was added; 'assay corpus trust show' lists them")
        mine = store.trust(anchors.NOBODY, state).anchors
        names = sorted(next(each for each in mine if each.id == identity).root.channels)
        removed = state.anchors[identity]._replace(added=False)
        after = state._replace(anchors={**state.anchors, identity: removed})
        for channel in names:
            if channel in after.channels:
                after = after.with_channel(channel, ChannelState(after.channels[channel].accepted, ""))
        store.commit(after)
        return tuple(names)
