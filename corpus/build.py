"""Building a pack from public data: the same sources give the same bytes on every machine.

Neither the order of archive members nor the packing of an archive counts, and the clock is not read: a pack is dated
by its newest source.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from assay.corpus import advisories, dsse, indicators, lists, manifest, names, pack, sections, signing, spec
from assay.corpus.advisories import Entry, Record
from assay.corpus.contents import verify_pack
from assay.corpus.entries import scope_of
from assay.corpus.ingest import Tables, ingest
from assay.corpus.manifest import Manifest, Source
from assay.corpus.verify import Expectations
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.anchors import Trust
    from assay.corpus.spec import BuildSpec
    from assay.corpus.trust import TrustRoot


@dataclass(frozen=True, slots=True)
class BuiltPack:
    """A pack that was just built: the bytes of its file, its manifest, and its digest (64 hex digits)."""

    data: bytes
    manifest: Manifest
    digest: str


DEFAULT_SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "default.spec.json")
"""The specification of the pack that ships with this release."""


def build_pack(
    spec_path: str,
    sources: str,
    keys: Sequence[Ed25519PrivateKey] = (),
    root: TrustRoot | Trust | None = None,
    *,
    seq: int | None = None,
) -> BuiltPack:
    """Build the pack of a specification from the files in the folder ``sources``, sign it and verify it.

    ``seq`` takes the place of the specification's number. Without keys the pack has no signatures, and is accepted
    nowhere before it is signed. With ``root`` the result is verified against it, every byte.

    Raises:
        CorpusError: E_SOURCE: a source cannot be read or is not what the specification says. With ``root`` also every
            code of verification.
    """
    try:
        with open(spec_path, "rb") as file:
            plan = spec.parse(file.read())
    except OSError as error:
        raise CorpusError("E_SOURCE", f"{spec_path}: cannot be read: {error.strerror}") from error
    if seq is not None:
        plan = replace(plan, seq=seq)
    places = {source.id: place for place, source in enumerate(plan.sources)}
    tables = Tables()
    for each in plan.inputs:
        ingest(os.path.join(sources, each.path), each, places, tables)
    return assemble(plan, tables, keys, root)


def assemble(
    plan: BuildSpec, tables: Tables, keys: Sequence[Ed25519PrivateKey] = (), root: TrustRoot | Trust | None = None
) -> BuiltPack:
    """Make the pack of a specification from tables that were read. Raises as ``build_pack``."""
    parsed, body = _assemble(plan, tables)
    payload = manifest.dump(parsed)
    envelope = signing.sign(dsse.MANIFEST_TYPE, payload, keys)
    data = pack.write_container(dsse.encode(envelope), (), body)
    if root is not None:
        verify_pack(data, root, Expectations(floor={}))
    return BuiltPack(data, parsed, manifest.digest(payload))


def _assemble(plan: BuildSpec, tables: Tables) -> tuple[Manifest, bytes]:
    entries = _entries(tables)
    contents: list[tuple[str, str, bytes]] = []
    if tables.records:
        index, blocks = advisories.encode(entries)
        contents += [("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, blocks)]
    places = {source.id: place for place, source in enumerate(plan.sources)}
    contents += _versions(tables, places)
    contents += [(f"names-{source}", sections.NAMES, names.encode(ranked)) for source, ranked in tables.lists]
    contents += _tables(tables, places)
    _require_different([name for name, _, _ in contents])
    laid_out, body = pack.lay_out(contents)
    newest = max(source.date for source in plan.sources)
    try:
        fresh_until = datetime.date.fromisoformat(newest) + datetime.timedelta(days=plan.fresh_days)
    except OverflowError as error:
        raise CorpusError("E_SOURCE", f"fresh_days: {plan.fresh_days} days after {newest} is no date") from error
    made = Manifest(
        channel=plan.channel,
        epoch=plan.epoch,
        seq=plan.seq,
        built_at=f"{newest}T00:00:00Z",
        fresh_until=f"{fresh_until.isoformat()}T00:00:00Z",
        min_root_version=plan.min_root_version,
        min_tool=plan.min_tool,
        body_length=len(body),
        title=plan.title,
        builder=plan.builder,
        sources=_sources(plan, tables),
        stats=_stats(tables, entries),
        supersedes=plan.supersedes,
        sections=laid_out,
    )
    return made, body


def _require_different(names: Sequence[str]) -> None:
    """Check that each section has a name of its own, as a pack must have it."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CorpusError("E_SOURCE", f"several inputs would make the section {twice[0]}; give each its own source")


# --- tables ----------------------------------------------------------------------------------------------------


def _versions(tables: Tables, places: Mapping[str, int]) -> Iterator[tuple[str, str, bytes]]:
    """Yield one section of exact versions for each source that has any."""
    merged: dict[str, dict[tuple[str, str], set[str]]] = {}
    for source, found in tables.indicators:
        known = merged.setdefault(source, {})
        for package, versions in found.items():
            known[package] = known.get(package, set()) | versions
    for source, found in merged.items():
        table = {package: tuple(sorted(versions)) for package, versions in found.items()}
        yield f"ioc-{source}", sections.IOC, indicators.encode(indicators.IndicatorTable(places[source], table))


