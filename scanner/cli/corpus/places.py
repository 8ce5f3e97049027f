"""Where the packs that a command names are: in a file, in the store, or in the installation."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from assay.corpus.pack import FileBytes
from assay.corpus.shipped import default_pack_path, load_trust
from assay.corpus.verify import verify_head
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from assay.corpus.store import Store

SHORTEST_DIGEST = 8
"""Hex digits that name a pack, if no other pack begins with them."""

_WHOLE_DIGEST = re.compile("sha256:.*|[0-9a-fA-F]{64}", re.DOTALL)
_BEGINNING = re.compile(f"[0-9a-fA-F]{{{SHORTEST_DIGEST},63}}")


def shipped_digest() -> str:
    """Return the digest (64 hex digits) of the pack that ships.

    Raises:
        CorpusError: it is damaged.
    """
    file = FileBytes(default_pack_path())
    try:
        return verify_head(file, load_trust()).digest
    finally:
        file.close()


def find_digest(text: str, store: Store, *, shipped: bool = True) -> str:
    """Return the digest of the one pack, of the store or the one that ships, whose digest begins as given.

    Raises:
        UsageError: too few digits, no such pack, or several.
        CorpusError: E_STORE: the store cannot be read.
    """
    wanted = text.removeprefix("sha256:").lower()
    if len(wanted) < SHORTEST_DIGEST:
        raise UsageError(f"{text[:80]!a}: give at least {SHORTEST_DIGEST} digits; 'assay corpus list' has the digests")
    known = {*store.digests(), *([shipped_digest()] if shipped else [])}
    matching = sorted(digest for digest in known if digest.startswith(wanted))
    if len(matching) != 1:
        problem = "no such pack" if not matching else "several packs begin so"
        raise UsageError(f"{text[:80]!a}: {problem}; 'assay corpus list' has the digests")
    return matching[0]


def path_of(digest: str, store: Store) -> str:
    """Return the file of a pack that ``find_digest`` found."""
    path = store.pack_path(digest)
    return path if os.path.exists(path) else default_pack_path()


def find_pack(text: str, store: Store) -> str:
    """Return the path of a pack that is named by a file or by the beginning of its digest.

    A whole digest, and what begins with ``sha256:``, is never a file: whoever can place one here would choose the pack.

    Raises:
        UsageError: neither, or both.
        CorpusError: E_STORE: the store cannot be read.
    """
    if _WHOLE_DIGEST.fullmatch(text) or not os.path.lexists(text):
        return path_of(find_digest(text, store), store)
    if _BEGINNING.fullmatch(text):
        raise UsageError(
            f"{text[:80]}: a digest or the file of that name here; write ./{text[:80]} or sha256:{text[:80]}"
        )
    return text
