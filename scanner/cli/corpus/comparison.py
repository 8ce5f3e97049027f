"""The comparison of two packs: a table for the one who must sign, canonical JSON of ``assay.corpus-difference/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.corpus import rows
from assay.corpus.concerns import Concern
from assay.corpus.rows import AdvisoryRow, IndicatorRow, Listed, ListRow
from assay.formatters.layout import BLANK, Line, Span, count, field, paragraph, row, write
from assay.scanner.canonical import encode, short_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from assay.corpus.comparison import Change, Comparison, FieldChange, SourceChange
    from assay.corpus.readable import ReadablePack
    from assay.corpus.rows import Row
    from assay.formatters.options import RenderOptions

    Holder = Callable[[str], str | None]
    """Says whose key a key id is, None if nobody's that is known (``NamedTrust.holder``)."""

SCHEMA = "assay.corpus-difference/1"
CAP = 20
"""Changes that a group shows unless all are asked for."""

_SHOWN_VALUES = 6
"""Values of one list (versions, intervals, aliases) that a line shows."""

_COLUMN = len("  was  ")
_CAME, _WENT, _CHANGED = Span("+", "strong"), Span("-", "strong"), Span("~", "medium")

_HEADINGS = {
    Concern.MALWARE_REMOVED: "Malware records removed",
    Concern.INDICATOR_REMOVED: "Indicators removed, or ending earlier",
    Concern.ALLOWED: "Allow entries that are new, or say something else",
    Concern.DENIAL_REMOVED: "Deny entries removed, or ending earlier",
    Concern.POPULAR_BLOCKED: "Popular packages that are denied, malware or indicators now",
    Concern.HOST_ADDED: "Registry hosts added",
    Concern.INTERNAL_REMOVED: "Internal names removed",
    Concern.SEVERITY_LOWERED: "Severities lowered",
    Concern.NARROWED: "Affected versions narrowed",
    Concern.VULNERABILITY_REMOVED: "Vulnerability records removed",
}
_KINDS = {
    "advisories": "Advisories",
    "ioc": "Indicators",
    "allow": "Allow entries",
    "deny": "Deny entries",
    "internal-names": "Internal names",
    "names": "Popular names",
    "registry-hosts": "Registry hosts",
    "licences": "Licences",
}


# --- JSON ------------------------------------------------------------------------------------------------------


def json_pieces(comparison: Comparison, holder: Holder) -> Iterator[str]:
    """Yield the canonical JSON document, complete, in pieces: that of two big packs has hundreds of megabytes."""
    concerned = comparison.by_concern()
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "same": comparison.same,
        "before": _pack_document(comparison.before, holder),
        "after": _pack_document(comparison.after, holder),
        "manifest": [each._asdict() for each in comparison.manifest],
        "sources": [_sides(each.id, each.before, each.after) for each in comparison.sources],
        "sections": [_sides(each.name, each.before, each.after) for each in comparison.sections],
        "counts": {kind: numbers._asdict() for kind, numbers in comparison.counts().items()},
        "concerns": {concern.value: len(changes) for concern, changes in concerned.items()},
        "changes": None,
    }
    opening = "{"
    for key in sorted(content):
        yield f"{opening}{encode(key)}:"
        opening = ","
        if key == "changes":
            yield from _change_pieces(comparison.changes)
        else:
            yield encode(content[key])
    yield "}\n"


def _change_pieces(changes: Sequence[Change]) -> Iterator[str]:
    opening = "["
    for change in changes:
        yield opening + encode(_change_document(change))
        opening = ","
    yield "]" if changes else "[]"


def _pack_document(pack: ReadablePack, holder: Holder) -> dict[str, Any]:
    made = pack.manifest
    result: dict[str, Any] = {
        "digest": f"sha256:{pack.digest}",
        "verified": pack.verified,
        "signers": [_signer_document(keyid, holder(keyid)) for keyid in sorted(pack.signers)],
        "roots": [{"version": each.version, "fingerprint": f"sha256:{each.fingerprint}"} for each in pack.roots],
        **{name: getattr(made, name) for name in ("channel", "epoch", "seq", "built_at", "fresh_until", "title")},
    }
    return result if pack.refusal is None else {**result, "refusal": str(pack.refusal)}


def _signer_document(keyid: str, holder: str | None) -> dict[str, str]:
    return {"keyid": keyid} if holder is None else {"keyid": keyid, "holder": holder}


