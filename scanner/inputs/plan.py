"""In what portions a target is read: what must be known first, then each package as a whole, then what is left."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.code_folders import Portion, folder_of, name_of, portions
from assay.scanner.inputs.formats import format_of, is_artifact, is_record
from assay.scanner.inputs.npm_folders import LOCKFILES, MANIFEST, Known, of_packages, shelf_at
from assay.scanner.inputs.owners import Territory
from assay.scanner.inputs.tree import read_all, read_file, searcher_for
from assay.scanner.models import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.inputs.tree import Entry, Limits, ReadFile, Sought

_NPM_FIRST = LOCKFILES | {MANIFEST}


class First(NamedTuple):
    """What was read beforehand, and what that tells: whose files are, and which folders are npm packages."""

    results: list[ReadFile]
    territory: Territory
    known: Known


class Plan(NamedTuple):
    """The portions that one worker reads at a time, and those of them that are npm packages."""

    batches: list[tuple[Portion, ...]]
    npm: list[Portion]


def read_first(root: bytes, entries: list[Entry], limits: Limits, sought: Sought, *, npm: bool) -> First:
    """Read RECORDs, and for ``npm`` the lockfiles and the manifests of what is not installed."""
    records = [entry for entry in entries if sought.owners and is_record(entry.path)]
    results = read_all(root, Portion(tuple(records)), limits, sought)
    listed = [(result.path, result.parsed) for result in results if result.parsed]
    territory = Territory(listed, frozenset(entry.path for entry in entries) if listed else ())
    held: dict[str, bytes] = {}
    found = []
    searcher = searcher_for(sought)
    for entry in entries if npm else ():
        name = name_of(entry.path)
        if name in _NPM_FIRST and shelf_at(entry.path) < 0 and (form := format_of(entry.path)):
            take = partial(_hold, held, entry.path) if name == MANIFEST else None
            found.append(read_file(root, entry, limits, form, searcher=searcher, take=take, kinds=True))
    named = frozenset(folder_of(one.path) for one in found if one.parsed and one.parsed.npm and one.parsed.npm.name)
    return First(results + found, territory, Known(held, named, _from_git(found)))


def _hold(held: dict[str, bytes], path: str, data: bytes | None) -> bool:
    if data is not None:
        held[path] = data
    return False


def _from_git(results: Iterable[ReadFile]) -> dict[str, frozenset[str | None]]:
    """Return the versions of what the lockfiles say comes from git, by each name that it is installed under."""
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for one in results:
        for component in one.parsed.components if one.parsed else ():
            if component.source is Source.GIT:
                for name in (component.name, *component.aliases):
                    found[name].add(component.version)
    return {name: frozenset(versions) for name, versions in found.items()}


def planned(entries: list[Entry], first: First, size: int, sought: Sought, *, npm: bool) -> Plan:
    """Return in what portions the entries are read that were not read first, ``size`` files at a time.

    The largest npm packages come first, so that no worker is left alone with one at the end.
    """
    done = {result.path for result in first.results}
    archives, plain = [], []
    for entry in entries:
        if is_artifact(entry.path):
            archives.append(Portion((entry,), archive=True))
        elif entry.path not in done:
            plain.append(entry)
    packages: list[Portion] = []
    if npm:
        packages, plain = of_packages(plain, first.known)
    parts = portions(plain, size, code=bool(sought.code), owner=first.territory.of)
    return Plan([*_together(packages, size), *((part,) for part in (*parts, *archives))], packages)


def _together(packages: list[Portion], size: int) -> list[tuple[Portion, ...]]:
    """Put small packages together until they have ``size`` files."""
    batches: list[tuple[Portion, ...]] = []
    batch: list[Portion] = []
    count = 0
    for portion in sorted(packages, key=lambda one: (-len(one.entries), one.packed or "", one.folder)):
        if batch and count + len(portion.entries) > size:
            batches.append(tuple(batch))
            batch, count = [], 0
        batch.append(portion)
        count += len(portion.entries)
    return [*batches, tuple(batch)] if batch else batches
