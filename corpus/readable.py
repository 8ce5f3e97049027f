"""A pack that can be read, whether it is believed or not: what a co-signer looks at before there are enough signatures.

Everything but the signatures is held to the format: container, envelopes, manifest, layout, the hash of every section
and the form of every entry. What says UNVERIFIED about it is ``refusal``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import anchors, dsse, manifest, pack, sections, trust
from assay.corpus.contents import check_contents
from assay.corpus.verify import verify_head
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from assay.corpus.anchors import Trust
    from assay.corpus.manifest import Manifest, Section
    from assay.corpus.pack import Container, PackBytes
    from assay.corpus.trust import TrustRoot
    from assay.corpus.verify import Expectations


class CarriedRoot(NamedTuple):
    """A trust-root update that a pack carries: its version and fingerprint (64 hex digits). Nobody vouches for it."""

    version: int
    fingerprint: str


class ReadablePack(NamedTuple):
    """A well-formed pack. ``refusal`` is None if the trust root accepts it, else why it does not.

    ``digest`` is 64 hex digits. ``signers`` are ascending key ids, mere claims without verification, like everything
    else in a pack that is refused.
    """

    pack: PackBytes
    container: Container
    manifest: Manifest
    digest: str
    signers: tuple[str, ...]
    roots: tuple[CarriedRoot, ...]
    refusal: CorpusError | None

    @property
    def verified(self) -> bool:
        """True if the trust root accepts the pack."""
        return self.refusal is None

    def section(self, section: Section) -> bytes:
        """Return the content of a section. Raises CorpusError E_HASH."""
        return pack.read_section(self.pack, self.container, section)

    def contents(self, kind: str) -> list[tuple[Section, bytes]]:
        """Return the sections of a kind with their contents, in manifest order. Raises CorpusError E_HASH."""
        return [(each, self.section(each)) for each in self.manifest.sections if each.kind == kind]


def read_pack(data: PackBytes, trusted: TrustRoot | Trust, expectations: Expectations | None = None) -> ReadablePack:
    """Read a pack, every byte of it, and say whether it is believed.

    Raises:
        CorpusError: E_CONTAINER, E_ENVELOPE, E_ROOT, E_MANIFEST, E_LAYOUT, E_HASH, E_INDEX: it is not well formed, so
            that nothing can be said of it.
    """
    container = pack.read_container(data)
    envelope = dsse.parse(container.envelope, dsse.MANIFEST_TYPE)
    parsed = manifest.parse(envelope.payload)
    _check_kinds(parsed)
    pack.check_layout(data, container, parsed)
    refusal: CorpusError | None = None
    try:
        verify_head(data, trusted, expectations)
    except CorpusError as error:
        refusal = error
    readable = ReadablePack(
        pack=data,
        container=container,
        manifest=parsed,
        digest=manifest.digest(envelope.payload),
        signers=tuple(signature.keyid for signature in envelope.signatures),
        roots=tuple(map(_carried, container.roots)),
        refusal=refusal,
    )
    check_contents(readable)
    return readable


def _carried(envelope: bytes) -> CarriedRoot:
    payload = dsse.parse(envelope, dsse.ROOT_TYPE).payload
    return CarriedRoot(trust.parse_payload(payload).version, anchors.fingerprint(envelope))


def _check_kinds(parsed: Manifest) -> None:
    """Check what step 7 asks of the sections of any channel: known kinds, and an index with its blocks or neither."""
    kinds = [section.kind for section in parsed.sections]
    unknown = sorted({*kinds} - sections.KINDS)
    if unknown:
        raise CorpusError("E_LAYOUT", f"a section of an unknown kind, {unknown[0]}")
    if kinds.count(sections.ADVISORIES) > 1 or kinds.count(sections.ADVISORIES) != kinds.count(sections.BLOCKS):
        raise CorpusError("E_LAYOUT", "one index of advisories and its blocks belong together")
