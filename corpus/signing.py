"""Making signatures: of packs and of trust roots. Never used by a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assay.corpus import dsse, pack
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def load_key(pem: bytes, password: bytes | None = None) -> Ed25519PrivateKey:
    """Return the Ed25519 key of a PKCS 8 PEM file.

    Raises:
        UsageError: not such a key, or the password is wrong or missing.
    """
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError) as error:
        raise UsageError("not a private key in PEM, or its password is wrong or missing") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("not an Ed25519 key")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the raw public key, 32 bytes."""
    return key.public_key().public_bytes_raw()


def sign(payload_type: str, payload: bytes, keys: Iterable[Ed25519PrivateKey]) -> dsse.Envelope:
    """Return an envelope with one signature per key."""
    message = dsse.pre_authentication(payload_type, payload)
    made = {dsse.key_id(public_bytes(key)): key.sign(message) for key in keys}
    signatures = tuple(dsse.Signature(keyid, made[keyid]) for keyid in sorted(made))
    return dsse.Envelope(payload_type, payload, signatures)


def sign_pack(data: bytes, keys: Sequence[Ed25519PrivateKey], *, append: bool = False) -> bytes:
    """Return a pack signed by ``keys`` in place of the signatures that it has, or beside them with ``append``.

    Raises:
        CorpusError: E_CONTAINER, E_ENVELOPE: not a pack. E_SIGNATURE: more signatures than a pack may have.
    """
    source = pack.MemoryBytes(data)
    container = pack.read_container(source)
    envelope = dsse.parse(container.envelope, dsse.MANIFEST_TYPE)
    signed = sign(envelope.payload_type, envelope.payload, keys)
    by_key = {each.keyid: each for each in (*(envelope.signatures if append else ()), *signed.signatures)}
    if len(by_key) > dsse.MAX_SIGNATURES:
        raise CorpusError("E_SIGNATURE", f"a pack has at most {dsse.MAX_SIGNATURES} signatures")
    signatures = tuple(by_key[keyid] for keyid in sorted(by_key))
    signed = dsse.Envelope(envelope.payload_type, envelope.payload, signatures)
    body = source.read(container.body_offset, source.size - container.body_offset)
    return pack.write_container(dsse.encode(signed), container.roots, body)
