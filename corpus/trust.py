"""The trust root: which keys may sign what, and how one root hands over to the next.

Pure: bytes in, verdict out. Pack format 1, "Trust root".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay.corpus import canonical, dsse
from assay.corpus.fields import Fields
from assay.corpus.sections import KINDS
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_CHANNEL: Final = "default"
"""The channel that every scan uses, and of which a pack ships."""

LOCAL_CHANNEL: Final = "local"
"""The channel that the invoker makes on this machine. What he wrote himself does not go stale."""

ROOT_SPEC = 1
MAX_KEYS = 64
MAX_BYTES = 1024 * 1024
MAX_CHANNELS = 64
MAX_REVOKED = 4096
MAX_SEQ = 2**53 - 1

RELEASE_FLOOR: Final[Mapping[str, tuple[int, int]]] = {"default": (1, 1)}
"""The least (epoch, seq) per channel that this release takes: those of the pack that ships with it."""

_PAYLOAD_KEYS = frozenset({"type", "spec", "version", "keys", "root", "channels"})
_KEY_KEYS = frozenset({"scheme", "public"})
_ROLE_KEYS = frozenset({"keyids", "threshold"})
_CHANNEL_KEYS = frozenset({"keyids", "threshold", "epoch", "capabilities", "priority", "min_seq", "revoked"})


class Role(NamedTuple):
    """Keys and how many different ones of them must sign."""

    keyids: frozenset[str]
    threshold: int

    def is_met_by(self, signers: frozenset[str]) -> bool:
        """Say whether enough of this role's keys are among ``signers``."""
        return len(self.keyids & signers) >= self.threshold


class Channel(NamedTuple):
    """A stream of packs under one name.

    ``capabilities`` are the kinds of section that its packs may hold. ``min_seq`` is the least ``seq`` of the current
    ``epoch``. ``revoked`` are digests (64 hex digits) of packs that are no longer believed. Lower ``priority`` values
    come first when packs are layered.
    """

    name: str
    role: Role
    epoch: int
    capabilities: frozenset[str]
    priority: int
    min_seq: int
    revoked: frozenset[str]


class TrustRoot(NamedTuple):
    """What is trusted: raw public keys by key id, the root role, and the channels by name."""

    version: int
    keys: Mapping[str, bytes]
    role: Role
    channels: Mapping[str, Channel]

    def channel_keys(self) -> dict[str, bytes]:
        """Return the keys that may sign packs of any channel: the root keys are not among them."""
        ids = {keyid for channel in self.channels.values() for keyid in channel.role.keyids}
        return {keyid: self.keys[keyid] for keyid in ids}


def parse_root(data: bytes) -> TrustRoot:
    """Return the first trust root, an envelope signed by enough of its own root keys and by nobody else.

    Raises:
        CorpusError: E_ROOT: not a trust root of this format. E_ENVELOPE, E_SIGNATURE, E_THRESHOLD: as for packs.
    """
    envelope = dsse.parse(data, dsse.ROOT_TYPE)
    root = parse_payload(envelope.payload)
    _require_root_signatures(root, dsse.verify(envelope, _root_keys(root)))
    return root


def update_root(trusted: TrustRoot, data: bytes) -> TrustRoot:
    """Return the successor of a trusted root: version + 1, signed by enough keys of the OLD and of the NEW root role.

    Raises:
        CorpusError: E_ROOT: not the next version, or not signed by both. E_ENVELOPE, E_SIGNATURE.
    """
    envelope = dsse.parse(data, dsse.ROOT_TYPE)
    old_keys = _root_keys(trusted)
    by_old = tuple(each for each in envelope.signatures if each.keyid in old_keys)
    if not by_old:
        raise CorpusError("E_ROOT", "a carried trust root is not signed by a key of the root before it")
    # Parsed only after enough old keys vouch for it (step 6: verified bytes only).
    old_signers = dsse.verify(dsse.Envelope(envelope.payload_type, envelope.payload, by_old), old_keys)
    if not trusted.role.is_met_by(old_signers):
        raise CorpusError("E_ROOT", f"a carried trust root needs {trusted.role.threshold} keys of the root before it")
    successor = parse_payload(envelope.payload)
    if successor.version != trusted.version + 1:
        raise CorpusError("E_ROOT", f"root version {successor.version} cannot follow {trusted.version}")
    signers = dsse.verify(envelope, {**old_keys, **_root_keys(successor)})
    if not successor.role.is_met_by(signers):
        raise CorpusError("E_ROOT", f"a carried trust root needs {successor.role.threshold} of its own keys")
    return successor


