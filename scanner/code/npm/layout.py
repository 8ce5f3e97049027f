"""How the files of an npm package lie, and when each of them runs: at install, on import, when called, in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.npm.effects import language_of
from assay.scanner.code.npm.entries import commands, entries, is_test
from assay.scanner.code.npm.resolution import Files
from assay.scanner.code.reach import Reach, Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from assay.scanner.code.npm.manifest import Manifest
    from assay.scanner.code.npm.runs import Runs

MANIFEST = "package.json"


class Layout(NamedTuple):
    """A package before its code is evaluated: ``packed`` is "tarball", "installed" or "source".

    ``offered`` are the files that somebody gets who loads it, ``started`` those that are its commands.
    """

    packed: str
    files: Files
    offered: frozenset[str]
    started: frozenset[str]

    @property
    def manifest(self) -> Manifest | None:
        """The package's own package.json."""
        return self.files.manifests.get("")


def layout(packed: str, paths: Iterable[str], manifests: Mapping[str, Manifest]) -> Layout:
    """Return how a package lies. ``manifests`` are by their folders, with a slash at the end."""
    files = Files(frozenset(paths), manifests)
    own = manifests.get("")
    return Layout(packed, files, entries(own, files, source=packed == "source"), commands(own, files))


def is_code(path: str) -> bool:
    """Say whether a file is JavaScript or TypeScript by its name; declarations of types are not."""
    return language_of(path) == "javascript" and not path.endswith((".d.ts", ".d.mts", ".d.cts"))


def reaches(
    layout: Layout, runs: Runs, loads: Mapping[str, Collection[str]], code: Collection[str]
) -> dict[str, Reach]:
    """Return what reaches each of ``code``, files by their paths and snippets by their names.

    ``loads`` are, by path or name, the files that each loads. A trace through a script begins with it. What commands
    run comes after what is imported, so that what both load is imported. Linear.
    """
    edges = {node: tuple(sorted(targets)) for node, targets in loads.items()}
    for node, targets in runs.edges.items():
        edges[node] = tuple(dict.fromkeys((*targets, *edges.get(node, ()))))
    walk = Walk(edges)
    for label in runs.labels:
        walk.spread("install", [label])
    walk.spread("import", layout.offered)
    started = layout.started - walk.triggers.keys()
    walk.spread("import", started)
    rest = sorted(path for path in code if path not in walk.triggers)
    walk.settle("call", [path for path in rest if not is_test(path)])
    walk.settle("test", rest)
    return {path: Reach(walk.triggers[path], walk.trace(path), walk.roots[path] in started) for path in sorted(code)}
