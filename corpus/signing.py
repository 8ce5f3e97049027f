"""Making signatures: of packs and of trust roots. Never used by a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assay.corpus import dsse, pack
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PRIVATE = b"PRIVATE KEY-----"


class PassphraseError(UsageError):
    """A private key is encrypted, and the passphrase is missing or another one."""


def is_private(pem: bytes) -> bool:
    """Say whether a PEM file says that it holds a private key."""
    return _PRIVATE in pem


def is_encrypted(pem: bytes) -> bool:
    """Say whether a PEM file holds an encrypted private key of PKCS 8 (RFC 7468, section 11)."""
    return _ENCRYPTED in pem


def load_key(pem: bytes, password: bytes | None = None) -> Ed25519PrivateKey:
    """Return the Ed25519 key of a PKCS 8 PEM file; the password is not asked for if the key is not encrypted.

    Raises:
        PassphraseError: the key is encrypted, and the password is wrong or missing.
        UsageError: not such a key.
    """
    encrypted = is_encrypted(pem)
    if encrypted and not password:
        raise PassphraseError("the key is encrypted; give its passphrase")
    try:
        key = load_pem_private_key(pem, password if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if encrypted:
            raise PassphraseError("the passphrase is wrong, or the key is damaged") from error
        raise UsageError("not a private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("not an Ed25519 key")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the raw public key, 32 bytes."""
    return key.public_key().public_bytes_raw()


def key_id(key: Ed25519PrivateKey) -> str:
    """Return the id of a key's public half."""
    return dsse.key_id(public_bytes(key))


def sign(payload_type: str, payload: bytes, keys: Iterable[Ed25519PrivateKey]) -> dsse.Envelope:
    """Return an envelope with one signature per key."""
    message = dsse.pre_authentication(payload_type, payload)
    made = {key_id(key): key.sign(message) for key in keys}
    signatures = tuple(dsse.Signature(keyid, made[keyid]) for keyid in sorted(made))
    return dsse.Envelope(payload_type, payload, signatures)


def sign_again(envelope: dsse.Envelope, keys: Iterable[Ed25519PrivateKey], *, append: bool) -> dsse.Envelope:
    """Return an envelope signed by ``keys`` in place of its signatures, or beside them with ``append``.

    Raises:
        CorpusError: E_SIGNATURE: more signatures than an envelope may have.
    """
    made = sign(envelope.payload_type, envelope.payload, keys)
    by_key = {each.keyid: each for each in (*(envelope.signatures if append else ()), *made.signatures)}
    if len(by_key) > dsse.MAX_SIGNATURES:
        raise CorpusError("E_SIGNATURE", f"an envelope has at most {dsse.MAX_SIGNATURES} signatures")
    signatures = tuple(by_key[keyid] for keyid in sorted(by_key))
    return dsse.Envelope(envelope.payload_type, envelope.payload, signatures)


def require_valid(envelope: dsse.Envelope, keys: Mapping[str, bytes]) -> None:
    """Refuse an envelope with a signature that is not valid for its key, where the key is known.

    ``keys`` are raw public keys by id.

    Raises:
        CorpusError: E_SIGNATURE.
    """
    known = tuple(each for each in envelope.signatures if each.keyid in keys)
    if known:
        dsse.verify(envelope._replace(signatures=known), keys)


def sign_pack(
    data: bytes, keys: Sequence[Ed25519PrivateKey], *, append: bool = False, carried: Sequence[bytes] | None = None
) -> bytes:
    """Return a pack signed by ``keys`` in place of the signatures that it has, or beside them with ``append``.

    ``carried`` are the envelopes of the trust-root updates to carry, None for those that it carries. They stand
    outside of what is signed, since each is signed by itself.

    Raises:
        CorpusError: E_CONTAINER, E_ENVELOPE: not a pack. E_SIGNATURE: more signatures than a pack may have. E_ROOT:
            more trust roots than a pack may carry.
    """
    source = pack.MemoryBytes(data)
    container = pack.read_container(source)
    roots = container.roots if carried is None else tuple(carried)
    if len(roots) > pack.MAX_ROOTS:
        raise CorpusError("E_ROOT", f"{len(roots)} trust roots to carry, at most {pack.MAX_ROOTS} may be")
    signed = sign_again(dsse.parse(container.envelope, dsse.MANIFEST_TYPE), keys, append=append)
    body = source.read(container.body_offset, source.size - container.body_offset)
    return pack.write_container(dsse.encode(signed), roots, body)
