"""``assay corpus trust sign``: the signature of another holder on a trust root."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import dsse, signing, succession
from assay.corpus.holders import named_trust
from assay.corpus.shipped import read_root
from assay.corpus.succession import Proposal
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import (
    Keys,
    PassphraseFiles,
    PassphraseVariables,
    Yes,
    confirm,
    load_trust_root,
    passphrases,
    read_keys,
)
from assay.scanner.cli.corpus.trust.proposal import describe, read_previous, require_no_fork, status, trusted_previous
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def sign(
    path: Annotated[str, typer.Argument(metavar="ROOT", help="A trust root that 'trust make' wrote.")],
    keys: Keys = None,
    append: Annotated[
        bool, typer.Option("--append", envvar="ASSAY_APPEND", help="Keep the signatures that are there.")
    ] = False,
    previous: Annotated[
        str | None,
        typer.Option(
            "--previous",
            envvar="ASSAY_PREVIOUS",
            help="The root that this one follows.",
            show_default="the trusted one",
        ),
    ] = None,
    yes: Yes = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="Write here, not over ROOT.")
    ] = None,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Show what a trust root changes, then sign it.

    With --append a terminal is asked before anything is signed; elsewhere --yes is needed.
    """
    if not keys:
        raise UsageError("corpus trust sign: no key; name one with --key")
    envelope, root = succession.read(read_root(path))
    known = named_trust(store or default_store(), load_trust_root(trust_root))
    before = trusted_previous(root, known) if previous is None else read_previous(previous)
    old = None if before is None else succession.read(before)[1]
    if old is not None and root.version != old.version + 1:
        raise CorpusError("E_ROOT", f"root version {root.version} cannot follow {old.version}")
    proposal = Proposal(envelope, root, old)
    require_no_fork(proposal, before, known)
    write_stdout(describe(proposal, before, known))
    signing.require_valid(envelope, proposal.known_keys())
    if append:
        confirm("Sign?", yes=yes, command="corpus trust sign --append")
    signed = succession.sign(proposal, read_keys(keys, passphrases(variables, files)), append=append)
    write_file(output or path, dsse.encode(signed.envelope))
    write_stdout(status(output or path, signed))
