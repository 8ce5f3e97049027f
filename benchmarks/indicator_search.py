"""Measure what looking for listed texts in files costs: whole scans of a tree with 0, 10, 1,000 observables and so on.

    python benchmarks/indicator_search.py TREE [--copies 3] [--counts 10,1000] [--runs 7] [--jobs 1] [--assay assay]

The tree is copied so often that it is large enough. The packs and their trust root are made here, with keys that are
thrown away; the observables, a quarter of each kind, stand in no file. Scans with and without run in turn, A B A B …,
as whole processes with the files in the page cache; what counts is the ratio pair by pair, its median, because
machines drift. With one worker CPU time is measured, with more wall time.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.corpus import advisories, dsse, indicators, manifest, pack, sections, signing, trust
from assay.corpus.indicators import IndicatorEntry, IndicatorTable
from assay.corpus.ranges import EVERYTHING
from assay.scanner.knowledge import IndicatorKind

_RECORD = advisories.Record(
    id="MAL-0",
    kind=advisories.MALWARE,
    source=0,
    severity=None,
    cvss=None,
    summary=None,
    aliases=(),
    affected=(EVERYTHING,),
    versions=(),
    possible=(),
)
"""What a corpus needs to be one."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def make_entries(number: int, seed: int = 7) -> tuple[IndicatorEntry, ...]:
    """Return that many indicators that no file holds, a quarter of each kind."""
    chance = random.Random(seed)

    def word() -> str:
        return "".join(chance.choice(_LETTERS) for _ in range(chance.randint(6, 14)))

    made = []
    for place in range(number):
        host = f"{word()}.{word()}.example"
        made.append(
            (
                IndicatorEntry(IndicatorKind.DOMAIN, host),
                IndicatorEntry(IndicatorKind.URL, f"https://{host}/{word()}/{word()}"),
                IndicatorEntry(IndicatorKind.EMAIL, f"{word()}@{host}"),
                IndicatorEntry(IndicatorKind.STRING, f"{word().title()} {word()}"),
            )[place % 4]
        )
    return tuple(made)


def make_packs(folder: Path, counts: list[int]) -> None:
    """Write ``root.json`` and one pack for each number of observables."""
    key = Ed25519PrivateKey.generate()
    public = signing.public_bytes(key)
    role = trust.Role(frozenset({dsse.key_id(public)}), 1)
    channel = trust.Channel("default", role, 1, sections.KINDS, 100, 1, frozenset())
    root = trust.TrustRoot(1, {dsse.key_id(public): public}, role, {"default": channel})
    (folder / "root.json").write_bytes(dsse.encode(signing.sign(dsse.ROOT_TYPE, trust.dump_payload(root), [key])))
    source = manifest.Source("bench", "https://example.invalid/", "2026-01-01", "0" * 64, "MIT", "nobody", 0, 0)
    for count in counts:
        index, blocks = advisories.encode([advisories.Entry("npm", "thief", (_RECORD,))])
        contents = [("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, blocks)]
        if count:
            table = IndicatorTable(0, {}, make_entries(count))
            contents.append(("seen", sections.IOC, indicators.encode(table)))
        laid_out, body = pack.lay_out(contents)
        described = manifest.Manifest(
            channel="default",
            epoch=1,
            seq=1,
            built_at="2026-01-01T00:00:00Z",
            fresh_until="2026-04-01T00:00:00Z",
            min_root_version=1,
            min_tool="0.1.0",
            body_length=len(body),
            title="benchmark",
            builder="benchmark",
            sources=(source,),
            stats={"advisories": 1},
            supersedes="",
            sections=laid_out,
        )
        envelope = dsse.encode(signing.sign(dsse.MANIFEST_TYPE, manifest.dump(described), [key]))
        (folder / f"{count}.pack").write_bytes(pack.write_container(envelope, [], body))


def measure(command: list[str], *, wall: bool) -> float:
    """Run a command and return its seconds: of CPU, user and system, or on the wall.

    Raises:
        SystemExit: it found something or failed.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode:
        raise SystemExit(f"exit {result.returncode}: {' '.join(command)}")
    return seconds if wall else after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
    options.add_argument("tree")
    options.add_argument("--copies", type=int, default=3)
    options.add_argument("--counts", default="10,1000")
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--assay", default=shutil.which("assay") or str(Path(sys.executable).with_name("assay")))
    given = options.parse_args()
    counts = [int(count) for count in given.counts.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_packs(folder, [0, *counts])
        for copy in range(given.copies):
            shutil.copytree(given.tree, folder / "target" / f"v{copy}" / "site-packages", symlinks=True)
        sizes = [os.lstat(path).st_size for path in (folder / "target").rglob("*") if path.is_file()]
        print(f"tree      {len(sizes):,} files, {sum(sizes) / 1e6:.0f} MB, {given.jobs} worker(s)")
        scans = {
            count: [
                *(given.assay, "scan", str(folder / "target"), "-f", "json", "-q", "--allow-incomplete"),
                *("-j", str(given.jobs), "--corpus", str(folder / f"{count}.pack")),
                *("--trust-root", str(folder / "root.json")),
            ]
            for count in [0, *counts]
        }
        wall = given.jobs > 1
        measure(scans[0], wall=wall)
        for count in counts:
            measure(scans[count], wall=wall)
            pairs = [(measure(scans[count], wall=wall), measure(scans[0], wall=wall)) for _ in range(given.runs)]
            ratios = sorted(one / other for one, other in pairs)
            with_, without = (statistics.median(side) for side in zip(*pairs, strict=True))
            print(
                f"{count:<9,} {with_:.2f} s and {without:.2f} s without, ratio median {statistics.median(ratios):.2f}, "
                f"min {ratios[0]:.2f}, max {ratios[-1]:.2f}"
            )
        for count, command in scans.items():
            print(f"memory    {peak_megabytes(command):.0f} MB with {count:,}")


if __name__ == "__main__":
    main()
