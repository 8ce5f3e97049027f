"""The build specification of a pack: a JSON file that says what goes in, from where, and under which name.

::

    {"type": "assay.build", "spec": 1, "channel": …, "epoch": n, "seq": n, "title": …, "builder": …,
     "min_root_version": n, "min_tool": "0.1.0", "fresh_days": n, "supersedes": "",
     "sources": [{"id": …, "url": …, "date": "YYYY-MM-DD", "licence": SPDX id, "attribution": …}…],
     "inputs": [{"kind": "osv",   "path": …, "sources": {id prefix: source id…}},
                {"kind": "names", "path": …, "source": …, "ecosystem": "npm"|"pypi"},
                {"kind": TABLE,   "path": …, "source": …}]}

TABLE is ``ioc``, ``deny``, ``allow``, ``internal-names``, ``registry-hosts`` or ``licences``; ``tabular`` says how the
files are written. No kind of input is required. Paths are relative to the folder of sources that is given with the
specification. A record of an OSV export belongs to the source with the longest prefix of its id.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.corpus import sections
from assay.corpus.fields import Fields
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping

OSV = "osv"

_CODE = "E_SOURCE"
_KEYS = frozenset(
    [
        "type",
        "spec",
        "channel",
        "epoch",
        "seq",
        "title",
        "builder",
        "min_root_version",
        "min_tool",
        "fresh_days",
        "supersedes",
        "sources",
        "inputs",
    ]
)
_SOURCE_KEYS = frozenset(["id", "url", "date", "licence", "attribution"])
_INPUT_KEYS: Mapping[str, frozenset[str]] = {
    OSV: frozenset({"kind", "path", "sources"}),
    sections.NAMES: frozenset({"kind", "path", "source", "ecosystem"}),
    sections.IOC: frozenset({"kind", "path", "source"}),
    **dict.fromkeys(sorted(sections.ORGANISATION), frozenset({"kind", "path", "source"})),
}
_MAX = 2**53 - 1
_LONGEST_SOURCE = 48
"""Characters of a source that names a section: with the kind before it at most 64, as names of sections are."""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where data comes from, who made it and under which licence; ``date`` is YYYY-MM-DD."""

    id: str
    url: str
    date: str
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One file to read. ``source`` is its source, empty for OSV, whose ``prefixes`` map id prefixes to sources.

    ``url`` is where an update fetches it, empty if it does not say.
    """

    kind: str
    path: str
    source: str
    ecosystem: str
    prefixes: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True)
class BuildSpec:
    """What a pack is to be."""

    channel: str
    epoch: int
    seq: int
    title: str
    builder: str
    min_root_version: int
    min_tool: str
    fresh_days: int
    supersedes: str
    sources: tuple[SourceSpec, ...]
    inputs: tuple[InputSpec, ...]


def parse(data: bytes) -> BuildSpec:
    """Return the specification in a JSON file; it need not be canonical.

    Raises:
        CorpusError: E_SOURCE: not JSON, a key too few or too many, a wrong type, an unknown source.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CorpusError(_CODE, "build specification: not JSON") from error
    fields = Fields(value, "specification", _CODE, _KEYS)
    fields.constant("type", "assay.build")
    fields.constant("spec", 1)
    sources = tuple(_source(each) for each in fields.objects("sources", 64, _SOURCE_KEYS))
    known = {source.id for source in sources}
    if not sources or len(known) != len(sources):
        raise fields.refuse("sources", "none, or one id twice")
    return BuildSpec(
        channel=fields.slug("channel"),
        epoch=fields.integer("epoch", 1, _MAX),
        seq=fields.integer("seq", 1, _MAX),
        title=fields.text("title"),
        builder=fields.text("builder"),
        min_root_version=fields.integer("min_root_version", 1, _MAX),
        min_tool=fields.release("min_tool"),
        fresh_days=fields.integer("fresh_days", 1, 3650),
        supersedes=fields.digest("supersedes") if fields.text("supersedes") else "",
        sources=sources,
        inputs=tuple(_input(item, place, known) for place, item in enumerate(fields.items("inputs", 256))),
    )


def _source(fields: Fields) -> SourceSpec:
    try:
        datetime.date.fromisoformat(fields.date("date"))
    except ValueError as error:
        raise fields.refuse("date", "there is no such day") from error
    return SourceSpec(
        id=fields.slug("id"),
        url=fields.text("url", 500),
        date=fields.date("date"),
        licence=fields.text("licence"),
        attribution=fields.text("attribution", 500),
    )


def _input(item: Any, place: int, known: set[str]) -> InputSpec:
    where = f"specification.inputs[{place}]"
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in _INPUT_KEYS:
        raise CorpusError(_CODE, f"{where}.kind: not one of {', '.join(_INPUT_KEYS)}")
    fields = Fields(item, where, _CODE, _INPUT_KEYS[kind] | (item.keys() & {"url"}))
    prefixes: dict[str, str] = {}
    if kind == OSV:
        mapping = fields.mapping("sources", 64)
        prefixes = {prefix: mapping.slug(prefix) for prefix in item["sources"]}
    source = "" if kind == OSV else fields.slug("source")
    if len(source) > _LONGEST_SOURCE:
        raise fields.refuse("source", f"longer than {_LONGEST_SOURCE} characters; it names a section")
    if not {*prefixes.values(), *({source} if source else ())} <= known:
        raise fields.refuse("source", "not among the sources")
    ecosystem = fields.text("ecosystem") if kind == sections.NAMES else ""
    if ecosystem not in ("", "npm", "pypi"):
        raise fields.refuse("ecosystem", "neither npm nor pypi")
    url = fields.text("url", 500) if "url" in item else ""
    return InputSpec(kind, fields.text("path", 500), source, ecosystem, prefixes, url)
