"""Integrity strings become hashes in hex; what is none is left out."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1, sha256, sha512

import pytest

from assay.scanner.inputs.integrity import hashes_of

SHA1 = sha1(b"x").digest()
SHA256 = sha256(b"x").digest()
SHA512 = sha512(b"x").digest()


def sri(algorithm: str, digest: bytes) -> str:
    return f"{algorithm}-{b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("integrity", "expected"),
    [
        (sri("sha512", SHA512), (f"sha512:{SHA512.hex()}",)),
        (f"{sri('sha1', SHA1)} {sri('sha512', SHA512)}", (f"sha1:{SHA1.hex()}", f"sha512:{SHA512.hex()}")),
        (sri("sha256", SHA256) + "?ct=application/x-tar", (f"sha256:{SHA256.hex()}",)),
        (sri("sha512", SHA1), ()),
        (sri("sha3", SHA512), ()),
        ("sha512-", ()),
        ("sha512", ()),
        ("sha512-!!!", ()),
        ("sha512-\u00e9", ()),
        ("", ()),
    ],
)
def test_hashes(integrity: str, expected: tuple[str, ...]) -> None:
    assert hashes_of(integrity) == expected
