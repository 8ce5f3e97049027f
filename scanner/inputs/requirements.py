"""pip's requirements and constraints files, hand-written or compiled by pip-tools or uv.

A file whose every line is pinned and whose comments say ``# via …`` is a lockfile: the comments tell what the project
asked for (``via -r requirements.in``, ``via my-app (pyproject.toml)``), and who needs the rest. All other files are
manifests. Environment variables are never expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname
from typing import TYPE_CHECKING

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import Collector, refused
from assay.scanner.inputs.formats import is_constraints
from assay.scanner.inputs.parsed import Declaration, Include, Parsed
from assay.scanner.inputs.pep508 import MAX_LENGTH, NAMED_ADDRESS, VARIABLE, Wanted, from_address, read_specifier
from assay.scanner.inputs.pypi import ARCHIVE_ENDINGS, climbs, hash_of, identify, in_target, is_address, read_address
from assay.scanner.inputs.pypi_lock import PypiLock
from assay.scanner.inputs.requirements_text import logical_lines, read_options, read_text, split_at_options
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Gap, Location, Scope

if TYPE_CHECKING:
    from assay.scanner.inputs.requirements_text import Line

_PATH = lazy(r"""(?:[^\s"'`<>=;,*?!|#$&(){}\[\]]|\$\{[A-Z0-9_]++\})++""")
_EXTRAS_AT_END = lazy(r"\[[^\[\]]*\]\Z")
_FILE_ENDINGS = (".in", ".txt", ".toml", ".cfg", ".py")


@dataclass(slots=True)
class _Item:
    """One requirement, and what the comments say it is there for (None without a word of it)."""

    declaration: Declaration
    via: list[str] | None = None


def parse(data: bytes, path: str) -> Parsed:
    """Read a requirements file: declarations and includes, or components if it is a compiled one."""
    try:
        text, notes = read_text(data)
    except ParseError as error:
        return refused("manifest", path, error)
    reading = _Reading(path)
    for line in logical_lines(text):
        try:
            reading.take(line)
        except ParseError as error:
            reading.found.gap(error.reason, f"line {line.number}: {error.detail}")
    gaps = tuple(Gap(path, reason, detail) for reason, detail in notes)
    if reading.is_compiled:
        return _compiled(reading, gaps)
    return Parsed(
        "manifest",
        declarations=tuple(item.declaration for item in reading.items),
        includes=tuple(reading.includes),
        gaps=gaps + reading.found.gaps(),
    )


class _Reading:
    """One file while its lines are read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.folder = dirname(path)
        self.found = Collector("pypi", path)
        self.items: list[_Item] = []
        self.includes: list[Include] = []
        self._commented: _Item | None = None
        self._in_via = False

    @property
    def is_compiled(self) -> bool:
        """True for what pip-compile and ``uv pip compile`` write."""
        return (
            any(item.via is not None for item in self.items)
            and all(item.declaration.pinned or item.declaration.where for item in self.items)
            and not any(not include.constraint for include in self.includes)
            and not is_constraints(self.path)
        )

    def take(self, line: Line) -> None:
        """Take in one line.

        Raises:
            ParseError: the line is none that pip would take, or one that names no package.
        """
        if line.text:
            self._commented, self._in_via = None, False
            self._take_text(line)
        elif not line.indented:
            self._commented, self._in_via = None, False
        if line.comment is not None:
            self._take_comment(line.comment)

    def _take_text(self, line: Line) -> None:
        text, written = split_at_options(line.text)
        try:
            options = read_options(written)
        except ParseError as error:
            options = ()
            self.found.gap(error.reason, f"line {line.number}: {error.detail}")
        location = Location(self.path, line.number)
        editables = [value for name, value in options if name == "--editable"]
        wanted = [self._wanted(text)] if text else [self._wanted_editable(value) for value in editables]
        hashes = self._hashes([value for name, value in options if name == "--hash"], line.number)
        for one in wanted:
            if one:
                known = one._replace(hashes=tuple(sorted({*one.hashes, *hashes})))
                self._commented = _Item(known.declare(location, (Scope.PROD,)))
                self.items.append(self._commented)
        for name, value in options:
            if name in ("--requirement", "--constraint"):
                self._include(value, location, constraint=name == "--constraint")

    def _hashes(self, values: list[str], number: int) -> set[str]:
        hashes = set()
        for value in values:
            known = hash_of(value)
            if known:
                hashes.add(known)
            else:
                self.found.gap("bad-hash", f"line {number}: not a hash of the form algorithm:hex")
        return hashes

    def _include(self, path: str, location: Location, *, constraint: bool) -> None:
        if VARIABLE in path:
            raise ParseError("variable", "depends on an environment variable, which is not expanded")
        if is_address(path):
            raise ParseError("outside-target", "includes a file from an address, which is not fetched")
        if not path:
            raise ParseError("syntax", "an option without its value")
        self.includes.append(Include(path, constraint, location))

    def _wanted(self, text: str) -> Wanted | None:
        """Read a requirement: a specifier, or an address or path of its own. None for a folder of the target."""
        if len(text) > MAX_LENGTH:
            raise ParseError("too-long", f"a requirement of more than {MAX_LENGTH} characters")
        head = text.partition(";")[0].strip()
        if is_address(text):
            return self._from_address(re.split(r"\s;|;\s", text, maxsplit=1)[0], editable=False)
        looks_like_path = head.startswith(".") or "/" in head or "\\" in head or head.endswith(ARCHIVE_ENDINGS)
        if looks_like_path and not NAMED_ADDRESS.match(head):
            return self._from_address(head, editable=False)
        return read_specifier(text, self.folder)

    def _wanted_editable(self, text: str) -> Wanted | None:
        if NAMED_ADDRESS.match(text):
            return read_specifier(text, self.folder, editable=True)
        return self._from_address(text.strip(), editable=True)

    def _from_address(self, text: str, *, editable: bool) -> Wanted | None:
        """Read an address. A nameless folder inside of the target is read as part of the target, not from here."""
        address = read_address(_EXTRAS_AT_END.sub("", text), self.folder, editable=editable)
        if address is None:
            raise ParseError("bad-address", "an address with control characters")
        is_path = not is_address(text)
        if is_path and not _PATH.fullmatch(address.where):
            raise ParseError("syntax", "not a valid requirement")
        if is_path and address.name is None and not climbs(address.where):
            if address.where.endswith(ARCHIVE_ENDINGS) or VARIABLE in text:
                raise ParseError("unnamed", "a path that names no package; write it as: name @ address")
            return None
        return from_address(address, None)

    def _take_comment(self, comment: str) -> None:
        """Note who a requirement is there for: ``via a, b`` or ``via`` and one name per indented line."""
        if self._commented is None:
            return
        if comment == "via" or comment.startswith("via "):
            self._in_via = True
            self._commented.via = self._commented.via or []
            comment = comment[len("via") :]
        if self._in_via and self._commented.via is not None:
            self._commented.via += [name.strip() for name in comment.split(",") if name.strip()]


def _compiled(reading: _Reading, notes: tuple[Gap, ...]) -> Parsed:
    """Turn a compiled file into a lockfile: pins are components, comments are edges and directness."""
    lock = PypiLock(reading.path)
    placed: list[tuple[str, _Item]] = []
    for item in reading.items:
        asked = item.declaration
        place = f"line {asked.location.line}"
        purl = lock.take(asked.name, asked.pinned, place, asked.location.line, asked.source, asked.where)
        if purl:
            lock.give_scopes({purl: asked.scopes})
            lock.add_files(purl, asked.hashes, place)
            placed.append((purl, item))
    importers = {""}
    for purl, item in placed:
        asked_by_project = [_connect(lock, purl, by, importers) for by in item.via or ()]
        if item.via is None or any(asked_by_project):
            lock.ask_for(purl)
    for importer in importers:
        lock.bind_all(importer)
    parsed = lock.parsed("lockfile", notes=notes + reading.found.gaps())
    return parsed._replace(includes=tuple(reading.includes))


def _connect(lock: PypiLock, purl: str, by: str, importers: set[str]) -> bool:
    """Take in one ``via``; True if it means the project itself: its manifest, or a name that the file does not pin."""
    if by.startswith(("-c", "--constraint", "--override")):
        return False
    if by.startswith("-") or " " in by or "/" in by or by.endswith(_FILE_ENDINGS):
        manifest = by.partition(" (")[0].removeprefix("-r").strip()
        folder = in_target("", dirname(manifest))
        if manifest.endswith(_FILE_ENDINGS) and not climbs(folder) and folder != ".":
            importers.add(folder)
        return True
    users = lock.find(identify(by) or "")
    for user in users:
        lock.require(user, (purl,))
    return not users
