"""``assay corpus import``: verified packs go into the store."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import dsse, manifest, pack, succession
from assay.corpus.pack import FileBytes
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from assay.corpus.anchors import Trust
    from assay.corpus.verify import VerifiedPack

ENDINGS = (".pack", ".pack.gz")
"""How the files end that are imported from a folder."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("import")
def import_(
    source: Annotated[
        str, typer.Argument(metavar="FILE|FOLDER|-", help="A pack, also as export --gz wrote it; - for standard input.")
    ],
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Verify packs and take them into the store.

    Scans use them from then on. From a folder all *.pack and *.pack.gz, the oldest first. A pack that is refused
    leaves the store as it was.
    """
    folder, trusted = Store(store or default_store()), load_trust_root(trust_root)
    if source == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("corpus import -: nothing comes from standard input; pipe a pack into it")
        _take(folder, sys.stdin.fileno(), trusted)
        return
    if not os.path.isdir(source) or os.path.islink(source):
        _take(folder, source, trusted)
        return
    refused: list[CorpusError] = []
    for path in _packs_in(source):
        try:
            _take(folder, path, trusted)
        except CorpusError as refusal:
            refused.append(CorpusError(refusal.code, f"{os.path.basename(path)}: {refusal.detail}"))
    if refused:
        for other in refused[1:]:
            print(f"assay: {visible(str(other))}", file=sys.stderr)  # noqa: T201
        raise refused[0]


def _take(folder: Store, source: str | int, trusted: Trust) -> None:
    """Import a pack and say so, also what the trust roots that it brought change."""
    before = {anchor.id: anchor.root for anchor in folder.trust(trusted).anchors}
    verified = folder.import_pack(source, trusted)
    _say(verified, in_use=bool(folder.state().channels[verified.channel.name].used))
    old, new = before.get(verified.anchor.id), verified.root
    if old is not None and old.version < new.version:
        changed = "".join(f"  {visible(line)}\n" for line in succession.changes(old, new))
        write_stdout(f"trust root {new.version} now, which the pack brought, after {old.version}:\n{changed}")


def _say(verified: VerifiedPack, *, in_use: bool) -> None:
    made = verified.manifest
    unused = ""
    if verified.pinned is not None:
        unused = f", not in use: the channel is pinned ({verified.pinned}); 'assay corpus use {made.channel}' ends that"
    elif not in_use:
        unused = f", not in use: the channel is switched off; 'assay corpus use {made.channel}' ends that"
    write_stdout(
        f"imported {made.channel} epoch {made.epoch} seq {made.seq}, sha256:{verified.digest}{visible(unused)}\n"
    )


def _packs_in(folder: str) -> list[str]:
    """Return the packs of a folder in the order of the number that they claim, so that each is newer than the last."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(ENDINGS))
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; name a folder with packs") from error
    if not names:
        raise UsageError(f"{folder}: no file ends in {' or '.join(ENDINGS)}; name a folder with packs")
    return sorted((os.path.join(folder, name) for name in names), key=lambda path: (_claimed_number(path), path))


def _claimed_number(path: str) -> tuple[int, int]:
    """Return the (epoch, seq) that a pack claims, unverified; a compressed pack comes last, as it is not unpacked."""
    try:
        file = FileBytes(path)
    except CorpusError:
        return (0, 0)
    try:
        envelope = dsse.parse(pack.read_container(file).envelope, dsse.MANIFEST_TYPE)
        made = manifest.parse(envelope.payload)
    except CorpusError:
        return (sys.maxsize, 0)
    finally:
        file.close()
    return made.epoch, made.seq
