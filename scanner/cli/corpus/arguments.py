"""What the commands of ``assay corpus`` have in common: arguments, keys and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import signing
from assay.corpus.anchors import Trust
from assay.corpus.shipped import load_trust
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Keys = Annotated[list[str] | None, typer.Option("--key", "-k", envvar="ASSAY_KEY", help="Private key, PKCS 8 PEM.")]
PackFile = Annotated[str, typer.Argument(metavar="PACK", help="A pack file.")]
Destination = Annotated[str, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="The file to write.")]


def load_trust_root(path: str | None) -> Trust:
    """Return the trust root in a file, or the one that ships.

    Raises:
        CorpusError: E_ROOT: it is none.
    """
    return load_trust(path)


def read_keys(paths: list[str] | None) -> list[Ed25519PrivateKey]:
    """Return the private keys of PEM files.

    Raises:
        UsageError: a file cannot be read, or holds no Ed25519 key.
    """
    keys = []
    for path in paths or ():
        try:
            keys.append(signing.load_key(read_file(path)))
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    return keys


def read_file(path: str) -> bytes:
    """Return the content of a file that the invoker names.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a readable file") from error
