"""``assay corpus rollback``: a channel is held at an older pack, for a reason that every report says."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import decisions
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.corpus.places import find_digest
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def rollback(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of the store.")],
    to: Annotated[str, typer.Option("--to", metavar="DIGEST", envvar="ASSAY_TO", help="A pack that the store has.")],
    reason: Annotated[str, typer.Option("--reason", envvar="ASSAY_REASON", help="Why; every report says so.")],
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Hold a channel at an older pack.

    It stays there until 'assay corpus use CHANNEL'. The pack must be in the store, signed by keys that are trusted
    today, and not revoked. Newer packs can still be imported; they come into use when the pin ends.
    """
    folder = Store(store or default_store())
    found = find_digest(to, folder, shipped=False)
    decisions.rollback(folder, channel, found, reason, load_trust_root(trust_root))
    write_stdout(f"{channel}: pinned to sha256:{found}: {visible(reason)}\n")
