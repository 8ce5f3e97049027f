"""``assay corpus sign``: signatures on a pack."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import signing
from assay.scanner.cli.corpus.arguments import Keys, PackFile, read_file, read_keys
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def sign(
    path: PackFile,
    keys: Keys = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="Write here, not over PACK.")
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", envvar="ASSAY_APPEND", help="Keep the signatures that are there.")
    ] = False,
) -> None:
    """Sign a pack with one or more Ed25519 keys."""
    if not keys:
        raise UsageError("corpus sign: no key; name one with --key")
    signed = signing.sign_pack(read_file(path), read_keys(keys), append=append)
    write_file(output or path, signed)
    write_stdout(f"{output or path}: signed with {len(keys)} key(s)\n")
