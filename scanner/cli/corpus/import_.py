"""``assay corpus import``: a verified pack goes into the store."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus.store import Store
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A pack, also as export --gz wrote it.")],
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Verify a pack and take it into the store.

    A pack that is refused leaves the store as it was.
    """
    verified = Store(store or default_store()).import_pack(source, load_trust_root(trust_root))
    made = verified.manifest
    write_stdout(f"imported {made.channel} epoch {made.epoch} seq {made.seq}, sha256:{verified.digest}\n")
