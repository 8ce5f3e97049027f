"""``assay corpus list``: the packs that are at hand, and which are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from assay.corpus.selection import open_corpus
from assay.corpus.shipped import default_pack_path
from assay.corpus.store import Store
from assay.corpus.view import open_view
from assay.formatters.escape import visible
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from assay.scanner.knowledge import PackInfo


app = typer.Typer(rich_markup_mode=None, add_completion=False)


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
    with open_corpus(folder, root) as view:
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
