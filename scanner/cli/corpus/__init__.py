"""``assay corpus``: signed packs, from their making to their use. Each verb is a module of its own."""

from __future__ import annotations

import typer

from assay.scanner.cli.lazy import lazy_group

COMMANDS = {
    "keygen": "keygen",
    "build": "build",
    "update": "update",
    "sign": "sign",
    "verify": "verify",
    "inspect": "inspect",
    "import": "import_",
    "list": "list_",
    "use": "use",
    "rollback": "rollback",
    "remove": "remove",
    "lock": "lock",
    "export": "export",
    "doctor": "doctor",
    "diff": "diff",
    "trust": "trust",
}
"""Verb to the module below ``assay.scanner.cli.corpus`` that holds its ``app``."""

app = typer.Typer(
    cls=lazy_group(__name__, COMMANDS),
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Signed packs: what assay knows.",
)


@app.callback()
def corpus() -> None:
    """Make, check, carry and choose the signed packs that scans judge by."""
