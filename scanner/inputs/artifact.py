"""A wheel, source archive, npm tarball or any other archive, from its bytes to facts: nothing is unpacked or run.

Loaded only when a target holds one. The archive is read member by member; of each its hash, what was looked for in it
and what an inspector makes of it are kept, never its content. Whose code it holds is told by its name, and by its
content where that says otherwise: then it is read once more.
"""

from __future__ import annotations

import importlib
from collections import Counter
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs import npm_homes, packed
from assay.scanner.inputs.archive.budget import Budget, Limits, Log, Source
from assay.scanner.inputs.archive.content import ARCHIVES, PROGRAMS, STREAMS
from assay.scanner.inputs.archive.members import WITHIN, Reading, container_of, members
from assay.scanner.inputs.code_folders import may_hold_code
from assay.scanner.inputs.formats import is_cached, is_test, language_of
from assay.scanner.inputs.parsed import Installed, Parsed
from assay.scanner.models import FileDigest, Gap, Package, PackedFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.inputs.archive.budget import Note
    from assay.scanner.inputs.archive.members import Member
    from assay.scanner.inputs.code_folders import NpmSources, Sources
    from assay.scanner.inputs.npm_archive import NpmPart
    from assay.scanner.inputs.sightings import Searcher
    from assay.scanner.models import Sighting

_NAMES = {
    "7z": "a 7z archive",
    "rar": "a RAR archive",
    "zstd": "a Zstandard file",
    "cab": "a cabinet",
    "ar": "an ar archive",
}
MAX_METADATA = 48 * 1024**2
"""Bytes of metadata of one archive that are held; the RECORD of 40,000 files has about 5 MB."""

_NEVER_A_PACKAGE = {".conda": "a conda package", ".egg": "an egg, which pip no longer installs"}


