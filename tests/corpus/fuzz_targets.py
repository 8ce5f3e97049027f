"""What a fuzzer throws bytes at: every reader of a pack, with the signatures made anew so that mutations reach deep.

A target takes bytes and returns whether they were accepted. It raises ``CorpusError`` for a refusal; anything else that
it raises is a defect, as is what it asserts: that nothing is accepted which has a second spelling.
"""

from __future__ import annotations

import copy
import gzip
import json
import struct
import tempfile
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from assay.corpus import (
    advisories,
    canonical,
    dsse,
    journey,
    manifest,
    pack,
    sections,
    signing,
    state,
    succession,
    trust,
)
from assay.corpus.contents import check_contents, verify_pack
from assay.corpus.pack import MemoryBytes
from assay.corpus.readable import read_pack
from assay.corpus.state import AnchorState, ChannelState, PackState, StoreState
from assay.corpus.verify import Accepted, verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError
from tests.corpus.packs import (
    ENTRIES,
    FREE,
    ROOT,
    contents,
    key,
    plan,
    seal,
    signed_root,
    small_pack,
    trust_root,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

NAMED: Final = {name: (kind, content) for name, kind, content in contents()}
TINY: Final = [("licences", sections.LICENCES, NAMED["licences"][1])]
UPDATE: Final = trust_root(2, default={"min_seq": 5})
PACKS: Final = frozenset(
    {
        small_pack(),
        small_pack(TINY),
        small_pack(TINY, ("vendor-a", "vendor-b"), channel="vendor"),
        small_pack(TINY, roots=(signed_root(UPDATE, "root-a", "root-b"),), seq=5),
    }
)
"""The packs that are accepted; no other bytes are."""

DESCRIBED, BODY = plan(TINY)
STORED = StoreState(
    {"a" * 64: AnchorState("base", added=False, first=1, version=2)},
    {"default": ChannelState(Accepted(1, 5, "b" * 64), "b" * 64, "why")},
    {"b" * 64: PackState("default", 1, 5)},
)


class Target(NamedTuple):
    """A reader, and bytes that it accepts."""

    name: str
    read: Callable[[bytes], bool]
    seeds: tuple[bytes, ...]


def _whole(data: bytes) -> bool:
    """Read a whole pack, as it is, first as a co-signer does, who may read what is not believed."""
    with suppress(CorpusError):
        read_pack(MemoryBytes(data), ROOT, FREE)
    verify_pack(data, ROOT, FREE)
    assert data in PACKS, "a changed pack is accepted"
    return True


def _envelope(data: bytes) -> bool:
    """Read an envelope."""
    parsed = dsse.parse(data, dsse.ROOT_TYPE)
    assert dsse.encode(parsed) == data
    return True


def _manifest(data: bytes) -> bool:
    """Read a manifest that is signed whatever it says."""
    verified = verify_pack(seal(data, BODY), ROOT, FREE)
    assert manifest.dump(verified.manifest) == data
    return True


def _root(data: bytes) -> bool:
    """Read a root update that enough keys signed whatever it says."""
    update = dsse.encode(signing.sign(dsse.ROOT_TYPE, data, [key("root-a"), key("root-b")]))
    with suppress(CorpusError):
        succession.read(update)
    verified = verify_head(MemoryBytes(small_pack(TINY, roots=(update,), seq=5)), ROOT, FREE)
    assert trust.dump_payload(verified.root) == data
    return True


def _canonical(data: bytes) -> bool:
    """Read canonical JSON."""
    assert canonical.dump(canonical.load(data, "E_MANIFEST", "fuzz")) == data
    return True


def _state(data: bytes) -> bool:
    """Read the state of a store."""
    assert state.dump(state.parse(data)) == data
    return True


def _journey(data: bytes) -> bool:
    """Unpack what may be gzip."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(data)
        file.seek(0)
        assert all(len(part) <= 1024 * 1024 for part in journey.parts(file.fileno()))
    return True


def _table(kind: str) -> Callable[[bytes], bool]:
    def read(data: bytes) -> bool:
        return _believed([("table", kind, data)])

    return read


def _index(data: bytes) -> bool:
    """Read an index over blocks that are well formed."""
    return _believed([("advisories", sections.ADVISORIES, data), ("blocks", sections.BLOCKS, BLOCKS)])


def _block(data: bytes) -> bool:
    """Read a block, with an index made for it that finds the packages of ``ENTRIES`` where they were."""
    index = INDEX[:-36] + struct.pack("<I", len(data)) + sha256(data).digest()
    return _believed([("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, data)])


def _entry(data: bytes) -> bool:
    """Read one entry of a block that nothing else is wrong with."""
    block = struct.pack("<I", len(data)) + data
    number = advisories.prefix("npm", "good-one")
    index = struct.pack("<IIQQIII32s", 1, 1, 0, number, 0, 0, len(block), sha256(block).digest())
    return _believed([("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, block)])


def _believed(made: list[tuple[str, str, bytes]]) -> bool:
    """Read signed sections as a scan does, which believes what was signed; then as an import does."""
    verified = verify_head(MemoryBytes(small_pack(made)), ROOT, FREE)
    with suppress(CorpusError):
        ask(PackView([verified]))
    check_contents(verified)
    ask(PackView([verified]))
    return True


def ask(view: PackView) -> None:
    """Ask a view for what lies in each kind of section."""
    view.prepare(["pypi"])
    for ecosystem, name in (("npm", "good-one"), ("npm", "thief"), ("pypi", "a-b"), ("npm", "hit"), ("npm", "ranged")):
        view.advisories(ecosystem, name, "1.1.0")  # type: ignore[arg-type]
        view.indicators(ecosystem, name, "1.1.0")  # type: ignore[arg-type]
        view.denied(ecosystem, name, "2.1.0")  # type: ignore[arg-type]
        view.internal(ecosystem, name)  # type: ignore[arg-type]
    view.popular("npm")
    view.registry_hosts("npm")
    view.listed_files()
    view.observables()
    view.licences()


INDEX, BLOCKS = advisories.encode(ENTRIES)

TARGETS: Final = (
    Target("container", _whole, tuple(sorted(PACKS))),
    Target("envelope", _envelope, (signed_root(ROOT, "root-a", "root-b"),)),
    Target("manifest", _manifest, (manifest.dump(DESCRIBED),)),
    Target("root", _root, (trust.dump_payload(UPDATE),)),
    Target("canonical", _canonical, (canonical.dump([{"a": [1, "é", None, True]}, "\n"]), manifest.dump(DESCRIBED))),
    Target("state", _state, (state.dump(STORED),)),
    Target("journey", _journey, (pack.MAGIC, gzip.compress(small_pack(TINY), mtime=0))),
    Target("index", _index, (INDEX,)),
    Target("block", _block, (BLOCKS,)),
    Target("entry", _entry, tuple(map(advisories.encode_entry, ENTRIES[:1]))),
    Target("names", _table(sections.NAMES), (NAMED["names-one"][1],)),
    Target("ioc", _table(sections.IOC), (NAMED["ioc"][1], NAMED["seen"][1])),
    Target("deny", _table(sections.DENY), (NAMED["deny"][1],)),
    Target("internal-names", _table(sections.INTERNAL_NAMES), (NAMED["internal"][1],)),
    Target("registry-hosts", _table(sections.REGISTRY_HOSTS), (NAMED["hosts"][1],)),
    Target("licences", _table(sections.LICENCES), (NAMED["licences"][1],)),
)


def survives(target: Target, data: bytes) -> bool:
    """Return whether a target accepts bytes. Raises whatever is no refusal."""
    try:
        return target.read(data)
    except CorpusError as refusal:
        if not refusal.detail.isprintable():
            raise AssertionError("a detail that a terminal would obey") from refusal
        return False


# --- mutations -------------------------------------------------------------------------------------------------

_FILLINGS = (b"", b"\0", b"\xff\xff\xff\xff", b'"', b"[[", b"{", b"1e9", b"-1", b"null", b"\\ud800", b"\x1b[2J")
_ODD: Final[tuple[Any, ...]] = (
    None, True, False, -1, 0, 1, 2, 3, 65, 2**31, 2**53 - 1, 2**53, 2**64, 0.5, "", "*", "a", "npm", "pypi", "@a",
    "1.0.0", ">=1", "9" * 400, "0", "package", "file", "domain", "url", "string", "email", "npm:a", "a" * 64, "0" * 64,
    "2026-02-30", "2026-02-30T00:00:00Z", "2026-12-31", "\ud800", "\0", "\x1b[2J", "\u202e", "e\u0301", "x" * 300,
    "../..", [], {}, [[]], [""], {"a": 1},
)  # fmt: skip


def scrambled(chance: random.Random, data: bytes) -> bytes:
    """Return bytes with one to four places changed, cut, doubled or filled with what parsers trip over."""
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.choice([0, 1, 2, 8, 64]))
        filling = chance.choice(_FILLINGS)
        data = data[:place] + chance.choice([filling, data[place:end] * 2, chance.randbytes(end - place)]) + data[end:]
    return data


def respelled(chance: random.Random, data: bytes) -> bytes:
    """Return JSON with one or two values changed, in canonical form; what is no JSON is scrambled."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return scrambled(chance, data)
    for _ in range(chance.randrange(1, 3)):
        value = _changed(chance, value)
    try:
        return canonical.dump(value)
    except (ValueError, TypeError, RecursionError):
        return json.dumps(value).encode()


def _changed(chance: random.Random, value: Any) -> Any:
    """Change one place of a value, deeper places more often."""
    if isinstance(value, dict | list) and value and chance.random() < 0.85:
        place = chance.choice(sorted(value) if isinstance(value, dict) else range(len(value)))
        if chance.random() < 0.1:
            del value[place]
        elif isinstance(value, list) and chance.random() < 0.15:
            value.insert(place, copy.deepcopy(chance.choice(value)))
        else:
            value[place] = _changed(chance, value[place])
        return value
    if isinstance(value, list) and chance.random() < 0.5:
        return [*value, copy.deepcopy(chance.choice(_ODD))]
    if type(value) is int and chance.random() < 0.5:
        return value + chance.choice([-64, -1, 1, 64])
    return copy.deepcopy(chance.choice(_ODD))


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return bytes changed in one way or the other."""
    return chance.choice((scrambled, respelled, respelled))(chance, data)
