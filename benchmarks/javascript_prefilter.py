"""How fast the prefilter of scripts is, and what it lets through, on a folder of packages.

    python benchmarks/javascript_prefilter.py node_modules

Prints the scripts and bytes of the folder, megabytes a second of reading and hashing, of the patterns alone and of the
whole prefilter, and which share of files and bytes would be parsed if every file were loaded when its package is.
Every file is held in memory before the clock starts. The folder is only read.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict
from pathlib import Path
from posixpath import dirname, join, normpath
from time import process_time

from assay.scanner.code.javascript_prefilter import DECISIVE, Scanned, candidates, scanner, settled
from assay.scanner.code.javascript_windows import WHOLE, excerpt

ENDINGS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".tsx", ".mts", ".cts")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
TRIED = ("", ".js", ".json", ".cjs", ".mjs", ".ts", "/index.js")


def package_of(path: str) -> str:
    """Return the folder of the package that a path lies in."""
    before, _, rest = path.rpartition("node_modules/")
    parts = rest.split("/")
    return join(before, *parts[: 2 if parts[0].startswith("@") else 1])


def loads(files: dict[str, Scanned]) -> dict[str, set[str]]:
    """Return, by path, the files that each names by a relative path."""
    found: dict[str, set[str]] = {}
    for path, file in files.items():
        named = [normpath(join(dirname(path), name)) for name in file.imports if name.startswith(".")]
        found[path] = {name + end for name in named for end in TRIED if name + end in files}
    return found


def main(folder: str) -> None:
    """Print the figures of a folder."""
    root = Path(folder)
    contents: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        name = path.as_posix().removeprefix(root.as_posix() + "/")
        if name.endswith(ENDINGS) and not name.endswith(DECLARATIONS) and path.is_file() and not path.is_symlink():
            contents[name] = path.read_bytes()
    total = sum(map(len, contents.values())) / 1e6
    prefilter = scanner()
    started = process_time()
    for data in contents.values():
        hashlib.sha256(data).digest()
    hashed = process_time()
    for data in contents.values():
        prefilter.met(data)
    met = process_time()
    seen = {name: prefilter.scan(data, name) for name, data in contents.items()}
    scanned = process_time()
    packages: dict[str, dict[str, Scanned]] = defaultdict(dict)
    for name, file in settled(seen, seen.keys(), contents.get).items():
        packages[package_of(name)][name] = file
    chosen = [path for files in packages.values() for path in candidates(files, loads(files), set(files), ())]
    linked = process_time()
    parsed = {
        path: len(contents[path]) if len(contents[path]) <= WHOLE else len(excerpt(contents[path], seen[path].hits))
        for path in chosen
    }
    print(f"{len(contents)} scripts, {total:.1f} MB")
    print(f"hashing   {total / (hashed - started):7.0f} MB/s  {hashed - started:.2f} s")
    print(f"patterns  {total / (met - hashed):7.0f} MB/s  {met - hashed:.2f} s")
    print(f"prefilter {total / (scanned - met):7.0f} MB/s  {scanned - met:.2f} s")
    print(f"choosing  {linked - scanned:.2f} s, cutting {process_time() - linked:.2f} s")
    size = sum(parsed.values()) / 1e6
    print(f"candidates {len(parsed)} = {len(parsed) / len(contents):.2%} of files, {size:.2f} MB = {size / total:.2%}")
    files_of = {path: file for some in packages.values() for path, file in some.items()}
    files: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    for path, length in parsed.items():
        for why in sorted(files_of[path].hot & (DECISIVE | {"UNASKED"})) or ["linked"]:
            files[why] += 1
            weight[why] += length
    for why, number in files.most_common():
        print(f"  {why:11} {number:4} files {weight[why] / 1e3:8.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1])
