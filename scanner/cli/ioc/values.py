"""What a person writes for an indicator: telling its kind, and naming it so that it can be written again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.corpus import entries
from assay.corpus.shapes import EVERY_VERSION, shown
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from assay.corpus.indicators import IndicatorEntry

_PACKAGE = re.compile(r"(?:pkg|npm|pypi):", re.IGNORECASE)
_DIGEST = re.compile(r"(?:sha256:.*|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*(?:://|\[:\]//|\[://\]|:\[//\])", re.IGNORECASE)
_FILE_NAME = re.compile(
    r".*\.(?:[cm]?[jt]s|[jt]sx|json|ya?ml|toml|lock|txt|md|py[cdiw]?|pth|whl|egg|t?gz|zip|tar|sh|bat|ps1|exe|dll|so|node)",
    re.IGNORECASE,
)
"""Names of files that are host names as well; some of the endings are top-level domains."""


def guess(value: str) -> IndicatorKind:
    """Return the kind of indicator that a value can only be.

    Raises:
        UsageError: it may be several, or none.
    """
    text = value.strip()
    for pattern, kind in (
        (_PACKAGE.match, IndicatorKind.PACKAGE),
        (_DIGEST.fullmatch, IndicatorKind.FILE),
        (_URL.match, IndicatorKind.URL),
    ):
        if pattern(text):
            return kind
    for kind in (IndicatorKind.EMAIL, IndicatorKind.DOMAIN):
        if _is(kind, text):
            if kind is IndicatorKind.DOMAIN and _FILE_NAME.fullmatch(text):
                raise UsageError(f"{shown(text)}: a host or the name of a file? Say --kind domain, or --file PATH")
            return kind
    raise UsageError(
        f"{shown(text)}: cannot tell what this is; write npm:NAME@VERSION or pypi:NAME@VERSION for a package, "
        f"or say --kind {'|'.join(IndicatorKind)}"
    )


def _is(kind: IndicatorKind, text: str) -> bool:
    try:
        entries.indicator(kind, text)
    except UsageError:
        return False
    return True


def indicator(
    value: str, kind: str | None, versions: str = "", reason: str = "", reference: str = "", expires: str = ""
) -> IndicatorEntry:
    """Return the indicator that a value stands for; its kind is guessed if it is not given.

    Raises:
        UsageError: the kind cannot be told, or one of them is not of its shape.
    """
    return entries.indicator(kind or guess(value), value, versions, reason, reference, expires)


def label(entry: IndicatorEntry) -> str:
    """Return an indicator as it can be given to ``ioc remove``: ``npm:name@1.0.0``, ``npm:name`` or the value."""
    return entry.value if entry.versions in ("", EVERY_VERSION) else f"{entry.value}@{entry.versions}"


def named(entry: IndicatorEntry) -> str:
    """Return kind and value for a message; of a whole package it says so."""
    every = " (all versions)" if entry.versions == EVERY_VERSION else ""
    return f"{entry.kind} {label(entry)}{every}"