def _sides(name: str, before: Any, after: Any) -> dict[str, Any]:
    sides = {side: value._asdict() for side, value in (("before", before), ("after", after)) if value is not None}
    return {"name": name, **sides}


def _change_document(change: Change) -> dict[str, Any]:
    result: dict[str, Any] = {
        "section": change.kind,
        "key": dict(zip((*rows.KEYS[change.kind], "number"), change.key, strict=False)),
        "fields": change.fields,
        "concerns": change.concerns,
    }
    for side, value in (("before", change.before), ("after", change.after)):
        if value is not None:
            result[side] = {name: each for name, each in value._asdict().items() if each is not None}
    return result


# --- table -----------------------------------------------------------------------------------------------------


def render_table(comparison: Comparison, holder: Holder, options: RenderOptions, *, everything: bool = False) -> str:
    """Return the comparison as lines no wider than ``options.width``: what could do harm, then the rest by count.

    With ``everything`` no group is cut.
    """
    return write(_lines(comparison, holder, options, everything), options)


def _lines(comparison: Comparison, holder: Holder, options: RenderOptions, everything: bool) -> Iterator[Line]:
    yield from _pack_line("before", comparison.before, options)
    yield from _pack_line("after", comparison.after, options)
    yield BLANK
    groups = [list(_manifest(comparison, holder, options, everything))]
    for concern, changes in comparison.by_concern().items():
        heading = f"{_HEADINGS[concern]} ({len(changes):,})"
        groups.append(list(_group(heading, changes, comparison, options, everything, alarming=True)))
    groups.append(list(_counts(comparison, options)))
    groups += [list(group) for group in _rest(comparison, options, everything)]
    for group in groups:
        if group:
            yield from group
            yield BLANK
    yield from paragraph(_verdict(comparison), options, style="good" if comparison.same else "medium")


def _pack_line(label: str, pack: ReadablePack, options: RenderOptions) -> Iterator[Line]:
    made = pack.manifest
    told = (
        f"{made.channel} {made.epoch}.{made.seq}, built {made.built_at[:10]}, {short_digest(f'sha256:{pack.digest}')}"
    )
    yield from row(Span(label, "strong"), f"{told}: {made.title}", options, column=8)
    state = "VERIFIED" if pack.refusal is None else f"UNVERIFIED ({pack.refusal})"
    yield from row(Span(""), state, options, column=8, style="good" if pack.verified else "bad")


def _manifest(comparison: Comparison, holder: Holder, options: RenderOptions, everything: bool) -> Iterator[Line]:
    """Yield what came, went and changed; of sections that changed those, too, in which no row tells it."""
    lines: list[tuple[Span, str]] = []
    for change in comparison.manifest:
        lines += _field_lines(change, holder)
    lines += [_source_line(change) for change in comparison.sources]
    told_by_rows = set() if everything else {*comparison.counts(), "blocks"}
    for section in comparison.sections:
        if section.before and section.after and section.after.kind in told_by_rows:
            continue
        sizes = [None if each is None else f"{each.length:,} bytes" for each in (section.before, section.after)]
        told = _arrow(*sizes) if sizes[0] != sizes[1] else "other content of the same size"
        lines.append((_mark(*sizes), f"section {section.name}: {told}"))
    if lines:
        yield from paragraph("What the packs say of themselves", options, style="strong")
    for mark, text in lines:
        yield from row(mark, text, options)


def _field_lines(change: FieldChange, holder: Holder) -> Iterator[tuple[Span, str]]:
    before, after = change.before, change.after
    if isinstance(before, list):
        for mark, values in (
            (_WENT, [each for each in before if each not in after]),
            (_CAME, [each for each in after if each not in before]),
        ):
            for each in values:
                signed = f"signer {each}, {holder(each) or 'unknown here'}"
                yield mark, signed if change.name == "signers" else f"carried trust root {each}"
    elif isinstance(before, dict):
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                numbers = (f"{each.get(name, 0):,}" for each in (before, after))
                yield _CHANGED, f"{name}: {' -> '.join(numbers)}"
    elif change.name != "digest":
        yield _CHANGED, f"{change.name}: {_plain(before)} -> {_plain(after)}"


