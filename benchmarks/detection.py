"""Measure what the behaviour rules see: archives in a git repository, a folder of archives, or source trees.

    python benchmarks/detection.py --git-dir REPO.git --list PATHS.txt
    python benchmarks/detection.py --dir FOLDER_OF_ARCHIVES --show flagged --places
    python benchmarks/detection.py --trees FOLDER_OF_SOURCE_TREES --show flagged --json after.json --against before.json

Every target gets the whole scan of ``assay scan``, in worker processes that load assay once, so that a thousand
archives take minutes. Only rules about behaviour are asked; those of identity (``IGNORED``) say nothing of code.
MANI-002 sees that a neutral name is not the one in the metadata: with ``--own-names`` its figures mean something.

Archives of a git repository are read as bytes, never unpacked, imported or run. Each is put under a neutral name
into a private folder, mode 0600, in memory where the system has a file system there, and removed at once; nothing of
its text is printed or kept, only its path in the repository and the rules, severities and triggers of its findings.

CPU seconds are those of the scan alone, without the start of the interpreter. Printed are the share of targets at
each severity, for each rule the number of targets by its worst finding, with the targets that it alone brings to
``--level``, the triggers of these findings, the gaps and the targets that gave no result.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from neutral_names import neutral

from assay.rules.catalogue import ALL
from assay.scanner.cli.run import Settings, run_scan
from assay.scanner.code import reading
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

IGNORED = r"^(MAL|ADV|IOC|TYPO|DENY|META)-"
"""Rules that judge a package by its identity."""

LEVELS = ("none", *(str(severity) for severity in reversed(Severity)))
ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip", ".egg")
IN_MEMORY = "/dev/shm"


class Job(NamedTuple):
    """One target and how it is scanned. ``git_dir`` is empty for a file or folder at ``path``.

    ``stem`` is the neutral ``name-version`` that archives are scanned under, empty for their own names; with
    ``renamed`` what is in them is named otherwise too. With ``every`` no file is left out by the prefilter.
    """

    name: str
    path: str
    git_dir: str
    stem: str
    scratch: str
    rules: tuple[str, ...]
    profile: str | None
    seconds: float
    renamed: bool = False
    every: bool = False


class Hit(NamedTuple):
    """One finding. Of archives of a git repository ``place`` is a digest, by which runs compare, and ``text`` empty."""

    rule: str
    level: int
    trigger: str
    place: str = ""
    text: str = ""


class Row(NamedTuple):
    """What came of one target: CPU seconds, peak of the worker's resident memory in bytes; ``error`` if no result.

    ``gaps`` are reasons, ``unread`` the same with place and detail, left empty for archives of a git repository.
    """

    name: str
    hits: tuple[Hit, ...] = ()
    gaps: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    cpu: float = 0.0
    memory: int = 0
    error: str = ""

    @property
    def level(self) -> int:
        """The worst finding's place in ``LEVELS``."""
        return max((hit.level for hit in self.hits), default=0)

    def rules(self) -> dict[tuple[str, str], int]:
        """Return the worst level of each (rule, trigger)."""
        worst: dict[tuple[str, str], int] = {}
        for hit in self.hits:
            worst[hit.rule, hit.trigger] = max(hit.level, worst.get((hit.rule, hit.trigger), 0))
        return worst


class OutOfTimeError(Exception):
    """A scan used up its CPU seconds."""


def neutral_name(name: str, stem: str) -> str:
    """Return a file name without identity: ``stem`` and the ending, for a wheel its tags too; without stem, its own."""
    if not stem:
        return os.path.basename(name)
    if name.endswith(".whl"):
        return "-".join([stem, *name.rpartition("/")[2].split("-")[-3:]])
    return stem + next((ending for ending in ENDINGS if name.endswith(ending)), "")


