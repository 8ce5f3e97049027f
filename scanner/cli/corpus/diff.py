"""``assay corpus diff``: what came, went and changed between two packs."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus.comparison import compare
from assay.corpus.holders import named_trust
from assay.corpus.pack import FileBytes
from assay.corpus.readable import read_pack
from assay.corpus.store import Store
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.corpus.comparison import json_pieces, render_table
from assay.scanner.cli.corpus.places import find_pack
from assay.scanner.cli.emit import render_options, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from assay.corpus.anchors import Trust
    from assay.corpus.readable import ReadablePack

_PIECES = 1000
"""Pieces of JSON that are written at once."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A pack file, signed or not, or the digest of a pack.")],
    after: Annotated[str, typer.Argument(metavar="B", help="A later one.")],
    everything: Annotated[
        bool,
        typer.Option("--all", envvar="ASSAY_CORPUS_DIFF_ALL", help="List every change, not the first of each group."),
    ] = False,
    format_name: given.TableOrJson = "table",
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> int:
    """Compare two packs before one is signed or used.

    What could do harm comes first. A pack that is not accepted (yet) is compared as well, and said to be UNVERIFIED.

    Exit codes: 0 the same; 1 different; 5 a pack cannot be read.
    """
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    place = store or default_store()
    folder, known = Store(place), named_trust(place, load_trust_root(trust_root))
    with closing(FileBytes(find_pack(before, folder))) as old, closing(FileBytes(find_pack(after, folder))) as new:
        comparison = compare(_read(before, old, known.trust), _read(after, new, known.trust))
    if format_name == "table":
        write_stdout(render_table(comparison, known.holder, render_options(None), everything=everything))
        return 0 if comparison.same else 1
    pieces = json_pieces(comparison, known.holder)
    while text := "".join(islice(pieces, _PIECES)):
        write_stdout(text)
    return 0 if comparison.same else 1


def _read(name: str, file: FileBytes, trusted: Trust) -> ReadablePack:
    """Return a pack; a refusal names which of the two it is about."""
    try:
        return read_pack(file, trusted)
    except CorpusError as error:
        raise CorpusError(error.code, f"{name}: {error.detail}") from error