def _source_line(change: SourceChange) -> tuple[Span, str]:
    before, after = change.before, change.after
    known = after or before
    assert known is not None  # noqa: S101 - for the type checker: one side is always there
    if before is None or after is None:
        return _mark(before, after), f"source {change.id}: {known.date}, {count(known.records_used, 'record')} used"
    told = ", ".join(
        f"{name.replace('_', ' ')} {_plain(getattr(before, name))} -> {_plain(getattr(after, name))}"
        for name in after._fields
        if name != "sha256" and getattr(before, name) != getattr(after, name)
    )
    return _CHANGED, f"source {change.id}: {told or 'other content'}"


def _group(
    heading: str,
    changes: Sequence[Change],
    comparison: Comparison,
    options: RenderOptions,
    everything: bool,
    *,
    alarming: bool = False,
) -> Iterator[Line]:
    yield from paragraph(heading, options, style="bad" if alarming else "strong")
    shown = changes if everything else changes[:CAP]
    for change in shown:
        yield from _change(change, comparison, options)
    if len(shown) < len(changes):
        yield from paragraph(f"  … and {len(changes) - len(shown):,} more; --all shows them", options, style="faint")


def _change(change: Change, comparison: Comparison, options: RenderOptions) -> Iterator[Line]:
    mark = _mark(change.before, change.after)
    told = " ".join(part for part in change.key if part)
    known = change.after if change.after is not None else change.before
    facts = _facts(known)
    if comparison.is_popular(change) and change.kind != "names":
        facts.insert(0, "POPULAR")
    yield from row(mark, f"{told}: {', '.join(facts)}" if facts else told, options)
    for name in change.fields:
        text = _difference(getattr(change.before, name), getattr(change.after, name))
        yield from field(Span("was", "faint"), f"{name.replace('_', ' ')} {text}", options, column=_COLUMN)


def _facts(known: Row | None) -> list[str]:
    """Return what a row says, in a few words."""
    if isinstance(known, AdvisoryRow):
        affected = [*known.affected, *(f"={version}" for version in known.versions)]
        versions = "every version" if known.whole_package else _listing(affected) or "no version for sure"
        return [part for part in (known.kind, known.severity, versions) if part]
    if isinstance(known, IndicatorRow | ListRow):
        until = f"until {known.expires}" if known.expires else ""
        return [part for part in (known.reason, until) if part]
    return [f"in {_listing(known.sections)}"] if isinstance(known, Listed) else []


def _difference(before: Any, after: Any) -> str:
    if not isinstance(before, tuple):
        return _arrow(_plain(before), _plain(after))
    went, came = [each for each in before if each not in after], [each for each in after if each not in before]
    parts = [f"without {_listing(went)}"] * bool(went) + [f"with {_listing(came)}"] * bool(came)
    return ", ".join(parts) or "in another order"


def _listing(values: Sequence[str]) -> str:
    more = f", … {len(values) - _SHOWN_VALUES:,} more" if len(values) > _SHOWN_VALUES else ""
    return ", ".join(values[:_SHOWN_VALUES]) + more


def _counts(comparison: Comparison, options: RenderOptions) -> Iterator[Line]:
    counts = comparison.counts()
    if counts:
        yield from paragraph("All by count", options, style="strong")
    for kind, numbers in counts.items():
        told = f"{numbers.came:,} came, {numbers.went:,} went, {numbers.changed:,} changed"
        yield from row(Span(f"  {_KINDS[kind]}"), told, options, column=18)


def _rest(comparison: Comparison, options: RenderOptions, everything: bool) -> Iterator[Iterable[Line]]:
    for kind in comparison.counts():
        calm = [change for change in comparison.changes if change.kind == kind and not change.concerns]
        if calm:
            heading = f"{_KINDS[kind]}, the rest ({len(calm):,})"
            yield _group(heading, calm, comparison, options, everything)


def _verdict(comparison: Comparison) -> str:
    if comparison.same:
        return f"The same pack, {short_digest(f'sha256:{comparison.after.digest}')}."
    urgent = sum(bool(change.concerns) for change in comparison.changes)
    unverified = [
        name for name, pack in (("before", comparison.before), ("after", comparison.after)) if pack.refusal is not None
    ]
    warning = f" UNVERIFIED: {', '.join(unverified)}." if unverified else ""
    return f"{count(len(comparison.changes), 'entry', 'entries')} differ, {urgent:,} of them to be looked at.{warning}"


def _mark(before: object, after: object) -> Span:
    return _CAME if before is None else _WENT if after is None else _CHANGED


def _arrow(before: str | None, after: str | None) -> str:
    return f"{before} -> {after}" if before is not None and after is not None else before or after or ""


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return value if value and isinstance(value, str) else "none"
