"""The npm packages in an archive: a tarball of the registry, yarn's zip of an installed package, a packed project.

Loaded only if an archive holds one. Where they lie see ``npm_homes``.
"""

from __future__ import annotations

from collections import defaultdict
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.code_folders import folder_of
from assay.scanner.inputs.formats import is_cached
from assay.scanner.inputs.npm_folders import MANIFEST, name_in
from assay.scanner.inputs.npm_homes import depth, guessed_home, is_tarball, split
from assay.scanner.inputs.npm_package import against_file_name, disagreements, entry_points
from assay.scanner.inputs.package_json import parse_packed
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.models import Gap, Location, Mismatch, Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from assay.scanner.inputs.archive.budget import Note
    from assay.scanner.inputs.code_folders import NpmSources
    from assay.scanner.models import FileDigest, PackedFile


class Said(NamedTuple):
    """What the npm packages of an archive give: they themselves, what they say as one file, and gaps."""

    packages: tuple[Package, ...]
    parsed: Parsed
    gaps: tuple[Gap, ...]


class NpmPart:
    """The members of one archive, given to the packages that they belong to.

    ``exact`` are the homes of the packages, None if they are to be guessed.
    """

    def __init__(self, archive: str, make: Callable[[], NpmSources | None], exact: frozenset[str] | None) -> None:
        self._archive = archive
        self._make = make
        self._exact = exact
        self._by_folder: dict[str, str | None] = {}
        self._sources: dict[str, NpmSources | None] = {}
        self._members: defaultdict[str, dict[str, str]] = defaultdict(dict)

    @property
    def homes(self) -> frozenset[str]:
        """The homes that members were given to."""
        return frozenset(self._members)

    def owns(self, path: str) -> bool:
        """Say whether a member belongs to a package."""
        return self._home(path) is not None

    def wants(self, path: str) -> bool:
        """Say whether a member is the manifest of a package, whose content must be kept."""
        return basename(path) == MANIFEST and self._home(path) == folder_of(path)

    def take(self, path: str, data: bytes | None) -> bool:
        """Take a member that belongs to a package; say whether it is code that will be read."""
        home = self._home(path)
        if home is None:
            return False
        if home not in self._sources:
            self._sources[home] = self._make()
        inner = _from(home, path)
        self._members[home][inner] = path
        sources = self._sources[home]
        return sources is not None and sources.take(inner, data)

    def _home(self, path: str) -> str | None:
        """Return the package that a member belongs to. What leads out of it is nobody's: npm does not unpack it."""
        folder = folder_of(path)
        if ".." in path and ".." in path.split("/"):
            return None
        if folder not in self._by_folder or self._exact is None:
            self._by_folder[folder] = guessed_home(path) if self._exact is None else self._found(folder, self._exact)
        return self._by_folder[folder]

    def _found(self, folder: str, exact: frozenset[str]) -> str | None:
        """Return the deepest package around a folder, else the first one in its archive: npm drops the top folder."""
        container = split(f"{folder}/")[0]
        while folder and folder not in exact:
            folder = folder_of(folder)
        if folder in exact:
            return folder
        return min((one for one in exact if split(f"{one}/")[0] == container), default=None)

    # --- the packages ------------------------------------------------------------------------------------------

    def finish(
        self, digest: FileDigest, files: Mapping[str, PackedFile], kept: Mapping[str, bytes], notes: Iterable[Note]
    ) -> Said:
        """Return the packages; ``notes`` are what is odd about the archive, which the first one of them tells."""
        tops = [home for home in sorted(self._members) if self._around(home) is None]
        main = tops[0] if len(tops) == 1 and "!" not in tops[0] else None
        made = {home: self._package(home, files, kept, is_main=home == main) for home in sorted(self._members)}
        if main is not None:
            made = {main: _as_archive(made[main], digest), **{home: made[home] for home in made if home != main}}
        odd = [Mismatch(note.kind, _from(next(iter(made)), note.member), note.detail) for note in notes]
        if len(tops) > 1 and is_tarball(digest.path) and not any("!" in top for top in tops):
            odd.append(
                Mismatch("several-roots", "", f"a manifest in each of {len(tops)} folders, which npm puts in one")
            )
        said = [parsed for _, parsed in made.values()]
        first, *others = [package for package, _ in made.values()]
        first = first._replace(mismatches=tuple(sorted({*first.mismatches, *odd})))
        installed = tuple(one for parsed in said for one in parsed.installed)
        named = said[0].installed[0].component.name if main is not None and said[0].installed else None
        declarations = said[0].declarations if named and not is_cached(digest.path) else ()
        places = (said[0].npm.repository,) if named and said[0].npm and said[0].npm.repository else ()
        parsed = Parsed("artifact", declarations=declarations, installed=installed, project=named, repositories=places)
        return Said((first, *others), parsed, tuple(gap for one in said for gap in one.gaps))

    def _around(self, home: str) -> str | None:
        """Return the package that carries one along."""
        folder = home
        while folder:
            folder = folder_of(folder)
            if folder in self._members:
                return folder
        return None

    def _package(
        self, home: str, files: Mapping[str, PackedFile], kept: Mapping[str, bytes], *, is_main: bool
    ) -> tuple[Package, Parsed]:
        place = f"{self._archive}!/{home}".removesuffix("/")
        own = f"{home}/{MANIFEST}" if home else MANIFEST
        said = Parsed("installed")
        if own in kept:
            said = parse_packed(kept[own], f"{place}/{MANIFEST}", name_in(home), self._archive if is_main else "")
            if not (said.npm and said.npm.name) and not is_tarball(self._archive) and not said.installed:
                said = said._replace(gaps=())  # a project that is packed need not have a name
        said = said._replace(installed=tuple(one._replace(root=place) for one in said.installed))
        inner = self._members[home]
        mismatches = [*disagreements(said.npm, inner, lambda _: False)] if said.npm else []
        sources = self._sources[home]
        read = sources.finish("tarball", sorted(inner)) if sources else None
        unread = tuple(Gap(f"{place}/{path}", reason, detail) for path, reason, detail in read.unread) if read else ()
        package = Package(
            purl=said.installed[0].component.purl if said.installed else "",
            path=place,
            packed="tarball",
            files=tuple(files[inner[path]]._replace(path=path) for path in sorted(inner)),
            entry_points=entry_points(said.npm) if said.npm else (),
            scripts=tuple(sorted({command for command, _ in said.npm.bins})) if said.npm else (),
            mismatches=tuple(mismatches),
            code=read.code if read else None,
            ecosystem="npm",
            platforms=said.npm.platforms if said.npm else (),
            people=said.npm.people if said.npm else (),
            lifecycle=said.npm.lifecycle if said.npm else (),
            bundles=tuple(sorted(_from(home, one) for one in self._members if self._around(one) == home)),
            bundled=self._around(home) is not None,
        )
        undeclared = [Mismatch("undeclared-bundle", path, "") for path in package.bundles] if said.npm else []
        if said.npm and not said.npm.bundled and undeclared:
            package = package._replace(mismatches=(*package.mismatches, *undeclared))
        return package, said._replace(gaps=said.gaps + unread)


def _as_archive(made: tuple[Package, Parsed], digest: FileDigest) -> tuple[Package, Parsed]:
    """Return the package that an archive is as a whole: asked for by whoever names it, unless it lies in a cache."""
    package, said = made
    if said.npm and is_tarball(digest.path):
        told = against_file_name(basename(digest.path), said.npm)
        package = package._replace(mismatches=(*package.mismatches, *told))
    if not said.installed:
        return package, said
    whole = said.installed[0]
    cached = is_cached(digest.path)
    component = whole.component._replace(
        direct=not cached,
        hashes=() if cached else (f"sha256:{digest.sha256}",),
        locations=(Location(digest.path),),
    )
    return package, said._replace(installed=(whole._replace(component=component),))


def _from(home: str, path: str) -> str:
    """Return the path of a member from its package's folder; of one beside it, with a step up for each folder."""
    if not home or not path:
        return path
    if path.startswith(f"{home}/"):
        return path[len(home) + 1 :]
    container, inner = split(f"{home}/")
    return "../" * depth(inner.rstrip("/")) + path[len(container) :]
