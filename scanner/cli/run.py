"""One scan from the invoker's settings to a guarded report; what ``scan`` and ``check`` have in common."""

from __future__ import annotations

import importlib
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

from assay import rules as components
from assay.corpus import selection
from assay.corpus.shipped import load_trust
from assay.corpus.store import Store
from assay.corpus.verify import Expectations
from assay.scanner.day import is_day
from assay.scanner.engine import scan
from assay.scanner.errors import UsageError
from assay.scanner.guards import Context, enforce
from assay.scanner.inputs.code_folders import Memory
from assay.scanner.inputs.target import ReadOptions, read_installed, read_targets
from assay.scanner.installation import read_tool
from assay.scanner.models import Severity
from assay.scanner.policy import PROFILES, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from assay.corpus.corpus_lock import Locked
    from assay.corpus.view import PackView
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Ecosystem, Finding, Inventory, Report, Rule, Tool
    from assay.scanner.rulings import RulesUse
    from assay.scanner.user_rules import UserRule

CONFIG_NAME = "assay.yml"

_TODAY = '--as-of "$(date +%F)"'


class Settings(NamedTuple):
    """What the invoker asks for. None means: as the policy file says, or the default."""

    targets: tuple[str, ...]
    config: str | None = None
    rules_file: str | None = None
    profile: str | None = None
    fail_on: str | None = None
    default_fail_on: str | None = None
    min_severity: str | None = None
    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    with_code: bool = True
    cache: bool = True
    allow_incomplete: bool = False
    corpus: tuple[str, ...] = ()
    store: str | None = None
    trust_root: str | None = None
    corpus_lock: str | None = None
    as_of: str | None = None
    max_age: int | None = None
    jobs: int = 0
    timeout: float | None = None
    quiet: bool = False
    verbose: bool = False
    reverse_listing: bool = False
    installed: str | None = None
    python: str | None = None


class Scanned(NamedTuple):
    """A report that passed every guard, with the policy it was made under and what was read for it."""

    report: Report
    policy: Policy
    inventory: Inventory


def run_scan(settings: Settings, before: Inventory | None = None) -> Scanned:
    """Read the targets, check them and return the report once every guard has passed.

    ``before`` is what an earlier version of the target held; then what is new in its packages is judged too.

    Raises:
        UsageError: a target, an option or the policy file cannot be used.
        CorpusError: there is no usable corpus, it is stale on the day that the policy names, or a part of it that was
            touched does not have its signed hash.
        GuardError: the result breaks an invariant.
    """
    policy = effective_policy(settings)
    named = named_rules(policy)
    admits = _admits(policy)
    expected = Expectations(as_of=policy.as_of, max_age=policy.max_age)
    with open_corpus(settings.corpus, settings.store, settings.trust_root, settings.corpus_lock, expected) as corpus:
        tool = read_tool()
        inventory = _read(settings, policy, corpus, tool)
        corpus.prepare(sorted({component.ecosystem for component in inventory.components}))
        rules = named or (catalogue() if inventory.contents else components.COMPONENTS)
        timings: dict[str, float] = {}
        if settings.verbose:
            rules = tuple(_timed(rule, timings) for rule in rules)
        report = scan(inventory, corpus, rules, tool=tool, policy=policy, admits=admits, before=before)
        enforce(report, Context(inventory, corpus.packs(), _private_paths(settings)))
    if settings.verbose and settings.rules_file and report.user_rules:
        _tell_use(settings.rules_file, report.user_rules)
    for name, seconds in timings.items():
        print(f"{name}: {seconds * 1000:.1f} ms", file=sys.stderr)  # noqa: T201
    if any(gap.reason == "timeout" for gap in inventory.gaps):
        report = report._replace(fingerprint="")
    return Scanned(report, policy, inventory)


