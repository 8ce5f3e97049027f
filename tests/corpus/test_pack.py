"""Packs as they should be, and near misses of layout and roots; ``test_hostile_packs`` holds the hostile ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import manifest, pack, sections, verify
from assay.corpus.pack import MemoryBytes
from assay.scanner.errors import CorpusError
from tests.corpus.packs import (
    FREE,
    ROOT,
    accepted,
    contents,
    edited,
    refused,
    signed_root,
    small_pack,
    trust_root,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PACK = small_pack()
HEAD = pack.read_container(MemoryBytes(PACK))


def test_a_good_pack_is_accepted() -> None:
    verified = accepted(PACK)
    assert (verified.channel.name, verified.manifest.seq) == ("default", 1)
    assert verified.digest == manifest.digest(manifest.dump(verified.manifest))
    assert PACK[:8] == b"ASSAYPK1"
    assert HEAD.body_offset % 64 == 0


@pytest.mark.parametrize(
    ("signers", "channel"),
    [(("vendor-a", "vendor-b"), "vendor"), (("default-a", "default-b"), "default"), (("org-a",), "org")],
)
def test_enough_keys_of_one_channel_sign(signers: tuple[str, ...], channel: str) -> None:
    assert accepted(small_pack(contents(), signers, channel=channel)).channel.name == channel


def test_a_channel_with_the_capability_may_allow() -> None:
    accepted(small_pack([("allow", sections.ALLOW, b'{"entries":[]}')], ("org-a",), channel="org"))


# --- carried roots ---------------------------------------------------------------------------------------------

NEXT = trust_root(2, ("root-a", "root-b", "root-d"), default={"min_seq": 5})
LAST = trust_root(3, ("root-b", "root-d", "root-e"), default={"min_seq": 7})
ROOTS = (signed_root(NEXT, "root-a", "root-b"), signed_root(LAST, "root-b", "root-d"))


def test_carried_roots_are_walked_one_by_one() -> None:
    verified = accepted(small_pack(roots=ROOTS, seq=7, min_root_version=3))
    assert verified.root == LAST
    assert verified.container.roots == ROOTS


@pytest.mark.parametrize(
    ("roots", "changes", "code"),
    [
        (ROOTS[:1], {"seq": 7, "min_root_version": 3}, "E_ROOT"),
        (ROOTS[::-1], {"seq": 7}, "E_ROOT"),
    ],
)
def test_carried_roots_that_do_not_lead_on(roots: tuple[bytes, ...], changes: dict[str, Any], code: str) -> None:
    refused(small_pack(roots=roots, **changes), code)


# --- layout ----------------------------------------------------------------------------------------------------


def _section(place: int, **changes: object) -> Callable[[dict[str, list[dict[str, object]]]], None]:
    return lambda value: value["sections"][place].update(changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_section(1, length=0), "E_LAYOUT"),
        (_section(9, length=1), "E_LAYOUT"),
        (_section(1, length=True), "E_MANIFEST"),
        (_section(1, name=""), "E_MANIFEST"),
        (_section(1, kind="names"), "E_LAYOUT"),
        (_section(2, kind="advisories"), "E_LAYOUT"),
        (lambda value: value["sections"].reverse(), "E_LAYOUT"),
    ],
)
def test_layout(change: Callable[[dict[str, object]], None], code: str) -> None:
    refused(edited(change), code)


def test_the_head_alone_is_verified_without_reading_the_sections() -> None:
    end = HEAD.body_offset
    lost = PACK[:end] + bytes(len(PACK) - end)
    verified = verify.verify_head(MemoryBytes(lost), ROOT, FREE)
    with pytest.raises(CorpusError, match="E_HASH"):
        verified.section(verified.manifest.sections[0])
