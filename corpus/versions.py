"""How the versions of an ecosystem are compared: npm's and PyPI's rules behind one interface, loaded on demand."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol, cast

from assay.corpus import semver

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem


class Scheme(Protocol):
    """The order of one ecosystem's versions."""

    def key(self, text: str) -> Any | None:
        """Return what a version sorts by, or None if the text is no version here."""
        ...

    def normal(self, text: str) -> str | None:
        """Return the spelling that a version is shown in, or None if the text is no version here."""
        ...

    def canonical(self, text: str) -> str | None:
        """Return the one spelling that equal versions share, or None if the text is no version here."""
        ...


def scheme(ecosystem: Ecosystem) -> Scheme:
    """Return the order of an ecosystem. PyPI's is loaded when it is first asked for, since it is slow to import."""
    if ecosystem == "npm":
        return cast("Scheme", semver)
    return cast("Scheme", importlib.import_module("assay.corpus.pep440"))


def is_range(ecosystem: Ecosystem, text: str) -> bool:
    """Say whether a text is a range of versions as people write them; "*" is one."""
    return text == "*" or bool(_requirement().is_range(ecosystem, text))


def load_ranges() -> None:
    """Load what ``admits`` needs, which is slow to import, so that it loads nothing when it is asked."""
    _requirement()


def admits(ecosystem: Ecosystem, text: str, version: str) -> bool | None:
    """Say whether a range admits a version; None if the two cannot be compared."""
    if text == "*":
        return True
    admitted: bool | None = _requirement().admits(ecosystem, text, version)
    return admitted


def _requirement() -> Any:
    return importlib.import_module("assay.scanner.requirement")
