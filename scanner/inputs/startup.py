"""What starts with every interpreter of an environment because a ``.pth`` file beside the packages imports it. Pure.

Who reads code sees one package at a time, and thus what starts if the hook lies in the same one. Here hooks are joined
to the modules of all other packages in the same folder.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.scanner.code.package import Module
    from assay.scanner.models import Package

_EARLIER = frozenset({"install", "startup"})
_LONGEST = 16
"""Stations of a trace, as elsewhere."""


def started(hooks: Iterable[tuple[str, Sequence[str]]], packages: Sequence[Package]) -> tuple[Package, ...]:
    """Return the packages with the trigger "startup" for modules that hooks import, and for what those load.

    ``hooks`` are the path in the target of each ``.pth`` file and the modules that it imports, sorted. The trace begins
    with the first hook, by its path from the folder that it shares with the package. What a started module loads is
    known by the traces of other modules, of which each has one; one that something else loads too may be left out.
    """
    by_site: dict[str, dict[str, str]] = {}
    for path, names in hooks:
        site, _, hook = path.rpartition("/")
        loaded = by_site.setdefault(site, {})
        for name in names:
            for part in accumulate(name.split("."), "{}.{}".format):
                loaded.setdefault(part, hook)
    return tuple(_joined(package, by_site.get(package.path, {})) for package in packages)


def _joined(package: Package, loaded: dict[str, str]) -> Package:
    if not loaded or package.packed != "installed" or package.code is None:
        return package
    begins = {
        module.path: loaded[name]
        for module in package.code.modules
        if (name := module.name.replace("~", "", 1)) in loaded and module.trigger not in _EARLIER
    }
    if not begins:
        return package
    modules = tuple(_started(module, begins) for module in package.code.modules)
    return package._replace(code=package.code._replace(modules=modules))


def _started(module: Module, begins: dict[str, str]) -> Module:
    if module.trigger in _EARLIER:
        return module
    way = module.trace or (module.path,)
    at = next((index for index in reversed(range(len(way))) if way[index] in begins), None)
    if at is None:
        return module
    return module._replace(trigger="startup", trace=(begins[way[at]], *way[at:])[:_LONGEST])
