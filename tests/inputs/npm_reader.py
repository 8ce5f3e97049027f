"""A reader of npm packages that reads nothing: it tells what it was given, as the modules of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.gathered import Reading
from assay.scanner.code.package import Module, PackageCode, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.models import Inventory

NAME = "tests.inputs.npm_reader"
_SCRIPTS = (".js", ".cjs", ".mjs", ".ts")


class Sources:
    """Each file becomes a module: its size is the name, how the package is installed the trace."""

    def __init__(self) -> None:
        self._taken: dict[str, int | None] = {}

    def take(self, path: str, data: bytes | None) -> bool:
        assert path not in self._taken
        self._taken[path] = None if data is None else len(data)
        return data is not None and path.endswith(_SCRIPTS)

    def finish(self, packed: str, files: Iterable[str], *, git: bool = False, root: bool = False) -> Reading:
        assert set(self._taken) <= set(files)
        how = (packed, *(["git"] if git else []), *(["root"] if root else []))
        modules = tuple(Module(str(size), path, "import", how) for path, size in sorted(self._taken.items()))
        unread = [Unread(path, "too-large", "too large") for path, size in sorted(self._taken.items()) if size is None]
        return Reading(PackageCode(modules), tuple(unread))


def given(inventory: Inventory) -> dict[tuple[str, str], list[str]]:
    """Return by (path, purl) of each npm package the files that its reader was given."""
    return {
        (package.path, package.purl): [module.path for module in package.code.modules] if package.code else []
        for package in inventory.contents
        if package.ecosystem == "npm"
    }


def ways(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """Return by path of each npm package how its reader was told that it is installed."""
    return {one.path: one.code.modules[0].trace for one in inventory.contents if one.code and one.ecosystem == "npm"}
