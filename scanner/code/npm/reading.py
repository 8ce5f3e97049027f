"""From the files of one npm package to what its code does: what runs and when, what is parsed, and the facts of it.

Loaded by name, only when a target holds npm packages. Files are gathered one at a time and dropped once the package is
done.
"""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING

from assay.scanner.code.gathered import Reading, Store, summed
from assay.scanner.code.javascript import lower
from assay.scanner.code.javascript_prefilter import scanner
from assay.scanner.code.javascript_windows import WHOLE, excerpt
from assay.scanner.code.npm import gyp
from assay.scanner.code.npm.effects import language_of
from assay.scanner.code.npm.entries import is_cut
from assay.scanner.code.npm.evaluation import TOO_MUCH, Evaluation, Gathered, marked
from assay.scanner.code.npm.layout import MANIFEST, is_code, layout
from assay.scanner.code.npm.manifest import manifest
from assay.scanner.code.npm.runs import Follower, nodes
from assay.scanner.code.package import PackageCode, Unread
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from assay.scanner.code.javascript_prefilter import Scanned
    from assay.scanner.code.mark import Mark
    from assay.scanner.code.npm.manifest import Manifest
    from assay.scanner.code.npm.resolution import Files

_LARGEST_TEXT = 1 << 18
"""Bytes of a text in which marks are looked for."""

_TOLD = lazy(r"(?:^|/)(?:package\.json|\.[^/]+|README[^/]*)\Z|\.(?:pem|key|env|npmrc|sh|ps1|bat|cmd)\Z", re.IGNORECASE)
"""Texts that people write or that hold settings. The others of a package are data and documents by the thousand."""

_LARGEST_SCRIPT = 1 << 18
_LARGEST_DATA = 1 << 18
_MOST_DATA = 4 << 20
"""Bytes of a file of JSON that code may load, and of all of them."""

_MOST_COLD = 4 << 20
"""Bytes of files in which nothing was met, but which may pass on what others give, or run at install.

As many again are held of files that are larger than what is parsed whole, whatever was met in them: these are parsed
whole if they run at install.
"""

_LARGEST_COLD = 1 << 20

_MOST_OTHER = 2 << 20
"""Bytes of small texts that are not named like code, which are held because what loads one makes it code."""

_NODE = lazy(rb"#![^\n]{0,200}\b(?:node|bun|deno|tsx|ts-node)\b")


