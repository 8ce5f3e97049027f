"""What an update builds from: a file for every input, fetched, found current, or taken from the mirror as it is."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import durable, feeds, fetch
from assay.corpus.feeds import MirrorFile
from assay.corpus.partial import Partial, request_key
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.feeds import Plan
    from assay.corpus.spec import InputSpec

_CODE = "E_SOURCE"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    ``cache`` is the folder of the channel. ``mirror`` is a folder that is read in place of fetching. ``only`` are the
    sources to fetch, all if empty. ``today`` is YYYY-MM-DD. ``code`` names the code that converts records.
    """

    plan: Plan
    cache: str
    today: str
    code: str
    keys: tuple[Ed25519PrivateKey, ...] = ()
    mirror: str | None = None
    only: frozenset[str] = frozenset()
    keep_going: bool = False
    allow_shrink: bool = False
    seq: int | None = None

    def path(self, *parts: str) -> str:
        """Return a path in the cache."""
        return os.path.join(self.cache, *parts)


class Transport(NamedTuple):
    """The client that fetches, and what the command line lends it."""

    client: httpx.Client
    surroundings: fetch.Surroundings


class Copy(NamedTuple):
    """A file to build from: where it lies, what is known of it, its hash, and whether it is not in the mirror yet."""

    path: str
    known: MirrorFile | None
    sha256: str
    fresh: bool


def gather(order: Order, transport: Transport | None, say: Callable[[str], None]) -> dict[str, Copy]:
    """Return a file for every input, by path. ``say`` is told when an old copy has to do.

    Raises:
        CorpusError: E_SOURCE: a source cannot be had.
        OSError: the cache cannot be written.
    """
    if order.mirror is not None:
        known = feeds.read_mirror(order.mirror)
        return {each.path: _from_mirror(order.mirror, each, known.get(each.path)) for each in order.plan.build.inputs}
    known = feeds.read_mirror(order.path("mirror"))
    for each in order.plan.build.inputs:
        if not each.url:
            raise CorpusError(
                _CODE, f"{each.path}: has no url", "give it one in the specification, or use --mirror DIR"
            )
        fetch.check_url(each.url)
    return {each.path: _current(order, transport, each, known.get(each.path), say) for each in order.plan.build.inputs}


def _from_mirror(folder: str, each: InputSpec, known: MirrorFile | None) -> Copy:
    path = os.path.join(folder, each.path)
    try:
        digest, size = feeds.hash_file(path)
    except OSError as error:
        raise CorpusError(
            _CODE, f"{path}: {error.strerror}", "put the file there, as the specification says"
        ) from error
    return Copy(path, known if known and (known.sha256, known.size) == (digest, size) else None, digest, fresh=False)


def _current(
    order: Order, transport: Transport | None, each: InputSpec, known: MirrorFile | None, say: Callable[[str], None]
) -> Copy:
    """Return the newest copy of an input, or the one at hand if it is current, not asked for, or has to do."""
    at_hand = None
    if known is not None and feeds.holds(order.path("mirror"), each.path, known):
        at_hand = Copy(order.path("mirror", each.path), known, known.sha256, fresh=False)
    if transport is None or (order.only and not order.only & feeds.sources_of(each)):
        if at_hand is None:
            raise CorpusError(_CODE, f"{each.path}: no good copy in the mirror", "update without --only first")
        return at_hand
    try:
        return _fetched(order, transport, each, at_hand)
    except CorpusError as failure:
        if not order.keep_going or at_hand is None:
            raise
        say(stale(order, failure, at_hand))
        return at_hand


def _fetched(order: Order, transport: Transport, each: InputSpec, at_hand: Copy | None) -> Copy:
    known = at_hand.known if at_hand and at_hand.known and at_hand.known.is_of(each.url) else None
    wanted = fetch.Wanted(
        each.url, order.plan.limit(each), known.etag if known else "", known.last_modified if known else ""
    )
    partial = order.path("partial", sha256(each.path.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    came = fetch.fetch(transport.client, wanted, partial, transport.surroundings)
    if came is None:
        if at_hand is None:
            raise AssertionError("nothing was compared with, so nothing is unchanged")
        return at_hand
    found = MirrorFile(
        fetch.shown(each.url), request_key(each.url), came.etag, came.last_modified, came.sha256, came.size, order.today
    )
    if at_hand and at_hand.known and at_hand.sha256 == came.sha256:
        # The same bytes keep their date; only what the server knows them by may be new.
        Partial(partial, each.url).discard()
        same = replace(at_hand.known, url=found.url, request=found.request, etag=found.etag)
        return at_hand._replace(known=same)
    return Copy(partial, found, came.sha256, fresh=True)


def stale(order: Order, failure: CorpusError, copy: Copy) -> str:
    """Return what to say when an old copy stands in for one that failed."""
    fetched = copy.known.fetched if copy.known else order.today
    return f"{failure.detail}; using the copy of {fetched}, {days_between(fetched, order.today)} days old"


def days_between(earlier: str, later: str) -> int:
    """Return the days from one date, YYYY-MM-DD, to another."""
    return (datetime.date.fromisoformat(later) - datetime.date.fromisoformat(earlier)).days


def commit(order: Order, copies: Mapping[str, Copy]) -> None:
    """Put what is new into the mirror; the state comes last and alone says what counts. Raises OSError."""
    if order.mirror is not None:
        return
    for path, copy in copies.items():
        if copy.fresh:
            target = order.path("mirror", path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(copy.path, target)
            durable.sync_folder(os.path.dirname(target))
            Partial(copy.path, "").discard()
    feeds.write_mirror(order.path("mirror"), {path: copy.known for path, copy in copies.items() if copy.known})
