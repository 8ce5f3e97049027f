"""What an update fetches and where it lies: the specification with its URLs, the mirror and its state, the last build.

A mirror is a folder laid out by the ``path`` of the inputs, which can be carried to a machine without a network. Its
state is ``assay-mirror.json``, written last, which alone says what of the folder counts::

    {"type": "assay.mirror", "spec": 1,
     "files": [{"path": …, "url": without user, password and query, "request": sha256 of the URL in full,
                "etag": …, "last_modified": …, "sha256": 64 hex digits, "size": n, "fetched": "YYYY-MM-DD"}…]}

A source may leave out its ``date`` in a specification that is for updates. Then it is the newest day on which one of
its OSV records was modified, or else the day of Last-Modified, or of fetching: all of them in the mirror, so that the
same mirror gives the same pack.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import canonical, spec
from assay.corpus.fields import Fields
from assay.corpus.partial import request_key
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.corpus.ingest import Tables
    from assay.corpus.spec import BuildSpec, InputSpec

MIRROR_STATE = "assay-mirror.json"
LIMITS: Mapping[str, int] = {spec.OSV: 2 * 1024**3}
"""Bytes of an input at most, by kind. OSV's export of npm had some 200 MB."""
OTHER_LIMIT = 64 * 1024**2
NO_DATE = "0001-01-01"
"""Stands for the date of a source until its data are read."""