def _root_keys(root: TrustRoot) -> dict[str, bytes]:
    return {keyid: root.keys[keyid] for keyid in root.role.keyids}


def _require_root_signatures(root: TrustRoot, signers: frozenset[str]) -> None:
    if not root.role.is_met_by(signers):
        raise CorpusError("E_THRESHOLD", f"the trust root has {len(signers)} of {root.role.threshold} signatures")


def parse_payload(payload: bytes) -> TrustRoot:
    """Return the trust root that a payload describes; whether to believe it is the caller's question.

    Raises:
        CorpusError: E_ROOT.
    """
    fields = Fields(canonical.load(payload, "E_ROOT", "trust root"), "root", "E_ROOT", _PAYLOAD_KEYS)
    fields.constant("type", "assay.root")
    fields.constant("spec", ROOT_SPEC)
    keys = _keys(fields.mapping("keys", MAX_KEYS))
    channels = fields.mapping("channels", MAX_CHANNELS)
    return TrustRoot(
        version=fields.integer("version", 1, MAX_SEQ),
        keys=keys,
        role=_role(fields.child("root", _ROLE_KEYS), keys),
        channels={name: _channel(name, channels.child(name, _CHANNEL_KEYS), keys) for name in channels.names()},
    )


def _keys(fields: Fields) -> dict[str, bytes]:
    keys = {}
    for keyid in fields.names():
        entry = fields.child(keyid, _KEY_KEYS)
        entry.constant("scheme", "ed25519")
        public = bytes.fromhex(entry.digest("public"))
        defect = dsse.check_public_key(public)
        if defect is not None:
            raise entry.refuse("public", defect)
        if dsse.key_id(public) != keyid:
            raise entry.refuse("public", "the key id is not that of the key")
        keys[keyid] = public
    return keys


def _role(fields: Fields, keys: Mapping[str, bytes]) -> Role:
    keyids = fields.texts("keyids", MAX_KEYS)
    if not set(keyids) <= keys.keys():
        raise fields.refuse("keyids", "names a key that is not among the keys")
    return Role(frozenset(keyids), fields.integer("threshold", 1, max(1, len(keyids))))


def _channel(name: str, fields: Fields, keys: Mapping[str, bytes]) -> Channel:
    role = Fields(
        {"keyids": fields.items("keyids", MAX_KEYS), "threshold": fields.integer("threshold", 1, MAX_KEYS)},
        f"root.channels.{name}",
        "E_ROOT",
        _ROLE_KEYS,
    )
    capabilities = fields.texts("capabilities", len(KINDS))
    if not set(capabilities) <= KINDS:
        raise fields.refuse("capabilities", "names an unknown kind of section")
    return Channel(
        name=name,
        role=_role(role, keys),
        epoch=fields.integer("epoch", 1, MAX_SEQ),
        capabilities=frozenset(capabilities),
        priority=fields.integer("priority", 0, 1000),
        min_seq=fields.integer("min_seq", 1, MAX_SEQ),
        revoked=frozenset(fields.texts("revoked", MAX_REVOKED)),
    )


def dump_payload(root: TrustRoot) -> bytes:
    """Return the payload that ``parse_payload`` takes for this root."""
    return canonical.dump(
        {
            "type": "assay.root",
            "spec": ROOT_SPEC,
            "version": root.version,
            "keys": {keyid: {"scheme": "ed25519", "public": public.hex()} for keyid, public in root.keys.items()},
            "root": _dump_role(root.role),
            "channels": {
                channel.name: {
                    **_dump_role(channel.role),
                    "epoch": channel.epoch,
                    "capabilities": sorted(channel.capabilities),
                    "priority": channel.priority,
                    "min_seq": channel.min_seq,
                    "revoked": sorted(channel.revoked),
                }
                for channel in root.channels.values()
            },
        }
    )


def _dump_role(role: Role) -> dict[str, object]:
    return {"keyids": sorted(role.keyids), "threshold": role.threshold}
