"""What is registered on this machine: indicators as a pack of channel ``local``, signed by a key of the machine's own.

Being a pack, it is verified, layered, ratcheted, locked and named in reports as any other. Layout, within the store::

    ROOT/keys/local.pem   the key, made when something is first registered; PKCS 8, mode 0600
    ROOT/local.lock       held from reading the list to having the next pack, so that no two changes meet

Key, trust root (anchor ``local``) and pack come one after the other, each whole or not at all. A change that was cut
off between two of them is made up for by the next one, which goes on with what is there. When nothing is registered
any more, the pack holds no section: the channel stays, so that the ratchet, locks and reports know one thing less.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, decisions, dsse, durable, indicators, keys, manifest, pack, sections, signing, trust
from assay.corpus.manifest import Manifest, Source
from assay.corpus.pack import FileBytes
from assay.corpus.store import Store, require_digest
from assay.corpus.trust import LOCAL_CHANNEL, Channel, Role, TrustRoot
from assay.corpus.verify import Expectations, verify_head
from assay.scanner.errors import CorpusError, UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.anchors import Anchor, Trust
    from assay.corpus.indicators import IndicatorEntry
    from assay.corpus.state import StoreState
    from assay.corpus.verify import VerifiedPack

EPOCH = 1
SOURCE = "local"
MIN_TOOL = "0.1.0"
_ALWAYS_FRESH = "9999-12-31"
"""What is registered does not grow old as a whole; single entries have their own last day."""
_MAX_KEY = 64 * 1024
_KEY_FILE = os.path.join("keys", "local.pem")
_OTHERS = 0o077

IndicatorKey = tuple[str, str, str]
"""Kind, value and versions: what an indicator is about. No two that are registered have the same."""


class Registered(NamedTuple):
    """What is registered: the indicators, ascending, and the pack that holds them.

    ``digest`` is 64 hex digits, "" if there is no pack; ``day`` is when the pack was made, YYYY-MM-DD or "".
    """

    entries: tuple[IndicatorEntry, ...] = ()
    seq: int = 0
    digest: str = ""
    day: str = ""


NOTHING = Registered()


class Change(NamedTuple):
    """What was registered before and after a change; both are the same if there was nothing to change."""

    before: Registered
    after: Registered


def key_of(entry: IndicatorEntry) -> IndicatorKey:
    """Return what an indicator is about."""
    return entry.kind.value, entry.value, entry.versions


def by_key(entries: Iterable[IndicatorEntry]) -> dict[IndicatorKey, IndicatorEntry]:
    """Return indicators by what they are about."""
    return {key_of(entry): entry for entry in entries}


def held_by(verified: VerifiedPack) -> Iterator[tuple[IndicatorEntry, str]]:
    """Yield the indicators of a pack, those of exact versions too, each with the id of its source.

    Raises:
        CorpusError: E_HASH, E_INDEX.
    """
    for section in verified.manifest.sections:
        if section.kind != sections.IOC:
            continue
        table = indicators.decode(verified.section(section))
        if table.source >= len(verified.manifest.sources):
            raise CorpusError("E_INDEX", "indicators: a table names a source that the manifest does not list")
        source = verified.manifest.sources[table.source].id
        for (ecosystem, name), versions in table.versions.items():
            for version in versions:
                yield indicators.IndicatorEntry(IndicatorKind.PACKAGE, f"{ecosystem}:{name}", version), source
        for entry in table.entries:
            yield entry, source


# --- reading ---------------------------------------------------------------------------------------------------


def read(folder: str, trusted: Trust) -> Registered:
    """Return what is registered and used by scans, from the store in a folder. Nothing is written.

    Raises:
        CorpusError: the pack is not accepted, or E_STORE.
    """
    store = Store(folder)
    return _read(store, store.state(), trusted)


def _read(store: Store, state: StoreState, trusted: Trust) -> Registered:
    channel = state.channels.get(LOCAL_CHANNEL)
    if channel is None or not channel.used:
        return NOTHING
    file = FileBytes(store.pack_path(channel.used))
    try:
        accepted = {} if channel.pinned else state.accepted()
        verified = verify_head(file, store.trust(trusted, state), Expectations(accepted=accepted))
        require_digest(verified, channel.used)
        entries = tuple(entry for entry, _ in held_by(verified))
    finally:
        file.close()
    return Registered(entries, verified.manifest.seq, verified.digest, verified.manifest.built_at[:10])


def suspended(folder: str, trusted: Trust) -> str | None:
    """Return one line that says why the newest list is not the one in use, by the invoker's own decision; else None.

    Raises:
        CorpusError: E_STORE.
    """
    store = Store(folder)
    state = store.state()
    channel = state.channels.get(LOCAL_CHANNEL)
    if channel is None or _anchor_id(state) is None:
        return None
    if channel.pinned:
        return f"rolled back to an older list ({channel.pinned}); 'assay corpus use {LOCAL_CHANNEL}' ends that"
    if channel.used or channel.accepted.digest not in state.packs:
        return None
    newest = store.examine_pack(channel.accepted.digest, store.trust(trusted, state), Expectations())
    if newest.refusal is not None:
        return None  # of a key that was given up
    return f"switched off; 'assay corpus use {LOCAL_CHANNEL}' brings what is registered back"


def is_exposed(folder: str) -> bool:
    """Say whether others than the owner may read or write the key."""
    with suppress(OSError):
        return bool(stat.S_IMODE(os.stat(key_path(folder)).st_mode) & _OTHERS)
    return False


def key_path(folder: str) -> str:
    """Return where the key of a store is."""
    return os.path.join(folder, _KEY_FILE)


# --- changing --------------------------------------------------------------------------------------------------


def change(
    folder: str,
    trusted: Trust,
    edit: Callable[[tuple[IndicatorEntry, ...]], Iterable[IndicatorEntry]],
    *,
    day: str,
    new_key: Callable[[], Ed25519PrivateKey],
) -> Change:
    """Let ``edit`` make the new list of indicators from the one that is registered, and use it from now on.

    ``edit`` may raise; then everything stays as it is, as it does when the list does not change. ``day`` is when the
    pack is said to be made; ``new_key`` is called if there is no key yet.

    Raises:
        UsageError: what is registered was switched off or rolled back by the invoker.
        CorpusError: E_STORE: the store cannot be written, or the key is gone or another one; codes of verification.
    """
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
    except OSError as error:
        raise durable.store_error("the store cannot be written", error) from error
    store = Store(folder)
    with durable.locked(os.path.join(folder, "local.lock")):
        reason = suspended(folder, trusted)
        if reason is not None:
            raise UsageError(f"the indicators of this machine are {reason}")
        state = store.state()
        before = _read(store, state, trusted)
        after = tuple(sorted(by_key(edit(before.entries)).values()))
        if after == before.entries:
            return Change(before, before)
        key = _identity(folder, trusted, new_key)
        channel = state.channels.get(LOCAL_CHANNEL)
        seq = channel.accepted.seq + 1 if channel is not None else 1
        verified = _import(store, folder, build(after, seq, day, key), trusted)
        return Change(before, Registered(after, seq, verified.digest, day))


def build(entries: Iterable[IndicatorEntry], seq: int, day: str, key: Ed25519PrivateKey) -> bytes:
    """Return the pack of some indicators: the same ones, number, day and key give the same bytes."""
    rows = tuple(sorted(set(entries)))
    content = indicators.encode(indicators.IndicatorTable(0, {}, rows))
    contents = [(f"indicators-{SOURCE}", sections.IOC, content)] if rows else []
    laid_out, body = pack.lay_out(contents)
    payload = manifest.dump(
        Manifest(
            channel=LOCAL_CHANNEL,
            epoch=EPOCH,
            seq=seq,
            built_at=f"{day}T00:00:00Z",
            fresh_until=f"{_ALWAYS_FRESH}T00:00:00Z",
            min_root_version=1,
            min_tool=MIN_TOOL,
            body_length=len(body),
            title="indicators registered on this machine",
            builder="assay ioc",
            sources=(Source(SOURCE, "", day, sha256(content).hexdigest(), "NOASSERTION", "", len(rows), len(rows)),),
            stats={"indicators": len(rows)},
            supersedes="",
            sections=laid_out,
        )
    )
    return pack.write_container(dsse.encode(signing.sign(dsse.MANIFEST_TYPE, payload, [key])), (), body)


def _import(store: Store, folder: str, data: bytes, trusted: Trust) -> VerifiedPack:
    try:
        # Without a name, so that nothing stays behind.
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
    except OSError as error:
        raise durable.store_error("the store cannot be written", error) from error
    with file:
        try:
            file.write(data)
            file.seek(0)
        except OSError as error:
            raise durable.store_error("the store cannot be written", error) from error
        return store.import_pack(file.fileno(), trusted)


# --- the key and the trust in it -------------------------------------------------------------------------------


def trust_root(key: Ed25519PrivateKey) -> bytes:
    """Return the trust root of a machine's own indicators, in its envelope: it follows from the key alone."""
    role = Role(frozenset({signing.key_id(key)}), 1)
    channel = Channel(
        name=LOCAL_CHANNEL,
        role=role,
        epoch=EPOCH,
        capabilities=frozenset({sections.IOC}),
        priority=0,
        min_seq=1,
        revoked=frozenset(),
    )
    root = TrustRoot(1, {signing.key_id(key): signing.public_bytes(key)}, role, {LOCAL_CHANNEL: channel})
    return dsse.encode(signing.sign(dsse.ROOT_TYPE, trust.dump_payload(root), [key]))


