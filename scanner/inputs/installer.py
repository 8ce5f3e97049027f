"""``INSTALLER`` of an installed distribution: the name of the program that put it there.

Format: https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-installer-file.
"""

from __future__ import annotations

from assay.scanner.inputs.parsed import Parsed

_LONGEST = 100
"""Bytes in which a name is looked for."""


def parse(data: bytes, _path: str) -> Parsed:
    """Return the name in lower case."""
    lines = data[:_LONGEST].decode("utf-8", "replace").split("\n")
    return Parsed("installed", installer=lines[0].strip().lower())
