"""How pages lose what wallets hold: addresses that are exchanged on their way, and payments that nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, capability, chain
from assay.rules.capabilities import Use, hidden, shown
from assay.rules.wallets import is_wallet_address
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact

SORTS = {
    "exchange": "changes what programs send and receive, addresses of wallets among it",
    "payment": "has a wallet pay without being asked",
}
_WALLETS = ("ethereum.", "solana.", "tronWeb.")
_MARK = "wallet:exchange"
_PAYS = lazy(r"^(?:eth_sendTransaction|eth_sign\w*|personal_sign|eth_signTypedData\w*|wallet_sendCalls)$")
_SIGNS = lazy(r"\.(?:sign(?:Transaction|AllTransactions|AndSendTransaction)|sendTransaction)$")


def taken_from_wallets(code: Code) -> Iterator[Use]:
    """Yield what is done to wallets: hooks that exchange addresses, and payments that are made unasked."""
    exchanging = {path for path, marks in code.marks() if any(mark.kind == _MARK for mark in marks)}
    hooks: dict[str, list[CallFact]] = {}
    for call in code.calls("hook"):
        hooks.setdefault(call.where.module, []).append(call)
    for calls in hooks.values():
        yield from _hooked(code, calls, exchanging)
    for call in code.calls("wallet"):
        seen = code.seen(call.where)
        if seen.trigger in UNASKED and _pays(call):
            yield Use(seen, chain(seen), "payment", shown(call, " ".join(_texts(call))), hidden(call))


def _hooked(code: Code, calls: list[CallFact], exchanging: set[str]) -> Iterator[Use]:
    """Functions of the page that one file replaces: those of a wallet and of the network, or beside addresses."""
    wallet = any(call.name.startswith(_WALLETS) for call in calls)
    both = wallet and not all(call.name.startswith(_WALLETS) for call in calls)
    for call in calls:
        seen = code.seen(call.where)
        if both or seen.path in exchanging:
            yield Use(seen, chain(seen), "exchange", f"replaces {call.name.rstrip('=')}", hidden(call))
        elif call.name.startswith(_WALLETS):
            yield Use(seen, capability(seen), "exchange", f"replaces {call.name.rstrip('=')}", hidden(call))


def _pays(call: CallFact) -> bool:
    """Whether a wallet is asked to pay to an address in the code, or to sign what needs none to be known."""
    if _SIGNS.search(call.name):
        return True
    texts = _texts(call)
    return any(map(_PAYS.match, texts)) and any(map(is_wallet_address, texts))


def _texts(call: CallFact) -> list[str]:
    return [text for one in call.arguments for text in one.value.strings]