def own_anchor(folder: str) -> Anchor | None:
    """Return the anchor that the key of a store makes; None without a key that can be used."""
    try:
        key = _load_key(folder)
    except CorpusError:
        return None
    return anchors.first(trust_root(key)) if key is not None else None


def _identity(folder: str, trusted: Trust, new_key: Callable[[], Ed25519PrivateKey]) -> Ed25519PrivateKey:
    """Return the key after making what is missing of key and anchor."""
    key = _load_key(folder)
    anchor = _anchor(Store(folder), trusted)
    if anchor is not None:
        return _matching(key, anchor)
    if key is None:
        key = new_key()
        _write_key(folder, keys.encode_private(key))
    root = trust_root(key)
    decisions.add_anchor(Store(folder), root, LOCAL_CHANNEL, anchors.fingerprint(root), trusted)
    return key


def _matching(key: Ed25519PrivateKey | None, anchor: Anchor) -> Ed25519PrivateKey:
    channel = anchor.root.channels.get(LOCAL_CHANNEL)
    if key is not None and channel is not None and signing.key_id(key) in channel.role.keyids:
        return key
    problem = "is missing" if key is None else "is not the one that signed what is registered"
    raise CorpusError(
        "E_STORE",
        f"the key {_KEY_FILE} {problem}; put it back, or give up what is registered here "
        f"with 'assay corpus trust remove {LOCAL_CHANNEL}'",
    )


