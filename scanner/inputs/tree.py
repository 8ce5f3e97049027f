"""The only reader of the scanned disk: sorted walk, every file opened once, hashed and handed to its parser.

Paths are bytes on the way in, so that the locale's encoding decides nothing, and POSIX text relative to the target on
the way out. No link is followed; no device, pipe or socket is opened.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import os
import stat
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.archive.content import HEAD, PROGRAMS, kind_of
from assay.scanner.inputs.formats import Format, format_of, is_artifact, language_of, of_installed, sniff
from assay.scanner.inputs.text import MAX_BYTES
from assay.scanner.models import FileDigest, Gap, Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from assay.scanner.inputs.code_folders import Memory, NpmSources, Portion, Read, Sources
    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.inputs.sightings import Searcher
    from assay.scanner.knowledge import Observable
    from assay.scanner.models import EntryPoint, Sighting

    Feed = Callable[[bytes], object]
    Take = Callable[[bytes | None], bool]


MAX_DEPTH = 128
"""Folders below the target; the deepest real node_modules met in public projects is about 40."""

MAX_FILES = 1_000_000
"""Files of one target; a large monorepo with everything installed has about 300,000."""

MAX_FILE_BYTES = 2 * 1024**3
"""A larger file is not hashed."""

IGNORED_FOLDERS = frozenset({b".git", b".hg", b".svn"})
"""The only folders that are never read: they hold history, not what is installed or built."""

MAX_CODE_BYTES = 32 << 20
"""A larger file is not read as code; as in archives."""

_CHUNK = 1 << 20
_NAME = attrgetter("name")


class Entry(NamedTuple):
    """One name found by the walk. ``kind``: file, link (``detail`` is where it points), special or gap."""

    raw: bytes
    path: str
    kind: str
    detail: str = ""


class ReadFile(NamedTuple):
    """One file after reading: its digest (None if it could not be read), what a parser made of it, and gaps.

    ``sightings`` are the first places of what was looked for in it. Of an archive ``members`` are the files in it,
    ``languages`` counts them, ``package`` is what it is as a package, and ``others`` are the packages that lie in it.
    The first file of a folder with code has that folder's code as its ``package``. ``kind`` is what a file of an npm
    package is by its first bytes.
    """

    path: str
    digest: FileDigest | None
    parsed: Parsed | None = None
    gaps: tuple[Gap, ...] = ()
    language: str | None = None
    sightings: tuple[Sighting, ...] = ()
    members: tuple[FileDigest, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    package: Package | None = None
    others: tuple[Package, ...] = ()
    kind: str = ""


class Sought(NamedTuple):
    """What files are searched for, whether it must be known whose they are, as RECORD says, and who reads code.

    ``code`` is the full name of a module with a class ``Sources`` (see ``scanner/code/reading.py``), ``npm`` the same
    for npm packages, "" for none. It is loaded by whoever meets code first, and carries facts to the process that
    asked, never the content. ``remember`` says where what reading an installed package gave is kept, None for nowhere.
    """

    observables: tuple[Observable, ...] = ()
    owners: bool = False
    code: str = ""
    npm: str = ""
    remember: Memory | None = None


class Limits(NamedTuple):
    """How much of a target is read at the most; what is beyond becomes a gap."""

    depth: int = MAX_DEPTH
    files: int = MAX_FILES
    file_bytes: int = MAX_FILE_BYTES


def text_path(raw: bytes) -> str:
    """Return a path as text: UTF-8, with bytes that are not UTF-8 written as ``\\xNN``."""
    return raw.decode("utf-8", "backslashreplace")


def walk(root: bytes, limits: Limits, *, reverse_listing: bool = False) -> Iterator[Entry]:
    """Yield everything below ``root`` sorted by path, folders themselves left out.

    ``reverse_listing`` turns the order in which the system lists folders around, to prove that it decides nothing.
    """
    count = 0
    pending: list[tuple[bytes, int]] = [(b"", 0)]
    while pending:
        folder, depth = pending.pop()
        if depth > limits.depth:
            yield Entry(folder, text_path(folder), "gap", f"too-deep|more than {limits.depth} folders deep")
            continue
        try:
            with os.scandir(os.path.join(root, folder) if folder else root) as listing:
                found = list(listing)
        except OSError as error:
            yield Entry(folder, text_path(folder), "gap", f"unreadable|{describe(error)}")
            continue
        if reverse_listing:
            found.reverse()
        folders = []
        for item in sorted(found, key=_NAME):
            raw = folder + b"/" + item.name if folder else item.name
            if item.is_dir(follow_symlinks=False):
                if item.name not in IGNORED_FOLDERS:
                    folders.append((raw, depth + 1))
                continue
            count += 1
            if count > limits.files:
                yield Entry(b"", "", "gap", f"too-many-files|more than {limits.files} files; the rest was not read")
                return
            yield _classify(root, raw, item)
        pending.extend(reversed(folders))


def _classify(root: bytes, raw: bytes, item: os.DirEntry[bytes]) -> Entry:
    path = text_path(raw)
    if item.is_symlink():
        try:
            return Entry(raw, path, "link", text_path(os.readlink(os.path.join(root, raw))))
        except OSError as error:
            return Entry(raw, path, "gap", f"unreadable|{describe(error)}")
    return Entry(raw, path, "file" if item.is_file(follow_symlinks=False) else "special")


def describe(error: OSError) -> str:
    """Return the symbolic name of an error (``EACCES``): the same in every locale and on every system."""
    return errno.errorcode.get(error.errno or 0, "EIO")


class Content(NamedTuple):
    """What was read of a file: SHA-256 (hex), size, its first bytes (up to ``HEAD``), all of them if they are few."""

    sha256: str
    size: int
    head: bytes
    data: bytes | None


def read_bytes(path: bytes, limit: int, feed: Feed | None = None, most: int = MAX_FILE_BYTES) -> Content:
    """Read one regular file without following a link, with its content if it has at most ``limit`` bytes.

    Every byte that is hashed is given to ``feed``.

    Raises:
        OSError: it cannot be opened or read, is not a regular file (ELOOP, EINVAL), or has more than ``most`` bytes
            (EFBIG).
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        size = found.st_size
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if size > most:
            raise OSError(errno.EFBIG, "too large")
        if size <= max(limit, _CHUNK):
            data = os.read(handle, size + 1)
            if len(data) == size:
                if feed:
                    feed(data)
                return Content(hashlib.sha256(data).hexdigest(), size, data[:HEAD], data if size <= limit else None)
            os.lseek(handle, 0, os.SEEK_SET)
        return _read_in_chunks(handle, limit, feed)
    finally:
        os.close(handle)


