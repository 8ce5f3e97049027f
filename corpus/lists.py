"""Lists of an organisation: packages that it denies or allows, and names that are its own.

Sections: canonical JSON. ``deny`` and ``allow``: ``{"entries": [[ecosystem, name, version, reason]…]}``, where
``version`` is "*" for all or one exact version. ``internal-names``: ``{"names": [[ecosystem, name]…], "scopes": […]}``
with npm scopes such as "@corp". ``registry-hosts`` and ``licences``: an object that this version does not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import canonical
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERY_VERSION = "*"


class ListEntry(NamedTuple):
    """One entry of a deny or allow list. ``version`` is "*" or one exact version."""

    ecosystem: str
    name: str
    version: str
    reason: str


class InternalNames(NamedTuple):
    """Names that are the organisation's own: (ecosystem, normalised name), and npm scopes with their "@"."""

    names: frozenset[tuple[str, str]]
    scopes: frozenset[str]


def encode_entries(entries: Iterable[ListEntry]) -> bytes:
    """Return the content of a section of kind ``deny`` or ``allow``."""
    return canonical.dump({"entries": [list(entry) for entry in sorted(set(entries))]})


def decode_entries(data: bytes) -> tuple[ListEntry, ...]:
    """Return the entries of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = _object(data, {"entries"})
    return tuple(ListEntry(*row) for row in _rows(value["entries"], 4))


def encode_internal(internal: InternalNames) -> bytes:
    """Return the content of a section of kind ``internal-names``."""
    return canonical.dump({"names": sorted(map(list, internal.names)), "scopes": sorted(internal.scopes)})


def decode_internal(data: bytes) -> InternalNames:
    """Return the names of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = _object(data, {"names", "scopes"})
    scopes = value["scopes"]
    if type(scopes) is not list or not all(type(scope) is str and scope.startswith("@") for scope in scopes):
        raise CorpusError("E_INDEX", "internal names: scopes are not strings that start with @")
    return InternalNames(frozenset((row[0], row[1]) for row in _rows(value["names"], 2)), frozenset(scopes))


def _object(data: bytes, keys: set[str]) -> dict[str, Any]:
    value = canonical.load_typed(data, "E_INDEX", "list")
    if type(value) is not dict or value.keys() != keys:
        raise CorpusError("E_INDEX", f"list: not an object with {', '.join(sorted(keys))}")
    return value


def _rows(value: Any, width: int) -> list[list[str]]:
    if type(value) is not list:
        raise CorpusError("E_INDEX", "list: its entries are not an array")
    for row in value:
        if type(row) is not list or len(row) != width or not all(type(cell) is str for cell in row):
            raise CorpusError("E_INDEX", f"list: an entry is not {width} strings")
        if row[0] not in ("npm", "pypi"):
            raise CorpusError("E_INDEX", "list: an entry is of an unknown ecosystem")
    return value
