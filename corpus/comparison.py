"""What came, what went and what changed between two packs, whether they are believed or only readable.

Blocks with equal hashes are not opened, and entries are compared as two ascending streams, so that memory grows with
what differs and not with the packs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from assay.corpus import advisories, concerns, rows, sections

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from assay.corpus.advisories import Entry, Index, Record
    from assay.corpus.concerns import Concern
    from assay.corpus.manifest import Section, Source
    from assay.corpus.readable import ReadablePack
    from assay.corpus.rows import Key, Row

_K = TypeVar("_K", str, tuple[str, ...])
_V = TypeVar("_V")

_COMPARED = (
    "channel",
    "epoch",
    "seq",
    "built_at",
    "fresh_until",
    "title",
    "builder",
    "min_root_version",
    "min_tool",
    "supersedes",
)
_LENGTH_BYTES = 4
"""Bytes before every entry of a block that hold its length (``advisories``)."""


class FieldChange(NamedTuple):
    """A value of the manifest, or of the pack's head, that is not the same: JSON values."""

    name: str
    before: Any
    after: Any


class SourceChange(NamedTuple):
    """A source that came (``before`` is None), went or changed."""

    id: str
    before: Source | None
    after: Source | None


class SectionChange(NamedTuple):
    """A section that came, went or has another content."""

    name: str
    before: Section | None
    after: Section | None


