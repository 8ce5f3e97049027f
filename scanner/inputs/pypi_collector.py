"""Collects what one file of PyPI says: a ``Collector`` that knows names, and arrays of tables or strings."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Any

from assay.scanner.inputs.collect import Collector, shown
from assay.scanner.inputs.pypi import identify
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_PLAIN = lazy(r"[ -~]{0,120}")


class PypiCollector(Collector):
    """What lockfiles and manifests have in common. Places are written as ``package[3].source``."""

    def __init__(self, path: str) -> None:
        super().__init__("pypi", path)
        self.folder = dirname(path)

    def miss(self, reason: str, place: str, what: str) -> None:
        """Note what could not be read at a place, which may hold keys of the file."""
        self.gap(reason, f"{place if _PLAIN.fullmatch(place) else shown(place)}: {what}")

    def named(self, name: str | None, place: str) -> str | None:
        """Return a name normalised; None, and a gap, if it is missing or not valid."""
        known = identify(name) if name is not None else None
        if known is None:
            self.miss("bad-name", place, "no valid package name")
        return known

    def tables(self, container: Mapping[str, Any], key: str, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the tables of an array, each with its place; what is none is a gap."""
        place = f"{where}.{key}" if where else key
        for index, value in enumerate(self.sequence(container, key, where)):
            if isinstance(value, dict):
                yield f"{place}[{index}]", value
            else:
                self.wrong_type("", f"{place}[{index}]", "an object")

    def texts(self, container: Mapping[str, Any], key: str, where: str = "") -> list[str]:
        """Return the strings of an array; what is none is a gap."""
        place = f"{where}.{key}" if where else key
        found = []
        for index, value in enumerate(self.sequence(container, key, where)):
            if isinstance(value, str):
                found.append(value)
            else:
                self.wrong_type("", f"{place}[{index}]", "a string")
        return found
