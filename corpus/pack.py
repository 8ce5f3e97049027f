"""The container of a pack: where head, padding and body lie in the bytes. Nothing here is believed yet.

Pack format 1, "Container"::

    0   8  magic "ASSAYPK1"
    8   4  u32 LE length of the manifest envelope (at most 1 MiB)
    12  4  u32 LE number of trust-root updates carried (at most 64)
    16     each: u32 LE length + DSSE envelope of a trust root
           DSSE envelope of the manifest, then zero padding to 64
    body   sections in manifest order, each starting at a multiple of 64, gaps zero, nothing after the last
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, Protocol

from assay.corpus.fields import printable
from assay.corpus.manifest import Section
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.corpus.manifest import Manifest

MAGIC = b"ASSAYPK1"
ALIGNMENT = 64
MAX_ENVELOPE = 1024 * 1024
MAX_ROOT_ENVELOPE = 1024 * 1024
MAX_ROOTS = 64
MAX_BYTES = 2**31 - 1 + MAX_ENVELOPE + MAX_ROOTS * (MAX_ROOT_ENVELOPE + 4)
"""The longest file: the longest body and the longest head."""

_HEAD = Struct("<8sII")
_LENGTH = Struct("<I")


class PackBytes(Protocol):
    """The bytes of one pack file, wherever they are."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Return a copy of exactly ``length`` bytes. Raises CorpusError E_CONTAINER if there are fewer."""
        ...


class MemoryBytes:
    """The bytes of a pack that is in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return a copy of a part."""
        part = self._data[offset : offset + length]
        if len(part) != length:
            raise _cut()
        return part


