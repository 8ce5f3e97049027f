"""``assay corpus use``: a channel's newest pack, or none of its packs, for scans to come."""

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
def use(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of the store.")],
    off: Annotated[bool, typer.Option("--off", envvar="ASSAY_OFF", help="Let scans do without this channel.")] = False,
    store: given.StoreFolder = None,
) -> None:
    """Use the newest pack of a channel, or none of it.

    Ends a rollback. For an older pack see 'assay corpus rollback'. With --off scans do without the channel; its
    packs stay.
    """
    folder = Store(store or default_store())
    if off:
        decisions.switch_off(folder, channel)
        write_stdout(f"{channel}: switched off; scans do without it\n")
    else:
        write_stdout(f"{channel}: scans use sha256:{decisions.use(folder, channel)}\n")
