"""A look into a pack, whether it is believed or not; what is not is said to be UNVERIFIED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.corpus import dsse, manifest, pack
from assay.corpus.contents import check_contents
from assay.corpus.pack import FileBytes
from assay.corpus.verify import verify_head
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from assay.corpus.anchors import Trust
    from assay.corpus.manifest import Manifest
    from assay.corpus.trust import TrustRoot
    from assay.corpus.verify import Expectations


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a pack says of itself. ``refusal`` is None if all of it, to the last byte, was verified.

    ``signers`` are key ids; without verification they are mere claims, like everything else. ``digest`` is 64 hex
    digits.
    """

    manifest: Manifest
    digest: str
    size: int
    signers: tuple[str, ...]
    roots_carried: int
    refusal: CorpusError | None

    @property
    def verified(self) -> bool:
        """True if the pack is accepted."""
        return self.refusal is None


def inspect_pack(path: str, root: TrustRoot | Trust, expectations: Expectations | None = None) -> Inspection:
    """Return what a pack says of itself, and whether to believe it.

    Raises:
        CorpusError: E_SOURCE, E_CONTAINER, E_ENVELOPE, E_MANIFEST: it cannot even be read.
    """
    file = FileBytes(path)
    try:
        container = pack.read_container(file)
        envelope = dsse.parse(container.envelope, dsse.MANIFEST_TYPE)
        refusal: CorpusError | None = None
        try:
            check_contents(verify_head(file, root, expectations))
        except CorpusError as error:
            refusal = error
        return Inspection(
            manifest=manifest.parse(envelope.payload),
            digest=manifest.digest(envelope.payload),
            size=file.size,
            signers=tuple(signature.keyid for signature in envelope.signatures),
            roots_carried=len(container.roots),
            refusal=refusal,
        )
    finally:
        file.close()
