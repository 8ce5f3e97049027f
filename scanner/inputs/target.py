"""From the targets that the invoker names to one Inventory."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from fnmatch import fnmatchcase
from functools import cached_property, partial
from posixpath import dirname, normpath
from posixpath import join as join_posix
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.errors import UsageError
from assay.scanner.inputs.code_folders import Memory, Portion, is_source
from assay.scanner.inputs.formats import (
    PACKAGE_JSON,
    REQUIREMENTS,
    format_of,
    is_artifact,
    of_installed,
)
from assay.scanner.inputs.includes import Includes
from assay.scanner.inputs.kind import is_recognised, kind, project_name, unnamed, unrecognised
from assay.scanner.inputs.npm_folders import is_script
from assay.scanner.inputs.owners import Territory, owners_of, roots_of
from assay.scanner.inputs.plan import planned, read_first
from assay.scanner.inputs.resolve import resolve
from assay.scanner.inputs.tree import (
    Entry,
    Limits,
    ReadFile,
    Sought,
    entry_points_of,
    read_all,
    read_artifact,
    read_file,
    searcher_for,
    sources_for,
    text_path,
    walk,
    with_reading,
)
from assay.scanner.models import Gap, Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assay.scanner.inputs.attested import Attested
    from assay.scanner.inputs.formats import Format
    from assay.scanner.knowledge import Observable
    from assay.scanner.models import Component, FileDigest, Package

WORKER_CHUNK = 256
"""Files that a worker takes at a time; a target with fewer is read by the process itself."""


class ReadOptions(NamedTuple):
    """How a target is read. ``jobs``, ``reverse_listing`` and ``progress`` cannot change the result.

    Every file that is read is searched for ``observables``. ``owners`` says that it must be known whose each file is:
    because something is looked for in files, or because some are listed by their hash.
    ``expired`` says that the invoker's time is up; the files not read by then become one gap.
    ``progress`` is told (files done, files in all). ``code`` and ``npm`` name the modules that read
    code; see ``tree.Sought``.
    """

    exclude: tuple[str, ...] = ()
    with_code: bool = True
    limits: Limits = Limits()
    jobs: int = 1
    reverse_listing: bool = False
    expired: Callable[[], bool] | None = None
    progress: Callable[[int, int], None] | None = None
    observables: tuple[Observable, ...] = ()
    owners: bool = False
    code: str = ""
    npm: str = ""
    remember: Memory | None = None


def read_targets(targets: Sequence[str], options: ReadOptions) -> Inventory:
    """Read one or more targets as one inventory; paths are relative to the deepest folder that holds them all.

    Raises:
        UsageError: a target does not exist, or is neither a folder nor a regular file.
    """
    full = [_existing(target) for target in targets]
    named_files = [path for path in full if not os.path.isdir(path)]
    folders = [path for path in full if os.path.isdir(path)]
    root = folder_of_all(full)
    reading = _Reading(root, options)
    walked = [os.path.relpath(path, root) if path != root else b"" for path in sorted(set(folders))]
    reading.walked = tuple(text_path(path) for path in walked)
    for relative in walked:
        reading.take_folder(relative)
    for path in sorted(set(named_files)):
        reading.take_named(os.path.relpath(path, root))
    reading.read()
    return reading.inventory(single_file=len(full) == 1 and bool(named_files))


def folder_of_all(targets: Sequence[bytes]) -> bytes:
    """Return the deepest folder that holds all targets.

    That one is ``node_modules`` tells what lies in it: its name stays in the paths, so that it does not count itself.
    """
    wholes = {path for path in targets if os.path.isdir(path) and os.path.basename(path) != b"node_modules"}
    return os.path.commonpath([path if path in wholes else os.path.dirname(path) for path in targets])


def read_installed(name: str, python: str, options: ReadOptions) -> Inventory:
    """Read one distribution that is installed in an environment; paths are relative to the environment's folder.

    ``python`` is the environment's folder or its interpreter, which is not run.

    Raises:
        UsageError: there is no such environment, or the distribution is not installed in it.
    """
    finder = importlib.import_module("assay.scanner.inputs.installed")
    environment = finder.environment_of(python)
    reading = _Reading(environment.prefix, options)
    for raw in finder.files_of(name, environment):
        reading.take_listed(raw)
    reading.read()
    return reading.inventory(single_file=False)


def _existing(target: str) -> bytes:
    try:
        path = os.path.realpath(os.fsencode(target))
    except OSError as error:
        raise UsageError(f"{target}: the current folder is gone; name a full path") from error
    if os.path.isdir(path) or os.path.isfile(path):
        return path
    if os.path.lexists(path):
        raise UsageError(f"{target}: neither a folder nor a regular file; name a project, lockfile or manifest")
    raise UsageError(f"{target}: no such file or folder; name a project, lockfile or manifest")


class _Reading:
    """One pass over the disk: entries are gathered, read (by workers if there are many), and brought together."""

    def __init__(self, root: bytes, options: ReadOptions) -> None:
        self.root = root
        self.options = options
        self.entries: dict[bytes, Entry] = {}
        self.named: list[Entry] = []
        self.targets: list[str] = []
        self.walked: tuple[str, ...] = ("",)
        self.files: dict[str, ReadFile] = {}
        self.links: dict[str, str] = {}
        self.gaps: list[Gap] = []
        self.excluded: set[str] = set()
        self.others: Counter[str] = Counter()
        self.territory = Territory()
        self.npm: list[Portion] = []
        code, npm = (options.code, options.npm) if options.with_code else ("", "")
        owners = options.owners or bool(options.observables or code or npm)
        self.sought = Sought(options.observables, owners, code, npm, options.remember)

    # --- gathering ---------------------------------------------------------------------------------------------

    def take_folder(self, relative: bytes) -> None:
        self.targets.append(text_path(relative))
        start = os.path.join(self.root, relative) if relative else self.root
        for found in walk(start, self.options.limits, reverse_listing=self.options.reverse_listing):
            raw = relative + b"/" + found.raw if relative else found.raw
            self._take(found._replace(raw=raw, path=text_path(raw)) if relative else found)

    def take_listed(self, relative: bytes) -> None:
        self._take(Entry(relative, text_path(relative), "file"))

    def take_named(self, relative: bytes) -> None:
        self.targets.append(text_path(relative))
        self.named.append(Entry(relative, text_path(relative), "file"))

    def _take(self, entry: Entry) -> None:
        if self._is_excluded(entry.path):
            return
        if entry.kind == "gap":
            reason, _, detail = entry.detail.partition("|")
            self.gaps.append(Gap(entry.path, reason, detail))
        elif entry.kind == "link":
            self._take_link(entry)
        elif entry.kind == "special":
            self._pass_over(entry.path, "not-a-regular-file", "a device, pipe or socket")
        elif self.options.with_code or format_of(entry.path) or is_artifact(entry.path):
            self.entries[entry.raw] = entry

    def _is_excluded(self, path: str) -> bool:
        for pattern in self.options.exclude:
            if fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/") + "/"):
                self.excluded.add(path)
                return True
        return False

    def _take_link(self, entry: Entry) -> None:
        """Note where a link points. What lies in the target is read under its own path; what does not is a gap."""
        root = text_path(self.root)
        points_at = entry.detail
        if points_at == root or points_at.startswith(root.rstrip("/") + "/"):
            points_at = points_at[len(root) :].lstrip("/") or "."
        elif not points_at.startswith("/"):
            points_at = normpath(join_posix(dirname(entry.path), points_at))
        self.links[entry.path] = points_at
        outside = points_at.startswith(("/", "../")) or points_at == ".."
        if outside or not any(not walked or f"{points_at}/".startswith(f"{walked}/") for walked in self.walked):
            self._pass_over(entry.path, "link-outside", "a link that leads out of the target")

    def _pass_over(self, path: str, reason: str, detail: str) -> None:
        """A thing that is not opened is a gap where a manifest, lockfile or package was expected."""
        package = format_of(f"{path}/package.json") is PACKAGE_JSON and "node_modules" in path
        if package or format_of(path) or f"/{path}".endswith("/node_modules"):
            self.gaps.append(Gap(path, reason, detail))
        else:
            self.others["link" if reason == "link-outside" else "special"] += 1

    # --- reading -----------------------------------------------------------------------------------------------

    def read(self) -> None:
        entries = [self.entries[raw] for raw in sorted(self.entries)]
        for result in self._read_entries(entries):
            known = self.files.get(result.path)
            if known and known.digest and result.digest is None:  # it was read first; here is what its package does
                self.files[result.path] = known._replace(package=result.package, gaps=known.gaps + result.gaps)
                continue
            if known:
                self.gaps.append(Gap(result.path, "same-name", "two files whose names are written alike; one was left"))
            self.files[result.path] = result
        for entry in self.named:
            self.files[entry.path] = self._read_one(entry, format_of(entry.path), named=True)
        includes = Includes(self.root, self.files, self.gaps, partial(self._read_one, form=REQUIREMENTS))
        includes.follow([entry.path for entry in self.named])

    def _read_one(self, entry: Entry, form: Format | None, *, named: bool = False) -> ReadFile:
        limits = self.options.limits
        if named and form is None and (opened := read_artifact(self.root, entry, limits, self.sought, named=True)):
            return opened
        if named and self.sought.npm and is_script(entry.path):
            return read_all(self.root, Portion((entry,), "source", "", "npm"), limits, self.sought)[0]
        searcher = searcher_for(self.sought)
        sources = sources_for(self.sought) if named and is_source(entry.path) else None
        take = partial(sources.take, entry.path) if sources else None
        read = read_file(self.root, entry, limits, form, named=named, searcher=searcher, take=take)
        if sources is None:
            return read
        portion = Portion((entry,), "source")
        return with_reading([read], portion, sources.finish("source", portion.paths, entry_points_of([read])))[0]

    def _read_entries(self, entries: list[Entry]) -> list[ReadFile]:
        options = self.options
        npm = options.with_code and self.sought.owners
        first = read_first(self.root, entries, options.limits, self.sought, npm=npm)
        self.territory = first.territory
        batches, self.npm = planned(entries, first, WORKER_CHUNK, self.sought, npm=npm)
        results = first.results
        for part in self._produced(batches):
            results += part
            if options.progress:
                options.progress(min(len(results), len(entries)), len(entries))
            if options.expired and options.expired() and len(results) < len(entries):
                self.gaps.append(Gap("", "timeout", "the time was up before every file was read"))
                break
        return results

    def _produced(self, batches: list[tuple[Portion, ...]]) -> Iterator[list[ReadFile]]:
        """Yield what is remembered of the portions, then what is read of the others."""
        root, options, sought = self.root, self.options, self.sought
        if sought.remember and any(portion.packed for batch in batches for portion in batch):
            module = importlib.import_module("assay.scanner.inputs.remembering")
            some = [portion for batch in batches for portion in batch]
            new = set()
            for portion, read in zip(some, module.recall(root, some, options, sought), strict=True):
                if read is None:
                    new.add(id(portion))
                else:
                    yield read
            batches = [left for batch in batches if (left := tuple(one for one in batch if id(one) in new))]
        if options.jobs > 1 and len(batches) > 1:
            workers = importlib.import_module("assay.scanner.inputs.workers")
            yield from workers.read_portions(root, batches, options.limits, sought, options.jobs)
        else:
            yield from (read_all(root, part, options.limits, sought) for batch in batches for part in batch)

    # --- the result --------------------------------------------------------------------------------------------

    def inventory(self, *, single_file: bool) -> Inventory:
        files = [self.files[path] for path in sorted(self.files)]
        parsed = [(item.path, item.parsed) for item in files if item.parsed]
        gaps = {*self.gaps, *(gap for item in files for gap in item.gaps), *unnamed(self.files)}
        gaps.update(unrecognised(self.targets, filter(is_recognised, files), gaps))
        components = resolve([one for one in parsed if not of_installed(one[0])], self.links)
        roots = roots_of(parsed, components)
        contents = self._packages(roots) + self._npm_packages(roots, components)
        contents, unattested, unsure = self._attested(contents)
        gaps.update(unsure)
        languages = self.others + Counter(item.language for item in files if item.language and item.digest)
        for item in files:
            if item.languages:
                languages.update(dict(item.languages))
        return Inventory(
            kind=kind(self.files, single_file=single_file),
            name=project_name(self.files, single_file=single_file),
            files=self._digests(files),
            components=components,
            packages=sum(len(content.installed) for _, content in parsed),
            links=tuple(sorted(self.links.items())),
            gaps=tuple(sorted(gaps, key=lambda gap: (gap.path, gap.reason, gap.detail))),
            not_analysed=tuple(sorted(languages.items())),
            excluded=tuple(sorted(self.excluded)),
            sightings=tuple(sighting for item in files for sighting in item.sightings),
            owners=owners_of(roots, self.territory) if self.sought.owners else (),
            contents=contents,
            unattested=unattested,
        )

    def _packages(self, roots: Mapping[str, str]) -> tuple[Package, ...]:
        """Return the packages whose files are here; what puts them together is loaded only if there is one."""
        of_python = (file.package and file.package.ecosystem == "pypi" for file in self.files.values())
        if not self.territory.distributions and not any(of_python):
            return ()
        module = importlib.import_module("assay.scanner.inputs.distributions")
        made: tuple[Package, ...] = module.packages(module.Contents(self.files, self.territory, roots, self._may_hide))
        return made

    def _npm_packages(self, roots: dict[str, str], components: tuple[Component, ...]) -> tuple[Package, ...]:
        """Return the npm packages whose files are here, and note in ``roots`` those that are the project's own."""
        if not self.npm and not any(file.others or file.package for file in self.files.values()):
            return ()
        module = importlib.import_module("assay.scanner.inputs.npm_installed")
        roots |= module.members(self.npm, components)
        made: tuple[Package, ...] = module.packages(module.Contents(self.files, self.npm, roots, self._may_hide))
        return made

    def _attested(self, packages: tuple[Package, ...]) -> tuple[tuple[Package, ...], tuple[str, ...], tuple[Gap, ...]]:
        """Hold artifacts against the provenance beside them; what does so is loaded only if there is an artifact."""
        if not any(file.parsed and file.parsed.kind == "artifact" for file in self.files.values()):
            return packages, (), ()
        module = importlib.import_module("assay.scanner.inputs.attested")
        made: Attested = module.attested(self.files, packages, self.root, [*self.entries.values(), *self.named])
        return made

    def _may_hide(self, path: str) -> bool:
        """Say whether a file may be there although it was not read: left out, behind a link, or beyond a limit."""
        unseen = self._unseen
        while path:
            if path in unseen:
                return True
            path = path.rpartition("/")[0]
        return "" in unseen

    @cached_property
    def _unseen(self) -> frozenset[str]:
        return frozenset((*self.links, *self.excluded, *(gap.path for gap in self.gaps)))

    def _digests(self, files: list[ReadFile]) -> tuple[FileDigest, ...]:
        """Return every file and member by path; a folder beside an archive may bear the name of what is in it."""
        found = {digest.path: digest for item in files for digest in item.members}
        found |= {item.digest.path: item.digest for item in files if item.digest}
        return tuple(found[path] for path in sorted(found))
