"""Options that several commands share, each with its environment variable."""

from __future__ import annotations

from typing import Annotated

import typer

Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TARGET]...", help="Project folders, lockfiles, manifests or SBOMs.", show_default="."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", envvar="ASSAY_FORMAT", help="table, json, sarif or cyclonedx.", show_default="table"
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="Write the report to this file.", show_default="stdout"),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rules", "-r", envvar="ASSAY_RULES", help="Only these rule ids (repeat or separate by commas)."),
]
NoCode = Annotated[
    bool, typer.Option("--no-code", envvar="ASSAY_NO_CODE", help="Read lockfiles, manifests and metadata only.")
]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", envvar="ASSAY_PROFILE", help="default, strict or all.", show_default="default"),
]
Corpus = Annotated[
    list[str] | None,
    typer.Option("--corpus", "-c", envvar="ASSAY_CORPUS", help="Use this signed pack instead of the store's."),
]
StoreFolder = Annotated[
    str | None, typer.Option("--store", envvar="ASSAY_STORE", help="Folder of the corpus store.", show_default=False)
]
TrustRootFile = Annotated[
    str | None,
    typer.Option("--trust-root", envvar="ASSAY_TRUST_ROOT", help="Trust this root, not the one that ships."),
]
FailOn = Annotated[
    str | None,
    typer.Option("--fail-on", envvar="ASSAY_FAIL_ON", help="Exit 1 from this severity on.", show_default=False),
]
MinSeverity = Annotated[
    str | None,
    typer.Option("--min-severity", envvar="ASSAY_MIN_SEVERITY", help="Leave out findings below.", show_default=False),
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config", envvar="ASSAY_CONFIG", help="Policy file; never taken from the target.", show_default=False
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", envvar="ASSAY_EXCLUDE", help="Leave out paths (glob); the report lists them."),
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=0, envvar="ASSAY_JOBS", help="Processes that read; 0 for one per core.")
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", min=0, envvar="ASSAY_TIMEOUT", help="Stop reading after S seconds; a stop is a gap."),
]
AllowIncomplete = Annotated[
    bool, typer.Option("--allow-incomplete", envvar="ASSAY_ALLOW_INCOMPLETE", help="Exit 0 in spite of gaps.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", envvar="ASSAY_QUIET", help="No progress bar, no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", envvar="ASSAY_VERBOSE", help="Time of each rule on stderr.")]


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Return the values of an option that may be repeated or hold several, separated by commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())
