"""``assay corpus trust update``: the next trust root of a publisher who is believed."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import decisions
from assay.corpus.holders import named_trust
from assay.corpus.shipped import read_root
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def update(
    paths: Annotated[list[str], typer.Argument(metavar="ROOT...", help="Trust roots, each the successor of the last.")],
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Take the next trust root of a publisher.

    It must be signed by enough old and enough new root keys. Several are taken in the order given; those before one
    that is refused stay.
    """
    folder, trusted = store or default_store(), load_trust_root(trust_root)
    for path in paths:
        envelope = read_root(path)
        before = {anchor.id: anchor.root.version for anchor in named_trust(folder, trusted).trust.anchors}
        try:
            anchor = decisions.update_anchor(Store(folder), envelope, trusted)
        except CorpusError as refusal:
            raise CorpusError(refusal.code, f"{path}: {refusal.detail}") from refusal
        name = named_trust(folder, trusted).name(anchor)
        version, newest = anchor.root.version, anchor.known[-1].fingerprint
        moved = version > before.get(anchor.id, version)
        write_stdout(
            f"{name} has trust root {version} now, sha256:{newest}\n"
            if moved
            else f"{visible(path)}: known already; {name} has trust root {version}\n"
        )
