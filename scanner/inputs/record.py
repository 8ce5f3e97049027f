"""RECORD of an installed distribution: the files that it says are its own, each with hash and size.

Format: https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file. It is never
believed against the disk: a file that is not there belongs to nobody.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath

from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.wheel import read_record
from assay.scanner.models import DeclaredFile

_MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8, which editors leave behind."""


def parse(data: bytes, path: str) -> Parsed:
    """Return what a RECORD lists, by paths from site-packages; what is not within the target is claimed by nobody.

    Of one that is not well formed what stands before the first mistake counts; what is wrong in it is a mismatch.
    """
    declared, odd = read_record(data.removeprefix(_MARK))
    site = dirname(dirname(path))
    named = {path for path in (*(one.path for one in declared), *(one.path for one in odd)) if path}
    claims = {place for name in named if (place := located(site, name))}
    plain = {_from(site, one.path): one for one in declared}
    listed = tuple(DeclaredFile(path, plain[path].digest, plain[path].size) for path in sorted(plain) if path)
    return Parsed("installed", claims=tuple(sorted(claims)), declared=listed, mismatches=tuple(odd))


def located(site: str, listed: str) -> str:
    """Return where in the target a file is that a RECORD lists, "" if that is not within it."""
    place = normpath(join(site, listed))
    return "" if place.startswith(("/", "../")) or place in (".", "..") else place


def _from(site: str, listed: str) -> str:
    """Return a listed path without detours, as it is written if it is not within the target."""
    place = located(site, listed)
    if not place:
        return listed
    start, parts = (site.split("/") if site else []), place.split("/")
    shared = 0
    while shared < min(len(start), len(parts)) and start[shared] == parts[shared]:
        shared += 1
    return "/".join([".."] * (len(start) - shared) + parts[shared:])
