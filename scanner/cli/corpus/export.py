"""``assay corpus export``: a pack for the journey."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from assay.corpus import pack
from assay.corpus.journey import write_export
from assay.corpus.store import Store
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.places import find_digest, path_of
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def export(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="Digest of a pack, or its first 8 digits.")],
    destination: Annotated[str, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
    gz: Annotated[bool, typer.Option("--gz", envvar="ASSAY_GZ", help="Compress it for the journey.")] = False,
    store: given.StoreFolder = None,
) -> None:
    """Write a pack of the store, or the one that ships, to a file."""
    folder = Store(store or default_store())
    found = find_digest(digest, folder)
    handle = pack.open_regular(path_of(found, folder))
    try:
        write_export(handle, destination, compress=gz)
    finally:
        os.close(handle)
    write_stdout(f"{destination}: sha256:{found}\n")
