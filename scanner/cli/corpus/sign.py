"""``assay corpus sign``: signatures on a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import anchors, dsse, signing, succession
from assay.corpus.comparison import compare
from assay.corpus.holders import NamedTrust, named_trust
from assay.corpus.inspection import count_entries
from assay.corpus.pack import FileBytes, MemoryBytes, read_container
from assay.corpus.readable import ReadablePack, read_pack
from assay.corpus.shipped import default_pack_path, read_root
from assay.corpus.standing import ratchet_remark, standing, with_carried
from assay.corpus.store import Store
from assay.corpus.trust import DEFAULT_CHANNEL
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import (
    Keys,
    PackFile,
    PassphraseFiles,
    PassphraseVariables,
    Yes,
    confirm,
    load_trust_root,
    note,
    passphrases,
    read_file,
    read_keys,
)
from assay.scanner.cli.corpus.comparison import render_table
from assay.scanner.cli.corpus.places import find_pack
from assay.scanner.cli.emit import render_options, write_file, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.corpus.anchors import Trust

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
    carry: Annotated[
        list[str] | None,
        typer.Option("--carry", metavar="ROOT", envvar="ASSAY_CARRY", help="Carry this trust-root update, in order."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", envvar="ASSAY_SINCE", help="The pack to compare with.", show_default="in use", metavar="PACK"
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", envvar="ASSAY_ALL", help="List every change, not the first of each group.")
    ] = False,
    yes: Yes = False,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Sign a pack with one or more Ed25519 keys.

    With --append, or --since, what changed since the last pack is shown, and --append asks a terminal before it signs;
    elsewhere it needs --yes. A pack that is not well formed is not signed.
    """
    if not keys:
        raise UsageError("corpus sign: no key; name one with --key")
    data = read_file(path)
    folder = Store(store or default_store())
    known = named_trust(store or default_store(), load_trust_root(trust_root))
    pack = read_pack(MemoryBytes(data), known.trust)
    roots = [*pack.container.roots]
    roots += [root for root in map(read_root, carry or ()) if root not in roots]
    after = known._replace(trust=with_carried(known.trust, roots))
    _require_valid(pack, after)
    if append or since is not None:
        earlier = _earlier(pack, since, folder, own_trust=trust_root is not None)
        write_stdout(_summary(pack, earlier, after, known.trust, everything=everything))
    remark = ratchet_remark(pack.manifest, pack.digest, folder.state().accepted().get(pack.manifest.channel))
    if remark is not None:
        note(f"warning: {path}: {remark}")
    if append:
        confirm("Sign?", yes=yes, command="corpus sign --append")
    signers = read_keys(keys, passphrases(variables, files))
    _require_valid(pack, after, signers)
    signed = signing.sign_pack(data, signers, append=append, carried=roots)
    write_file(output or path, signed)
    _say(output or path, signed, pack.manifest.channel, known, after)


def _require_valid(pack: ReadablePack, known: NamedTrust, keys: list[Ed25519PrivateKey] | None = None) -> None:
    """Refuse a pack that somebody changed after it was signed. Raises CorpusError E_SIGNATURE."""
    mine = {signing.key_id(key): signing.public_bytes(key) for key in keys or ()}
    signing.require_valid(dsse.parse(pack.container.envelope, dsse.MANIFEST_TYPE), {**known.keys(), **mine})


# --- what changed ----------------------------------------------------------------------------------------------


def _earlier(pack: ReadablePack, since: str | None, folder: Store, *, own_trust: bool) -> str | None:
    """Return the path of the pack to compare with: the one named, or the one of its channel that scans use.

    Of a channel that is switched off it is the newest one.
    The pack that ships is nobody's predecessor under a trust root of one's own.
    """
    if since is not None:
        return find_pack(since, folder)
    state = folder.state()
    kept = state.packs_of(pack.manifest.channel)
    if kept:
        return folder.pack_path(state.channels[pack.manifest.channel].used or kept[0])
    return default_pack_path() if pack.manifest.channel == DEFAULT_CHANNEL and not own_trust else None


def _summary(pack: ReadablePack, earlier: str | None, known: NamedTrust, trusted: Trust, *, everything: bool) -> str:
    """Return what changed since the earlier pack, as text; of a first pack what it holds."""
    if earlier is None:
        made = pack.manifest
        lines = [
            f"no earlier pack of channel {made.channel} is known here: everything in this one is new",
            f"  {made.title}, {made.epoch}.{made.seq}, built {made.built_at[:10]}",
            *(f"  section {each.name}, {each.kind}, {each.length:,} bytes" for each in made.sections),
            *(f"  {kind}: {count:,} entries, as counted" for kind, count in count_entries(pack).items()),
            *(f"  it says of itself {name}: {count:,}" for name, count in sorted(made.stats.items())),
        ]
        return "".join(f"{visible(line)}\n" for line in lines)
    file = FileBytes(earlier)
    try:
        before = read_pack(file, trusted)
        return render_table(compare(before, pack), known.holder, render_options(None), everything=everything)
    except CorpusError as refusal:
        raise CorpusError(refusal.code, f"{earlier}: {refusal.detail}") from refusal
    finally:
        file.close()


def _say(path: str, signed: bytes, channel: str, known: NamedTrust, after: NamedTrust) -> None:
    """Print who signed now, and what is missing; what will keep the pack from being believed goes to stderr."""
    file = MemoryBytes(signed)
    container = read_container(file)
    signers = [each.keyid for each in dsse.parse(container.envelope, dsse.MANIFEST_TYPE).signatures]
    stands = standing(file, channel, signers, known.trust, container.roots)
    for remark in stands.remarks:
        note(f"note: {path}: {remark}")
    told = f"signatures: {stands.signatures}, of how many is not known here"
    if stands.threshold is not None:
        missing = stands.threshold - stands.signatures
        told = f"signatures {stands.signatures} of threshold {stands.threshold}"
        told += f"; needs {missing} more" if missing > 0 else ""
    lines = [f"{path}: {told}", *(f"  signer {each}  {after.holder(each) or 'unknown here'}" for each in signers)]
    lines += [
        f"  carries trust root {succession.read(each)[1].version}, sha256:{anchors.fingerprint(each)}"
        for each in container.roots
    ]
    write_stdout("".join(f"{visible(line)}\n" for line in lines))
