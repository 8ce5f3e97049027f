"""The order of PyPI versions: PEP 440 by ``packaging.version.Version``, without local parts.

``SpecifierSet`` is the wrong tool for OSV ranges: ``<2.0`` leaves 2.0rc1 out, which OSV counts. The local part
(``1.0+cu118``) is stripped: such builds are builds of the public version. Loaded on demand (see ``versions``), because
``packaging`` takes 10 ms to import.
"""

from __future__ import annotations

from functools import lru_cache

from packaging.version import Version

_LONGEST = 256
"""Characters; longer texts are no versions that PyPI ever took, and numbers in them may be too long for ``int``."""


@lru_cache(maxsize=65536)
def key(text: str) -> Version | None:
    """Return what a version sorts by, or None if it is no version of PEP 440."""
    public = text.partition("+")[0]
    if len(public) > _LONGEST or not public.isascii():
        return None
    try:
        return Version(public)
    except ValueError:
        return None


def normal(text: str) -> str | None:
    """Return the spelling that a version is shown in, or None if it is no version of PEP 440."""
    version = key(text)
    return None if version is None else str(version)


def canonical(text: str) -> str | None:
    """Return the one spelling of a version, equal for equal versions (1.0 is 1.0.0), or None if it is none."""
    version = key(text)
    if version is None:
        return None
    base = version.base_version
    suffix = str(version)[len(base) :]
    while base.endswith(".0"):
        base = base[:-2]
    return base + suffix
