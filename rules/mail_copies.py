"""Mails that a caller writes to somebody, of which a fixed address gets a copy that nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import Code, chain
from assay.rules.capabilities import Use, hidden
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact

SORTS = {"copy": "sends a hidden copy of every mail to a fixed address"}
_ADDRESS = lazy(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def copies(code: Code) -> Iterator[Use]:
    """Yield the mails whose receiver is not known, while that of their hidden copy stands in the code."""
    for call in code.calls("network"):
        address = _hidden_receiver(call)
        if address:
            seen = code.seen(call.where)
            yield Use(seen, chain(seen), "copy", f"{call.name} to {address}", hidden(call))


def _hidden_receiver(call: CallFact) -> str:
    given = {one.name.lower(): one.value for one in call.arguments if one.position < 0}
    copy, to = given.get("bcc"), given.get("to")
    if copy is None or to is None or to.strings:
        return ""
    return next((text for text in copy.strings if _ADDRESS.match(text)), "")
