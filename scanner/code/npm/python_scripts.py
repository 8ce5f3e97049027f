"""What scripts of Python do that the scripts of an npm package run: files with what lies beside them, and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.analysis import analyse
from assay.scanner.code.facts import Facts
from assay.scanner.code.gathered import Store, moved, united
from assay.scanner.code.package import Unread
from assay.scanner.code.python import lower

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.ir import Place
    from assay.scanner.code.npm.runs import Snippet

_MOST = 64
"""Files of one folder that are read."""


def python_facts(
    store: Store, files: Iterable[str], snippets: Iterable[Snippet]
) -> tuple[Facts, dict[str, tuple[str, ...]], tuple[Unread, ...]]:
    """Return the facts under paths and names of snippets, what each file that was read imports, and what was not read.

    The imports are by path, and paths.
    """
    whole, loads, unread = Facts(), {}, []
    for path in files:
        folder = path[: path.rfind("/") + 1]
        beside = [other for other in store.paths() if other.startswith(folder) and other.endswith((".py", ".pyw"))]
        chosen = list(dict.fromkeys([path, *sorted(beside)]))[:_MOST]
        paths = {_name(other, folder): other for other in reversed(chosen)}
        units = {name: lower(store.get(other) or b"", other) for name, other in paths.items()}
        unread += [
            Unread(paths[name], defect.reason, defect.detail)
            for name, unit in units.items()
            for defect in unit.defects
            if defect.reason
        ]
        inits = [name for name in units if paths[name].endswith("__init__.py")]
        found = analyse(units, (_name(path, folder),), lower, inits)
        loads.update(_loaded(found, paths))
        whole = united(whole, _under(found, paths))
    for snippet in snippets:
        unit = lower(snippet.text.encode("utf-8", "surrogatepass"), snippet.name)
        whole = united(whole, analyse({snippet.name: unit}, (), lower))
    return whole, loads, tuple(unread)


def _under(facts: Facts, paths: dict[str, str]) -> Facts:
    """Facts that speak of modules by their paths instead of their names."""

    def place(module: str, layer: int, here: Place) -> tuple[str, int, Place]:
        return paths[module], layer, here

    return moved(facts, place)


def _name(path: str, folder: str) -> str:
    """The dotted name of a file beside a script, which is where imports begin."""
    stem = path[len(folder) :].rpartition(".")[0].removesuffix("/__init__")
    return ".".join(part.replace(".", "_") for part in stem.split("/"))


def _loaded(facts: Facts, paths: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {path: {} for path in paths.values()}
    for fact in facts.imports:
        name = fact.name if fact.name in paths else fact.name.rpartition(".")[0]
        if fact.where.at_import and name in paths:
            found[paths[fact.where.module]][paths[name]] = None
    return {path: tuple(others) for path, others in found.items()}
