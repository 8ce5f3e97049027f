"""yarn.lock of yarn 1, and the way to ``yarn_berry_lock`` for the same file name as later yarns write it.

Format: yarn's page on yarn.lock, as @yarnpkg/lockfile reads it: keys, two spaces of indentation a
level, values in JSON quotes or bare. The lock holds neither scopes nor what the project itself asks for.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused, shown
from assay.scanner.inputs.npm_lock import NpmLock
from assay.scanner.inputs.npm_specifier import Specifier, repository_of, specifier, split_descriptor, stated_by
from assay.scanner.inputs.text import decode
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Gap, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_BERRY = lazy(rb"^(?:\xef\xbb\xbf)?(?:__metadata|\"__metadata\")[ \t]*:", re.MULTILINE)
_VERSION = lazy(r"^# yarn lockfile v(\S+)", re.MULTILINE)
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_HEADER = lazy(rf"(?:{_QUOTED}|[^\s\",:#][^\s\",:]*+)(?:, (?:{_QUOTED}|[^\s\",:]++))*+:\Z")
_KEY = lazy(rf"{_QUOTED}|[^\s\",:]++")
_FIELD = lazy(rf"({_QUOTED}|[^\s\",:]++)(?: ({_QUOTED}|[^\s\"]++)|:)\Z")
_GROUPS = ("dependencies", "optionalDependencies")
_SHA1 = lazy(r"[0-9a-f]{40}\Z")


@dataclass(slots=True)
class _Entry:
    """One block of the file: its keys (``name@range``), its fields and, per group, what it depends on."""

    line: int
    keys: list[str]
    fields: dict[str, str] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``yarn.lock`` of any yarn."""
    if _BERRY.search(data):
        berry: Parsed = importlib.import_module("assay.scanner.inputs.yarn_berry_lock").parse(data, path)
        return berry
    try:
        text, notes = decode(data)
        if not text.strip():
            raise ParseError("empty", "empty, not a yarn.lock")
        version = _VERSION.search(text)
        if version and version[1] != "1":
            raise ParseError("unknown-version", "yarn lockfile of a version other than 1")
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = NpmLock(path)
    _read(lock, _entries(lock, text))
    return lock.parsed("lockfile", directness=False, notes=tuple(Gap(path, *note) for note in notes))


# --- the text --------------------------------------------------------------------------------------------------


def _entries(lock: NpmLock, text: str) -> list[_Entry]:
    """Return the blocks of the file; a line that cannot be read is a gap."""
    entries: list[_Entry] = []
    group: dict[str, str] | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip("\r ")
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if not body or body.startswith("#"):
            continue
        if indent == 0:
            entries.append(_Entry(number, _keys(body)))
            group = None
            known = bool(entries[-1].keys)
        else:
            holder = group if indent == 4 else entries[-1].fields if indent == 2 and entries else None
            word, value = _pair(body)
            known = word is not None and holder is not None and (value is not None or indent == 2)
            if word is None or holder is None:
                group = None
            elif value is not None:
                group = holder if indent == 4 else None
                if word in holder:
                    lock.gap("duplicate-key", f"line {number}: the key {shown(word)} stands twice")
                holder[word] = value
            elif indent == 2:
                group = entries[-1].groups.setdefault(word, {})
        if not known:
            lock.gap("syntax", f"line {number} cannot be read as one of a yarn.lock")
    return entries


def _keys(body: str) -> list[str]:
    """Return the keys of a line such as ``"a@^1", a@^2:``; nothing if it is none."""
    if not _HEADER.match(body):
        return []
    keys = [_value(word) for word in _KEY.findall(body)]
    return [] if None in keys else [key for key in keys if key]


def _pair(body: str) -> tuple[str | None, str | None]:
    """Return (word, value) of a line, the value None if the line opens a group; (None, None) if it is neither."""
    match = _FIELD.match(body)
    word = _value(match[1]) if match else None
    if match is None or word is None:
        return None, None
    value = _value(match[2]) if match[2] else None
    return (None, None) if match[2] and value is None else (word, value)


def _value(word: str) -> str | None:
    """Return a bare word as it is, a quoted one as JSON reads it; None if that is no text."""
    if not word.startswith('"'):
        return word
    if "\\" not in word:
        return word[1:-1]
    try:
        text = json.loads(word)
        text.encode("utf-8")
    except ValueError:
        return None
    return str(text)


# --- the packages ----------------------------------------------------------------------------------------------


def _read(lock: NpmLock, entries: list[_Entry]) -> None:
    purls: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    listed = {split_descriptor(key)[0] for entry in entries for key in entry.keys}
    taken = [(purl, entry) for entry in entries if (purl := _take(lock, entry)) is not None]
    for purl, entry in taken:
        for key in entry.keys:
            if key in purls:
                lock.gap("duplicate-key", f"line {entry.line}: the key {shown(key)} stands twice")
            purls[key] = purl
            names.setdefault(split_descriptor(key)[0], set()).add(purl)
    bound = purls | {name: purl for name, found in names.items() for purl in _only(found)}
    for descriptor, purl in bound.items():
        lock.bind("*", descriptor, purl)
    for purl, entry in taken:
        for group in _GROUPS:
            for name, wanted in entry.groups.get(group, {}).items():
                exact = purls.get(f"{name}@{wanted}")
                if exact is None and group == "dependencies" and name not in listed:
                    exact = lock.lack(f"line {entry.line}", name, wanted, entry.line)
                others = [exact] if exact else _only(names.get(name, set()))
                lock.connect(purl, [(name, other) for other in others])


def _only(purls: set[str]) -> list[str]:
    """Return the only package of a name: what a project overrides is locked under a range that nobody else names."""
    return list(purls) if len(purls) == 1 else []


def _take(lock: NpmLock, entry: _Entry) -> str | None:
    """Note one block under each of its names: aliases of one package share a block."""
    address, _, fragment = entry.fields.get("resolved", "").partition("#")
    purl = None
    for key in sorted(entry.keys):
        installed_as, wanted = split_descriptor(key)
        meant = _origin(specifier(installed_as, wanted, lock.folder), address, fragment)
        hashed = meant.source is not Source.GIT and _SHA1.match(fragment)
        purl = lock.take(
            f"line {entry.line}",
            meant.name,
            entry.fields.get("version"),
            source=meant.source,
            where=meant.where,
            line=entry.line,
            integrity=entry.fields.get("integrity"),
            resolved=address if hashed or not fragment else f"{address}#{fragment}",
            alias=installed_as,
        )
        if purl is not None and hashed:
            lock.add_hash(purl, f"sha1:{fragment}")
    return purl


def _origin(meant: Specifier, address: str, fragment: str) -> Specifier:
    """Return where a package comes from: what is asked for decides the kind, what is locked the exact address."""
    if meant.source is Source.GIT:
        locked = repository_of(f"{address}#{fragment}" if fragment else address)
        return meant._replace(where=locked or meant.where)
    if meant.source is Source.URL:
        return meant._replace(name=(stated_by(address) or (meant.name,))[0], where=address or meant.where)
    return meant
