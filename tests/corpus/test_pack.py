"""The container, the body and the signatures of a pack: each vector refused with its code."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import manifest, pack, sections, verify
from assay.corpus.pack import MemoryBytes
from assay.scanner.errors import CorpusError
from tests.corpus.packs import (
    FREE,
    ROOT,
    ROOT_KEYS,
    accepted,
    contents,
    edited,
    plan,
    refused,
    seal,
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


def test_every_flipped_bit_of_a_pack_is_refused() -> None:
    small = small_pack([("names", sections.NAMES, contents()[3][2]), ("deny", sections.DENY, contents()[6][2])])
    accepted(small)
    for place in range(len(small)):
        for bit in range(8):
            with pytest.raises(CorpusError):
                accepted(small[:place] + bytes([small[place] ^ 1 << bit]) + small[place + 1 :])


def test_every_changed_byte_of_a_pack_is_refused() -> None:
    for place in range(len(PACK)):
        with pytest.raises(CorpusError):
            accepted(PACK[:place] + bytes([PACK[place] ^ 0xFF]) + PACK[place + 1 :])


def test_every_cut_of_a_pack_is_refused() -> None:
    for length in range(len(PACK)):
        with pytest.raises(CorpusError):
            accepted(PACK[:length])


def _head(envelope_length: int, roots: int) -> bytes:
    return struct.pack("<8sII", b"ASSAYPK1", envelope_length, roots)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "b")
    return buffer.getvalue()


def _padded(data: bytes) -> bytes:
    end = HEAD.body_offset - 1
    assert data[end] == 0
    return data[:end] + b"\x01" + data[end + 1 :]


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"", "E_CONTAINER", "empty"),
        (b"ASSAYPK1", "E_CONTAINER", "too short"),
        (b"ASSAYPK2" + PACK[8:], "E_CONTAINER", "ASSAYPK1"),
        (_zip(), "E_CONTAINER", "ASSAYPK1"),
        (_head(2**32 - 1, 0) + PACK[16:], "E_CONTAINER", "4294967295"),
        (_head(2**20 + 1, 0) + PACK[16:], "E_CONTAINER", "1048577"),
        (_head(0, 0) + PACK[16:], "E_CONTAINER", "0 bytes"),
        (_head(len(HEAD.envelope) - 1, 0) + PACK[16:], "E_CONTAINER", "padding"),
        (PACK[: 16 + len(HEAD.envelope) // 2], "E_CONTAINER", "cut off"),
        (PACK[:-1], "E_CONTAINER", "must have"),
        (PACK + b"\x00", "E_CONTAINER", "must have"),
        (PACK + _zip(), "E_CONTAINER", "must have"),
        (_padded(PACK), "E_CONTAINER", "padding"),
        (_head(len(HEAD.envelope), 65) + PACK[16:], "E_CONTAINER", "65 trust roots"),
        (_head(len(HEAD.envelope), 2**32 - 1) + PACK[16:], "E_CONTAINER", "trust roots"),
        (_head(len(HEAD.envelope), 1) + struct.pack("<I", 2**32 - 1) + PACK[16:], "E_CONTAINER", "trust root"),
        (_head(len(HEAD.envelope), 1) + struct.pack("<I", 0) + PACK[16:], "E_CONTAINER", "trust root"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_container(data: bytes, code: str, detail: str) -> None:
    refused(data, code, detail)


def test_padding_between_sections_must_be_zero() -> None:
    verified = accepted(PACK)
    first = verified.manifest.sections[0]
    gap = HEAD.body_offset + first.offset + first.length
    assert gap % 64
    refused(PACK[:gap] + b"\x01" + PACK[gap + 1 :], "E_CONTAINER", "padding")


@pytest.mark.parametrize("section", [each.name for each in plan()[0].sections])
def test_a_flipped_bit_of_a_section(section: str) -> None:
    (place,) = (each for each in plan()[0].sections if each.name == section)
    start = HEAD.body_offset + place.offset
    refused(PACK[:start] + bytes([PACK[start] ^ 1]) + PACK[start + 1 :], "E_HASH", section)


def test_the_content_of_two_sections_swapped() -> None:
    one, other = b'{"allow":["ISC"],"deny":[]}', b'{"allow":["MIT"],"deny":[]}'
    data = small_pack([("a", sections.LICENCES, one), ("b", sections.LICENCES, other)])
    accepted(data)
    start = pack.read_container(MemoryBytes(data)).body_offset
    size = len(one)
    swapped = data[:start] + data[start + 64 :] + data[start + size : start + 64] + data[start : start + size]
    assert len(swapped) == len(data)
    assert swapped != data
    refused(swapped, "E_HASH")


@pytest.mark.parametrize(
    ("signers", "channel", "code", "detail"),
    [
        (("vendor-a", "vendor-b"), "vendor", None, ""),
        (("default-a", "default-b"), "default", None, ""),
        (("vendor-a",), "vendor", "E_THRESHOLD", "1 of 2"),
        ((), "default", "E_SIGNATURE", "not signed"),
        (("stranger",), "default", "E_SIGNATURE", "unknown key"),
        (("default-a", "stranger"), "default", "E_SIGNATURE", "unknown key"),
        (("root-a", "root-b"), "default", "E_SIGNATURE", "unknown key"),
        (("org-a",), "vendor", "E_SIGNATURE", "org"),
        (("org-a",), "default", "E_SIGNATURE", "org"),
        (("default-a", "org-a"), "default", "E_SIGNATURE", "one channel"),
        (("default-a",), "other", "E_MANIFEST", "no channel"),
    ],
)
def test_signers(signers: tuple[str, ...], channel: str, code: str | None, detail: str) -> None:
    made = contents()
    data = small_pack(made, signers, channel=channel)
    if code is None:
        assert accepted(data).channel.name == channel
    else:
        refused(data, code, detail)


def test_a_changed_payload_is_refused_before_it_is_parsed() -> None:
    described, body = plan()
    good = seal(manifest.dump(described), body)
    other = seal(b"not even JSON", body)
    container, forged = (pack.read_container(MemoryBytes(each)) for each in (good, other))
    mixed = container.envelope.split(b'","payloadType"', 1)[1]
    envelope = forged.envelope.split(b'","payloadType"', 1)[0] + b'","payloadType"' + mixed
    refused(pack.write_container(envelope, (), body), "E_SIGNATURE", "not valid")


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
        (ROOTS, {"seq": 6}, "E_ROLLBACK"),
        ((), {"min_root_version": 2}, "E_ROOT"),
        (ROOTS[:1], {"seq": 7, "min_root_version": 3}, "E_ROOT"),
        (ROOTS[1:], {"seq": 7}, "E_ROOT"),
        (ROOTS[::-1], {"seq": 7}, "E_ROOT"),
        ((ROOTS[0], ROOTS[0]), {"seq": 7}, "E_ROOT"),
        ((signed_root(ROOT, *ROOT_KEYS),), {}, "E_ROOT"),
        ((b"{}",), {}, "E_ENVELOPE"),
    ],
)
def test_carried_roots_that_do_not_lead_on(roots: tuple[bytes, ...], changes: dict[str, Any], code: str) -> None:
    refused(small_pack(roots=roots, **changes), code)


def test_every_changed_byte_of_a_carried_root_is_refused() -> None:
    data = small_pack([], roots=ROOTS[:1], seq=7)
    accepted(data)
    for place in range(16, 20 + len(ROOTS[0])):
        with pytest.raises(CorpusError):
            accepted(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


# --- layout ----------------------------------------------------------------------------------------------------


def _section(place: int, **changes: object) -> Callable[[dict[str, list[dict[str, object]]]], None]:
    return lambda value: value["sections"][place].update(changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_section(1, offset=0), "E_LAYOUT"),
        (_section(1, offset=1), "E_LAYOUT"),
        (_section(1, offset=2**20), "E_LAYOUT"),
        (_section(1, offset=-64), "E_MANIFEST"),
        (_section(1, offset=2**40), "E_MANIFEST"),
        (_section(1, length=2**40), "E_MANIFEST"),
        (_section(1, length=0), "E_LAYOUT"),
        (_section(9, length=1), "E_LAYOUT"),
        (_section(1, length=True), "E_MANIFEST"),
        (_section(1, name="advisories"), "E_LAYOUT"),
        (_section(1, name="../../etc/passwd"), "E_MANIFEST"),
        (_section(1, name="/etc/passwd"), "E_MANIFEST"),
        (_section(1, name=""), "E_MANIFEST"),
        (_section(1, kind="code"), "E_LAYOUT"),
        (_section(1, kind="names"), "E_LAYOUT"),
        (_section(2, kind="advisories"), "E_LAYOUT"),
        (lambda value: value.update(body_length=1), "E_LAYOUT"),
        (lambda value: value["sections"].pop(), "E_LAYOUT"),
        (lambda value: value["sections"].reverse(), "E_LAYOUT"),
    ],
)
def test_layout(change: Callable[[dict[str, object]], None], code: str) -> None:
    refused(edited(change), code)


def test_a_vendor_may_not_allow() -> None:
    allow = [("allow", sections.ALLOW, b'{"entries":[]}')]
    accepted(small_pack(allow, ("org-a",), channel="org"))
    refused(small_pack(allow, ("vendor-a", "vendor-b"), channel="vendor"), "E_CAPABILITY", "vendor", "allow")


def test_bytes_that_vanish_while_they_are_read() -> None:
    class Shrinking(MemoryBytes):
        def read(self, offset: int, length: int) -> bytes:
            return MemoryBytes(PACK[: len(PACK) // 2]).read(offset, length)

    refused(Shrinking(PACK), "E_CONTAINER", "cut off")


def test_the_head_alone_is_verified_without_reading_the_sections() -> None:
    end = HEAD.body_offset
    lost = PACK[:end] + bytes(len(PACK) - end)
    verified = verify.verify_head(MemoryBytes(lost), ROOT, FREE)
    with pytest.raises(CorpusError, match="E_HASH"):
        verified.section(verified.manifest.sections[0])
