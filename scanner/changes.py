"""Which packages of two inventories are versions of one another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from assay.scanner.models import Change
from assay.scanner.purl import package_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.models import Inventory, Package

Name = tuple[str, str]
"""The ecosystem of a package, and its purl without the version."""


def changes(before: Inventory, after: Inventory) -> Iterator[Change]:
    """Yield the packages of ``after`` with their former versions, in the order of ``after``.

    Packages belong together by name. Where each inventory has one package alone, these do, whatever they are called.
    Of several former ones of one name that at the same place counts, else the first; one without any is left out.
    """
    required = [{one.purl: _names(one.requires) for one in some.components} for some in (before, after)]
    former = _by_name(before.contents)
    single = len(before.contents) == len(after.contents) == 1
    for package in after.contents:
        olds = list(before.contents) if single else former.get(name_of(package), [])
        old = next((one for one in olds if one.path == package.path), olds[0] if olds else None)
        if old is not None:
            yield Change(old, package, required[0].get(old.purl, ()), required[1].get(package.purl, ()))


def _by_name(packages: tuple[Package, ...]) -> dict[Name, list[Package]]:
    found: defaultdict[Name, list[Package]] = defaultdict(list)
    for package in packages:
        found[name_of(package)].append(package)
    return found


def name_of(package: Package) -> Name:
    """Return what stays the same from one version of a package to the next; a folder nobody owns is its path."""
    return package.ecosystem, package_of(package.purl) or f"path:{package.path}"


def _names(purls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({package_of(purl) for purl in purls}))
