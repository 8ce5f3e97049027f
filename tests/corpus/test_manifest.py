"""The manifest: what is signed must also be well formed, and be meant for this tool, channel and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import manifest
from assay.corpus.verify import Accepted, Expectations
from tests.corpus.packs import FREE, ROOT, accepted, edited, plan, refused, seal, small_pack, trust_root

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIBED, BODY = plan()
PAYLOAD = manifest.dump(DESCRIBED)


def test_a_manifest_comes_back_as_it_was() -> None:
    assert manifest.parse(PAYLOAD) == DESCRIBED


@pytest.mark.parametrize(
    "payload",
    [
        PAYLOAD.replace(b'"seq":1', b'"seq":"1"'),
        PAYLOAD.replace(b'"seq":1', b'"seq":-1'),
        PAYLOAD.replace(b'"seq":1', b'"seq":0'),
        PAYLOAD.replace(b'"seq":1', b'"seq":9007199254740992'),
        PAYLOAD.replace(b'"seq":1', b'"seq":' + b"9" * 5000),
        PAYLOAD.replace(b"a small pack", b"x" * 201),
        PAYLOAD.replace(b'"spec":1', b'"spec":true'),
        PAYLOAD.replace(b"assay.manifest", b"assay.root"),
        PAYLOAD.replace(b"2026-01-01T00", b"2026-13-01T00"),
        PAYLOAD.replace(b'"stats":{', b'"stats":{"\\u001b[2J":1,'),
        b"",
        b"[]",
        b"null",
    ],
)
def test_a_signed_payload_that_is_not_a_manifest(payload: bytes) -> None:
    assert payload != PAYLOAD
    refused(seal(payload, BODY), "E_MANIFEST")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda value: value.pop("title"), "title"),
        (lambda value: value.update(extra=1), "extra"),
        (lambda value: value.update(channel="Default"), "channel"),
        (lambda value: value.update(min_tool="1.0rc1"), "min_tool"),
        (lambda value: value.update(supersedes="latest"), "supersedes"),
        (lambda value: value.update(sections={}), "sections"),
        (lambda value: value.update(sections=[0]), "sections[0]"),
        (lambda value: value["sections"][3].update(sha256="0" * 63), "sections[3].sha256"),
        (lambda value: value["sources"][0].update(date="yesterday"), "sources[0].date"),
        (lambda value: value["sources"][0].update(records_in=None), "sources[0].records_in"),
        (lambda value: value["stats"].update(advisories=True), "stats.advisories"),
        (lambda value: value.update(sections=value["sections"] * 30), "256"),
    ],
)
def test_a_refusal_names_the_key(change: Callable[[dict[str, Any]], object], detail: str) -> None:
    refused(edited(change), "E_MANIFEST", detail)


@pytest.mark.parametrize(
    ("changes", "expectations", "code"),
    [
        ({"min_tool": "0.1.1"}, FREE, "E_TOO_OLD"),
        ({"min_tool": "0.2"}, FREE, "E_TOO_OLD"),
        ({"min_tool": "0.1"}, FREE, None),
        ({"min_tool": "1"}, FREE._replace(tool="1.0.0.dev3"), None),
        ({"min_root_version": 2}, FREE, "E_ROOT"),
        ({"seq": 4}, FREE._replace(floor={"default": (1, 5)}), "E_ROLLBACK"),
        ({"seq": 5}, FREE._replace(floor={"default": (1, 5)}), None),
        ({"seq": 5}, FREE._replace(floor={"other": (9, 9)}), None),
        ({"epoch": 2}, FREE, "E_ROOT"),
        ({}, FREE._replace(as_of="2026-04-01"), None),
        ({}, FREE._replace(as_of="2026-04-02"), "E_STALE"),
        ({"seq": 5}, FREE._replace(accepted={"default": Accepted(1, 6, "0" * 64)}), "E_ROLLBACK"),
        ({"seq": 6}, FREE._replace(accepted={"default": Accepted(1, 6, "0" * 64)}), "E_EQUIVOCATION"),
        ({"seq": 7}, FREE._replace(accepted={"default": Accepted(1, 6, "0" * 64)}), None),
        ({"seq": 5}, FREE._replace(accepted={"org": Accepted(1, 6, "0" * 64)}), None),
    ],
)
def test_standing(changes: dict[str, Any], expectations: Expectations, code: str | None) -> None:
    data = small_pack(**changes)
    if code is None:
        accepted(data, expectations=expectations)
    else:
        refused(data, code, expectations=expectations)


def test_the_trust_root_sets_floor_epoch_and_revocation() -> None:
    digest = manifest.digest(PAYLOAD)
    refused(small_pack(), "E_REVOKED", digest, root=trust_root(default={"revoked": frozenset({digest})}))
    refused(small_pack(seq=8), "E_ROLLBACK", "1.8", root=trust_root(default={"min_seq": 9}))
    accepted(small_pack(seq=9), root=trust_root(default={"min_seq": 9}))
    refused(small_pack(seq=2**50), "E_ROLLBACK", root=trust_root(default={"epoch": 2}))
    accepted(small_pack(epoch=2), root=trust_root(default={"epoch": 2}))
    fast_forwarded = FREE._replace(accepted={"default": Accepted(1, 2**50, "0" * 64)})
    accepted(small_pack(epoch=2), root=trust_root(default={"epoch": 2}), expectations=fast_forwarded)


def test_the_same_pack_again_is_no_rollback() -> None:
    digest = accepted(small_pack()).digest
    accepted(small_pack(), expectations=FREE._replace(accepted={"default": Accepted(1, 1, digest)}))


def test_the_release_floor_holds_by_default() -> None:
    accepted(small_pack(), ROOT, Expectations())
