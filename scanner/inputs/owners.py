"""Whose a file is: the folders of installed packages, and the files that distributions list in their RECORD. Pure.

Below ``node_modules`` a package owns its folder. Below ``site-packages`` folders have no names to go by, and several
distributions share some (namespace packages), so RECORD decides: a distribution owns the topmost folders in which no
other lists a file, and in shared folders single files. A file that two distributions list belongs to the first by purl.
"""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.models import Component

_SHARED = ""


def owners_of(
    contents: Sequence[tuple[str, Parsed]], components: Iterable[Component], files: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Return (folder or file, purl) for the packages whose files are in the target, sorted, no folder twice.

    ``contents`` is what each file said, by its path; ``components`` are those of the target, of which one bears the
    place of each package's own metadata; ``files`` are the paths that were read.
    """
    named_at = {place.path: component.purl for component in components for place in component.locations}
    roots: dict[str, str] = {}
    for path, content in contents:
        for package in content.installed:
            roots[package.root] = named_at[path]
            if package.root == f"{path}!":  # an archive, and what lies in it
                roots[path] = named_at[path]
    claims = [
        (roots[dirname(path)], path, content.claims)
        for path, content in contents
        if content.claims and dirname(path) in roots
    ]
    present = frozenset(files) if claims else frozenset()
    listed = [
        (purl, dirname(dirname(record)), [claim for claim in claimed if claim in present])
        for purl, record, claimed in sorted(claims)
    ]
    return tuple(sorted({**dict(_claimed(listed)), **roots}.items()))


def _claimed(listed: list[tuple[str, str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Yield (folder or file, purl) for (purl, site-packages, files) of each distribution, sorted by purl."""
    single: dict[str, str] = {}
    for purl, site, claims in listed:
        for folder in {folder for claim in claims for folder in _folders(claim, site)}:
            single[folder] = purl if single.get(folder, purl) == purl else _SHARED
    taken: set[str] = set()
    for purl, site, claims in listed:
        for claim in claims:
            own = next((folder for folder in _folders(claim, site) if single[folder] == purl), claim)
            if own not in taken:
                taken.add(own)
                yield own, purl


def _folders(claim: str, site: str) -> list[str]:
    """Return the folders between site-packages and a file, the topmost first; none for a file that lies elsewhere."""
    if not claim.startswith(f"{site}/"):
        return []
    found = []
    folder = dirname(claim)
    while folder != site:
        found.append(folder)
        folder = dirname(folder)
    return found[::-1]
