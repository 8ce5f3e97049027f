"""From the files of one package to what its code does: which are parsed, in what portions, and when each runs.

Loaded by name, only when a target holds code. Files are gathered one at a time and dropped once the package is done.
"""

from __future__ import annotations

import tomllib
from posixpath import basename
from typing import TYPE_CHECKING

from assay.scanner.code.analysis import analyse
from assay.scanner.code.facts import Facts
from assay.scanner.code.gathered import Reading, Store, summed, unfinished, united, windows
from assay.scanner.code.layout import Layout, has_python_shebang, is_code, module_names, packages, top_folder
from assay.scanner.code.marks import marks, suspicious
from assay.scanner.code.marks.sift import worth_a_look
from assay.scanner.code.package import Module, PackageCode, Unread
from assay.scanner.code.prefilter import Scanned, candidates, is_encoded, scanner
from assay.scanner.code.python import lower
from assay.scanner.code.python.pth import lower_pth
from assay.scanner.code.triggers import reaches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from assay.scanner.code.ir import Unit
    from assay.scanner.code.mark import Mark
    from assay.scanner.code.reach import Reach
    from assay.scanner.models import EntryPoint

_LARGEST_TEXT = 2 << 20
"""Bytes of a file that is no code and that marks are looked for in."""

_UNASKED = frozenset({"install", "startup"})


class Sources:
    """The files of one package, gathered one by one. With ``every`` all code is parsed, whatever the prefilter says."""

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._prefilter = scanner(worth_a_look)
        self._store = Store()
        self._scanned: dict[str, Scanned] = {}
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._unread: list[Unread] = []
        self._build: dict[str, bytes] = {}

    def take(self, path: str, data: bytes | None) -> bool:
        """Take a file, None for one that was too large to be held; say whether it is code that will be read."""
        if not is_code(path):
            self._take_text(path, data)
            return False
        if data is None:
            self._unread.append(Unread(path, "too-large", "too large to be read as code"))
            return False
        if not path.lower().endswith((".py", ".pyw", ".pth")) and not has_python_shebang(data):
            return False
        self._scanned[path] = self._prefilter.scan(data, path)
        self._store.put(path, data)
        return True

    def _take_text(self, path: str, data: bytes | None) -> None:
        if data is None:
            return
        if basename(path) == "pyproject.toml":
            self._build[path] = data
        if len(data) <= _LARGEST_TEXT and suspicious(data):
            found = marks(data, path, None)
            if found:
                self._marks[path] = found

    def finish(self, packed: str, files: Iterable[str], entry_points: tuple[EntryPoint, ...] = ()) -> Reading:
        """Evaluate what was gathered. ``files`` are all paths of the package, ``packed`` as in ``Layout``."""
        if not self._scanned and not self._marks:
            return Reading(None, tuple(self._unread))
        layout = Layout(packed, tuple(sorted(files)), entry_points)
        backend, backend_path = _in_tree_backend(self._build.get(top_folder(layout) + "pyproject.toml", b""))
        layout = layout._replace(in_tree_backend=backend, backend_path=backend_path)
        names = {path: name for path, name in module_names(layout).items() if path in self._scanned}
        by_name = {name: path for path, name in names.items()}
        imports = {path: _imported(names[path], self._scanned[path].imports, by_name, path) for path in names}
        before = reaches(layout, names, imports)
        always = {path for path, reach in before.items() if reach.trigger in _UNASKED}
        tests = {path for path, reach in before.items() if reach.trigger == "test"}
        chosen = set(names) if self._every else candidates(self._scanned, names, always, tests)
        ends = f".{backend.partition(':')[0]}" if backend else "."
        backends = [name for name in names.values() if f".{name}".endswith(ends)]
        facts = self._evaluate(sorted(chosen), names, packages(layout, names), backends)
        exact = imports | _loaded(facts, by_name, chosen & set(names))
        after = reaches(layout, names, exact)
        modules = tuple(Module(names[path], path, *after[path]) for path in sorted(names))
        code = PackageCode(modules, facts._replace(imports=()), tuple(sorted(self._marks.items())))
        return Reading(code, summed(unread for unread in self._unread if _counts(unread, after)))

    def _evaluate(
        self, chosen: list[str], names: Mapping[str, str], inits: tuple[str, ...], backends: list[str]
    ) -> Facts:
        """The facts of the chosen files, window by window."""
        whole = Facts()
        for window in windows(chosen, {path: self._scanned[path].size for path in chosen}, self._unread):
            found = self._of_window({path: names[path] for path in window}, inits, backends)
            whole = united(whole, found)
        return whole

    def _of_window(self, names: Mapping[str, str], inits: tuple[str, ...], backends: list[str]) -> Facts:
        """The facts of one window; what is made on the way is gone before the next one."""
        units = {name: self._lowered(path) for path, name in names.items()}
        found = analyse(units, (), lower, [name for name in inits if name in units], backends)
        self._unread += unfinished(found, {name: path for path, name in names.items()})
        return found

    def _lowered(self, path: str) -> Unit:
        data = self._store.pop(path)
        read: Callable[[bytes, str], Unit] = lower_pth if path.endswith(".pth") else lower
        unit = read(data, path)
        self._unread += [Unread(path, defect.reason, defect.detail) for defect in unit.defects if defect.reason]
        sifted = self._every or "SHAPE" in self._scanned[path].hot or is_encoded(data)
        found = marks(data, path, unit, sifted=sifted)
        if found:
            self._marks[path] = found
        return unit


def _counts(unread: Unread, triggers: Mapping[str, Reach]) -> bool:
    """Say whether it matters that a file was not evaluated to its end: of tests, which nobody runs, it does not."""
    return unread.reason != "code-budget" or unread.path not in triggers or triggers[unread.path].trigger != "test"


def _in_tree_backend(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The build backend that lies in the tree itself, and the folders it is looked for in (PEP 517, backend-path)."""
    try:
        said = tomllib.loads(data.decode("utf-8", "replace")).get("build-system", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return "", ()
    if not isinstance(said, dict):
        return "", ()
    backend, path = said.get("build-backend"), said.get("backend-path")
    if not isinstance(backend, str) or not isinstance(path, list):
        return "", ()
    return backend, tuple(folder for folder in path if isinstance(folder, str))


def _imported(name: str, written: Iterable[str], by_name: Mapping[str, str], path: str) -> set[str]:
    """The paths of the package that a file imports, by its import statements as written."""
    found = set()
    base = name if path.endswith("/__init__.py") else name.rpartition(".")[0]
    for text in written:
        module = text.lstrip(".")
        level = len(text) - len(module)
        if level:
            parts = base.split(".") if base else []
            kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
            module = ".".join([*kept, module]) if module else ".".join(kept)
        found |= _within(module.removesuffix(".*"), by_name)
    return found - {path}


def _within(module: str, by_name: Mapping[str, str]) -> set[str]:
    """The path of a module, or of the one that a name is taken from."""
    target = by_name.get(module) or by_name.get(module.rpartition(".")[0])
    return {target} if target else set()


def _loaded(facts: Facts, by_name: Mapping[str, str], chosen: Iterable[str]) -> dict[str, set[str]]:
    """By path, what evaluated files import when their own top level runs; names are full."""
    found: dict[str, set[str]] = {path: set() for path in chosen}
    for fact in facts.imports:
        if fact.where.at_import:
            path = by_name[fact.where.module]
            found[path] |= _within(fact.name, by_name) - {path}
    return found
