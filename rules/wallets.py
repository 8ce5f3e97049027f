"""Addresses of cryptocurrencies."""

from __future__ import annotations

from assay.scanner.lazy_pattern import lazy

_ADDRESS = lazy(
    r"(?:bc1[ac-hj-np-z02-9]{25,87}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}"
    r"|[LM][1-9A-HJ-NP-Za-km-z]{26,33}|ltc1[a-z0-9]{25,87}|r[1-9A-HJ-NP-Za-km-z]{24,34}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}"
    r"|[1-9A-HJ-NP-Za-km-z]{43,44})"
)


def is_wallet_address(text: str) -> bool:
    """Say whether a text is an address that money is sent to."""
    return _ADDRESS.fullmatch(text.strip()) is not None
