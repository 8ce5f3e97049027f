"""What a piece of content is by its first bytes, whatever its name says."""

from __future__ import annotations

import struct

HEAD = 1024
"""Bytes of a file's begin that ``kind_of`` wants."""

ARCHIVES = frozenset({"zip", "tar"})
STREAMS = frozenset({"gzip", "bzip2", "xz", "lzma"})
UNSUPPORTED = frozenset({"7z", "rar", "zstd", "cab", "ar"})
"""Archives and compressed files that assay does not read."""

PROGRAMS = frozenset({"elf", "mach-o", "pe", "wasm"})
"""Machine code: what no interpreter of a language takes for its source."""

_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"!<arch>\n", "ar"),
    (b"\x7fELF", "elf"),
    (b"\0asm\x01\0\0\0", "wasm"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"%PDF-", "pdf"),
    (b"#!", "script"),
)
_MACH_O = frozenset({b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"})
_FAT = frozenset({b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"})
_FIRST = (*(mark for mark, _ in _MARKS), *_MACH_O, *_FAT, b"BZh", b"\x5d\0\0", b"MZ")
_PYC = b"\x0c\x0d\x0e\x0f\xf2\xf3"
"""Second byte of the magic number of compiled Python: 2.6 and 2.7, 3.0 to 3.3, 3.4 to 3.13, 3.14 and later."""

_MOST_SLICES = 20
"""Architectures in a universal Mach-O file; a Java class has its version, 45 or more, in the same place."""


def kind_of(head: bytes) -> str:
    """Return what content is by its first ``HEAD`` bytes, "" if it has no mark: most likely text."""
    if not head.startswith(_FIRST) and head[2:4] != b"\r\n" and head[257:262] != b"ustar":
        return ""
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    if head.startswith(b"BZh") and head[3:4] in b"123456789" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith(b"\x5d\0\0") and head[3:5] in (b"\x80\0", b"\0\x01", b"\0\x02", b"\0\x04", b"\x10\0"):
        return "lzma"
    return _executable(head)


def _executable(head: bytes) -> str:
    if head[:4] in _MACH_O:
        return "mach-o"
    if head[:4] in _FAT and len(head) >= 8:
        return "mach-o" if struct.unpack_from(">I", head, 4)[0] <= _MOST_SLICES else "java-class"
    if head.startswith(b"MZ") and len(head) >= 64:
        place = struct.unpack_from("<I", head, 60)[0]
        return "pe" if head[place : place + 4] == b"PE\0\0" else "dos"
    return "pyc" if head[2:4] == b"\r\n" and len(head) >= 16 and head[1] in _PYC else ""
