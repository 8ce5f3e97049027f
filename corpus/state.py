"""What a store remembers, in one file: the ratchet, the packs in use, and how far each chain of trust roots goes.

Canonical JSON, in which every digest and fingerprint is 64 hex digits::

    {"type": "assay.store", "spec": 2,
     "anchors":  {fingerprint of the first root: {"name": …, "added": 0 or 1, "first": n, "version": n}},
     "channels": {name: {"accepted": {"epoch": n, "seq": n, "digest": …}, "used": digest or "", "pinned": reason,
                   "off": 0 or 1}},
     "packs":    {digest: {"channel": …, "epoch": n, "seq": n}}}

``added`` tells anchors that the invoker added from those whose later roots came with packs. What the file does not name
does not count, whatever lies in the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical
from assay.corpus.fields import Fields
from assay.corpus.verify import Accepted
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

SPEC = 2
MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 64
MAX_PACKS = 1024
MAX_REASON = 200

_CODE = "E_STORE"
_MAX = 2**53 - 1
_KEYS = frozenset({"type", "spec", "anchors", "channels", "packs"})
_ANCHOR_KEYS = frozenset({"name", "added", "first", "version"})
_CHANNEL_KEYS = frozenset({"accepted", "used", "pinned", "off"})
_ACCEPTED_KEYS = frozenset({"epoch", "seq", "digest"})
_PACK_KEYS = frozenset({"channel", "epoch", "seq"})


class AnchorState(NamedTuple):
    """A chain of trust roots in the store: its name, whether the invoker added it, its first and newest version."""

    name: str
    added: bool
    first: int
    version: int


class ChannelState(NamedTuple):
    """A channel: the highest pack ever accepted, the digest of the pack in use ("" for none), and why it is pinned.

    ``off`` says that the invoker switched it off: then no pack is in use, and none comes into use by being imported.
    """

    accepted: Accepted
    used: str
    pinned: str = ""
    off: bool = False


class PackState(NamedTuple):
    """A pack that the store holds."""

    channel: str
    epoch: int
    seq: int


class StoreState(NamedTuple):
    """Anchors by the fingerprint of their first root, channels by name, packs by digest."""

    anchors: Mapping[str, AnchorState]
    channels: Mapping[str, ChannelState]
    packs: Mapping[str, PackState]

    def accepted(self) -> dict[str, Accepted]:
        """Return the ratchet: per channel the highest pack that was ever accepted."""
        return {name: channel.accepted for name, channel in self.channels.items()}

    def with_channel(self, name: str, channel: ChannelState) -> StoreState:
        """Return the state with a channel added or replaced."""
        return self._replace(channels={**self.channels, name: channel})

    def packs_of(self, channel: str) -> list[str]:
        """Return the digests of a channel's packs, the newest first."""
        mine = ((pack.epoch, pack.seq, digest) for digest, pack in self.packs.items() if pack.channel == channel)
        return [digest for _, _, digest in sorted(mine, reverse=True)]


EMPTY = StoreState({}, {}, {})


def parse(data: bytes) -> StoreState:
    """Return the state in a file.

    Raises:
        CorpusError: E_STORE: not a state.
    """
    fields = Fields(canonical.load(data, _CODE, "state"), "state", _CODE, _KEYS)
    fields.constant("type", "assay.store")
    fields.constant("spec", SPEC)
    anchors = fields.mapping("anchors", MAX_ENTRIES)
    channels = fields.mapping("channels", MAX_ENTRIES)
    packs = fields.mapping("packs", MAX_PACKS)
    return StoreState(
        anchors={name: _anchor(anchors.child(name, _ANCHOR_KEYS)) for name in anchors.names()},
        channels={name: _channel(channels.child(name, _CHANNEL_KEYS)) for name in channels.names()},
        packs={name: _pack(packs.child(name, _PACK_KEYS)) for name in packs.names()},
    )


def is_of_another_release(data: bytes) -> bool:
    """Say whether a state that ``parse`` refuses is whole, and of a format that this release does not know."""
    try:
        value = canonical.load(data, _CODE, "state")
    except CorpusError:
        return False
    return isinstance(value, dict) and value.get("type") == "assay.store" and value.get("spec") != SPEC


def _anchor(fields: Fields) -> AnchorState:
    first = fields.integer("first", 1, _MAX)
    return AnchorState(
        fields.slug("name"), fields.integer("added", 0, 1) == 1, first, fields.integer("version", first, _MAX)
    )


def _channel(fields: Fields) -> ChannelState:
    accepted = fields.child("accepted", _ACCEPTED_KEYS)
    return ChannelState(
        accepted=Accepted(
            accepted.integer("epoch", 1, _MAX), accepted.integer("seq", 1, _MAX), accepted.digest("digest")
        ),
        used=fields.digest("used") if fields.text("used") else "",
        pinned=fields.text("pinned", MAX_REASON),
        off=fields.integer("off", 0, 1) == 1,
    )


def _pack(fields: Fields) -> PackState:
    return PackState(fields.slug("channel"), fields.integer("epoch", 1, _MAX), fields.integer("seq", 1, _MAX))


def dump(state: StoreState) -> bytes:
    """Return the bytes that ``parse`` takes for this state."""
    return canonical.dump(
        {
            "type": "assay.store",
            "spec": SPEC,
            "anchors": {
                each: {**anchor._asdict(), "added": int(anchor.added)} for each, anchor in state.anchors.items()
            },
            "channels": {
                name: {
                    "accepted": each.accepted._asdict(),
                    "used": each.used,
                    "pinned": each.pinned,
                    "off": int(each.off),
                }
                for name, each in state.channels.items()
            },
            "packs": {digest: each._asdict() for digest, each in state.packs.items()},
        }
    )
