"""A look into a pack, whether it is believed or not; what is not is said to be UNVERIFIED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.corpus import dsse, manifest, pack, rows, sections, succession
from assay.corpus.anchors import Trust, fingerprint, trusting
from assay.corpus.holders import NamedTrust
from assay.corpus.pack import FileBytes
from assay.corpus.readable import CarriedRoot, ReadablePack, read_pack
from assay.corpus.standing import with_carried
from assay.corpus.verify import verify_head
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.corpus.manifest import Manifest
    from assay.corpus.trust import TrustRoot
    from assay.corpus.verify import Expectations


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a pack says of itself. ``refusal`` is None if all of it, to the last byte, was verified.

    ``signers`` are key ids and ``holders`` says whose keys those are that are known (``NamedTrust.holder``); without
    verification they are mere claims, like the carried roots and everything else. ``digest`` is 64 hex digits.
    ``anchor`` is the name of what it was verified by, None without verification. ``entries`` counts the rows of each
    kind of table that the sections hold, advisories aside; it is empty if they cannot be read.
    """

    manifest: Manifest
    digest: str
    size: int
    signers: tuple[str, ...]
    holders: Mapping[str, str]
    roots: tuple[CarriedRoot, ...]
    anchor: str | None
    entries: Mapping[str, int]
    refusal: CorpusError | None

    @property
    def verified(self) -> bool:
        """True if the pack is accepted."""
        return self.refusal is None


def inspect_pack(
    path: str, trusted: TrustRoot | Trust | NamedTrust, expectations: Expectations | None = None
) -> Inspection:
    """Return what a pack says of itself, and whether to believe it.

    Raises:
        CorpusError: E_SOURCE, E_CONTAINER, E_ENVELOPE, E_MANIFEST: it cannot even be read.
    """
    if not isinstance(trusted, NamedTrust):
        trusted = NamedTrust(trusted if isinstance(trusted, Trust) else trusting(trusted), {})
    file = FileBytes(path)
    try:
        container = pack.read_container(file)
        envelope = dsse.parse(container.envelope, dsse.MANIFEST_TYPE)
        entries: Mapping[str, int] = {}
        try:
            seen = read_pack(file, trusted.trust, expectations)
            refusal = seen.refusal
            entries = count_entries(seen)
        except CorpusError as error:
            refusal = _head_refusal(file, trusted.trust, expectations) or error
        known = _after(trusted, container.roots)
        made = manifest.parse(envelope.payload)
        anchor = known.trust.anchor_of(made.channel)
        signers = tuple(each.keyid for each in envelope.signatures)
        return Inspection(
            manifest=made,
            digest=manifest.digest(envelope.payload),
            size=file.size,
            signers=signers,
            holders={keyid: holder for keyid in signers if (holder := known.holder(keyid)) is not None},
            roots=tuple(map(_carried, container.roots)),
            anchor=known.name(anchor) if anchor is not None and refusal is None else None,
            entries=entries,
            refusal=refusal,
        )
    finally:
        file.close()


def _head_refusal(file: FileBytes, trusted: Trust, expectations: Expectations | None) -> CorpusError | None:
    """Return why the head alone is refused, None if it is not: the first reason in the order of verification."""
    try:
        verify_head(file, trusted, expectations)
    except CorpusError as refusal:
        return refusal
    return None


def _after(known: NamedTrust, roots: Sequence[bytes]) -> NamedTrust:
    """Return what is trusted after the carried roots, as far as they can be believed."""
    try:
        return known._replace(trust=with_carried(known.trust, roots))
    except CorpusError:
        return known


def _carried(envelope: bytes) -> CarriedRoot:
    return CarriedRoot(succession.read(envelope)[1].version, fingerprint(envelope))


def count_entries(seen: ReadablePack) -> dict[str, int]:
    """Return the number of rows in the tables by kind of section, counted, not claimed; advisories are no table."""
    kinds = {section.kind for section in seen.manifest.sections}
    return {kind: len(rows.table(seen, kind)) for kind in rows.KEYS if kind in kinds and kind != sections.ADVISORIES}
