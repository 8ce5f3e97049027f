"""Compressed streams, decoded in bounded steps: deflate, gzip, bzip2, xz, lzma.

The libraries' messages and positions differ between versions and are never shown.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, Protocol

from assay.scanner.inputs.archive.budget import STEP, BrokenError, Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_DICTIONARY = 160 * 1024**2
"""Memory that an xz or lzma stream may ask for; ``xz -9`` asks for 65 MiB."""

_FAILURES = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError)
_MOST_STREAMS = 10_000
"""Streams one after the other in a file (what ``cat a.gz b.gz`` makes); each costs little, but not nothing."""


class Decoder(Protocol):
    """What decodes one stream."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream in the last piece."""
        ...

    def take(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece of the stream gives, at most ``STEP`` bytes at a time."""
        ...


class _Deflate:
    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def take(self, piece: bytes) -> Iterator[bytes]:
        while True:
            given = self._inner.decompress(piece, STEP)
            yield given
            piece = self._inner.unconsumed_tail
            if self._inner.eof or (not piece and len(given) < STEP):
                return


class _Other:
    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def take(self, piece: bytes) -> Iterator[bytes]:
        while True:
            yield self._inner.decompress(piece, STEP)
            piece = b""
            if self._inner.eof or self._inner.needs_input:
                return


def _raw_deflate() -> Decoder:
    return _Deflate(-15)


def _gzip() -> Decoder:
    return _Deflate(31)


def _bzip2() -> Decoder:
    return _Other(bz2.BZ2Decompressor())


def _xz() -> Decoder:
    return _Other(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY))


def _lzma() -> Decoder:
    return _Other(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MAX_DICTIONARY))


STREAMS: dict[str, Callable[[], Decoder]] = {"gzip": _gzip, "bzip2": _bzip2, "xz": _xz, "lzma": _lzma}
"""Decoders of files that are one compressed stream, or several."""

ZIP_METHODS: dict[int, Callable[[], Decoder]] = {8: _raw_deflate, 12: _bzip2, 95: _xz}
"""Decoders of a zip's members by method (APPNOTE 4.4.5); 0 is stored."""


def decoded(pieces: Iterable[bytes], make: Callable[[], Decoder], budget: Budget) -> Iterator[bytes]:
    """Yield what one or several streams, one after the other, give; zeros after the last count as padding.

    Raises:
        BrokenError: corrupt, cut off, a bomb, or followed by something else (``trailing-data``).
        ExhaustedError: the budget is spent.
    """
    decoder, taken, given, streams = make(), 0, 0, 1
    begun = False
    for piece in pieces:
        taken += len(piece)
        rest = piece
        while rest:
            if decoder.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                decoder, begun, streams = make(), False, streams + 1
                if streams > _MOST_STREAMS:
                    raise BrokenError("too-many-streams", f"more than {_MOST_STREAMS} streams in one file")
            for some in _step(decoder, rest, again=streams > 1 and not begun):
                given += len(some)
                budget.weigh(taken, given)
                yield some
            begun = True
            rest = decoder.unused_data if decoder.eof else b""
    if not decoder.eof:
        raise BrokenError("truncated", "cut off within a compressed stream")


def _step(decoder: Decoder, piece: bytes, *, again: bool) -> Iterator[bytes]:
    try:
        yield from decoder.take(piece)
    except _FAILURES as error:
        if again:
            raise BrokenError("trailing-data", "something follows the end of the compressed stream") from error
        raise BrokenError("corrupt", "not valid compressed data") from error


def inflated(pieces: Iterable[bytes], make: Callable[[], Decoder] | None, budget: Budget) -> Iterator[bytes]:
    """Yield what exactly one stream gives (None: as it is), as a zip's members are stored.

    Raises:
        BrokenError: corrupt, cut off, a bomb, or ended before its bytes do.
        ExhaustedError: the budget is spent.
    """
    if make is None:
        yield from pieces
        return
    decoder, taken, given = make(), 0, 0
    for piece in pieces:
        if decoder.eof:
            raise BrokenError("size-mismatch", "the compressed data end before the size that the archive states")
        taken += len(piece)
        for some in _step(decoder, piece, again=False):
            given += len(some)
            budget.weigh(taken, given)
            yield some
    if not decoder.eof:
        raise BrokenError("truncated", "the compressed data are cut off")
    if decoder.unused_data:
        raise BrokenError("size-mismatch", "the compressed data end before the size that the archive states")
