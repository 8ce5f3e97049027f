"""``assay corpus list``: the packs that are at hand, and which are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from assay.corpus.selection import Request, open_corpus
from assay.corpus.shipped import default_pack_path, load_trust
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
    from assay.corpus.store import StoredPack
    from assay.scanner.knowledge import PackInfo

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("list")
def list_(
    format_name: given.TableOrJson = "table",
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """List the packs at hand, and which of them scans use.

    Exit 5 if what scans would use is refused; the list is printed all the same.
    """
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    trusted = load_trust_root(trust_root)
    folder = Store(store or default_store())
    refusal: CorpusError | None = None
    used: dict[str, PackInfo] = {}
    try:
        with open_corpus(folder, trusted, Request(own_trust=trust_root is not None)) as view:
            used = {info.digest: info for info in view.packs()}
    except CorpusError as error:
        refusal = error
    with open_view((default_pack_path(),), load_trust()) as view:
        found = [_entry(info.digest, info, "ships with assay", used) for info in view.packs()]
    found += [_stored(stored, used) for stored in folder.list_packs(trusted)]
    write_stdout(encode(found) + "\n" if format_name == "json" else "".join(map(_row, found)))
    if refusal is not None:
        raise refusal


def _entry(digest: str, info: PackInfo | None, place: str, used: dict[str, PackInfo]) -> dict[str, Any]:
    return {
        "digest": digest,
        "place": place,
        "in_use": digest in used,
        "pinned": used[digest].pinned if digest in used else None,
        "channel": info.channel if info else None,
        "epoch": info.epoch if info else None,
        "seq": info.seq if info else None,
        "built_at": info.built_at if info else None,
        "refusal": None,
    }


def _stored(stored: StoredPack, used: dict[str, PackInfo]) -> dict[str, Any]:
    place = "store"
    if stored.refusal and stored.by_root is not None:
        place = f"store, good for a lock alone: accepted by trust root {stored.by_root}"
    entry = _entry(f"sha256:{stored.digest}", stored.info, place, used)
    return {**entry, "refusal": str(stored.refusal) if stored.refusal else None}


def _row(entry: dict[str, Any]) -> str:
    mark = "*" if entry["in_use"] else " "
    digest = entry["digest"][:19]
    if entry["channel"] is None:
        return f"{mark} {digest}  REFUSED {visible(entry['refusal'])}\n"
    pinned = f", pinned: {visible(entry['pinned'])}" if entry["pinned"] else ""
    return (
        f"{mark} {digest}  {entry['channel']} {entry['epoch']}.{entry['seq']}  "
        f"built {entry['built_at'][:10]}  {entry['place']}{pinned}\n"
    )
