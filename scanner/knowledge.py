"""What is known of packages, and what a rule may ask of it: the nouns of the corpus, frozen, slotted, typed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.scanner.models import Ecosystem, Severity


class AdvisoryKind(StrEnum):
    """What an advisory says of a package version: made to do harm, or harmed by a defect."""

    MALWARE = "malware"
    VULNERABILITY = "vulnerability"


class Advisory(NamedTuple):
    """One advisory about one package.

    ``whole_package`` is true when the record covers every version. ``severity`` is None when the source gives none.
    ``cvss`` is the vector that the severity was computed from. ``summary`` is one line.
    """

    id: str
    aliases: tuple[str, ...]
    kind: AdvisoryKind
    severity: Severity | None
    cvss: str | None
    summary: str
    whole_package: bool
    references: tuple[str, ...]
    channel: str


class AdvisoryMatch(NamedTuple):
    """An advisory that concerns a version: ``affected``, or ``undetermined`` when the two cannot be compared.

    ``fixed`` is the lowest version above the one asked for in which the advisory says the defect is gone.
    """

    advisory: Advisory
    state: Literal["affected", "undetermined"]
    fixed: str | None


class IndicatorKind(StrEnum):
    """What an indicator of compromise names."""

    PACKAGE = "package"  # versions of a package: one, several, a range or all
    FILE = "file"  # a file by its SHA-256
    DOMAIN = "domain"  # a host and all hosts below it
    URL = "url"  # a URL and whatever goes on after it
    EMAIL = "email"  # an e-mail address
    STRING = "string"  # a text, to the letter


class Indicator(NamedTuple):
    """Something that the corpus or the invoker names as a sign of compromise.

    ``value`` is what identifies it: ``npm:NAME`` or ``pypi:NAME`` with ``versions`` (one exact version, or a range in
    the ecosystem's own syntax, "*" for all), 64 hex digits of a file, a host in lower case, a URL, an address, a text;
    for these ``versions`` is "". ``source`` names the list it stands in, ``reference`` is a URL or "", ``reason`` is
    one line or "", ``expires`` YYYY-MM-DD or "".
    """

    kind: IndicatorKind
    value: str
    versions: str
    source: str
    reference: str
    channel: str
    reason: str = ""
    expires: str = ""


class Observable(NamedTuple):
    """A text to look for in files: ``kind`` is DOMAIN, URL, EMAIL or STRING, ``value`` that of its indicator."""

    kind: IndicatorKind
    value: str


class Denial(NamedTuple):
    """An entry of a deny or allow list: which versions (a range, "*" for all), why, whose list, and until when.

    ``expires`` is YYYY-MM-DD or "".
    """

    name: str
    versions: str
    reason: str
    source: str
    expires: str = ""


class PackInfo(NamedTuple):
    """A verified pack of the corpus, as the report names it. ``digest`` is ``sha256:…`` of the manifest payload.

    ``pinned`` is the reason for which the invoker holds the channel at this pack, None if it is the newest accepted.
    """

    channel: str
    epoch: int
    seq: int
    digest: str
    built_at: str
    records: int
    pinned: str | None = None


class RegistryHost(NamedTuple):
    """A host that packages of an ecosystem may come from, all or those of one npm ``scope`` ("@corp", "" for all)."""

    ecosystem: Ecosystem
    host: str
    scope: str
    channel: str


class LicenceList(NamedTuple):
    """Licences (SPDX ids, sorted) that a channel's organisation allows and denies; an empty ``allow`` allows all."""

    allow: tuple[str, ...]
    deny: tuple[str, ...]
    channel: str


class Freshness(NamedTuple):
    """As of which day (YYYY-MM-DD) and with which greatest age in days the corpus was found fresh.

    Without ``as_of`` freshness was not evaluated: a scan never asks the clock.
    """

    as_of: str | None = None
    max_age: int | None = None


class CorpusView(Protocol):
    """What a rule may ask. Implementations answer from verified bytes only, without input or output.

    Entries that expired before the day that freshness is judged by are left out of every answer.

    Raises:
        CorpusError: a block that is touched for the first time does not have its signed hash.
    """

    def packs(self) -> tuple[PackInfo, ...]:
        """Return the packs behind this view, by priority."""
        ...

    def mentioned(self, ecosystem: Ecosystem, names: Iterable[str]) -> frozenset[str]:
        """Return those of the names that an advisory, an indicator or a deny-list entry may be about.

        About a name that is left out ``advisories``, ``indicators`` and ``denied`` say nothing.
        """
        ...

    def advisories(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[AdvisoryMatch, ...]:
        """Return the advisories about a version, sorted by id; with None those that cover every version."""
        ...

    def indicators(self, ecosystem: Ecosystem, name: str, version: str) -> tuple[Indicator, ...]:
        """Return the indicators of kind PACKAGE that name this version."""
        ...

    def listed_files(self) -> frozenset[str]:
        """Return the SHA-256 (64 hex digits) of every file that an indicator names."""
        ...

    def observables(self) -> tuple[Observable, ...]:
        """Return what must be looked for in the content of files, sorted, none twice."""
        ...

    def indicators_of(self, kind: IndicatorKind, value: str) -> tuple[Indicator, ...]:
        """Return the indicators of any kind but PACKAGE that have this value."""
        ...

    def popular(self, ecosystem: Ecosystem) -> Mapping[str, int]:
        """Return the popular names with their rank, 1 for the most used."""
        ...

    def denied(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """Return the deny-list entries that cover this version; with None those that cover every version."""
        ...

    def allowed(self, ecosystem: Ecosystem, name: str, version: str | None) -> tuple[Denial, ...]:
        """Return the allow-list entries that cover this version; with None those that cover every version."""
        ...

    def internal(self, ecosystem: Ecosystem, name: str) -> bool:
        """Say whether the invoker or a pack lists the name as one of the organisation's own."""
        ...

    def registry_hosts(self, ecosystem: Ecosystem) -> tuple[RegistryHost, ...]:
        """Return the hosts that packages of an ecosystem may come from; none if no pack says."""
        ...

    def licences(self) -> tuple[LicenceList, ...]:
        """Return the licence lists of the packs, by priority."""
        ...