def open_corpus(
    packs: Sequence[str],
    store: str | None,
    trust_root: str | None = None,
    lock: str | None = None,
    expectations: Expectations | None = None,
) -> PackView:
    """Open and verify the packs that the invoker names or locks, else the store's, else the one that ships.

    Raises:
        UsageError: the lock cannot be used.
        CorpusError: there is no usable corpus.
    """
    request = selection.Request(
        packs=packs,
        lock=_read_lock(lock) if lock else None,
        expectations=expectations or Expectations(),
        own_trust=trust_root is not None,
    )
    return selection.open_corpus(Store(store or default_store()), load_trust(trust_root), request)


def _read_lock(path: str) -> dict[str, Locked]:
    reader = importlib.import_module("assay.corpus.corpus_lock")
    try:
        with open(path, "rb") as file:
            found: dict[str, Locked] = reader.parse(file.read(reader.MAX_BYTES))
            return found
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a readable file with --corpus-lock") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def default_store() -> str:
    """Return the user's corpus store, a folder that need not exist."""
    return os.path.join(platformdirs.user_data_dir("assay", appauthor=False), "corpus")


def effective_policy(settings: Settings) -> Policy:
    """Return the policy file's policy with the command line's options on top.

    Raises:
        UsageError: an option has a value that there is not, or the policy or rules file cannot be used.
    """
    policy = _policy_file(settings.config)
    if settings.profile is not None:
        if settings.profile not in PROFILES:
            raise UsageError(f"--profile {settings.profile}: choose one of {', '.join(PROFILES)}")
        policy = policy._replace(profile=settings.profile)
    fail_on = settings.fail_on or (settings.default_fail_on if policy.fail_on is None else None)
    if fail_on is not None:
        policy = policy._replace(fail_on=severity_of(fail_on, "--fail-on"))
    if settings.min_severity is not None:
        policy = policy._replace(min_severity=severity_of(settings.min_severity, "--min-severity"))
    if policy.fail_on is not None and not policy.fail_on.at_least(policy.min_severity):
        raise UsageError(
            f"--min-severity {policy.min_severity}: would hide findings that fail, which is from {policy.fail_on} on; "
            f"give --min-severity {policy.fail_on} or --fail-on {policy.min_severity}"
        )
    return _dated(policy, settings)._replace(
        rules=tuple(sorted(set(settings.rules))),
        exclude=tuple(sorted(set(settings.exclude))),
        with_code=settings.with_code,
        allow_incomplete=settings.allow_incomplete,
        user_rules=_rules_file(settings.rules_file),
    )


def _dated(policy: Policy, settings: Settings) -> Policy:
    """Return the policy with the day that it is judged by, and the greatest age on that day."""
    if settings.as_of is not None:
        if not is_day(settings.as_of):
            raise UsageError(f"--as-of {settings.as_of}: no day of the calendar; write YYYY-MM-DD, for today {_TODAY}")
        policy = policy._replace(as_of=settings.as_of)
    if settings.max_age is not None:
        policy = policy._replace(max_age=settings.max_age)
    if policy.max_age is not None and policy.as_of is None:
        asked = "max_age" if settings.max_age is None else "--max-age"
        raise UsageError(f"{asked} {policy.max_age}: no day to count from; write {_TODAY}")
    return policy


def severity_of(text: str, option: str) -> Severity:
    """Return the severity of that name, in any case.

    Raises:
        UsageError: there is none.
    """
    try:
        return Severity(text.lower())
    except ValueError as error:
        raise UsageError(f"{option} {text}: choose one of {', '.join(Severity)}") from error


def _policy_file(named: str | None) -> Policy:
    path = named or os.path.join(platformdirs.user_config_dir("assay", appauthor=False), CONFIG_NAME)
    if not named and not os.path.isfile(path):
        return Policy()
    policy: Policy = importlib.import_module("assay.scanner.config").load_policy(path)
    return policy


def _rules_file(named: str | None) -> tuple[UserRule, ...] | None:
    if named is None:
        return None
    reader = importlib.import_module("assay.scanner.rules_file")
    entries: tuple[UserRule, ...] = reader.load_rules(named, [rule.id for rule in catalogue()])
    return entries


