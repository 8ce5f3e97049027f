"""What rules may ask of the corpus, answered from verified packs.

Each pack is one open file. Opening verifies its head; the hash of a section is checked when it is first used, that of
a block each time it is read (verification step 12). While rules run no file is opened: reading goes through the handle
that ``FileBytes`` holds, and what must be imported to compare PyPI versions is imported by ``PackView.prepare``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.corpus import names, versions
from assay.corpus.pack import FileBytes
from assay.corpus.reader import PackReader
from assay.corpus.verify import verify_head
from assay.scanner.errors import CorpusError
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from assay.corpus.anchors import Trust
    from assay.corpus.trust import TrustRoot
    from assay.corpus.verify import Expectations, VerifiedPack
    from assay.scanner.knowledge import (
        AdvisoryKind,
        AdvisoryMatch,
        Denial,
        Indicator,
        IndicatorKind,
        LicenceList,
        Observable,
        PackInfo,
        RegistryHost,
    )
    from assay.scanner.models import Ecosystem


def open_view(pack_paths: Sequence[str], root: TrustRoot | Trust, expectations: Expectations | None = None) -> PackView:
    """Open and verify packs, and return the view over them, by priority and channel.

    Raises:
        CorpusError: no pack, or one that is not accepted.
    """
    if not pack_paths:
        raise CorpusError("E_SOURCE", "no corpus: no pack was given")
    files: list[FileBytes] = []
    try:
        verified = []
        for path in pack_paths:
            files.append(FileBytes(path))
            verified.append(verify_head(files[-1], root, expectations))
    except CorpusError:
        for file in files:
            file.close()
        raise
    return PackView(verified, files, expectations.as_of if expectations else None)


class PackView:
    """``models.CorpusView`` over verified packs. A context manager; ``close`` ends it.

    Every question raises ``CorpusError`` E_HASH, E_INDEX or E_CONTAINER when it touches a section or block that is not
    the signed one or is not well formed.
    """

    def __init__(
        self, packs: Iterable[VerifiedPack], files: Iterable[FileBytes] = (), as_of: str | None = None
    ) -> None:
        """Take packs whose heads are verified; ``files`` are closed with the view.

        Entries that expired before ``as_of`` (YYYY-MM-DD) are left out of every answer; with None all count.
        """
        ordered = sorted(packs, key=lambda each: (each.channel.priority, each.channel.name, each.digest))
        self._readers = tuple(PackReader(each, as_of) for each in ordered)
        self._listed = tuple(reader.listed for reader in self._readers)
        self._files = tuple(files)
        self._popular: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the pack files."""
        for file in self._files:
            file.close()

    def prepare(self, ecosystems: Iterable[Ecosystem]) -> None:
        """Load what comparing versions of these ecosystems needs, so that rules load nothing while they run."""
        for ecosystem in ecosystems:
            versions.scheme(ecosystem)
        if any(reader.listed.has_ranges() for reader in self._readers):
            versions.load_ranges()

    @property
    def has_advisories(self) -> bool:
        """True if at least one pack has advisories; without, no scan can say that a package is safe."""
        return any(reader.has_advisories for reader in self._readers)

    @property
    def verified(self) -> tuple[VerifiedPack, ...]:
        """The verified packs behind this view, by priority."""
        return tuple(reader.verified for reader in self._readers)

    def packs(self) -> tuple[PackInfo, ...]:
        """Return the packs behind this view, by priority."""
        return tuple(reader.info for reader in self._readers)

    def mentioned(self, ecosystem: Ecosystem, names: Iterable[str]) -> frozenset[str]:
        """Return those of the names that an advisory, an indicator or a deny list may be about, and no others."""
        asked = tuple(names)
        return frozenset().union(*(reader.mentioned(ecosystem, asked) for reader in self._readers))

    def advisories(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[AdvisoryMatch, ...]:
        """Return the advisories about a version, sorted by id; with None those that cover every version.

        If several packs hold one id, the gravest match of each kind counts, and of equal ones that of the first pack:
        no pack can play down, under the id of a record, what another one says.
        """
        found: dict[tuple[str, AdvisoryKind], AdvisoryMatch] = {}
        for reader in self._readers:
            for match in reader.advisories(ecosystem, name, version):
                key = match.advisory.id, match.advisory.kind
                if key not in found or _gravity(match) < _gravity(found[key]):
                    found[key] = match
        return tuple(found[key] for key in sorted(found))

    def indicators(self, ecosystem: Ecosystem, name: str, version: str) -> tuple[Indicator, ...]:
        """Return the indicators that name this version; one that cannot be compared with a range counts."""
        return tuple(found for each in self._listed for found in each.indicators(ecosystem, name, version))

    def popular(self, ecosystem: Ecosystem) -> Mapping[str, int]:
        """Return the popular names with their rank, 1 for the most used; over several lists the best rank."""
        if ecosystem not in self._popular:
            self._popular[ecosystem] = names.rank(each for reader in self._readers for each in reader.names(ecosystem))
        return self._popular[ecosystem]

    def denied(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """Return the deny-list entries that cover this version; with None those that cover every version."""
        return tuple(found for each in self._listed for found in each.denied(ecosystem, name, version))

    def allowed(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """Return the allow-list entries that cover this version, by pack; with None those that cover every version."""
        return tuple(found for each in self._listed for found in each.allowed(ecosystem, name, version))

    def listed_files(self) -> frozenset[str]:
        """Return the SHA-256 of every file that an indicator names."""
        return frozenset(digest for each in self._listed for digest in each.files())

    def observables(self) -> tuple[Observable, ...]:
        """Return what must be looked for in the content of files, sorted, none twice."""
        return tuple(sorted({found for each in self._listed for found in each.observables()}))

    def indicators_of(self, kind: IndicatorKind, value: str) -> tuple[Indicator, ...]:
        """Return the indicators of any kind but PACKAGE that have this value."""
        return tuple(found for each in self._listed for found in each.indicators_of(kind, value))

    def registry_hosts(self, ecosystem: Ecosystem) -> tuple[RegistryHost, ...]:
        """Return the hosts that packages of an ecosystem may come from; none if no pack says."""
        return tuple(found for each in self._listed for found in each.registry_hosts(ecosystem))

    def licences(self) -> tuple[LicenceList, ...]:
        """Return the licence lists of the packs, by priority: one for each pack that has any."""
        return tuple(found for each in self._listed if (found := each.licences()) is not None)

    def internal(self, ecosystem: Ecosystem, name: str) -> bool:
        """Say whether a pack lists the name, its npm scope or a prefix of it as one of the organisation's own."""
        return any(each.internal(ecosystem, name) for each in self._listed)


def _gravity(match: AdvisoryMatch) -> tuple[bool, int]:
    """Order matches, the gravest first; a severity that is not stated weighs as a medium one."""
    return match.state != "affected", (match.advisory.severity or Severity.MEDIUM).rank
