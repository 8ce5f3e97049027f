"""``assay corpus lock``: the packs in use, written down so that a scan can be repeated."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import corpus_lock
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.run import open_corpus

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def lock(
    output: Annotated[
        str,
        typer.Option("--output", "-o", envvar="ASSAY_LOCK_OUTPUT", help="The file to write, - for none."),
    ] = "corpus.lock",
    least: Annotated[
        bool,
        typer.Option("--least", envvar="ASSAY_LEAST", help="Ask for these packs or newer ones."),
    ] = False,
    corpus: given.Corpus = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Write down which packs scans use.

    For 'assay scan --corpus-lock FILE'. By digest, so that a scan can be repeated to the byte years later; with
    --least by number, as a defence against old packs on a machine whose store was wiped.
    """
    with open_corpus(given.listed(corpus), store, trust_root) as view:
        text = corpus_lock.dump(view.verified, exact=not least)
    if output == "-":
        write_stdout(text.decode())
    else:
        write_file(output, text)
        write_stdout(f"{output}: written; use it with --corpus-lock {output}\n")