def _tell_use(named: str, use: RulesUse) -> None:
    """Write to standard error which entries of the rules file met nothing, and which met what they may not hide."""
    for said, entries in (
        ("no finding met", use.unused),
        ("malware not named in when.evidence, or a denied package, is not hidden or lowered by", use.refused),
    ):
        if entries:
            print(f"{named}: {said} {', '.join(entry.label for entry in entries)}", file=sys.stderr)  # noqa: T201


def catalogue() -> tuple[Rule, ...]:
    """Return every rule; those on the content of packages are loaded by that."""
    every: tuple[Rule, ...] = importlib.import_module("assay.rules.catalogue").ALL
    return every


def named_rules(policy: Policy) -> tuple[Rule, ...]:
    """Return the rules that the policy names, () if it names none.

    Raises:
        UsageError: it names a rule that there is not.
    """
    if not policy.rules:
        return ()
    every = catalogue()
    unknown = sorted(set(policy.rules) - {rule.id for rule in every})
    if unknown:
        raise UsageError(f"--rules {unknown[0]}: no such rule; 'assay rules' lists them")
    return tuple(rule for rule in every if rule.id in policy.rules)


def _admits(policy: Policy) -> Callable[[Ecosystem, str, str], bool | None]:
    """Return the judge of version ranges; its libraries are loaded only if a list entry has a range."""
    ranges = {entry.versions for entry in (*policy.allow, *policy.deny)}
    if ranges.union(entry.when.versions for entry in policy.user_rules or ()) - {"*"}:
        judge: Callable[[Ecosystem, str, str], bool | None]
        judge = importlib.import_module("assay.scanner.requirement").admits
        return judge
    return lambda _ecosystem, _range, _version: True


def _read(settings: Settings, policy: Policy, corpus: CorpusView, tool: Tool) -> Inventory:
    deadline = None if settings.timeout is None else time.monotonic() + settings.timeout
    options = ReadOptions(
        exclude=policy.exclude,
        with_code=policy.with_code,
        jobs=settings.jobs or os.cpu_count() or 1,
        reverse_listing=settings.reverse_listing,
        expired=None if deadline is None else lambda: time.monotonic() > deadline,
        observables=corpus.observables(),
        code="assay.scanner.code.reading",
        npm="assay.scanner.code.npm.reading",
        remember=_memory(settings, tool),
        owners=bool(corpus.listed_files()),
    )
    if settings.installed is not None:
        return read_installed(settings.installed, settings.python or sys.prefix, options)
    if settings.quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        return read_targets(settings.targets, options)
    with importlib.import_module("assay.scanner.cli.progress").reading() as progress:
        return read_targets(settings.targets, options._replace(progress=progress))


def _memory(settings: Settings, tool: Tool) -> Memory | None:
    """Return where what was read is remembered, None if the invoker does not want it."""
    folder = os.path.join(platformdirs.user_cache_dir("assay", appauthor=False), "code")
    return Memory(folder, tool.ruleset) if settings.cache else None


def _private_paths(settings: Settings) -> tuple[str, ...]:
    """Return the absolute paths that must not get into a report."""
    places = {os.path.dirname(os.path.realpath(target)) for target in settings.targets}
    places.add(os.path.expanduser("~"))
    if settings.installed is not None:
        places.add(os.path.abspath(settings.python or sys.prefix))
    with suppress(FileNotFoundError):  # a current folder that was removed
        places.add(os.getcwd())
    return tuple(sorted(places - {"/"}))


def _timed(rule: Rule, timings: dict[str, float]) -> Rule:
    """Return the rule with its running time added up in ``timings`` (seconds)."""
    timings[rule.id] = 0.0

    def timed(check: Callable[..., Iterable[Finding]]) -> Callable[..., Iterator[Finding]]:
        def measured(*arguments: object) -> Iterator[Finding]:
            start = time.perf_counter()
            found = list(check(*arguments))
            timings[rule.id] += time.perf_counter() - start
            return iter(found)

        return measured

    return rule._replace(
        check=timed(rule.check) if rule.check else None,
        check_file=timed(rule.check_file) if rule.check_file else None,
        check_package=timed(rule.check_package) if rule.check_package else None,
        check_change=timed(rule.check_change) if rule.check_change else None,
    )
