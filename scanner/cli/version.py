"""``assay version``: which assay, which rules, which corpus."""

from __future__ import annotations

import typer

from assay.rules.catalogue import ALL
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import open_corpus
from assay.scanner.installation import read_tool

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def version(store: given.StoreFolder = None) -> None:
    """Print version, rules and the corpus packs in use."""
    tool = read_tool()
    lines = [f"assay {tool.version}", f"rules {len(ALL)}, ruleset {tool.ruleset}"]
    with open_corpus((), store) as corpus:
        lines += [
            f"corpus {pack.channel} epoch {pack.epoch} seq {pack.seq}, {pack.records} records, "
            f"built {pack.built_at}, {pack.digest}"
            for pack in corpus.packs()
        ]
    write_stdout("\n".join(lines) + "\n")
