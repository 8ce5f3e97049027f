"""``pyproject.toml``: what a project asks for, by the standard tables and those of Poetry, PDM, uv and setuptools.

Formats: https://packaging.python.org/en/latest/specifications/pyproject-toml/ (PEP 621, PEP 518),
https://packaging.python.org/en/latest/specifications/dependency-groups/ (PEP 735),
https://python-poetry.org/docs/pyproject/, https://docs.astral.sh/uv/reference/settings/,
https://pdm-project.org/latest/reference/pep621/ and
https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import identify
from assay.scanner.inputs.pypi_manifest import REGISTRY, PypiManifest
from assay.scanner.inputs.text import decode
from assay.scanner.inputs.toml_lines import TomlLines
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``pyproject.toml``: declarations with their scopes, includes, and the project's name verbatim."""
    try:
        document = load_toml(data)
        lines = TomlLines(decode(data)[0])
    except ParseError as error:
        return refused("manifest", path, error)
    reading = _Reading(path, document.value, lines)
    reading.read()
    return reading.found.manifest(document.gaps(path))


class _Reading:
    """One pyproject.toml while its tables are read."""

    def __init__(self, path: str, document: dict[str, Any], lines: TomlLines) -> None:
        self.found = PypiManifest(path)
        self.lines = lines
        self.document = document
        self.tool = self.found.mapping(document, "tool")
        self.project = self.found.mapping(document, "project")
        self.poetry = self.found.mapping(self.tool, "poetry", "tool")
        self.uv = self.found.mapping(self.tool, "uv", "tool")

    def read(self) -> None:
        """Read every table that declares something."""
        found = self.found
        name = found.text(self.project, "name", "project") or found.text(self.poetry, "name", "tool.poetry")
        found.project = name
        self._read_sources()
        self._specifiers(self.project, "dependencies", "project", Scope.PROD)
        self._groups(self.project, "optional-dependencies", "project", Scope.OPTIONAL)
        self._groups(self.document, "dependency-groups", "", Scope.DEV)
        self._specifiers(found.mapping(self.document, "build-system"), "requires", "build-system", Scope.DEV)
        self._specifiers(self.uv, "dev-dependencies", "tool.uv", Scope.DEV)
        for key in ("constraint-dependencies", "override-dependencies"):
            self._specifiers(self.uv, key, "tool.uv", Scope.PROD, constraint=True)
        self._groups(found.mapping(self.tool, "pdm", "tool"), "dev-dependencies", "tool.pdm", Scope.DEV)
        self._read_poetry()
        self._read_setuptools()

    def _specifiers(
        self, table: dict[str, Any], key: str, where: str, scope: Scope, *, constraint: bool = False
    ) -> None:
        place = f"{where}.{key}" if where else key
        for index, value in enumerate(self.found.sequence(table, key, where)):
            if isinstance(value, str):
                line = self.lines.string(value)
                self.found.ask(value, scope, line, f"{place}[{index}]", constraint=constraint)
            elif not _includes_group(value, place):
                self.found.wrong_type("", f"{place}[{index}]", "a string")

    def _groups(self, table: dict[str, Any], key: str, where: str, scope: Scope) -> None:
        groups = self.found.mapping(table, key, where)
        for group in groups:
            self._specifiers(groups, group, f"{where}.{key}" if where else key, scope)

    def _read_sources(self) -> None:
        """Learn where uv and Poetry 2 fetch what the project's own tables only name."""
        sources = self.found.mapping(self.uv, "sources", "tool.uv")
        for name, value in sources.items():
            self._add_source(name, value, f"tool.uv.sources.{name}")
        if "dependencies" in self.project:
            enriched = self.found.mapping(self.poetry, "dependencies", "tool.poetry")
            for name, value in enriched.items():
                if isinstance(value, dict) and "version" not in value:
                    self._add_source(name, value, f"tool.poetry.dependencies.{name}")

    def _add_source(self, name: str, value: Any, place: str) -> None:
        known = self.found.named(name, place)
        if known is None:
            return
        for table in value if isinstance(value, list) else [value]:
            if not isinstance(table, dict):
                self.found.wrong_type("", place, "an object")
                continue
            try:
                origin = self.found.origin(table, place)
            except ParseError as error:
                self.found.miss(error.reason, place, error.detail)
                continue
            if origin is None:
                origin = (Source.WORKSPACE, known, None) if table.get("workspace") is True else REGISTRY
            self.found.sources.setdefault(known, []).append(origin)

    def _read_poetry(self) -> None:
        found = self.found
        declared = found.declared
        self._poetry_table(self.poetry, "dependencies", "tool.poetry", Scope.PROD, without=declared)
        self._poetry_table(self.poetry, "dev-dependencies", "tool.poetry", Scope.DEV)
        groups = found.mapping(self.poetry, "group", "tool.poetry")
        for group in groups:
            table = found.mapping(groups, group, "tool.poetry.group")
            self._poetry_table(table, "dependencies", f"tool.poetry.group.{group}", Scope.DEV)

    def _poetry_table(
        self, table: dict[str, Any], key: str, where: str, scope: Scope, without: frozenset[str] = frozenset()
    ) -> None:
        """Read one of Poetry's tables; ``python`` in it is no package, and ``without`` are read already."""
        place = f"{where}.{key}"
        for name, value in self.found.mapping(table, key, where).items():
            if name != "python" and identify(name) not in without:
                self.found.ask_by_table(name, value, scope, self.lines.key(place, name), f"{place}.{name}")

    def _read_setuptools(self) -> None:
        """Follow ``[tool.setuptools.dynamic]`` to the requirements files that it names."""
        place = "tool.setuptools.dynamic"
        dynamic = self.found.mapping(self.found.mapping(self.tool, "setuptools", "tool"), "dynamic", "tool.setuptools")
        self._include_files(dynamic, "dependencies", place)
        groups = self.found.mapping(dynamic, "optional-dependencies", place)
        for group in groups:
            self._include_files(groups, group, f"{place}.optional-dependencies")

    def _include_files(self, table: dict[str, Any], key: str, where: str) -> None:
        place = f"{where}.{key}"
        directive = self.found.mapping(table, key, where)
        if isinstance(directive.get("file"), str):
            directive = {"file": [directive["file"]]}
        for file in self.found.texts(directive, "file", place):
            self.found.include(file, self.lines.string(file), f"{place}.file")


def _includes_group(value: Any, place: str) -> bool:
    """PEP 735: ``{include-group = "name"}``; every group is read anyway."""
    in_groups = place.startswith("dependency-groups.")
    return in_groups and isinstance(value, dict) and isinstance(value.get("include-group"), str)
