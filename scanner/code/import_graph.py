"""Who imports whom within a package, from import statements as the prefilter has them: names, not yet code."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from assay.scanner.code.reach import connected, reached

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_THROUGH = 8
"""Files through which a name is followed to where it is made."""


class ImportGraph:
    """Files by path, and the files that each imports: those that it names, and those that make what it names.

    ``imports`` are those of each file (see ``prefilter.Scanned``), ``names`` the dotted names of files that can be
    imported.
    """

    def __init__(self, imports: Mapping[str, Collection[str]], names: Mapping[str, str]) -> None:
        self._names = names
        self._paths = {name: path for path, name in names.items() if path in imports}
        self._targets: dict[str, dict[str, tuple[str, str]]] = {}
        self._makers: dict[tuple[str, str], frozenset[str]] = {}
        direct = {path: self._direct(path, written) for path, written in imports.items()}
        for path, found in direct.items():
            self._targets[path] = {}
            for name, target, rest in found:
                self._targets[path].setdefault(name, (target, rest))
        self.uses: dict[str, frozenset[str]] = {
            path: frozenset().union(*(self._made(target, rest) for _, target, rest in found)) - {path}
            for path, found in direct.items()
        }
        """Path: paths of the files of the package that it imports, itself not among them."""

    def _direct(self, path: str, imports: Collection[str]) -> list[tuple[str, str, str]]:
        """Of each import that leads to a file of the package: its last name, the file, and what of it is meant."""
        found: list[tuple[str, str, str]] = []
        for written in imports:
            full = self._absolute(path, written)
            target = self._paths.get(full)
            rest = ""
            if target is None:
                parent, _, rest = full.rpartition(".")
                target = self._paths.get(parent)
                while target is None and parent:
                    parent, rest = parent.rpartition(".")[0], ""
                    target = self._paths.get(parent)
            if target is not None and target != path:
                found.append((written.rpartition(".")[2], target, rest))
        return found

    def _made(self, target: str, name: str) -> frozenset[str]:
        """A file, and those from which it has a name; with star imports, those whose names it passes on."""
        key = (target, name)
        known = self._makers.get(key)
        if known is None:
            seen, todo = {key}, [key]
            while todo and len(seen) < _THROUGH:
                file, wanted = todo.pop()
                for last in (wanted, "*") if wanted else ():
                    further = self._targets[file].get(last)
                    if further is not None:
                        following = (further[0], further[1] if last != "*" else wanted)
                        if following not in seen:
                            seen.add(following)
                            todo.append(following)
            known = self._makers[key] = frozenset(file for file, _ in seen)
        return known

    def _absolute(self, path: str, written: str) -> str:
        """The full name of an import."""
        rest = written.lstrip(".")
        level = len(written) - len(rest)
        if not level:
            return rest
        own = self._names.get(path, "").split(".")
        drop = level - 1 if path.endswith("__init__.py") else level
        return ".".join([*own[: len(own) - drop], rest] if drop <= len(own) else [rest]).rstrip(".")

    def connected(self, starts: Collection[str]) -> set[str]:
        """All files that hang together with one of ``starts`` by imports, whichever way they go."""
        return connected(self.uses, starts)

    def between(self, starts: Collection[str], ends: Collection[str]) -> set[str]:
        """The files on a way of imports from one of ``starts`` to one of ``ends``."""
        backwards: dict[str, set[str]] = defaultdict(set)
        for path, uses in self.uses.items():
            for other in uses:
                backwards[other].add(path)
        return reached(self.uses, starts) & reached(backwards, ends)
