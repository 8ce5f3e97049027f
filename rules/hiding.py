"""What hiding steps mean to rules: which undo an encoding, and which everyday code takes as well.

The steps are those of the evaluator (``scanner/code``), in the order in which they were undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.facts import Argument, CallFact

_FORMATS = "marshal pickle codecs escape unquote unquote_plus unescape quopri uu media"
_CIPHERS = (
    "base64 base64url base32 base32hex base16 base85 ascii85 hex zlib gzip bz2 lzma decrypt rot13 xor shift bits "
    "reverse chr arithmetic translate utf-7 ebcdic"
)

FORMATS = frozenset(_FORMATS.split())
"""Steps that undo a format or a notation: of themselves they hide nothing."""

SCRAMBLING = frozenset(_CIPHERS.split())
"""Steps before which a text cannot be read."""

ENCODINGS = FORMATS | SCRAMBLING

DECODERS = SCRAMBLING - frozenset(["shift", "bits", "reverse", "chr", "arithmetic", "translate"])
"""Steps that mean a decoding even where it is not known what is decoded; the others count things and order lists."""


def decoders(steps: Iterable[str]) -> tuple[str, ...]:
    """Return the steps of ``DECODERS``, in order."""
    return tuple(step for step in steps if step in DECODERS)


def encodings(steps: Iterable[str]) -> tuple[str, ...]:
    """Return the steps that undo an encoding, in order."""
    return tuple(step for step in steps if step in ENCODINGS)


_RUN = frozenset({0, "source", "code", "args", "cmd", "name", "path_name"})


def run_by(call: CallFact) -> Argument | None:
    """Return the argument that a call runs: code, a command, or the name of what is imported."""
    return next((one for one in call.arguments if (one.name or one.position) in _RUN), None)
