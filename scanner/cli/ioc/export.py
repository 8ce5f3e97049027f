"""``assay ioc export``: what is registered, for other people and tools."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import local
from assay.corpus.shipped import load_trust
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.ioc import arguments, exchange
from assay.scanner.cli.options import completes
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def export(
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="The file to write.", show_default="stdout"),
    ] = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format", "-f", envvar="ASSAY_FORMAT", help="csv or stix.", autocompletion=completes(exchange.FORMATS)
        ),
    ] = "csv",
    store: given.StoreFolder = None,
) -> None:
    """Write what you registered as CSV or STIX.

    'ioc import' takes both. A STIX 2.1 bundle is dated by the day of the last change.
    """
    exchange.require_format(format_name, exchange.FORMATS)
    found = local.read(store or default_store(), load_trust())
    text = exchange.render(found.entries, format_name, found.day or arguments.day_or_today(None))
    if output is None:
        write_stdout(text)
        return
    write_file(output, text.encode("utf-8"))
    held = len(found.entries)
    arguments.say(f"{output}: {held} indicator{'' if held == 1 else 's'}")
