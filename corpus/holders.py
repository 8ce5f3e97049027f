"""Who holds a key: which trust anchors know it, and what it may sign for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay.corpus.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.corpus.anchors import Anchor, Trust

BASE: Final = "base"
"""The name of what is trusted without the store: the roots of the release, or the one that the invoker names."""


class NamedTrust(NamedTuple):
    """What is trusted, with the names of the anchors by their id; those that were added have one in the store."""

    trust: Trust
    added: Mapping[str, str]

    def name(self, anchor: Anchor) -> str:
        """Return the name of an anchor."""
        return self.added.get(anchor.id, BASE)

    def holder(self, keyid: str) -> str | None:
        """Return whose key it is and what it may sign today, or signed under an older root; None if nobody's.

        Reads ``acme: root`` or ``acme: channel acme, channel acme-test``, or ``acme: no longer trusted``.
        """
        for anchor in self.trust.anchors:
            roles = ["root"] if keyid in anchor.root.role.keyids else []
            channels = sorted(anchor.root.channels.items())
            roles += [f"channel {name}" for name, channel in channels if keyid in channel.role.keyids]
            if roles:
                return f"{self.name(anchor)}: {', '.join(roles)}"
        for anchor in self.trust.anchors:
            if any(keyid in each.root.keys for each in anchor.known):
                return f"{self.name(anchor)}: no longer trusted"
        return None

    def keys(self) -> dict[str, bytes]:
        """Return every key that any root of any anchor names, old ones too, by id."""
        return {
            keyid: public
            for anchor in self.trust.anchors
            for each in anchor.known
            for keyid, public in each.root.keys.items()
        }


def named_trust(folder: str, trusted: Trust) -> NamedTrust:
    """Return what is trusted with the store in a folder.

    Raises:
        CorpusError: E_STORE, or a code of a trust root: the store is damaged.
    """
    store = Store(folder)
    state = store.state()
    added = {identity: known.name for identity, known in state.anchors.items() if known.added}
    return NamedTrust(store.trust(trusted, state), added)
