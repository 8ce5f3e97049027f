"""Examining a store: what is wrong with it, what to do, and mending what can be mended without trusting anything.

Nothing is believed that a scan would not believe. Repair removes what a crash left behind, restores file modes, and, if
the state is damaged, makes a new one from the packs that verify: the ratchet then stands at the newest of them.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, durable, local, selection, state
from assay.corpus.anchors import Trust
from assay.corpus.fields import printable
from assay.corpus.holders import BASE
from assay.corpus.state import AnchorState, ChannelState, PackState, StoreState
from assay.corpus.store import Store
from assay.corpus.trust import LOCAL_CHANNEL, MAX_BYTES
from assay.corpus.verify import Accepted, Expectations
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.corpus.selection import Request
    from assay.corpus.trust import TrustRoot

LEFT_BEHIND = ("incoming", "state.new", "root.new")
"""Files that a crash may leave; they never count."""

_PACK_MODE = 0o444
_KEY_MODE = 0o600


class Symptom(NamedTuple):
    """Something that was examined: ``wrong`` is None if it is as it should be, else what is wrong and what to do."""

    what: str
    wrong: str | None = None


def examine(root: str, trusted: TrustRoot | Trust, request: Request | None = None) -> Iterator[Symptom]:
    """Yield what was examined, in the order in which a scan would meet it."""
    store = Store(root)
    if not os.path.isdir(root):
        yield Symptom("store", None if not os.path.lexists(root) else "not a folder; name another with --store")
        yield _usable(store, trusted, request)
        return
    try:
        remembered = store.state()
    except CorpusError as refusal:
        yield Symptom("state", f"{refusal.detail}; 'assay corpus doctor --repair' makes it anew from the packs")
        return
    yield Symptom("state")
    try:
        store.trust(trusted, remembered)
        yield Symptom("trust roots")
    except CorpusError as refusal:
        yield Symptom("trust roots", f"{refusal.code}: {refusal.detail}; import the newest pack again")
        return
    yield _usable(store, trusted, request)
    yield from _packs(store, trusted, remembered, request)
    yield from _files(root, store, remembered)
    for name, channel in sorted(remembered.channels.items()):
        if channel.pinned:
            yield Symptom(f"channel {name}: pinned to sha256:{channel.used[:12]} ({printable(channel.pinned)})")


def _usable(store: Store, trusted: TrustRoot | Trust, request: Request | None) -> Symptom:
    try:
        selection.open_corpus(store, trusted, request).close()
    except CorpusError as refusal:
        return Symptom("what scans use", f"{refusal.code}: {refusal.detail}")
    return Symptom("what scans use")


def _packs(
    store: Store, trusted: TrustRoot | Trust, remembered: StoreState, request: Request | None
) -> Iterator[Symptom]:
    expected = request.expectations if request else Expectations()
    found = {stored.digest: stored for stored in store.list_packs(trusted, expected)}
    for digest in sorted(remembered.packs.keys() - found.keys()):
        yield Symptom(f"pack {digest[:12]}", "the file is gone; import it again")
    for digest, stored in found.items():
        name = f"pack {printable(digest)[:12]}"
        if digest not in remembered.packs:
            yield Symptom(name, "lies in the store but was not imported; --repair removes it")
        elif stored.refusal is not None and stored.by_root is None:
            yield Symptom(name, f"{stored.refusal.code}: {stored.refusal.detail}; remove it and import it again")
        elif stat.S_IMODE(os.lstat(stored.path).st_mode) != _PACK_MODE:
            yield Symptom(name, "can be written; --repair makes it read-only")
        else:
            yield Symptom(name)


def _files(root: str, store: Store, remembered: StoreState) -> Iterator[Symptom]:
    for name in LEFT_BEHIND:
        if os.path.lexists(os.path.join(root, name)):
            yield Symptom(name, "left behind by an import that was cut off; --repair removes it")
    for path in _keys(root):
        if stat.S_IMODE(os.lstat(path).st_mode) & 0o077:
            yield Symptom(f"key {printable(os.path.basename(path))}", "others may read it; --repair makes it private")
    if not os.access(root, os.W_OK):
        yield Symptom("writing", "the store is read-only; scans work, imports do not")
    for channel, each in sorted(remembered.channels.items()):
        if each.used and not os.path.exists(store.pack_path(each.used)):
            yield Symptom(f"channel {channel}", "the pack in use is gone; import it again")


def _keys(root: str) -> list[str]:
    folder = os.path.join(root, "keys")
    with suppress(OSError):
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    return []


def repair(root: str, trusted: TrustRoot | Trust, expectations: Expectations | None = None) -> tuple[str, ...]:
    """Mend what can be mended and return what was done, a line each.

    Raises:
        CorpusError: E_STORE: the store cannot be written.
    """
    store = Store(root)
    done: list[str] = []
    if not os.path.isdir(root):
        return ()
    with durable.locked(os.path.join(root, "lock")):
        for name in LEFT_BEHIND:
            with suppress(OSError):
                os.unlink(os.path.join(root, name))
                done.append(f"removed {name}")
        remembered = _state_or_new(store, root, trusted, expectations or Expectations(), done)
        for digest in store.digests():
            _mend_pack(store, digest, remembered, done)
        _remove_roots(root, store, remembered, done)
        for path in _keys(root):
            if stat.S_IMODE(os.lstat(path).st_mode) & 0o077 and not os.path.islink(path):
                os.chmod(path, _KEY_MODE)
                done.append(f"made the key {printable(os.path.basename(path))} private")
    return tuple(done)


def _state_or_new(
    store: Store, root: str, trusted: TrustRoot | Trust, expected: Expectations, done: list[str]
) -> StoreState:
    try:
        return store.state()
    except CorpusError:
        path = os.path.join(root, "state.json")
        content = durable.read_whole(path, state.MAX_BYTES)
        if content is not None and state.is_of_another_release(content):
            raise CorpusError("E_STORE", "another release of assay wrote the state; repair it with that") from None
        made = _rebuilt(root, trusted, expected)
        with suppress(OSError):
            os.replace(path, f"{path}.damaged")
        durable.write_through(f"{root}/state.new", [state.dump(made)])
        durable.place(f"{root}/state.new", path, 0o644)
        done.append(
            "made a new state from the packs; what was pinned, switched off, trusted in addition or accepted and then "
            "removed is forgotten"
        )
        return made


def _rebuilt(root: str, trusted: TrustRoot | Trust, expected: Expectations) -> StoreState:
    """Return the state that the packs, verified by what is trusted without the store, speak for.

    The key that signs what is registered on this machine lies in the store, so its packs are not given up.
    """
    every = trusted if isinstance(trusted, Trust) else anchors.trusting(trusted)
    every, chains = _further(root, every)
    own = local.own_anchor(root)
    if own is not None:
        every = every.with_anchor(own)
        Store(root).write_root(own.id, own.root.version, own.known[0].envelope)
        chains[own.id] = AnchorState(LOCAL_CHANNEL, added=True, first=own.root.version, version=own.root.version)
    packs: dict[str, PackState] = {}
    channels: dict[str, ChannelState] = {}
    for digest in Store(root).digests():
        info = Store(root).examine_pack(digest, every, expected).info
        if info is None:
            continue
        packs[digest] = PackState(info.channel, info.epoch, info.seq)
        known = channels.get(info.channel)
        if known is None or (known.accepted.epoch, known.accepted.seq) < (info.epoch, info.seq):
            channels[info.channel] = ChannelState(Accepted(info.epoch, info.seq, digest), digest)
    return StoreState(chains, channels, packs)


def _further(root: str, every: Trust) -> tuple[Trust, dict[str, AnchorState]]:
    """Return the anchors further down their chains, by the roots of the store that follow, and the state of these.

    Each is verified as when it came; without them a key that was taken away would be believed again.
    """
    chains: dict[str, AnchorState] = {}
    for anchor in every.anchors:
        first, version = anchor.known[0].root.version, anchor.root.version
        with suppress(CorpusError):
            while data := durable.read_whole(Store(root).root_path(anchor.id, anchor.root.version + 1), MAX_BYTES):
                anchor = anchors.extend(anchor, data)  # noqa: PLW2901
                every.with_anchor(anchor)
        if anchor.root.version > version:
            every = every.with_anchor(anchor)
            chains[anchor.id] = AnchorState(BASE, added=False, first=first, version=anchor.root.version)
    return every, chains


def _remove_roots(root: str, store: Store, remembered: StoreState, done: list[str]) -> None:
    """Remove the trust roots that the state does not speak of: of an import that was cut off, or no longer trusted.

    They do no harm, so ``examine`` says nothing of them.
    """
    folder = os.path.join(root, "roots")
    for path in sorted(store.unnamed_files(remembered)):
        if path.startswith(folder):
            with suppress(OSError):
                os.unlink(path)
                done.append(f"removed the trust root {printable(os.path.basename(path))[:80]}, which does not count")
                os.rmdir(os.path.dirname(path))  # fails while there are others of its chain


def _mend_pack(store: Store, digest: str, remembered: StoreState, done: list[str]) -> None:
    path = store.pack_path(digest)
    with suppress(OSError):
        if digest not in remembered.packs:
            os.unlink(path)
            done.append(f"removed the pack {printable(digest)[:12]}, which was not imported")
        elif stat.S_IMODE(os.lstat(path).st_mode) != _PACK_MODE and not os.path.islink(path):
            os.chmod(path, _PACK_MODE)
            done.append(f"made the pack {digest[:12]} read-only")
