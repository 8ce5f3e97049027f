"""The full check of a pack's content, as at import (verification step 10): every section, every entry, every record.

A scan checks hashes only, since what it touches was signed; here it is shown that what was signed is well formed. The
tables are checked by ``tables``, which a scan does not load.
"""

from __future__ import annotations

import importlib
from hashlib import sha256
from itertools import pairwise
from struct import Struct
from typing import TYPE_CHECKING, Protocol

from assay.corpus import advisories, sections, versions
from assay.corpus.pack import MemoryBytes
from assay.corpus.ranges import EVERYTHING, START, End
from assay.corpus.verify import Expectations, VerifiedPack, verify_head
from assay.scanner.errors import CorpusError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from assay.corpus.advisories import Entry, Record
    from assay.corpus.anchors import Trust
    from assay.corpus.manifest import Manifest, Section
    from assay.corpus.pack import PackBytes
    from assay.corpus.ranges import Interval
    from assay.corpus.trust import TrustRoot
    from assay.corpus.versions import Scheme
    from assay.scanner.models import Ecosystem

_U32 = Struct("<I")


class Sections(Protocol):
    """A manifest and the contents that it describes, whether the manifest is believed or only readable."""

    @property
    def manifest(self) -> Manifest:
        """What the pack says of itself."""
        ...

    def section(self, section: Section) -> bytes:
        """Return the content of a section. Raises CorpusError E_HASH."""
        ...


def verify_pack(
    data: bytes | PackBytes, root: TrustRoot | Trust, expectations: Expectations | None = None
) -> VerifiedPack:
    """Verify a whole pack, every byte of it: steps 2 to 10.

    Raises:
        CorpusError: as ``verify.verify_head``; also E_HASH and E_INDEX.
    """
    verified = verify_head(MemoryBytes(data) if isinstance(data, bytes) else data, root, expectations)
    check_contents(verified)
    return verified


def check_contents(verified: Sections) -> None:
    """Check every section of a pack whose head is verified, or at least well formed (step 10).

    Raises:
        CorpusError: E_HASH: a section is not the signed one. E_INDEX: it is, but it is not well formed.
    """
    index: bytes | None = None
    sources = len(verified.manifest.sources)
    for section in verified.manifest.sections:
        data = verified.section(section)
        if section.kind == sections.ADVISORIES:
            index = data
        elif section.kind != sections.BLOCKS:
            importlib.import_module("assay.corpus.tables").check(data, section, sources)
    if index is not None:
        (blocks,) = (each for each in verified.manifest.sections if each.kind == sections.BLOCKS)
        _check_advisories(advisories.Index(index), verified.section(blocks), sources)


# --- advisories ------------------------------------------------------------------------------------------------


def _check_advisories(index: advisories.Index, blocks: bytes, sources: int) -> None:
    """Check that the index leads to every entry of every block, once, and that blocks fill their section."""
    if any(left > right for left, right in pairwise(index.prefixes)):
        raise CorpusError("E_INDEX", "advisory index: prefixes do not ascend")
    expected = sorted(zip(index.prefixes, index.places, strict=True))
    if expected != list(zip(index.prefixes, index.places, strict=True)) or len(set(index.places)) != index.count:
        raise CorpusError("E_INDEX", "advisory index: places do not ascend, or one stands twice")
    found: list[tuple[int, int]] = []
    last: tuple[str, str] | None = None
    end = 0
    for number in range(index.block_count):
        block = index.block(number)
        data = blocks[end : end + block.length]
        if block.offset != end or len(data) != block.length or not 0 < block.length <= advisories.MAX_BLOCK:
            raise CorpusError("E_INDEX", f"advisory index: block {number} is not where the one before it ends")
        if sha256(data).digest() != block.sha256:
            raise CorpusError("E_HASH", f"block {number} does not have its signed hash")
        last = _check_block(data, number, last, sources, found)
        end += block.length
    if end != len(blocks):
        raise CorpusError("E_INDEX", "advisory index: bytes after the last block")
    if sorted(found) != expected:
        raise CorpusError("E_INDEX", "advisory index: it does not lead to every entry, or to one that is not there")


def _check_block(
    data: bytes, number: int, last: tuple[str, str] | None, sources: int, found: list[tuple[int, int]]
) -> tuple[str, str] | None:
    """Check the entries of one block, add (prefix, place) of each to ``found``; return the last package."""
    offset = 0
    while offset < len(data):
        if offset >= advisories.BLOCK_FILL:
            raise CorpusError("E_INDEX", "advisory index: an entry starts after its block was full")
        content = advisories.entry_bytes(data, offset)
        entry = advisories.decode_entry(content)
        if not _is_canonical(entry, content):
            raise CorpusError("E_INDEX", "advisory index: an entry is not in canonical form")
        package = entry.ecosystem, entry.name
        if last is not None and package <= last:
            raise CorpusError("E_INDEX", "advisory index: packages do not ascend, or one stands twice")
        _check_entry(entry, sources)
        found.append((advisories.prefix(*package), number << 16 | offset))
        last = package
        offset += _U32.size + len(content)
    return last


def _is_canonical(entry: Entry, content: bytes) -> bool:
    try:
        return advisories.encode_entry(entry) == content
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape and UTF-8 cannot hold
        return False


def _check_entry(entry: Entry, sources: int) -> None:
    ecosystem: Ecosystem = entry.ecosystem  # type: ignore[assignment]
    if normalise_name(ecosystem, entry.name) != entry.name:
        raise CorpusError("E_INDEX", "advisory index: a name that is not normalised would never be found")
    ids = [record.id for record in entry.records]
    if not ids or any(left >= right for left, right in pairwise(ids)):
        raise CorpusError("E_INDEX", "advisory index: records are missing, not in ascending order, or one stands twice")
    for record in entry.records:
        if record.source >= sources:
            raise CorpusError("E_INDEX", f"advisory index: {record.id[:40]!a} has no source")
        _check_record(record, ecosystem)


def _check_record(record: Record, ecosystem: Ecosystem) -> None:
    if record.versions or record.affected != _EVERYTHING:
        scheme = versions.scheme(ecosystem)
        _check_intervals(record.affected, scheme)
        _check_intervals(record.possible, scheme)
        if any(scheme.canonical(version) not in (version, None) for version in record.versions):
            raise CorpusError("E_INDEX", "advisory index: a version that is not canonical would never be found")


_EVERYTHING = (EVERYTHING,)


def _check_intervals(intervals: tuple[Interval, ...], scheme: Scheme) -> None:
    """Check that bounds are versions, and that intervals are not empty, ascend and do not overlap."""
    before: object = None
    for interval in intervals:
        low = None if interval.low == START else scheme.key(interval.low)
        high = None if interval.high is None else scheme.key(interval.high)
        if (low is None and interval.low != START) or (high is None and interval.high is not None):
            raise CorpusError("E_INDEX", "advisory index: a bound of an advisory is no version")
        ordered = low is None or high is None or low < high or (low == high and interval.end is End.LAST_AFFECTED)
        follows = interval is intervals[0] or (low is not None and before is not None and before < low)
        if not ordered or not follows:
            raise CorpusError("E_INDEX", "advisory index: intervals are empty, overlap or do not ascend")
        before = high
