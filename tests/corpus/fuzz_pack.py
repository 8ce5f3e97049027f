"""Fuzzing the readers of a pack, guided by coverage: ``python -m tests.corpus.fuzz_pack --runs 100000 --seed 1``.

Needs atheris (libFuzzer for Python), of which there are wheels for some interpreters only; without it, or with
``--plain``, the same number of mutations is drawn without guidance. Equal seeds give equal runs. The first byte of an
input chooses the target. Exit code 0: no reader did anything but accept or refuse, within five seconds and 1 GiB.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

MEMORY = 1024
"""MiB that the process may take."""

SECONDS = 5
"""For one input."""

LONGEST = 16 * 1024

ON_DEMAND = ("tables", "entries", "shapes", "listed", "pep440", "semver", "bounds", "versions")
"""Modules that a reader may load later than the others, when nothing would make their coverage seen."""


def available() -> bool:
    """Say whether coverage can guide the fuzzer."""
    return importlib.util.find_spec("atheris") is not None


class Tally:
    """Counts what came of each input, and prints it after the last."""

    def __init__(self, targets: Any, runs: int) -> None:
        self._targets = targets
        self._left = runs
        self._ended: Counter[str] = Counter()

    def take(self, data: bytes) -> None:
        """Throw one input at its target."""
        if data:
            target = self._targets.TARGETS[data[0] % len(self._targets.TARGETS)]
            accepted = self._targets.survives(target, data[1:])
            self._ended[f"{target.name} {'accepted' if accepted else 'refused'}"] += 1
        self._left -= 1
        if not self._left:
            self.show()

    def show(self) -> None:
        """Print the counts."""
        sys.stdout.write(f"runs {sum(self._ended.values())} {dict(sorted(self._ended.items()))}\n")
        sys.stdout.flush()


def plain(runs: int, seed: int) -> int:
    """Draw mutations without guidance; return the exit code."""
    targets = importlib.import_module("tests.corpus.fuzz_targets")
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY * 2**20, MEMORY * 2**20))
    chance, tally = random.Random(seed), Tally(targets, runs)
    for run in range(runs):
        number = run % len(targets.TARGETS)
        data = bytes([number]) + targets.mutated(chance, chance.choice(targets.TARGETS[number].seeds))
        started = time.monotonic()
        try:
            tally.take(data)
            if time.monotonic() - started > SECONDS:
                raise TimeoutError(f"more than {SECONDS} s")
        except (Exception, MemoryError):  # noqa: BLE001 - the input that did it must be shown
            traceback.print_exc()
            sys.stderr.write(f"input {data.hex()}\n")
            return 1
    return 0


def guided(runs: int, seed: int) -> None:
    """Let libFuzzer choose the mutations; the process ends with its exit code."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["assay.corpus", "assay.scanner.purl"]):
        targets = importlib.import_module("tests.corpus.fuzz_targets")
        for name in ON_DEMAND:
            importlib.import_module(f"assay.corpus.{name}")
    tally = Tally(targets, runs)

    def mutate(data: bytes, longest: int, chosen: int) -> bytes:
        chance = random.Random(chosen)
        if len(data) < 2 or chance.random() < 0.4:
            changed: bytes = atheris.Mutate(data, longest)
            return changed
        changed = data[:1] + targets.mutated(chance, data[1:])
        return changed[:longest]

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for number, target in enumerate(targets.TARGETS):
        for place, data in enumerate(target.seeds):
            (folder / f"{number}-{place}").write_bytes(bytes([number]) + data)
    flags = [
        f"-runs={runs}", f"-seed={seed}", f"-max_len={LONGEST}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEMORY}",
        "-len_control=0", "-print_final_stats=1", f"-artifact_prefix={folder}/found-",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *flags, str(folder)], tally.take, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> None:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.fuzz_pack", description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without coverage")
    chosen = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # or sets would be walked in another order each time
        os.execve(sys.executable, [sys.executable, "-m", "tests.corpus.fuzz_pack", *sys.argv[1:]],
                  {**os.environ, "PYTHONHASHSEED": "0"})  # fmt: skip
    if chosen.plain or not available():
        sys.exit(plain(chosen.runs, chosen.seed))
    guided(chosen.runs, chosen.seed)


if __name__ == "__main__":
    main()
