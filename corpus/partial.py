"""A download on its way: the part that came, and the validator by which the rest can be asked for.

Beside the part lies ``<part>.json``: the sha256 of the URL, a strong ETag and the size of the part. It is written when
a download is interrupted and the part is on the disk. Without it, or with a weak ETag, there is nothing to go on from
(RFC 9110 §13.1.5): a part that a crash left behind may have holes.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1024 * 1024
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def request_key(url: str) -> str:
    """Return what tells whether two requests are for the same file, and does not tell the URL: 64 hex digits."""
    return sha256(b"assay request\0" + url.encode("utf-8", "surrogatepass")).hexdigest()


def is_strong(etag: str) -> bool:
    """Say whether an ETag stands for the very bytes (RFC 9110 §8.8.3)."""
    return len(etag) > 2 and etag[0] == etag[-1] == '"' and etag.isascii() and etag.isprintable() and len(etag) <= 200


class Partial:
    """The part of one URL at a path."""

    def __init__(self, path: str, url: str) -> None:
        self._path, self._note, self._key = path, f"{path}.json", request_key(url)

    @property
    def size(self) -> int:
        """The bytes that are there."""
        try:
            return os.lstat(self._path).st_size
        except FileNotFoundError:
            return 0

    def validator(self) -> str:
        """Return the strong ETag of the file that the part belongs to, or "" if there is nothing to go on from."""
        try:
            with open(self._note, "rb") as file:
                note = json.loads(file.read(4096))
        except (OSError, ValueError, RecursionError):
            return ""
        known = isinstance(note, dict) and note.get("request") == self._key
        etag = note.get("etag") if known and 0 < self.size == note.get("size") else None
        return etag if isinstance(etag, str) and is_strong(etag) else ""

    def discard(self) -> None:
        """Forget the part. Raises OSError."""
        for path in (self._note, self._path):
            with suppress(FileNotFoundError):
                os.unlink(path)

    @contextmanager
    def begin(self, etag: str) -> Iterator[BinaryIO]:
        """Give an empty file; what came of it can be gone on from if the ETag is strong. Raises OSError."""
        self.discard()
        with open(os.open(self._path, _FLAGS, 0o600), "wb") as file, self._noting(file, etag):
            yield file

    @contextmanager
    def resume(self, etag: str) -> Iterator[tuple[BinaryIO, Any]]:
        """Give the file, to be written on at its end, and the running sha256 of what it holds. Raises OSError."""
        with suppress(FileNotFoundError):
            os.unlink(self._note)
        with open(os.open(self._path, _FLAGS, 0o600), "r+b") as file, self._noting(file, etag):
            hashed = sha256()
            while part := file.read(_CHUNK):
                hashed.update(part)
            yield file, hashed

    @contextmanager
    def _noting(self, file: BinaryIO, etag: str) -> Iterator[None]:
        """Write the note if what happens inside is interrupted, and the part is still wanted."""
        whole = False
        try:
            yield
            whole = True
        finally:
            if not whole and is_strong(etag) and os.path.exists(self._path):
                file.flush()
                os.fsync(file.fileno())
                note = json.dumps({"request": self._key, "etag": etag, "size": file.tell()}).encode()
                with open(os.open(self._note, _FLAGS | os.O_TRUNC, 0o600), "wb") as beside:
                    beside.write(note)
