"""``assay corpus``: build, sign, verify, inspect, import, list and export signed packs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.corpus import build as building
from assay.corpus import pack, signing
from assay.corpus.contents import verify_pack
from assay.corpus.inspection import Inspection, inspect_pack
from assay.corpus.pack import FileBytes
from assay.corpus.store import Store, default_pack_path, write_export
from assay.corpus.trust import TrustRoot, load_root
from assay.corpus.view import open_view
from assay.formatters.escape import visible
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.scanner.knowledge import PackInfo

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Signed packs: what assay knows."
)

Keys = Annotated[list[str] | None, typer.Option("--key", "-k", envvar="ASSAY_KEY", help="Private key, PKCS 8 PEM.")]
PackFile = Annotated[str, typer.Argument(metavar="PACK", help="A pack file.")]
Destination = Annotated[str, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="The file to write.")]

SHORTEST_DIGEST = 8
"""Hex digits that name a pack, if no other pack begins with them."""


@app.command()
def build(
    sources: Annotated[
        str, typer.Option("--sources", envvar="ASSAY_SOURCES", help="Folder with osv/, popular/ and ioc/.")
    ],
    output: Destination,
    spec: Annotated[
        str,
        typer.Option("--spec", envvar="ASSAY_SPEC", help="Build specification, JSON.", show_default="the shipped one"),
    ] = building.DEFAULT_SPEC,
    seq: Annotated[
        int | None,
        typer.Option("--seq", min=1, envvar="ASSAY_SEQ", help="Number of the pack, not the specification's."),
    ] = None,
    keys: Keys = None,
) -> None:
    """Build a pack from OSV exports, lists of names and indicators.

    The same sources give the same bytes.
    """
    built = building.build_pack(spec, sources, _keys(keys), seq=seq)
    write_file(output, built.data)
    signed = f"signed with {len(keys)} key(s)" if keys else "UNSIGNED: 'assay corpus sign' signs it"
    write_stdout(f"{output}: {len(built.data):,} bytes, sha256:{built.digest}, {signed}\n")


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
    signed = signing.sign_pack(_read(path), _keys(keys), append=append)
    write_file(output or path, signed)
    write_stdout(f"{output or path}: signed with {len(keys)} key(s)\n")


@app.command()
def verify(
    path: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A pack file.", show_default="in use")] = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Verify every byte of a pack, or of all that are at hand.

    Without PACK these are the one that ships and all in the store. Exit 5 if one fails.
    """
    root = load_trust_root(trust_root)
    failed: list[str] = []
    if path is not None:
        _verify_file(path, root)
    else:
        _verify_file(default_pack_path(), root, "the pack that ships")
        for stored in Store(store or default_store()).list_packs(root):
            if stored.refusal:
                failed.append(f"{stored.digest[:12]}: {stored.refusal}")
            else:
                write_stdout(f"ok  sha256:{stored.digest}  in the store\n")
    if failed:
        raise CorpusError("E_STORE", "; ".join(failed))


def _verify_file(path: str, root: TrustRoot, name: str | None = None) -> None:
    file = FileBytes(path)
    try:
        verified = verify_pack(file, root)
    finally:
        file.close()
    write_stdout(f"ok  sha256:{verified.digest}  {name or path}\n")


@app.command()
def inspect(
    path: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A pack file.", show_default="shipped")] = None,
    format_name: given.TableOrJson = "table",
    trust_root: given.TrustRootFile = None,
) -> None:
    """Show what a pack says of itself, and whether it is verified.

    Sources with their licences, sections, contents; UNVERIFIED if it is not accepted.
    """
    seen = inspect_pack(path or default_pack_path(), load_trust_root(trust_root))
    if format_name == "json":
        write_stdout(encode(_inspection_document(seen)) + "\n")
    elif format_name == "table":
        write_stdout("\n".join(map(visible, _inspection_lines(seen))) + "\n")
    else:
        raise UsageError(f"--format {format_name}: choose table or json")


def _inspection_document(seen: Inspection) -> dict[str, Any]:
    made = seen.manifest
    return {
        "verified": seen.verified,
        "refusal": str(seen.refusal) if seen.refusal else None,
        "digest": f"sha256:{seen.digest}",
        "bytes": seen.size,
        "signers": sorted(seen.signers),
        "channel": made.channel,
        "epoch": made.epoch,
        "seq": made.seq,
        "built_at": made.built_at,
        "fresh_until": made.fresh_until,
        "title": made.title,
        "builder": made.builder,
        "stats": dict(made.stats),
        "sources": [source._asdict() for source in made.sources],
        "sections": [section._asdict() for section in made.sections],
    }


