"""Archives made in memory: sound ones, and ones with a planted defect. Nothing here is larger than a few kilobytes."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

from assay.scanner.inputs.archive.budget import held
from assay.scanner.inputs.artifact import Opened, Readers, open_artifact
from assay.scanner.models import FileDigest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from assay.scanner.inputs.archive.budget import Limits
    from assay.scanner.inputs.code_folders import NpmSources, Sources

Files = list[tuple[str, bytes]]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": partial(gzip.compress, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def opened(
    data: bytes,
    name: str = "a.zip",
    limits: Limits | None = None,
    sources: Sources | None = None,
    npm: Callable[[], NpmSources | None] = lambda: None,
) -> Opened:
    """Read an archive as a scan does."""
    digest = FileDigest(name, hashlib.sha256(data).hexdigest(), len(data))
    return open_artifact(held(data), digest, None, Readers(lambda: sources, npm), limits)


def contents(read: Opened) -> dict[str, str]:
    """Return the SHA-256 of every member by its path within the archive."""
    return {file.path.partition("!/")[2]: file.sha256 for file in read.members}


def hashed(files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Return what ``contents`` gives of an archive that holds these files."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in files}


def reasons(read: Opened) -> list[str]:
    """Return the reasons of the gaps, each once."""
    return sorted({gap.reason for gap in read.gaps})


def kinds(read: Opened) -> list[str]:
    """Return the kinds of the package's mismatches, each once."""
    return sorted({one.kind for one in read.package.mismatches}) if read.package else []


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """Return a zip of the files, in their order; names may stand twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in files:
            info = zipfile.ZipInfo("x" if "\0" in name else name)
            info.filename = name
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(files: Files, form: int = tarfile.PAX_FORMAT, packed: str = "") -> bytes:
    """Return a tar archive of the files, compressed if asked for."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    data = buffer.getvalue()
    return PACK[packed](data) if packed else data


def header(
    name: bytes = b"a", size: int | bytes = 0, kind: bytes = b"0", link: bytes = b"", magic: bytes = b"ustar\x0000"
) -> bytes:
    """Return one header block of a tar with its checksum; ``size`` as a number or as the field stands."""
    field = b"%011o\0" % size if isinstance(size, int) else size
    start = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field + b"00000000000\0"
    rest = kind + link.ljust(100, b"\0") + magic
    block = (start + b" " * 8 + rest).ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padded(data: bytes) -> bytes:
    """Return content filled up to whole blocks."""
    return data + bytes(-len(data) % 512)


def pax(**records: str) -> bytes:
    """Return an extended header with these records."""
    body = b""
    for key, value in records.items():
        line = f" {key.replace('__', '.')}={value}\n".encode()
        length = len(line) + 1
        while len(str(length)) + len(line) != length:
            length = len(str(length)) + len(line)
        body += str(length).encode() + line
    return header(b"pax", len(body), b"x") + padded(body)


END = bytes(1024)


def wheel(
    files: Mapping[str, bytes] | None = None,
    *,
    name: str = "demo",
    version: str = "1.0",
    requires: Iterable[str] = (),
    record: str | None = None,
    extra: Files | None = None,
) -> bytes:
    """Return a wheel whose RECORD is right, but for ``extra``, which it does not list, unless ``record`` is given."""
    info = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    members = {
        **({"demo/__init__.py": b"X = 1\n"} if files is None else files),
        f"{info}/METADATA": (head + "".join(f"Requires-Dist: {one}\n" for one in requires)).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if record is None:
        record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in members.items())
        record += f"{info}/RECORD,,\n"
    return zipped([*members.items(), (f"{info}/RECORD", record.encode()), *(extra or [])])


def digest(data: bytes) -> str:
    """Return a hash as RECORD writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def sdist(files: Mapping[str, bytes] | None = None, *, name: str = "demo", version: str = "1.0") -> bytes:
    """Return a source archive (tar.gz) with PKG-INFO and setup.py."""
    root = f"{name}-{version}"
    info = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    members = {"PKG-INFO": info, "setup.py": b"from setuptools import setup\nsetup()\n", **(files or {})}
    return tarred([(f"{root}/{path}", data) for path, data in members.items()], packed="gz")


def zeros(size: int) -> bytes:
    """Return a raw deflate stream of so many zeros, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


def zip_of_zeros(size: int, name: str = "bomb") -> bytes:
    """Return a zip with one member of so many zeros, its sizes and checksum right."""
    stream, crc = zeros(size), 0
    for _ in range(size >> 20):
        crc = zlib.crc32(bytes(1 << 20), crc)
    encoded = name.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(stream), size, len(encoded), 0)
    local = b"PK\x03\x04" + common + encoded + stream
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + encoded
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def tarball(files: Mapping[str, bytes] | None = None, *, top: str = "package", **manifest: object) -> bytes:
    """Return a tarball of npm, demo 1.0.0 unless ``manifest`` says otherwise; its paths go on from ``top``."""
    said = json.dumps({"name": "demo", "version": "1.0.0", **manifest}).encode()
    members = {"package.json": said, **({"index.js": b"exports.x = 1;\n"} if files is None else files)}
    return tarred([(f"{top}/{path}", data) for path, data in members.items()], packed="gz")
