"""What an archive says as a package: identity, dependencies, and where it disagrees with itself. Pure.

The identity is that of the metadata; what the file name says besides is an alias, and a mismatch for a rule to weigh.
"""

from __future__ import annotations

from itertools import islice
from posixpath import basename, dirname
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.scanner.inputs.collect import Collector, shown
from assay.scanner.inputs.dist_info import first, licences_of, people_of, places_of, read_headers
from assay.scanner.inputs.file_name import FileName, same_version, sdist_name, wheel_name
from assay.scanner.inputs.pypi import identify, is_version, leading_name
from assay.scanner.inputs.pypi_manifest import PypiManifest
from assay.scanner.inputs.sdist import BUILD_FILES, egg_requirements, metadata_paths, root_of
from assay.scanner.inputs.wheel import UNRECORDED, entry_points, held_against, layout_of, read_record
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Component, Gap, Location, Mismatch, PackedFile, Scope
from assay.scanner.purl import purl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assay.scanner.inputs.archive.budget import Note
    from assay.scanner.inputs.dist_info import Headers
    from assay.scanner.inputs.parsed import Declaration
    from assay.scanner.models import FileDigest

_METADATA = frozenset({"METADATA", "PKG-INFO", "RECORD", "WHEEL", "entry_points.txt", "requires.txt", "top_level.txt"})
MAX_REQUIREMENTS = 20_000
"""Requirements of one package; the most that a real one has, with all its extras, is about 1,000."""

_LONGEST_MARKER = 2_000
"""Characters of a marker that is taken apart; real ones have up to 300."""

_EXTRA = lazy(r"\bextra\b")
_OR = lazy(r"\bor\b")
_GROUP = lazy(r"\((?:(?!\bextra\b)[^()])*\)")
"""Parentheses without an extra within."""

_CODE_ENDINGS = (".py", ".pyc", ".so", ".pyd")
_STARTUP = frozenset({"sitecustomize.py", "usercustomize.py"})


class Contents(NamedTuple):
    """An archive as it was read: itself, its kind, its files by path, the content of those that are metadata.

    ``unread`` are the members that are there but could not be read.
    """

    archive: FileDigest
    kind: str
    files: Mapping[str, PackedFile]
    kept: Mapping[str, bytes]
    unread: frozenset[str]


class Described(NamedTuple):
    """A package as a component, what it depends on, and the fields of its ``Package`` but for ``facts``.

    ``component`` is None if nothing says who it is; then only ``gaps`` count. ``places`` are addresses that it names.
    """

    component: Component | None
    declarations: tuple[Declaration, ...]
    package: dict[str, Any]
    gaps: tuple[Gap, ...]
    places: tuple[str, ...] = ()


def is_metadata(path: str) -> bool:
    """Say whether the content of a member is wanted here: metadata lie at most three folders deep."""
    return basename(path) in _METADATA and path.count("/") <= 3


def describe(contents: Contents, notes: Iterable[Note]) -> Described | None:
    """Return what a wheel or a source archive says of itself, None if the archive is neither."""
    part = _part_of(contents)
    return part.describe([Mismatch(note.kind, note.member, note.detail) for note in notes]) if part else None


def is_described(contents: Contents) -> bool:
    """Say whether an archive is a wheel or a source archive."""
    return _part_of(contents) is not None


def _part_of(contents: Contents) -> _Wheel | _Sdist | None:
    own = {path: file for path, file in contents.files.items() if "!/" not in path}
    name = basename(contents.archive.path)
    if name.lower().endswith(".egg"):
        return None
    wheel = name.lower().endswith(".whl") or any(
        path.endswith(".dist-info/WHEEL") and path.count("/") == 1 for path in own
    )
    if wheel:
        return _Wheel(contents, own)
    sdist = _Sdist(contents, own)
    return sdist if sdist.is_sdist else None


