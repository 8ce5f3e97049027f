"""What a parser said, in a form that a table in a test can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.models import Component


def components(parsed: Parsed) -> dict[str, Component]:
    """Return the components by purl without ``pkg:pypi/`` or ``pkg:npm/``."""
    return {_short(component.purl): component for component in parsed.components}


def bindings(parsed: Parsed) -> dict[tuple[str, str], str]:
    """Return (importer, descriptor) to the short purl that it means."""
    return {(binding.importer, binding.descriptor): _short(binding.purl) for binding in parsed.bindings}


def graph(parsed: Parsed) -> dict[str, list[str]]:
    """Return what each component requires."""
    return {purl: [_short(other) for other in component.requires] for purl, component in components(parsed).items()}


def declared(parsed: Parsed) -> list[tuple[str, str, str | None]]:
    """Return (name, range, exact version) of each declaration."""
    return [(item.name, item.requirement, item.pinned) for item in parsed.declarations]


def reasons(parsed: Parsed) -> list[str]:
    """Return the reasons of the gaps."""
    return [gap.reason for gap in parsed.gaps]


def details(parsed: Parsed) -> list[str]:
    """Return the details of the gaps."""
    return [gap.detail for gap in parsed.gaps]


def _short(purl: str) -> str:
    return purl.removeprefix("pkg:pypi/").removeprefix("pkg:npm/")
