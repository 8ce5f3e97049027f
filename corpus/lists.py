"""Lists of an organisation: packages that it denies or allows, names of its own, registry hosts, licences.

Sections: canonical JSON, rows ascending, none twice. ``entries`` makes the rows from what a person wrote.

``deny``, ``allow``
    ``{"entries": [[ecosystem, name, versions, reason, expires]…]}``: ``versions`` is "*", a range in the ecosystem's
    own syntax or one exact version, ``expires`` the last day that counts or "".
``internal-names``
    ``{"names": [[ecosystem, name]…], "scopes": […]}``: a name that ends in ``*`` stands for all that start so; npm
    scopes such as "@corp".
``registry-hosts``
    ``{"hosts": [[ecosystem, host, scope]…]}``: ``scope`` is an npm scope or "" for all packages.
``licences``
    ``{"allow": […], "deny": […]}``: SPDX ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import canonical
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.models import Ecosystem

EVERY_VERSION = "*"
PREFIX_MARK = "*"


class ListEntry(NamedTuple):
    """One entry of a deny or allow list. ``versions`` is "*", a range or one exact version; ``expires`` a day or ""."""

    ecosystem: Ecosystem
    name: str
    versions: str
    reason: str
    expires: str = ""


class InternalNames(NamedTuple):
    """Names that are the organisation's own.

    ``names`` are (ecosystem, normalised name); one that ends in ``*`` stands for all that start so. ``scopes`` are npm
    scopes with their "@".
    """

    names: frozenset[tuple[str, str]]
    scopes: frozenset[str]


class HostEntry(NamedTuple):
    """A host that packages of an ecosystem may come from: all, or those of one npm ``scope`` ("@corp", "" for all)."""

    ecosystem: Ecosystem
    host: str
    scope: str


class Licences(NamedTuple):
    """SPDX ids that the organisation allows and denies."""

    allow: frozenset[str]
    deny: frozenset[str]


def encode_entries(entries: Iterable[ListEntry]) -> bytes:
    """Return the content of a section of kind ``deny`` or ``allow``."""
    return canonical.dump({"entries": [list(entry) for entry in sorted(set(entries))]})


def decode_entries(data: bytes) -> tuple[ListEntry, ...]:
    """Return the entries of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = _object(data, {"entries"})
    return tuple(ListEntry(*row) for row in _rows(value["entries"], 5))


def encode_internal(internal: InternalNames) -> bytes:
    """Return the content of a section of kind ``internal-names``."""
    return canonical.dump({"names": sorted(map(list, internal.names)), "scopes": sorted(internal.scopes)})


def decode_internal(data: bytes) -> InternalNames:
    """Return the names of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = _object(data, {"names", "scopes"})
    scopes = _texts(value["scopes"])
    if not all(scope.startswith("@") for scope in scopes):
        raise CorpusError("E_INDEX", "internal names: scopes are not strings that start with @")
    return InternalNames(frozenset((row[0], row[1]) for row in _rows(value["names"], 2)), scopes)


def encode_hosts(hosts: Iterable[HostEntry]) -> bytes:
    """Return the content of a section of kind ``registry-hosts``."""
    return canonical.dump({"hosts": [list(each) for each in sorted(set(hosts))]})


def decode_hosts(data: bytes) -> tuple[HostEntry, ...]:
    """Return the hosts of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such a list.
    """
    value = _object(data, {"hosts"})
    return tuple(HostEntry(*row) for row in _rows(value["hosts"], 3))


def encode_licences(licences: Licences) -> bytes:
    """Return the content of a section of kind ``licences``."""
    return canonical.dump({"allow": sorted(licences.allow), "deny": sorted(licences.deny)})


def decode_licences(data: bytes) -> Licences:
    """Return the licences of a section whose hash was checked.

    Raises:
        CorpusError: E_INDEX: not such lists.
    """
    value = _object(data, {"allow", "deny"})
    return Licences(_texts(value["allow"]), _texts(value["deny"]))


def _object(data: bytes, keys: set[str]) -> dict[str, Any]:
    value = canonical.load_typed(data, "E_INDEX", "list")
    if type(value) is not dict or value.keys() != keys:
        raise CorpusError("E_INDEX", f"list: not an object with {', '.join(sorted(keys))}")
    return value


def _rows(value: Any, width: int) -> list[list[Any]]:
    """Return rows of ``width`` strings, the first of which is an ecosystem."""
    if type(value) is not list:
        raise CorpusError("E_INDEX", "list: its entries are not an array")
    for row in value:
        if type(row) is not list or len(row) != width or not all(type(cell) is str for cell in row):
            raise CorpusError("E_INDEX", f"list: an entry is not {width} strings")
        if row[0] not in ("npm", "pypi"):
            raise CorpusError("E_INDEX", "list: an entry is of an unknown ecosystem")
    return value


def _texts(value: Any) -> frozenset[str]:
    if type(value) is not list or not all(type(each) is str for each in value):
        raise CorpusError("E_INDEX", "list: not an array of strings")
    return frozenset(value)
