"""Integrity strings of npm lockfiles: Subresource Integrity, ``sha512-<base64>``, several of them space-separated.

Format: https://www.w3.org/TR/SRI/#the-integrity-attribute, with the older algorithms that npm still writes.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def hashes_of(integrity: str) -> tuple[str, ...]:
    """Return the hashes of an integrity string as ``algorithm:lowercase-hex``, in its order.

    What is not a digest of a known algorithm is left out, as the specification asks; nothing left means that the
    string is no integrity at all.
    """
    if " " not in integrity:
        text = _hash_of(integrity.strip())
        return (text,) if text else ()
    return tuple([text for word in integrity.split() if (text := _hash_of(word))])


def _hash_of(word: str) -> str:
    algorithm, _, digest = word.partition("-")
    try:
        raw = a2b_base64(digest.partition("?")[0] if "?" in digest else digest)
    except (Base64Error, ValueError):
        return ""
    return f"{algorithm}:{raw.hex()}" if len(raw) == _DIGEST_BYTES.get(algorithm) else ""
