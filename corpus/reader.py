"""The advisories and popular names of one verified pack, each table read and hash-checked when it is first used."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from assay.corpus import advisories, names, sections
from assay.corpus.judge import judge
from assay.corpus.listed import PackLists
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import Advisory, AdvisoryKind, AdvisoryMatch, PackInfo
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.corpus.advisories import Entry, Index, Record
    from assay.corpus.manifest import Section
    from assay.corpus.verify import VerifiedPack
    from assay.scanner.models import Ecosystem

_KEPT_BLOCKS = 32
"""Blocks kept in memory, 2 MiB. Components are asked in order of name, and neighbours share a block."""

COUNTED = ("names", "indicators", *sorted(sections.ORGANISATION))
"""What the manifest's statistics call the entries of a pack; they are its records if it has no advisories."""

_SEVERITIES = tuple(Severity(name) for name in advisories.SEVERITIES)
_KINDS = {advisories.MALWARE: AdvisoryKind.MALWARE, advisories.VULNERABILITY: AdvisoryKind.VULNERABILITY}


class PackReader:
    """Answers for one pack what ``PackView`` answers for all; ``listed`` for its lists.

    Every method raises ``CorpusError`` E_HASH, E_INDEX or E_CONTAINER when it touches bytes that are not the signed
    ones or that are not well formed.
    """

    def __init__(self, verified: VerifiedPack, as_of: str | None = None) -> None:
        """Take a pack whose head is verified; entries that expired before ``as_of`` (YYYY-MM-DD) do not count."""
        self._verified = verified
        self.listed = PackLists(verified, as_of)
        self._blocks: dict[int, bytes] = {}
        self._entries: dict[tuple[str, str], Entry | None] = {}

    @property
    def verified(self) -> VerifiedPack:
        """The pack that is read."""
        return self._verified

    @property
    def info(self) -> PackInfo:
        """What the report says of the pack."""
        manifest = self._verified.manifest
        return PackInfo(
            channel=manifest.channel,
            epoch=manifest.epoch,
            seq=manifest.seq,
            digest=f"sha256:{self._verified.digest}",
            built_at=manifest.built_at,
            records=manifest.stats.get("advisories") or sum(manifest.stats.get(kind, 0) for kind in COUNTED),
            pinned=self._verified.pinned,
        )

    def _sections(self, kind: str) -> tuple[Section, ...]:
        return tuple(section for section in self._verified.manifest.sections if section.kind == kind)

    def _contents(self, kind: str) -> Iterator[bytes]:
        return map(self._verified.section, self._sections(kind))

    def mentioned(self, ecosystem: Ecosystem, packages: Iterable[str]) -> set[str]:
        """Return those of the packages that an advisory, an indicator or a deny list may be about."""
        index, tables = self._index, self.listed.packages()
        return {name for name in packages if any((ecosystem, name) in table for table in tables)} | (
            index.mentioned(ecosystem, packages) if index is not None else set()
        )

    @property
    def has_advisories(self) -> bool:
        """True if the pack has at least one advisory: only an empty index has empty blocks."""
        return any(section.length for section in self._sections(sections.BLOCKS))

    # --- advisories

    def advisories(self, ecosystem: Ecosystem, name: str, version: str | None) -> Iterator[AdvisoryMatch]:
        """Yield the matches of this pack by id."""
        entry = self._entry(ecosystem, name)
        for record in entry.records if entry is not None else ():
            if version is None:
                if record.whole_package:
                    yield AdvisoryMatch(self._advisory(record, ecosystem, name), "affected", None)
                continue
            judgement = judge(record, ecosystem, version)
            if judgement is not None:
                yield AdvisoryMatch(self._advisory(record, ecosystem, name), *judgement)

    def _advisory(self, record: Record, ecosystem: Ecosystem, name: str) -> Advisory:
        summary = record.summary
        if summary is None:
            summary = advisories.malware_summary(ecosystem, name)
        return Advisory(
            id=record.id,
            aliases=record.aliases,
            kind=_KINDS[record.kind],
            severity=None if record.severity is None else _SEVERITIES[record.severity],
            cvss=record.cvss,
            summary=summary,
            whole_package=record.whole_package,
            references=(f"https://osv.dev/vulnerability/{record.id}",),
            channel=self._verified.channel.name,
        )

    def _entry(self, ecosystem: str, name: str) -> Entry | None:
        package = ecosystem, name
        if package not in self._entries:
            self._entries[package] = self._find(ecosystem, name)
        return self._entries[package]

    def _find(self, ecosystem: str, name: str) -> Entry | None:
        if self._index is None:
            return None
        for number, offset in self._index.find(ecosystem, name):
            entry = advisories.decode_entry(advisories.entry_bytes(self._block(number), offset))
            if entry.ecosystem == ecosystem and entry.name == name:
                return entry
        return None

    @cached_property
    def _index(self) -> Index | None:
        return next(map(advisories.Index, self._contents(sections.ADVISORIES)), None)

    def _block(self, number: int) -> bytes:
        """Return a block whose hash was checked; the hash of the index, which holds it, was checked before."""
        block = self._blocks.pop(number, None)
        if block is None:
            block = self._read_block(number)
            if len(self._blocks) >= _KEPT_BLOCKS:
                del self._blocks[next(iter(self._blocks))]
        self._blocks[number] = block
        return block

    def _read_block(self, number: int) -> bytes:
        assert self._index is not None  # noqa: S101 - for the type checker: _find has looked
        (section,) = self._sections(sections.BLOCKS)
        place = self._index.block(number)
        if place.offset + place.length > section.length:
            raise CorpusError("E_INDEX", f"block {number} lies outside the blocks")
        start = self._verified.container.body_offset + section.offset + place.offset
        data = self._verified.pack.read(start, place.length)
        if sha256(data).digest() != place.sha256:
            raise CorpusError("E_HASH", f"block {number} does not have its signed hash")
        return data

    # --- names

    def names(self, ecosystem: Ecosystem) -> Iterator[Sequence[str]]:
        """Yield the popular lists of an ecosystem in manifest order."""
        contents = self._contents(sections.NAMES)
        return (names.decode(content).names for content in contents if names.is_of(content, ecosystem))
