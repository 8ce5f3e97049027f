"""``assay ioc list``: what is looked for."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from assay.corpus import local
from assay.corpus.shipped import load_trust
from assay.corpus.trust import LOCAL_CHANNEL
from assay.formatters.escape import cells, visible
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root, note
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.ioc import arguments, exchange, values
from assay.scanner.cli.options import completes
from assay.scanner.cli.run import default_store, open_corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.corpus.indicators import IndicatorEntry

_FORMATS = ("table", "json", *exchange.FORMATS)
_SHOWN = 20
"""Indicators of another channel that the table shows."""
_WIDEST = 60
"""Columns of a value behind which the next column is no longer aligned."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class _Listed(NamedTuple):
    """The indicators of one pack, each with the id of its source."""

    channel: str
    day: str
    rows: tuple[tuple[IndicatorEntry, str], ...]


@app.command("list")
def list_(
    kind: arguments.Kind = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            envvar="ASSAY_FORMAT",
            help="table, json, csv or stix.",
            autocompletion=completes(_FORMATS),
        ),
    ] = "table",
    everything: Annotated[
        bool, typer.Option("--all", envvar="ASSAY_ALL", help="Those of the other packs in use as well.")
    ] = False,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """List what you registered.

    With --all also the indicators of the other packs that scans use.
    """
    exchange.require_format(format_name, _FORMATS)
    asked = arguments.checked_kind(kind)
    folder = store or default_store()
    arguments.warn_of_key(folder)
    reason = local.suspended(folder, load_trust())
    if reason is not None:
        note(f"what is registered on this machine is {reason}")
    listed = _everything(folder, trust_root) if everything else [_own(folder, trust_root)]
    chosen = [each._replace(rows=tuple(row for row in each.rows if asked in (None, row[0].kind))) for each in listed]
    if format_name == "json":
        write_stdout(encode([_document(each.channel, *row) for each in chosen for row in each.rows]) + "\n")
    elif format_name == "table":
        write_stdout("".join(_table(chosen)) or "nothing is registered\n")
    else:
        entries = sorted({entry for each in chosen for entry, _ in each.rows})
        day = max((each.day for each in chosen), default="") or arguments.day_or_today(None)
        write_stdout(exchange.render(entries, format_name, day))


def _own(folder: str, trust_root: str | None) -> _Listed:
    found = local.read(folder, load_trust_root(trust_root))
    return _Listed(LOCAL_CHANNEL, found.day, tuple((entry, local.SOURCE) for entry in found.entries))


def _everything(folder: str, trust_root: str | None) -> list[_Listed]:
    """Return the indicators of every pack that a scan would use, the invoker's own first."""
    with open_corpus((), folder, trust_root) as view:
        found = [
            _Listed(each.channel.name, each.manifest.built_at[:10], tuple(sorted(local.held_by(each))))
            for each in view.verified
        ]
    return sorted(found, key=lambda each: each.channel != LOCAL_CHANNEL)


def _document(channel: str, entry: IndicatorEntry, source: str) -> dict[str, Any]:
    return {**entry._asdict(), "kind": entry.kind.value, "channel": channel, "source": source}


def _table(listed: Sequence[_Listed]) -> Iterator[str]:
    for channel, packs in groupby(listed, key=lambda each: each.channel):
        rows = [row for each in packs for row in each.rows]
        if not rows:
            continue
        own = channel == LOCAL_CHANNEL
        if len(listed) > 1:
            yield f"{visible(channel)}: {len(rows)}\n"
        yield from _rows([entry for entry, _ in (rows if own else rows[:_SHOWN])])
        if not own and len(rows) > _SHOWN:
            yield f"and {len(rows) - _SHOWN} more of {visible(channel)}; --format json has all\n"


def _rows(entries: Iterable[IndicatorEntry]) -> Iterator[str]:
    shown = [(entry, visible(values.label(entry))) for entry in entries]
    width = min(max((cells(text) for _, text in shown), default=0), _WIDEST)
    for entry, text in shown:
        facts = [*([f"until {entry.expires}"] if entry.expires else ()), *filter(None, (entry.reason, entry.reference))]
        padding = " " * max(width - cells(text), 0)
        yield f"{entry.kind:<7}  {text}{padding}  {visible('; '.join(facts))}".rstrip() + "\n"
