from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assay.corpus import canonical, dsse, signing
from assay.scanner.errors import CorpusError
from tests.corpus.packs import key, key_id, public

PAYLOAD = b'{"a":1}'
KEYS = {key_id("one"): public("one"), key_id("two"): public("two")}


def envelope(*signers: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(dsse.encode(signing.sign(dsse.MANIFEST_TYPE, PAYLOAD, map(key, signers))))
    return value


def test_signs_the_pre_authentication_encoding() -> None:
    # The example of DSSE protocol.md.
    assert dsse.pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    made = signing.sign(dsse.MANIFEST_TYPE, PAYLOAD, [key("one")])
    message = b"DSSEv1 38 application/vnd.assay.manifest.v1+json 7 " + PAYLOAD
    Ed25519PublicKey.from_public_bytes(public("one")).verify(made.signatures[0].value, message)


def test_returns_who_signed() -> None:
    parsed = dsse.parse(canonical.dump(envelope("one", "two")), dsse.MANIFEST_TYPE)
    assert parsed.payload == PAYLOAD
    assert dsse.verify(parsed, KEYS) == set(KEYS)


def _set(name: str, value: Any) -> Any:
    return lambda found: found.__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda found: found.pop("payloadType"), "payloadType"),
        (_set("payloadType", 1), "not a string"),
        (_set("payload", "eyJhIjoxfR=="), "canonical form"),
        (_set("payload", "eyJh\nIjoxfQ=="), "control"),
        (_set("payload", "eyJhIjoxfQ="), "base64"),
        (_set("payload", "eyJhIjoxfQ"), "base64"),
        (_set("payload", "eyJhIj!xfQ=="), "base64"),
        (_set("payload", "eyJhIjoxfQ==é"), "base64"),
        (_set("signatures", {}), "not an array"),
        (lambda found: found["signatures"].reverse(), "ascending"),
        (lambda found: found["signatures"][0].update(keyid="A" * 64), "keyid"),
    ],
)
def test_an_envelope_is_exact(change: Any, detail: str) -> None:
    value = envelope("one", "two")
    change(value)
    with pytest.raises(CorpusError, match="E_ENVELOPE") as caught:
        dsse.parse(canonical.dump(value), dsse.MANIFEST_TYPE)
    assert detail in caught.value.detail


def test_an_envelope_is_canonical_json() -> None:
    with pytest.raises(CorpusError, match="E_ENVELOPE"):
        dsse.parse(json.dumps(envelope("one")).encode(), dsse.MANIFEST_TYPE)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda found: found["signatures"][0].update(sig=""), "not valid"),
        (lambda found: found["signatures"][0].update(sig=base64.b64encode(bytes(64)).decode()), "not valid"),
    ],
)
def test_every_signature_must_be_valid_and_of_a_known_key(change: Any, detail: str) -> None:
    value = envelope("one")
    change(value)
    with pytest.raises(CorpusError, match="E_SIGNATURE") as caught:
        dsse.verify(dsse.parse(canonical.dump(value), dsse.MANIFEST_TYPE), KEYS)
    assert detail in caught.value.detail


@pytest.mark.parametrize(
    "encoded",
    [
        # The points of small order and their other encodings, RFC 8032 §5.1.3 and the lists of libsodium.
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ],
)
def test_a_key_of_low_order_signs_nothing(encoded: str) -> None:
    weak = bytes.fromhex(encoded)
    assert dsse.check_public_key(weak) is not None
    # R = neutral element, S = 0 satisfies S·B = R + h·A for a neutral A, whatever was signed.
    signature = dsse.Signature(dsse.key_id(weak), b"\x01" + bytes(63))
    made = dsse.Envelope(dsse.MANIFEST_TYPE, PAYLOAD, (signature,))
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        dsse.verify(made, {dsse.key_id(weak): weak})


def test_real_keys_are_not_of_low_order() -> None:
    assert all(dsse.check_public_key(public(str(number))) is None for number in range(50))
    assert dsse.check_public_key(b"short") is not None
