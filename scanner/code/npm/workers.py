"""What a file of JavaScript hands to workers, as written: it is loaded, though no call of the file's own loads it."""

from __future__ import annotations

from assay.scanner.lazy_pattern import lazy

_WORKER = lazy(rb"\bWorker\)?\s{0,9}\(\s{0,9}(['\"`])(\.{1,2}/[^'\"`\n$]{1,300})\1")


def workers(data: bytes) -> tuple[str, ...]:
    """Return the paths, each once, in order."""
    if b"Worker" not in data:
        return ()
    return tuple(dict.fromkeys(found[2].decode("utf-8", "replace") for found in _WORKER.finditer(data)))
