"""Whether packs are fresh enough, judged by a day that the invoker names. Pure: nothing here asks a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.corpus.fields import printable
from assay.corpus.trust import LOCAL_CHANNEL
from assay.scanner.day import days_between, is_day
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.verify import VerifiedPack

_DAY_LENGTH = len("YYYY-MM-DD")


class Dated(NamedTuple):
    """A pack as far as its age matters: channel, and the days or instants of its manifest, which begin with the day."""

    channel: str
    built_at: str
    fresh_until: str


def dated(packs: Iterable[VerifiedPack]) -> tuple[Dated, ...]:
    """Return what ``require_fresh`` asks of verified packs."""
    return tuple(Dated(each.channel.name, each.manifest.built_at, each.manifest.fresh_until) for each in packs)


def require_fresh(packs: Iterable[tuple[str, str, str]], as_of: str | None, max_age: int | None = None) -> None:
    """Refuse packs, given as (channel, built_at, fresh_until), that are stale on the day ``as_of`` (YYYY-MM-DD).

    Stale is what was to be fresh until a day before, and, with ``max_age``, what was built more than so many days
    before. The last day counts as fresh. Without ``as_of`` nothing is judged; channel ``local`` never is.

    Raises:
        CorpusError: E_STALE, with the channel, its dates and what was asked; E_MANIFEST if a date of a pack is none.
    """
    if as_of is None:
        return
    for channel, built_at, fresh_until in packs:
        if channel == LOCAL_CHANNEL:
            continue
        built, last = (_day(channel, text) for text in (built_at, fresh_until))
        if as_of > last:
            raise CorpusError("E_STALE", f"channel {channel}: built {built}, fresh until {last}, judged as of {as_of}")
        age = days_between(built, as_of)
        if max_age is not None and age > max_age:
            raise CorpusError(
                "E_STALE",
                f"channel {channel}: built {built}, {age} days old as of {as_of}, at most {max_age} were asked for",
            )


def _day(channel: str, text: str) -> str:
    day = text[:_DAY_LENGTH]
    if not is_day(day):
        raise CorpusError("E_MANIFEST", f"channel {channel}: {printable(text)} is no day of the calendar")
    return day