class _Part:
    """What wheels and source archives have in common."""

    packing = ""

    def __init__(self, contents: Contents, files: Mapping[str, PackedFile]) -> None:
        self.contents = contents
        self.files = files
        self.path = contents.archive.path
        self.name = basename(self.path)
        self.mismatches: list[Mismatch] = []
        self.gaps: list[Gap] = []
        self.manifest = PypiManifest(self.path)
        self.places: tuple[str, ...] = ()

    def mismatch(self, kind: str, path: str, detail: str) -> None:
        self.mismatches.append(Mismatch(kind, path, detail))

    def headers(self, path: str) -> Headers:
        found = Collector("pypi", f"{self.path}!/{path}")
        headers = read_headers(self.contents.kept.get(path, b""), found)
        self.gaps += found.gaps()
        return headers

    def component(self, headers: Headers, told: FileName | None, metadata: str) -> Component | None:
        """Return the component by its metadata, else by its file name; None, and a gap, if neither says who it is."""
        name, version = identify(first(headers, "name")), first(headers, "version")
        aliases: tuple[str, ...] = ()
        if name is None or not is_version(version):
            if told is None:
                self.gaps.append(Gap(self.path, "no-metadata", "neither its metadata nor its name say what it is"))
                return None
            name, version = told.name, told.version
        elif told is None:
            self.mismatch("file-name", "", f"the file is not named after what it holds, {name} {version}")
        else:
            if told.name != name:
                aliases = (told.name,)
                self.mismatch("other-name", metadata, f"the file is named {told.name}, the metadata say {name}")
            if not same_version(told.version, version):
                said = f"version {shown(told.version)}, the metadata say {shown(version)}"
                self.mismatch("other-version", metadata, f"the file is named {said}")
        return Component(
            purl=purl("pypi", name, version),
            ecosystem="pypi",
            name=name,
            version=version,
            direct=True,
            hashes=(f"sha256:{self.contents.archive.sha256}",),
            licences=licences_of(headers),
            aliases=aliases,
            locations=(Location(self.path),),
        )

    def ask(self, headers: Headers) -> None:
        self.places = places_of(headers)
        listed = headers.get("requires-dist", ())
        if len(listed) > MAX_REQUIREMENTS:
            self.gaps.append(Gap(self.path, "too-large", f"more than {MAX_REQUIREMENTS} requirements"))
        for text in listed[:MAX_REQUIREMENTS]:
            if not _is_extra(text):
                self.manifest.ask(text, Scope.PROD, None, "Requires-Dist")

    def described(self, component: Component | None, odd: list[Mismatch], **fields: Any) -> Described:
        if component is None:
            return Described(None, (), {}, tuple(self.gaps))
        asked = self.manifest.manifest()
        mismatches = sorted({*self.mismatches, *odd}, key=lambda one: (one.kind, one.path, one.detail))
        package = {
            "purl": component.purl,
            "path": self.path,
            "packed": self.packing,
            "files": tuple(self.contents.files[path] for path in sorted(self.contents.files)),
            "mismatches": tuple(mismatches),
            **fields,
        }
        declarations = tuple(one for one in asked.declarations if one.name != component.name)
        return Described(component, declarations, package, (*self.gaps, *asked.gaps), self.places)


class _Wheel(_Part):
    packing = "wheel"

    def describe(self, odd: list[Mismatch]) -> Described:
        told = wheel_name(self.name)
        layout = layout_of(self.files, "-".join(self.name.split("-")[:2]) + ".dist-info")
        info = layout.dist_info
        for other in layout.others:
            self.mismatch("several-dist-info", other, "more than one .dist-info folder")
        metadata = f"{info}/METADATA"
        headers = self.headers(metadata) if info else {}
        if metadata not in self.contents.kept:
            self.gaps.append(Gap(self.path, "no-metadata", "a wheel without METADATA"))
        component = self.component(headers, told, metadata if metadata in self.files else "")
        self.ask(headers)
        declared = self._record(info)
        about = self.headers(f"{info}/WHEEL")
        points = sorted(
            entry_points(self.contents.kept.get(f"{info}/entry_points.txt", b"")),
            key=lambda one: (one.group, one.name, one.target),
        )
        return self.described(
            component,
            odd,
            people=people_of(headers),
            tags=told.tags if told else tuple(sorted(set(about.get("tag", ())))),
            declared=declared,
            entry_points=tuple(points),
            modules=tuple(sorted(set(importable(self.files, "", layout.data)))),
            scripts=tuple(
                sorted({*_installed_scripts(self.files), *(p.name for p in points if p.group in COMMAND_GROUPS)})
            ),
            data=layout.data,
            startup=tuple(sorted(path for path in self.files if is_startup(path, layout.data))),
        )

    def _record(self, info: str) -> tuple[Any, ...]:
        record = f"{info}/RECORD"
        if record not in self.contents.kept:
            if record not in self.contents.unread:
                self.mismatch("no-record", "", "a wheel without RECORD")
            return ()
        declared, problems = read_record(self.contents.kept[record])
        exempt = frozenset(f"{info}/{name}" for name in UNRECORDED)
        self.mismatches += problems
        self.mismatches += held_against(declared, self.files, exempt, self.contents.unread)
        return declared


