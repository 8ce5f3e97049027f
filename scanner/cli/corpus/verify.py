"""``assay corpus verify``: every byte of a pack, or of all that are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus.contents import verify_pack
from assay.corpus.pack import FileBytes
from assay.corpus.shipped import default_pack_path, load_trust
from assay.corpus.store import Store
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import import_remark, load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from assay.corpus.anchors import Trust
    from assay.corpus.verify import VerifiedPack


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def verify(
    path: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A pack file.", show_default="in use")] = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Verify every byte of a pack, or of all that are at hand.

    Without PACK these are the one that ships and all in the store. Exit 5 if one fails. Of a PACK that is good but
    that the store would not take any more, as it accepted a newer one, that is said.
    """
    root = load_trust_root(trust_root)
    failed: list[str] = []
    folder = Store(store or default_store())
    if path is not None:
        verified = _verify_file(path, folder.trust(root))
        remark = import_remark(verified.manifest, verified.digest, folder)
        if remark is not None:
            write_stdout(f"    {visible(remark)}\n")
    else:
        _verify_file(default_pack_path(), load_trust(), "the pack that ships")
        for stored in folder.list_packs(root):
            if stored.refusal and stored.by_root is None:
                failed.append(f"{stored.digest[:12]}: {stored.refusal}")
            else:
                retired = f", by trust root {stored.by_root}: good for a lock alone" if stored.refusal else ""
                write_stdout(f"ok  sha256:{stored.digest}  in the store{retired}\n")
    if failed:
        raise CorpusError("E_STORE", "; ".join(failed))


def _verify_file(path: str, root: Trust, name: str | None = None) -> VerifiedPack:
    file = FileBytes(path)
    try:
        verified = verify_pack(file, root)
    finally:
        file.close()
    write_stdout(f"ok  sha256:{verified.digest}  {visible(name or path)}\n")
    return verified
