"""Keys of properties: text, and symbols, which have names of their own."""

from __future__ import annotations

from assay.scanner.code.ecmascript.coerce import to_text
from assay.scanner.code.values import Reference, Value

_SYMBOL = "Symbol."


def name_of_key(key: Value) -> str | None:
    """The name under which an object keeps what is put under a key; None where it is not known."""
    if isinstance(key, Reference):
        return key.name if key.name.startswith(_SYMBOL) else None
    return to_text(key)
