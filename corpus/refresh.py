"""An update from first to last: fetch what changed, build, compare with before, sign, hand over. All or nothing.

Under the cache of a channel lie ``mirror/`` (see ``feeds``), ``partial/`` (downloads on their way), ``conversions/``
(what records were turned into) and ``last.json`` (the last build). Mirror and ``last.json`` are replaced when the pack
is where it should be, so that a failure anywhere is made up for by the next run.
"""

from __future__ import annotations

import datetime
import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import build, dsse, durable, feeds, gathering, manifest, signing, spec
from assay.corpus.conversions import Conversions, derive_secret
from assay.corpus.feeds import LastBuild, SourceCount
from assay.corpus.gathering import Copy, Order, Transport
from assay.corpus.ingest import Tables, ingest
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assay.corpus.build import BuiltPack
    from assay.corpus.feeds import Plan
    from assay.corpus.manifest import Manifest
    from assay.corpus.spec import BuildSpec, InputSpec

_CODE = "E_SOURCE"


@dataclass(frozen=True, slots=True)
class Channel:
    """What the store has of the channel: the highest (epoch, seq) accepted, and digest and sources of that pack."""

    accepted: tuple[int, int] | None = None
    digest: str = ""
    sources: Mapping[str, SourceCount] | None = None


class Outcome(NamedTuple):
    """What came of it: the pack, None if nothing changed, and per source what the last build had and what this has."""

    built: BuiltPack | None
    before: Mapping[str, SourceCount]
    after: Mapping[str, SourceCount]
    recalled: int = 0


def update(
    order: Order,
    transport: Transport | None,
    channel: Channel,
    deliver: Callable[[BuiltPack, str], None],
    say: Callable[[str], None],
    *,
    needed: Callable[[str], bool],
) -> Outcome:
    """Bring the mirror up to date, build a pack if anything changed, and hand it to ``deliver`` with a copy's path.

    ``needed`` is asked whether the pack of a digest is missing where it should be; then it is built again. ``say`` gets
    what the user should know besides.

    Raises:
        CorpusError: E_SOURCE: a source cannot be had, read or believed; and whatever ``deliver`` raises. Mirror, last
            build and store are as they were.
        OSError: the cache cannot be written.
    """
    for folder in ("mirror", "partial", "conversions"):
        os.makedirs(order.path(folder), exist_ok=True)
    with durable.locked(order.path("lock")):
        last = feeds.read_last(order.path("last.json"))
        copies = gathering.gather(order, transport, say)
        plan = _plan_key(order)
        if last is not None and order.seq is None and _is_same(last, plan, copies) and not needed(last.digest):
            return Outcome(None, last.sources, last.sources)
        built, copies, recalled = _build(order, copies, say, last, channel)
        after = {each.id: SourceCount(each.date, each.records_in, each.records_used) for each in built.manifest.sources}
        content = _content_key(order, built.manifest)
        if last is not None and order.seq is None and last.content == content and not needed(last.digest):
            gathering.commit(order, copies)  # packed anew: the same records
            feeds.write_last(order.path("last.json"), last._replace(inputs=_hashes(copies), plan=plan))
            return Outcome(None, last.sources, last.sources)
        before = _baseline(last, channel)
        if not order.allow_shrink:
            _refuse_shrunk(before, after)
        signed = replace(built, data=signing.sign_pack(built.data, order.keys)) if order.keys else built
        feeds.write_whole(order.path("built.pack"), signed.data)
        try:
            deliver(signed, order.path("built.pack"))
        finally:
            os.unlink(order.path("built.pack"))
        gathering.commit(order, copies)
        made = signed.manifest
        feeds.write_last(
            order.path("last.json"),
            LastBuild(signed.digest, content, made.epoch, made.seq, _hashes(copies), plan, after),
        )
        return Outcome(signed, before, after, recalled)


def _plan_key(order: Order) -> str:
    return sha256("\0".join([order.plan.digest, order.code, *_signers(order)]).encode()).hexdigest()


def _content_key(order: Order, made: Manifest) -> str:
    """Return what tells whether two packs differ in more than their number."""
    return sha256("\0".join(_signers(order)).encode() + manifest.dump(made._replace(seq=1))).hexdigest()


def _signers(order: Order) -> list[str]:
    return sorted(dsse.key_id(signing.public_bytes(key)) for key in order.keys)


def _is_same(last: LastBuild, plan: str, copies: Mapping[str, Copy]) -> bool:
    return (last.plan, dict(last.inputs)) == (plan, _hashes(copies))


def _hashes(copies: Mapping[str, Copy]) -> dict[str, str]:
    return {path: copy.sha256 for path, copy in copies.items()}


# --- building --------------------------------------------------------------------------------------------------


