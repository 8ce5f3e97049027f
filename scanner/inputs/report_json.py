"""Reports of earlier scans, read back to be compared: JSON of the schema ``assay.report/1``."""

from __future__ import annotations

from typing import Any

from assay.scanner.canonical import SCHEMA
from assay.scanner.errors import ParseError, UsageError
from assay.scanner.inputs.text import load_json

_SHAPE: dict[str, tuple[str, ...]] = {
    "fingerprint": (),
    "policy": (),
    "target.digest": (),
    "tool.ruleset": (),
    "tool.version": (),
    "corpus": ("channel", "digest"),
    "components": ("purl",),
    "coverage.gaps": ("path", "reason", "detail"),
    "findings": ("fingerprint", "rule", "severity", "purl", "message"),
    "waived": ("fingerprint", "rule", "severity", "purl", "message"),
}
"""What a comparison needs: texts, and lists of objects with these texts in them."""


def read(data: bytes, name: str) -> dict[str, Any]:
    """Read a report from its JSON; ``name`` is what a message calls it.

    Raises:
        UsageError: not JSON, or not a report of the schema ``assay.report/1``.
    """
    try:
        content = load_json(data).value
    except ParseError as error:
        raise UsageError(f"{name}: not a report: {error.detail}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise UsageError(f"{name}: not a report of the schema {SCHEMA}; make one with --format json")
    for place, expected in _SHAPE.items():
        value: Any = content
        for key in place.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, list if expected else str) or not all(_has(item, expected) for item in value):
            raise UsageError(f"{name}: not a report of the schema {SCHEMA}: {place} is missing or malformed")
    suppressed = content.get("suppressed", [])  # reports of earlier releases do not have it
    if not isinstance(suppressed, list) or not all(_has(item, _SHAPE["findings"]) for item in suppressed):
        raise UsageError(f"{name}: not a report of the schema {SCHEMA}: suppressed is malformed")
    freshness = content.get("freshness", {"status": ""})  # reports of earlier releases do not have it
    if not _has(freshness, ("status",)):
        raise UsageError(f"{name}: not a report of the schema {SCHEMA}: freshness is malformed")
    return content


def _has(item: Any, keys: tuple[str, ...]) -> bool:
    return not keys or (isinstance(item, dict) and all(isinstance(item.get(key), str) for key in keys))
