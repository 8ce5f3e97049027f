"""Measure ``assay corpus update`` on a synthetic OSV npm export: the full build, and one after 1 % of it changed.

    python benchmarks/corpus_update.py SOURCES FOLDER [--records 210000] [--seed 1]

SOURCES holds ``osv/npm/all.zip``. The export is made of its real records, whose ids and names are varied as
``synthetic_pack.py`` does; it is put into FOLDER/mirror. Every build is a process, ``corpus update --mirror``
with a key made from the seed; its time and peak memory are printed: with a cache that is empty, with one in which 99 %
of the records are, and with an empty one again, whose pack must be the same.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
SPEC: dict[str, Any] = {
    "type": "assay.build", "spec": 1, "channel": "default", "epoch": 1, "seq": 1, "title": "synthetic",
    "builder": "benchmark", "min_root_version": 1, "min_tool": "0.1.0", "fresh_days": 90, "supersedes": "",
    "sources": [{"id": "osv", "url": "https://osv.example/", "licence": "Apache-2.0", "attribution": "nobody"}],
    "inputs": [{"kind": "osv", "path": "osv/npm/all.zip", "url": "https://osv.example/npm/all.zip",
                "sources": {"": "osv"}}],
}  # fmt: skip


def varied(real: list[tuple[str, bytes]], wanted: int, seed: int) -> dict[str, bytes]:
    """Return ``wanted`` records by the name of their file: the real ones, and others with varied ids and names."""
    chance = random.Random(seed)
    found = dict(real)
    while len(found) < wanted:
        name, data = real[chance.randrange(len(real))]
        record = json.loads(data)
        old = record["affected"][0]["package"]["name"] if record.get("affected") else ""
        place = chance.randrange(1, len(old) + 1) if old else 0
        new = old[:place] + "".join(chance.choices(LETTERS, k=chance.randrange(2, 6))) + old[place:]
        id_ = f"{name.partition('-')[0]}-{9000 + len(found) % 1000}-{len(found)}"
        record["id"] = id_
        for affected in record.get("affected", ()):
            if affected["package"]["name"] == old:
                affected["package"]["name"] = new
        record["summary"] = str(record.get("summary", "")).replace(old, new) if old else ""
        found[f"{id_}.json"] = json.dumps(record).encode()
    return found


def changed(records: dict[str, bytes], share: float, seed: int) -> dict[str, bytes]:
    """Return the records with a share of them changed in their details and in the moment of their last change."""
    chance = random.Random(seed)
    after = dict(records)
    for name in chance.sample(sorted(records), int(len(records) * share)):
        record = json.loads(records[name])
        after[name] = json.dumps({**record, "modified": "2026-10-01T00:00:00Z", "details": "changed"}).encode()
    return after


def write_export(path: Path, records: dict[str, bytes]) -> None:
    """Write an ``all.zip``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in records.items():
            archive.writestr(name, data)


def update(folder: Path, label: str, cache: Path) -> str:
    """Run one update and print its time and its peak memory; return the hash of the pack."""
    output = folder / "updated.pack"
    command = [
        str(Path(sys.executable).with_name("assay")), "corpus", "update", "--mirror", str(folder / "mirror"),
        "--spec", str(folder / "spec.json"), "--cache", str(cache), "--key", str(folder / "key.pem"),
        "--output", str(output), "--no-import", "--seq", "7",
    ]  # fmt: skip
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{label}: failed with {status}\n{said}")
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    processor = usage.ru_utime + usage.ru_stime
    digest = sha256(output.read_bytes()).hexdigest()
    print(f"{label:44} {seconds:6.1f} s  {processor:6.1f} s of processor  {peak:4.0f} MB  {digest[:16]}")
    return digest


def make(sources: Path, folder: Path, wanted: int, seed: int) -> None:
    """Write the export, the one after it, the specification and the key."""
    with zipfile.ZipFile(sources / "osv/npm/all.zip") as archive:
        real = [(name, archive.read(name)) for name in sorted(archive.namelist())]
    records = varied(real, wanted, seed)
    write_export(folder / "first.zip", records)
    write_export(folder / "second.zip", changed(records, 0.01, seed))
    (folder / "spec.json").write_text(json.dumps(SPEC))
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"assay synthetic %d" % seed).digest())
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "key.pem").chmod(0o600)
    packed = (folder / "first.zip").stat().st_size
    print(f"{len(records)} records, {sum(map(len, records.values())):,} bytes, {packed:,} bytes packed", flush=True)


def main() -> None:
    """Make the exports and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=210_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder: Path = options.folder
    # In a process of its own: the memory of a process that starts another one counts as that one's too.
    maker = multiprocessing.Process(target=make, args=(options.sources, folder, options.records, options.seed))
    maker.start()
    maker.join()
    export, cache = folder / "mirror/osv/npm/all.zip", folder / "cache"
    export.parent.mkdir(parents=True, exist_ok=True)
    for stale in (cache, folder / "none"):
        shutil.rmtree(stale, ignore_errors=True)
    shutil.copy(folder / "first.zip", export)
    update(folder, "full, cache empty", cache)
    shutil.copy(folder / "second.zip", export)
    incremental = update(folder, "incremental, 1 % changed", cache)
    if update(folder, "full, of the same", folder / "none") != incremental:
        raise SystemExit("the cache changed the pack")


if __name__ == "__main__":
    main()
