"""Fields that npm's manifests and lockfiles share: groups of dependencies, names, versions, licences.

Names: https://github.com/npm/validate-npm-package-name, with what it allows for old packages only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Scope

GROUPS = (
    ("dependencies", Scope.PROD),
    ("devDependencies", Scope.DEV),
    ("optionalDependencies", Scope.OPTIONAL),
    ("peerDependencies", Scope.PEER),
)
"""The groups of a manifest, each with the scope that its dependencies have."""

MAX_NAME = 214
"""Characters of a name, the scope included (npm's own limit)."""

_PART = r"[A-Za-z0-9~!'()*-][A-Za-z0-9._~!'()*-]*"
_NAME = lazy(rf"(?:@[A-Za-z0-9._~!'()*-]+/)?{_PART}\Z")
_VERSION = lazy(r"[!-~]{1,256}\Z")
_UNPRINTABLE = lazy(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def is_name(text: str) -> bool:
    """Say whether npm could ever have published the name: URL-safe, ≤ 214 characters, no leading dot or underscore."""
    return len(text) <= MAX_NAME and _NAME.match(text) is not None


def is_version(text: str) -> bool:
    """Say whether a version can be one: 1 to 256 printable ASCII characters without a space."""
    return _VERSION.match(text) is not None


def is_printable(text: str) -> bool:
    """Say whether a text holds no control character and no line break."""
    return (text.isascii() and text.isprintable()) or _UNPRINTABLE.search(text) is None


@lru_cache(maxsize=256)
def _licence(value: str) -> tuple[str, ...]:
    text = " ".join(value.split())[:256]
    return (text,) if text else ()


def licences_of(value: Any) -> tuple[str, ...] | None:
    """Return the licences of a string, of ``{"type": …}`` or of a list of these; None if it is none of them."""
    if isinstance(value, str):
        return _licence(value)
    if isinstance(value, dict):
        return licences_of(value["type"]) if isinstance(value.get("type"), str) else None
    if isinstance(value, list):
        parts = [licences_of(part) for part in value if not isinstance(part, list)]
        return None if None in parts else tuple(sorted({text for part in parts for text in part or ()}))
    return None
