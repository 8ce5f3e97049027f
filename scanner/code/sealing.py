"""Private keys in what is evaluated: which properties hold one, and what tells nothing of the key it is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.scanner.code.values import Taints

_SEALS = frozenset(
    "address addresses getaddress toaddress computeaddress checksumaddress publickey public_key getpublickey "  # noqa: SIM905
    "get_public_key pubkey publickeystring topublickey privatetopublic privatetoaddress verify".split()
)
_TOKENS = ("jwt.encode", "jws.encode")
_HELD = frozenset("mnemonic mnemonics seedphrase recoveryphrase privatekey privkey xprivkey".split())  # noqa: SIM905


def left_by(name: str, taints: Taints) -> Taints:
    """Return which sources are left in a property or a result of this name.

    Of what a caller gave nothing is left in signatures, public keys and addresses.
    """
    if not taints:
        return taints
    lowered = name.lower()
    last = lowered.rpartition(".")[2].strip("_")
    seals = last.startswith("sign") or last in _SEALS or lowered.endswith(_TOKENS)
    return frozenset(taint for taint in taints if taint.kind != "parameter") if seals else taints


def holds_key(name: str) -> bool:
    """Say whether a property is named after the private key or the words of a wallet."""
    return name.replace("_", "").lower() in _HELD
