"""Which files of a tree belong to one npm package, by their paths alone, and in what portions these are read. Pure.

Below ``node_modules`` a package owns its folder, whether it lies flat, nested, in pnpm's store or unplugged by yarn;
elsewhere the nearest folder whose package.json bears a name. What lies in ``node_modules`` beside the packages belongs
to none, but can be loaded too: it is read as if it were one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.code_folders import BUILD_FILES, Portion, folder_of, name_of
from assay.scanner.inputs.formats import language_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from assay.scanner.inputs.tree import Entry

SHELF = "node_modules"
_SHELF = f"{SHELF}/"
MANIFEST = "package.json"
LOCKFILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"}
)
_SCRIPTS = frozenset({"javascript", "typescript"})


class Known(NamedTuple):
    """What was read of a target beforehand: the content of manifests by path, the folders of those with a name.

    ``git`` are the versions by name of what the lockfiles say comes from git, None for an unknown one.
    """

    held: Mapping[str, bytes]
    projects: frozenset[str]
    git: Mapping[str, frozenset[str | None]]


def is_script(path: str) -> bool:
    """Say whether a file is JavaScript or TypeScript by its name."""
    return language_of(path) in _SCRIPTS


def installed_home(path: str) -> str | None:
    """Return the folder of the package that a file lies in below ``node_modules``, None for a file that does not.

    A file that lies in ``node_modules`` beside the packages has that folder itself. ``.store/x/package`` is how yarn's
    linker "pnpm" keeps a package.
    """
    at = shelf_at(path)
    if at < 0:
        return None
    end = at + len(_SHELF)
    parts = path[end:].split("/", 3)
    if parts[0] == ".store" and len(parts) == 4 and parts[2] == "package":
        return path[:end] + "/".join(parts[:3])
    deep = 2 if parts[0].startswith("@") else 1
    if len(parts) <= deep or parts[0].startswith("."):
        return path[: end - 1]
    return path[:end] + "/".join(parts[:deep])


def shelf_at(path: str) -> int:
    """Return where the last folder ``node_modules`` of a path begins, -1 if there is none."""
    at = path.rfind(_SHELF)
    while at > 0 and path[at - 1] != "/":
        at = path.rfind(_SHELF, 0, at)
    return at


def name_in(folder: str) -> str:
    """Return the name that a package is installed under in ``node_modules``; "" for a folder that tells none."""
    at = shelf_at(f"{folder}/")
    if at < 0 or folder.endswith(_SHELF[:-1]):
        return ""
    name = folder[at + len(_SHELF) :]
    return "" if name.startswith(".") else name


def of_packages(entries: Iterable[Entry], known: Known) -> tuple[list[Portion], list[Entry]]:
    """Return the files that belong to npm packages, a portion for each, and the rest in the order given."""
    entries = list(entries)
    places = [entry.path.rpartition("/") for entry in entries]
    manifests = {folder for folder, _, name in places if name == MANIFEST}
    builds = frozenset(folder for folder, _, name in places if name in BUILD_FILES)
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    sources: defaultdict[str, list[Entry]] = defaultdict(list)
    rest = []
    homes = {folder: _home(folder, manifests) for folder in {folder for folder, _, _ in places}}
    for entry, (folder, _, _) in zip(entries, places, strict=True):
        if (home := homes[folder]) is not None:
            groups[home].append(entry)
        elif (project := _project(entry.path, known.projects, builds)) is not None:
            sources[project].append(entry)
        else:
            rest.append(entry)
    found = []
    for folder, some in groups.items():
        if name_of(folder) != SHELF or any(language_of(entry.path) for entry in some):
            found.append(_installed(folder, some, known))
        else:
            rest += some
    held: defaultdict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for path, data in sorted(known.held.items()):
        project = _project(path, known.projects, builds)
        if project is not None:
            held[project].append((path, data))
    for folder in sorted({*sources, *held}):
        some = sources[folder]
        if any(is_script(entry.path) for entry in some) or folder in known.projects:
            found.append(Portion(tuple(some), "source", folder, "npm", tuple(held[folder])))
        else:
            rest += some
    return found, rest


def _installed(folder: str, some: list[Entry], known: Known) -> Portion:
    return Portion(tuple(some), "installed", folder, "npm", git=known.git.get(name_in(folder), frozenset()))


def _home(folder: str, manifests: Collection[str]) -> str | None:
    """Return the package that the files of a folder belong to below ``node_modules``: their own, or one around it."""
    home = around = installed_home(f"{folder}/_")
    while around is not None and around not in manifests:
        around = installed_home(around[: max(shelf_at(f"{around}/"), 0)])
    return home if around is None else around


def _project(path: str, projects: Collection[str], builds: Collection[str]) -> str | None:
    """Return the folder of the npm package whose source a file is; None if it belongs to one of Python, or to none.

    What is JavaScript belongs to the target itself if no folder around it is a package of either kind.
    """
    if "-packages/" in path and ("site-packages/" in path or "dist-packages/" in path):
        return None
    language = language_of(path)
    if language == "python" or name_of(path) in BUILD_FILES:
        return None
    folder = folder_of(path)
    while True:
        if folder in projects:
            return folder if folder not in builds or language in _SCRIPTS or path.endswith(".json") else None
        if folder in builds:
            return None
        if not folder:
            return "" if language in _SCRIPTS else None
        folder = folder_of(folder)
