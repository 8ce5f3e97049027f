"""``assay rules``: the catalogue, one line each."""

from __future__ import annotations

import typer

from assay.rules.catalogue import ALL
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_stdout
from assay.scanner.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def rules(
    format_name: given.TableOrJson = "table",
) -> None:
    """List every rule: id, severities, what it sees."""
    if format_name == "json":
        catalogue = [
            {"id": rule.id, "title": rule.title, "severities": [*rule.severities], "quiet": sorted(rule.quiet)}
            for rule in ALL
        ]
        write_stdout(encode(catalogue) + "\n")
    elif format_name == "table":
        rows = [(rule.id, _span(rule.severities), rule.title) for rule in ALL]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        lines = [f"{name:<{widths[0]}}  {span:<{widths[1]}}  {title}" for name, span, title in rows]
        write_stdout("\n".join([*lines, "", "'assay explain ID' prints a rule's page.", ""]))
    else:
        raise UsageError(f"--format {format_name}: choose table or json")


def _span(severities: tuple[str, ...]) -> str:
    worst, least = str(severities[0]), str(severities[-1])
    return worst if worst == least else f"{worst}-{least}"