def _inspection_lines(seen: Inspection) -> list[str]:
    made = seen.manifest
    state = "VERIFIED" if seen.verified else f"UNVERIFIED ({seen.refusal}): believe nothing below"
    lines = [
        f"state     {state}",
        f"digest    sha256:{seen.digest}",
        f"channel   {made.channel}, epoch {made.epoch}, seq {made.seq}",
        f"title     {made.title}",
        f"builder   {made.builder}",
        f"built at  {made.built_at}, fresh until {made.fresh_until}",
        f"size      {seen.size:,} bytes",
        *(f"signer    {signer}" for signer in sorted(seen.signers)),
        "",
        "sources",
    ]
    for source in made.sources:
        lines.append(
            f"  {source.id}  {source.date}  {source.licence}  {source.records_used:,} of {source.records_in:,}"
        )
        lines.append(f"      {source.attribution}  {source.url}")
    lines += ["", "sections"]
    lines += [f"  {section.name}  {section.kind}  {section.length:,} bytes" for section in made.sections]
    lines += ["", "contents"]
    lines += [f"  {name}  {count:,}" for name, count in sorted(made.stats.items())]
    return lines


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A pack, also as export --gz wrote it.")],
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Verify a pack and take it into the store.

    A pack that is refused leaves the store as it was.
    """
    verified = Store(store or default_store()).import_pack(source, load_trust_root(trust_root))
    made = verified.manifest
    write_stdout(f"imported {made.channel} epoch {made.epoch} seq {made.seq}, sha256:{verified.digest}\n")


@app.command("list")
def list_(
    format_name: given.TableOrJson = "table",
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """List the packs that ship or are in the store, and which are used."""
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    root = load_trust_root(trust_root)
    folder = Store(store or default_store())
    with folder.open_view(root) as view:
        used = {info.digest for info in view.packs()}
    with open_view((default_pack_path(),), root) as view:
        found = [_entry(info, info.digest, "ships with assay", used) for info in view.packs()]
    found += [
        _entry(stored.info, f"sha256:{stored.digest}", "store", used, stored.refusal)
        for stored in folder.list_packs(root)
    ]
    write_stdout(encode(found) + "\n" if format_name == "json" else "".join(map(_row, found)))


def _entry(
    info: PackInfo | None, digest: str, place: str, used: set[str], refusal: CorpusError | None = None
) -> dict[str, Any]:
    return {
        "digest": digest,
        "place": place,
        "in_use": digest in used,
        "channel": info.channel if info else None,
        "epoch": info.epoch if info else None,
        "seq": info.seq if info else None,
        "built_at": info.built_at if info else None,
        "refusal": str(refusal) if refusal else None,
    }


def _row(entry: dict[str, Any]) -> str:
    mark = "*" if entry["in_use"] else " "
    if entry["refusal"]:
        return f"{mark} {entry['digest'][:19]}  REFUSED {visible(entry['refusal'])}\n"
    return (
        f"{mark} {entry['digest'][:19]}  {entry['channel']} {entry['epoch']}.{entry['seq']}  "
        f"built {entry['built_at'][:10]}  {entry['place']}\n"
    )


@app.command()
def export(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="Digest of a pack, or its first 8 digits.")],
    destination: Annotated[str, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
    gz: Annotated[bool, typer.Option("--gz", envvar="ASSAY_GZ", help="Compress it for the journey.")] = False,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Write a pack of the store, or the one that ships, to a file."""
    root = load_trust_root(trust_root)
    wanted = digest.removeprefix("sha256:").lower()
    if len(wanted) < SHORTEST_DIGEST:
        raise UsageError(
            f"corpus export {digest}: give at least {SHORTEST_DIGEST} digits; 'assay corpus list' has them"
        )
    folder = Store(store or default_store())
    paths = {stored.digest: stored.path for stored in folder.list_packs(root)}
    with open_view((default_pack_path(),), root) as view:
        paths[view.packs()[0].digest.removeprefix("sha256:")] = default_pack_path()
    matching = sorted(known for known in paths if known.startswith(wanted))
    if len(matching) != 1:
        problem = "no such pack" if not matching else "several packs begin so"
        raise UsageError(f"corpus export {digest}: {problem}; 'assay corpus list' has the digests")
    handle = pack.open_regular(paths[matching[0]])
    try:
        write_export(handle, destination, compress=gz)
    finally:
        os.close(handle)
    write_stdout(f"{destination}: sha256:{matching[0]}\n")


def load_trust_root(path: str | None) -> TrustRoot:
    """Return the trust root in a file, or the one that ships.

    Raises:
        CorpusError: E_ROOT: it is none.
    """
    return load_root(path) if path else load_root()


def _keys(paths: list[str] | None) -> list[Ed25519PrivateKey]:
    keys = []
    for path in paths or ():
        try:
            keys.append(signing.load_key(_read(path)))
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    return keys


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a readable file") from error
