"""Version ranges in the syntax that people write: npm's ``^1.2 || 2.x``, PEP 440's ``>=1,<2``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodesemver import satisfies, valid, valid_range
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem


def is_range(ecosystem: Ecosystem, text: str) -> bool:
    """Say whether ``text`` is a range of the ecosystem; "*" is one in both."""
    if text == "*":
        return True
    if ecosystem == "npm":
        return valid_range(text, True) is not None
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def admits(ecosystem: Ecosystem, text: str, version: str) -> bool | None:
    """Say whether a range admits a version, pre-releases included; None if the version cannot be compared."""
    if text == "*":
        return True
    try:
        if ecosystem == "npm":
            admitted = bool(satisfies(version, text, loose=True, include_prerelease=True))
            return admitted if admitted or valid(version, True) else None
        admitted = SpecifierSet(text).contains(version, prereleases=True)
        if not admitted:
            Version(version)  # it says "no" of what is no version, too
        return admitted
    except (InvalidVersion, ValueError):
        return None
