"""``assay corpus trust remove``: believe a publisher no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import decisions
from assay.corpus.store import Store
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it was called when it was added.")],
    store: given.StoreFolder = None,
) -> None:
    """Believe a publisher no longer; scans do without its channels."""
    channels = decisions.remove_anchor(Store(store or default_store()), name)
    write_stdout(f"{name} is no longer trusted; scans do without the channels {', '.join(channels) or '(none)'}\n")
