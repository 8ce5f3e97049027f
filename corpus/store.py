"""The local store of imported packs and trust roots: written under a lock and atomically; read by scans.

Layout::

    ROOT/packs/<digest>.pack             verified packs, mode 0444, named by their digest
    ROOT/roots/<anchor>/<version>.json   trust roots by the fingerprint of the first root of their chain
    ROOT/state.json                      what counts of all that (see ``corpus.state``)
    ROOT/lock                            held while the store is written
    ROOT/incoming, ROOT/state.new        not verified, or not in place yet; a crash may leave them

Pack format 1, "Verification", steps 1, 8 and 11. A crash anywhere leaves the old state: what is new is in place before
the state names it, and the state is replaced in one step.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, durable, journey, pack, state
from assay.corpus.anchors import Anchor, Trust
from assay.corpus.contents import check_contents
from assay.corpus.pack import FileBytes
from assay.corpus.state import AnchorState, ChannelState, PackState, StoreState
from assay.corpus.trust import MAX_BYTES as MAX_ROOT_BYTES
from assay.corpus.verify import Accepted, Expectations, VerifiedPack, verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.corpus.trust import TrustRoot
    from assay.scanner.knowledge import PackInfo

RETAINED = 5
"""Packs of a channel that are kept, the newest first; one that is in use is kept besides."""


class StoredPack(NamedTuple):
    """A pack in the store, verified to its last byte.

    ``refusal`` says why a scan would not use it, None if it would. ``by_root`` is the version of the trust root that it
    was verified by, None if there is none; a pack whose keys were exchanged since is good for a lock alone.
    """

    digest: str
    path: str
    info: PackInfo | None
    refusal: CorpusError | None
    by_root: int | None = None


class Store:
    """A folder of imported packs; it need not exist until something is written.

    ``trusted`` is everywhere what the caller believes without the store: a trust root or anchors. The store adds the
    later roots that packs brought, each verified anew, and the anchors that the invoker added.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    # --- reading

    def state(self) -> StoreState:
        """Return what the store remembers; nothing without a store.

        Raises:
            CorpusError: E_STORE: the state cannot be read or is not a state.
        """
        data = durable.read_whole(self._path("state.json"), state.MAX_BYTES)
        return state.EMPTY if data is None else state.parse(data)

    def trust(self, trusted: TrustRoot | Trust, remembered: StoreState | None = None) -> Trust:
        """Return what is trusted with this store: the caller's anchors, further down their chains, and the added ones.

        Raises:
            CorpusError: E_STORE: a root that the state names is not there. E_ROOT, E_SIGNATURE, …: it is another one.
        """
        every = trusted if isinstance(trusted, Trust) else anchors.trusting(trusted)
        chains = {anchor.id: anchor for anchor in every.anchors}
        for identity, known in (remembered or self.state()).anchors.items():
            anchor = chains.get(identity)
            if anchor is None:
                if not known.added:
                    continue
                anchor = anchors.first(self._root_bytes(identity, known.first))
                if anchor.id != identity:
                    raise CorpusError("E_STORE", f"the trust root {known.name} of the store is another one")
            for version in range(anchor.root.version + 1, known.version + 1):
                anchor = anchors.extend(anchor, self._root_bytes(identity, version))
            every = every.with_anchor(anchor)
        return every

    def _root_bytes(self, identity: str, version: int) -> bytes:
        data = durable.read_whole(self.root_path(identity, version), MAX_ROOT_BYTES)
        if data is None:
            raise CorpusError("E_STORE", f"trust root {version} of {identity[:12]} is missing from the store")
        return data

    def list_packs(
        self, trusted: TrustRoot | Trust, expectations: Expectations | None = None
    ) -> tuple[StoredPack, ...]:
        """Return the packs of the store by digest, each verified from head to last byte.

        Raises:
            CorpusError: E_STORE: the store cannot be read.
        """
        every = self.trust(trusted)
        expected = expectations or Expectations()
        return tuple(self.examine_pack(digest, every, expected) for digest in self.digests())

    def digests(self) -> tuple[str, ...]:
        """Return the names of the pack files, whether the state names them or not.

        Raises:
            CorpusError: E_STORE: the store cannot be read.
        """
        try:
            names = sorted(os.listdir(self._path("packs")))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise durable.store_error("the store cannot be read", error) from error
        return tuple(name.removesuffix(".pack") for name in names if name.endswith(".pack"))

    def examine_pack(self, digest: str, trusted: Trust, expected: Expectations) -> StoredPack:
        """Return one pack of the store, verified from head to last byte."""
        path = self.pack_path(digest)
        try:
            file = FileBytes(path)
        except CorpusError as refusal:
            return StoredPack(digest, path, None, refusal)
        try:
            verified = _verify(file, digest, trusted, expected)
            return StoredPack(digest, path, PackView([verified]).packs()[0], None, verified.root.version)
        except CorpusError as refusal:
            for older in _older(trusted, file):
                with suppress(CorpusError):
                    verified = _verify(file, digest, older, expected._replace(floor={}))
                    info = PackView([verified]).packs()[0]
                    return StoredPack(digest, path, info, refusal, verified.root.version)
            return StoredPack(digest, path, None, refusal)
        finally:
            file.close()

    def pack_path(self, digest: str) -> str:
        """Return where the pack of a digest (64 hex digits) lies, if the store has it."""
        return os.path.join(self._root, "packs", f"{os.path.basename(digest)}.pack")

    def export_pack(self, digest: str, destination: str, *, compress: bool = False) -> None:
        """Write a pack of the store to a new file, for the journey with gzip if ``compress``.

        Raises:
            CorpusError: E_STORE: no such pack. E_SOURCE: the file exists or cannot be written.
        """
        try:
            handle = pack.open_regular(self.pack_path(digest.removeprefix("sha256:")))
        except CorpusError as error:
            raise CorpusError("E_STORE", f"no pack {digest[:80]!a} in the store") from error
        try:
            journey.write_export(handle, destination, compress=compress)
        finally:
            os.close(handle)

    def _path(self, name: str) -> str:
        return os.path.join(self._root, name)

    def root_path(self, identity: str, version: int) -> str:
        """Return where a trust root of the anchor with that id lies, if the store has it."""
        return os.path.join(self._root, "roots", identity, f"{version}.json")

    # --- importing

    def import_pack(
        self, source: str | int, trusted: TrustRoot | Trust, expectations: Expectations | None = None
    ) -> VerifiedPack:
        """Copy a pack into the store, verify the copy, and accept it. Return its head; the store is as it was if not.

        ``source`` is the path of a regular file or an open handle, such as that of standard input, and may be
        compressed by ``export``. Freshness is judged if ``expectations`` asks. The pack comes into use unless its
        channel is pinned or switched off; packs beyond the newest five of the channel go.

        Raises:
            CorpusError: every code of verification; E_SOURCE: not a regular file; E_STORE: the store cannot be written.
        """
        handle = source if isinstance(source, int) else pack.open_regular(source)
        try:
            with self.writing() as remembered:
                incoming = self._path("incoming")
                try:
                    durable.write_through(incoming, journey.parts(handle))
                    return self._accept(incoming, remembered, trusted, expectations or Expectations())
                finally:
                    with suppress(OSError):
                        os.unlink(incoming)
        finally:
            if not isinstance(source, int):
                os.close(handle)

    def _accept(
        self, incoming: str, remembered: StoreState, trusted: TrustRoot | Trust, expected: Expectations
    ) -> VerifiedPack:
        file = FileBytes(incoming)
        try:
            every = self.trust(trusted, remembered)
            verified = verify_head(file, every, expected._replace(accepted=remembered.accepted()))
            check_contents(verified)
        finally:
            file.close()
        after = self.with_anchor(remembered, verified.anchor)
        durable.place(incoming, self.pack_path(verified.digest), 0o444)
        name, made = verified.channel.name, verified.manifest
        before = remembered.channels.get(name)
        channel = ChannelState(Accepted(made.epoch, made.seq, verified.digest), verified.digest)
        if before is not None and (before.pinned or before.off):
            channel = before._replace(accepted=channel.accepted)
        packs = {**after.packs, verified.digest: PackState(name, made.epoch, made.seq)}
        self.commit(_retained(after.with_channel(name, channel)._replace(packs=packs), name))
        return verified._replace(pinned=channel.pinned or None)

    def with_anchor(self, remembered: StoreState, anchor: Anchor) -> StoreState:
        """Keep the roots of a chain that the state does not know yet, and return the state that knows them.

        Raises:
            CorpusError: E_STORE.
        """
        known = remembered.anchors.get(anchor.id)
        newest = anchor.root.version
        if known is None and len(anchor.known) == 1:
            return remembered  # nothing but what is trusted without the store
        if known is not None and known.version >= newest:
            return remembered
        for each in anchor.known:
            if each.envelope and (known is None or each.root.version > known.version):
                self.write_root(anchor.id, each.root.version, each.envelope)
        entry = known or AnchorState("base", added=False, first=anchor.known[0].root.version, version=newest)
        return remembered._replace(anchors={**remembered.anchors, anchor.id: entry._replace(version=newest)})

    # --- writing

    @contextmanager
    def writing(self) -> Iterator[StoreState]:
        """Make the store if need be, hold its lock, and give its state; another process that writes waits.

        Raises:
            CorpusError: E_STORE: the store cannot be written, or its state is none.
        """
        durable.make_folder(self._path("packs"))
        with durable.locked(self._path("lock")):
            before = self.state()
            unnamed = self.unnamed_files(before)
            done = False
            try:
                yield before
                done = True
            finally:
                if not done:
                    self._undo(unnamed)

    def unnamed_files(self, remembered: StoreState) -> frozenset[str]:
        """Return the paths of the packs and trust roots that lie in the store and that a state does not speak of."""
        named = {self.pack_path(digest) for digest in remembered.packs}
        for identity, known in remembered.anchors.items():
            named |= {self.root_path(identity, version) for version in range(known.first, known.version + 1)}
        found = {os.path.join(path, name) for path, _, names in os.walk(self._path("roots")) for name in names}
        return frozenset(found | {self.pack_path(digest) for digest in self.digests()}) - named

    def _undo(self, unnamed: frozenset[str]) -> None:
        """Remove what was put in place since, unless the state has come to name it."""
        with suppress(CorpusError, OSError):
            for path in {*self.unnamed_files(self.state())} - unnamed:
                os.unlink(path)
        for name in ("root.new", "state.new"):
            with suppress(OSError):
                os.unlink(self._path(name))

    def write_root(self, identity: str, version: int, envelope: bytes) -> None:
        """Put a trust root in place; it does not count before the state names it. Only while writing.

        Raises:
            CorpusError: E_STORE.
        """
        path = self.root_path(identity, version)
        durable.make_folder(os.path.dirname(path))
        temporary = self._path("root.new")
        durable.write_through(temporary, [envelope])
        durable.place(temporary, path, 0o444)

    def commit(self, after: StoreState) -> None:
        """Replace the state, then remove the packs that it no longer names. Only while writing.

        Raises:
            CorpusError: E_STORE: the old state holds.
        """
        before = self.state().packs
        data = state.dump(after)
        if len(data) > state.MAX_BYTES or state.parse(data) != after:  # parse refuses what a state cannot hold
            raise CorpusError("E_STORE", "the state would be longer than a state may be")
        temporary = self._path("state.new")
        durable.write_through(temporary, [data])
        durable.place(temporary, self._path("state.json"), 0o644)
        for digest in before.keys() - after.packs.keys():
            with suppress(OSError):  # doctor finds what stays behind
                os.unlink(self.pack_path(digest))


