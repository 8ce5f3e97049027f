"""An npm package held against itself: what its manifest names, the files that are there, and what it is called. Pure.

How Node finds a main file: https://nodejs.org/api/modules.html#all-together; how npm reads ``bin``: its documentation,
page package-json.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING

from assay.scanner.inputs.collect import shown
from assay.scanner.inputs.npm_folders import MANIFEST
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import EntryPoint, Mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from assay.scanner.inputs.npm_manifest import NpmManifest

_LOADED = ("", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node")
"""What Node appends to a main file until it finds one."""

_PACKED = lazy(r"(.+?)[-_@]v?([0-9]+\.[0-9]+\.[0-9]+.*)\Z", re.DOTALL)
_ENDINGS = (".tgz", ".tar.gz", ".tar", ".zip")
_BETWEEN = lazy(r"[^A-Za-z0-9]+")


def entry_points(manifest: NpmManifest) -> tuple[EntryPoint, ...]:
    """Return what a package offers: commands, its main file, and what it exports."""
    bins = (EntryPoint("bin", name, target) for name, target in manifest.bins)
    main = (EntryPoint("main", "", manifest.main),) if manifest.main else ()
    return (*bins, *(EntryPoint("exports", "", target) for target in manifest.exports), *main)


def disagreements(manifest: NpmManifest, files: Collection[str], hidden: Callable[[str], bool]) -> Iterator[Mismatch]:
    """Yield what the manifest names that lies outside of the package or is not there.

    ``files`` are the paths of the package; ``hidden`` says of one that it may be there although it was not read.
    """
    named = [("main", manifest.main)] if manifest.main else []
    named += [(f"bin {shown(command)}", target) for command, target in manifest.bins]
    for what, target in named:
        place = _place(target)
        if place is None:
            yield Mismatch("entry-outside", MANIFEST, f"{what}: {shown(target)}")
        elif not _is_there(place, files) and not hidden(place) and not (what == "main" and _is_there(".", files)):
            yield Mismatch("missing-entry", MANIFEST, f"{what}: {shown(target)}")
    for command, _ in manifest.bins:
        if ".." in command.replace("\\", "/").split("/"):
            yield Mismatch("entry-outside", MANIFEST, f"bin: the command {shown(command)}")
    for target in manifest.exports:
        place = _place(target)
        plain = target.startswith("./") and "*" not in target and not target.endswith("/")
        if place is None:
            yield Mismatch("entry-outside", MANIFEST, f"exports: {shown(target)}")
        elif plain and place not in files and not hidden(place):
            yield Mismatch("missing-export", MANIFEST, f"exports: {shown(target)}")


def _place(target: str) -> str | None:
    """Return the path within the package that a target means, None if it leads out of it.

    One that begins with a slash is an author's slip: no client goes there.
    """
    place = normpath(target.replace("\\", "/").lstrip("/"))
    return None if place == ".." or place.startswith("../") else place


def _is_there(place: str, files: Collection[str]) -> bool:
    if place == ".":
        return any(f"index{ending}" in files for ending in (".js", ".json", ".node"))
    if any(place + ending in files for ending in _LOADED):
        return True
    return f"{place}/{MANIFEST}" in files


def against_file_name(file_name: str, manifest: NpmManifest) -> Iterator[Mismatch]:
    """Yield how the name of an archive contradicts the manifest in it.

    Clients and registries write a scope in several ways or leave it out; a name without a version says nothing.
    """
    stem = next((file_name[: -len(ending)] for ending in _ENDINGS if file_name.lower().endswith(ending)), file_name)
    name, version = manifest.name, manifest.version
    bare = name.rpartition("/")[2]
    if not name or not version:
        return
    if _key(stem) in {_key(f"{one}{between}{version}") for one in (name, bare) for between in ("", "v")}:
        return
    told = _PACKED.match(stem)
    if told is None:
        yield Mismatch("file-name", "", f"the file is not named after what it holds, {shown(name)} {shown(version)}")
        return
    if _key(told[1]) not in (_key(name), _key(bare)):
        yield Mismatch("other-name", MANIFEST, f"the file is named {shown(told[1])}, the manifest says {shown(name)}")
    if _key(told[2]) != _key(version):
        said = f"version {shown(told[2])}, the manifest says {shown(version)}"
        yield Mismatch("other-version", MANIFEST, f"the file is named {said}")


def _key(text: str) -> str:
    return _BETWEEN.sub("", text).lower()