class FileBytes:
    """The bytes of a pack file, read through one handle that is opened here and stays open.

    A copy is taken of every part before it is hashed and parsed: the file may change under us, the copy cannot.
    """

    def __init__(self, path: str) -> None:
        """Open ``path``.

        Raises:
            CorpusError: E_SOURCE: it cannot be opened, or is a link, a device, a pipe or a folder.
        """
        self._handle = open_regular(path)
        self.size = os.fstat(self._handle).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return a copy of a part."""
        try:
            part = os.pread(self._handle, length, offset)
            while part and len(part) < length:
                more = os.pread(self._handle, length - len(part), offset + len(part))
                if not more:
                    break
                part += more
        except OSError as error:
            raise CorpusError("E_SOURCE", f"the pack cannot be read: {error.strerror}") from error
        if len(part) != length:
            raise _cut()
        return part

    def close(self) -> None:
        """Close the handle; reading ends here."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def open_regular(path: str) -> int:
    """Return a handle for reading a regular file; a link at its last segment is not followed.

    Raises:
        CorpusError: E_SOURCE.
    """
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        if os.path.islink(path):
            raise CorpusError("E_SOURCE", f"{printable(path)}: a link, not a file") from error
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise CorpusError("E_SOURCE", f"{printable(path)}: cannot be opened: {reason}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise CorpusError("E_SOURCE", f"{printable(path)}: not a regular file")
    return handle


class Container(NamedTuple):
    """The parts of the head, and where the body starts: at a multiple of 64."""

    roots: tuple[bytes, ...]
    envelope: bytes
    body_offset: int


def read_container(pack: PackBytes) -> Container:
    """Return the head of a pack (verification step 2: magic, lengths, padding).

    Raises:
        CorpusError: E_CONTAINER. E_ROOT: more carried trust roots than the format allows.
    """
    if pack.size > MAX_BYTES:
        raise CorpusError("E_CONTAINER", "larger than any pack may be")
    if pack.size < _HEAD.size:
        raise CorpusError("E_CONTAINER", "too short for a pack" if pack.size else "empty")
    magic, envelope_length, count = _HEAD.unpack(pack.read(0, _HEAD.size))
    if magic != MAGIC:
        raise CorpusError("E_CONTAINER", "not a pack: it does not start with ASSAYPK1")
    if not 0 < envelope_length <= MAX_ENVELOPE:
        raise CorpusError("E_CONTAINER", f"the manifest envelope would have {envelope_length} bytes")
    if count > MAX_ROOTS:
        raise CorpusError("E_CONTAINER", f"{count} trust roots carried, at most {MAX_ROOTS} may be")
    position = _HEAD.size
    roots = []
    for _ in range(count):
        (length,) = _LENGTH.unpack(pack.read(position, _LENGTH.size))
        if not 0 < length <= MAX_ROOT_ENVELOPE:
            raise CorpusError("E_CONTAINER", f"a carried trust root would have {length} bytes")
        roots.append(pack.read(position + _LENGTH.size, length))
        position += _LENGTH.size + length
    envelope = pack.read(position, envelope_length)
    end = position + envelope_length
    body_offset = _aligned(end)
    _require_zeros(pack, end, body_offset)
    return Container(tuple(roots), envelope, body_offset)


def check_layout(pack: PackBytes, container: Container, manifest: Manifest) -> None:
    """Check that the sections fill the file as the manifest says (step 7), down to the last byte between them.

    Raises:
        CorpusError: E_LAYOUT: a name twice, an offset that is not the next multiple of 64, a wrong body length.
            E_CONTAINER: the file is shorter or longer, or a gap is not zero.
    """
    names = [section.name for section in manifest.sections]
    if len(set(names)) != len(names):
        raise CorpusError("E_LAYOUT", "two sections of one name")
    end = 0
    for section in manifest.sections:
        if section.offset != _aligned(end):
            raise CorpusError("E_LAYOUT", f"section {section.name} is at {section.offset}, not {_aligned(end)}")
        end = section.offset + section.length
    if manifest.body_length != end:
        raise CorpusError("E_LAYOUT", f"body_length is {manifest.body_length}, the sections end at {end}")
    if pack.size != container.body_offset + end:
        raise CorpusError("E_CONTAINER", f"the file has {pack.size} bytes, it must have {container.body_offset + end}")
    end = 0
    for section in manifest.sections:
        _require_zeros(pack, container.body_offset + end, container.body_offset + section.offset)
        end = section.offset + section.length


def read_section(pack: PackBytes, container: Container, section: Section) -> bytes:
    """Return the content of a section after checking its hash.

    Raises:
        CorpusError: E_HASH.
    """
    data = pack.read(container.body_offset + section.offset, section.length)
    if sha256(data).hexdigest() != section.sha256:
        raise CorpusError("E_HASH", f"section {section.name} does not have its signed hash")
    return data


def write_container(envelope: bytes, roots: Sequence[bytes], body: bytes) -> bytes:
    """Return the bytes of a pack file."""
    head = _HEAD.pack(MAGIC, len(envelope), len(roots))
    head += b"".join(_LENGTH.pack(len(root)) + root for root in roots) + envelope
    return b"".join((head, bytes(_aligned(len(head)) - len(head)), body))


def lay_out(contents: Iterable[tuple[str, str, bytes]]) -> tuple[tuple[Section, ...], bytes]:
    """Return the sections of a body and the body, from (name, kind, content) in the order wanted."""
    sections = []
    parts: list[bytes] = []
    end = 0
    for name, kind, content in contents:
        start = _aligned(end)
        parts += (bytes(start - end), content)
        sections.append(Section(name, kind, start, len(content), sha256(content).hexdigest()))
        end = start + len(content)
    return tuple(sections), b"".join(parts)


def _aligned(position: int) -> int:
    return -(-position // ALIGNMENT) * ALIGNMENT


def _require_zeros(pack: PackBytes, start: int, end: int) -> None:
    if any(pack.read(start, end - start)):
        raise CorpusError("E_CONTAINER", f"the padding at {start} is not zero")


def _cut() -> CorpusError:
    return CorpusError("E_CONTAINER", "cut off: the file ends before its content does")
