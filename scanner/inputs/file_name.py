"""What the file name of a wheel or a source archive says: name, version, tags.

Formats: https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention and
https://packaging.python.org/en/latest/specifications/source-distribution-format/#source-distribution-file-name
(PEP 625); older source archives have dashes in their names: the first one before a digit parts name and version.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from assay.scanner.inputs.pypi import identify, is_version
from assay.scanner.lazy_pattern import lazy

SDIST_ENDINGS = (".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar")
"""Endings of source archives that pip installs; public indexes take the first and, of old, ``.zip`` only."""

_STEM = lazy(r"(.+?)-([0-9][A-Za-z0-9.!+_-]*)\Z", re.ASCII)
_TAG = lazy(r"[A-Za-z0-9_.]+\Z")


class FileName(NamedTuple):
    """Name (normalised) and version as a file name gives them, and the tags of a wheel (``py3-none-any``)."""

    name: str
    version: str
    tags: tuple[str, ...] = ()


def wheel_name(file: str) -> FileName | None:
    """Return what the file name of a wheel says, None if it is not that of a wheel; tags are expanded and sorted."""
    parts = file.removesuffix(".whl").split("-")
    if len(parts) not in (5, 6) or not file.endswith(".whl") or not all(map(_TAG.match, parts[-3:])):
        return None
    name = identify(parts[0])
    if name is None or not is_version(parts[1]):
        return None
    pythons, abis, platforms = (part.split(".")[:12] for part in parts[-3:])
    tags = {f"{python}-{abi}-{platform}" for python in pythons for abi in abis for platform in platforms}
    return FileName(name, parts[1].replace("_", "+", 1) if "+" not in parts[1] else parts[1], tuple(sorted(tags)))


def sdist_name(file: str) -> FileName | None:
    """Return what the file name of a source archive says, None if it has no name and version."""
    ending = next((ending for ending in SDIST_ENDINGS if file.lower().endswith(ending)), None)
    match = _STEM.match(file[: -len(ending)]) if ending else None
    name = identify(match.group(1)) if match else None
    if match is None or name is None or not is_version(match.group(2)):
        return None
    return FileName(name, match.group(2))


def same_version(left: str, right: str) -> bool:
    """Say whether two versions are the same by PEP 440; a file name writes ``+`` and ``-`` as ``_``."""
    if left == right:
        return True
    try:
        return Version(left.replace("_", "+", 1)) == Version(right) or Version(left.replace("_", "-")) == Version(right)
    except (InvalidVersion, ValueError):  # ValueError: more digits than the interpreter converts
        return left.replace("_", "-").lower() == right.replace("_", "-").lower()
