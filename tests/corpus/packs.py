"""Small packs with keys of their own: three channels, a root of 2 of 3, every kind of section."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.corpus import advisories, canonical, dsse, indicators, lists, manifest, names, pack, sections, signing, trust
from assay.corpus.advisories import Entry, Record
from assay.corpus.contents import verify_pack
from assay.corpus.indicators import IndicatorEntry
from assay.corpus.lists import HostEntry, Licences, ListEntry
from assay.corpus.ranges import EVERYTHING, End, Interval
from assay.corpus.verify import Expectations
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assay.corpus.pack import PackBytes
    from assay.corpus.verify import VerifiedPack

Contents = list[tuple[str, str, bytes]]

FREE = Expectations(tool="0.1.0", floor={})
"""No floor, no ratchet, a fixed version of the tool."""


def key(name: str) -> Ed25519PrivateKey:
    """Return the private key that a name stands for."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def public(name: str) -> bytes:
    return signing.public_bytes(key(name))


def key_id(name: str) -> str:
    return dsse.key_id(public(name))


ROOT_KEYS = ("root-a", "root-b", "root-c")
CHANNEL_KEYS = {"default": ("default-a", "default-b"), "vendor": ("vendor-a", "vendor-b"), "org": ("org-a",)}


def channel(name: str, **changes: Any) -> trust.Channel:
    """Return a channel: default needs 1 of 2 keys, vendor both and may not allow, org its one."""
    capabilities = sections.KINDS - ({sections.ALLOW} if name == "vendor" else set())
    made = trust.Channel(
        name=name,
        role=trust.Role(frozenset(map(key_id, CHANNEL_KEYS[name])), 2 if name == "vendor" else 1),
        epoch=1,
        capabilities=frozenset(capabilities),
        priority=100,
        min_seq=1,
        revoked=frozenset(),
    )
    return made._replace(**changes)


def trust_root(version: int = 1, root_keys: Sequence[str] = ROOT_KEYS, **changes: dict[str, Any]) -> trust.TrustRoot:
    """Return a trust root; ``changes`` are those of a channel, by its name."""
    channels = {name: channel(name, **changes.get(name, {})) for name in CHANNEL_KEYS}
    known = {*root_keys, *(each for named in CHANNEL_KEYS.values() for each in named)}
    return trust.TrustRoot(
        version=version,
        keys={key_id(name): public(name) for name in known},
        role=trust.Role(frozenset(map(key_id, root_keys)), 2),
        channels=channels,
    )


ROOT = trust_root()


def signed_root(root: trust.TrustRoot, *signers: str) -> bytes:
    return dsse.encode(signing.sign(dsse.ROOT_TYPE, trust.dump_payload(root), map(key, signers)))


def record(id_: str, *affected: Interval, **changes: Any) -> Record:
    """Return a vulnerability of medium severity with these intervals."""
    made = Record(
        id=id_,
        kind=advisories.VULNERABILITY,
        source=0,
        severity=2,
        cvss=None,
        summary="a defect",
        aliases=(),
        affected=affected,
        versions=(),
        possible=(),
    )
    return made._replace(**changes)


ENTRIES = (
    Entry(
        "npm", "good-one", (record("T-2", Interval("1.0.0", "1.2.0"), Interval("2.0.0", "2.0.3", End.LAST_AFFECTED)),)
    ),
    Entry("npm", "thief", (record("MAL-1", EVERYTHING, kind=advisories.MALWARE, severity=None, summary=None),)),
    Entry("pypi", "a-b", (record("T-1", Interval("0", "2.0"), versions=("3rc1", "strange")),)),
)

DENIED = (
    ListEntry("npm", "banned", "*", "because"),
    ListEntry("npm", "half", "1.0.0", "that one"),
    ListEntry("npm", "ranged", ">=2.0.0 <3.0.0", "the second", "2026-06-30"),
    ListEntry("pypi", "ranged", ">=2,<3", "likewise"),
)
HOSTS = (HostEntry("npm", "npm.example", "@ours"), HostEntry("npm", "registry.example", ""))
LICENCES = Licences(frozenset({"MIT"}), frozenset({"AGPL-3.0-only"}))
SEEN = (
    IndicatorEntry(IndicatorKind.DOMAIN, "evil.example", reason="exfiltration"),
    IndicatorEntry(IndicatorKind.EMAIL, "thief@evil.example", expires="2026-06-30"),
    IndicatorEntry(IndicatorKind.FILE, "ab" * 32, "", "dropper", "https://example.invalid/report"),
    IndicatorEntry(IndicatorKind.PACKAGE, "npm:worm", "^1.2.0", "worm", "", "2026-06-30"),
    IndicatorEntry(IndicatorKind.STRING, "the worm was here"),
    IndicatorEntry(IndicatorKind.URL, "https://evil.example/drop"),
)
"""Indicators of every kind, in the order in which they are stored."""


