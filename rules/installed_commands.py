"""The commands that a Python package installs, each with the module behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.package import Module
    from assay.scanner.models import EntryPoint, Package

_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})


class Command(NamedTuple):
    """A command that a package installs: its name, the file that says so, and the module behind it (or none)."""

    name: str
    path: str
    target: str
    module: Module | None


def installed(subject: Package, modules: dict[str, Module]) -> Iterator[Command]:
    """Yield the commands of a Python package: its entry points, and the scripts that a wheel brings along."""
    listing = next((file.path for file in subject.files if file.path.endswith("/entry_points.txt")), "")
    for point in subject.entry_points:
        if point.group in _SCRIPTS:
            yield Command(point.name, listing, point.target, modules.get(module_of(point)))
    by_path = {module.path: module for module in modules.values()}
    for file in (file for file in subject.files if ".data/scripts/" in file.path):
        folder, _, name = file.path.rpartition("/")
        if folder.endswith(".data/scripts") and "/" not in folder.removesuffix("/scripts"):
            yield Command(name, file.path, file.path, by_path.get(file.path))


def module_of(point: EntryPoint) -> str:
    """Return the module that an entry point names."""
    return point.target.partition(":")[0].partition("[")[0].strip()
