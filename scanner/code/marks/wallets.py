"""Addresses of wallets that stand in a script beside a pattern for such addresses: what exchanges one for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.mark import Mark, shown
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.mark import Page

SHAPES = ("[a-fA-F0-9]{40}", "[0-9a-fA-F]{40}", "[A-Fa-f0-9]{40}", "[0-9a-f]{40}", "[a-f0-9]{40}", "{25,34}", "{26,35}")
"""How patterns for addresses of Ethereum and Bitcoin end."""

LEAST = 2
"""Addresses of its own that are no example."""

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_ADDRESS = lazy(
    rf"[\"'`](0x[0-9a-fA-F]{{40}}|[13LMT]{_BASE58}{{25,34}}|(?:bc1|ltc1|addr1|bitcoincash:)[a-z0-9]{{25,100}})[\"'`]"
)


def exchanges_addresses(page: Page) -> list[Mark]:
    """Return one mark for a script that holds a pattern for addresses and ``LEAST`` of them or more, its ``size``."""
    if not any(shape in page.text for shape in SHAPES):
        return []
    places = {found[1]: found.start() for found in reversed(list(_ADDRESS.finditer(page.text)))}
    if len(places) < LEAST:
        return []
    first = min(places, key=lambda address: places[address])
    return [Mark("wallet:exchange", page.place(places[first]), shown(first), len(places))]
