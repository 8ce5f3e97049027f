"""``assay diff OLD NEW``: what came, went and changed between two reports or two versions of a package, and why."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from assay.formatters import difference as rendered
from assay.scanner.canonical import document
from assay.scanner.cli import options as given
from assay.scanner.cli.emit import render_options, write_file, write_stdout
from assay.scanner.cli.run import Settings, run_scan
from assay.scanner.difference import compare
from assay.scanner.errors import UsageError
from assay.scanner.inputs import report_json
from assay.scanner.inputs.archive.content import HEAD, kind_of

app = typer.Typer(rich_markup_mode=None, add_completion=False)


_OF_MANAGERS = frozenset({"lockfileVersion", "bomFormat", "spdxVersion", "dependencies", "scripts", "_meta"})
"""Keys of JSON that is scanned: lockfiles, manifests and bills of materials."""


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="OLD", help="A report (JSON), or a package: an archive or folder.")],
    after: Annotated[str, typer.Argument(metavar="NEW", help="A later report, or a later version of the package.")],
    format_name: given.TableOrJson = "table",
    output: given.Output = None,
    profile: given.ProfileName = None,
    corpus: given.Corpus = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
    as_of: given.AsOf = None,
    config: given.Config = None,
    rules_file: given.RulesFile = None,
    jobs: given.Jobs = 0,
) -> int:
    """Compare two reports, or two versions of a package.

    Of two reports each difference has its causes: input, corpus, ruleset and policy. Two archives or folders are
    scanned, and what the newer can do that the older could not is told besides (DIFF-001).

    Exit codes: 0 the same; 1 different; 2 a file is no report and no package.
    """
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    settings = Settings(
        targets=(),
        config=config,
        rules_file=rules_file,
        profile=profile,
        corpus=given.listed(corpus),
        store=store,
        trust_root=trust_root,
        as_of=as_of,
        jobs=jobs,
        quiet=True,
    )
    difference = compare(*_documents(before, after, settings))
    if format_name == "json":
        text = rendered.render_json(difference)
    else:
        text = rendered.render_table(difference, render_options(output))
    if output is None:
        write_stdout(text)
    else:
        write_file(output, text.encode("utf-8", "backslashreplace"))
    return 0 if difference.same else 1


def _documents(before: str, after: str, settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the documents of two reports: read from files, or made by scanning both.

    Raises:
        UsageError: one is a report and the other is not.
    """
    is_report = [_is_report(path) for path in (before, after)]
    if all(is_report):
        return _read(before), _read(after)
    if any(is_report):
        raise UsageError(f"{before}, {after}: one is a report and the other is not; give two of a kind")
    old = run_scan(settings._replace(targets=(before,)))
    new = run_scan(settings._replace(targets=(after,)), before=old.inventory)
    return document(old.report), document(new.report)


def _is_report(path: str) -> bool:
    """Say whether a file is JSON and not of a package manager; one that is broken is a broken report.

    Raises:
        UsageError: there is no such file or folder.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(HEAD)
            if kind_of(data):
                return path.endswith(".json")
            data += file.read()
    except IsADirectoryError:
        return False
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a report or a package") from error
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return path.endswith(".json")
    return not isinstance(found, dict) or found.keys().isdisjoint(_OF_MANAGERS)


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return report_json.read(file.read(), path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a report made by assay scan --format json") from error
