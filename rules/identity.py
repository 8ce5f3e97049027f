"""What the identity rules share: which components have a public identity at all, and how they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from assay.scanner.models import Source

if TYPE_CHECKING:
    from assay.scanner.models import Component

_PUBLIC = frozenset({Source.REGISTRY, Source.URL})
_COPIED = frozenset({Source.GIT, Source.FILE})


def is_public(component: Component) -> bool:
    """Say whether a component's name and version are those of a registry: from one, or an archive at a URL.

    A folder of the project itself may bear any name; that somebody else's package of that name is bad says nothing.
    """
    return component.source in _PUBLIC


def is_copied(component: Component) -> bool:
    """Say whether a component comes from a repository or a file, where name and version are only claimed."""
    return component.source in _COPIED and component.version is not None


def label(component: Component) -> str:
    """Return ``name version`` as a person reads it, or the name alone if no version is known."""
    return f"{component.name} {component.version}" if component.version is not None else component.name


def label_of(purl: str) -> str:
    """Return the package that a purl names, ``name version`` as a person reads it."""
    path = purl.partition("?")[0].partition("/")[2]
    name, _, version = path.rpartition("@") if "@" in path else (path, "", "")
    return unquote(f"{name} {version}".rstrip())
