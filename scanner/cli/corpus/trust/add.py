"""``assay corpus trust add``: believe another publisher."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.corpus import anchors, decisions
from assay.corpus.fields import Fields
from assay.corpus.holders import BASE, named_trust
from assay.corpus.shipped import read_root
from assay.corpus.store import Store
from assay.corpus.trust import LOCAL_CHANNEL
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

RESERVED = (BASE, LOCAL_CHANNEL)
"""Names of what is trusted without being added: the release's roots, and what is registered on this machine."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def add(
    path: Annotated[str, typer.Argument(metavar="ROOT", help="The first trust root of a publisher.")],
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", envvar="ASSAY_FINGERPRINT", help="The root's, as its owner publishes it."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", envvar="ASSAY_NAME", help="What to call it.", show_default="its first channel"),
    ] = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Believe the packs of another publisher from now on.

    Give the fingerprint that the publisher told you by another way than the one the file came by.
    """
    envelope = read_root(path)
    anchor = anchors.first(envelope)
    if fingerprint is None:
        raise UsageError(
            f"{path}: its fingerprint is sha256:{anchor.id}; compare it with the one that its owner publishes by "
            "another way than this file came by, and give that one with --fingerprint; nothing was changed"
        )
    trusted = load_trust_root(trust_root)
    folder = store or default_store()
    known = named_trust(folder, trusted)
    for each in known.trust.anchors:
        if each.id == anchor.id == fingerprint.removeprefix("sha256:").lower():
            write_stdout(f"{known.name(each)} is trusted already, sha256:{anchor.id}\n")
            return
    chosen = _checked_name(name, sorted(anchor.root.channels))
    decisions.add_anchor(Store(folder), envelope, chosen, fingerprint, trusted)
    channels = ", ".join(sorted(anchor.root.channels))
    lines = [f"trusted as {chosen}, for the channels {channels or '(none)'}: sha256:{anchor.id}"]
    for channel, said in sorted(anchor.root.channels.items()):
        kinds = ", ".join(sorted(said.capabilities)) or "nothing"
        lines.append(f"  channel {channel}, priority {said.priority}, may hold {kinds}")
    write_stdout("".join(f"{visible(line)}\n" for line in lines))


def _checked_name(name: str | None, names: list[str]) -> str:
    if name is None and not names:
        raise UsageError("the root has no channel to be called after; give it a name with --name")
    chosen = name if name is not None else names[0]
    try:
        Fields({"name": chosen}, "", "E_ROOT", None).slug("name")
    except CorpusError as error:
        raise UsageError(f"--name {chosen[:80]!a}: a name is of a-z, 0-9, dots and hyphens") from error
    if chosen in RESERVED:
        raise UsageError(f"--name {chosen}: reserved; choose another name")
    return chosen
