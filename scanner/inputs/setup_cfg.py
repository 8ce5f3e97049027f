"""``setup.cfg``: what setuptools takes from it statically.

Format: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html. Read here rather than by configparser,
whose answers differ between Python versions and whose patterns take quadratic time on long lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.pypi import is_printable
from assay.scanner.inputs.pypi_manifest import PypiManifest
from assay.scanner.inputs.text import decode
from assay.scanner.models import Gap, Scope

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

_FILE = "file:"
_OPTIONS = "options"
_EXTRAS = "options.extras_require"
_SCOPES = {
    "install_requires": Scope.PROD,
    "requires": Scope.PROD,
    "setup_requires": Scope.DEV,
    "tests_require": Scope.DEV,
}

Values = dict[str, list[tuple[int, str]]]
"""The options of a section: each a list of (line from 1, text); the text beside the key first."""


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``setup.cfg``: declarations, and the files that a ``file:`` directive names."""
    try:
        text, notes = decode(data)
    except ParseError as error:
        return refused("manifest", path, error)
    found = PypiManifest(path)
    sections = _sections(text, found)
    name = sections.get("metadata", {}).get("name")
    if name and is_printable(name[0][1]) and not name[0][1].startswith(("attr:", _FILE)):
        found.project = name[0][1] or None
    for key, lines in sections.get(_OPTIONS, {}).items():
        if key in _SCOPES:
            _ask(found, lines, _SCOPES[key])
    for lines in sections.get(_EXTRAS, {}).values():
        _ask(found, lines, Scope.OPTIONAL)
    return found.manifest(tuple(Gap(path, reason, detail) for reason, detail in notes))


def _ask(found: PypiManifest, lines: list[tuple[int, str]], scope: Scope) -> None:
    """Take in a list of requirements, one a line or separated by semicolons on the line of the key."""
    if lines and lines[0][1].startswith(_FILE):
        for number, text in lines:
            for file in text.removeprefix(_FILE).split(","):
                if file.strip():
                    found.include(file, number, f"line {number}")
        return
    only_line = len(lines) == 1
    for number, text in lines:
        for one in text.split(";") if only_line and ";" in text and not _has_marker(text) else [text]:
            specifier = one.partition(" #")[0].strip()
            if specifier:
                found.ask(specifier, scope, number, f"line {number}")


def _has_marker(text: str) -> bool:
    """Tell ``a; python_version < "3"`` from ``a; b``, which setuptools splits: markers hold quoted strings."""
    return '"' in text or "'" in text


def _sections(text: str, found: PypiManifest) -> dict[str, Values]:
    """Return the options by section. An indented line continues an option; a comment fills a line of its own."""
    sections: dict[str, Values] = {}
    section: Values | None = None
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0] in " \t" and current is not None:
            current.append((number, stripped))
        elif stripped.startswith("["):
            name, closed, _ = stripped[1:].partition("]")
            if not closed:
                found.gap("syntax", f"line {number}: a section header that is not closed")
            section, current = sections.setdefault(name.strip(), {}), None
        else:
            current = _option(stripped, number, section, found)
    return sections


def _option(line: str, number: int, section: Values | None, found: PypiManifest) -> list[tuple[int, str]] | None:
    """Begin an option and return its lines; a dash in its name stands for an underscore."""
    at = min((place for place in (line.find("="), line.find(":")) if place > 0), default=0)
    if section is None or not at:
        found.gap("syntax", f"line {number}: neither a section nor an option of one")
        return None
    key = line[:at].strip().lower().replace("-", "_")
    if key in section:
        found.gap("duplicate-key", f"line {number}: an option that stands twice")
    value = line[at + 1 :].strip()
    lines = section.setdefault(key, [])
    if value:
        lines.append((number, value))
    return lines
