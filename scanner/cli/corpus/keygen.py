"""``assay corpus keygen``: a key that signs packs or trust roots."""

from __future__ import annotations

from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.corpus import keys, signing
from assay.scanner.cli.corpus.arguments import (
    Destination,
    PassphraseFiles,
    Passphrases,
    PassphraseVariables,
    ask_passphrase,
    is_terminal,
    note,
    passphrases,
)
from assay.scanner.cli.emit import write_stdout
from assay.scanner.errors import UsageError

SHORT = 20
"""Characters below which a passphrase is soon guessed by whoever has the file; six words drawn by dice have 30."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def keygen(
    output: Destination,
    public_out: Annotated[
        str | None,
        typer.Option("--public-out", envvar="ASSAY_PUBLIC_OUT", help="Write the public key here, PEM.", metavar="FILE"),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--passphrase", envvar="ASSAY_ASK_PASSPHRASE", help="Encrypt it; a terminal asks for how.")
    ] = False,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
) -> None:
    """Make an Ed25519 key for signing packs or trust roots.

    The file is readable by you alone and never overwritten. Prints the key id and the public key.
    """
    passphrase = _passphrase(passphrases(variables, files), ask=ask)
    key = Ed25519PrivateKey.generate()
    private = (output, keys.encode_private(key, passphrase))
    keys.write_pair(private, (public_out, keys.encode_public(key)) if public_out is not None else None)
    if passphrase is not None and len(passphrase) < SHORT:
        note(f"warning: {output}: a passphrase below {SHORT} characters is soon guessed by whoever gets the file")
    write_stdout(f"key id      {signing.key_id(key)}\npublic key  {signing.public_bytes(key).hex()}\n")


def _passphrase(secrets: Passphrases, *, ask: bool) -> bytes | None:
    """Return the one passphrase that was asked for by an option, None if none was.

    What lies in ASSAY_KEY_PASSPHRASE opens keys, and does not encrypt new ones unless it is named.
    """
    places = len(secrets.variables) + len(secrets.files) + ask
    if not places:
        return None
    if places > 1:
        raise UsageError("corpus keygen: several passphrases; give one")
    if not ask:
        return secrets.given()[0]
    if not is_terminal():
        raise UsageError("corpus keygen --passphrase: no terminal to ask; use --passphrase-env or --passphrase-file")
    return ask_passphrase("Passphrase", twice=True)
