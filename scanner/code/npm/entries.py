"""What a package offers to be loaded: main, module, browser, exports, and its commands: bin.

Source: node's documentation, "Modules: Packages", and npm's, page package-json; ``browser`` as bundlers read it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from posixpath import normpath
from typing import TYPE_CHECKING

from assay.scanner.code.npm.manifest import strings
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.npm.manifest import Manifest
    from assay.scanner.code.npm.resolution import Files

_LOADED = ("main", "module", "browser", "jsnext:main", "esnext", "es2015", "fesm2015", "react-native", "unpkg",
           "jsdelivr", "sass", "svelte", "source", "worker", "electron", "deno", "bun")  # fmt: skip
_IGNORED = ("types", "typings")
MOST = 4_096
MOST_PATTERNS = 64
"""Targets of ``exports`` that are looked up, and patterns among them, which are held against every file."""

_BUILT = ("index", "src/index", "lib/index", "src/main", "app", "server", "main")
"""Where the code of a project begins whose main is built later."""

_TESTED = lazy(
    r"(?:^|/)(?:__?(?:tests?|mocks?|fixtures?|snapshots?)__?|tests?|specs?|test[-_]?(?:data|cases|utils?)|fixtures?|e2e"
    r"|docs?|documentation|examples?|samples?|demos?|tutorials?|bench(?:es|marks?)?|perf|stories)/"
    r"|[^/]+[._-](?:test|tests|spec|bench|benchmark|stories|e2e)\.[cm]?[jt]sx?\Z",
    re.IGNORECASE,
)


def entries(manifest: Manifest | None, files: Files, *, source: bool = False) -> frozenset[str]:
    """Return the files that somebody gets who loads the package.

    A command that ``exports`` offers too, under a name of its own, is started, not loaded: it is none of them.
    ``source`` says that the package is not built yet: then a main that is not there stands for the usual places.
    """
    folder = manifest.folder if manifest else ""
    fields = manifest.fields if manifest else {}
    found = {files.module(folder + text.strip()) for text in _named(fields)}
    exported = fields.get("exports")
    found.update(_matched(_main_of(exported), folder, files))
    found.update(_matched(exported, folder, files) - commands(manifest, files))
    if "exports" not in fields:
        found.add(files.module(folder or "."))
    found.discard("")
    if source and not found:
        found.update(files.file(folder + stem) for stem in _BUILT)
    return frozenset(found - {""})


def is_cut(manifest: Manifest | None) -> bool:
    """Say whether ``exports`` names more than is looked up."""
    targets = list(islice(_targets(manifest.fields.get("exports")), MOST + 1)) if manifest else []
    return len(targets) > MOST or sum(map(_is_pattern, targets)) > MOST_PATTERNS


def commands(manifest: Manifest | None, files: Files) -> frozenset[str]:
    """Return the files that ``bin`` or ``directories.bin`` names, for somebody who starts one of them."""
    if manifest is None:
        return frozenset()
    named = strings(manifest.fields.get("bin"))
    found = {files.module(manifest.folder + text.strip()) for _, text in named}
    place = _folder_of_commands(manifest.folder, manifest.fields)
    found.update(path for path in files.paths if place and path.startswith(place))
    return frozenset(found - {""})


def _main_of(exported: object) -> object:
    """What of ``exports`` the name of the package gives: all where no subpath is named, else what "." leads to."""
    if isinstance(exported, dict) and any(isinstance(key, str) and key.startswith(".") for key in exported):
        return exported.get(".")
    return exported


def _matched(exported: object, folder: str, files: Files) -> set[str]:
    """The files that targets of ``exports`` mean."""
    found: set[str] = set()
    patterns = 0
    for text in islice(_targets(exported), MOST):
        patterns += _is_pattern(text)
        if patterns <= MOST_PATTERNS:
            found.update(_matching(folder + text.removeprefix("./"), files))
    return found


@lru_cache(maxsize=1 << 13)
def is_test(path: str) -> bool:
    """Say whether a file is a test, an example or a document by its name, if nothing else loads it."""
    return _TESTED.search(path) is not None


def _named(fields: dict[str, object]) -> Iterator[str]:
    """The paths that fields name."""
    for name in _LOADED:
        for _, text in strings(fields.get(name), _IGNORED):
            yield text


def _folder_of_commands(folder: str, fields: dict[str, object]) -> str:
    """The folder whose files are all commands, with a slash, "" for none; ``bin`` goes before it."""
    listed = fields.get("directories")
    named = listed.get("bin") if isinstance(listed, dict) and "bin" not in fields else None
    place = normpath(folder + named) if isinstance(named, str) and named else "."
    return "" if place == "." or place.startswith(("..", "/")) else f"{place}/"


def _targets(exported: object) -> Iterator[str]:
    for _, text in strings(exported, _IGNORED):
        if text.startswith("./"):
            yield text


def _is_pattern(target: str) -> bool:
    return "*" in target or target.endswith("/")


def _matching(target: str, files: Files) -> Iterator[str]:
    """The files that a target of ``exports`` means: one, those of a pattern, or those of a folder."""
    head, star, tail = target.partition("*")
    if not star and not target.endswith("/"):
        yield files.module(target)
        return
    end, shortest = tail.rpartition("*")[2], len(head) + 1
    all_tests = is_test(head)
    for path in files.paths:
        is_meant = path.startswith(head) and path.endswith(end) and len(path) >= shortest + len(end)
        if is_meant and (all_tests or not is_test(path)):
            yield path
