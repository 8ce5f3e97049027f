"""``assay corpus trust make``: a trust root from a file that a person wrote."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from assay.corpus import dsse, root_spec, succession, trust
from assay.corpus.holders import named_trust
from assay.corpus.succession import Proposal
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import (
    Destination,
    Keys,
    PassphraseFiles,
    PassphraseVariables,
    load_trust_root,
    note,
    passphrases,
    read_file,
    read_keys,
)
from assay.scanner.cli.corpus.trust.proposal import describe, read_previous, require_no_fork, status
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def make(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="JSON of type assay.root-spec; see docs/trust.md.")],
    output: Destination,
    keys: Keys = None,
    previous: Annotated[
        str | None, typer.Option("--previous", envvar="ASSAY_PREVIOUS", help="The root that this one follows.")
    ] = None,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Make a trust root and sign it with the root keys at hand.

    Others add theirs with 'trust sign --append'; no machine takes the root before there are enough.
    """
    for other in filter(None, (path, previous)):
        if os.path.realpath(other) == os.path.realpath(output):
            raise UsageError(f"{output}: would be overwritten; choose another --output")
    before = None if previous is None else read_previous(previous)
    old = None if before is None else succession.read(before)[1]
    try:
        spec = root_spec.parse(read_file(path), lambda name: read_file(os.path.join(os.path.dirname(path), name)), old)
    except UsageError as error:
        raise error if str(error).startswith(f"{path}:") else UsageError(f"{path}: {error}") from error
    envelope = dsse.Envelope(dsse.ROOT_TYPE, trust.dump_payload(spec.root), ())
    secrets = passphrases(variables, files)
    signed = succession.sign(Proposal(envelope, spec.root, old), read_keys(keys, secrets), append=False)
    known = named_trust(store or default_store(), load_trust_root(trust_root))
    require_no_fork(signed, before, known)
    write_file(output, dsse.encode(signed.envelope))
    for warning in spec.warnings:
        note(f"warning: {path}: {warning}")
    write_stdout(describe(signed, before, known) + status(output, signed))
