"""The full check of a pack's tables, as at import: every row is one that would be found.

Loaded by ``contents`` when a pack is checked; a scan, which believes what was signed, does without.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assay.corpus import canonical, entries, indicators, lists, names, sections, shapes, versions
from assay.scanner.errors import CorpusError, UsageError
from assay.scanner.purl import normalise_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.corpus.manifest import Section
    from assay.corpus.versions import Scheme

_DISORDER = "rows are not in ascending order, or one stands twice"


def check(data: bytes, section: Section, sources: int) -> None:
    """Check the content of a section that is a table; ``sources`` is how many the manifest has.

    Raises:
        CorpusError: E_INDEX: it is not well formed, or holds a row that would never be found.
    """
    canonical.load(data, "E_INDEX", section.name)
    _CHECKS[section.kind](data, section, sources)


def _check_names(data: bytes, section: Section, _sources: int) -> None:
    ranked = names.decode(data)
    _require_normalised(((ranked.ecosystem, name) for name in ranked.names), section)


def _check_indicators(data: bytes, section: Section, sources: int) -> None:
    table = indicators.decode(data)
    if table.source >= sources:
        raise _refusal(section, "its source is not among those of the manifest")
    if indicators.encode(table) != data:
        raise _refusal(section, _DISORDER)
    _require_normalised(table.versions, section)
    for (ecosystem, _), found in table.versions.items():
        _require_versions(found, versions.scheme(ecosystem), section)  # type: ignore[arg-type]
    for entry in table.entries:
        _require_same(entry, entries.indicator, entry, section)


def _check_entries(data: bytes, section: Section, _sources: int) -> None:
    listed = lists.decode_entries(data)
    if lists.encode_entries(listed) != data:
        raise _refusal(section, _DISORDER)
    for entry in listed:
        _require_same(entry, entries.list_entry, entry, section)


def _check_internal(data: bytes, section: Section, _sources: int) -> None:
    internal = lists.decode_internal(data)
    if lists.encode_internal(internal) != data:
        raise _refusal(section, _DISORDER)
    for package in sorted(internal.names):
        if entries.scope_of(package[1]) is not None:
            raise _refusal(section, "a scope stands among the names")
        _require_same(package, entries.internal_name, (":".join(package),), section)
    for scope in sorted(internal.scopes):
        _require_same(scope, entries.npm_scope, (scope,), section)


def _check_hosts(data: bytes, section: Section, _sources: int) -> None:
    hosts = lists.decode_hosts(data)
    if lists.encode_hosts(hosts) != data:
        raise _refusal(section, _DISORDER)
    for each in hosts:
        _require_same(each, entries.registry_host, each, section)


def _check_licences(data: bytes, section: Section, _sources: int) -> None:
    licences = lists.decode_licences(data)
    if lists.encode_licences(licences) != data:
        raise _refusal(section, _DISORDER)
    for licence in sorted(licences.allow | licences.deny):
        _require_same(licence, shapes.spdx_id, (licence,), section)
    if {each.lower() for each in licences.allow} & {each.lower() for each in licences.deny}:
        raise _refusal(section, "a licence is both allowed and denied")


_CHECKS: dict[str, Callable[[bytes, Section, int], None]] = {
    sections.NAMES: _check_names,
    sections.IOC: _check_indicators,
    sections.ALLOW: _check_entries,
    sections.DENY: _check_entries,
    sections.INTERNAL_NAMES: _check_internal,
    sections.REGISTRY_HOSTS: _check_hosts,
    sections.LICENCES: _check_licences,
}


def _require_same(row: Any, make: Callable[..., Any], arguments: Iterable[str], section: Section) -> None:
    """Check that a row is what would be made of it, were it written anew."""
    try:
        made = make(*arguments)
    except UsageError as error:
        raise _refusal(section, str(error)) from error
    if made != row:
        raise _refusal(section, f"{shapes.shown(str(row))}: not in the spelling that is looked for")


def _require_normalised(packages: Iterable[tuple[str, str]], section: Section) -> None:
    for ecosystem, name in packages:
        if normalise_name(ecosystem, name) != name:  # type: ignore[arg-type]
            raise _refusal(section, "a name that is not normalised would never be found")


def _require_versions(found: tuple[str, ...], scheme: Scheme, section: Section) -> None:
    if not found or any(left >= right for left, right in pairwise(found)):
        raise _refusal(section, "versions are missing or do not ascend")
    for version in found:
        if scheme.canonical(version) not in (version, None):
            raise _refusal(section, "a version that is not canonical would never be found")


def _refusal(section: Section, reason: str) -> CorpusError:
    return CorpusError("E_INDEX", f"{section.name}: {reason}")
