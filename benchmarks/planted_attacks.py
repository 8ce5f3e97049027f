"""Plant attacks that were described in public in an installed npm tree, and tell which of them a scan finds, and where.

    python benchmarks/planted_attacks.py TREE [--places SUBSTRING] [--jobs 2] [--assay assay] [--missed] [--json FILE]

TREE holds node_modules. Its files are linked, not copied, into a folder of this program's own, on the same disk where
that can be; nothing is written to a link, and what is planted are new folders, one for each attack of tests/attacks,
each a package of its own. For each sort of place all attacks are planted, the tree is scanned once as ``assay scan``
does, without its cache, and what was planted is taken away again. Where a place takes one script, it is that of an
attack which stands alone; what runs at install does so there too.

An attack is found if a finding at HIGH or above lies in its package, with the trigger by which it runs. Told are how
many are, and wall and CPU seconds and the peak memory of one process as ratios to the same tree without attacks, which
is scanned every few places. What is planted are bytes and findings too, so their share of the bytes stands beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from npm_tree import Run, run, size_of

sys.path.insert(0, str(Path(__file__).parents[1]))  # the attacks are not part of the installed package

from tests.attacks.case import MANIFEST, Attack, package_files
from tests.attacks.payloads import attacks, is_module, payloads
from tests.attacks.places import PLACES, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_AT = "node_modules/planted-{number}"
_INNOCENT = "exports.answer = 42;"
_TURNS = 5
"""Places from one scan of the tree without attacks to the next."""

_GRAVE = frozenset({"high", "critical"})


class Spot(NamedTuple):
    """A sort of place in a tree: where its packages lie, and what becomes of a script there.

    Without ``planted`` an attack is planted as it was published. ``trigger`` is when a script runs there, "" if as it
    does by itself; ``whole`` says whether it may be a module with imports of its own.
    """

    name: str
    planted: Callable[[str], dict[str, str]] | None = None
    folder: str = _AT
    trigger: str = ""
    whole: bool = True


def _files(fields: str, path: str, **others: str) -> Callable[[str], dict[str, str]]:
    named = {name.replace("__", "/") + ".js": text for name, text in others.items()}
    return lambda payload: {MANIFEST: fields, path: payload, **named}


def _joined(payload: str) -> dict[str, str]:
    """A file of one line, if the script can stand on one as it is."""
    lines = [line.strip() for line in payload.splitlines() if line.strip()]
    fits = all(line.endswith((";", "{", "}", ",", "(", "[")) for line in lines) and "//" not in payload.replace(
        "://", ""
    )
    filling = "".join(f"exports.a{number}=function(e){{return e*{number}}};" for number in range(9000))
    return {MANIFEST: '"main": "index.js"', "index.js": filling + "".join(lines)} if fits else {}


def _from_place(place: Place) -> Spot:
    return Spot(place.name, place.planted, whole=place.modules)


_BUNDLE = next(place for place in PLACES if place.name.startswith("at the end of a long line"))
_HOOK = '"scripts": {{"postinstall": "{}"}}'
SPOTS = (
    Spot("a package as it was published"),
    Spot("such a package below a scope", folder="node_modules/@planted/a{number}"),
    Spot("such a package in node_modules of another", folder="node_modules/{host}/node_modules/planted-{number}"),
    *map(_from_place, PLACES),
    Spot("the entry in build", _files('"main": "build/lib/index.js"', "build/lib/index.js")),
    Spot("an entry for browsers", _files(
        '"main": "index.js", "browser": "dist/page.js"', "dist/page.js", index=_INNOCENT
    )),
    Spot("an entry in TypeScript", _files('"main": "src/index.ts"', "src/index.ts")),
    Spot("minified on one line with the rest", _joined, whole=False),
    Spot("what a script of npm requires", _files(
        _HOOK.format("node scripts/install.js"), "lib/payload.js", scripts__install='require("../lib/payload");'
    ), trigger="install"),
    Spot("a script of npm without an ending", _files(
        _HOOK.format("node scripts/setup"), "scripts/setup"
    ), trigger="install"),
    Spot("a script of npm over a megabyte", lambda payload: {
        MANIFEST: _HOOK.format("node setup.min.js"), "setup.min.js": _BUNDLE.planted(payload)["dist/app.min.js"],
    }, trigger="install", whole=False),
)  # fmt: skip


class Planted(NamedTuple):
    """A package with an attack: its folder in the tree, its files, and the triggers of which one must be told."""

    attack: str
    folder: str
    files: dict[str, bytes]
    triggers: frozenset[str]


class Row(NamedTuple):
    """What came of one sort of place. ``missed`` are attacks; ratios are to the tree without them."""

    place: str
    found: int
    planted: int
    missed: tuple[str, ...]
    wall: float
    cpu: float
    memory: float
    more_bytes: float
    elsewhere: int


def _with_script(files: dict[str, str], payload: str) -> dict[str, str]:
    """Return the files of a package whose entry npm runs too: what runs at install shall do so wherever it lies."""
    fields = json.loads("{" + files[MANIFEST] + "}")
    command = next(iter(fields.get("bin", {}).values()), "")
    elsewhere = fields.keys() & {"exports", "browser"}
    exported = next(path for path, text in files.items() if payload in text) if elsewhere else ""
    entry = command or exported or fields.get("main", "index.js")
    return {**files, MANIFEST: files[MANIFEST] + f', "scripts": {{"postinstall": "node {entry}"}}'}


def _triggers(attack: Attack, spot: Spot) -> frozenset[str]:
    """Return when an attack may be said to run: where a script is run at install, what it defines may be called too."""
    wanted = {attack.trigger} if spot.planted is None else {spot.trigger or attack.trigger}
    return frozenset(wanted | ({"import", "install", "call"} if attack.trigger == "call" else set()))


def planted_at(spot: Spot, host: str) -> Iterator[Planted]:
    """Yield a package for each attack that can be planted at a sort of place; ``host`` is a package of the tree."""
    texts = payloads() if spot.planted else {}
    for number, attack in enumerate(attacks()):
        folder = spot.folder.format(number=number, host=host)
        if spot.planted is None:
            yield Planted(attack.name, folder, package_files(attack.files), _triggers(attack, spot))
            continue
        payload = texts.get(attack.name, "")
        files = spot.planted(payload) if payload and (spot.whole or not is_module(payload)) else {}
        if files and attack.trigger == "install" and not spot.trigger:
            files = _with_script(files, payload)
        if files:
            yield Planted(attack.name, folder, package_files(files), _triggers(attack, spot))


def link_tree(tree: Path, into: Path) -> None:
    """Make a folder with the files of a tree as hard links, copied where the disk is another; links stay links."""
    shutil.copytree(tree, into, symlinks=True, copy_function=_link)


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)
    return target


def plant(copy: Path, packages: Iterable[Planted]) -> int:
    """Write packages into a copy of a tree, as new files in new folders, and return their bytes."""
    size = 0
    for package in packages:
        (copy / package.folder).mkdir(parents=True)
        for path, data in package.files.items():
            file = copy / package.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as opened:
                size += opened.write(data)
    return size


def scan(copy: Path, assay: list[str]) -> tuple[Run, dict[str, Any]]:
    """Scan a tree in a process of its own; return what it took, and its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        taken = run([*assay, str(copy), "-f", "json", "-q", "--no-cache", "-o", str(report)], folder)
        return taken, json.loads(report.read_bytes())


