"""bun.lock, lockfileVersion 0 to 2: JSON with comments and trailing commas. bun.lockb, the older binary, is a gap.

Format: bun's own writer and reader, https://github.com/oven-sh/bun/blob/main/src/install/lockfile/bun.lock.zig.
``packages`` maps the way to a package ("foo", or "bar/foo" for bar's own foo) to a list: ``name@version``, then what
depends on the kind of package: the registry, an object with its dependencies, an integrity.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.json_lines import key_lines
from assay.scanner.inputs.npm_fields import GROUPS
from assay.scanner.inputs.npm_lock import NpmLock, scopes_along
from assay.scanner.inputs.npm_specifier import anchored, is_archive, specifier, split_descriptor, stated_by
from assay.scanner.inputs.text import load_json
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.scanner.inputs.parsed import Parsed

VERSIONS = (0, 1, 2)
MAX_WAY = 2048
"""Characters of a key of ``packages``, the way to a package."""

_COMMENT = lazy(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA = lazy(rb'("(?:[^"\\]|\\.)*+(?:"|\Z))|,(?=\s*+[}\]])', re.DOTALL)
_NAME = lazy(r"(?:@[^/]*/)?[^/]+")
_BINARY_MARKS = (b"#!/usr/bin/env bun\nbun-lockfile-format", b"bun-lockfile-format")


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``bun.lock``; of a ``bun.lockb`` say how to get one."""
    if path.endswith(".lockb") or data.startswith(_BINARY_MARKS):
        advice = "bun's binary lockfile is not read; write bun.lock with: bun install --save-text-lockfile"
        return refused("lockfile", path, ParseError("binary-lockfile", advice))
    body = _as_json(data)
    try:
        loaded = load_json(body)
        document = loaded.value
        if not isinstance(document, dict):
            raise ParseError("wrong-type", "not an object")
        version = document.get("lockfileVersion")
        if type(version) is not int or version not in VERSIONS:
            raise ParseError("unknown-version", "lockfileVersion is none of 0, 1 and 2")
    except ParseError as error:
        return refused("lockfile", path, error)
    reading = _Reading(path, key_lines(body, 2))
    reading.read(document)
    return reading.lock.parsed("lockfile", notes=loaded.gaps(path))


def _as_json(data: bytes) -> bytes:
    """Return the document without comments and trailing commas, every line where it was."""
    if b"/" in data:
        data = _COMMENT.sub(lambda match: _blank(match.group()), data)
    return _TRAILING_COMMA.sub(rb"\1", data)


def _blank(token: bytes) -> bytes:
    return token if token.startswith(b'"') else b" " + b"\n" * token.count(b"\n")


class _Reading:
    """The packages of one lock by the way to each, all names in these, and its workspaces by their folders."""

    def __init__(self, path: str, lines: Mapping[tuple[str, ...], int]) -> None:
        self.lock = NpmLock(path)
        self.lines = lines
        self.purls: dict[str, str] = {}
        self.infos: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, str] = {}
        self.listed: set[str] = set()
        self.edges: dict[str, list[tuple[str, Scope]]] = {}

    def read(self, document: dict[str, Any]) -> None:
        """Take every entry, connect each with what it depends on, and hand on the scopes."""
        workspaces = self.lock.mapping(document, "workspaces")
        for way, entry in self.lock.mapping(document, "packages").items():
            self._take(way, entry, workspaces)
        for way, purl in self.purls.items():
            needs = list(self._needs(way, self.infos[way], f"packages.{way}"))
            self.edges.setdefault(purl, []).extend((other, scope) for _, other, scope in needs)
            self.lock.connect(purl, [(name, other) for name, other, _ in needs])
        roots = list(self._asked_for(workspaces))
        self.lock.give_scopes(scopes_along(roots, self.edges))

    def _take(self, way: str, entry: Any, workspaces: dict[str, Any]) -> None:
        place = f"packages.{way}"
        self.listed.add((_NAME.findall(way) or [way])[-1])
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            self.lock.wrong_type("packages", way, "a list that begins with a string")
            return
        if len(way) > MAX_WAY:
            self.lock.gap("bad-location", f"packages: a key of more than {MAX_WAY} characters")
            return
        name, reference = split_descriptor(entry[0])
        line = self.lines.get(("packages", way))
        info = next((part for part in entry[1:] if isinstance(part, dict)), {})
        if reference.startswith("root:"):
            return
        if reference.startswith("workspace:"):
            folder = reference.removeprefix("workspace:")
            member = workspaces.get(folder)
            info = member if isinstance(member, dict) else info
            self.folders[folder] = way
            purl = self.lock.take_member(place, name, self.lock.text(info, "version", place), folder, line)
        else:
            purl = self._take_package(place, entry, name, reference, line)
        if purl is not None:
            self.purls[way] = purl
            self.infos[way] = info
            self.lock.mention(purl, (_NAME.findall(way) or [way])[-1])

    def _take_package(self, place: str, entry: list[Any], name: str, reference: str, line: int | None) -> str | None:
        meant = specifier(name, reference, self.lock.folder)
        source, where = meant.source, meant.where
        if is_archive(reference) and ":" not in reference:
            source, where = Source.FILE, anchored(self.lock.folder, reference)
        texts = [part for part in entry[1:] if isinstance(part, str)]
        address = texts[0] if source is Source.REGISTRY and texts else ""
        integrity = next((text for text in reversed(texts) if text.startswith(("sha", "md5-"))), None)
        resolved = reference if source in (Source.URL, Source.GIT) else address
        version = reference if source is Source.REGISTRY else None
        if source is Source.URL:
            name, version = stated_by(reference) or (name, None)
        return self.lock.take(
            place,
            name,
            version,
            source=source,
            where=where,
            line=line,
            integrity=integrity,
            resolved=resolved if "//" in resolved or source is Source.GIT else None,
        )

    # --- the graph ---------------------------------------------------------------------------------------------

    def _needs(self, way: str, info: dict[str, Any], place: str) -> Iterator[tuple[str, str, Scope]]:
        """Yield (name, purl, scope) of each dependency that is there: below ``a/@s/b``, else ``a``, else at the top."""
        ways = ["", *(way[: name.end()] + "/" for name in _NAME.finditer(way))][::-1]
        for group, scope in GROUPS:
            if group in info:
                for name, wanted in self.lock.wanted(info, group, place).items():
                    found = next((self.purls[above + name] for above in ways if above + name in self.purls), None)
                    if found is None and scope is Scope.PROD and name not in self.listed:
                        found = self.lock.lack(place, name, wanted)
                    if found is not None:
                        yield name, found, scope

    def _asked_for(self, workspaces: dict[str, Any]) -> Iterator[tuple[str, Scope]]:
        for folder, workspace in workspaces.items():
            place = f"workspaces.{folder}"
            if not isinstance(workspace, dict):
                self.lock.wrong_type("workspaces", folder, "an object")
                continue
            for name, purl, scope in self._needs(self.folders.get(folder, ""), workspace, place):
                self.lock.ask_for(purl)
                self.lock.bind(folder, name, purl)
                yield purl, scope
