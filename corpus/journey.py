"""Packs on their way from one machine to another: compressed for the journey, capped when they are unpacked."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from assay.corpus import pack
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


def write_export(handle: int, destination: str, *, compress: bool) -> None:
    """Write what is behind ``handle`` to a new file. Compressed bytes do not depend on time or name.

    Raises:
        CorpusError: E_SOURCE: the file exists or cannot be written.
    """
    try:
        out = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CorpusError("E_SOURCE", f"{destination}: cannot be made: {error.strerror}") from error
    try:
        with open(out, "wb") as file:
            packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS) if compress else None
            while part := os.read(handle, _CHUNK):
                file.write(packer.compress(part) if packer else part)
            if packer:
                file.write(packer.flush())
    except OSError as error:
        with suppress(OSError):
            os.unlink(destination)  # made above; half a pack is of no use
        raise CorpusError("E_SOURCE", f"{destination}: cannot be written: {error.strerror}") from error


def parts(handle: int) -> Iterator[bytes]:
    """Yield what is behind a handle in parts of at most 1 MiB, unpacked if it is gzip.

    What cannot be a pack ends at its first byte that differs, so that little of a bomb is ever written.

    Raises:
        CorpusError: E_SOURCE: larger than any pack may be; gzip that is damaged, cut off or goes on after its end.
            E_CONTAINER: it does not begin as a pack does.
    """
    length = 0
    for part in _unpacked(handle):
        start = pack.MAGIC[length : length + len(part)]
        if not part.startswith(start):
            raise CorpusError("E_CONTAINER", "not a pack: it does not start with ASSAYPK1")
        length += len(part)
        if length > pack.MAX_BYTES:
            raise CorpusError("E_SOURCE", "larger than any pack may be")
        yield part


def _unpacked(handle: int) -> Iterator[bytes]:
    first = _read(handle)
    while len(first) < len(_GZIP_MAGIC) and (more := _read(handle)):  # a pipe may give single bytes
        first += more
    if not first.startswith(_GZIP_MAGIC):
        while first:
            yield first
            first = _read(handle)
        return
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        while first and not unpacker.eof:
            yield unpacker.decompress(first, _CHUNK)
            first = unpacker.unconsumed_tail or _read(handle)
    except zlib.error as error:
        raise CorpusError("E_SOURCE", "a gzip file that cannot be unpacked") from error
    if not unpacker.eof or unpacker.unused_data or first:
        raise CorpusError("E_SOURCE", "a gzip file that is cut off or has something after its end")


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, _CHUNK)
    except OSError as error:
        raise CorpusError("E_SOURCE", f"the pack cannot be read: {error.strerror}") from error
