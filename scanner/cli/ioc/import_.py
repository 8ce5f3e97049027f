"""``assay ioc import``: register what a file lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import local
from assay.corpus.shipped import load_trust
from assay.scanner.cli import options as given
from assay.scanner.cli.ioc import arguments, exchange
from assay.scanner.cli.options import completes
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.indicators import IndicatorEntry

_FORMATS = ("auto", *exchange.FORMATS)
_SHOWN = 20
"""Entries left out that are named unless verbose."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="CSV or a STIX 2.1 bundle; - for standard input.")],
    format_name: Annotated[
        str,
        typer.Option(
            "--format", "-f", envvar="ASSAY_FORMAT", help="auto, csv or stix.", autocompletion=completes(_FORMATS)
        ),
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", envvar="ASSAY_DRY_RUN", help="Say what would change; change nothing.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", envvar="ASSAY_VERBOSE", help="Name everything that is left out.")
    ] = False,
    day: arguments.Day = None,
    store: given.StoreFolder = None,
) -> None:
    """Register what a file lists.

    From a malformed file nothing. What was registered before gets the reason, reference and last day of the file.
    """
    exchange.require_format(format_name, _FORMATS)
    folder = store or default_store()
    found = exchange.read(source, format_name)
    if found.skipped and not found.entries:
        name, reason = found.skipped[0]
        raise UsageError(f"{source}: holds nothing that can be looked for; {name}: {reason}")

    def edit(known: tuple[IndicatorEntry, ...]) -> Iterable[IndicatorEntry]:
        return {**local.by_key(known), **local.by_key(found.entries)}.values()

    if dry_run:
        _say(found, local.read(folder, load_trust()).entries, "would be ", everything=verbose)
        return
    made = arguments.change(folder, edit, day)
    _say(found, made.before.entries, "", everything=verbose)
    arguments.say_state(made)


def _say(found: exchange.Read, known: tuple[IndicatorEntry, ...], would: str, *, everything: bool) -> None:
    before = local.by_key(known)
    old = [before.get(local.key_of(entry)) for entry in found.entries]
    added = old.count(None)
    unchanged = sum(one == other for one, other in zip(old, found.entries, strict=True))
    arguments.say(
        f"{added} {would}added, {len(old) - added - unchanged} {would}updated, {unchanged} unchanged, "
        f"{len(found.skipped)} skipped"
    )
    shown = found.skipped if everything else found.skipped[:_SHOWN]
    for name, reason in shown:
        arguments.say(f"skipped {name}: {reason}")
    if len(shown) < len(found.skipped):
        arguments.say(f"and {len(found.skipped) - len(shown)} more skipped; --verbose names them")
