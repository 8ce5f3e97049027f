"""How the files of a Python package lie: which hold code, and under what name each is imported. Pure; reads paths only.

Where a name begins depends on how the package is packed: a wheel's files are relative to site-packages
(https://packaging.python.org/en/latest/specifications/binary-distribution-format/), those of a source archive to a
folder that the build finds (https://setuptools.pypa.io/en/latest/userguide/package_discovery.html).
"""

from __future__ import annotations

from itertools import accumulate, count
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.vocabulary_python import VOCABULARY
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.scanner.models import EntryPoint


class Layout(NamedTuple):
    """What is known of a package before its code is evaluated.

    ``packed`` is "wheel", "sdist", "installed" or "source" (a tree that is not packed); ``files`` are all paths within
    the package, sorted. ``in_tree_backend`` is the dotted module of a PEP 517 backend that lies in the tree ("" for
    none), ``backend_path`` the folders it is looked for in.
    """

    packed: str
    files: tuple[str, ...]
    entry_points: tuple[EntryPoint, ...] = ()
    in_tree_backend: str = ""
    backend_path: tuple[str, ...] = ()


class Spot(NamedTuple):
    """Where a file lies: ``root`` is the folder that imports start from (with its slash), ``inner`` the path below it.

    ``kind``: "module" for what is imported from there, "script" for what is put on the command path, "stray" for what
    lies in an archive within the package or below a folder that cannot be part of a module's name.
    """

    root: str
    inner: str
    kind: str


_ENDINGS = (".py", ".pyw", ".pth")
_SCRIPT = lazy(r"(?:^|/)(?:[^/]+\.data/scripts|bin|scripts)/(?:[^/.]+|[^/]+[.-][0-9]+)$")
_SHEBANG = lazy(rb"#![^\n]{0,1000}\b(?:python|pypy|uv run|pipx run)")
_SHELL_TRICK = lazy(rb"#![^\n]{0,1000}\n'''exec' ")
"""How pip and uv write a shebang that is too long for the kernel."""

_SITE = lazy(r"(?:^|/)(?:site|dist)-packages/")
_DATA = lazy(r"[^/]+\.data/(purelib|platlib|scripts|data/(?:bin|Scripts))/")
MAX_DEPTH = 64
"""Folders around a file that can be part of its name; what lies deeper is no module that somebody imports."""

_SCRIPT_FOLDERS = ("bin/", "scripts/")
_SCHEME_ROOTS = ("purelib", "platlib")
_CONVENTIONAL = frozenset({"src", "lib", "Lib", "python", "python2", "python3", "source", "pysrc", "py"})
"""Folders of a source tree that hold packages and are none: where ``package_dir={"": …}`` commonly points."""

RESERVED = frozenset(
    name.partition(".")[0]
    for table in (VOCABULARY.calls, VOCABULARY.attributes, VOCABULARY.canonical)
    for name in table
)
"""Top-level names that the vocabulary knows. The standard library comes before site-packages, and what another package
installs under such a name may come instead of this one's: so no file of a package takes their meaning away."""


def is_code(path: str) -> bool:
    """Say whether a file is Python by its name, or may be: a script without an ending (see ``has_python_shebang``)."""
    return path.lower().endswith(_ENDINGS) or _SCRIPT.search(path) is not None


def has_python_shebang(data: bytes) -> bool:
    """Say whether a script's first line hands it to Python."""
    return (_SHEBANG.match(data) or _SHELL_TRICK.match(data)) is not None


def module_names(layout: Layout) -> dict[str, str]:
    """Return the dotted name of each file with code by its path. No two files have the same.

    A file whose name another one has already (the better place first, then by path), and one that cannot be imported,
    is named by its whole path. A name that begins as one that the vocabulary knows has ``~`` behind that part.
    """
    located = spots(layout)
    owners = _owners(located, top_folder(layout))
    names: dict[str, str] = {}
    taken: set[str] = set()
    for path in sorted(located, key=lambda path: _claim(path, located[path])):
        spot = located[path]
        name = _dotted(spot.inner)
        if spot.kind == "stray" or owners.get(_top(spot)) != _group(spot) or name in taken:
            name = _dotted(path)
        if name in taken:
            name = next(other for number in count(2) if (other := f"{name}~{number}") not in taken)
        taken.add(name)
        names[path] = name
    return dict(sorted(names.items()))


