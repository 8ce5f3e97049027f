"""What requirements files include, and which of them only constrain what others ask for."""

from __future__ import annotations

import os
from posixpath import dirname, normpath
from posixpath import join as join_posix
from typing import TYPE_CHECKING

from assay.scanner.inputs.collect import shown
from assay.scanner.inputs.formats import REQUIREMENTS, format_of, is_constraints
from assay.scanner.inputs.tree import Entry, describe
from assay.scanner.models import Gap
from assay.scanner.purl import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from assay.scanner.inputs.parsed import Include
    from assay.scanner.inputs.tree import ReadFile


class Includes:
    """The files of a target below ``root`` while what they include is read; ``files`` grows by it, ``gaps`` too."""

    def __init__(
        self, root: bytes, files: dict[str, ReadFile], gaps: list[Gap], read: Callable[[Entry], ReadFile]
    ) -> None:
        self._root = root
        self._files = files
        self._gaps = gaps
        self._read = read

    def follow(self, named: Collection[str]) -> None:
        """Read what requirements files include, and tell the files that only constrain from those that ask.

        A file of constraints that the invoker ``named`` is asked about itself.
        """
        parsed = sorted(path for path, file in self._files.items() if file.parsed)
        by_name = {path for path in parsed if format_of(path) is REQUIREMENTS}
        constraining = {path for path in by_name if is_constraints(path)}.difference(named)
        asked = by_name - constraining
        pending = [(path, include) for path in parsed for include in _includes(self._files[path])]
        while pending:
            origin, include = pending.pop()
            path = normpath(join_posix(dirname(origin), include.path))
            result = self._included(path, include)
            if result is None:
                continue
            narrows = include.constraint or (origin in constraining and origin not in asked)
            group = constraining if narrows else asked
            if path not in group:
                group.add(path)
                pending += [(path, inner) for inner in _includes(result)]
        for path in constraining - asked:
            self._narrow(path)

    def _narrow(self, path: str) -> None:
        result = self._files[path]
        if result.parsed:
            narrowed = tuple(item._replace(constraint=True) for item in result.parsed.declarations)
            parsed = result.parsed._replace(declarations=narrowed, components=(), bindings=())
            self._files[path] = result._replace(parsed=parsed)

    def _included(self, path: str, include: Include) -> ReadFile | None:
        known = self._files.get(path)
        if known and known.parsed:
            return known
        origin, place = include.location.path, f"line {include.location.line} of {include.location.path}"
        if path.startswith(("/", "../")) or path == "..":
            self._gaps.append(Gap(origin, "outside-target", f"{place} includes a file outside the target"))
            return None
        raw = path.encode("utf-8")
        if not os.path.lexists(os.path.join(self._root, raw)):
            detail = f"{place} includes {shown(without_credentials(path))}, which is not there"
            self._gaps.append(Gap(origin, "missing-include", detail))
            return None
        try:
            inside = os.path.realpath(os.path.join(self._root, raw)).startswith(os.path.join(self._root, b""))
        except OSError as error:
            self._gaps.append(Gap(path, "unreadable", describe(error)))
            return None
        if not inside:
            self._gaps.append(Gap(path, "link-outside", "a link that leads out of the target"))
            return None
        result = self._read(Entry(raw, path, "file"))
        self._files[path] = result
        return result


def _includes(result: ReadFile) -> tuple[Include, ...]:
    return result.parsed.includes if result.parsed else ()
