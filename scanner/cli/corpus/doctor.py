"""``assay corpus doctor``: what is wrong with the store, and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import doctor as examination
from assay.corpus.selection import Request
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", envvar="ASSAY_REPAIR", help="Mend what can be mended without trusting anything.")
    ] = False,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Examine the store and say what to mend.

    Its state, trust roots, packs, keys and leftovers. Exit 5 if something is wrong; each line says what to do.
    """
    folder, trusted = store or default_store(), load_trust_root(trust_root)
    if repair:
        for line in examination.repair(folder, trusted):
            write_stdout(f"{visible(line)}\n")
    wrong = 0
    for symptom in examination.examine(folder, trusted, Request(own_trust=trust_root is not None)):
        wrong += symptom.wrong is not None
        line = f"WRONG  {symptom.what}: {symptom.wrong}" if symptom.wrong else f"ok     {symptom.what}"
        write_stdout(f"{visible(line)}\n")
    if wrong:
        raise CorpusError("E_STORE", f"{wrong} thing(s) wrong with the store, see above")
