"""One distribution of an environment: found by looking into its site-packages, without running its interpreter.

What belongs to it is what its RECORD lists, what lies in its ``.dist-info`` or ``.egg-info``, and code that was put
into folders in which no other distribution has a file:
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import os
from posixpath import normpath
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.errors import UsageError
from assay.scanner.inputs import record
from assay.scanner.inputs.distributions import CODE_ENDINGS
from assay.scanner.inputs.owners import Territory
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.pypi import identify
from assay.scanner.inputs.text import MAX_BYTES
from assay.scanner.inputs.tree import Limits, open_regular, text_path, walk
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_METADATA = lazy(rb"(.+?)(?:-[^-]+(?:-py[0-9.]+)?)?\.(?:dist-info|egg-info)\Z")
_LIBRARIES = ("lib", "lib64", "Lib")
_SITES = ("site-packages", "dist-packages")


class Environment(NamedTuple):
    """Where an environment keeps what is installed: its folder, and those with distributions below it."""

    prefix: bytes
    sites: tuple[bytes, ...]


def environment_of(python: str) -> Environment:
    """Return the environment that an interpreter, or an environment's folder, belongs to; the interpreter is not run.

    Raises:
        UsageError: there is none.
    """
    path = os.path.abspath(os.fsencode(python))
    prefix = path if os.path.isdir(path) else os.path.dirname(os.path.dirname(path))
    sites = tuple(_sites(prefix))
    if not sites or not os.path.lexists(path):
        raise UsageError(f"--python {python}: no environment with site-packages; name its interpreter or its folder")
    return Environment(prefix, sites)


def _sites(prefix: bytes) -> Iterator[bytes]:
    """Yield ``lib/python3.x/site-packages`` and what it is called on other systems, each once."""
    seen: set[bytes] = set()
    for library in map(os.fsencode, _LIBRARIES):
        folder = os.path.join(prefix, library)
        inner = sorted(name for name in _names(folder) if name.startswith(b"python"))
        for place in (folder, *(os.path.join(folder, name) for name in inner)):
            for site in (os.path.join(place, os.fsencode(name)) for name in _SITES):
                real = os.path.realpath(site)
                if os.path.isdir(site) and real not in seen:
                    seen.add(real)
                    yield site


def _names(folder: bytes) -> list[bytes]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def files_of(name: str, environment: Environment) -> list[bytes]:
    """Return the files of an installed distribution that are there, relative to the environment's folder, sorted.

    Raises:
        UsageError: it is not installed.
    """
    wanted = identify(name)
    found: set[bytes] = set()
    for site in environment.sites:
        entries = [entry for entry in _names(site) if wanted and _named(entry) == wanted]
        for entry in entries:
            found.update(_belonging(site, entry, environment.prefix))
        if entries:
            found.update(_added(site, entries, environment.prefix))
    if not found:
        places = ", ".join(text_path(site) for site in environment.sites)
        raise UsageError(f"--installed {name}: not installed in {places}")
    return sorted(found)


def _named(entry: bytes) -> str | None:
    match = _METADATA.match(entry)
    return identify(match[1].decode("utf-8", "replace")) if match else None


def _added(site: bytes, entries: list[bytes], prefix: bytes) -> Iterator[bytes]:
    """Yield the files with code in the folders that belong to some distributions alone."""
    base = os.path.relpath(site, prefix)
    records = {os.path.join(base, name, b"RECORD") for name in _names(site) if name.endswith(b".dist-info")}
    contents = [(text_path(path), _record(os.path.join(prefix, path), text_path(path))) for path in sorted(records)]
    own = {text_path(os.path.join(base, entry)) for entry in entries}
    start = len(text_path(base)) + 1
    listed = ((path, claim) for path, content in contents for claim in content.claims)
    tops = {claim[start:].partition("/")[0] for path, claim in listed if os.path.dirname(path) in own}
    near = (claim for _, content in contents for claim in content.claims if claim[start:].partition("/")[0] in tops)
    there = frozenset(claim for claim in near if os.path.lexists(os.path.join(prefix, os.fsencode(claim))))
    territory = Territory(contents, there)
    for entry in entries:
        for folder in map(os.fsencode, territory.folders(text_path(os.path.join(base, entry)))):
            if os.path.isdir(os.path.join(prefix, folder)):
                for found in walk(os.path.join(prefix, folder), Limits()):
                    if found.kind == "file" and found.path.endswith(CODE_ENDINGS) and b"__pycache__" not in found.raw:
                        yield os.path.join(folder, found.raw)


def _belonging(site: bytes, metadata: bytes, prefix: bytes) -> Iterator[bytes]:
    folder = os.path.join(site, metadata)
    paths: Iterable[bytes] = (os.path.join(folder, name) for name in _names(folder))
    below = [path for path in paths if os.path.isfile(path)] if os.path.isdir(folder) else [folder]
    base = os.path.relpath(site, prefix).decode("utf-8", "surrogateescape")
    for path in below:
        yield os.path.relpath(path, prefix)
    for claim in _record(os.path.join(folder, b"RECORD"), normpath(f"{base}/x.dist-info/RECORD")).claims:
        relative = os.fsencode(claim)
        if os.path.isfile(os.path.join(prefix, relative)):
            yield relative


def _record(file: bytes, path: str) -> Parsed:
    """Return what a RECORD says whose path in the environment's folder is ``path``; nothing if it cannot be read."""
    try:
        handle = open_regular(file)
    except OSError:
        return Parsed("installed")
    with open(handle, "rb") as opened:
        return record.parse(opened.read(MAX_BYTES), path)
