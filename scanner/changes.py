"""Which packages of two inventories are versions of one another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.models import Inventory, Package

Name = tuple[str, str]
"""The ecosystem of a package, and its purl without the version."""


class Change(NamedTuple):
    """Two versions of a package at hand: the older and the newer, and the names of what each requires, sorted."""

    before: Package
    after: Package
    required_before: tuple[str, ...] = ()
    required_after: tuple[str, ...] = ()


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
    return package.ecosystem, _bare(package.purl) or f"path:{package.path}"


def _names(purls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({_bare(purl) for purl in purls}))


def _bare(purl: str) -> str:
    """Return a purl without version and qualifiers; the ``@`` of a scope is written ``%40``."""
    return purl.partition("?")[0].partition("@")[0]
