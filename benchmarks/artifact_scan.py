"""Measure scans of single artifacts as whole processes, beside other scanners, and of a folder of them in one.

    python benchmarks/artifact_scan.py FOLDER [--runs 3] [--limit 60] [--assay assay]
        [--peer 'NAME=COMMAND {file}' …]

FOLDER holds wheels and source archives; every ``--limit``-th of them by name is taken, evenly. The commands run in turn
on the same file, as whole processes: what counts are CPU seconds (children included), their median and 95th percentile
over the files of the least of ``--runs`` runs, and the highest peak of memory. ``python -c "import json, hashlib"``
runs in the same turn, so that figures of different machines can be compared as ratios. At the end ``assay scan`` is
given all files in one folder: CPU per file.

A peer is a command line with ``{file}`` in it, as ``guarddog=guarddog pypi scan {file} --output-format json`` and
``pydepgate=pydepgate scan {file}``; no shell reads it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ENDINGS = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz")
INTERPRETER = "python"


class Run(NamedTuple):
    """CPU seconds and peak memory (bytes) of one process and its children."""

    seconds: float
    peak: int


def chosen(folder: Path, limit: int) -> list[Path]:
    """Return at most ``limit`` artifacts of a folder, evenly by name."""
    found = sorted(path for path in folder.iterdir() if path.name.endswith(ENDINGS))
    step = max(1, len(found) // limit)
    return found[::step][:limit]


def run(command: list[str]) -> Run:
    """Run a command to its end, its output thrown away."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def measure(commands: dict[str, list[str]], files: list[Path], runs: int) -> dict[str, list[Run]]:
    """Return for each command the cheapest run on each file."""
    best: dict[str, list[Run]] = {name: [] for name in commands}
    for file in files:
        found: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, words in commands.items():
                found[name].append(run([word.replace("{file}", str(file)) for word in words]))
        for name, some in found.items():
            best[name].append(Run(min(one.seconds for one in some), max(one.peak for one in some)))
    return best


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def batch(assay: str, files: list[Path]) -> Run:
    """Scan all files in one folder with one process."""
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            shutil.copy(file, folder)
        return run([assay, "scan", folder, "-f", "json", "-q"])


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--assay", default="assay")
    parser.add_argument("--peer", action="append", default=[])
    given = parser.parse_args()
    commands = {
        INTERPRETER: [sys.executable, "-c", "import json, hashlib"],
        "assay": [given.assay, "scan", "{file}", "-f", "json", "-q"],
    }
    for peer in given.peer:
        name, _, line = peer.partition("=")
        commands[name] = shlex.split(line)
    files = chosen(given.folder, given.limit)
    if not files:
        sys.exit(f"{given.folder}: no artifact in it")
    best = measure(commands, files, given.runs)
    floor = statistics.median(one.seconds for one in best[INTERPRETER])
    print(
        f"{len(files)} artifacts, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB; least of {given.runs} runs"
    )
    print(f"{'':<12}{'median s':>10}{'p95 s':>10}{'x python':>10}{'peak MB':>10}")
    for name, some in best.items():
        seconds = [one.seconds for one in some]
        middle = statistics.median(seconds)
        peak = max(one.peak for one in some) / 1e6
        print(f"{name:<12}{middle:>10.3f}{percentile(seconds, 0.95):>10.3f}{middle / floor:>10.1f}{peak:>10.0f}")
    together = batch(given.assay, files)
    each = together.seconds / len(files)
    print(f"in one process: {each * 1000:.1f} ms of CPU each, {together.peak / 1e6:.0f} MB at most in one process")


if __name__ == "__main__":
    main()