def _verify(file: FileBytes, digest: str, trusted: Trust, expected: Expectations) -> VerifiedPack:
    verified = verify_head(file, trusted, expected)
    require_digest(verified, digest)
    check_contents(verified)
    return verified


def _older(trusted: Trust, file: FileBytes) -> Iterator[Trust]:
    """Yield the trust in each earlier root of the anchor that a pack claims, the newest first."""
    try:
        anchor = anchors.choose(trusted, pack.read_container(file))
    except CorpusError:
        return
    for known in reversed(anchor.known[:-1]):
        yield Trust((anchor.as_of_version(known.root.version),))


def _retained(after: StoreState, channel: str) -> StoreState:
    """Return the state without the packs of a channel that are too old to keep; what is in use is kept."""
    kept = {*after.packs_of(channel)[:RETAINED], after.channels[channel].used}
    packs = {digest: each for digest, each in after.packs.items() if each.channel != channel or digest in kept}
    return after._replace(packs=packs)


def require_digest(verified: VerifiedPack, digest: str) -> None:
    """Refuse a pack of the store that is not the one that its name says.

    Raises:
        CorpusError: E_STORE.
    """
    if verified.digest != digest:
        raise CorpusError("E_STORE", f"the pack {digest[:80]!a} of the store is another pack")
