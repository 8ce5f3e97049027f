"""Dependency specifiers: ``name[extra]>=1; marker`` and ``name @ address``, read by packaging behind guards.

Format: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ (PEP 508).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.errors import ParseError
from assay.scanner.inputs.parsed import Declaration
from assay.scanner.inputs.pypi import Address, identify, is_printable, is_version, leading_name, read_address
from assay.scanner.inputs.text import MAX_DEPTH
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Location, Scope, Source

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MAX_LENGTH = 65_536
"""Characters of one specifier; the longest met in public projects has about 500."""

VARIABLE = "${"
"""What an environment variable begins with in pip's files. It is never expanded."""

NAMED_ADDRESS = lazy(r"[A-Za-z0-9][A-Za-z0-9._-]*+\s*+(?:\[[^\[\]]*+\])?\s*+@")
"""The beginning of ``name[extra] @ address``."""

_READER = "packaging.requirements"
"""Loaded with the first specifier: archives without one, and all of npm, do without it."""

_DIGITS = lazy(r"[0-9]{257}")
_HEAD = lazy(r"\s*+[A-Za-z0-9][A-Za-z0-9._-]*+\s*+(?:\[[^\[\]]*+\])?\s*+")
_OPEN_RANGE = lazy(r"(?:(?:===?|~=|!=|<=?|>=?)[ ]*+[A-Za-z0-9_.${}+!*-]++[ ]*+,?[ ]*+)++")


class Wanted(NamedTuple):
    """What one specifier asks for; the fields are those of ``Declaration``."""

    name: str
    requirement: str = ""
    pinned: str | None = None
    source: Source = Source.REGISTRY
    where: str | None = None
    hashes: tuple[str, ...] = ()

    def declare(self, location: Location, scopes: tuple[Scope, ...], *, constraint: bool = False) -> Declaration:
        """Return the declaration that this is at a place."""
        return Declaration(
            "pypi",
            self.name,
            self.requirement,
            location,
            scopes,
            self.pinned,
            self.source,
            self.where,
            hashes=self.hashes,
            constraint=constraint,
        )


def read_specifier(text: str, folder: str, *, editable: bool = False) -> Wanted:
    """Read one specifier; a relative address starts from ``folder``.

    Raises:
        ParseError: too long or too deep, unprintable, depending on an environment variable for its name, or none
            that pip would take. The details never hold the text itself.
    """
    text = text.replace("\t", " ").strip()
    _refuse_hostile(text)
    try:
        found: Requirement = importlib.import_module(_READER).Requirement(text)
    except ValueError as error:
        if VARIABLE in text:
            return _variable_version(text)
        raise ParseError("syntax", "not a valid requirement") from error
    name = identify(found.name)
    if name is None:
        raise ParseError("bad-name", "no valid package name")
    if found.url is not None:
        address = read_address(found.url, folder, editable=editable)
        if address is None:
            raise ParseError("bad-address", "an address with control characters")
        return from_address(address, name)
    return Wanted(name, _range(text), _pinned(found))


def read_editable(text: str, folder: str) -> Wanted:
    """Read what follows ``-e``: an address or path that names its package (``#egg=``), or ``name @ address``.

    Raises:
        ParseError: as ``read_specifier``; also an address that names no package.
    """
    text = text.strip()
    if NAMED_ADDRESS.match(text):
        return read_specifier(text, folder, editable=True)
    address = read_address(text, folder, editable=True)
    if address is None:
        raise ParseError("bad-address", "an address with control characters")
    return from_address(address, None)


def from_address(address: Address, name: str | None) -> Wanted:
    """Return what an address asks for.

    Raises:
        ParseError: neither ``name`` nor the address names a package.
    """
    name = name or address.name
    if name is None:
        raise ParseError("unnamed", "an address that names no package; write it as: name @ address")
    pinned = address.version if address.version and VARIABLE not in address.version else None
    return Wanted(name, "", pinned, address.source, address.where, address.hashes)


def _refuse_hostile(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ParseError("too-long", f"a requirement of more than {MAX_LENGTH} characters")
    if text.count("(") > MAX_DEPTH:
        raise ParseError("too-deep", f"a requirement with more than {MAX_DEPTH} parentheses")
    # A backslash is never part of a valid one, and makes packaging warn from inside of its string parser.
    if not is_printable(text) or "\\" in text or _DIGITS.search(text):
        raise ParseError("syntax", "not a valid requirement")


def _range(text: str) -> str:
    """Return the range as written: what stands between the name (with extras) and the marker."""
    match = _HEAD.match(text)
    written = text[match.end() if match else 0 :].partition(";")[0].strip()
    return written[1:-1].strip() if written.startswith("(") and written.endswith(")") else written


def _pinned(found: Requirement) -> str | None:
    """Return the version if the range admits exactly one; ``==1.0.*`` does not."""
    exact = {spec.version for spec in found.specifier if spec.operator in ("==", "===") and spec.version[-2:] != ".*"}
    if not exact:
        return None
    version = min(exact)  # of several, all are spellings of one version, or nothing at all is admitted
    if VARIABLE in version or not is_version(version):
        return None
    return version if len(found.specifier) == 1 or found.specifier.contains(version, prereleases=True) else None


def _variable_version(text: str) -> Wanted:
    """Read ``name==${VERSION}``: the name is known, the version is not."""
    written = _range(text)
    name = leading_name(text)
    if name is None or VARIABLE in text[: len(text) - len(written)] or not _OPEN_RANGE.fullmatch(written):
        raise ParseError("variable", "depends on an environment variable, which is not expanded")
    return Wanted(name, written)
