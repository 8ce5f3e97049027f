"""``assay diff A.json B.json``: what came, went and changed between two reports, and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assay.formatters import difference as rendered
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import render_options, write_file, write_stdout
from assay.scanner.difference import compare
from assay.scanner.errors import UsageError
from assay.scanner.inputs import report_json

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A.json", help="A report of assay scan --format json.")],
    after: Annotated[str, typer.Argument(metavar="B.json", help="A later report.")],
    format_name: given.TableOrJson = "table",
    output: given.Output = None,
) -> int:
    """Compare two reports and tell what caused each difference.

    Causes are input, corpus, ruleset and policy.

    Exit codes: 0 the same; 1 different; 2 a file is no report.
    """
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    difference = compare(_read(before), _read(after))
    if format_name == "json":
        text = rendered.render_json(difference)
    else:
        text = rendered.render_table(difference, render_options(output))
    if output is None:
        write_stdout(text)
    else:
        write_file(output, text.encode("utf-8", "backslashreplace"))
    return 0 if difference.same else 1


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return report_json.read(file.read(), path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a report made by assay scan --format json") from error
