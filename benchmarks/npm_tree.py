"""Measure scans of an installed npm tree as whole processes, beside reading and hashing the same bytes.

    python benchmarks/npm_tree.py FOLDER [--runs 3] [--jobs 2] [--assay assay] [--peer 'NAME=COMMAND {dir}' …]

FOLDER holds node_modules, and its lockfile. In each of ``--runs`` turns all commands run once, so that what else the
machine does falls on all of them: a process that reads and hashes every file with one worker, ``assay scan`` without
its cache and with ``--jobs`` workers, the same with a cache that an earlier scan has filled, and the peers. Told are
the medians of wall and CPU seconds (children included), of their ratios to reading and hashing in the same turn, and
the highest peak of memory of one process. ``--assay`` and a peer are command lines; no shell reads them. To keep a peer
off the network: ``--peer 'picosentry=unshare -rn picosentry scan {dir}'``.

At the end it is told whether the result was the same with and without the cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FLOOR = "read and hash"
HASHING = """
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.islink(path):
            with open(path, "rb") as file:
                hashlib.sha256(file.read()).digest()
"""


class Run(NamedTuple):
    """Seconds on the clock and of CPU, peak memory of the largest process (bytes), digest of the output, exit code."""

    wall: float
    cpu: float
    peak: int
    output: str
    code: int


def run(command: list[str], cache: str) -> Run:
    """Run a command to its end, with a folder of its own for caches."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"XDG_CACHE_HOME": cache}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        digest = hashlib.sha256(output.read()).hexdigest()
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, digest, process.returncode)


def size_of(folder: Path) -> tuple[int, int]:
    """Return how many files a folder holds, and their bytes."""
    sizes = [
        os.lstat(os.path.join(place, name)).st_size
        for place, _, names in os.walk(folder)
        for name in names
        if not os.path.islink(os.path.join(place, name))
    ]
    return len(sizes), sum(sizes)


def measure(commands: dict[str, list[str]], runs: int) -> dict[str, list[Run]]:
    """Return the runs of each command; before the first turn each runs once, which fills caches."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as cache:
        for turn in range(runs + 1):
            for name, command in commands.items():
                one = run(command, cache)
                if turn:
                    found[name].append(one)
    return found


def shown(runs: list[Run], floor: list[Run]) -> str:
    """Return the medians of a command as a line of the table."""
    pairs = list(zip(runs, floor, strict=True))
    figures = (
        statistics.median(one.wall for one in runs),
        statistics.median(one.wall / other.wall for one, other in pairs),
        statistics.median(one.cpu for one in runs),
        statistics.median(one.cpu / other.cpu for one, other in pairs),
    )
    codes = ", ".join(sorted({str(one.code) for one in runs}))
    return "".join(f"{figure:>10.2f}" for figure in figures) + f"{max(one.peak for one in runs) / 1e6:>10.0f}  {codes}"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--assay", default="assay")
    parser.add_argument("--peer", action="append", default=[])
    given = parser.parse_args()
    folder = str(given.folder.resolve())
    scan = [*shlex.split(given.assay), "scan", folder, "-f", "json", "-q", "-j", str(given.jobs)]
    commands = {
        FLOOR: [sys.executable, "-c", HASHING, folder],
        "assay, no cache": [*scan, "--no-cache"],
        "assay, cache": scan,
    }
    for peer in given.peer:
        name, _, line = peer.partition("=")
        commands[name] = [word.replace("{dir}", folder) for word in shlex.split(line)]
    count, total = size_of(given.folder)
    found = measure(commands, given.runs)
    print(f"{count:,} files, {total / 1e6:.0f} MB; {given.jobs} workers; median of {given.runs} turns")
    print(f"{'':<18}{'wall s':>10}{'x':>10}{'CPU s':>10}{'x':>10}{'peak MB':>10}  exit")
    for name, runs in found.items():
        print(f"{name:<18}{shown(runs, found[FLOOR])}")
    outputs = {one.output for name in ("assay, no cache", "assay, cache") for one in found[name]}
    print(json.dumps({"the same with and without the cache": len(outputs) == 1}))


if __name__ == "__main__":
    main()
