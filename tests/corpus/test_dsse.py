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
ORDER = 2**252 + 27742317777372353535851937790883648493


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
        (_set("extra", 1), "extra"),
        (lambda found: found.pop("payloadType"), "payloadType"),
        (_set("payloadType", "application/vnd.in-toto+json"), "in-toto"),
        (_set("payloadType", dsse.ROOT_TYPE), "root"),
        (_set("payloadType", 1), "not a string"),
        (_set("payload", "eyJhIjoxfR=="), "canonical form"),
        (_set("payload", "eyJh\nIjoxfQ=="), "control"),
        (_set("payload", "eyJhIjoxfQ="), "base64"),
        (_set("payload", "eyJhIjoxfQ"), "base64"),
        (_set("payload", "eyJhIj!xfQ=="), "base64"),
        (_set("payload", "eyJhIjoxfQ==é"), "base64"),
        (_set("signatures", {}), "not an array"),
        (lambda found: found["signatures"].reverse(), "ascending"),
        (lambda found: found["signatures"].append(found["signatures"][1]), "ascending"),
        (lambda found: found["signatures"][0].update(extra=1), "extra"),
        (lambda found: found["signatures"][0].update(keyid="A" * 64), "keyid"),
        (lambda found: found["signatures"][0].update(sig=found["signatures"][0]["sig"].rstrip("=")), "base64"),
        (_set("signatures", [{"keyid": f"{number:064x}", "sig": ""} for number in range(17)]), "16 items"),
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
        (_set("signatures", []), "not signed"),
        (_set("payload", base64.b64encode(b'{"a":2}').decode()), "not valid"),
        (lambda found: found["signatures"][0].update(keyid=key_id("stranger")), "unknown key"),
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


def test_a_valid_signature_under_another_key_id_is_refused() -> None:
    value = envelope("one")
    value["signatures"][0]["keyid"] = key_id("two")
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        dsse.verify(dsse.parse(canonical.dump(value), dsse.MANIFEST_TYPE), KEYS)


def test_one_bad_signature_beside_a_good_one_refuses_all() -> None:
    value = envelope("one", "stranger")
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        dsse.verify(dsse.parse(canonical.dump(value), dsse.MANIFEST_TYPE), KEYS)


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    """S + L signs as S does for a lenient verifier (RFC 8032 §5.1.7 asks for S < L)."""
    made = signing.sign(dsse.MANIFEST_TYPE, PAYLOAD, [key("one")])
    scalar = int.from_bytes(made.signatures[0].value[32:], "little")
    forged = made.signatures[0].value[:32] + (scalar + ORDER).to_bytes(32, "little")
    twisted = dsse.Envelope(made.payload_type, made.payload, (dsse.Signature(key_id("one"), forged),))
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        dsse.verify(twisted, KEYS)


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