def open_regular(path: bytes) -> int:
    """Open a regular file for reading without following a link, and return its descriptor.

    Raises:
        OSError: it cannot be opened, or is not a regular file (ELOOP, EINVAL).
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return handle


def _read_in_chunks(handle: int, limit: int, feed: Feed | None) -> Content:
    digest, size, head, kept = hashlib.sha256(), 0, b"", []
    while chunk := os.read(handle, _CHUNK):
        digest.update(chunk)
        if feed:
            feed(chunk)
        head += chunk[: HEAD - len(head)]
        size += len(chunk)
        if size <= limit:
            kept.append(chunk)
        else:
            kept.clear()
    return Content(digest.hexdigest(), size, head, b"".join(kept) if size <= limit else None)


def read_file(
    root: bytes,
    entry: Entry,
    limits: Limits,
    form: Format | None,
    *,
    named: bool = False,
    searcher: Searcher | None = None,
    take: Take | None = None,
    kinds: bool = False,
) -> ReadFile:
    """Read, hash, search and parse one file. ``named`` files, which the invoker pointed at, are sniffed if need be.

    ``take`` is given the content, None for one too large to be held, and says whether it will be read as code. With
    ``kinds`` it is told what the file is by its first bytes.
    """
    path = entry.path
    language = language_of(path)
    search = searcher.begin() if searcher else None
    try:
        most = _most_held(form, named=named, code=take is not None)
        read = read_bytes(os.path.join(root, entry.raw), most, search.feed if search else None, limits.file_bytes)
    except OSError as error:
        gap = Gap(path, "unreadable", describe(error))
        if error.errno == errno.EFBIG:
            gap = Gap(path, "too-large", f"more than {limits.file_bytes} bytes")
        return ReadFile(path, None, gaps=(gap,))
    data = read.data
    kind = kind_of(read.head) if kinds else ""
    digest = FileDigest(path, read.sha256, read.size)
    sightings = search.finish(path) if search else ()
    machine_code = data is None and kind_of(read.head) in PROGRAMS
    if take and not machine_code and take(data):
        language = None
    if data is not None and len(data) > MAX_BYTES:
        data = None
    if named and data is not None and form is None:
        form = sniff(data, path)
    if form is None:
        return ReadFile(path, digest, None, _unknown(path) if named else (), language, sightings, kind=kind)
    if data is None:
        gap = Gap(path, "too-large", f"more than {MAX_BYTES} bytes; not parsed as {form.name}")
        return ReadFile(path, digest, None, (gap,), language, sightings, kind=kind)
    parsed = form.parser()(data, path)
    return ReadFile(path, digest, parsed, parsed.gaps, language, sightings, kind=kind)


def _most_held(form: Format | None, *, named: bool, code: bool) -> int:
    """Return the bytes up to which the content of a file is wanted."""
    return max(MAX_CODE_BYTES if code else 0, MAX_BYTES if form or named else 0)


def read_artifact(root: bytes, entry: Entry, limits: Limits, sought: Sought, *, named: bool = False) -> ReadFile | None:
    """Read an archive member by member; None if the invoker ``named`` it and its bytes are none of an archive."""
    opener = importlib.import_module("assay.scanner.inputs.artifact")
    path = entry.path
    try:
        handle = open_regular(os.path.join(root, entry.raw))
        try:
            before = os.fstat(handle)
            source = opener.Source(before.st_size, lambda offset, length: os.pread(handle, length, offset))
            if named and not is_artifact(path) and not opener.is_archive(source):
                return None
            if before.st_size > limits.file_bytes:
                return ReadFile(path, None, gaps=(Gap(path, "too-large", f"more than {limits.file_bytes} bytes"),))
            read = _read_in_chunks(handle, 0, None)
            digest = FileDigest(path, read.sha256, read.size)
            readers = opener.Readers(partial(sources_for, sought), partial(npm_sources_for, sought))
            opened = opener.open_artifact(source, digest, searcher_for(sought), readers)
            after = os.fstat(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return ReadFile(path, None, gaps=(Gap(path, "unreadable", describe(error)),))
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    gaps = (Gap(path, "changed", "the file was changed while it was read"),) if changed else ()
    return ReadFile(
        path,
        digest,
        opened.parsed,
        opened.gaps + gaps,
        sightings=opened.sightings,
        members=opened.members,
        languages=opened.languages,
        package=opened.package,
        others=opened.others,
    )


def searcher_for(sought: Sought) -> Searcher | None:
    """Return what searches files, None if there is nothing to look for; only then nothing is loaded."""
    if not sought.observables:
        return None
    made: Searcher = importlib.import_module("assay.scanner.inputs.sightings").searcher(sought.observables)
    return made


def _unknown(path: str) -> tuple[Gap, ...]:
    return (Gap(path, "unknown-format", "not a lockfile, manifest or SBOM that assay reads"),)


def sources_for(sought: Sought) -> Sources | None:
    """Return what the code of one package is given to, None if code is not asked for; only then nothing is loaded."""
    if not sought.code:
        return None
    made: Sources = importlib.import_module(sought.code).Sources()
    return made


def npm_sources_for(sought: Sought) -> NpmSources | None:
    """Return what the files of one npm package are given to, None if its code is not asked for."""
    if not sought.npm:
        return None
    made: NpmSources = importlib.import_module(sought.npm).Sources()
    return made


def read_all(root: bytes, portion: Portion, limits: Limits, sought: Sought) -> list[ReadFile]:
    """Read files one after the other, in the order given, and the code in them as that of one package."""
    if portion.archive and (opened := read_artifact(root, portion.entries[0], limits, sought)):
        return [opened]
    if portion.ecosystem == "npm":
        read: list[ReadFile] = importlib.import_module("assay.scanner.inputs.npm_code").read_package(
            root, portion, limits, sought
        )
        return read
    searcher = searcher_for(sought)
    sources = sources_for(sought) if portion.packed else None
    start = portion.start
    read = []
    for entry in portion.entries:
        form = format_of(entry.path) or (of_installed(entry.path) if sought.owners else None)
        take = partial(sources.take, entry.path[start:]) if sources else None
        read.append(read_file(root, entry, limits, form, searcher=searcher, take=take))
    if sources is None:
        return read
    found = sources.finish(portion.packed or "source", portion.paths, entry_points_of(read))
    keep(portion, read, found, sought)
    return with_reading(read, portion, found)


def keep(portion: Portion, read: list[ReadFile], found: Read, sought: Sought) -> None:
    """Have remembered what reading a package gave, if anything is to be."""
    if sought.remember is not None:
        importlib.import_module("assay.scanner.inputs.remembering").keep(portion, read, found, sought.remember)


def entry_points_of(read: Iterable[ReadFile]) -> tuple[EntryPoint, ...]:
    """Return the entry points that the files of a package name, sorted."""
    return tuple(sorted({point for one in read if one.parsed for point in one.parsed.entry_points}))


def with_reading(read: list[ReadFile], portion: Portion, found: Read) -> list[ReadFile]:
    """Return what was read with what came of its code, and what of that was not looked at."""
    folder = f"{portion.folder}/" if portion.folder else ""
    gaps = tuple(Gap(folder + path, reason, detail) for path, reason, detail in found.unread)
    package = None
    if found.code:
        package = Package("", portion.folder, portion.packed or "source", code=found.code, ecosystem=portion.ecosystem)
    if not read:  # all of it was read before: what it gave belongs to the first of these
        return [ReadFile(portion.held[0][0], None, gaps=gaps, package=package)] if package or gaps else []
    return [read[0]._replace(package=package, gaps=read[0].gaps + gaps), *read[1:]]
