"""What one verified pack lists besides advisories: indicators, denied and allowed packages, own names, hosts, licences.

Each table is read and hash-checked when it is first used. Entries that expired before ``as_of`` are left out when a
table is read, so no answer knows of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from assay.corpus import indicators, lists, sections, versions
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import Denial, Indicator, IndicatorKind, LicenceList, Observable, RegistryHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assay.corpus.indicators import IndicatorEntry, IndicatorTable
    from assay.corpus.lists import InternalNames, ListEntry
    from assay.corpus.verify import VerifiedPack
    from assay.scanner.models import Ecosystem

_Listing = dict[tuple[str, str], list["ListEntry"]]
_Named = dict[tuple[str, str], list[tuple["IndicatorEntry", int]]]


class PackLists:
    """The lists of one pack as of a day (YYYY-MM-DD), or with every entry if the day is None.

    Every method raises ``CorpusError`` E_HASH, E_INDEX or E_CONTAINER when it touches a section that is not the signed
    one or that is not well formed.
    """

    def __init__(self, verified: VerifiedPack, as_of: str | None) -> None:
        self._verified = verified
        self._as_of = as_of
        self._channel = verified.channel.name

    def _contents(self, kind: str) -> Iterator[bytes]:
        found = (section for section in self._verified.manifest.sections if section.kind == kind)
        return map(self._verified.section, found)

    def _holds(self, entry: IndicatorEntry | ListEntry) -> bool:
        """Say whether an entry still counts on the day that is judged by; its last day is one of them."""
        return self._as_of is None or not entry.expires or entry.expires >= self._as_of

    # --- indicators

    def packages(self) -> tuple[Mapping[tuple[str, str], object], ...]:
        """Return tables whose keys are the (ecosystem, name) that an indicator or a deny list is about."""
        tables = (*(table.versions for table in self._tables), self._packages, self._denied)
        return tuple(filter(None, tables))

    def has_ranges(self) -> bool:
        """Say whether an entry must be compared as a range; those that name every version need not be."""
        indicated = (entry for found in self._packages.values() for entry, _ in found)
        listed = (entry for listing in (self._denied, self._allowed) for found in listing.values() for entry in found)
        return any(_is_range(entry.package[0], entry.versions) for entry in indicated) or any(
            _is_range(entry.ecosystem, entry.versions) for entry in listed
        )

    def indicators(self, ecosystem: Ecosystem, name: str, version: str) -> Iterator[Indicator]:
        """Yield the indicators that name a version; a version that cannot be compared with a range counts."""
        for table in self._tables:
            named = table.versions.get((ecosystem, name))
            if named is not None and _is_named(version, named, ecosystem):
                entry = indicators.IndicatorEntry(IndicatorKind.PACKAGE, f"{ecosystem}:{name}", version)
                yield self._indicator(entry, table.source)
        for entry, source in self._packages.get((ecosystem, name), ()):
            if _covers(ecosystem, entry.versions, version, unsure=True):
                yield self._indicator(entry, source)

    def indicators_of(self, kind: IndicatorKind, value: str) -> Iterator[Indicator]:
        """Yield the indicators of a kind, any but PACKAGE, that have this value."""
        for entry, source in self._seen.get((kind, value), ()):
            yield self._indicator(entry, source)

    def files(self) -> Iterator[str]:
        """Yield the SHA-256 of every file that an indicator names."""
        return (value for kind, value in self._seen if kind == IndicatorKind.FILE)

    def observables(self) -> Iterator[Observable]:
        """Yield what must be looked for in files."""
        for kind, value in self._seen:
            if kind != IndicatorKind.FILE:
                yield Observable(IndicatorKind(kind), value)

    def _indicator(self, entry: IndicatorEntry, source: int) -> Indicator:
        """Return an indicator as rules know it; without a reference of its own it has that of its source."""
        listed_by = self._verified.manifest.sources[source]
        return Indicator(
            kind=entry.kind,
            value=entry.value,
            versions=entry.versions,
            source=listed_by.id,
            reference=entry.reference or listed_by.url,
            channel=self._channel,
            reason=entry.reason,
            expires=entry.expires,
        )

    @cached_property
    def _tables(self) -> tuple[IndicatorTable, ...]:
        tables = tuple(map(indicators.decode, self._contents(sections.IOC)))
        if any(table.source >= len(self._verified.manifest.sources) for table in tables):
            raise CorpusError("E_INDEX", "indicators: a table names a source that the manifest does not list")
        return tables

    def _entries(self) -> Iterator[tuple[IndicatorEntry, int]]:
        """Yield the entries that count, each with its source."""
        for table in self._tables:
            for entry in table.entries:
                if self._holds(entry):
                    yield entry, table.source

    @cached_property
    def _packages(self) -> _Named:
        found: _Named = {}
        for entry, source in self._entries():
            if entry.kind is IndicatorKind.PACKAGE:
                found.setdefault(entry.package, []).append((entry, source))
        return found

    @cached_property
    def _seen(self) -> _Named:
        found: _Named = {}
        for entry, source in self._entries():
            if entry.kind is not IndicatorKind.PACKAGE:
                found.setdefault((entry.kind, entry.value), []).append((entry, source))
        return found

    # --- deny and allow

    def denied(self, ecosystem: Ecosystem, name: str, version: str | None) -> Iterator[Denial]:
        """Yield the deny-list entries that cover a version; one that cannot be compared counts."""
        return self._covering(self._denied, ecosystem, name, version, unsure=True)

    def allowed(self, ecosystem: Ecosystem, name: str, version: str | None) -> Iterator[Denial]:
        """Yield the allow-list entries that cover a version; one that cannot be compared does not count."""
        return self._covering(self._allowed, ecosystem, name, version, unsure=False)

    def _covering(
        self, listing: _Listing, ecosystem: Ecosystem, name: str, version: str | None, *, unsure: bool
    ) -> Iterator[Denial]:
        for entry in listing.get((ecosystem, name), ()):
            if _covers(ecosystem, entry.versions, version, unsure=unsure):
                yield Denial(f"{ecosystem}:{name}", entry.versions, entry.reason, self._channel, entry.expires)

    @cached_property
    def _denied(self) -> _Listing:
        return self._listing(sections.DENY)

    @cached_property
    def _allowed(self) -> _Listing:
        return self._listing(sections.ALLOW)

    def _listing(self, kind: str) -> _Listing:
        found: _Listing = {}
        for content in self._contents(kind):
            for entry in filter(self._holds, lists.decode_entries(content)):
                found.setdefault((entry.ecosystem, entry.name), []).append(entry)
        return found

    # --- names, hosts, licences

    def internal(self, ecosystem: Ecosystem, name: str) -> bool:
        """Say whether a name, its npm scope or a prefix of it is on a list of internal names."""
        scope = name.partition("/")[0] if ecosystem == "npm" and name.startswith("@") else None
        if any((ecosystem, name) in each.names or scope in each.scopes for each in self._internal):
            return True
        return name.startswith(self._prefixes.get(ecosystem, ()))

    @cached_property
    def _internal(self) -> tuple[InternalNames, ...]:
        return tuple(map(lists.decode_internal, self._contents(sections.INTERNAL_NAMES)))

    @cached_property
    def _prefixes(self) -> dict[str, tuple[str, ...]]:
        """What the patterns among the names start with, by ecosystem."""
        found: dict[str, tuple[str, ...]] = {}
        for ecosystem, name in (pair for each in self._internal for pair in each.names):
            if name.endswith(lists.PREFIX_MARK):
                found[ecosystem] = (*found.get(ecosystem, ()), name.removesuffix(lists.PREFIX_MARK))
        return found

    def registry_hosts(self, ecosystem: Ecosystem) -> Iterator[RegistryHost]:
        """Yield the hosts that packages of an ecosystem may come from."""
        for content in self._contents(sections.REGISTRY_HOSTS):
            for each in lists.decode_hosts(content):
                if each.ecosystem == ecosystem:
                    yield RegistryHost(each.ecosystem, each.host, each.scope, self._channel)

    def licences(self) -> LicenceList | None:
        """Return the licence lists of the pack as one, None if it has none."""
        found = tuple(map(lists.decode_licences, self._contents(sections.LICENCES)))
        if not found:
            return None
        allow = sorted(frozenset().union(*(each.allow for each in found)))
        deny = sorted(frozenset().union(*(each.deny for each in found)))
        return LicenceList(tuple(allow), tuple(deny), self._channel)


# --- versions --------------------------------------------------------------------------------------------------


def _is_named(version: str, named: Sequence[str], ecosystem: Ecosystem) -> bool:
    return version in named or versions.scheme(ecosystem).canonical(version) in named


def _is_range(ecosystem: str, wanted: str) -> bool:
    return wanted != lists.EVERY_VERSION and versions.scheme(ecosystem).key(wanted) is None  # type: ignore[arg-type]


def _covers(ecosystem: Ecosystem, wanted: str, version: str | None, *, unsure: bool) -> bool:
    """Say whether "*", a range or an exact version covers a version; without a version only "*" does.

    ``unsure`` is the answer for a version that cannot be compared with a range.
    """
    if wanted == lists.EVERY_VERSION:
        return True
    if version is None:
        return False
    scheme = versions.scheme(ecosystem)
    exact = scheme.key(wanted)
    if exact is not None:
        return version == wanted or scheme.key(version) == exact
    admitted = versions.admits(ecosystem, wanted, version)
    return unsure if admitted is None else admitted