def _build(
    order: Order, copies: dict[str, Copy], say: Callable[[str], None], last: LastBuild | None, channel: Channel
) -> tuple[BuiltPack, dict[str, Copy], int]:
    """Return the pack without signatures, the copies that it was made of, and how many records were not new."""
    with _no_collection():
        tables, copies, recalled = _read(order, copies, say)
        plan = feeds.dated(order.plan, tables, {path: copy.known for path, copy in copies.items() if copy.known})
        tomorrow = (datetime.date.fromisoformat(order.today) + datetime.timedelta(days=1)).isoformat()
        for source in plan.sources:
            if source.date > tomorrow:
                raise CorpusError(_CODE, f"source {source.id}: dated {source.date}, in the future", _FUTURE)
        again = last if last is not None and _is_same(last, _plan_key(order), copies) else None
        seq = _number(order, plan, again, last, channel)
        return build.assemble(replace(plan, seq=seq), tables), copies, recalled


_FUTURE = "a pack must not seem fresher than it is; give the source its date in the specification"


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of tuples, which have none; it takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(order: Order, copies: dict[str, Copy], say: Callable[[str], None]) -> tuple[Tables, dict[str, Copy], int]:
    """Read every input; with ``keep_going`` the last good copy stands in for what came new and cannot be read."""
    places = {source.id: place for place, source in enumerate(order.plan.build.sources)}
    secret = derive_secret(min(order.keys, key=signing.public_bytes)) if order.keys else None
    known = {} if order.mirror is not None else feeds.read_mirror(order.path("mirror"))
    while True:
        tables, recalled = Tables(), 0
        for each in order.plan.build.inputs:
            copy = copies[each.path]
            try:
                recalled += _read_one(order, each, copy.path, places, tables, secret)
            except CorpusError as failure:
                if not (
                    order.keep_going
                    and copy.fresh
                    and feeds.holds(order.path("mirror"), each.path, known.get(each.path))
                ):
                    raise
                stand_in = known[each.path]
                copies = {
                    **copies,
                    each.path: Copy(order.path("mirror", each.path), stand_in, stand_in.sha256, fresh=False),
                }
                say(gathering.stale(order, failure, copies[each.path]))
                break
        else:
            return tables, copies, recalled


def _read_one(
    order: Order, each: InputSpec, path: str, places: dict[str, int], tables: Tables, secret: bytes | None
) -> int:
    """Read one input; return how many of its records were converted by an earlier build."""
    if each.kind != spec.OSV or secret is None:
        ingest(path, each, places, tables)
        return 0
    name = sha256(each.path.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    with Conversions(order.path("conversions", name), order.code, secret) as conversions:
        tables.conversions[each.path] = conversions
        ingest(path, each, places, tables)
        del tables.conversions[each.path]
    return conversions.recalled


def _number(order: Order, plan: BuildSpec, again: LastBuild | None, last: LastBuild | None, channel: Channel) -> int:
    """Return one more than the last number that the store accepted or this cache gave, in the plan's epoch.

    The pack that this cache made last (``again``) keeps its number, so that its bytes are the same.
    """
    if order.seq is not None:
        return order.seq
    accepted = channel.accepted or (0, 0)
    if again and ((again.epoch, again.seq) > accepted or again.digest == channel.digest):
        return again.seq
    before = [accepted, *([(last.epoch, last.seq)] if last else [])]
    return max([plan.seq, *(seq + 1 for epoch, seq in before if epoch == plan.epoch)])


# --- comparing -------------------------------------------------------------------------------------------------


def _baseline(last: LastBuild | None, channel: Channel) -> dict[str, SourceCount]:
    """Return what was had of each source before: by the last build, or by the signed pack in the store if more."""
    found = dict(channel.sources or {})
    for name, count in (last.sources if last else {}).items():
        if name not in found or found[name].records_used <= count.records_used:
            found[name] = count
    return found


def _refuse_shrunk(before: Mapping[str, SourceCount], after: Mapping[str, SourceCount]) -> None:
    """Refuse a source that has less than half of the records that it had, read or used."""
    for name, now in after.items():
        was = before.get(name, now)
        if 2 * now.records_in < was.records_in or 2 * now.records_used < was.records_used:
            detail = f"{was.records_used:,} of {was.records_in:,} to {now.records_used:,} of {now.records_in:,} records"
            raise CorpusError(
                _CODE, f"source {name}: shrank from {detail}", "see what became of it, or give --allow-shrink"
            )


class Age(NamedTuple):
    """How old a source is: its date ("" if it was never built from) and the days since."""

    source: str
    date: str
    days: int | None


def ages(order: Order) -> tuple[Age, ...]:
    """Return how old each source is, as of ``today``: by its date in the specification, or in the last build.

    Raises:
        CorpusError: E_SOURCE: what lies in the cache is something else.
    """
    last = feeds.read_last(order.path("last.json"))
    found = []
    for source in order.plan.build.sources:
        date = source.date
        if source.id in order.plan.undated:
            date = last.sources[source.id].date if last and source.id in last.sources else ""
        found.append(Age(source.id, date, gathering.days_between(date, order.today) if date else None))
    return tuple(found)


def require_sources(plan: Plan, names: Sequence[str]) -> frozenset[str]:
    """Return names of sources once it is clear that they are some.

    Raises:
        CorpusError: E_SOURCE.
    """
    known = {source.id for source in plan.build.sources}
    for name in names:
        if name not in known:
            raise CorpusError(_CODE, f"--only {name}: no such source", f"choose of {', '.join(sorted(known))}")
    return frozenset(names)