def _anchor_id(state: StoreState) -> str | None:
    found = (each for each, known in state.anchors.items() if known.added and known.name == LOCAL_CHANNEL)
    return next(found, None)


def _anchor(store: Store, trusted: Trust) -> Anchor | None:
    state = store.state()
    identity = _anchor_id(state)
    return next((each for each in store.trust(trusted, state).anchors if each.id == identity), None)


def _load_key(folder: str) -> Ed25519PrivateKey | None:
    pem = durable.read_whole(key_path(folder), _MAX_KEY)
    if pem is None:
        return None
    try:
        return signing.load_key(pem)
    except UsageError as error:
        raise CorpusError("E_STORE", f"the key {_KEY_FILE}: {error}; put the right one back") from error


def _write_key(folder: str, pem: bytes) -> None:
    """Put the key in place; nobody but the owner may read it, from its first byte on."""
    path = key_path(folder)
    temporary = f"{path}.new"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # cut off once, and perhaps not with this mode
    except OSError as error:
        raise durable.store_error("the store cannot be written", error) from error
    durable.write_through(temporary, [pem], keys.PRIVATE_MODE)
    durable.place(temporary, path, keys.PRIVATE_MODE)
    try:
        durable.sync_folder(folder)
    except OSError as error:
        raise durable.store_error("the store cannot be written", error) from error
