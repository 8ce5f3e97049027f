"""``assay scan``: what is wrong with the packages that a target names."""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import NamedTuple

import typer

from assay.scanner.cli import options as given
from assay.scanner.cli.emit import emit, require_format, write_file, write_stdout
from assay.scanner.cli.run import Settings, run_scan
from assay.scanner.errors import UsageError
from assay.scanner.policy import exit_code

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def scan(
    targets: given.Targets = None,
    installed: given.Installed = None,
    python: given.Python = None,
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
    fail: given.ExitCode = False,
    min_severity: given.MinSeverity = None,
    config: given.Config = None,
    rules_file: given.RulesFile = None,
    exclude: given.Exclude = None,
    jobs: given.Jobs = 0,
    timeout: given.Timeout = None,
    allow_incomplete: given.AllowIncomplete = False,
    verify: given.VerifyDeterminism = False,
    with_timing: given.WithTiming = False,
    deterministic: given.Deterministic = True,  # noqa: ARG001 - accepted because scripts say it; there is no other way
    reverse_listing: given.ReverseListing = False,
    show_decoded: given.ShowDecoded = False,
    iocs: given.Iocs = None,
    quiet: given.Quiet = False,
    verbose: given.Verbose = False,
) -> int:
    """Check the packages of a project, lockfile, SBOM or archive.

    Exit codes: 0 looked at everything; 1 findings (with --fail-on or --exit-code); 2 wrong usage; 3 gaps;
    4 a guard or determinism failed; 5 no usable corpus.
    """
    _refuse_mixtures(targets, installed, python, verify=verify, timed=timeout is not None)
    settings = Settings(
        targets=tuple(targets or (() if installed else (".",))),
        installed=installed,
        python=python,
        config=config,
        rules_file=rules_file,
        profile=profile,
        fail_on=fail_on,
        default_fail_on="high" if fail else None,
        min_severity=min_severity,
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
        timeout=timeout,
        quiet=quiet,
        verbose=verbose,
        reverse_listing=reverse_listing,
    )
    if show_decoded and (format_name or "table") != "table":
        raise UsageError(f"--show-decoded: prints text for a person; leave out --format {format_name}, or give --iocs")
    shown = Decoded(iocs, print_layers=show_decoded)
    return _scan_and_print(settings, format_name or "table", output, shown, verify=verify, with_timing=with_timing)


class Decoded(NamedTuple):
    """Where what was decoded goes: the file of ``--iocs``, and whether it is printed."""

    iocs: str | None
    print_layers: bool


def _scan_and_print(
    settings: Settings, format_name: str, output: str | None, decoded: Decoded, *, verify: bool, with_timing: bool
) -> int:
    require_format(format_name)
    start = time.perf_counter()
    scanned = run_scan(settings)
    if verify:
        importlib.import_module("assay.scanner.cli.determinism").verify(scanned, settings, quiet=settings.quiet)
    run_block = _run_block(time.perf_counter() - start, settings.jobs) if with_timing else None
    emit(scanned.report, format_name, output, run_block=run_block, verbose=settings.verbose)
    if decoded.iocs or decoded.print_layers:
        module = importlib.import_module("assay.scanner.cli.decoded")
        if decoded.iocs:
            write_file(decoded.iocs, module.indicators(scanned.inventory))
        if decoded.print_layers:
            write_stdout(module.shown(scanned.inventory))
    return exit_code(scanned.report, scanned.policy)


def _refuse_mixtures(
    targets: list[str] | None, installed: str | None, python: str | None, *, verify: bool, timed: bool
) -> None:
    if verify and timed:
        raise UsageError("--verify-determinism: cannot compare a scan that --timeout may stop; leave one of them out")
    if installed is None:
        if python is not None:
            raise UsageError("--python: says where --installed NAME looks; name a distribution too")
    elif targets:
        raise UsageError(f"--installed {installed}: cannot be combined with {targets[0]}; scan one after the other")
    elif verify:
        raise UsageError("--verify-determinism: moves the target; give it the environment's folder, not --installed")


def _run_block(seconds: float, jobs: int) -> dict[str, object]:
    """Return what is true of this run alone."""
    return {
        "seconds": round(seconds, 3),
        "host": os.uname().nodename,
        "jobs": jobs or os.cpu_count() or 1,
        "python": sys.version.split()[0],
    }
