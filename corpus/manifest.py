"""The manifest of a pack: the signed page that says what the pack is and where each section lies.

Pack format 1, "Manifest". Typed reading only; whether sections fit the file is ``pack.check_layout``'s question.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical
from assay.corpus.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

SPEC = 1
MAX_SECTIONS = 256
MAX_SOURCES = 64
MAX_STATS = 64
MAX_LENGTH = 2**31 - 1
"""The longest body in bytes; 300,000 advisories take 33 MB."""

_KEYS = frozenset(
    [
        "type",
        "spec",
        "channel",
        "epoch",
        "seq",
        "built_at",
        "fresh_until",
        "min_root_version",
        "min_tool",
        "body_length",
        "title",
        "builder",
        "sources",
        "stats",
        "supersedes",
        "sections",
    ]
)
_SOURCE_KEYS = frozenset(["id", "url", "date", "sha256", "licence", "attribution", "records_in", "records_used"])
_SECTION_KEYS = frozenset(["name", "kind", "offset", "length", "sha256"])
_MAX = 2**53 - 1


class Section(NamedTuple):
    """A part of the body: ``offset`` counts from the start of the body, ``sha256`` is hex."""

    name: str
    kind: str
    offset: int
    length: int
    sha256: str


class Source(NamedTuple):
    """Where data of the pack comes from.

    ``date`` is YYYY-MM-DD, ``licence`` an SPDX id. ``sha256`` is that of the file, or for an archive of records that
    of the sorted lines ``sha256(record) name``, so that neither packing nor order counts.
    """

    id: str
    url: str
    date: str
    sha256: str
    licence: str
    attribution: str
    records_in: int
    records_used: int


class Manifest(NamedTuple):
    """A manifest whose fields have the right types. ``supersedes`` is the digest of the pack before it, or ""."""

    channel: str
    epoch: int
    seq: int
    built_at: str
    fresh_until: str
    min_root_version: int
    min_tool: str
    body_length: int
    title: str
    builder: str
    sources: tuple[Source, ...]
    stats: Mapping[str, int]
    supersedes: str
    sections: tuple[Section, ...]


def digest(payload: bytes) -> str:
    """Return the pack digest: sha256 of the manifest payload, 64 hex digits."""
    return sha256(payload).hexdigest()


def parse(payload: bytes) -> Manifest:
    """Return the manifest in a payload whose signatures were verified (step 6).

    Raises:
        CorpusError: E_MANIFEST: not canonical, a key too few or too many, a wrong type, a value out of bounds.
    """
    fields = Fields(canonical.load(payload, "E_MANIFEST", "manifest"), "manifest", "E_MANIFEST", _KEYS)
    fields.constant("type", "assay.manifest")
    fields.constant("spec", SPEC)
    stats = fields.mapping("stats", MAX_STATS)
    return Manifest(
        channel=fields.slug("channel"),
        epoch=fields.integer("epoch", 1, _MAX),
        seq=fields.integer("seq", 1, _MAX),
        built_at=fields.instant("built_at"),
        fresh_until=fields.instant("fresh_until"),
        min_root_version=fields.integer("min_root_version", 1, _MAX),
        min_tool=fields.release("min_tool"),
        body_length=fields.integer("body_length", 0, MAX_LENGTH),
        title=fields.text("title"),
        builder=fields.text("builder"),
        sources=tuple(_source(each) for each in fields.objects("sources", MAX_SOURCES, _SOURCE_KEYS)),
        stats={name: stats.integer(name, 0, _MAX) for name in stats.names()},
        supersedes=fields.digest("supersedes") if fields.text("supersedes") else "",
        sections=tuple(_section(each) for each in fields.objects("sections", MAX_SECTIONS, _SECTION_KEYS)),
    )


def _source(fields: Fields) -> Source:
    return Source(
        id=fields.slug("id"),
        url=fields.text("url", 500),
        date=fields.date("date"),
        sha256=fields.digest("sha256"),
        licence=fields.text("licence"),
        attribution=fields.text("attribution", 500),
        records_in=fields.integer("records_in", 0, _MAX),
        records_used=fields.integer("records_used", 0, _MAX),
    )


def _section(fields: Fields) -> Section:
    return Section(
        name=fields.slug("name"),
        kind=fields.slug("kind"),
        offset=fields.integer("offset", 0, MAX_LENGTH),
        length=fields.integer("length", 0, MAX_LENGTH),
        sha256=fields.digest("sha256"),
    )


def dump(manifest: Manifest) -> bytes:
    """Return the payload that ``parse`` takes for this manifest."""
    return canonical.dump(
        {
            "type": "assay.manifest",
            "spec": SPEC,
            "channel": manifest.channel,
            "epoch": manifest.epoch,
            "seq": manifest.seq,
            "built_at": manifest.built_at,
            "fresh_until": manifest.fresh_until,
            "min_root_version": manifest.min_root_version,
            "min_tool": manifest.min_tool,
            "body_length": manifest.body_length,
            "title": manifest.title,
            "builder": manifest.builder,
            "sources": [{name: getattr(each, name) for name in sorted(_SOURCE_KEYS)} for each in manifest.sources],
            "stats": dict(manifest.stats),
            "supersedes": manifest.supersedes,
            "sections": [{name: getattr(each, name) for name in sorted(_SECTION_KEYS)} for each in manifest.sections],
        }
    )