def packages(layout: Layout, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names that are a package's ``__init__``, sorted."""
    return tuple(sorted(name for path, name in names.items() if path.endswith(("/__init__.py", "/__init__.pyw"))))


def spots(layout: Layout) -> dict[str, Spot]:
    """Return where each file with code lies."""
    base = top_folder(layout)
    roots = _source_roots(layout, base) if layout.packed in ("sdist", "source") else None
    return {path: _spot(path, base, roots) for path in layout.files if is_code(path)}


def top_folder(layout: Layout) -> str:
    """Return the folder (with its slash) that holds all of a source archive, "" for every other packing."""
    if layout.packed != "sdist":
        return ""
    paths = (path for path in layout.files if not path.startswith(("._", "__MACOSX/")))
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""


def _source_roots(layout: Layout, base: str) -> frozenset[str]:
    """The folders of a source tree, with their slash, below which names begin: that is where the build's metadata are.

    Besides, folders with a conventional name that are no packages, at the top or beside another build's files.
    """
    backend = ("/".join(part for part in folder.split("/") if part not in ("", ".")) for folder in layout.backend_path)
    found = {base, *(f"{base}{folder}/" for folder in backend if folder)}
    initialised = {path.removesuffix("__init__.py") for path in layout.files if path.endswith("/__init__.py")}
    projects = {base}
    for path in layout.files:
        folder, _, name = path.rpartition("/")
        if folder.endswith(".egg-info"):
            found.add(folder[: folder.rfind("/") + 1])
        if name in ("setup.py", "setup.cfg", "pyproject.toml") and f"{folder}/" not in initialised:
            projects.add(f"{folder}/" if folder else "")
    for project in projects:
        found.add(project)
        found.update(f"{project}{name}/" for name in _CONVENTIONAL if f"{project}{name}/" not in initialised)
    return frozenset(found)


def _spot(path: str, base: str, roots: frozenset[str] | None) -> Spot:
    if "!/" in path or path.count("/") > MAX_DEPTH:
        return Spot("", path, "stray")
    if roots is not None:
        root = next((folder for folder in _folders(path) if folder in roots), base)
    else:
        data = _DATA.match(path)
        if data and data[1] not in _SCHEME_ROOTS:
            return Spot(data[0], path[data.end() :], "script")
        site = _SITE.search(path)
        root = data[0] if data else path[: site.end()] if site else ""
    inner = path[len(root) :]
    if not path.lower().endswith(_ENDINGS) or (roots is not None and inner.startswith(_SCRIPT_FOLDERS)):
        return Spot(root, inner, "script")
    *folders, name = inner.split("/")
    can = all(folder.isidentifier() for folder in folders)
    return Spot(root, inner, "module" if can and (name.endswith(".pth") or _stem(name).isidentifier()) else "stray")


def _folders(path: str) -> Iterator[str]:
    """The folders around a file with their slashes, the innermost first, and "" as the last."""
    parts = path.split("/")[:-1]
    yield from reversed(list(accumulate(f"{part}/" for part in parts)))
    yield ""


def _group(spot: Spot) -> str:
    """The place that a name is taken for as a whole. All that goes to site-packages is one place."""
    return "" if _DATA.match(spot.root) or _SITE.search(spot.root) else spot.root


def _top(spot: Spot) -> str:
    return _stem(spot.inner.partition("/")[0])


def _owners(located: Mapping[str, Spot], base: str) -> dict[str, str]:
    """For each top-level name the place that has it: ``src/`` before the tree's own folder, both before deeper ones."""
    best: dict[str, tuple[tuple[bool, bool, bool, int, str], str]] = {}
    for path in located:
        spot = located[path]
        if spot.kind != "stray":
            top, group = _top(spot), _group(spot)
            below = group[len(base) :]
            depth = 0 if below[:-1] in _CONVENTIONAL else 1 + below.count("/")
            rank = (spot.kind == "script", depth > 1, "/" not in spot.inner, depth, group)
            if top not in best or rank < best[top][0]:
                best[top] = (rank, group)
    return {top: group for top, (_, group) in best.items()}


def _claim(path: str, spot: Spot) -> tuple[int, bool, str]:
    """The order in which files take their names: modules first, a package before a module of its name."""
    return ("module", "script", "stray").index(spot.kind), not path.endswith("/__init__.py"), path


def _dotted(path: str) -> str:
    parts = path.split("/")
    parts[-1] = _stem(parts[-1])
    if len(parts) > MAX_DEPTH:
        parts[MAX_DEPTH:] = ["/".join(parts[MAX_DEPTH:])]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts.pop()
    ending = ".pth" if path.endswith(".pth") else ""
    clean = [part.replace(".", "_").replace("!", "") or "_" for part in parts]
    if clean[0] in RESERVED:
        clean[0] += "~"
    return ".".join(clean) + ending


def _stem(name: str) -> str:
    """A file's name without its ending."""
    ending = next((ending for ending in _ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]
