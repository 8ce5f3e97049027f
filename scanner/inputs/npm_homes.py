"""Where in an archive npm packages lie, by the paths of its members. Pure.

A manifest makes a package of the folder that it lies in: the topmost one of each container, and below
``node_modules`` each folder of an installed package, which is carried along. Where packages are is known for sure only
once the archive was read; a guess by the names is right for nearly all, else the archive is read again.

A package's home is its folder by its path in the archive: ``package``, ``package/node_modules/x``, ``in.tgz!/package``,
"" for the archive itself, ``in.zip!`` for one in it.
"""

from __future__ import annotations

from collections import defaultdict
from posixpath import basename
from typing import TYPE_CHECKING

from assay.scanner.inputs.code_folders import folder_of
from assay.scanner.inputs.formats import is_test
from assay.scanner.inputs.npm_folders import MANIFEST, SHELF, installed_home

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_tarball(path: str) -> bool:
    """Say whether an archive is by its name one that npm packs."""
    return path.lower().endswith(".tgz")


def guessed_home(path: str) -> str | None:
    """Return the home of the package that a member most likely belongs to, None for one beside all packages."""
    parts = path.split("!/")
    depth = next((at for at in range(len(parts) - 1, 0, -1) if is_tarball(parts[at - 1])), 0)
    container, inner = "".join(f"{part}!/" for part in parts[:depth]), "!/".join(parts[depth:])
    home = _carried_home(inner)
    if home is not None:
        return container + home
    top, slash, _ = inner.partition("/")
    return container + top if slash else None


def homes(paths: Iterable[str]) -> frozenset[str]:
    """Return the homes of the packages in an archive, by the paths of its members."""
    found: set[str] = set()
    tops: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        if basename(path) != MANIFEST:
            continue
        container, inner = split(path)
        folder = folder_of(inner)
        home = _carried_home(inner)
        if home is None:
            tops[container].add(folder)
        elif home == folder:
            found.add(container + folder)
    for container, folders in tops.items():
        least = min(map(depth, folders))
        found.update((container + folder).removesuffix("/") for folder in folders if depth(folder) == least)
    return frozenset(found)


def _carried_home(inner: str) -> str | None:
    """Return the folder below ``node_modules`` that a member lies in; what tests carry belongs to the package."""
    home = installed_home(inner)
    return None if home is None or basename(home) == SHELF or is_test(inner) else home


def depth(folder: str) -> int:
    """Return how many folders a path has."""
    return folder.count("/") + 1 if folder else 0


def split(path: str) -> tuple[str, str]:
    """Return a path as that of the innermost archive with its mark, and what is within."""
    container, mark, inner = path.rpartition("!/")
    return container + mark, inner
