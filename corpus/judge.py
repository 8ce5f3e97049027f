"""Whether an advisory concerns a version: the one place where records and versions meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.corpus import ranges, versions

if TYPE_CHECKING:
    from assay.corpus.advisories import Record
    from assay.scanner.models import Ecosystem


class Judgement(NamedTuple):
    """As ``AdvisoryMatch``: the version is affected or it cannot be told; ``fixed`` is the lowest fix above it."""

    state: Literal["affected", "undetermined"]
    fixed: str | None = None


def judge(record: Record, ecosystem: Ecosystem, version: str) -> Judgement | None:
    """Return what a record says of a version, or None if it is not concerned.

    A text that is no version of the ecosystem is affected if the record covers everything or names it to the letter,
    else undetermined.

    Raises:
        CorpusError: E_INDEX: a bound of the record is no version.
    """
    if record.whole_package:
        return Judgement("affected")
    scheme = versions.scheme(ecosystem)
    key = scheme.key(version)
    if key is None:
        return Judgement("affected" if version in record.versions else "undetermined")
    interval = ranges.find(record.affected, key, scheme)
    if interval is not None:
        return Judgement("affected", interval.high if interval.end is ranges.End.FIXED else None)
    if record.versions and scheme.canonical(version) in record.versions:
        return Judgement("affected", ranges.next_fix(record.affected, key, scheme))
    if ranges.find(record.possible, key, scheme) is not None:
        return Judgement("undetermined")
    return None
