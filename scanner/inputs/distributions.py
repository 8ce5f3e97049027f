"""Installed distributions as packages: what each is, offers and does, and its RECORD held against what is there. Pure.

What an installer, an interpreter and those who make images small change is innocent: compiled files, notes on how a
distribution came here, scripts that follow an environment to another place. A RECORD that no installer wrote, because a
system's own packages carry the one of their build, is not strictly judged: those strip, rename and patch what it lists.
"""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.formats import is_test
from assay.scanner.inputs.packed import COMMAND_GROUPS, importable, is_startup
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.record import located
from assay.scanner.inputs.startup import started
from assay.scanner.inputs.wheel import held_against
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Mismatch, Package, PackedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from assay.scanner.code.package import PackageCode
    from assay.scanner.inputs.owners import Territory
    from assay.scanner.inputs.tree import ReadFile
    from assay.scanner.models import DeclaredFile, FileDigest

_NOTES = frozenset({"INSTALLER", "RECORD", "RECORD.jws", "RECORD.p7s", "REQUESTED", "direct_url.json"})
"""Files of ``.dist-info`` that installers write, or that cannot be in RECORD with their hash."""

_SYSTEMS = frozenset({"apk", "conda", "debian", "dnf", "dpkg", "guix", "mamba", "nix", "pacman", "portage", "rpm"})
"""Installers that keep their own list of files, and change some of them while they install."""

_SCRIPTS = lazy(r"(?:^|/)(?:bin|Scripts)/[^/]+\Z")
CODE_ENDINGS = (".py", ".pyc", ".pyd", ".pyw", ".so")
"""Endings of what an import can load."""

_PATCHED = frozenset({"missing", "no-hash", "unlisted", "wrong-hash", "wrong-size"})


class Contents(NamedTuple):
    """A target after reading: its files by path, what they say, whose they are, and the purl of each ``.dist-info``.

    ``hidden`` says of a path whether a file may be there that was not read: left out, a link, or a gap.
    """

    files: Mapping[str, ReadFile]
    territory: Territory
    purls: Mapping[str, str]
    hidden: Callable[[str], bool]


def packages(contents: Contents) -> tuple[Package, ...]:
    """Return every package whose files are here; installed distributions with a RECORD as a whole each.

    They stand in the order of the first path that speaks of them.
    """
    codes: dict[str, PackageCode | None] = {}
    found: list[tuple[str, Package]] = []
    for path in sorted(contents.files):
        package = contents.files[path].package
        if package is None or package.ecosystem != "pypi":
            continue
        info = contents.territory.of(path) if package.packed == "installed" else ""
        if info in contents.purls:
            codes[info] = package.code
        else:
            found.append((path, package))
    if contents.territory.distributions:
        comparison = _Comparison(contents)
        found += [(info, comparison.package(info)._replace(code=codes.get(info))) for info in comparison.infos]
    hooks = [(path, file.parsed.starts) for path, file in contents.files.items() if file.parsed and file.parsed.starts]
    return started(sorted(hooks), [package for _, package in sorted(found, key=lambda one: one[0])])


