"""``assay corpus export``: a pack for the journey."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from assay.corpus import pack
from assay.corpus.journey import write_export
from assay.corpus.shipped import default_pack_path
from assay.corpus.store import Store
from assay.corpus.view import open_view
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError

SHORTEST_DIGEST = 8
"""Hex digits that name a pack, if no other pack begins with them."""


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def export(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="Digest of a pack, or its first 8 digits.")],
    destination: Annotated[str, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
    gz: Annotated[bool, typer.Option("--gz", envvar="ASSAY_GZ", help="Compress it for the journey.")] = False,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Write a pack of the store, or the one that ships, to a file."""
    root = load_trust_root(trust_root)
    wanted = digest.removeprefix("sha256:").lower()
    if len(wanted) < SHORTEST_DIGEST:
        raise UsageError(
            f"corpus export {digest}: give at least {SHORTEST_DIGEST} digits; 'assay corpus list' has them"
        )
    folder = Store(store or default_store())
    paths = {stored.digest: stored.path for stored in folder.list_packs(root)}
    with open_view((default_pack_path(),), root) as view:
        paths[view.packs()[0].digest.removeprefix("sha256:")] = default_pack_path()
    matching = sorted(known for known in paths if known.startswith(wanted))
    if len(matching) != 1:
        problem = "no such pack" if not matching else "several packs begin so"
        raise UsageError(f"corpus export {digest}: {problem}; 'assay corpus list' has the digests")
    handle = pack.open_regular(paths[matching[0]])
    try:
        write_export(handle, destination, compress=gz)
    finally:
        os.close(handle)
    write_stdout(f"{destination}: sha256:{matching[0]}\n")
