"""Measure a whole scan: one lockfile of 1,900 entries against a pack, beside ``python -c "import json, hashlib"``.

    python benchmarks/lockfile_scan.py PACK [ROOT.json] [--runs 21] [--entries 1900] [--assay assay]

Both commands run in turn, A B A B …, as whole processes; what counts is the ratio of CPU time pair by pair, its
median, because machines drift. The lockfile is made from the pack: popular npm names, 8 % names that are not popular,
2 % names in versions that are affected, an eighth of them those with the most advisories. Memory is the process's peak.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.corpus import advisories, sections
from assay.corpus.pack import FileBytes
from assay.corpus.shipped import load_trust
from assay.corpus.verify import verify_head
from assay.corpus.view import open_view

if TYPE_CHECKING:
    from assay.corpus.trust import TrustRoot

UNLISTED, HITS = 0.08, 0.02
MANY = 50


def packages_with_advisories(pack: str, root: TrustRoot) -> list[tuple[int, str]]:
    """Return (number of advisories, npm name), most first."""
    verified = verify_head(FileBytes(pack), root)
    (blocks,) = (verified.section(each) for each in verified.manifest.sections if each.kind == sections.BLOCKS)
    found, offset = [], 0
    while offset < len(blocks):
        content = advisories.entry_bytes(blocks, offset)
        offset += 4 + len(content)
        entry = advisories.decode_entry(content)
        if entry.ecosystem == "npm":
            found.append((len(entry.records), entry.name))
    return sorted(found, reverse=True)


def make_lockfile(pack: str, root: TrustRoot, entries: int, seed: int = 7) -> tuple[dict[str, Any], int, int]:
    """Return a package-lock of version 3, how many entries are hits, and how many of those have over 50 advisories."""
    chance = random.Random(seed)
    with open_view([pack], root) as view:
        ranks = view.popular("npm")
        popular = sorted(ranks, key=lambda name: ranks[name])[: entries * 3]
        chance.shuffle(popular)
        hits: dict[str, str] = {}
        known = packages_with_advisories(pack, root)
        wanted = int(entries * HITS)
        for _, name in [*known[: wanted // 8], *chance.sample(known, wanted * 20)]:
            version = next((text for text in ("0.0.1", "1.0.0", "99.0.0") if view.advisories("npm", name, text)), None)
            if version and len(hits) < wanted:
                hits[name] = version
    crowded = sum(count > MANY and name in hits for count, name in known)
    plain = [name for name in popular if name not in hits]
    share = int(entries * UNLISTED)
    unlisted = [f"{name.replace('/', '-').lstrip('@')}-{chance.randrange(10, 99)}x" for name in plain[:share]]
    names = [*hits, *unlisted, *plain[share:]][:entries]
    chance.shuffle(names)
    packages = _entries(names, hits, chance)
    return {"name": "bench", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}, len(hits), crowded


def _entries(names: list[str], hits: dict[str, str], chance: random.Random) -> dict[str, Any]:
    asked_for = dict.fromkeys(names[:40], "*")
    packages: dict[str, Any] = {"": {"name": "bench", "version": "1.0.0", "dependencies": asked_for}}
    for number, name in enumerate(names):
        version = hits.get(name) or f"{chance.randrange(20)}.{chance.randrange(30)}.{chance.randrange(20)}"
        bare = name.rpartition("/")[2]
        packages[f"node_modules/{name}"] = {
            "version": version,
            "resolved": f"https://registry.example/{name}/-/{bare}-{version}.tgz",
            "integrity": f"sha512-{'A' * 86}==",
            "license": "MIT",
            "dependencies": dict.fromkeys(names[40 + number * 3 : 43 + number * 3], "^1.0.0"),
            "engines": {"node": ">=18"},
        }
    return packages


def cpu_seconds(command: list[str]) -> tuple[float, int]:
    """Run a command; return its CPU seconds, user and system, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, code


def peak_megabytes(command: list[str]) -> float:
    """Run a command in a process of its own kind and return the peak of its resident memory."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    result = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return int(result.stdout) / (1024 if sys.platform == "linux" else 1024**2)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("pack")
    options.add_argument("root", nargs="?")
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--entries", type=int, default=1_900)
    options.add_argument("--assay", default=shutil.which("assay") or str(Path(sys.executable).with_name("assay")))
    given = options.parse_args()
    root = load_trust(given.root)
    with tempfile.TemporaryDirectory() as folder:
        lockfile = os.path.join(folder, "package-lock.json")
        content, hits, crowded = make_lockfile(given.pack, root, given.entries)
        text = json.dumps(content, indent=2)
        Path(lockfile).write_text(text, encoding="utf-8")
        scan = [given.assay, "scan", lockfile, "--format", "json", "--corpus", given.pack]
        scan += ["--trust-root", given.root] if given.root else []
        base = [sys.executable, "-c", "import json, hashlib"]
        cpu_seconds(scan), cpu_seconds(base)
        pairs = [(cpu_seconds(scan), cpu_seconds(base)) for _ in range(given.runs)]
        ratios = sorted(one / other for (one, _), (other, _) in pairs)
        print(f"lockfile  {given.entries} entries, {len(text):,} bytes")
        print(f"hits      {hits}, {crowded} of them on names with over {MANY} advisories")
        print(f"scan      {statistics.median(one for (one, _), _ in pairs) * 1000:.0f} ms CPU, exit {pairs[0][0][1]}")
        print(f"base      {statistics.median(other for _, (other, _) in pairs) * 1000:.0f} ms CPU")
        print(f"ratio     median {statistics.median(ratios):.2f}, min {ratios[0]:.2f}, max {ratios[-1]:.2f}")
        print(f"memory    {peak_megabytes(scan):.1f} MB")


if __name__ == "__main__":
    main()