_CODE = "E_SOURCE"
_CHUNK = 1024 * 1024
_MAX = 2**53 - 1
_MAX_STATE = 4 * 1024 * 1024
_STATE_KEYS = frozenset({"type", "spec", "files"})
_INPUT_KEYS = frozenset({"path", "sha256"})
_FILE_KEYS = frozenset({"path", "url", "request", "etag", "last_modified", "sha256", "size", "fetched"})
_LAST_KEYS = frozenset({"type", "spec", "digest", "content", "epoch", "seq", "inputs", "plan", "sources"})
_SOURCE_KEYS = frozenset({"date", "records_in", "records_used"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Plan(NamedTuple):
    """A specification and its digest. ``undated`` are the sources whose date is that of their data."""

    build: BuildSpec
    undated: frozenset[str]
    digest: str

    def limit(self, each: InputSpec) -> int:
        """Return how many bytes an input may have."""
        return LIMITS.get(each.kind, OTHER_LIMIT)


def read_plan(data: bytes) -> Plan:
    """Return the plan in a build specification whose sources may leave out their ``date``.

    Raises:
        CorpusError: E_SOURCE: not a specification, or a path that leads out of the mirror or stands there twice.
    """
    undated: set[str] = set()
    given = data
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and isinstance(value.get("sources"), list):
        for source in value["sources"]:
            if isinstance(source, dict) and not source.get("date", ""):
                source["date"] = NO_DATE
                undated.add(str(source.get("id")))
        given = json.dumps(value).encode()
    plan = spec.parse(given)
    paths = [each.path for each in plan.inputs]
    for path in paths:
        parts = path.split("/")
        if not path.isprintable() or "\\" in path or {"", ".", ".."} & {*parts} or path == MIRROR_STATE:
            raise CorpusError(_CODE, f"specification: {ascii(path)[:80]} is no path within a mirror", _PATH)
        if paths.count(path) > 1:
            raise CorpusError(_CODE, f"specification: two inputs of path {ascii(path)[:80]}", _PATH)
    if not paths:
        raise CorpusError(_CODE, "specification: no inputs", "name what the pack is to be built from")
    return Plan(plan, frozenset(undated), sha256(data).hexdigest())


_PATH = "give each input a path of its own, such as osv/npm/all.zip"


def sources_of(each: InputSpec) -> frozenset[str]:
    """Return the sources that an input has data of."""
    return frozenset(each.prefixes.values()) if each.kind == spec.OSV else frozenset({each.source})


# --- the mirror ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MirrorFile:
    """A file of a mirror as the state describes it; ``fetched`` is the day, YYYY-MM-DD."""

    url: str
    request: str
    etag: str
    last_modified: str
    sha256: str
    size: int
    fetched: str

    def is_of(self, url: str) -> bool:
        """Say whether the file came from this URL, so that its validators mean something there."""
        return self.request == request_key(url)


def read_mirror(folder: str) -> dict[str, MirrorFile]:
    """Return what the state of a mirror says, by path; nothing if there is no state.

    Raises:
        CorpusError: E_SOURCE: what is there is no state of a mirror.
    """
    fields = _read_state(os.path.join(folder, MIRROR_STATE), "assay.mirror", _STATE_KEYS)
    if fields is None:
        return {}
    return dict(map(_mirror_file, fields.objects("files", 256, _FILE_KEYS)))


def _mirror_file(fields: Fields) -> tuple[str, MirrorFile]:
    return fields.text("path", 500), MirrorFile(
        url=fields.text("url", 500),
        request=fields.digest("request"),
        etag=fields.text("etag"),
        last_modified=fields.text("last_modified"),
        sha256=fields.digest("sha256"),
        size=fields.integer("size", 0, _MAX),
        fetched=fields.date("fetched"),
    )


def write_mirror(folder: str, files: Mapping[str, MirrorFile]) -> None:
    """Replace the state of a mirror. Raises OSError."""
    described = [{"path": path, **asdict(files[path])} for path in sorted(files)]
    write_whole(
        os.path.join(folder, MIRROR_STATE),
        canonical.dump({"type": "assay.mirror", "spec": 1, "files": described}),
    )


def holds(folder: str, path: str, known: MirrorFile | None) -> bool:
    """Say whether a mirror has a file with the size and the hash that its state says."""
    if known is None:
        return False
    try:
        return hash_file(os.path.join(folder, path)) == (known.sha256, known.size)
    except OSError:
        return False


def hash_file(path: str) -> tuple[str, int]:
    """Return the sha256 (64 hex digits) and the size of a file. Raises OSError."""
    hashed, size = sha256(), 0
    with open(path, "rb") as file:
        while part := file.read(_CHUNK):
            hashed.update(part)
            size += len(part)
    return hashed.hexdigest(), size


# --- the last build --------------------------------------------------------------------------------------------


class SourceCount(NamedTuple):
    """What a pack has of a source: its date, and the records that were read and used."""

    date: str
    records_in: int
    records_used: int


class LastBuild(NamedTuple):
    """The last pack that an update made: ``inputs`` are the sha256 of the files by path, ``plan`` tells the rest.

    ``content`` tells everything but the number.
    """

    digest: str
    content: str
    epoch: int
    seq: int
    inputs: Mapping[str, str]
    plan: str
    sources: Mapping[str, SourceCount]


def read_last(path: str) -> LastBuild | None:
    """Return the last build, None if there was none.

    Raises:
        CorpusError: E_SOURCE: the file is something else.
    """
    fields = _read_state(path, "assay.update", _LAST_KEYS)
    if fields is None:
        return None
    sources = fields.mapping("sources", 64)
    counted = {name: sources.child(name, _SOURCE_KEYS) for name in sources.names()}
    return LastBuild(
        digest=fields.digest("digest"),
        content=fields.digest("content"),
        epoch=fields.integer("epoch", 1, _MAX),
        seq=fields.integer("seq", 1, _MAX),
        inputs={each.text("path", 500): each.digest("sha256") for each in fields.objects("inputs", 256, _INPUT_KEYS)},
        plan=fields.digest("plan"),
        sources={
            name: SourceCount(
                each.date("date"), each.integer("records_in", 0, _MAX), each.integer("records_used", 0, _MAX)
            )
            for name, each in counted.items()
        },
    )


def write_last(path: str, last: LastBuild) -> None:
    """Replace what is remembered of the last build. Raises OSError."""
    described = {
        **last._asdict(),
        "inputs": [{"path": name, "sha256": last.inputs[name]} for name in sorted(last.inputs)],
        "sources": {name: each._asdict() for name, each in last.sources.items()},
    }
    write_whole(path, canonical.dump({"type": "assay.update", "spec": 1, **described}))


def _read_state(path: str, kind: str, keys: frozenset[str]) -> Fields | None:
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_STATE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; choose another folder") from error
    try:
        fields = Fields(canonical.load(data, _CODE, "state"), "state", _CODE, keys)
        fields.constant("type", kind)
        fields.constant("spec", 1)
    except CorpusError as error:
        raise CorpusError(_CODE, f"{path}: {error.detail}", "remove this file to start anew") from error
    return fields


def write_whole(path: str, data: bytes) -> None:
    """Write a file through to the disk by way of a neighbour that is then renamed. Raises OSError."""
    partial = f"{path}.new"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with open(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


# --- dates -----------------------------------------------------------------------------------------------------


def dated(plan: Plan, tables: Tables, files: Mapping[str, MirrorFile]) -> BuildSpec:
    """Return the specification with a date for every source.

    Raises:
        CorpusError: E_SOURCE: nothing dates a source.
    """
    newest: dict[str, str] = {}
    for record in tables.records.values():
        day = record.modified[:10]
        if day > newest.get(record.source, "") and _is_day(day):
            newest[record.source] = day
    of_records = frozenset(newest)
    for each in plan.build.inputs:
        day = _day_of(files.get(each.path))
        for source in sources_of(each) - (of_records if each.kind == spec.OSV else frozenset()):
            newest[source] = max(newest.get(source, ""), day)
    sources = []
    for named in plan.build.sources:
        date = newest.get(named.id, "") if named.id in plan.undated else named.date
        if not date:
            raise CorpusError(_CODE, f"source {named.id}: nothing says how old it is", "give it a date")
        sources.append(replace(named, date=date))
    return replace(plan.build, sources=tuple(sources))


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _day_of(known: MirrorFile | None) -> str:
    if known is None:
        return ""
    try:
        return parsedate_to_datetime(known.last_modified).date().isoformat()
    except (ValueError, TypeError):
        return known.fetched
