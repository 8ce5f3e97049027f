"""``assay explain ID``: one rule's page."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from assay.rules.catalogue import ALL
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_stdout
from assay.scanner.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def explain(
    rule_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="A rule id, for example MAL-001.", autocompletion=given.complete_rule),
    ],
) -> None:
    """Print what a rule sees, why, what it misses and how to fix it."""
    wanted = rule_id.upper()
    rule = next((rule for rule in ALL if rule.id == wanted), None)
    if rule is None:
        close = difflib.get_close_matches(wanted, [rule.id for rule in ALL], 1)
        hint = f"did you mean {close[0]}?" if close else "'assay rules' lists them"
        raise UsageError(f"{rule_id}: no such rule; {hint}")
    severities = ", ".join(rule.severities)
    quiet = ", ".join(sorted(rule.quiet))
    note = f" (in the default profile not: {quiet})" if quiet else ""
    write_stdout(f"{rule.id}: {rule.doc.strip()}\n\nSeverities: {severities}{note}\n")
