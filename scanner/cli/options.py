"""Options that several commands share, each with its environment variable."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Annotated

import typer

from assay.formatters import FORMATS
from assay.scanner.models import Severity
from assay.scanner.policy import MAX_AGE, PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def complete_rule(incomplete: str) -> list[str]:
    """Return the ids of rules that begin so; the catalogue is loaded only when a shell asks."""
    ids = [rule.id for rule in importlib.import_module("assay.rules.catalogue").ALL]
    return [name for name in ids if name.startswith(incomplete)]


def completes(words: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what tells a shell the words that a value can be."""
    known = tuple(words)

    def matching(incomplete: str) -> list[str]:
        return [word for word in known if word.startswith(incomplete)]

    return matching


_complete_severity = completes(Severity)
_complete_table_or_json = completes(("table", "json"))

Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TARGET]...", help="Projects, lockfiles, wheels, sdists, SBOMs.", show_default="."),
]
Installed = Annotated[
    str | None,
    typer.Option(
        "--installed",
        metavar="NAME",
        envvar="ASSAY_INSTALLED",
        help="Check this installed distribution, found without running the interpreter.",
        show_default=False,
    ),
]
Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        envvar="ASSAY_PYTHON",
        help="With --installed: an environment's interpreter or folder.",
        show_default="the one that runs assay",
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        envvar="ASSAY_FORMAT",
        help="table, json, sarif or cyclonedx.",
        show_default="table",
        autocompletion=completes(FORMATS),
    ),
]
TableOrJson = Annotated[
    str,
    typer.Option(
        "--format", "-f", envvar="ASSAY_FORMAT", help="table or json.", autocompletion=_complete_table_or_json
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="Write the report to this file.", show_default="stdout"),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rules",
        "-r",
        envvar="ASSAY_RULES",
        help="Only these rule ids (repeat or separate by commas).",
        autocompletion=complete_rule,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        envvar="ASSAY_NO_CACHE",
        help="Read all code anew; what was read before of the same bytes is not remembered.",
    ),
]
NoCode = Annotated[
    bool, typer.Option("--no-code", envvar="ASSAY_NO_CODE", help="Read lockfiles, manifests and metadata only.")
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        envvar="ASSAY_PROFILE",
        help="default, strict or all.",
        show_default="default",
        autocompletion=completes(PROFILES),
    ),
]
Corpus = Annotated[
    list[str] | None,
    typer.Option("--corpus", "-c", envvar="ASSAY_CORPUS", help="Use these signed packs, not the store's."),
]
StoreFolder = Annotated[
    str | None, typer.Option("--store", envvar="ASSAY_STORE", help="Folder of the corpus store.", show_default=False)
]
TrustRootFile = Annotated[
    str | None,
    typer.Option("--trust-root", envvar="ASSAY_TRUST_ROOT", help="Trust this root, not the one that ships."),
]
CorpusLock = Annotated[
    str | None,
    typer.Option(
        "--corpus-lock",
        envvar="ASSAY_CORPUS_LOCK",
        help="Use the packs that this file names; never taken from the target.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        envvar="ASSAY_AS_OF",
        help='Refuse a corpus that is stale on this day; for today "$(date +%F)".',
        show_default=False,
    ),
]
MaxAge = Annotated[
    int | None,
    typer.Option(
        "--max-age",
        metavar="DAYS",
        min=0,
        max=MAX_AGE,
        envvar="ASSAY_MAX_AGE",
        help="Refuse packs built more than so many days before --as-of.",
        show_default=False,
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        envvar="ASSAY_FAIL_ON",
        help="Exit 1 from this severity on.",
        show_default=False,
        autocompletion=_complete_severity,
    ),
]
MinSeverity = Annotated[
    str | None,
    typer.Option(
        "--min-severity",
        envvar="ASSAY_MIN_SEVERITY",
        help="Leave out findings below.",
        show_default=False,
        autocompletion=_complete_severity,
    ),
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config", envvar="ASSAY_CONFIG", help="Policy file; never taken from the target.", show_default=False
    ),
]
RulesFile = Annotated[
    str | None,
    typer.Option(
        "--rules-file",
        metavar="FILE",
        envvar="ASSAY_RULES_FILE",
        help="Your own rules about findings, TOML or YAML.",
        show_default=False,
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
ExitCode = Annotated[
    bool,
    typer.Option("--exit-code", envvar="ASSAY_EXIT_CODE", help="Exit 1 from the policy's fail_on, or from high, on."),
]
VerifyDeterminism = Annotated[
    bool,
    typer.Option(
        "--verify-determinism",
        envvar="ASSAY_VERIFY_DETERMINISM",
        help="Scan again in changed surroundings and compare the bytes.",
    ),
]
WithTiming = Annotated[
    bool, typer.Option("--with-timing", envvar="ASSAY_WITH_TIMING", help="Add a 'run' block to the JSON report.")
]
Deterministic = Annotated[
    bool, typer.Option("--deterministic-output", envvar="ASSAY_DETERMINISTIC_OUTPUT", help="The default.")
]
ReverseListing = Annotated[bool, typer.Option("--reverse-listing", hidden=True)]
AllowIncomplete = Annotated[
    bool, typer.Option("--allow-incomplete", envvar="ASSAY_ALLOW_INCOMPLETE", help="Exit 0 in spite of gaps.")
]
ShowDecoded = Annotated[
    bool,
    typer.Option("--show-decoded", envvar="ASSAY_SHOW_DECODED", help="Print what was decoded, cut and escaped."),
]
Iocs = Annotated[
    str | None,
    typer.Option(
        "--iocs",
        metavar="FILE",
        envvar="ASSAY_IOCS",
        help="Write what decoding revealed: hashes, hosts, URLs, as CSV.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", envvar="ASSAY_QUIET", help="No progress bar, no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", envvar="ASSAY_VERBOSE", help="Time of each rule on stderr.")]


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Return the values of an option that may be repeated or hold several, separated by commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())