def scan_job(job: Job) -> Row:
    """Scan one target in this process; an archive lies under its neutral name only while it is scanned."""
    if not job.git_dir and os.path.isdir(job.path):
        return scan_path(job, job.path)
    if job.git_dir:
        command = ["git", "--git-dir", job.git_dir, "cat-file", "blob", f"HEAD:{job.path}"]
        done = subprocess.run(command, capture_output=True)
        if done.returncode:
            return Row(job.name, error="absent from the repository")
        data = done.stdout
    else:
        data = Path(job.path).read_bytes()
    if job.renamed:
        data = neutral(data)
    with tempfile.TemporaryDirectory(dir=job.scratch) as folder:
        path = os.path.join(folder, neutral_name(job.path, job.stem))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        return scan_path(job, path)


def scan_path(job: Job, path: str) -> Row:
    """Scan what lies at ``path`` as ``assay scan`` does."""
    settings = Settings(targets=(path,), rules=job.rules, profile=job.profile, jobs=1, quiet=True)
    signal.signal(signal.SIGPROF, _stop)
    before = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, job.seconds)
    sources = partial(reading.Sources, every=True) if job.every else reading.Sources
    try:
        with patch.object(reading, "Sources", sources):
            report = run_scan(settings).report
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    cpu = time.process_time() - before
    hits = []
    for found in report.findings:
        hit = Hit(found.rule, LEVELS.index(found.severity), found.trigger or "-")
        if found.location and job.git_dir:
            hit = hit._replace(place=hashlib.sha256(found.location.path.encode()).hexdigest()[:12])
        elif found.location:
            place = f"{found.location.path}:{found.location.line or ''}"
            hit = hit._replace(place=place, text=" | ".join((found.message, *found.evidence)))
        hits.append(hit)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024 if sys.platform == "linux" else 1)
    gaps = report.coverage.gaps
    unread = () if job.git_dir else tuple(f"{gap.reason} {gap.path}: {gap.detail}" for gap in gaps)
    return Row(job.name, tuple(hits), tuple(gap.reason for gap in gaps), unread, cpu, memory)


def _stop(_signal: int, _frame: object) -> None:
    raise OutOfTimeError


def measure(jobs: Sequence[Job], workers: int) -> Iterator[Row]:
    """Yield a row for each job. A job that kills its worker takes the others with it, so those are done again alone."""
    again = []
    with ProcessPoolExecutor(workers) as pool:
        waiting = [(job, pool.submit(scan_job, job)) for job in jobs]
        for job, future in waiting:
            if len(jobs) > 1 and isinstance(future.exception(), BrokenProcessPool):
                again.append(job)
            else:
                yield row_of(job, future)
    for job in again:
        yield from measure([job], 1)


def row_of(job: Job, future: Future[Row]) -> Row:
    """Return the job's row. Of an exception only type and place are told: its text may come from the target."""
    error = future.exception()
    if error is None:
        return future.result()
    places = re.findall(r'File "[^"]*?([^/"]+)", line (\d+), in (\w+)', str(error.__cause__))
    return Row(job.name, error=f"{type(error).__name__} at {':'.join(places[-1]) if places else '?'}")


def jobs_of(given: argparse.Namespace, scratch: str) -> list[Job]:
    """Return the targets in order of their names."""
    if given.git_dir:
        lines = Path(given.list).read_text(encoding="utf-8").splitlines()
        targets = [(line, line) for line in lines if line]
    elif given.dir:
        archives = (path for path in Path(given.dir).rglob("*") if path.name.endswith((".whl", *ENDINGS)))
        targets = [(str(path.relative_to(given.dir)), str(path)) for path in sorted(archives) if path.is_file()]
    else:
        targets = [(path.name, str(path)) for path in sorted(Path(given.trees).iterdir()) if path.is_dir()]
    known = given.rules.split(",") if given.rules else [rule.id for rule in ALL]
    template = Job(
        name="",
        path="",
        git_dir=given.git_dir or "",
        stem="" if given.own_names else "another_name-7.3" if given.renamed else "sample-1.0",
        scratch=scratch,
        rules=tuple(rule for rule in known if given.rules or not re.search(given.ignore, rule)),
        profile=given.profile,
        seconds=given.seconds,
        renamed=given.renamed,
        every=given.every,
    )
    chosen = [template._replace(name=name, path=path) for name, path in targets if given.only in name]
    return chosen[: given.limit]


