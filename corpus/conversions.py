"""What OSV records were turned into by an earlier build, kept so that an update converts only what changed.

A file of data::

    0   8    magic "ASSAYCV1"
    8   32   sha256 of the name of the converting code
    40  …    per record: sha256 of its bytes, 16 bytes of MAC, u32 LE length, payload

A payload is the line ``[id, modified, withdrawn, place of the source]`` in canonical JSON and a line for every package,
an entry as the advisory blocks hold it. The MAC is keyed by the signing key and the converting code and covers hash
and payload: whatever else a file holds is as good as absent, whoever wrote it, so it can make a build slower but never
another one.
"""

from __future__ import annotations

import os
from hashlib import blake2b, sha256
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

from assay.corpus import advisories, canonical
from assay.corpus.advisories import Entry
from assay.corpus.osv import Converted
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.scanner.models import Ecosystem

_MAGIC = b"ASSAYCV1"
_FRAME = Struct("<32s16sI")
_CONTEXT = b"assay conversions: this is no pack and no trust root"
_LARGEST = 2**30
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class Conversion(NamedTuple):
    """A record, converted. ``packages`` is empty if it was withdrawn or names no npm or PyPI package."""

    id: str
    modified: str
    withdrawn: bool
    packages: tuple[Converted, ...]


def derive_secret(key: Ed25519PrivateKey) -> bytes:
    """Return what only the holder of a signing key can make: 32 bytes. Ed25519 signatures are deterministic."""
    return sha256(key.sign(_CONTEXT)).digest()


class Conversions:
    """The conversions of one input: those of the last build, read from ``path``, and those of this one.

    The latter take the place of the former at the end of a ``with`` statement that no error ends.
    """

    def __init__(self, path: str, code: str, secret: bytes) -> None:
        """Take where they lie, the name of the converting code, and the secret that vouches for them."""
        self._path = path
        self._head = _MAGIC + sha256(code.encode()).digest()
        self._key = blake2b(self._head, key=secret).digest()
        self._data = _read(path)
        self._places = self._index()
        self._out: BinaryIO | None = None
        self.recalled = 0

    def _index(self) -> dict[bytes, int]:
        """Return where the frame of each record starts."""
        data, found = self._data, {}
        if not data.startswith(self._head):
            return {}
        place = len(self._head)
        while place + _FRAME.size <= len(data):
            digest, _, length = _FRAME.unpack_from(data, place)
            found[digest] = place
            place += _FRAME.size + length
        return found

    def recall(self, digest: bytes, source: int) -> Conversion | None:
        """Return what the record with a sha256 was turned into, its source at a place of the manifest; None if unknown.

        What is returned is kept for the next build too.
        """
        place = self._places.get(digest)
        if place is None:
            return None
        _, mac, length = _FRAME.unpack_from(self._data, place)
        payload = self._data[place + _FRAME.size : place + _FRAME.size + length]
        if mac != self._mac(digest, payload):
            return None
        conversion = _load(payload, source)
        if conversion is not None:
            self._write(digest, mac, payload)
            self.recalled += 1
        return conversion

    def keep(self, digest: bytes, source: int, conversion: Conversion) -> None:
        """Keep what a record was turned into for the next build. Raises OSError."""
        try:
            payload = _dump(conversion, source)
        except UnicodeEncodeError:  # half a surrogate pair; such a record is converted anew
            return
        self._write(digest, self._mac(digest, payload), payload)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._data, self._places = b"", {}
        if self._out is not None:
            self._out.close()
            self._out = None
            if kind is None:
                os.replace(f"{self._path}.new", self._path)
            else:
                os.unlink(f"{self._path}.new")

    def _write(self, digest: bytes, mac: bytes, payload: bytes) -> None:
        if self._out is None:
            self._out = open(os.open(f"{self._path}.new", _FLAGS, 0o600), "wb")  # noqa: SIM115 - until the end
            self._out.write(self._head)
        self._out.write(_FRAME.pack(digest, mac, len(payload)) + payload)

    def _mac(self, digest: bytes, payload: bytes) -> bytes:
        return blake2b(digest + payload, key=self._key, digest_size=16).digest()


def _read(path: str) -> bytes:
    """Return a file, nothing if there is none or it cannot be read."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _dump(conversion: Conversion, source: int) -> bytes:
    head = [conversion.id, conversion.modified, int(conversion.withdrawn), source]
    entries = (Entry(ecosystem, name, (record,)) for ecosystem, name, record in conversion.packages)
    return b"\n".join((canonical.dump(head), *map(advisories.encode_entry, entries)))


def _load(payload: bytes, source: int) -> Conversion | None:
    """Return the conversion in a payload that is vouched for; None if its source stands at another place by now."""
    head, *lines = payload.split(b"\n")
    try:
        id_, modified, withdrawn, place = canonical.load_typed(head, "E_INDEX", "conversion")
        entries = [advisories.decode_entry(line) for line in lines]
    except (CorpusError, ValueError, TypeError):
        return None
    if place != source or not isinstance(id_, str) or not isinstance(modified, str):
        return None
    return Conversion(id_, modified, bool(withdrawn), tuple(map(_converted, entries)))


def _converted(entry: Entry) -> Converted:
    ecosystem: Ecosystem = "npm" if entry.ecosystem == "npm" else "pypi"
    return Converted(ecosystem, entry.name, entry.records[0])
