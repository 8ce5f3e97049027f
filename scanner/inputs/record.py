"""RECORD of an installed distribution: the files that it says are its own.

Format: https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file. It is read
only when it must be known whose a file is, and never believed against the disk: a file that is not there belongs to
nobody.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from posixpath import dirname, join, normpath

from assay.scanner.inputs.parsed import Parsed


def parse(data: bytes, path: str) -> Parsed:
    """Return the files that a RECORD lists; what is absolute or leads out of the target is left out.

    Of one that is not well formed what stands before the first mistake counts: no gap, for nothing else is read of it.
    """
    lines = data.decode("utf-8", "replace").replace("\0", "").splitlines()
    base = dirname(dirname(path))
    listed: list[str] = []
    with suppress(csv.Error):
        listed.extend(row[0] for row in csv.reader(lines) if row)
    claims = {normpath(join(base, name)) for name in listed if name}
    return Parsed("installed", claims=tuple(sorted(claim for claim in claims if not _leads_out(claim))))


def _leads_out(path: str) -> bool:
    return path.startswith(("/", "../")) or path in (".", "..")
