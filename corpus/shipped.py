"""What ships with a release: its pack, and the trust roots that it begins with."""

from __future__ import annotations

import os

from assay.corpus import anchors
from assay.corpus.anchors import Trust
from assay.corpus.trust import MAX_BYTES
from assay.scanner.errors import CorpusError

_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


def default_pack_path() -> str:
    """Return the path of the pack that ships with this release. Installers may have linked it; packs are no links."""
    return os.path.realpath(os.path.join(_DATA, "default.pack"))


def load_trust(path: str | None = None) -> Trust:
    """Return the trust in the root of a file, or in those that ship: ``root.json`` and its successors ``root.N.json``.

    Raises:
        CorpusError: E_ROOT: cannot be read, or no trust root. E_ENVELOPE, E_SIGNATURE, E_THRESHOLD.
    """
    if path is not None:
        return Trust((anchors.first(read_root(path)),))
    anchor = anchors.first(read_root(os.path.join(_DATA, "root.json")))
    while os.path.exists(successor := os.path.join(_DATA, f"root.{anchor.root.version + 1}.json")):
        anchor = anchors.extend(anchor, read_root(successor))
    return Trust((anchor,))


def read_root(path: str) -> bytes:
    """Return the bytes of a file that should hold a trust root.

    Raises:
        CorpusError: E_ROOT: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        reason = f"the trust root cannot be read: {error.strerror}"
        raise CorpusError("E_ROOT", reason, "name a file that can be read") from error
