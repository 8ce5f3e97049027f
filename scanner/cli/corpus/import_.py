"""``assay corpus import``: verified packs go into the store."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from assay.corpus import dsse, journey, manifest, pack, succession
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root, note
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

    Scans use them from then on. From a folder all *.pack and *.pack.gz, the oldest first; those older than what was
    accepted are passed over. A pack that is refused leaves the store as it was.
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
    for path, claimed in _packs_in(source):
        try:
            if not _is_passed_over(folder, path, claimed):
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


def _is_passed_over(folder: Store, path: str, claimed: Claim | None) -> bool:
    """Say whether a pack of a folder is older than what was accepted, by what it claims; nothing of it is taken then.

    The pack that was accepted is taken again: it may bring a trust root, or mend the store.
    """
    accepted = folder.state().accepted().get(claimed.channel) if claimed is not None else None
    if claimed is None or accepted is None:
        return False
    name = f"{os.path.basename(path)}: {claimed.channel} {claimed.epoch}.{claimed.seq} is"
    if (claimed.epoch, claimed.seq) < (accepted.epoch, accepted.seq):
        note(f"{name} older than what was accepted, {accepted.epoch}.{accepted.seq}; passed over")
        return True
    if claimed.digest == accepted.digest:
        note(f"{name} what was accepted before")
    return False


def _packs_in(folder: str) -> list[tuple[str, Claim | None]]:
    """Return the packs of a folder in the order of the number that they claim, so that each is newer than the last.

    Those that cannot be read come last.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(ENDINGS))
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; name a folder with packs") from error
    if not names:
        raise UsageError(f"{folder}: no file ends in {' or '.join(ENDINGS)}; name a folder with packs")
    found = [(path, _claim(path)) for path in (os.path.join(folder, name) for name in names)]
    return sorted(found, key=lambda each: (each[1].epoch, each[1].seq) if each[1] else (sys.maxsize, 0))


class Claim(NamedTuple):
    """What a pack says that it is, unverified."""

    channel: str
    epoch: int
    seq: int
    digest: str


def _claim(path: str) -> Claim | None:
    """Return what a pack claims, compressed or not; None if it cannot be read. Only its head is unpacked."""
    try:
        handle = pack.open_regular(path)
    except CorpusError:
        return None
    try:
        envelope = dsse.parse(pack.read_container(_Beginning(handle)).envelope, dsse.MANIFEST_TYPE)
        made = manifest.parse(envelope.payload)
    except CorpusError:
        return None
    finally:
        os.close(handle)
    return Claim(made.channel, made.epoch, made.seq, manifest.digest(envelope.payload))


class _Beginning:
    """The bytes of a pack as far as they were asked for: enough for its head, which is short."""

    size = pack.MAX_BYTES
    """The most that there may be; where it ends is not known."""

    def __init__(self, handle: int) -> None:
        self._parts = journey.parts(handle)
        self._data = bytearray()

    def read(self, offset: int, length: int) -> bytes:
        """Return a copy of a part. Raises CorpusError as ``journey.parts``, and E_CONTAINER if there is less."""
        while len(self._data) < offset + length:
            part = next(self._parts, None)
            if part is None:
                raise CorpusError("E_CONTAINER", "cut off: the file ends before its head does")
            self._data += part
        return bytes(self._data[offset : offset + length])