def contents(entries: Iterable[Entry] = ENTRIES) -> Contents:
    """Return a section of every kind but ``allow``; of ``ioc`` one in each of its forms."""
    index, blocks = advisories.encode(entries)
    own = lists.InternalNames(frozenset({("pypi", "our-tool"), ("pypi", "acme-*")}), frozenset({"@ours"}))
    found = indicators.IndicatorTable(0, {("npm", "hit"): ("5.6.1",), ("pypi", "hit"): ("1",)})
    return [
        ("advisories", sections.ADVISORIES, index),
        ("blocks", sections.BLOCKS, blocks),
        ("ioc", sections.IOC, indicators.encode(found)),
        ("names-one", sections.NAMES, names.encode(names.NameList("npm", ["react", "lodash", "vue"]))),
        ("names-two", sections.NAMES, names.encode(names.NameList("npm", ["vue", "left"]))),
        ("names-py", sections.NAMES, names.encode(names.NameList("pypi", ["numpy"]))),
        ("deny", sections.DENY, lists.encode_entries(DENIED)),
        ("internal", sections.INTERNAL_NAMES, lists.encode_internal(own)),
        ("hosts", sections.REGISTRY_HOSTS, lists.encode_hosts(HOSTS)),
        ("seen", sections.IOC, indicators.encode(indicators.IndicatorTable(0, {}, SEEN))),
        ("licences", sections.LICENCES, lists.encode_licences(LICENCES)),
    ]


SOURCE = manifest.Source("tests", "https://example.invalid/", "2026-01-01", "0" * 64, "MIT", "nobody", 3, 3)


def plan(made: Contents | None = None, **changes: Any) -> tuple[manifest.Manifest, bytes]:
    """Return a manifest and the body that it describes."""
    laid_out, body = pack.lay_out(contents() if made is None else made)
    described = manifest.Manifest(
        channel="default",
        epoch=1,
        seq=1,
        built_at="2026-01-01T00:00:00Z",
        fresh_until="2026-04-01T00:00:00Z",
        min_root_version=1,
        min_tool="0.1.0",
        body_length=len(body),
        title="a small pack",
        builder="tests",
        sources=(SOURCE,),
        stats={"advisories": 3},
        supersedes="",
        sections=laid_out,
    )
    return described._replace(**changes), body


def seal(payload: bytes, body: bytes, signers: Sequence[str] = ("default-a",), roots: Sequence[bytes] = ()) -> bytes:
    """Return a pack whose manifest payload is these bytes, whatever they are."""
    return pack.write_container(dsse.encode(signing.sign(dsse.MANIFEST_TYPE, payload, map(key, signers))), roots, body)


def small_pack(
    made: Contents | None = None,
    signers: Sequence[str] = ("default-a",),
    roots: Sequence[bytes] = (),
    **changes: Any,
) -> bytes:
    """Return a well-formed pack; ``changes`` are those of its manifest."""
    described, body = plan(made, **changes)
    return seal(manifest.dump(described), body, signers, roots)


def edited(change: Callable[[dict[str, Any]], object], signers: Sequence[str] = ("default-a",)) -> bytes:
    """Return a pack whose manifest, as JSON, was changed and then properly signed."""
    described, body = plan()
    value = canonical.load(manifest.dump(described), "E_MANIFEST", "manifest")
    change(value)
    return seal(canonical.dump(value), body, signers)


def refused(
    data: bytes | PackBytes, code: str, *parts: str, root: trust.TrustRoot = ROOT, expectations: Expectations = FREE
) -> None:
    """Check that a pack is refused with a code, and that the detail is one line that holds every one of ``parts``."""
    with pytest.raises(CorpusError) as caught:
        verify_pack(data, root, expectations)
    assert caught.value.code == code, caught.value
    assert caught.value.exit_code == 5
    assert caught.value.detail.isprintable()
    for part in parts:
        assert part in caught.value.detail


def accepted(data: bytes, root: trust.TrustRoot = ROOT, expectations: Expectations = FREE) -> VerifiedPack:
    return verify_pack(data, root, expectations)
