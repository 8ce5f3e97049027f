"""Measure the corpus: opening and verifying a pack, and asking it, each in a fresh process; the best of several runs.

    python benchmarks/corpus_speed.py PACK [ROOT.json] [--runs 7] [--names 1000]

The names asked are 98 % popular ones and 2 % that the pack has advisories about. Times are in milliseconds, memory is
the peak (VmHWM, so on Linux only) above that of an interpreter which imported the same modules.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from assay.corpus import advisories, sections
from assay.corpus.pack import FileBytes
from assay.corpus.shipped import load_trust
from assay.corpus.verify import verify_head
from assay.corpus.view import open_view

CHILD = """
import json, sys, time
start = time.perf_counter()
from assay.corpus.shipped import load_trust
from assay.corpus.view import open_view
imported = time.perf_counter()
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
before = peak()
pack, root, asked = sys.argv[1], sys.argv[2], json.load(sys.stdin)
read = time.perf_counter()
view = open_view([pack], load_trust(root or None))
view.advisories("npm", "", None)
opened = time.perf_counter()
found = sum(len(view.advisories("npm", name, "1.0.0")) for name in asked)
done = time.perf_counter()
view.popular("npm")
ranked = time.perf_counter()
after = peak()
print(json.dumps([imported - start, opened - read, done - opened, ranked - done, (after - before) / 1024, found]))
"""
LABELS = ("import ms", "open, verify, hash the index ms", "ask ms", "popular npm names ms", "memory MB", "matches")


def sample(pack: str, root: str, wanted: int) -> list[str]:
    """Return names of npm packages: popular ones, and every fiftieth one with advisories, in order of name."""
    known = load_trust(root or None)
    popular = list(open_view([pack], known).popular("npm"))
    verified = verify_head(FileBytes(pack), known)
    (blocks,) = (verified.section(each) for each in verified.manifest.sections if each.kind == sections.BLOCKS)
    hits, offset = [], 0
    while offset < len(blocks):
        content = advisories.entry_bytes(blocks, offset)
        offset += 4 + len(content)
        entry = advisories.decode_entry(content)
        if entry.ecosystem == "npm":
            hits.append(entry.name)
    count = wanted // 50
    step = max(1, len(hits) // count)
    return sorted([*popular[: wanted - count], *hits[::step][:count]])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack")
    parser.add_argument("root", nargs="?", default="")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--names", type=int, default=1000)
    options = parser.parse_args()
    asked = json.dumps(sample(options.pack, options.root, options.names))
    command = [sys.executable, "-I", "-c", CHILD, options.pack, options.root]
    runs = [
        json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
        for _ in range(options.runs)
    ]
    print(f"{Path(options.pack).name}, {options.names} names, best of {options.runs}")
    for label, values in zip(LABELS, zip(*runs, strict=True), strict=True):
        factor = 1000 if label.endswith("ms") else 1
        print(f"{label:34}{min(values) * factor:8.1f}")


if __name__ == "__main__":
    main()
