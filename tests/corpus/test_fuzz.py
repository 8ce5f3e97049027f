"""Bytes that nobody thought of: every reader refuses them with a ``CorpusError`` and nothing else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import advisories, dsse, indicators, lists, manifest, names, pack, sections, trust
from assay.corpus.pack import MemoryBytes
from assay.scanner.errors import CorpusError
from tests.corpus.packs import ENTRIES, ROOT, accepted, contents, plan, signed_root, small_pack

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS = {kind: content for _, kind, content in contents()}
NAMED = {name: content for name, _, content in contents()}
SEEDS: list[tuple[Callable[[bytes], object], bytes]] = [
    (names.decode, SECTIONS[sections.NAMES]),
    (indicators.decode, NAMED["ioc"]),
    (indicators.decode, NAMED["seen"]),
    (lists.decode_entries, SECTIONS[sections.DENY]),
    (lists.decode_internal, SECTIONS[sections.INTERNAL_NAMES]),
    (lists.decode_hosts, SECTIONS[sections.REGISTRY_HOSTS]),
    (lists.decode_licences, SECTIONS[sections.LICENCES]),
    (advisories.Index, SECTIONS[sections.ADVISORIES]),
    (advisories.decode_entry, advisories.encode_entry(ENTRIES[0])),
    (manifest.parse, manifest.dump(plan()[0])),
    (trust.parse_payload, trust.dump_payload(ROOT)),
    (trust.parse_root, signed_root(ROOT, "root-a", "root-b")),
    (lambda data: dsse.parse(data, dsse.ROOT_TYPE), signed_root(ROOT, "root-a")),
    (lambda data: pack.read_container(MemoryBytes(data)), small_pack([])),
]
READERS = st.sampled_from([reader for reader, _ in SEEDS])


def survives(reader: Callable[[bytes], object], data: bytes) -> None:
    """Check that a reader returns or refuses."""
    try:
        reader(data)
    except CorpusError as refusal:
        assert refusal.detail.isprintable()  # noqa: PT017 - either outcome is right


@given(READERS, st.binary(max_size=200))
def test_any_bytes(reader: Callable[[bytes], object], data: bytes) -> None:
    survives(reader, data)


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return bytes with one to four places changed, cut, doubled or filled with what parsers trip over."""
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.choice([0, 1, 2, 8, 64]))
        filling = chance.choice(
            [b"", b"\0", b"\xff\xff\xff\xff", b'"', b"[[", b"{", b"1e9", b"-1", b"null", b"\\ud800"]
        )
        data = data[:place] + chance.choice([filling, data[place:end] * 2, chance.randbytes(end - place)]) + data[end:]
    return data


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_mutations(number: int) -> None:
    reader, seed = SEEDS[number]
    reader(seed)
    chance = random.Random(number)
    for _ in range(400):
        survives(reader, mutated(chance, seed))


def test_no_mutation_of_a_pack_is_accepted() -> None:
    data = small_pack([("names", sections.NAMES, SECTIONS[sections.NAMES])])
    accepted(data)
    chance = random.Random(7)
    for _ in range(2000):
        other = mutated(chance, data)
        if other != data:
            with pytest.raises(CorpusError):
                accepted(other)
