"""What the commands of ``assay corpus`` have in common: arguments, keys, passphrases, trust and questions."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import click
import typer

from assay.corpus import signing
from assay.corpus.anchors import Trust
from assay.corpus.shipped import load_trust
from assay.corpus.standing import ratchet_remark
from assay.formatters.escape import visible
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.manifest import Manifest
    from assay.corpus.store import Store

PASSPHRASE_VARIABLE = "ASSAY_KEY_PASSPHRASE"
"""The environment variable whose passphrase is tried for every encrypted key."""

_MAX_FILE = 2**32
_MAX_SECRET = 2**20
_OTHERS = 0o077

Keys = Annotated[list[str] | None, typer.Option("--key", "-k", envvar="ASSAY_KEY", help="Private key, PKCS 8 PEM.")]
PackFile = Annotated[str, typer.Argument(metavar="PACK", help="A pack file.")]
Destination = Annotated[str, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="The file to write.")]
Yes = Annotated[bool, typer.Option("--yes", envvar="ASSAY_YES", help="Sign without being asked.")]
PassphraseVariables = Annotated[
    list[str] | None,
    typer.Option(
        "--passphrase-env",
        metavar="NAME",
        envvar="ASSAY_PASSPHRASE_ENV",
        help=f"Environment variable with a key's passphrase, beside {PASSPHRASE_VARIABLE}.",
    ),
]
PassphraseFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        envvar="ASSAY_PASSPHRASE_FILE",
        help="File whose first line is a key's passphrase.",
    ),
]


class Passphrases(NamedTuple):
    """Where passphrases come from: names of environment variables, and files. Never the command line itself."""

    variables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def given(self) -> list[bytes]:
        """Return the passphrases, as UTF-8.

        Raises:
            UsageError: a variable is not set, a file cannot be read, or one of them is empty.
        """
        found = [_from_variable(name) for name in self.variables]
        found += [_from_file(path) for path in self.files]
        usual = os.environb.get(os.fsencode(PASSPHRASE_VARIABLE))
        return [*found, usual] if usual else found


def passphrases(variables: list[str] | None, files: list[str] | None) -> Passphrases:
    """Return where passphrases come from by the options ``--passphrase-env`` and ``--passphrase-file``."""
    return Passphrases(tuple(variables or ()), tuple(files or ()))


def _from_variable(name: str) -> bytes:
    value = os.environb.get(os.fsencode(name))
    if not value:
        # The name is not repeated: it may be a passphrase that was given in the wrong place.
        raise UsageError("--passphrase-env: no such environment variable; put the passphrase into it and give its name")
    return value


def _from_file(path: str) -> bytes:
    lines = _read_secret(path, "passphrase").splitlines()
    if not lines or not lines[0]:
        raise UsageError(f"--passphrase-file {path}: its first line is empty; put the passphrase there")
    return lines[0]


def load_trust_root(path: str | None) -> Trust:
    """Return the trust root in a file, or the one that ships.

    Raises:
        CorpusError: E_ROOT: it is none.
    """
    return load_trust(path)


def read_keys(paths: list[str] | None, secrets: Passphrases | None = None) -> list[Ed25519PrivateKey]:
    """Return the private keys of PEM files; what others may read or change is warned of on standard error.

    For an encrypted key the given passphrases are tried in turn; after that a terminal is asked.

    Raises:
        UsageError: a file cannot be read, holds no Ed25519 key, or no passphrase fits.
    """
    known = (secrets or Passphrases()).given() if paths else []
    keys = []
    for path in paths or ():
        try:
            keys.append(_load_key(path, _read_secret(path, "private key"), known))
        except UsageError as error:
            raise error if str(error).startswith(path) else UsageError(f"{path}: {error}") from error
    return keys


def _load_key(path: str, pem: bytes, known: list[bytes]) -> Ed25519PrivateKey:
    if not signing.is_encrypted(pem):
        return signing.load_key(pem)
    refusal = signing.PassphraseError(
        f"the key is encrypted; give its passphrase in {PASSPHRASE_VARIABLE}, by --passphrase-env or --passphrase-file"
    )
    for passphrase in _candidates(path, known):
        try:
            return signing.load_key(pem, passphrase)
        except signing.PassphraseError as error:
            refusal = error
    raise refusal


def _candidates(path: str, known: list[bytes]) -> Iterator[bytes]:
    """Yield the passphrases to try; the person at the terminal is asked when none of those given fits."""
    yield from known
    if is_terminal():
        yield ask_passphrase(f"Passphrase of {visible(path)}")


def _read_secret(path: str, what: str) -> bytes:
    """Return the content of a file that only its owner should have rights to; warn if others have any."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS:
                note(f"warning: {path}: others on this machine can read or change this {what}; run: chmod 600 {path}")
            return file.read(_MAX_SECRET)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a readable file") from error


def import_remark(made: Manifest, digest: str, folder: Store) -> str | None:
    """Return why an import would refuse a pack, verified or not, after what the store accepted; None if it would not.

    Raises:
        CorpusError: E_STORE: the store cannot be read.
    """
    accepted = folder.state().accepted().get(made.channel)
    remark = ratchet_remark(made, digest, accepted)
    if remark is None or accepted is None:
        return None
    if (made.epoch, made.seq) == (accepted.epoch, accepted.seq):
        return f"not the pack that this store accepted: import would refuse it (E_EQUIVOCATION); {remark}"
    return f"older than what this store accepted: import would refuse it (E_ROLLBACK); {remark}"


def read_file(path: str) -> bytes:
    """Return the content of a file that the invoker names.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_FILE)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a readable file") from error


# --- the person at the terminal --------------------------------------------------------------------------------


def is_terminal() -> bool:
    """Say whether there is a person who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_passphrase(question: str, *, twice: bool = False) -> bytes:
    """Ask for a passphrase that is not shown. Raises click.Abort if there is none to come."""
    text: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
    return text.encode("utf-8")


def confirm(question: str, *, yes: bool, command: str) -> None:
    """Ask a question whose answer is no unless the person at the terminal says yes, or said so by ``--yes``.

    Raises:
        UsageError: there is nobody to ask, or the answer was no.
    """
    if yes:
        return
    if not is_terminal():
        raise UsageError(f"{command}: nobody to ask here; read what changed, then give --yes to sign")
    if not click.confirm(question, default=False, err=True):
        raise UsageError(f"{command}: not signed")


def note(text: str) -> None:
    """Write one line to standard error that is no error."""
    print(f"assay: {visible(text)}", file=sys.stderr)  # noqa: T201
