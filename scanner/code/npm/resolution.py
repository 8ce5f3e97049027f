"""Which file of a package a ``require`` or ``import`` means, as node and bundlers find it.

Source: node's documentation, "Modules: CommonJS modules" (LOAD_AS_FILE, LOAD_AS_DIRECTORY) and "Modules: Packages".
Files are paths; nothing is read. What lies outside of the package is "".
"""

from __future__ import annotations

from itertools import islice
from posixpath import join, normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assay.scanner.code.npm.manifest import strings
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assay.scanner.code.npm.manifest import Manifest

ENDINGS = (".js", ".json", ".node", ".cjs", ".mjs", ".ts", ".tsx", ".jsx", ".mts", ".cts")
"""Endings that may be left out, in the order in which they are tried: node's, then those of compilers."""

_WRITTEN_FOR = {".js": (".ts", ".tsx", ".jsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
"""What TypeScript's compiler makes of a file is what its imports name."""


_MODULES = "node_modules/"
_MOST_TARGETS = 1_024
_MOST_REMEMBERED = 1 << 16
_AS_URL = lazy(r"#|%[0-9a-fA-F]{2}").search
"""What modules of ECMAScript may have in their names, which are URLs."""


class Files:
    """The files of a package and its manifests, by folder (with a slash, "" for none)."""

    def __init__(self, paths: Collection[str], manifests: Mapping[str, Manifest]) -> None:
        self.paths = paths if isinstance(paths, frozenset | set) else frozenset(paths)
        self.manifests = manifests
        self._bundled = any(_MODULES in path for path in self.paths)
        self._resolved: dict[tuple[str, str], str] = {}

    def file(self, path: str) -> str:
        """Return the file that a path means, its ending left out or not, "" if there is none."""
        if path in self.paths:
            return path
        for ending in ENDINGS:
            if f"{path}{ending}" in self.paths:
                return f"{path}{ending}"
        stem, dot, last = path.rpartition(".")
        for ending in _WRITTEN_FOR.get(dot + last, ()):
            if stem + ending in self.paths:
                return stem + ending
        return ""

    def module(self, path: str) -> str:
        """Return the file that a path means as a module: a file, or a folder by its manifest or its index."""
        clean = _clean(path)
        if clean is None:
            return ""
        found = "" if not clean or path.endswith(("/", "/.")) else self.file(clean)
        return found or self._folder(f"{clean}/" if clean else "")

    def _folder(self, folder: str) -> str:
        inner = self.manifests.get(folder)
        main = inner.fields.get("main") if inner else None
        if isinstance(main, str) and main:
            target = _clean(folder + main)
            if target:
                found = "" if main.endswith("/") else self.file(target)
                found = found or self.file(f"{target}/index")
                if found:
                    return found
        return self.file(f"{folder}index")

    def resolve(self, path: str, written: str) -> str:
        """Return the file of the package that a file means by what it wrote, "" if it is none of the package."""
        key = (path.rpartition("/")[0], written)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolve(path, written)
            if len(self._resolved) < _MOST_REMEMBERED:
                self._resolved[key] = found
        return found

    def _resolve(self, path: str, written: str) -> str:
        written = written.partition("?")[0].replace("\\", "/")
        if written.startswith("."):
            place = join(path.rpartition("/")[0], written) + ("/" if written in (".", "..") else "")
            return self.module(place) or (self.module(unquote(place.partition("#")[0])) if _AS_URL(place) else "")
        if written.startswith("#"):
            return self._own_import(written)
        own = self.manifests.get("")
        if own and own.name and (written == own.name or written.startswith(f"{own.name}/")):
            wanted = written[len(own.name) + 1 :]
            return self._target(own, "exports", f"./{wanted}" if wanted else ".") or self.module(wanted or ".")
        return self._of_bundled(path, written) if self._bundled else ""

    def _own_import(self, written: str) -> str:
        """What the manifest's ``imports`` say of a name with ``#``."""
        own = self.manifests.get("")
        return self._target(own, "imports", written) if own else ""

    def _target(self, own: Manifest, field: str, written: str) -> str:
        """The file that ``imports`` or ``exports`` of the manifest have under a name or a pattern, "" for none."""
        named = own.fields.get(field)
        if not isinstance(named, dict):
            return ""
        for key in (written, *islice(named, _MOST_TARGETS)):
            head, star, tail = key.partition("*")
            if key != written and not (star and written.startswith(head) and written.endswith(tail)):
                continue
            within = "" if key == written else written[len(head) : len(written) - len(tail)]
            for _, target in strings(named.get(key), ("types",)):
                is_own = target.startswith(".")  # only an import may mean a package, this one too
                found = (
                    self.resolve("", target.replace("*", within))
                    if is_own or (field == "imports" and target[:1] != "#")
                    else ""
                )
                if found:
                    return found
        return ""

    def _of_bundled(self, path: str, name: str) -> str:
        """A package that this one brings along, in a ``node_modules`` around the file."""
        folder = path[: path.rfind("/") + 1]
        while True:
            found = self.module(f"{folder}{_MODULES}{name}")
            if found or not folder:
                return found
            folder = folder[: folder.rfind("/", 0, -1) + 1]


def _clean(path: str) -> str | None:
    """A path without ``.`` and ``..``, "" for the package's own folder; None where it leads out."""
    found = normpath(path) if path else ""
    if found.startswith(("..", "/")):
        return None
    return "" if found == "." else found
