"""``assay corpus build``: a pack from public data."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import build as building
from assay.scanner.cli.corpus.arguments import (
    Destination,
    Keys,
    PassphraseFiles,
    PassphraseVariables,
    passphrases,
    read_keys,
)
from assay.scanner.cli.emit import write_file, write_stdout

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def build(
    sources: Annotated[
        str,
        typer.Option("--sources", envvar="ASSAY_SOURCES", help="Folder with the files that the specification names."),
    ],
    output: Destination,
    spec: Annotated[
        str,
        typer.Option("--spec", envvar="ASSAY_SPEC", help="Build specification, JSON.", show_default="the shipped one"),
    ] = building.DEFAULT_SPEC,
    seq: Annotated[
        int | None,
        typer.Option("--seq", min=1, envvar="ASSAY_SEQ", help="Number of the pack, not the specification's."),
    ] = None,
    keys: Keys = None,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
) -> None:
    """Build a pack from OSV exports, lists of names and indicators.

    The same sources give the same bytes.
    """
    built = building.build_pack(spec, sources, read_keys(keys, passphrases(variables, files)), seq=seq)
    write_file(output, built.data)
    signed = f"signed with {len(keys)} key(s)" if keys else "UNSIGNED: 'assay corpus sign' signs it"
    write_stdout(f"{output}: {len(built.data):,} bytes, sha256:{built.digest}, {signed}\n")