class Change(NamedTuple):
    """A row that came (``before`` is None), went or changed. ``kind`` is that of its section.

    ``concerns`` say why it must be looked at, the gravest first; most changes have none.
    """

    kind: str
    key: Key
    before: Row | None
    after: Row | None
    concerns: tuple[Concern, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what changed in a row that both packs have."""
        before, after = self.before, self.after
        if before is None or after is None:
            return ()
        return tuple(name for name in after._fields if getattr(before, name) != getattr(after, name))


class Count(NamedTuple):
    """How many rows came, went and changed."""

    came: int
    went: int
    changed: int


class Comparison(NamedTuple):
    """All that differs between two packs. ``changes`` are in the order of ``rows.KEYS``, then by key.

    ``popular`` are the popular names of both packs, by (ecosystem, name).
    """

    before: ReadablePack
    after: ReadablePack
    manifest: tuple[FieldChange, ...]
    sources: tuple[SourceChange, ...]
    sections: tuple[SectionChange, ...]
    changes: tuple[Change, ...]
    popular: Collection[Key]

    @property
    def same(self) -> bool:
        """True if the packs say the same and are signed by the same keys."""
        return not (self.manifest or self.sources or self.sections or self.changes)

    def counts(self) -> dict[str, Count]:
        """Return how many rows of each kind of section came, went and changed; kinds without any are left out."""
        found: dict[str, list[int]] = {}
        for change in self.changes:
            numbers = found.setdefault(change.kind, [0, 0, 0])
            numbers[0 if change.before is None else 1 if change.after is None else 2] += 1
        return {kind: Count(*numbers) for kind, numbers in found.items()}

    def by_concern(self) -> dict[Concern, list[Change]]:
        """Return the changes that must be looked at, each under its gravest concern, popular names first.

        Among those whole-package malware comes before other malware, and that before all else.
        """
        found: dict[Concern, list[Change]] = {concern: [] for concern in concerns.Concern}
        for change in self.changes:
            if change.concerns:
                found[change.concerns[0]].append(change)
        return {concern: sorted(each, key=self._urgency) for concern, each in found.items() if each}

    def is_popular(self, change: Change) -> bool:
        """Say whether a change is about a popular name, as either pack has it."""
        if change.kind == sections.IOC:
            return change.key[0] == "package" and tuple(change.key[1].split(":", 1)) in self.popular
        return change.key[:2] in self.popular

    def _urgency(self, change: Change) -> tuple[bool, bool, bool, Key]:
        row = change.after if change.before is None else change.before
        malware = concerns.describes_malware(row)
        whole = malware and bool(getattr(row, "whole_package", False))
        return not self.is_popular(change), not malware, not whole, change.key


def compare(before: ReadablePack, after: ReadablePack) -> Comparison:
    """Compare two packs.

    Raises:
        CorpusError: E_HASH, E_INDEX: a pack changed while it was read.
    """
    popular = rows.popular(before).keys() | rows.popular(after).keys()
    changes: list[Change] = []
    for kind in rows.KEYS:
        if kind == sections.ADVISORIES:
            changes += _advisories(before, after, popular)
        elif not _is_unchanged(kind, before, after):
            changes += _rows(kind, before, after, popular)
    return Comparison(
        before=before,
        after=after,
        manifest=tuple(_manifest(before, after)),
        sources=tuple(
            SourceChange(*each)
            for each in _differing(
                {source.id: source for source in before.manifest.sources},
                {source.id: source for source in after.manifest.sources},
            )
        ),
        sections=tuple(_sections(before, after)),
        changes=tuple(changes),
        popular=popular,
    )


# --- manifest --------------------------------------------------------------------------------------------------


def _manifest(before: ReadablePack, after: ReadablePack) -> Iterator[FieldChange]:
    """Yield what differs; the digest does whenever anything in the manifest or the body does."""
    old, new = _head(before), _head(after)
    for name in old:
        if old[name] != new[name]:
            yield FieldChange(name, old[name], new[name])


def _head(pack: ReadablePack) -> dict[str, Any]:
    made = pack.manifest
    return {
        "digest": f"sha256:{pack.digest}",
        **{name: getattr(made, name) for name in _COMPARED},
        "stats": dict(made.stats),
        "signers": sorted(pack.signers),
        "roots": [f"{root.version} sha256:{root.fingerprint}" for root in pack.roots],
    }


def _sections(before: ReadablePack, after: ReadablePack) -> Iterator[SectionChange]:
    """Yield what came, went or has another content; where a section lies follows from those before it."""
    old = {section.name: section._replace(offset=0) for section in before.manifest.sections}
    new = {section.name: section._replace(offset=0) for section in after.manifest.sections}
    return (SectionChange(*each) for each in _differing(old, new))


def _differing(old: Mapping[_K, _V], new: Mapping[_K, _V]) -> Iterator[tuple[_K, _V | None, _V | None]]:
    """Yield (key, old, new) of what is not the same, by key."""
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if left != right:
            yield key, left, right


# --- tables ----------------------------------------------------------------------------------------------------


def _is_unchanged(kind: str, before: ReadablePack, after: ReadablePack) -> bool:
    """Say whether all sections of a kind have equal names and hashes, and sources the places that they count into."""
    old, new = (
        [each[:2] + each[4:] for each in pack.manifest.sections if each.kind == kind] for pack in (before, after)
    )
    return old == new and _source_ids(before) == _source_ids(after)


def _source_ids(pack: ReadablePack) -> list[str]:
    return [source.id for source in pack.manifest.sources]


def _rows(kind: str, before: ReadablePack, after: ReadablePack, popular: Collection[Key]) -> Iterator[Change]:
    for key, old, new in _differing(rows.table(before, kind), rows.table(after, kind)):
        yield Change(kind, key, old, new, tuple(concerns.of_rows(kind, key, old, new, popular)))


# --- advisories ------------------------------------------------------------------------------------------------


def _advisories(before: ReadablePack, after: ReadablePack, popular: Collection[Key]) -> Iterator[Change]:
    """Yield the changes by package and id. Both packs were checked: packages ascend, none stands in two entries."""
    same_places = _source_ids(before) == _source_ids(after)
    old = _Records(before, _blocks(after) if same_places else frozenset())
    new = _Records(after, _blocks(before) if same_places else frozenset())
    left, right = next(old.entries, None), next(new.entries, None)
    while left is not None or right is not None:
        package = min(entry[:2] for entry in (left, right) if entry is not None)
        records: list[dict[str, Record]] = [{}, {}]
        if left is not None and left[:2] == package:
            records[0] = {record.id: record for record in left.records}
            left = next(old.entries, None)
        if right is not None and right[:2] == package:
            records[1] = {record.id: record for record in right.records}
            right = next(new.entries, None)
        if records[0] != records[1] or not same_places:
            yield from _package(package, records[0], records[1], (old.sources, new.sources), popular)


def _package(
    package: tuple[str, str],
    old: Mapping[str, Record],
    new: Mapping[str, Record],
    sources: tuple[list[str], list[str]],
    popular: Collection[Key],
) -> Iterator[Change]:
    for id_ in sorted(old.keys() | new.keys()):
        left, right = old.get(id_), new.get(id_)
        before = None if left is None else rows.advisory(left, *package, sources[0])
        after = None if right is None else rows.advisory(right, *package, sources[1])
        if before != after:
            found = concerns.of_records(left, right, package, popular)
            yield Change(sections.ADVISORIES, (*package, id_), before, after, tuple(found))


class _Records:
    """The entries of a pack but for those in blocks that the other pack has too, ascending by package."""

    def __init__(self, pack: ReadablePack, known: frozenset[bytes]) -> None:
        self.sources = _source_ids(pack)
        self.entries = self._read(pack, known)

    def _read(self, pack: ReadablePack, known: frozenset[bytes]) -> Iterator[Entry]:
        index = _index(pack)
        if index is None:
            return
        ((_, data),) = pack.contents(sections.BLOCKS)
        for number in range(index.block_count):
            block = index.block(number)
            if block.sha256 in known:
                continue
            content = data[block.offset : block.offset + block.length]
            offset = 0
            while offset < len(content):
                entry = advisories.entry_bytes(content, offset)
                yield advisories.decode_entry(entry)
                offset += _LENGTH_BYTES + len(entry)


def _blocks(pack: ReadablePack) -> frozenset[bytes]:
    index = _index(pack)
    return frozenset() if index is None else frozenset(index.block(each).sha256 for each in range(index.block_count))


def _index(pack: ReadablePack) -> Index | None:
    return next((advisories.Index(data) for _, data in pack.contents(sections.ADVISORIES)), None)
