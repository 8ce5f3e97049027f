"""``Pipfile``: ``[packages]``, ``[dev-packages]`` and categories of the project's own.

Format: https://pipenv.pypa.io/en/stable/pipfile.html. Every other table than the ones that configure Pipenv is a
category; like ``[dev-packages]`` it is DEV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi_manifest import PypiManifest
from assay.scanner.inputs.text import decode
from assay.scanner.inputs.toml_lines import TomlLines
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Scope

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_NO_CATEGORIES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile", "build-system"})


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``Pipfile``: one declaration per package and category."""
    try:
        document = load_toml(data)
        lines = TomlLines(decode(data)[0])
    except ParseError as error:
        return refused("manifest", path, error)
    found = PypiManifest(path)
    for category in document.value:
        if category not in _NO_CATEGORIES:
            scope = Scope.PROD if category == "packages" else Scope.DEV
            for name, value in found.mapping(document.value, category).items():
                found.ask_by_table(name, value, scope, lines.key(category, name), f"{category}.{name}")
    return found.manifest(document.gaps(path))
