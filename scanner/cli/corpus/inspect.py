"""``assay corpus inspect``: what a pack says of itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assay.corpus.holders import named_trust
from assay.corpus.inspection import Inspection, inspect_pack
from assay.corpus.shipped import default_pack_path
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import import_remark, load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def inspect(
    path: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A pack file.", show_default="shipped")] = None,
    format_name: given.TableOrJson = "table",
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Show what a pack says, and whether it is verified.

    Signers and whose keys they are, sources with their licences, sections, contents; UNVERIFIED if it is not accepted.
    """
    place = store or default_store()
    seen = inspect_pack(path or default_pack_path(), named_trust(place, load_trust_root(trust_root)))
    remark = None
    if path is not None and seen.verified:
        remark = import_remark(seen.manifest, seen.digest, Store(place))
    if format_name == "json":
        write_stdout(encode({**_inspection_document(seen), "remark": remark}) + "\n")
    elif format_name == "table":
        write_stdout("\n".join(map(visible, _inspection_lines(seen, remark))) + "\n")
    else:
        raise UsageError(f"--format {format_name}: choose table or json")


def _inspection_document(seen: Inspection) -> dict[str, Any]:
    made = seen.manifest
    return {
        "verified": seen.verified,
        "refusal": str(seen.refusal) if seen.refusal else None,
        "digest": f"sha256:{seen.digest}",
        "bytes": seen.size,
        "anchor": seen.anchor,
        "signers": [{"keyid": each, "holder": seen.holders.get(each)} for each in seen.signers],
        "roots": [{"version": each.version, "fingerprint": f"sha256:{each.fingerprint}"} for each in seen.roots],
        "entries": dict(seen.entries),
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


def _inspection_lines(seen: Inspection, remark: str | None = None) -> list[str]:
    made = seen.manifest
    state = (
        f"VERIFIED by the trust root of {seen.anchor}"
        if seen.verified
        else f"UNVERIFIED ({seen.refusal}): believe nothing below"
    )
    lines = [
        f"state     {state}",
        *([f"remark    {remark}"] if remark is not None else []),
        f"digest    sha256:{seen.digest}",
        f"channel   {made.channel}, epoch {made.epoch}, seq {made.seq}",
        f"title     {made.title}",
        f"builder   {made.builder}",
        f"built at  {made.built_at}, fresh until {made.fresh_until}",
        f"size      {seen.size:,} bytes",
        *(f"signer    {each}  {seen.holders.get(each, 'unknown here')}" for each in seen.signers),
        *(f"carries   trust root {each.version}, sha256:{each.fingerprint}" for each in seen.roots),
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
    if seen.entries:
        lines += ["", "entries, as counted"]
        lines += [f"  {kind}  {number:,}" for kind, number in seen.entries.items()]
    lines += ["", "contents"]
    lines += [f"  {name}  {count:,}" for name, count in sorted(made.stats.items())]
    return lines
