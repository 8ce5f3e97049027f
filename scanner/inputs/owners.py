"""Whose a file is: the folders of installed packages, and the files that distributions list in their RECORD. Pure.

Below ``node_modules`` a package owns its folder. Below ``site-packages`` folders have no names to go by, and several
distributions share some (namespace packages), so RECORD decides: a distribution owns the topmost folders in which no
other lists a file, and in shared folders single files. A file that two distributions list belongs to the first by the
path of its metadata.
"""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.models import Component

_SHARED = ""
_LEFT_BEHIND = "~"
"""How pip names what it is about to remove; a broken run leaves it (pip/_internal/utils/temp_dir.py)."""


class Territory:
    """What the distributions of a target own, each by the path of its ``.dist-info`` folder.

    ``records`` is what each RECORD said, by its path; ``present`` are the paths of all files that are there.
    """

    def __init__(self, records: Iterable[tuple[str, Parsed]] = (), present: Collection[str] = frozenset()) -> None:
        listed = [
            (dirname(path), [claim for claim in content.claims if claim in present])
            for path, content in sorted(records, key=lambda record: record[0])
            if not basename(dirname(path)).startswith(_LEFT_BEHIND)
        ]
        self.places: Mapping[str, str] = dict(_claimed(listed))
        """Folder or file to the metadata of the distribution that owns it."""
        self.distributions = tuple(info for info, _ in listed)
        """The metadata folders of those that have a RECORD, sorted."""
        self.claimed = frozenset(claim for _, claims in listed for claim in claims)
        """The files that are there and that any RECORD lists."""

    def of(self, path: str) -> str:
        """Return the ``.dist-info`` folder of the distribution that owns a file, "" if none does."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition("/")[0]
        return ""

    def folders(self, info: str) -> Iterator[str]:
        """Yield the folders that a distribution alone lists files in, topmost ones."""
        whole = (place for place, owner in self.places.items() if owner == info and place not in self.claimed)
        return (place for place in whole if place != info)


def roots_of(contents: Sequence[tuple[str, Parsed]], components: Iterable[Component]) -> dict[str, str]:
    """Return the purl of each package in the target by its own folder, and that of each archive by its path too.

    ``contents`` is what each file said, by its path; ``components`` are those of the target, of which one of the same
    name and version bears the place of each package's own metadata.
    """
    named_at = {
        (place.path, component.name, component.version): component.purl
        for component in components
        for place in component.locations
    }
    roots: dict[str, str] = {}
    for path, content in contents:
        for package in content.installed:
            own = package.component
            place = own.locations[0].path if own.locations else path
            purl = roots[package.root] = named_at[place, own.name, own.version]
            if content.kind == "artifact" and content.project and package is content.installed[0]:
                roots[path] = roots[f"{path}!"] = purl  # an archive, and what lies in it
    return roots


def owners_of(roots: Mapping[str, str], territory: Territory) -> tuple[tuple[str, str], ...]:
    """Return (folder or file, purl) for the packages whose files are in the target, sorted, no folder twice."""
    claimed = {place: roots[info] for place, info in territory.places.items() if info in roots}
    return tuple(sorted({**claimed, **roots}.items()))


def _claimed(listed: list[tuple[str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Yield (folder or file, metadata) for (metadata, files) of each distribution, sorted by metadata."""
    single: dict[str, str] = {}
    for info, claims in listed:
        for folder in {folder for claim in claims for folder in _folders(claim, dirname(info))}:
            single[folder] = info if single.get(folder, info) == info else _SHARED
    taken = {info for info, _ in listed}
    yield from ((info, info) for info in sorted(taken))
    for info, claims in listed:
        for claim in claims:
            own = next((folder for folder in _folders(claim, dirname(info)) if single[folder] == info), claim)
            if own not in taken:
                taken.add(own)
                yield own, info


def _folders(claim: str, site: str) -> list[str]:
    """Return the folders between site-packages and a file, the topmost first; none for a file that lies elsewhere."""
    if site and not claim.startswith(f"{site}/"):
        return []
    found = []
    folder = dirname(claim)
    while folder != site:
        found.append(folder)
        folder = dirname(folder)
    return found[::-1]