class Opened(NamedTuple):
    """What an archive gave: its members, what it says as a package, gaps, sightings, and files by language.

    If it is neither wheel nor source archive, ``package`` is its code alone. ``others`` are the npm packages in it.
    """

    members: tuple[FileDigest, ...]
    gaps: tuple[Gap, ...]
    sightings: tuple[Sighting, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    parsed: Parsed = Parsed("artifact")
    package: Package | None = None
    others: tuple[Package, ...] = ()


class Readers(NamedTuple):
    """What makes the readers of code, for Python and for one npm package each; None if code is not asked for."""

    python: Callable[[], Sources | None] = lambda: None
    npm: Callable[[], NpmSources | None] = lambda: None


def is_archive(source: Source) -> bool:
    """Say by its bytes whether a file is an archive or a compressed file, of a kind that is read or another."""
    return bool(container_of(source))


def open_artifact(
    source: Source,
    digest: FileDigest,
    searcher: Searcher | None = None,
    readers: Readers | None = None,
    limits: Limits | None = None,
) -> Opened:
    """Read an archive. What ``readers`` make is given every member in which there may be code, by its path."""
    kind = container_of(source)
    make = readers or Readers()
    npm = npm_homes.is_tarball(digest.path) or is_cached(digest.path)
    part = _part(digest.path, make, None) if npm else None
    found = _read(source, kind, _Found(digest.path, make.python(), part, Log()), searcher, limits)
    homes = found.homes(digest, kind)
    if homes is not None and homes != (part.homes if part else frozenset()):
        part = _part(digest.path, make, homes) if homes else None
        found = _read(source, kind, _Found(digest.path, make.python(), part, Log()), searcher, limits)
    return found.finish(digest, kind)


def _part(path: str, make: Readers, homes: frozenset[str] | None) -> NpmPart:
    """Return who takes the npm packages of an archive; loaded only if there are any."""
    made: NpmPart = importlib.import_module("assay.scanner.inputs.npm_archive").NpmPart(path, make.npm, homes)
    return made


def _read(source: Source, kind: str, found: _Found, searcher: Searcher | None, limits: Limits | None) -> _Found:
    name = basename(found.path)
    _judge_container(name, kind, found.log)
    if kind in ARCHIVES or kind in STREAMS:
        reading = Reading(Budget(limits or Limits()), found.log, searcher.begin if searcher else None, is_test)
        for member in members(source, kind, reading, name):
            found.take(member)
    return found


def _judge_container(name: str, kind: str, log: Log) -> None:
    """Note a container that cannot be read, or is not what its name promises."""
    lowered = name.lower()
    if kind in _NAMES:
        log.gap("unsupported", f"{_NAMES[kind]}, which assay does not read")
    elif not kind:
        log.gap("not-an-archive", "neither zip nor tar nor compressed")
    elif lowered.endswith(".whl") and kind != "zip":
        log.gap("not-a-wheel", f"a {kind} file that is named as a wheel, which is a zip")
    for ending, what in _NEVER_A_PACKAGE.items():
        if lowered.endswith(ending):
            log.gap("unsupported", f"{what}; its members were read, but not judged as a package")


class _Found:
    """What the members of one archive gave so far; of their content only metadata are kept."""

    def __init__(self, path: str, sources: Sources | None, part: NpmPart | None, log: Log) -> None:
        self.path = path
        self.log = log
        self._part = part
        self._room = MAX_METADATA
        self._sources = sources
        self._digests: dict[str, FileDigest] = {}
        self._files: dict[str, PackedFile] = {}
        self._kept: dict[str, bytes] = {}
        self._languages: Counter[str] = Counter()
        self._sightings: list[Sighting] = []

    def take(self, member: Member) -> None:
        path = member.path
        count = 2
        while path in self._files:  # a plain name may look like a path within a nested archive
            path, count = f"{member.path}#{count}", count + 1
        full = self.path + WITHIN + path
        self._files[path] = PackedFile(path, member.sha256, member.size, member.kind)
        self._digests[path] = FileDigest(full, member.sha256, member.size, inside=True)
        if member.search:
            self._sightings += member.search.finish(full)
        opened = member.kind in ARCHIVES or member.kind in STREAMS
        language = language_of(path)
        machine_code = member.data is None and member.kind in PROGRAMS
        read = not machine_code and self._hand_on(path, member.data)
        if language and not read and not (opened and language == "archive"):
            self._languages[language] += 1
        if member.data is None:
            return
        if (member.level == 0 and packed.is_metadata(path)) or (self._part and self._part.wants(path)):
            self._room -= len(member.data)
            if self._room >= 0:
                self._kept[path] = member.data
            else:
                self.log.gap("too-large", f"metadata of more than {MAX_METADATA} bytes", path)

    def _hand_on(self, path: str, data: bytes | None) -> bool:
        """Give a member to the reader of the package that it belongs to; say whether it is code that will be read."""
        if self._part and self._part.owns(path):
            return self._part.take(path, data)
        return self._sources is not None and may_hold_code(path) and self._sources.take(path, data)

    def homes(self, digest: FileDigest, kind: str) -> frozenset[str] | None:
        """Return where the npm packages are that it holds, if it is none of Python; None if a guess may stand."""
        found = npm_homes.homes(self._files)
        if found and npm_homes.is_tarball(digest.path):
            return found
        if packed.is_described(self._contents(digest, kind)):
            return frozenset()
        if found or any(language_of(path) == "python" for path in self._files):
            return found
        return None

    def _contents(self, digest: FileDigest, kind: str) -> packed.Contents:
        unread = frozenset(note.member for note in self.log.gaps)
        return packed.Contents(digest, kind, self._files, self._kept, unread)

    def finish(self, digest: FileDigest, kind: str) -> Opened:
        """Bring together what was read; what is odd in an archive that is no package is a gap, for no rule sees it."""
        log = self.log
        gaps = [self._gap(note) for note in log.gaps]
        package: Package | None = None
        others: tuple[Package, ...] = ()
        if self._part and self._part.homes:
            others, parsed, told = self._part.finish(digest, self._files, self._kept, log.notes)
            gaps += told
        else:
            package, parsed, told = self._described(digest, kind)
            gaps += told
        package, unread = self._with_code(package)
        gaps += unread
        return Opened(
            members=tuple(self._digests[path] for path in sorted(self._digests)),
            gaps=tuple(gaps),
            sightings=tuple(self._sightings),
            languages=tuple(sorted((self._languages + Counter({"archive": len(log.passed)})).items())),
            parsed=parsed,
            package=package,
            others=others,
        )

    def _described(self, digest: FileDigest, kind: str) -> tuple[Package | None, Parsed, tuple[Gap, ...]]:
        """Return what the archive is as a package of Python, if it is one."""
        described = packed.describe(self._contents(digest, kind), self.log.notes)
        if described is None or described.component is None:
            harmful = (self._gap(note) for note in self.log.notes if note.kind in _HARMFUL)
            return None, Parsed("artifact"), (*(described.gaps if described else ()), *harmful)
        parsed = Parsed(
            "artifact",
            declarations=described.declarations,
            installed=(Installed(digest.path + "!", described.component),),
            project=described.component.name,
            repositories=described.places,
        )
        return Package(**described.package), parsed, described.gaps

    def _with_code(self, package: Package | None) -> tuple[Package | None, list[Gap]]:
        """Return the package with what its code does; code in an archive that is no package belongs to nobody."""
        if self._sources is None:
            return package, []
        subject = package or Package("", self.path, "sdist")
        read = self._sources.finish(subject.packed, self._files, subject.entry_points)
        gaps = [Gap(self.path + WITHIN + path, reason, detail) for path, reason, detail in read.unread]
        return (subject._replace(code=read.code) if read.code else package), gaps

    def _gap(self, note: Note) -> Gap:
        return Gap(self.path + (WITHIN + note.member if note.member else ""), note.kind, note.detail)


_HARMFUL = frozenset({"unsafe-name", "duplicate-name", "link-outside", "special-member"})