def row_of(
    spot: Spot, packages: list[Planted], report: dict[str, Any], figures: tuple[float, float, float, float]
) -> Row:
    """Return which of the planted attacks a report tells of."""
    said: set[tuple[str, str]] = set()
    elsewhere = 0
    folders = {package.folder for package in packages}
    for finding in report["findings"]:
        path = (finding["location"] or {}).get("path", "")
        if finding["severity"] not in _GRAVE:
            continue
        folder = next((folder for folder in folders if path.startswith(folder + "/")), "")
        elsewhere += not folder
        said.add((folder, finding["trigger"]))
    missed = [one.attack for one in packages if not any((one.folder, each) in said for each in one.triggers)]
    return Row(spot.name, len(packages) - len(missed), len(packages), tuple(missed), *figures, elsewhere)


def measure(tree: Path, copy: Path, spots: Iterable[Spot], assay: list[str]) -> Iterator[Row]:
    """Yield a row for each sort of place."""
    _, size = size_of(tree)
    host = min(path.parent.name for path in tree.glob("node_modules/*/package.json"))
    plain: list[Run] = []
    for turn, spot in enumerate(spots):
        if turn % _TURNS == 0:
            plain.append(scan(copy, assay)[0])
        packages = list(planted_at(spot, host))
        more = plant(copy, packages)
        taken, report = scan(copy, assay)
        for package in packages:
            shutil.rmtree(copy / package.folder)
        figures = (
            taken.wall / statistics.median(one.wall for one in plain),
            taken.cpu / statistics.median(one.cpu for one in plain),
            taken.peak / statistics.median(one.peak for one in plain),
            more / size,
        )
        yield row_of(spot, packages, report, figures)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--places", default="", metavar="SUBSTRING", help="only places whose name holds this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--assay", default="assay")
    parser.add_argument("--missed", action="store_true", help="name the attacks that were not found")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows")
    given = parser.parse_args()
    spots = [spot for spot in SPOTS if given.places in spot.name]
    assay = [*shlex.split(given.assay), "scan", "-j", str(given.jobs)]
    rows: list[Row] = []
    print(f"{'':<48}{'found':>9}{'wall x':>8}{'CPU x':>8}{'peak x':>8}{'bytes':>8}{'others':>8}")
    with tempfile.TemporaryDirectory(dir=given.tree.resolve().parent) as scratch:
        copy = Path(scratch) / "tree"
        link_tree(given.tree.resolve(), copy)
        for row in measure(given.tree, copy, spots, assay):
            rows.append(row)
            ratios = f"{row.wall:>8.2f}{row.cpu:>8.2f}{row.memory:>8.2f}{row.more_bytes:>+8.0%}{row.elsewhere:>8}"
            print(f"{row.place:<48}{f'{row.found}/{row.planted}':>9}{ratios}", flush=True)
            print(
                *(f"    missed: {name}" for name in row.missed if given.missed),
                sep="\n",
                end="\n" * bool(row.missed and given.missed),
            )
    print(
        f"{sum(row.found for row in rows)} of {sum(row.planted for row in rows)} found, in {len(rows)} sorts of place"
    )
    if given.json:
        given.json.write_text(json.dumps([row._asdict() for row in rows], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