def _tables(tables: Tables, places: Mapping[str, int]) -> Iterator[tuple[str, str, bytes]]:
    """Yield one section for each kind of row and source, by kind and place of the source."""
    for kind, source in sorted(tables.rows, key=lambda pair: (pair[0], places[pair[1]])):
        rows = tables.rows[kind, source]
        # "ioc-" stands before the sources of exact versions, and a source may have both.
        name = f"indicators-{source}" if kind == sections.IOC else f"{kind}-{source}"
        if rows:
            yield name, kind, _encode(kind, rows, places[source])


def _encode(kind: str, rows: set[Any], place: int) -> bytes:
    if kind == sections.IOC:
        return indicators.encode(indicators.IndicatorTable(place, {}, tuple(sorted(rows))))
    if kind == sections.INTERNAL_NAMES:
        scopes = {scope for _, name in rows if (scope := scope_of(name)) is not None}
        own = {(ecosystem, name) for ecosystem, name in rows if scope_of(name) is None}
        return lists.encode_internal(lists.InternalNames(frozenset(own), frozenset(scopes)))
    if kind == sections.REGISTRY_HOSTS:
        return lists.encode_hosts(rows)
    if kind == sections.LICENCES:
        allow, deny = (frozenset(licence for which, licence in rows if which == each) for each in ("allow", "deny"))
        return lists.encode_licences(lists.Licences(allow, deny))
    return lists.encode_entries(rows)


# --- advisories ------------------------------------------------------------------------------------------------


def _entries(tables: Tables) -> list[Entry]:
    """Return what is known of each package, by ecosystem and name."""
    named_by = _named_by(tables)
    packages: dict[tuple[str, str], list[Record]] = {}
    for id_, record in tables.records.items():
        for ecosystem, name, converted in record.packages:
            others = named_by.get(id_)
            if others is None:
                both_ways = converted
            else:
                both_ways = converted._replace(aliases=tuple(sorted({*converted.aliases, *others})))
            packages.setdefault((ecosystem, name), []).append(both_ways)
    return [Entry(*package, tuple(sorted(packages[package]))) for package in sorted(packages)]


def _named_by(tables: Tables) -> dict[str, set[str]]:
    """Return the ids of the records that name an id as their alias: OSV's aliases are symmetric."""
    found: dict[str, set[str]] = {}
    for id_, record in tables.records.items():
        for alias in record.packages[0].record.aliases if record.packages else ():
            if alias in tables.records:
                found.setdefault(alias, set()).add(id_)
    return found


# --- what the manifest says ------------------------------------------------------------------------------------


def _sources(plan: BuildSpec, tables: Tables) -> tuple[Source, ...]:
    lines: dict[str, list[str]] = {}
    counts = {source: list(each) for source, each in tables.counts.items()}
    for id_, record in tables.records.items():
        lines.setdefault(record.source, []).append(f"{record.sha256} {id_}\n")
        read_used = counts.setdefault(record.source, [0, 0])
        read_used[0] += 1
        read_used[1] += bool(record.packages)
    return tuple(
        Source(
            id=each.id,
            url=each.url,
            date=each.date,
            sha256=_joined_hash(lines.get(each.id, ()), tables.hashes.get(each.id, ())),
            licence=each.licence,
            attribution=each.attribution,
            records_in=counts.get(each.id, [0, 0])[0],
            records_used=counts.get(each.id, [0, 0])[1],
        )
        for each in plan.sources
    )


def _joined_hash(lines: Iterable[str], files: Sequence[str]) -> str:
    """Return the hash of a source's one file, else that of the sorted lines for its records and files."""
    rows = [*lines, *(f"{digest} file\n" for digest in files)]
    if len(rows) == 1 and len(files) == 1:
        return files[0]
    return sha256("".join(sorted(rows)).encode("utf-8", "surrogatepass")).hexdigest()


def _stats(tables: Tables, entries: Sequence[Entry]) -> dict[str, int]:
    """Return what the manifest counts; a pack without OSV records names only what it has."""
    used = [record.packages[0].record for record in tables.records.values() if record.packages]
    counts: dict[str, int] = {}
    for (kind, _), rows in tables.rows.items():
        counts[kind] = counts.get(kind, 0) + len(rows)
    versions = sum(len(versions) for _, found in tables.indicators for versions in found.values())
    stats = {
        "records": len(tables.records),
        "withdrawn": sum(record.withdrawn for record in tables.records.values()),
        "advisories": len(used),
        "malware": sum(record.kind == advisories.MALWARE for record in used),
        "whole-package": sum(record.whole_package for record in used),
        "undetermined": sum(bool(record.possible) for record in used),
        "packages": len(entries),
        "names": sum(len(ranked.names) for _, ranked in tables.lists),
        "indicators": versions + counts.pop(sections.IOC, 0),
        **{kind: number for kind, number in counts.items() if number},
    }
    return stats if tables.records else {name: number for name, number in stats.items() if number}