class _Sdist(_Part):
    packing = "sdist"

    def __init__(self, contents: Contents, files: Mapping[str, PackedFile]) -> None:
        super().__init__(contents, files)
        self.root = root_of(files)
        self.info, self.requires = metadata_paths(files, self.root)
        self.build_files = tuple(self.root + name for name in BUILD_FILES if self.root + name in files)

    @property
    def is_sdist(self) -> bool:
        """Anything that is named as a source archive and can be built, and whatever has its metadata where they go."""
        return bool(self.info or (self.build_files and sdist_name(self.name)))

    def describe(self, odd: list[Mismatch]) -> Described:
        headers = self.headers(self.info) if self.info else {}
        if not self.info:
            self.mismatch("no-metadata", "", "a source archive without PKG-INFO")
        if not self.root:
            self.mismatch("no-root", "", "a source archive without a folder that holds everything")
        component = self.component(headers, sdist_name(self.name), self.info)
        self.ask(headers)
        self._ask_besides(headers)
        points = entry_points(self.contents.kept.get(dirname(self.requires) + "/entry_points.txt", b""))
        listed = sorted(points, key=lambda one: (one.group, one.name, one.target)) if self.requires else []
        return self.described(
            component,
            odd,
            people=people_of(headers),
            entry_points=tuple(listed),
            modules=tuple(
                sorted({*importable(self.files, self.root, ()), *importable(self.files, f"{self.root}src/", ())})
            ),
            startup=tuple(sorted(path for path in self.files if path.endswith(".pth") or basename(path) in _STARTUP)),
            build_files=self.build_files,
        )

    def _ask_besides(self, headers: Headers) -> None:
        """Take in what ``requires.txt`` asks for; what PKG-INFO, though it lists some, does not list is a mismatch."""
        listed = {leading_name(text) for text in headers.get("requires-dist", ())}
        besides = egg_requirements(self.contents.kept.get(self.requires, b""))
        for text, optional in islice(besides, MAX_REQUIREMENTS):
            name = leading_name(text)
            if optional or name in listed:
                continue
            if listed and name:
                self.mismatch("hidden-requirement", self.requires, f"asks for {name}, which PKG-INFO does not list")
            self.manifest.ask(text, Scope.PROD, None, "requires.txt")


COMMAND_GROUPS = frozenset({"console_scripts", "gui_scripts"})
"""Groups of entry points that an installer makes commands of."""


def _is_extra(text: str) -> bool:
    """Say whether a requirement is one of an extra alone: each alternative of its marker asks for one.

    What only an extra asks for is not installed with the package, and not judged with it.
    """
    marker = text.partition(";")[2]
    if len(marker) > _LONGEST_MARKER:
        return False
    before = ""
    while marker != before:
        before, marker = marker, _GROUP.sub(" ", marker)
    return all(_EXTRA.search(part) for part in _OR.split(marker))


def importable(paths: Iterable[str], base: str, data: tuple[str, ...]) -> Iterator[str]:
    """Yield the names that can be imported from a folder, without those of metadata and ``.data``."""
    for path in paths:
        top, slash, rest = path[len(base) :].partition("/") if path.startswith(base) else ("", "", "")
        if slash and top.isidentifier() and rest.endswith(_CODE_ENDINGS) and top not in data:
            yield top
        elif not slash and top.endswith(_CODE_ENDINGS) and top.partition(".")[0].isidentifier():
            yield top.partition(".")[0]


def _installed_scripts(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        top, _, rest = path.partition("/")
        if top.endswith(".data") and rest.startswith("scripts/"):
            yield basename(path)


def is_startup(path: str, data: tuple[str, ...]) -> bool:
    """Say whether a file of a wheel lands in site-packages itself and runs when an interpreter starts."""
    parts = path.split("/")
    if parts[0] in data and len(parts) > 1 and parts[1] in ("purelib", "platlib"):
        parts = parts[2:]
    return len(parts) == 1 and (parts[0].endswith(".pth") or parts[0] in _STARTUP)
