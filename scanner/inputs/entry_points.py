"""``entry_points.txt`` of an installed distribution: the commands and plugins that it offers.

Format: https://packaging.python.org/en/latest/specifications/entry-points/#file-format.
"""

from __future__ import annotations

from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.wheel import entry_points


def parse(data: bytes, _path: str) -> Parsed:
    """Return the entry points, sorted, none twice."""
    return Parsed("installed", entry_points=tuple(sorted(set(entry_points(data)))))
