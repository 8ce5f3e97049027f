"""Measure TYPO-001: names that are on no list, each checked against every popular npm name; best of several runs.

    python benchmarks/look_alikes.py [--names 112] [--runs 7]

The names are popular ones with a word added, so that none is popular itself; 112 is how many of the 1,451 packages of
a real lockfile were on no list.
"""

from __future__ import annotations

import argparse
import time

from assay.corpus.shipped import default_pack_path, load_trust
from assay.corpus.view import open_view
from assay.rules.look_alikes import nearest


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--names", type=int, default=112)
    options.add_argument("--runs", type=int, default=7)
    given = options.parse_args()
    with open_view([default_pack_path()], load_trust()) as view:
        popular = view.popular("npm")
    known = sorted(popular)
    names = [f"{name}-tool" for name in known[:: len(known) // given.names] if f"{name}-tool" not in popular]
    names = names[: given.names]
    best = float("inf")
    for _ in range(given.runs):
        start = time.perf_counter()
        found = sum(nearest("npm", name, popular) is not None for name in names)
        best = min(best, time.perf_counter() - start)
    letters = sum(map(len, names)) / len(names)
    print(f"{len(names)} names of {letters:.0f} letters, {len(popular):,} popular: {best * 1000:.1f} ms, {found} hits")


if __name__ == "__main__":
    main()
