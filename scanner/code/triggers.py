"""When the code of a Python package runs: by itself at install, at startup or on import, or when somebody runs it.

What is said is when the top level of a file runs. setup.py and an in-tree build backend run at install
(https://peps.python.org/pep-0517/), ``.pth`` files, ``sitecustomize`` and ``usercustomize`` whenever an interpreter
starts (https://docs.python.org/3/library/site.html), and what those import runs with them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.layout import spots, top_folder
from assay.scanner.code.reach import TRIGGERS, Reach, Walk
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assay.scanner.code.layout import Layout, Spot

_STARTUP = frozenset({"sitecustomize.py", "usercustomize.py"})
_TESTED = lazy(
    r"(?:^|/)(?:(?:(?:unit)?_)?tests?|test[_-]?data|testcases|fixtures|docs?|documentation"
    r"|(?:example|sample|tutorial|benchmark)s?|notebooks)/",
    re.IGNORECASE,
)
_TEST_FILES = ("test_", "conftest.")
_TEST_ENDINGS = ("_test.py", "_tests.py")
_TOOLS = lazy(
    r"(?:ci|bin|debian|manpages|news|newsfragments|changelog|scripts|tools|utils?|python|build|exercises?|htmlcov)/"
)
"""Folders that setuptools does not take for packages of a flat tree (setuptools/discovery.py, ``DEFAULT_EXCLUDE``);
those of tests, documents and examples stand above."""

_TOOL_FILES = frozenset({"noxfile.py", "tasks.py", "fabfile.py", "dodo.py", "toxfile.py"})
"""What task runners load: nox, invoke, fabric, doit, tox."""


def reaches(layout: Layout, names: Mapping[str, str], imports: Mapping[str, Collection[str]]) -> dict[str, Reach]:
    """Return what reaches each file of ``names`` (path to dotted name), by path.

    ``imports`` are, by path, the paths that the top level of a file imports; the packages around them are loaded too.
    The trace is a shortest one, the first by path among equals. Linear in files and imports.
    """
    walk = Walk(_edges(names, imports))
    located = {path: spot for path, spot in spots(layout).items() if path in names}
    groups = _grouped(layout, names, located)
    for trigger in TRIGGERS:
        roots = groups[trigger]
        unasked = trigger in ("install", "startup")
        walk.spread(trigger, [path for path in roots if unasked or (trigger == "import" and _is_front(located[path]))])
        walk.settle(trigger, roots)
    return {path: Reach(walk.triggers[path], walk.trace(path)) for path in sorted(located)}


def _edges(names: Mapping[str, str], imports: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """What each file loads: what it imports, and the packages around that, sorted."""
    known = {name: path for path, name in names.items() if path.endswith(("/__init__.py", "/__init__.pyw"))}
    around: dict[str, list[str]] = {}
    for path, name in names.items():
        parts = name.split(".")[:-1]
        parents = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        around[path] = [known[parent] for parent in parents if parent in known]
    edges = {}
    for path, targets in imports.items():
        inside = [target for target in targets if target in around]
        loaded = {other for target in inside for other in (target, *around[target])} - {path}
        edges[path] = tuple(sorted(loaded))
    return edges


def _grouped(layout: Layout, names: Mapping[str, str], located: Mapping[str, Spot]) -> dict[str, list[str]]:
    """The files by what they are alone, before anything imports them, each list sorted."""
    groups: dict[str, list[str]] = {trigger: [] for trigger in TRIGGERS}
    base = top_folder(layout)
    build = _build_files(layout, located)
    offered = _offered(layout, names)
    known = frozenset(path[: -len("__init__.py")] for path in layout.files if path.endswith("/__init__.py"))
    for path in sorted(located):
        spot = located[path]
        if path in build:
            trigger = "install"
        elif path in offered:
            trigger = "import"
        elif layout.packed in ("sdist", "source"):
            trigger = _alone_in_source(path, path[len(base) :], spot, known)
        else:
            trigger = _alone(spot)
        groups[trigger].append(path)
    if not groups["import"]:  # nothing but what looks like tests: then that is the package
        promoted = {path for path in groups["test"] if _is_front(located[path]) or _in_package(path, known)}
        groups["import"] = sorted(promoted)
        groups["test"] = [path for path in groups["test"] if path not in promoted]
    return groups


def _alone(spot: Spot) -> str:
    """When a file of a wheel or an installed package runs that nothing imports."""
    name = spot.inner.rpartition("/")[2]
    if name.endswith(".pth") or spot.inner in _STARTUP:
        return "call" if "/" in spot.inner else "startup"  # deeper ones are read by nobody
    if _TESTED.search(spot.inner):
        return "test"
    imported = spot.kind == "module" or _is_unspeakable(spot)
    return "import" if imported and name != "__main__.py" else "call"


def _alone_in_source(path: str, place: str, spot: Spot, packages: frozenset[str]) -> str:
    """When a file of a source tree runs that nothing imports; ``place`` is its path below the tree's own folder."""
    name = path.rpartition("/")[2]
    if _TESTED.search(place) or name.startswith(_TEST_FILES) or name.endswith(_TEST_ENDINGS):
        return "test"
    if name.endswith(".pth") or spot.inner in _STARTUP:
        return "startup"  # a build may put it anywhere
    if (spot.kind != "module" and not _is_unspeakable(spot)) or name == "__main__.py":
        return "call"
    if _in_package(path, packages):
        return "import"
    tool = name in _TOOL_FILES or (name == "setup.py" and path != place) or _TOOLS.match(spot.inner)
    return "call" if tool else "import"


def _is_unspeakable(spot: Spot) -> bool:
    """Say whether a file is a package at the top whose name no import statement can spell: others can import it."""
    return spot.inner.count("/") == 1 and spot.inner.endswith("/__init__.py") and "!/" not in spot.inner


def _in_package(path: str, packages: frozenset[str]) -> bool:
    return path[: path.rfind("/") + 1] in packages


def _is_front(spot: Spot) -> bool:
    """Say whether a file is what an import of the package begins with: a top-level module, or a top-level package."""
    return "/" not in spot.inner or (spot.inner.count("/") == 1 and spot.inner.endswith("/__init__.py"))


def _build_files(layout: Layout, located: Mapping[str, Spot]) -> frozenset[str]:
    """What a build runs: setup.py of the tree (of each project in a tree that is not packed) and its own backend."""
    if layout.packed not in ("sdist", "source"):
        return frozenset()
    base = top_folder(layout)
    found = {f"{base}setup.py"}
    if layout.packed == "source":
        nested = (path for path in located if located[path].inner == "setup.py")
        found.update(path for path in nested if not _TESTED.search(path))
    parts = layout.in_tree_backend.partition(":")[0].split(".")
    for folder in layout.backend_path if parts[0] else ():
        inner = "/".join(part for part in folder.split("/") if part not in ("", "."))
        start = f"{base}{inner}/" if inner else base
        for length in range(1, len(parts) + 1):
            stem = start + "/".join(parts[:length])
            found.update((f"{stem}/__init__.py", *([f"{stem}.py"] if length == len(parts) else [])))
    return frozenset(found & located.keys())


def _offered(layout: Layout, names: Mapping[str, str]) -> frozenset[str]:
    """The files that an entry point names: whoever runs the command or loads the plugin imports them."""
    modules = {point.target.partition(":")[0].partition("[")[0].strip() for point in layout.entry_points}
    return frozenset(path for path, name in names.items() if name.replace("~", "", 1) in modules)
