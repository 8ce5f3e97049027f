"""``assay check``: the gate for CI; an exit code and a short table."""

from __future__ import annotations

import typer

from assay.scanner.cli import options as given
from assay.scanner.cli.emit import emit, require_format
from assay.scanner.cli.run import Settings, run_scan
from assay.scanner.policy import exit_code

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def check(
    targets: given.Targets = None,
    format_name: given.Format = None,
    output: given.Output = None,
    rules: given.Rules = None,
    no_code: given.NoCode = False,
    no_cache: given.NoCache = False,
    profile: given.ProfileName = None,
    corpus: given.Corpus = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
    corpus_lock: given.CorpusLock = None,
    as_of: given.AsOf = None,
    max_age: given.MaxAge = None,
    fail_on: given.FailOn = None,
    config: given.Config = None,
    rules_file: given.RulesFile = None,
    exclude: given.Exclude = None,
    jobs: given.Jobs = 0,
    allow_incomplete: given.AllowIncomplete = False,
    quiet: given.Quiet = False,
) -> int:
    """Fail (exit 1) if anything at or above a severity is found.

    The severity is that of --fail-on, else the policy's fail_on, else high. Other exit codes are those of 'assay scan'.
    """
    require_format(format_name := format_name or "table")
    settings = Settings(
        targets=tuple(targets or (".",)),
        config=config,
        rules_file=rules_file,
        profile=profile,
        fail_on=fail_on,
        default_fail_on="high",
        rules=given.listed(rules),
        exclude=given.listed(exclude),
        with_code=not no_code,
        cache=not no_cache,
        allow_incomplete=allow_incomplete,
        corpus=given.listed(corpus),
        store=store,
        trust_root=trust_root,
        corpus_lock=corpus_lock,
        as_of=as_of,
        max_age=max_age,
        jobs=jobs,
        quiet=quiet,
    )
    scanned = run_scan(settings)
    emit(scanned.report, format_name, output, gate=scanned.policy)
    return exit_code(scanned.report, scanned.policy)
