"""The table of hostile packs: every vector that the suite must hold, in the order of the format's own list.

Each is made from ``PACK``, a small good pack that the same store accepts, by the one change that its row names.
"""

from __future__ import annotations

import binascii
import gzip
import io
import json
import os
import struct
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import advisories, canonical, dsse, manifest, pack, sections, signing, trust
from assay.corpus.pack import MemoryBytes
from tests.corpus.packs import (
    ENTRIES,
    ROOT_KEYS,
    contents,
    edited,
    key,
    key_id,
    plan,
    seal,
    signed_root,
    small_pack,
    trust_root,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

HEAD, TOUCHED, NEVER = "when it is opened", "when it is touched", "not at all"
"""Where a scan that is given the pack by name refuses it. What was signed is believed, so NEVER is for the importer."""


class Vector(NamedTuple):
    """One hostile pack: the phrase of the list, the variant of it, how it is made, and how it must be refused.

    ``made`` are its bytes, or a function that puts something into a folder and returns its path.
    """

    phrase: str
    variant: str
    made: bytes | Callable[[Path], str]
    code: str
    detail: str
    scan: str = HEAD

    @property
    def id(self) -> str:
        """What the vector is called in the output of the tests."""
        return f"{self.phrase}: {self.variant}" if self.variant else self.phrase


PACK = small_pack(seq=6)
"""The good pack that all others are made from."""

PARTS = pack.read_container(MemoryBytes(PACK))
DESCRIBED, BODY = plan(seq=6)
PAYLOAD = manifest.dump(DESCRIBED)
PLACES = {section.name: PARTS.body_offset + section.offset for section in DESCRIBED.sections}
ENVELOPE = len(PARTS.envelope)
ORDER = 2**252 + 27742317777372353535851937790883648493


# --- container and body ----------------------------------------------------------------------------------------


def head(envelope: int, roots: int = 0, rest: bytes = PACK[16:]) -> bytes:
    """Return the good pack with other numbers in its head."""
    return struct.pack("<8sII", b"ASSAYPK1", envelope, roots) + rest


def at(place: int, data: bytes, whole: bytes = PACK) -> bytes:
    """Return the good pack with other bytes at one place."""
    return whole[:place] + data + whole[place + len(data) :]


def flipped(place: int) -> bytes:
    """Return the good pack with one bit of a byte turned over."""
    return at(place, bytes([PACK[place] ^ 1]))


def zip_file() -> bytes:
    """Return a zip archive: appended to a file it makes that file one too."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "b")
    return buffer.getvalue()


def swapped(left: str, right: str) -> bytes:
    """Return the good pack with the content of two sections exchanged, every byte else in its place."""
    found = {each.name: each for each in DESCRIBED.sections}
    length = min(found[left].length, found[right].length)
    parts = [PACK[PLACES[name] : PLACES[name] + length] for name in (left, right)]
    return at(PLACES[left], parts[1], at(PLACES[right], parts[0]))


# --- signatures ------------------------------------------------------------------------------------------------


def enveloped(change: Callable[[dict[str, Any]], object], signers: Sequence[str] = ("default-a",)) -> bytes:
    """Return the good pack with a changed envelope, which nobody signed again."""
    value = json.loads(dsse.encode(signing.sign(dsse.MANIFEST_TYPE, PAYLOAD, map(key, signers))))
    change(value)
    return pack.write_container(canonical.dump(value), (), BODY)


def signature(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the good pack with its one signature changed."""
    return enveloped(lambda value: change(value["signatures"][0]))


def signed_by(*signers: str, channel: str = "default", **changes: Any) -> bytes:
    """Return the good pack as another channel's or by other signers."""
    made = [each for each in contents() if each[1] != sections.ALLOW]
    return small_pack(made, signers, channel=channel, seq=6, **changes)


def typed(payload_type: str, payload: bytes = PAYLOAD) -> bytes:
    """Return a pack whose manifest envelope is properly signed, but says that it is something else."""
    return pack.write_container(dsse.encode(signing.sign(payload_type, payload, [key("default-a")])), (), BODY)


LARGE = PAYLOAD.replace(b"small", b"large")
STATEMENT = canonical.dump({"_type": "https://in-toto.io/Statement/v1", "predicate": {}, "subject": []})
WEAK = b"\x01" + bytes(31)
"""The neutral element: R = it, S = 0 is a valid signature of anything for a verifier that does not look."""


def by_low_order_key(value: dict[str, Any]) -> None:
    """Sign an envelope as the key of low order would."""
    value["signatures"] = [{"keyid": dsse.key_id(WEAK), "sig": base64(WEAK + bytes(32))}]


def root_with_low_order_key() -> bytes:
    """Return a root update, properly signed, that makes a key of low order one of the channel."""
    value = json.loads(trust.dump_payload(trust_root(2)))
    value["keys"][dsse.key_id(WEAK)] = {"public": WEAK.hex(), "scheme": "ed25519"}
    value["channels"]["default"]["keyids"] = sorted([*value["channels"]["default"]["keyids"], dsse.key_id(WEAK)])
    return dsse.encode(signing.sign(dsse.ROOT_TYPE, canonical.dump(value), map(key, ROOT_KEYS)))


def base64(data: bytes) -> str:
    """Return base64 in its canonical spelling."""
    return binascii.b2a_base64(data, newline=False).decode()


def plus_order(each: dict[str, Any]) -> None:
    """Give S + L in the place of S, which signs as S does for a lenient verifier (RFC 8032 §5.1.7 asks for S < L)."""
    value = binascii.a2b_base64(each["sig"])
    each["sig"] = base64(value[:32] + (int.from_bytes(value[32:], "little") + ORDER).to_bytes(32, "little"))


# --- manifest --------------------------------------------------------------------------------------------------


def saying(old: bytes, new: bytes) -> bytes:
    """Return the good pack with other words in the payload, signed as they are."""
    assert old in PAYLOAD
    return seal(PAYLOAD.replace(old, new, 1), BODY)


def section(place: int, **changes: object) -> bytes:
    """Return the good pack with one section described otherwise, and signed."""
    return edited(lambda value: value["sections"][place].update(changes))


def signed_title(title: str) -> bytes:
    """Return the good pack under another title, and signed."""
    return edited(lambda value: value.update(title=title))


# --- state -----------------------------------------------------------------------------------------------------


def carrying(*roots: bytes, **changes: Any) -> bytes:
    """Return the good pack with root updates."""
    return small_pack(**{"seq": 6, "roots": roots, **changes})


def update(version: int = 2, signers: Sequence[str] = ("root-a", "root-b"), **changes: Any) -> bytes:
    """Return a root update; ``changes`` are those of the channel default."""
    return signed_root(trust_root(version, default=changes), *signers)


ONLY_B = trust.Role(frozenset({key_id("default-b")}), 1)


def put(name: str, data: bytes = PACK) -> Callable[[Path], str]:
    """Return what writes a file and gives its path."""

    def make(folder: Path) -> str:
        (folder / name).write_bytes(data)
        return str(folder / name)

    return make


def link(folder: Path) -> str:
    """Make a link to the good pack."""
    (folder / "link").symlink_to(put("target")(folder))
    return str(folder / "link")


def pipe(folder: Path) -> str:
    """Make a pipe that nobody writes into: who opens it for reading waits for ever."""
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def place(path: str) -> Callable[[Path], str]:
    """Return what gives a path that is there anyhow."""
    return lambda folder: str(folder / path)


# --- index -----------------------------------------------------------------------------------------------------

INDEX, BLOCKS = advisories.encode(ENTRIES)
PREFIXES, ENTRY_PLACES, TABLE = 16, 16 + 8 * len(ENTRIES), 16 + 12 * len(ENTRIES)


def indexed(index: bytes = INDEX, blocks: bytes = BLOCKS) -> bytes:
    """Return a pack, properly signed, with this index and these blocks."""
    rest = contents()[2:]
    return small_pack([("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, blocks), *rest], seq=6)


def longer_record() -> bytes:
    """Return a pack whose first record says that it is longer than its block."""
    blocks = struct.pack("<I", len(BLOCKS)) + BLOCKS[4:]
    return indexed(INDEX[:-32] + sha256(blocks).digest(), blocks)


SWAPPED_PREFIXES = INDEX[PREFIXES + 8 : PREFIXES + 16] + INDEX[PREFIXES : PREFIXES + 8]

CONTAINER = (
    Vector("empty", "", b"", "E_CONTAINER", "empty"),
    Vector("empty", "the magic alone", b"ASSAYPK1", "E_CONTAINER", "too short"),
    Vector("wrong magic", "version 2", at(0, b"ASSAYPK2"), "E_CONTAINER", "ASSAYPK1"),
    Vector("wrong magic", "a zip", zip_file(), "E_CONTAINER", "ASSAYPK1"),
    Vector("length 2^32-1", "of the envelope", head(2**32 - 1), "E_CONTAINER", "4294967295"),
    Vector("length 2^32-1", "one more than 1 MiB", head(2**20 + 1), "E_CONTAINER", "1048577"),
    Vector("length 2^32-1", "nothing at all", head(0), "E_CONTAINER", "0 bytes"),
    Vector("length 2^32-1", "one byte less", head(ENVELOPE - 1), "E_CONTAINER", "padding"),
    Vector("length 2^32-1", "of a root", head(ENVELOPE, 1, b"\xff" * 4 + PACK[16:]), "E_CONTAINER", "trust root"),
    Vector("length 2^32-1", "of a root, 0", head(ENVELOPE, 1, bytes(4) + PACK[16:]), "E_CONTAINER", "trust root"),
    Vector("cut in the envelope", "", PACK[: 16 + ENVELOPE // 2], "E_CONTAINER", "cut off"),
    Vector("last byte missing", "", PACK[:-1], "E_CONTAINER", "must have"),
    Vector("a NUL or a zip appended", "NUL", PACK + b"\0", "E_CONTAINER", "must have"),
    Vector("a NUL or a zip appended", "zip", PACK + zip_file(), "E_CONTAINER", "must have"),
    Vector("non-zero padding", "of the head", at(PARTS.body_offset - 1, b"\1"), "E_CONTAINER", "padding"),
    Vector("non-zero padding", "between sections", at(PLACES["blocks"] - 1, b"\1"), "E_CONTAINER", "padding"),
    Vector("65 roots", "", carrying(*[update()] * 65), "E_CONTAINER", "65 trust roots"),
    Vector("65 roots", "2^32-1", head(ENVELOPE, 2**32 - 1), "E_CONTAINER", "trust roots"),
)  # fmt: skip

IN_BODY = (
    Vector("a bit flipped in names", "", flipped(PLACES["names-one"] + 30), "E_HASH", "names-one", TOUCHED),
    Vector("index", "", flipped(PLACES["advisories"] + 20), "E_HASH", "advisories", TOUCHED),
    Vector("block", "", flipped(PLACES["blocks"] + 9), "E_HASH", "block", TOUCHED),
    *(
        Vector("block", f"or section {name}", flipped(PLACES[name]), "E_HASH", name, TOUCHED)
        for name in ("ioc", "names-two", "names-py", "deny", "internal", "hosts", "seen", "licences")
    ),
    Vector("two sections' content swapped", "", swapped("ioc", "deny"), "E_HASH", "ioc", TOUCHED),
)  # fmt: skip

SIGNATURES = (
    Vector("payload changed", "", enveloped(lambda value: value.update(payload=base64(LARGE))), "E_SIGNATURE",
           "not valid"),
    Vector("payload changed", "not even JSON", enveloped(lambda value: value.update(payload="AAAA")),
           "E_SIGNATURE", "not valid"),
    Vector("1 of 2", "", signed_by("vendor-a", channel="vendor"), "E_THRESHOLD", "1 of 2"),
    Vector("the same signature twice", "", enveloped(lambda value: value["signatures"].append(value["signatures"][0])),
           "E_ENVELOPE", "one key twice"),
    Vector("keyid relabelled", "", signature(lambda each: each.update(keyid=key_id("default-b"))),
           "E_SIGNATURE", "not valid"),
    Vector("unknown signers", "", signed_by("stranger"), "E_SIGNATURE", "unknown key"),
    Vector("unknown signers", "beside a known one", signed_by("default-a", "stranger"), "E_SIGNATURE", "unknown key"),
    Vector("org key on vendor", "", signed_by("org-a", channel="vendor"), "E_SIGNATURE", "with keys of org"),
    Vector("org key on vendor", "org key on default", signed_by("org-a"), "E_SIGNATURE", "with keys of org"),
    Vector("org key on vendor", "keys of two channels", signed_by("default-a", "org-a"), "E_SIGNATURE", "one channel"),
    Vector("root key on a pack", "", signed_by("root-a", "root-b"), "E_SIGNATURE", "unknown key"),
    Vector("17 signatures", "", signed_by(*map(str, range(17))), "E_ENVELOPE", "more than 16"),
    Vector("none", "", signed_by(), "E_SIGNATURE", "not signed"),
    Vector("extra field", "of the envelope", enveloped(lambda value: value.update(extra=1)), "E_ENVELOPE", "extra"),
    Vector("extra field", "of a signature", signature(lambda each: each.update(cert="")), "E_ENVELOPE", "cert"),
    Vector("non-canonical base64", "a bit that does not count",
           signature(lambda each: each.update(sig=each["sig"][:-3] + chr(ord(each["sig"][-3]) + 1) + "==")),
           "E_ENVELOPE", "base64"),
    Vector("non-canonical base64", "no padding", signature(lambda each: each.update(sig=each["sig"].rstrip("="))),
           "E_ENVELOPE", "base64"),
    Vector("wrong payloadType", "that of a root", typed(dsse.ROOT_TYPE), "E_ENVELOPE", "root"),
    Vector("in-toto payload", "", typed("application/vnd.in-toto+json", STATEMENT), "E_ENVELOPE", "in-toto"),
    Vector("in-toto payload", "as a manifest", typed(dsse.MANIFEST_TYPE, STATEMENT), "E_MANIFEST", "key"),
    Vector("low-order key", "", enveloped(by_low_order_key), "E_SIGNATURE", "unknown key"),
    Vector("low-order key", "in a root update", carrying(root_with_low_order_key()), "E_ROOT", "low order"),
    Vector("non-canonical S", "", signature(plus_order), "E_SIGNATURE", "not valid"),
)  # fmt: skip

MANIFEST = (
    Vector("duplicate key", "", saying(b'"seq":6', b'"seq":6,"seq":6'), "E_MANIFEST", "twice"),
    Vector("white space", "", saying(b'"seq":6', b'"seq": 6'), "E_MANIFEST", "white space"),
    Vector("white space", "at the end", seal(PAYLOAD + b"\n", BODY), "E_MANIFEST", "white space"),
    Vector("float", "", saying(b'"seq":6', b'"seq":6.0'), "E_MANIFEST", "whole number"),
    Vector("float", "6e0", saying(b'"seq":6', b'"seq":6e0'), "E_MANIFEST", "whole number"),
    Vector("NaN", "", saying(b'"seq":6', b'"seq":NaN'), "E_MANIFEST", "whole number"),
    Vector("bool as int", "", saying(b'"seq":6', b'"seq":true'), "E_MANIFEST", "seq: not an integer"),
    Vector("bad UTF-8", "", saying(b"a small pack", b"a \xff pack"), "E_MANIFEST", "UTF-8"),
    Vector("bad UTF-8", "half of a pair", saying(b"a small pack", b"a \\ud800 pack"), "E_MANIFEST", "manifest"),
    Vector("nesting 200,000", "", seal(b"[" * 200_000 + b"]" * 200_000, BODY), "E_MANIFEST", "nesting"),
    Vector("spec 2", "", saying(b'"spec":1', b'"spec":2'), "E_MANIFEST", "spec: not 1"),
    Vector("other channel", "", signed_by("default-a", channel="org"), "E_SIGNATURE", "not with those of org"),
    Vector("unknown channel", "", signed_by("default-a", channel="other"), "E_MANIFEST", "no channel other"),
    Vector("overlap", "", section(1, offset=0), "E_LAYOUT", "section blocks is at 0"),
    Vector("overlap", "not at a multiple of 64", section(1, offset=1), "E_LAYOUT", "section blocks is at 1"),
    Vector("negative", "", section(1, offset=-64), "E_MANIFEST", "sections[1].offset"),
    Vector("2^40", "offset", section(1, offset=2**40), "E_MANIFEST", "sections[1].offset"),
    Vector("2^40", "length", section(1, length=2**40), "E_MANIFEST", "sections[1].length"),
    Vector("gap", "", section(1, offset=2**20), "E_LAYOUT", "section blocks is at 1048576"),
    Vector("duplicate name", "", section(1, name="advisories"), "E_LAYOUT", "one name"),
    Vector("../../etc/passwd", "", section(1, name="../../etc/passwd"), "E_MANIFEST", "sections[1].name"),
    Vector("absolute", "", section(1, name="/etc/passwd"), "E_MANIFEST", "sections[1].name"),
    Vector("unknown kind", "", section(2, kind="code"), "E_LAYOUT", "unknown kind, code"),
    Vector("unknown kind", "blocks without index", section(0, kind="names"), "E_LAYOUT", "belong together"),
    Vector("vendor allow", "", small_pack([("allow", sections.ALLOW, b'{"entries":[]}')], ("vendor-a", "vendor-b"),
                                          channel="vendor"), "E_CAPABILITY", "vendor may not hold allow"),
    Vector("wrong body_length", "", edited(lambda value: value.update(body_length=1)), "E_LAYOUT", "body_length"),
    Vector("wrong body_length", "a section less", edited(lambda value: value["sections"].pop()), "E_LAYOUT",
           "body_length"),
    Vector("stripped root update", "", carrying(min_root_version=2), "E_ROOT", "needs trust root 2"),
    Vector("terminal escapes in title", "", signed_title("\x1b[2J pack"), "E_MANIFEST", "title: holds control"),
    Vector("terminal escapes in title", "in one byte", signed_title("\x9b31m pack"), "E_MANIFEST", "title: holds"),
    Vector("terminal escapes in title", "right-to-left", signed_title("a \u202e pack"), "E_MANIFEST", "title: holds"),
    Vector("terminal escapes in title", "as a key", edited(lambda value: value.update({"\x1b[2J": 1})), "E_MANIFEST",
           "u001b"),
)  # fmt: skip

STATE = (
    Vector("rollback", "", small_pack(seq=4), "E_ROLLBACK", "1.4 after 1.5"),
    Vector("rollback", "below the least of a root", carrying(update(min_seq=7)), "E_ROLLBACK", "1.6 is below"),
    Vector("equivocation", "", small_pack(seq=5, title="another"), "E_EQUIVOCATION", "1.5"),
    Vector("fast-forward and its recovery by epoch", "an epoch that no root gave", small_pack(epoch=2), "E_ROOT",
           "epoch 2"),
    Vector("fast-forward and its recovery by epoch", "the highest number after it",
           carrying(update(epoch=2), seq=2**50), "E_ROLLBACK", "below the least accepted, 2.1"),
    Vector("revoked digest", "", carrying(update(revoked=frozenset({manifest.digest(PAYLOAD)}))), "E_REVOKED",
           manifest.digest(PAYLOAD)),
    Vector("revoked key", "", carrying(update(role=ONLY_B)), "E_SIGNATURE", "unknown key"),
    Vector("wrong root version", "one left out", carrying(update(3)), "E_ROOT", "version 3 cannot follow 1"),
    Vector("wrong root version", "the same once more", carrying(update(), update()), "E_ROOT", "2 cannot follow 2"),
    Vector("wrong root version", "the first one", carrying(signed_root(trust_root(1), *ROOT_KEYS)), "E_ROOT", "first"),
    Vector("wrong root version", "no root", carrying(b"{}"), "E_ENVELOPE", "key"),
    Vector("new root without old signatures", "",
           carrying(signed_root(trust_root(2, ("new-a", "new-b")), "new-a", "new-b")),
           "E_ROOT", "not signed by a key of the root before it"),
    Vector("new root without old signatures", "one of two",
           carrying(signed_root(trust_root(2, ("root-a", "new-a", "new-b")), "root-a", "new-a", "new-b")),
           "E_ROOT", "needs 2 keys"),
    Vector("new root without old signatures", "nor new ones", carrying(update(signers=("root-a",))), "E_ROOT",
           "needs 2 keys"),
    Vector("source is a link", "", link, "E_SOURCE", "a link"),
    Vector("a FIFO", "", pipe, "E_SOURCE", "not a regular file"),
    Vector("a device", "without end", place("/dev/zero"), "E_SOURCE", "not a regular file"),
    Vector("a device", "empty", place("/dev/null"), "E_SOURCE", "not a regular file"),
    Vector("a device", "a folder", place("."), "E_SOURCE", "not a regular file"),
    Vector("a device", "missing", place("missing"), "E_SOURCE", "cannot be opened"),
    Vector("a device", "no path", place("a\0b"), "E_SOURCE", "not a path"),
)  # fmt: skip

PACKED = (
    Vector("a NUL or a zip appended", "gzip cut off", gzip.compress(PACK)[:-1], "E_SOURCE", "cut off", NEVER),
    Vector("a NUL or a zip appended", "gzip and a NUL", gzip.compress(PACK) + b"\0", "E_SOURCE", "its end", NEVER),
    Vector("a NUL or a zip appended", "gzip twice", gzip.compress(PACK) * 2, "E_SOURCE", "after its end", NEVER),
    Vector("a NUL or a zip appended", "not gzip", b"\x1f\x8b" + bytes(99), "E_SOURCE", "unpacked", NEVER),
)  # fmt: skip

IN_INDEX = (
    Vector("unsorted", "", indexed(at(PREFIXES, SWAPPED_PREFIXES, INDEX)), "E_INDEX", "prefixes do not ascend", NEVER),
    Vector("block outside", "of the table", indexed(at(ENTRY_PLACES, struct.pack("<I", 5 << 16), INDEX)), "E_INDEX",
           "does not lead", NEVER),
    Vector("block outside", "of its section", indexed(at(TABLE, struct.pack("<I", 2**32 - 1), INDEX)), "E_INDEX",
           "block 0", NEVER),
    Vector("block outside", "longer than its section", indexed(at(TABLE + 4, struct.pack("<I", 2**32 - 1), INDEX)),
           "E_INDEX", "block 0", NEVER),
    Vector("record beyond its block", "its end", longer_record(), "E_INDEX", "beyond its block", NEVER),
    Vector("record beyond its block", "its start", indexed(at(ENTRY_PLACES, struct.pack("<I", 0xFFFF), INDEX)),
           "E_INDEX", "does not lead", NEVER),
)  # fmt: skip

VECTORS = (*CONTAINER, *PACKED, *IN_BODY, *SIGNATURES, *MANIFEST, *STATE, *IN_INDEX)
