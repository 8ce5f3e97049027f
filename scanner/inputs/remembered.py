"""What reading the code of installed packages gave, kept from one scan to the next, by content and ruleset alone.

The key of a package is a hash over the ruleset, how it is packed, and the path, size and SHA-256 of each of its files:
neither a place nor a time is in it, so every byte is read and hashed before anything is remembered. An entry that is
not whole is none. Whoever can write to the folder can write what a scan will say: it is made for its owner alone, and
one that belongs to somebody else, or that others may write to, is not used.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import zlib
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.inputs.code_folders import Memory

KEPT = 3
"""Rulesets whose entries are kept, the one in use among them."""

MOST_BESIDE = 200
"""Entries of one ruleset whose keys begin alike, of 256 beginnings; beyond that the oldest are let go."""

LARGEST = 64 << 20
"""Bytes of one entry, unpacked."""

_DIGEST = 32


class Store:
    """The entries of one ruleset. What goes wrong with the disk means that there is no entry."""

    def __init__(self, memory: Memory) -> None:
        self._usable = is_usable(memory.folder)
        self._folder = folder_of(memory)

    def get(self, key: str) -> bytes | None:
        """Return an entry, None if there is none that is whole."""
        if not self._usable:
            return None
        try:
            with open(self._path(key), "rb") as file:
                data = file.read(LARGEST)
            unpacker = zlib.decompressobj()
            content = unpacker.decompress(data[_DIGEST:], LARGEST)
        except (OSError, zlib.error):
            return None
        whole = unpacker.eof and hashlib.sha256(key.encode() + content).digest() == data[:_DIGEST]
        return content if whole else None

    def put(self, key: str, content: bytes) -> None:
        """Keep an entry; another process may do the same at the same time."""
        if not self._usable or len(content) > LARGEST:
            return
        path = self._path(key)
        with suppress(OSError):
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(key.encode() + content).digest() + zlib.compress(content, 1))
            os.replace(temporary, path)
            with os.scandir(os.path.dirname(path)) as listing:
                beside = list(listing)
            if len(beside) > MOST_BESIDE:
                for entry in sorted(beside, key=_age)[:-MOST_BESIDE]:
                    os.unlink(entry.path)

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key[:2], key[2:])


def folder_of(memory: Memory) -> str:
    """Return the folder with the entries of a ruleset."""
    return os.path.join(memory.folder, memory.ruleset.partition(":")[2] or memory.ruleset)


def is_filled(memory: Memory) -> bool:
    """Say whether anything may be remembered."""
    return is_usable(memory.folder) and os.path.isdir(folder_of(memory))


@cache
def is_usable(folder: str) -> bool:
    """Make the folder if need be, and say whether it is its owner's alone; let go of rulesets long unused."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            return False
        with os.scandir(folder) as listing:
            rulesets = sorted((entry for entry in listing if entry.is_dir(follow_symlinks=False)), key=_age)
    except OSError:
        return False
    for entry in rulesets[:-KEPT]:
        shutil.rmtree(entry.path, ignore_errors=True)
    return True


def _age(entry: os.DirEntry[str]) -> tuple[int, str]:
    return entry.stat(follow_symlinks=False).st_mtime_ns, entry.name


def key_of(surroundings: Iterable[object], files: Iterable[tuple[str, str, int]]) -> str:
    """Return the key of a package: how it lies there, and (path, SHA-256, size) of each of its files."""
    digest = hashlib.sha256(repr(tuple(surroundings)).encode("utf-8", "backslashreplace"))
    for path, sha256, size in sorted(files):
        digest.update(f"\0{path}\0{sha256}\0{size}".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()
