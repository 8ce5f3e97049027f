"""The local store of imported packs: written by import alone, atomically and under a lock; read by scans.

Layout::

    ROOT/packs/<digest>.pack    verified packs, mode 0444, named by their digest
    ROOT/state.json             the ratchet: per channel the highest (epoch, seq) that was ever accepted, and its digest
    ROOT/lock                   held while the store is written
    ROOT/incoming               a copy that is not verified yet; a crash may leave it, the next import overwrites it

Pack format 1, "Verification", steps 1, 8 and 11. A crash anywhere leaves the old state: a pack is in place before the
state names it, and both are renamed into place after they were written through to the disk.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical, pack
from assay.corpus.contents import check_contents
from assay.corpus.fields import Fields
from assay.corpus.pack import FileBytes
from assay.corpus.verify import Accepted, Expectations, VerifiedPack, verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.corpus.trust import TrustRoot
    from assay.scanner.knowledge import PackInfo

DEFAULT_CHANNEL = "default"

_CHUNK = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_STATE_LIMIT = 1024 * 1024
_STATE_KEYS = frozenset({"type", "spec", "channels"})
_ACCEPTED_KEYS = frozenset({"epoch", "seq", "digest"})
_MAX = 2**53 - 1


def default_pack_path() -> str:
    """Return the path of the pack that ships with this release. Installers may have linked it; packs are no links."""
    return os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "default.pack"))


class StoredPack(NamedTuple):
    """A pack in the store. ``refusal`` says why it would not be used, None if it would."""

    digest: str
    path: str
    info: PackInfo | None
    refusal: CorpusError | None


class Store:
    """A folder of imported packs; it need not exist until the first import."""

    def __init__(self, root: str) -> None:
        self._root = root

    # --- reading

    def accepted(self) -> dict[str, Accepted]:
        """Return the ratchet: per channel the highest pack that was ever accepted. Empty without a store.

        Raises:
            CorpusError: E_STORE: the state cannot be read or is not a state.
        """
        try:
            with open(self._path("state.json"), "rb") as file:
                data = file.read(_STATE_LIMIT)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _store_error("the state cannot be read", error) from error
        fields = Fields(canonical.load(data, "E_STORE", "state"), "state", "E_STORE", _STATE_KEYS)
        fields.constant("type", "assay.store")
        fields.constant("spec", 1)
        channels = fields.mapping("channels", 64)
        return {name: _accepted(channels.child(name, _ACCEPTED_KEYS)) for name in channels.names()}

    def list_packs(self, root: TrustRoot, expectations: Expectations | None = None) -> tuple[StoredPack, ...]:
        """Return the packs of the store by digest, each verified from head to last byte.

        Raises:
            CorpusError: E_STORE: the store cannot be read.
        """
        try:
            names = sorted(os.listdir(self._path("packs")))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _store_error("the store cannot be read", error) from error
        return tuple(
            self._stored(name.removesuffix(".pack"), root, expectations) for name in names if name.endswith(".pack")
        )

    def _stored(self, digest: str, root: TrustRoot, expectations: Expectations | None) -> StoredPack:
        path = self._pack_path(digest)
        try:
            file = FileBytes(path)
            try:
                verified = verify_head(file, root, expectations)
                check_contents(verified)
                _require_digest(verified, digest)
                return StoredPack(digest, path, PackView([verified]).packs()[0], None)
            finally:
                file.close()
        except CorpusError as refusal:
            return StoredPack(digest, path, None, refusal)

    def open_view(
        self, root: TrustRoot, expectations: Expectations | None = None, shipped: str | None = None
    ) -> PackView:
        """Return the view that a scan uses: of the imported pack of channel ``default`` or of the one that ships.

        The imported pack counts if its (epoch, seq) is higher. Nothing is written. ``shipped`` is the path of the
        shipped pack, by default that of this release.

        Raises:
            CorpusError: no usable corpus; a store whose pack is missing or refused is an error, not a reason to fall
                back to an older pack.
        """
        expected = expectations or Expectations()
        files: list[FileBytes] = []
        try:
            files.append(FileBytes(shipped or default_pack_path()))
            chosen = verify_head(files[0], root, expected)
            highest = self.accepted().get(DEFAULT_CHANNEL)
            if highest is not None and (highest.epoch, highest.seq) > (chosen.manifest.epoch, chosen.manifest.seq):
                files.append(FileBytes(self._pack_path(highest.digest)))
                chosen = verify_head(files[1], root, expected._replace(accepted={DEFAULT_CHANNEL: highest}))
                _require_digest(chosen, highest.digest)
        except CorpusError:
            for file in files:
                file.close()
            raise
        return PackView([chosen], files)

    # --- writing

    def import_pack(self, source: str, root: TrustRoot, expectations: Expectations | None = None) -> VerifiedPack:
        """Copy a pack into the store, verify the copy, and accept it. Return its head; the store is as it was if not.

        ``source`` may be compressed by ``export_pack``. Freshness is judged if ``expectations`` asks.

        Raises:
            CorpusError: every code of verification; E_SOURCE: not a regular file; E_STORE: the store cannot be written.
        """
        handle = pack.open_regular(source)
        try:
            with self._locked():
                incoming = self._path("incoming")
                try:
                    self._copy(handle, incoming)
                    return self._accept(incoming, root, expectations or Expectations())
                finally:
                    with suppress(OSError):
                        os.unlink(incoming)
        finally:
            os.close(handle)

    def _accept(self, incoming: str, root: TrustRoot, expected: Expectations) -> VerifiedPack:
        accepted = self.accepted()
        file = FileBytes(incoming)
        try:
            verified = verify_head(file, root, expected._replace(accepted=accepted))
            check_contents(verified)
        finally:
            file.close()
        channel, made = verified.channel.name, verified.manifest
        try:
            os.chmod(incoming, 0o444)
            os.replace(incoming, self._pack_path(verified.digest))
            _sync_folder(self._path("packs"))
        except OSError as error:
            raise _store_error("the pack cannot be put in place", error) from error
        self._write_state({**accepted, channel: Accepted(made.epoch, made.seq, verified.digest)})
        return verified

    def _write_state(self, accepted: Mapping[str, Accepted]) -> None:
        channels = {
            name: {"epoch": each.epoch, "seq": each.seq, "digest": each.digest} for name, each in accepted.items()
        }
        data = canonical.dump({"type": "assay.store", "spec": 1, "channels": channels})
        temporary = self._path("state.new")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            with open(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path("state.json"))
            _sync_folder(self._root)
        except OSError as error:
            raise _store_error("the state cannot be written", error) from error

    def _copy(self, handle: int, incoming: str) -> None:
        """Copy what is behind ``handle`` to a file of our own, unpacked if it is gzip, and write it through."""
        try:
            out = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(out, "wb") as file:
                for part in _parts(handle):
                    file.write(part)
                    if file.tell() > pack.MAX_BYTES:
                        raise CorpusError("E_SOURCE", "larger than any pack may be")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _store_error("the pack cannot be copied into the store", error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Make the store if need be and hold its lock; a second import waits."""
        try:
            os.makedirs(self._path("packs"), mode=0o755, exist_ok=True)
            handle = os.open(self._path("lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _store_error("the store cannot be written", error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def export_pack(self, digest: str, destination: str, *, compress: bool = False) -> None:
        """Write a pack of the store to a new file, for the journey with gzip if ``compress``.

        Raises:
            CorpusError: E_STORE: no such pack. E_SOURCE: the file exists or cannot be written.
        """
        try:
            handle = pack.open_regular(self._pack_path(digest.removeprefix("sha256:")))
        except CorpusError as error:
            raise CorpusError("E_STORE", f"no pack {digest[:80]!a} in the store") from error
        try:
            write_export(handle, destination, compress=compress)
        finally:
            os.close(handle)

    def _path(self, name: str) -> str:
        return os.path.join(self._root, name)

    def _pack_path(self, digest: str) -> str:
        return os.path.join(self._root, "packs", f"{os.path.basename(digest)}.pack")


def write_export(handle: int, destination: str, *, compress: bool) -> None:
    """Write what is behind ``handle`` to a new file. Compressed bytes do not depend on time or name.

    Raises:
        CorpusError: E_SOURCE: the file exists or cannot be written.
    """
    try:
        out = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        with open(out, "wb") as file:
            packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS) if compress else None
            while part := os.read(handle, _CHUNK):
                file.write(packer.compress(part) if packer else part)
            if packer:
                file.write(packer.flush())
    except OSError as error:
        raise CorpusError("E_SOURCE", f"{destination}: cannot be written: {error.strerror}") from error


def _parts(handle: int) -> Iterator[bytes]:
    """Yield what is behind a handle in parts of at most ``_CHUNK`` bytes, unpacked if it is gzip."""
    first = os.read(handle, _CHUNK)
    if not first.startswith(_GZIP_MAGIC):
        while first:
            yield first
            first = os.read(handle, _CHUNK)
        return
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        while first and not unpacker.eof:
            yield unpacker.decompress(first, _CHUNK)
            first = unpacker.unconsumed_tail or os.read(handle, _CHUNK)
    except zlib.error as error:
        raise CorpusError("E_SOURCE", "a gzip file that cannot be unpacked") from error
    if not unpacker.eof or unpacker.unused_data or first:
        raise CorpusError("E_SOURCE", "a gzip file that is cut off or has something after its end")


def _accepted(fields: Fields) -> Accepted:
    return Accepted(fields.integer("epoch", 1, _MAX), fields.integer("seq", 1, _MAX), fields.digest("digest"))


def _require_digest(verified: VerifiedPack, digest: str) -> None:
    if verified.digest != digest:
        raise CorpusError("E_STORE", f"the pack {digest[:80]!a} of the store is another pack")


def _sync_folder(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _store_error(reason: str, error: OSError) -> CorpusError:
    return CorpusError("E_STORE", f"{reason}: {error.strerror}")
