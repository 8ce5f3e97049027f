"""Files that are there whole or not at all, whatever ends the process: written through, then renamed into place.

Every failure of the disk is a ``CorpusError`` E_STORE with one line; nothing here knows what the files hold.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def store_error(reason: str, error: OSError) -> CorpusError:
    """Return the refusal for a failure of the disk."""
    return CorpusError("E_STORE", f"{reason}: {error.strerror}")


def write_through(path: str, parts: Iterable[bytes], mode: int = 0o600) -> None:
    """Write a new file and wait until it is on the disk; a file or link of that name is removed first.

    What a crash left behind may already be read-only, so it could not be written once more.

    Raises:
        CorpusError: E_STORE, or whatever making the parts raises.
    """
    try:
        with suppress(FileNotFoundError):
            os.unlink(path)
        with open(os.open(path, _NEW, mode), "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise store_error("the store cannot be written", error) from error


def make_folder(path: str) -> None:
    """Make a folder and those above it that are missing, and wait until their names are on the disk.

    Raises:
        CorpusError: E_STORE.
    """
    if os.path.isdir(path):
        return
    above = os.path.dirname(path) or os.curdir
    make_folder(above)
    try:
        with suppress(FileExistsError):  # another process made it; if it is no folder, writing into it fails
            os.mkdir(path, 0o755)
        sync_folder(above)
    except OSError as error:
        raise store_error("the store cannot be written", error) from error


def place(temporary: str, path: str, mode: int) -> None:
    """Give a file that was written through its mode and its name, and wait until the folder is on the disk too.

    Raises:
        CorpusError: E_STORE.
    """
    try:
        os.chmod(temporary, mode)
        os.replace(temporary, path)
        sync_folder(os.path.dirname(path))
    except OSError as error:
        raise store_error("a file cannot be put in place in the store", error) from error


def sync_folder(path: str) -> None:
    """Wait until the names in a folder are on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is made if need be; another process waits.

    Raises:
        CorpusError: E_STORE: the file cannot be made.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise store_error("the store cannot be written", error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            raise store_error("the store cannot be locked", error) from error
        yield
    finally:
        os.close(handle)


def read_whole(path: str, limit: int) -> bytes | None:
    """Return the content of a file of at most ``limit`` bytes, None if there is none.

    Raises:
        CorpusError: E_STORE: it cannot be read, or is longer.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise store_error("the store cannot be read", error) from error
    if len(data) > limit:
        raise CorpusError("E_STORE", f"a file of the store is longer than {limit} bytes")
    return data
