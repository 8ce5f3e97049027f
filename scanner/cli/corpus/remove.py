"""``assay corpus remove``: a pack leaves the store."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import decisions
from assay.corpus.store import Store
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.places import find_digest
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def remove(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="Digest of a pack, or its first 8 digits.")],
    store: given.StoreFolder = None,
) -> None:
    """Delete a pack that no scan uses.

    What was accepted stays remembered: an older pack is not taken afterwards either.
    """
    folder = Store(store or default_store())
    found = find_digest(digest, folder, shipped=False)
    decisions.remove(folder, found)
    write_stdout(f"removed sha256:{found}\n")
