"""What the manifests of PyPI share: specifiers and tables that become declarations, and gaps for those that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.parsed import Include, Parsed
from assay.scanner.inputs.pep508 import Wanted, read_editable, read_specifier
from assay.scanner.inputs.pypi import identify, is_printable, is_version, read_address, version_control
from assay.scanner.inputs.pypi_collector import PypiCollector
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Location, Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Declaration
    from assay.scanner.models import Gap

Origin = tuple[Source, str | None, str | None]
"""Source, address as ``purl_from`` wants it, and the exact version if the address tells it."""

REGISTRY: Origin = (Source.REGISTRY, None, None)
_VERSION_CONTROL = ("git", "hg", "svn", "bzr")
_REVISIONS = ("rev", "tag", "branch", "ref")
_EXACT = lazy(r"(?:={1,3}\s*+)?([0-9][A-Za-z0-9.!+_-]*+)")


class PypiManifest(PypiCollector):
    """The declarations of one manifest. ``sources`` says of names where they come from instead of a registry."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.project: str | None = None
        self.sources: dict[str, list[Origin]] = {}
        self._declarations: list[Declaration] = []
        self._includes: list[Include] = []

    @property
    def declared(self) -> frozenset[str]:
        """The names that were asked for so far."""
        return frozenset(declaration.name for declaration in self._declarations)

    def ask(self, text: str, scope: Scope, line: int | None, place: str, *, constraint: bool = False) -> None:
        """Take in one specifier; ``-e`` before it, as PDM writes it, makes it an editable one."""
        try:
            if text.startswith(("-e ", "--editable ")):
                wanted = read_editable(text.partition(" ")[2], self.folder)
            else:
                wanted = read_specifier(text, self.folder)
        except ParseError as error:
            self.miss(error.reason, place, error.detail)
            return
        for source, where, pinned in self.sources.get(wanted.name, ()) if wanted.where is None else ():
            if source is Source.REGISTRY:
                self._declare(wanted, scope, line, constraint=constraint)
            else:
                moved = wanted._replace(source=source, where=where, pinned=pinned)
                self._declare(moved, scope, line, constraint=constraint)
        if wanted.where is not None or wanted.name not in self.sources:
            self._declare(wanted, scope, line, constraint=constraint)

    def ask_by_table(self, name: str, value: Any, scope: Scope, line: int | None, place: str) -> None:
        """Take in ``name = "range"``, ``name = {version = …, git = …}`` or a list of such tables (Poetry, Pipenv)."""
        known = self.named(name, place)
        if known is None:
            return
        for one in value if isinstance(value, list) else [value]:
            table = {"version": one} if isinstance(one, str) else one
            if not isinstance(table, dict):
                self.wrong_type("", place, "a string or an object")
                continue
            version = (self.text(table, "version", place) or "").strip()
            try:
                source, where, pinned = self.origin(table, place) or REGISTRY
            except ParseError as error:
                self.miss(error.reason, place, error.detail)
                continue
            requirement = "" if version == "*" else version
            exact = exact_version(version) if source is Source.REGISTRY else pinned
            why = Scope.OPTIONAL if scope is Scope.PROD and table.get("optional") is True else scope
            self._declare(Wanted(known, requirement, exact, source, where), why, line)

    def origin(self, table: dict[str, Any], place: str) -> Origin | None:
        """Return where a table (of uv's sources, Poetry's or Pipenv's dependencies) says that a package comes from.

        Raises:
            ParseError: an address with control characters.
        """
        subdirectory = self.text(table, "subdirectory", place)
        for kind in _VERSION_CONTROL:
            url = self.text(table, kind, place)
            if url is not None:
                revision = next((text for key in _REVISIONS if (text := self.text(table, key, place))), None)
                where = version_control(f"{kind}+{url.removeprefix(f'{kind}+')}", revision, subdirectory)
                if not is_printable(where):
                    raise ParseError("bad-address", "an address with control characters")
                return Source.GIT, where, None
        editable = table.get("editable") is True or table.get("develop") is True
        text = next((text for key in ("url", "path", "file") if (text := self.text(table, key, place))), None)
        if text is None:
            return None
        address = read_address(text, self.folder, editable=editable)
        if address is None or not is_printable(subdirectory or ""):
            raise ParseError("bad-address", "an address with control characters")
        suffix = f"#subdirectory={subdirectory}" if subdirectory and "#" not in address.where else ""
        return address.source, address.where + suffix, address.version

    def include(self, path: str, line: int | None, place: str) -> None:
        """Take in the path of a requirements file, relative to this one."""
        if is_printable(path) and path.strip():
            self._includes.append(Include(path.strip(), constraint=False, location=Location(self.path, line)))
        else:
            self.miss("syntax", place, "not a path")

    def _declare(self, wanted: Wanted, scope: Scope, line: int | None, *, constraint: bool = False) -> None:
        if self.project is None or wanted.name != identify(self.project):
            self._declarations.append(wanted.declare(Location(self.path, line), (scope,), constraint=constraint))

    def manifest(self, notes: tuple[Gap, ...] = ()) -> Parsed:
        """Return everything that was taken in."""
        return Parsed(
            "manifest",
            declarations=tuple(self._declarations),
            includes=tuple(self._includes),
            gaps=notes + self.gaps(),
            project=self.project,
        )


def exact_version(text: str) -> str | None:
    """Return the version of a range that Poetry and Pipenv take for exactly one: ``1.2.3`` or ``==1.2.3``."""
    match = _EXACT.fullmatch(text.strip())
    return match.group(1) if match and is_version(match.group(1)) else None