class _Comparison:
    """All distributions of a target that have a RECORD; what two of them list is looked at for both."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._owned: dict[str, list[FileDigest]] = {}
        self.infos = [info for info in contents.territory.distributions if info in contents.purls]
        known = frozenset(self.infos)
        claimed = contents.territory.claimed
        self._rivals: dict[str, str] = {}
        for path, file in contents.files.items():
            if file.digest is None:
                continue
            info = contents.territory.of(path)
            if info in known:
                self._owned.setdefault(info, []).append(file.digest)
            if path not in claimed and path.endswith(CODE_ENDINGS) and "__pycache__/" not in path:
                self._rivals.update(dict.fromkeys(_comes_before(path), path))
        self._hashes: dict[str, set[str]] = {}
        for info in self.infos:
            for one in self._record(info).declared:
                place = located(dirname(info), one.path)
                if place in claimed:
                    self._hashes.setdefault(place, set()).add(one.digest)

    def _record(self, info: str) -> Parsed:
        return self._said(f"{info}/RECORD")

    def _said(self, path: str) -> Parsed:
        file = self._contents.files.get(path)
        return file.parsed if file and file.parsed else Parsed("installed")

    def package(self, info: str) -> Package:
        site = dirname(info)
        declared = self._record(info).declared
        rivals = self._rivals_of(info, declared)
        files = self._files(info, site, declared, rivals)
        points = self._said(f"{info}/entry_points.txt").entry_points
        placed = [basename(path) for path in files if path.startswith("../") and _SCRIPTS.search(path)]
        return Package(
            purl=self._contents.purls[info],
            path=site,
            packed="installed",
            files=tuple(files[path] for path in sorted(files)),
            declared=declared,
            entry_points=points,
            modules=tuple(sorted(set(importable(files, "", ())))),
            scripts=tuple(sorted({*placed, *(point.name for point in points if point.group in COMMAND_GROUPS)})),
            startup=tuple(sorted(path for path in files if is_startup(path, ()))),
            mismatches=self._mismatches(info, files, rivals),
        )

    def _rivals_of(self, info: str, declared: Sequence[DeclaredFile]) -> frozenset[str]:
        """Return the files, by their paths from site-packages, that are imported in place of listed ones."""
        site = dirname(info)
        start = len(site) + 1 if site else 0
        places = (located(site, one.path) for one in declared if one.path.endswith(".py"))
        found = (self._rivals.get(place[:-3]) for place in places if place.startswith(f"{site}/" if site else ""))
        return frozenset(rival[start:] for rival in found if rival)

    def _files(
        self, info: str, site: str, declared: Sequence[DeclaredFile], rivals: Iterable[str]
    ) -> dict[str, PackedFile]:
        """Return by its path from site-packages each file that the distribution lists or owns, and its rivals."""
        found: dict[str, PackedFile] = {}
        start = len(site) + 1 if site else 0
        for digest in self._owned.get(info, ()):
            if not site or digest.path.startswith(f"{site}/"):
                path = digest.path[start:]
                found[path] = PackedFile(path, digest.sha256, digest.size)
        for path in (*rivals, *(one.path for one in declared)):
            file = self._contents.files.get(located(site, path))
            if file and file.digest:
                found[path] = PackedFile(path, file.digest.sha256, file.digest.size)
        return found

    def _mismatches(self, info: str, files: Mapping[str, PackedFile], rivals: frozenset[str]) -> tuple[Mismatch, ...]:
        record = self._record(info)
        compared = [one for one in record.declared if not _is_innocent(one, basename(info))]
        found = list(record.mismatches)
        unread = frozenset(one.path for one in compared if one.path not in files and self._is_unknown(info, one.path))
        listed = {one.path: files[one.path] for one in compared if one.path in files}
        found += self._judged(info, held_against(compared, listed, frozenset(), unread))
        if not any(one.kind == "bad-record" and not one.path for one in record.mismatches):
            found += self._added(info, files, rivals)
        if not self._is_by_installer(info, record):
            found = [one._replace(kind="repackaged") if one.kind in _LENIENT else one for one in found]
        return tuple(sorted(set(found)))

    def _is_unknown(self, info: str, listed: str) -> bool:
        """Say whether a listed file lies where it was not looked."""
        place = located(dirname(info), listed)
        return not place or place in self._contents.files or self._contents.hidden(place)

    def _judged(self, info: str, some: Iterable[Mismatch]) -> Iterator[Mismatch]:
        """Tell files that another distribution put there, and those beside the modules, from changed ones."""
        for one in some:
            place = located(dirname(info), one.path)
            if one.kind in ("wrong-hash", "wrong-size"):
                if self._is_of_another(place):
                    if one.kind == "wrong-hash":
                        yield Mismatch("overwritten", one.path, "the file that another distribution lists")
                    continue
                if one.path.startswith("../") or is_test(one.path):
                    yield one._replace(kind="altered-beside")
                    continue
            yield one

    def _is_of_another(self, place: str) -> bool:
        """Say whether one of several RECORDs that list a file has the hash that it has."""
        digest = self._contents.files[place].digest
        hashes = self._hashes.get(place, set())
        return len(hashes) > 1 and digest is not None and f"sha256:{digest.sha256}" in hashes

    def _added(self, info: str, files: Mapping[str, PackedFile], rivals: frozenset[str]) -> Iterator[Mismatch]:
        """Yield what can be imported from the distribution's own folders, or in its place, and is not listed."""
        site = dirname(info)
        claimed = self._contents.territory.claimed
        for path in files:
            if path in rivals:
                yield Mismatch("shadowing", path, "not listed, and imported in place of a file that is")
                continue
            own = "/" in path and not path.startswith(("../", f"{basename(info)}/")) and "__pycache__/" not in path
            stale = path.endswith(".pyc") and path[:-1] in files
            if own and path.endswith(CODE_ENDINGS) and not stale and located(site, path) not in claimed:
                yield Mismatch("added", path, "a file that RECORD does not list")

    def _is_by_installer(self, info: str, record: Parsed) -> bool:
        """Say whether who installed the distribution wrote its RECORD; then that note of its name is listed too."""
        note = f"{basename(info)}/INSTALLER"
        listed = any(one.path == note for one in record.declared)
        return listed and self._said(f"{info}/INSTALLER").installer not in _SYSTEMS


_LENIENT = _PATCHED | {"added", "altered-beside", "overwritten", "shadowing"}


def _is_innocent(one: DeclaredFile, info: str) -> bool:
    """Say whether a listed file may be absent or another one, whatever RECORD says."""
    if one.path.endswith((".pyc", ".pyo")):
        return "__pycache__/" in one.path or not one.digest
    return one.path.startswith(f"{info}/") and one.path[len(info) + 1 :] in _NOTES


def _comes_before(path: str) -> Iterator[str]:
    """Yield the modules, as paths without an ending, whose source an import no longer reaches once a file is there.

    A folder with ``__init__`` comes before a module, native code before source
    (https://docs.python.org/3/library/importlib.html, ``FileFinder``).
    """
    folder, slash, name = path.rpartition("/")
    stem = name.partition(".")[0]
    if stem == "__init__" and folder:
        yield folder
    if path.endswith((".so", ".pyd")):
        yield folder + slash + stem
