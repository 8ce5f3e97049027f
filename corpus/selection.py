"""Which packs a scan judges by: those that the invoker names or locks, else those in use, else the one that ships.

Each pack is verified by the newest trust root of its anchor, but for two: the pack that ships is held by the release's
own root and floor, so that a release stays usable when a key was exchanged after it; and a pack that a lock names by
its digest is verified by the root that was the newest when the lock was written. What has been revoked since, or is
below the least number of the newest root, is refused all the same.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, dsse, manifest, pack
from assay.corpus.anchors import Trust
from assay.corpus.freshness import dated, require_fresh
from assay.corpus.pack import FileBytes
from assay.corpus.shipped import default_pack_path
from assay.corpus.store import require_digest
from assay.corpus.trust import DEFAULT_CHANNEL
from assay.corpus.verify import Expectations, VerifiedPack, check_standing, verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.corpus.corpus_lock import Locked
    from assay.corpus.state import StoreState
    from assay.corpus.store import Store
    from assay.corpus.trust import TrustRoot


class Request(NamedTuple):
    """What the invoker asks for: packs by their paths, a lock by channel, and what he knows beyond the trust roots.

    ``shipped`` is the path of the pack that ships, by default that of this release. With ``own_trust`` the trust is the
    invoker's own, which need not know the keys of the pack that ships; then the store alone has the default channel.
    """

    packs: Sequence[str] = ()
    lock: Mapping[str, Locked] | None = None
    expectations: Expectations = Expectations()
    shipped: str | None = None
    own_trust: bool = False


def open_corpus(store: Store, trusted: TrustRoot | Trust, request: Request | None = None) -> PackView:
    """Open and verify the packs that a scan uses, and return the view over them. Nothing is written.

    Raises:
        UsageError: two of the packs named are of one channel.
        CorpusError: no usable corpus. A store whose pack is missing or refused is an error, not a reason to fall back
            to an older pack.
    """
    selection = _Selection(store, trusted, request or Request())
    try:
        chosen = selection.choose()
        view = PackView(chosen, selection.files, selection.as_of)
        if not view.has_advisories:
            raise CorpusError("E_SOURCE", "no pack with advisories among them; name the default pack too")
        require_fresh(dated(chosen), selection.as_of, selection.max_age)
        return view
    except CorpusError as refusal:
        selection.close()
        if refusal.code == "E_SOURCE" and selection.is_outdated():
            return open_corpus(store, trusted, request)  # an import came between the state and its pack
        raise
    except UsageError:
        selection.close()
        raise


class _Selection:
    """One choice, with the files that it opened."""

    def __init__(self, store: Store, trusted: TrustRoot | Trust, request: Request) -> None:
        self.files: list[FileBytes] = []
        self._store = store
        self._base = trusted if isinstance(trusted, Trust) else anchors.trusting(trusted)
        self._request = request
        self._state: StoreState = store.state()
        self._trust = store.trust(self._base, self._state)
        # Freshness is asked of the packs chosen, not of one that a newer one takes the place of.
        self._free = request.expectations._replace(accepted={}, as_of=None)
        self._expected = self._free._replace(accepted=self._state.accepted())
        self._claims: dict[str, FileBytes] = {}

    def close(self) -> None:
        for file in self.files:
            file.close()

    @property
    def as_of(self) -> str | None:
        return self._request.expectations.as_of

    @property
    def max_age(self) -> int | None:
        return self._request.expectations.max_age

    def is_outdated(self) -> bool:
        return self._store.state() != self._state

    def choose(self) -> tuple[VerifiedPack, ...]:
        if self._request.lock is not None:
            self._require_locked(self._request.lock)
            return tuple(self._locked(channel, held) for channel, held in sorted(self._request.lock.items()))
        if self._request.packs:
            return self._named()
        others = (name for name, each in sorted(self._state.channels.items()) if each.used and name != DEFAULT_CHANNEL)
        return (self._default(), *map(self._used, others))

    def _open(self, path: str) -> FileBytes:
        self.files.append(FileBytes(path))
        return self.files[-1]

    # --- named by the invoker

    def _named(self) -> tuple[VerifiedPack, ...]:
        chosen = [verify_head(self._open(path), self._trust, self._expected) for path in self._request.packs]
        channels = [each.channel.name for each in chosen]
        for channel in channels:
            if channels.count(channel) > 1:
                raise UsageError(f"--corpus: two packs of channel {channel}; name one")
        return tuple(chosen)

    # --- in use

    def _default(self) -> VerifiedPack:
        """Return the imported pack of the default channel if it is pinned or newer than the one that ships."""
        known = self._state.channels.get(DEFAULT_CHANNEL)
        if known is not None and known.pinned:
            return self._used(DEFAULT_CHANNEL)
        shipped = self._shipped(required=not self._request.own_trust or known is None)
        highest = known.accepted if known is not None else None
        if shipped is None or (
            highest is not None and (highest.epoch, highest.seq) > (shipped.manifest.epoch, shipped.manifest.seq)
        ):
            return self._used(DEFAULT_CHANNEL)
        self._require_standing(shipped, self._expected)
        return shipped

    def _shipped(self, *, required: bool) -> VerifiedPack | None:
        """Return the pack that ships, held by the release's own root and floor, not by the ratchet (step 8).

        Installed versions share a store. None if it is not required and signed by nobody whom the invoker trusts.
        """
        file = self._open(self._request.shipped or default_pack_path())
        try:
            return verify_head(file, self._base, self._free)
        except CorpusError as refusal:
            if required or refusal.code != "E_SIGNATURE":
                raise
            return None

    def _used(self, channel: str) -> VerifiedPack:
        known = self._state.channels[channel]
        expected = self._expected._replace(accepted={}) if known.pinned else self._expected
        verified = verify_head(self._open(self._store.pack_path(known.used)), self._trust, expected)
        require_digest(verified, known.used)
        return verified._replace(pinned=known.pinned or None)

    def _require_standing(self, verified: VerifiedPack, expected: Expectations) -> None:
        """Hold a pack that an older root vouches for to what the newest root of its anchor says since."""
        anchor = next((each for each in self._trust.anchors if each.id == verified.anchor.id), None)
        channel = anchor.root.channels.get(verified.channel.name) if anchor is not None else None
        if anchor is None or channel is None:
            raise CorpusError("E_ROOT", f"channel {verified.channel.name} is no longer among those that are trusted")
        if anchor.root.version > verified.root.version:
            check_standing(verified.manifest, verified.digest, channel, anchor.root, expected)

    # --- locked

    def _require_locked(self, lock: Mapping[str, Locked]) -> None:
        """Refuse packs named beside a lock that does not name their channel; what they claim is enough for that."""
        for path in self._request.packs:
            file = self._open(path)
            channel = manifest.parse(_claimed_payload(file)).channel
            if channel not in lock:
                raise UsageError(f"--corpus {path}: the lock does not name its channel, {channel}; leave it out")
            self._claims[channel] = file

    def _locked(self, channel: str, held: Locked) -> VerifiedPack:
        if held.digest:
            return self._exactly(channel, held)
        floor = {**self._expected.floor, channel: max(held.least, self._expected.floor.get(channel, (0, 0)))}
        self._expected = self._expected._replace(floor=floor)
        if self._request.packs:
            file = self._claims.get(channel)
            if file is None:
                raise CorpusError("E_STORE", f"the lock asks for channel {channel}; name a pack of it with --corpus")
            return verify_head(file, self._trust, self._expected)
        if channel == DEFAULT_CHANNEL:
            verified = self._default()
            if (verified.manifest.epoch, verified.manifest.seq) < held.least:
                raise CorpusError("E_ROLLBACK", f"the lock asks for at least {held.least[0]}.{held.least[1]}")
            return verified
        if channel not in self._state.channels or not self._state.channels[channel].used:
            raise CorpusError("E_STORE", f"the lock asks for channel {channel}, of which no pack is in use")
        return self._used(channel)

    def _exactly(self, channel: str, held: Locked) -> VerifiedPack:
        """Return the pack of a digest, verified by the root that was the newest when the lock was written."""
        file = self._find(held.digest)
        anchor = self._trust.anchor_of(channel)
        if anchor is None:
            raise CorpusError("E_ROOT", f"the lock asks for channel {channel}, which no trusted root has")
        back_then = anchor.as_of_version(min(held.root, anchor.root.version))
        verified = verify_head(file, Trust((back_then,)), self._free._replace(floor={}))
        require_digest(verified, held.digest)
        if verified.channel.name != channel:
            raise CorpusError("E_MANIFEST", f"the lock asks for channel {channel}, the pack is {verified.channel.name}")
        newest = anchor.root.channels[channel]
        if held.digest in newest.revoked:
            raise CorpusError("E_REVOKED", f"the pack {held.digest} is revoked")
        return verified

    def _find(self, digest: str) -> FileBytes:
        named = self._request.packs or (self._store.pack_path(digest), self._request.shipped or default_pack_path())
        for path in named:
            try:
                file = self._open(path)
                if _claimed_digest(file) == digest:
                    return file
            except CorpusError:
                if self._request.packs:
                    raise
        raise CorpusError("E_STORE", f"the lock asks for the pack sha256:{digest}, which is not here; import it")


def _claimed_digest(file: FileBytes) -> str:
    """Return the digest of a pack before anything of it is believed."""
    return sha256(_claimed_payload(file)).hexdigest()


def _claimed_payload(file: FileBytes) -> bytes:
    return dsse.parse(pack.read_container(file).envelope, dsse.MANIFEST_TYPE).payload