def print_rows(rows: Sequence[Row], given: argparse.Namespace) -> None:
    """Print a row for each target without a result, and for each that is to be shown, with the rules that saw it."""
    level = LEVELS.index(given.level)
    for row in rows:
        if row.error:
            print(f"no result\t{row.name}\t{row.error}")
        elif given.show == "gaps":
            print(*(f"{row.name}\t{gap}" for gap in row.unread or row.gaps), sep="\n", end="\n" * bool(row.gaps))
        elif given.show and (row.level >= level) == (given.show == "flagged"):
            ranked = sorted(row.rules().items(), key=lambda item: (-item[1], item[0]))
            seen = ", ".join(f"{rule} {LEVELS[worst]} {trigger}" for (rule, trigger), worst in ranked)
            print(f"{LEVELS[row.level]}\t{row.name}\t{seen}")
            for hit in row.hits if given.places else ():
                if hit.level >= level or given.show == "missed":
                    print(f"\t{LEVELS[hit.level]} {hit.rule} {hit.trigger} {hit.place}\n\t\t{hit.text}")


def print_summary(rows: Sequence[Row], level: int) -> None:
    """Print shares, CPU seconds, memory and gaps of the targets that gave a result."""
    good = [row for row in rows if not row.error]
    for number, severity in enumerate(LEVELS[1:], 1):
        count = sum(row.level >= number for row in good)
        print(f"at {severity} or above: {count} of {len(good)} ({100 * count / (len(good) or 1):.1f} %)")
    cpu = sorted(row.cpu for row in good)
    if cpu:
        slowest = max(good, key=lambda row: row.cpu)
        largest = max(good, key=lambda row: row.memory)
        print(
            f"cpu seconds: median {statistics.median(cpu):.3f}, p95 {cpu[int(len(cpu) * 0.95)]:.3f}, "
            f"sum {sum(cpu):.1f}, most {slowest.cpu:.1f} ({slowest.name}); no result: {len(rows) - len(good)}"
        )
        print(f"peak memory of a worker: {largest.memory / 1e6:.0f} MB (by {largest.name})")
    triggers = Counter(trigger for row in good for trigger in {hit.trigger for hit in row.hits if hit.level >= level})
    print(f"triggers at {LEVELS[level]} or above: {_counted(triggers)}")
    print(f"targets with gaps, by reason: {_counted(Counter(reason for row in good for reason in set(row.gaps)))}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"


def print_rules(rows: Sequence[Row], level: int) -> None:
    """Print for each rule its targets by their worst finding of it, and those that reach ``level`` by it alone."""
    table: dict[str, Counter[int]] = {}
    alone: Counter[str] = Counter()
    for row in rows:
        worst: dict[str, int] = {}
        for (rule, _), found in row.rules().items():
            worst[rule] = max(found, worst.get(rule, 0))
        for rule, found in worst.items():
            table.setdefault(rule, Counter())[found] += 1
        decisive = [rule for rule, found in worst.items() if found >= level]
        alone.update(decisive if len(decisive) == 1 else ())
    columns = range(len(LEVELS) - 1, 0, -1)
    print(f"\n{'targets by worst finding':<26}" + "".join(f"{LEVELS[each]:>9}" for each in columns) + f"{'alone':>9}")
    for rule in sorted(table):
        print(f"{rule:<26}" + "".join(f"{table[rule][each]:>9}" for each in columns) + f"{alone[rule]:>9}")


def print_changes(rows: Sequence[Row], path: str) -> None:
    """Print the targets whose level differs from an earlier run, with the rules that came and went."""
    before = {old["name"]: old for old in json.loads(Path(path).read_text(encoding="utf-8"))}
    print(f"\nchanges since {os.path.basename(path)}")
    for row in rows:
        old = before.get(row.name)
        now = {rule for rule, _ in row.rules()}
        if old and (old["level"], old["error"]) != (LEVELS[row.level], row.error):
            was = {hit["rule"] for hit in old["hits"]}
            changes = [*(f"+{rule}" for rule in sorted(now - was)), *(f"-{rule}" for rule in sorted(was - now))]
            levels = f"{old['error'] or old['level']} -> {row.error or LEVELS[row.level]}"
            print(f"{levels}\t{row.name}\t{' '.join(changes)}")


def print_findings(rows: Sequence[Row], path: str) -> None:
    """Print the findings that came and went since an earlier run: rule, level and place without the line."""
    before = {old["name"]: old["hits"] for old in json.loads(Path(path).read_text(encoding="utf-8"))}
    print(f"\nfindings that differ from {os.path.basename(path)}")
    for row in rows:
        was = {(hit["rule"], hit["level"], hit["place"].partition(":")[0]) for hit in before.get(row.name, ())}
        now = {(hit.rule, LEVELS[hit.level], hit.place.partition(":")[0]) for hit in row.hits}
        for sign, found in (("-", was - now), ("+", now - was)):
            for rule, level, place in sorted(found):
                print(f"{sign} {level} {rule}\t{row.name}\t{place}")


def as_json(row: Row) -> dict[str, Any]:
    """Return the row for ``--json``, levels by name."""
    hits = [{**hit._asdict(), "level": LEVELS[hit.level]} for hit in row.hits]
    return {**row._asdict(), "level": LEVELS[row.level], "hits": hits}


def options() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--git-dir", help="bare repository that holds archives; needs --list")
    source.add_argument("--dir", help="folder of archives")
    source.add_argument("--trees", help="folder of source trees")
    parser.add_argument("--list", help="file with one path of the repository on each line")
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="only targets whose name holds this")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rules", metavar="ID,ID", help="only these rules")
    parser.add_argument("--ignore", metavar="REGEX", default=IGNORED, help="rules that do not count (%(default)s)")
    parser.add_argument("--every", action="store_true", help="parse all code, whatever the prefilter says")
    parser.add_argument("--profile", help="as for assay scan")
    names = parser.add_mutually_exclusive_group()
    names.add_argument("--renamed", action="store_true", help="other names, inside too, which must change no figure")
    names.add_argument("--own-names", action="store_true", help="archives keep theirs, so that MANI-002 can judge them")
    parser.add_argument("--level", default="high", choices=LEVELS[1:])
    parser.add_argument("--show", choices=["missed", "flagged", "gaps"])
    parser.add_argument("--places", action="store_true", help="with --show: every finding with place and text")
    parser.add_argument("--json", metavar="FILE", help="write the rows")
    parser.add_argument("--against", metavar="FILE", help="rows of an earlier run: print what changed")
    parser.add_argument("--findings", action="store_true", help="with --against: each finding that came or went")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300.0, help="CPU seconds for one target")
    return parser


def main() -> None:
    """Measure and print."""
    parser = options()
    given = parser.parse_args()
    if given.git_dir and (not given.list or given.places):
        parser.error("--git-dir needs --list, and prints no places")
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if os.path.isdir(IN_MEMORY) else None) as scratch:
        rows = sorted(measure(jobs_of(given, scratch), given.workers))
    level = LEVELS.index(given.level)
    print_rows(rows, given)
    print_summary(rows, level)
    print_rules(rows, level)
    if given.against:
        print_changes(rows, given.against)
    if given.against and given.findings:
        print_findings(rows, given.against)
    if given.json:
        text = json.dumps([as_json(row) for row in rows], indent=1)
        Path(given.json).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
