"""DSSE v1 envelopes with Ed25519 signatures, exact to the byte.

Pack format 1, "DSSE": https://github.com/secure-systems-lab/dsse (protocol.md, envelope.md). An envelope is canonical
JSON with signatures in ascending order of key id, so that no byte of it is free to change.
"""

from __future__ import annotations

import binascii
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assay.corpus import canonical
from assay.corpus.fields import Fields, printable
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST_TYPE = "application/vnd.assay.manifest.v1+json"
ROOT_TYPE = "application/vnd.assay.root.v1+json"

MAX_SIGNATURES = 16

_ENVELOPE_KEYS = frozenset({"payload", "payloadType", "signatures"})
_SIGNATURE_KEYS = frozenset({"keyid", "sig"})

_FIELD = 2**255 - 19
_SIGN_BIT = 2**255
_ORDER = 2**252 + 27742317777372353535851937790883648493
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""The ordinates (RFC 8032 §5.1.2, y) of the eight points whose order divides 8: a key on one signs anything."""


class Signature(NamedTuple):
    """A signature (64 bytes) and the id of the key that is said to have made it."""

    keyid: str
    value: bytes


class Envelope(NamedTuple):
    """A payload with its type and signatures, none of it believed yet. Signatures ascend by key id."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def key_id(public: bytes) -> str:
    """Return the id of a raw public key: a hint for choosing the key, never a proof."""
    return sha256(b"assay-ed25519\0" + public).hexdigest()


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Return PAE(payloadType, payload), the bytes that are signed (DSSE protocol.md)."""
    kind = payload_type.encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def encode(envelope: Envelope) -> bytes:
    """Return the canonical bytes of an envelope."""
    return canonical.dump(
        {
            "payload": binascii.b2a_base64(envelope.payload, newline=False).decode("ascii"),
            "payloadType": envelope.payload_type,
            "signatures": [
                {"keyid": each.keyid, "sig": binascii.b2a_base64(each.value, newline=False).decode("ascii")}
                for each in sorted(envelope.signatures, key=lambda each: each.keyid)
            ],
        }
    )


def parse(data: bytes, payload_type: str) -> Envelope:
    """Return the envelope in ``data`` (pack format 1, verification step 4). Says nothing about its signatures.

    Raises:
        CorpusError: E_ENVELOPE: not canonical JSON, other keys, another payload type, base64 that is not the one
            spelling of its bytes, more than 16 signatures, or signatures out of order or of one key twice.
    """
    fields = Fields(canonical.load(data, "E_ENVELOPE", "envelope"), "envelope", "E_ENVELOPE", _ENVELOPE_KEYS)
    found = fields.text("payloadType")
    if found != payload_type:
        raise fields.refuse("payloadType", f"{printable(found)} where {payload_type} must be")
    signatures = tuple(
        Signature(each.digest("keyid"), _decode_base64(each, "sig", 100))
        for each in fields.objects("signatures", MAX_SIGNATURES, _SIGNATURE_KEYS)
    )
    if any(left.keyid >= right.keyid for left, right in pairwise(signatures)):
        raise fields.refuse("signatures", "not in ascending order of keyid, or one key twice")
    return Envelope(found, _decode_base64(fields, "payload", len(data)), signatures)


def _decode_base64(fields: Fields, key: str, longest: int) -> bytes:
    text = fields.text(key, longest)
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (ValueError, UnicodeEncodeError) as error:
        raise fields.refuse(key, "not base64") from error
    if binascii.b2a_base64(data, newline=False).decode("ascii") != text:
        raise fields.refuse(key, "base64 that is not in canonical form")
    return data


def check_public_key(public: bytes) -> str | None:
    """Return what is wrong with a raw public key, or None: its encoding must be canonical, its order not small."""
    if len(public) != 32:
        return "an Ed25519 public key has 32 bytes"
    ordinate = int.from_bytes(public, "little") % _SIGN_BIT
    if ordinate >= _FIELD:
        return "the encoding of the public key is not canonical"
    if ordinate in _SMALL_ORDER:
        return "a public key of low order, for which anybody can sign"
    return None


def verify(envelope: Envelope, keys: Mapping[str, bytes]) -> frozenset[str]:
    """Return the ids of the keys that signed: all signatures of the envelope, each of a known key and valid.

    ``keys`` are the raw public keys by id. Step 5: one signature that is not valid refuses the whole envelope.

    Raises:
        CorpusError: E_SIGNATURE.
    """
    message = pre_authentication(envelope.payload_type, envelope.payload)
    if not envelope.signatures:
        raise CorpusError("E_SIGNATURE", "the envelope is not signed")
    for signature in envelope.signatures:
        public = keys.get(signature.keyid)
        if public is None:
            raise CorpusError("E_SIGNATURE", f"signed by an unknown key, {signature.keyid[:16]}")
        if not _is_valid(public, signature.value, message):
            raise CorpusError("E_SIGNATURE", f"the signature by {signature.keyid[:16]} is not valid")
    return frozenset(signature.keyid for signature in envelope.signatures)


def _is_valid(public: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032 §5.1.7. That S is below the order is checked here too, whatever the library does."""
    if check_public_key(public) is not None:
        return False
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
