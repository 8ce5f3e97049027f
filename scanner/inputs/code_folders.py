"""Which files of a tree are read as the code of one package, and how the package is handed to whoever reads code.

A package is read by one worker as a whole. An installed distribution is one, with what its RECORD says is its own; of
what no RECORD lists, each top-level name below ``site-packages``. Elsewhere a package is the nearest folder with a
build file, else the target itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from assay.scanner.inputs.formats import language_of
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.scanner.code.package import PackageCode
    from assay.scanner.inputs.tree import Entry
    from assay.scanner.models import Ecosystem, EntryPoint, Packing

_SITE = lazy(r"(?:^|.*/)(?:site|dist)-packages/")
BUILD_FILES = frozenset({"setup.py", "setup.cfg", "pyproject.toml"})
_METADATA = (".dist-info", ".egg-info")
_TEXTS = lazy(
    r"(?:^|/)(?:\.[^/]+|[^/]+\.(?:md|markdown|rst|txt|html?|toml|cfg|ini|conf|ya?ml|json|env|properties|xml|pem|key"
    r"|sh|bash|ps1|bat|cmd|[cm]?[jt]s|[jt]sx)|(?:README|LICENSE|Dockerfile|Makefile)[^/]*)\Z",
    re.IGNORECASE,
)
"""Texts that people write or that hold settings: where credentials, and words to a reviewer, are looked for."""

_SCRIPT = lazy(r"(?:^|/)(?:bin|scripts)/[^/]+\Z")


class Read(Protocol):
    """What came of a package's code, and what of it was not looked at: path, and reason and detail of a gap."""

    @property
    def code(self) -> PackageCode | None:
        """None if there is none."""

    @property
    def unread(self) -> tuple[tuple[str, str, str], ...]:
        """Sorted."""


class Sources(Protocol):
    """Who reads code: see ``scanner/code/reading.py``, which is loaded by name."""

    def take(self, path: str, data: bytes | None) -> bool:
        """Take a file, None for one too large to be held; say whether it is code that will be read."""

    def finish(self, packed: str, files: Iterable[str], entry_points: tuple[EntryPoint, ...] = ()) -> Read:
        """Read what was taken."""


class NpmSources(Protocol):
    """Who reads the code of npm packages: see ``scanner/code/npm/reading.py``, which is loaded by name."""

    def take(self, path: str, data: bytes | None) -> bool:
        """Take a file, None for one too large to be held; say whether it is code that will be read."""

    def finish(self, packed: str, files: Iterable[str], *, git: bool = ..., root: bool = ...) -> Read:
        """Read what was taken; ``git`` and ``root`` say how the package is installed, which decides what runs."""


class Memory(NamedTuple):
    """Where is kept what reading installed packages gave, and the digest of the ruleset (see ``remembered``)."""

    folder: str
    ruleset: str


class Portion(NamedTuple):
    """Files that one worker reads; with ``packed`` the code of one package, whose paths are relative to ``folder``.

    ``held`` are the files of the package that were read before: they are handed on, but not read again. ``git`` are the
    versions of the package that come from git, as ``npm_folders.Known`` has them. ``archive`` says that the one entry
    is opened.
    """

    entries: tuple[Entry, ...]
    packed: Packing | None = None
    folder: str = ""
    ecosystem: Ecosystem = "pypi"
    held: tuple[tuple[str, bytes], ...] = ()
    git: frozenset[str | None] = frozenset()
    archive: bool = False

    @property
    def start(self) -> int:
        """The characters of a path that lead to the package's folder."""
        return len(self.folder) + 1 if self.folder else 0

    @property
    def paths(self) -> list[str]:
        """The files of the package by their paths from its folder, sorted as they were walked."""
        start = self.start
        return [path[start:] for path in (*(entry.path for entry in self.entries), *(path for path, _ in self.held))]


def may_hold_code(path: str) -> bool:
    """Say by its name whether a file is given to whoever reads code: source code, scripts, texts."""
    return language_of(path) == "python" or _TEXTS.search(path) is not None or _SCRIPT.search(path) is not None


def is_source(path: str) -> bool:
    """Say whether a file that the invoker names alone is read as code."""
    return language_of(path) == "python"


def portions(entries: list[Entry], size: int, *, code: bool, owner: Callable[[str], str]) -> list[Portion]:
    """Split files into portions: the packages with code first, each whole, then the rest by ``size``, in order.

    ``owner`` tells by a path the ``.dist-info`` folder of the distribution that owns the file, "" if none does.
    """
    groups: dict[tuple[Packing, str, str], list[Entry]] = {}
    rest: list[Entry] = []
    projects = (
        frozenset(folder_of(entry.path) for entry in entries if name_of(entry.path) in BUILD_FILES) if code else ()
    )
    for entry in entries:
        if code and may_hold_code(entry.path) and "node_modules/" not in entry.path:
            groups.setdefault(_package(entry.path, frozenset(projects), owner(entry.path)), []).append(entry)
        else:
            rest.append(entry)
    found = []
    for (packed, folder, _), some in sorted(groups.items()):
        if any(language_of(entry.path) == "python" or _SCRIPT.search(entry.path) for entry in some):
            found.append(Portion(tuple(some), packed, folder))
        else:
            rest += some
    rest.sort(key=lambda entry: entry.raw)
    return found + [Portion(tuple(rest[start : start + size])) for start in range(0, len(rest), size)]


def _package(path: str, projects: frozenset[str], info: str) -> tuple[Packing, str, str]:
    """How the package is packed that a file belongs to, its folder, and its name there."""
    around = folder_of(info)
    if info and (not around or path.startswith(f"{around}/")):
        return "installed", around, name_of(info)
    site = _SITE.match(path)
    if site:
        top = path[site.end() :].partition("/")[0]
        name = top.partition("-")[0] if top.endswith(_METADATA) else top.partition(".")[0]
        return "installed", site.group().rstrip("/"), name
    folder = folder_of(path)
    while folder and folder not in projects:
        folder = folder_of(folder)
    return "source", folder, ""


def folder_of(path: str) -> str:
    """Return the folder that a path lies in, "" for the target itself."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]