class Sources:
    """The files of one npm package, gathered one by one. With ``every`` all code is parsed."""

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._store = Store()
        self._prefilter = scanner()
        self._scanned: dict[str, Scanned] = {}
        self._cold = self._large_size = 0
        self._large: dict[str, bytes] = {}
        self._data: dict[str, bytes] = {}
        self._data_size = 0
        self._others: dict[str, bytes] = {}
        self._others_size = 0
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._unread: list[Unread] = []
        self._manifests: dict[str, Manifest] = {}

    def take(self, path: str, data: bytes | None) -> bool:
        """Take a file, None for one that was too large to be held; say whether it is code that will be read."""
        if is_code(path) or (data is not None and "." not in basename(path) and _NODE.match(data)):
            return self._take_code(path, data)
        if data is None:
            if basename(path) == MANIFEST:
                self._unread.append(Unread(path, "too-large", "too large to be read as a manifest"))
            return False
        if basename(path) == MANIFEST:
            found = manifest(path, data)
            if found:
                self._manifests[found.folder] = found
            else:
                self._unread.append(Unread(path, "syntax", "not a manifest that npm could read"))
        elif path.endswith(".json"):
            if len(data) <= _LARGEST_DATA and self._data_size + len(data) <= _MOST_DATA:
                self._data_size += len(data)
                self._data[path] = data
        elif len(data) <= _LARGEST_SCRIPT and _is_run(path, data):
            self._store.put(path, data)
        else:
            self._take_other(path, data)
        if len(data) <= _LARGEST_TEXT and _TOLD.search(path):
            self._marks.update(marked(path, data))
        return False

    def _take_code(self, path: str, data: bytes | None) -> bool:
        if data is None:
            self._unread.append(Unread(path, "too-large", "too large to be read as code"))
            return False
        self._scanned[path] = found = self._prefilter.scan(data, path)
        if self._every or (found.hot and len(data) <= WHOLE):
            self._store.put(path, data)
        else:
            if found.hits and len(data) > WHOLE:
                self._store.put(path, excerpt(data, found.hits))
            self._take_cold(path, data)
        return True

    def _take_other(self, path: str, data: bytes) -> None:
        size = len(data)
        if size <= _LARGEST_SCRIPT and self._others_size + size <= _MOST_OTHER and b"\0" not in data[:1024]:
            self._others_size += size
            self._others[path] = data

    def _take_loaded(self, files: Files, named: Iterable[str], started: Collection[str]) -> None:
        """Take as code what is loaded or started as such, whatever it is called, if it holds anything.

        What is loaded has to be code as well: bundlers load texts of every kind. Scripts may start what stands in one.
        """
        if not self._others:
            return
        todo = [*named, *started]
        todo += [files.resolve(path, name) for path, file in self._scanned.items() for name in file.imports]
        seen: set[str] = set()
        for path in todo:
            data = None if path in seen else self._others.get(path)
            if data is None:
                continue
            seen.add(path)
            found = self._prefilter.scan(data, path)
            if not (found.hot or found.imports):
                continue
            if found.hot and path not in started and lower(data, f"{path}.js").defects:
                continue
            self._scanned[path] = found
            self._store.put(path, self._others.pop(path))
            todo += [files.resolve(path, name) for name in found.imports]

    def _take_cold(self, path: str, data: bytes) -> None:
        size = len(data)
        if size <= WHOLE and self._cold + size <= _MOST_COLD:
            self._cold += size
            self._store.put(path, data)
        elif WHOLE < size <= _LARGEST_COLD and self._large_size + size <= _MOST_COLD:
            self._large_size += size
            self._large[path] = data

    def _read(self, path: str) -> bytes | None:
        """Return a file that a shell runs, None if it is not held: then it is code, whatever it is called."""
        data = self._others.pop(path, None)
        if data is not None:
            self._store.put(path, data)
        return self._store.get(path)

    def finish(self, packed: str, files: Iterable[str], *, git: bool = False, root: bool = False) -> Reading:
        """Evaluate what was gathered. ``files`` are all paths of the package.

        ``packed`` is "tarball", "installed" or "source"; ``git`` says that the package comes from git, ``root`` that it
        is the project itself: then npm runs more of its scripts.
        """
        laid = layout(packed, files, self._manifests)
        follower = Follower(laid.files, self._read)
        runs = follower.install(git=git, root=root)
        if not runs.whole:
            self._unread.append(TOO_MUCH)
        self._take_loaded(laid.files, laid.offered | laid.started, frozenset(nodes(runs)))
        asked = self._every and bool(self._scanned)
        if not (asked or runs.labels or self._marks or any(file.hot for file in self._scanned.values())):
            return Reading(None, summed(self._unread))
        if is_cut(laid.manifest):
            self._unread.append(Unread(MANIFEST, "code-budget", "exports more than is looked up"))
        large = self._large if runs.labels else {}
        gathered = Gathered(self._store, self._scanned, self._data | self._others, large)
        evaluation = Evaluation(laid, follower, gathered)
        modules, facts = evaluation.read(every=self._every)
        found = tuple(sorted((self._marks | evaluation.marks).items()))
        code = PackageCode(modules, facts._replace(imports=()), found)
        return Reading(code, summed({*self._unread, *evaluation.unread}))


def _is_run(path: str, data: bytes) -> bool:
    """Say whether a file that is no JavaScript may be run by a script, or say what node-gyp runs."""
    return language_of(path) not in ("", "javascript") or path.endswith(gyp.ENDINGS) or data.startswith(b"#!")
