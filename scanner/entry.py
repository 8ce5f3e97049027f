"""Where the console script starts: before anything else is imported, so that imports too are spared the collector."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import NoReturn

GC_THRESHOLD = 1_000_000
"""Objects made before the garbage collector looks for cycles, of which a scan makes next to none; 700, the default,
costs 7 % of the imports and 13 % of a scan of 1,900 entries, 200,000 costs 5 % of a scan of code and spares no memory:
what an evaluation made is let go of when it is done, and nothing else is as large."""


def main() -> NoReturn:
    """Run the command line."""
    gc.set_threshold(GC_THRESHOLD)
    import_module("assay.scanner.cli").main()
    raise AssertionError("the command line ends the process")
