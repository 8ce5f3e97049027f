"""``assay corpus trust``: whom this machine believes, and the trust roots by which publishers say it."""

from __future__ import annotations

import typer

from assay.scanner.cli.lazy import lazy_group

COMMANDS = {
    "show": "show",
    "add": "add",
    "update": "update",
    "remove": "remove",
    "make": "make",
    "sign": "sign",
}
"""Verb to the module below ``assay.scanner.cli.corpus.trust`` that holds its ``app``."""

app = typer.Typer(
    cls=lazy_group(__name__, COMMANDS),
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Trust roots: whose packs are believed.",
)


@app.callback()
def trust() -> None:
    """Show, choose and make the trust roots, which say whose signatures a pack needs."""
