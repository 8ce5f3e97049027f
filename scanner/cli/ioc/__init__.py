"""``assay ioc``: the invoker's own indicators of compromise. Each verb is a module of its own."""

from __future__ import annotations

import typer

from assay.scanner.cli.lazy import lazy_group

COMMANDS = {
    "register": "register",
    "list": "list_",
    "remove": "remove",
    "import": "import_",
    "export": "export",
}
"""Verb to the module below ``assay.scanner.cli.ioc`` that holds its ``app``."""

app = typer.Typer(
    cls=lazy_group(__name__, COMMANDS),
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Your own indicators of compromise.",
)


@app.callback()
def ioc() -> None:
    """Register what you know to be compromised; every scan then looks for it.

    What is registered is a pack of its own, signed by a key of this machine, and named in every report.
    """
