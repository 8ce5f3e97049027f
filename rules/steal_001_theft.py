"""Credentials and private data are taken: stores of browsers, wallets and messengers, keys, clipboard, screen.

Detects: files of browsers, wallets, messengers, password safes, SSH, clouds, package registries, games and the system
    that are opened, listed or copied, and data of these, keystrokes, clipboard or pictures of the screen that reach the
    network; a clipboard in which an address of a wallet is put, or unasked something else than was copied. At install
    or startup CRITICAL, on import HIGH, if two
    stores are read or one reaches the network or lies beside a webhook, tunnel or the like; a single personal store
    HIGH, credentials of clouds and registries MEDIUM. When called, HIGH for two kinds of personal stores in a file that
    uses the network, for two stores or keystrokes that reach it, for one that reaches such a place, and for two kinds
    of stores beside such a place, to which commands may send them, if one is nobody else's business; MEDIUM for
    several personal stores or one that is sent; INFO for others. What exists only after decoding: CRITICAL. HIGH in a
    page: what it sends and receives is changed where addresses of wallets stand beside a pattern for them or a wallet
    is changed too, and a wallet is asked to pay or to sign unasked; likewise agents that are told to look for secrets.
Why: information stealers are the most common payload on PyPI; what they take is used within hours.
Misses: paths that come from elsewhere; databases and memory read by native code.
Fix: do not install it; where it has run, replace all passwords, tokens and keys, and move what wallets held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.agents import SORTS as OF_AGENTS
from assay.rules.agents import agents_told
from assay.rules.behaviour import UNASKED, chain, code_of, finding, lowered
from assay.rules.capabilities import findings_of
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.reached_places import reached_places
from assay.rules.stores import PERSONAL
from assay.rules.taken import Taken, taken
from assay.rules.wallet_theft import SORTS as OF_WALLETS
from assay.rules.wallet_theft import taken_from_wallets
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_SEVERAL = 2
_FIX = "do not install it; where it has run, replace all passwords, tokens and keys"
_NOBODYS = PERSONAL | {"SSH keys", "secrets of the system", "shell histories"}
"""Stores that no program reads without being asked."""


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that takes what is private, with all that it does unasked or when called."""
    code = code_of(subject)
    if code.facts is None:
        return
    uses = [*taken_from_wallets(code), *agents_told(code)]
    yield from findings_of(subject, "STEAL-001", uses, OF_WALLETS | OF_AGENTS, _FIX)
    network = reached_places(code)
    groups: dict[tuple[str, str], list[Taken]] = {}
    for module, one in taken(code, network):
        groups.setdefault((one.seen.path, module), []).append(one)
    for (_, module), some in sorted(groups.items()):
        unasked = [one for one in some if one.seen.trigger in UNASKED]
        severity = min(
            (_together(part, module in network, network.get(module, "")) for part in (unasked, some) if part), key=_rank
        )
        first = min(
            some, key=lambda one: (one.seen.trigger not in UNASKED, not one.seen.decoded, not one.sent, one.seen.place)
        )
        kinds = sorted({one.store.kind for one in some})
        yield finding(
            "STEAL-001",
            subject,
            first.seen,
            severity,
            f"{label_of(subject.purl)} {'sends' if any(one.sent for one in some) else 'reads'} {', '.join(kinds)}",
            listed(f"{one.store.kind}: {one.store.path}{' is sent' if one.sent else ''}" for one in some),
            steps=first.steps,
            remediation=_FIX,
        )


def _rank(severity: Severity) -> int:
    return severity.rank


def _together(some: list[Taken], networked: bool, place: str) -> Severity:
    """How bad it is all together, in one file at one time."""
    living = [one for one in some if not one.seen.dead] or some
    seen = min((one.seen for one in living), key=lambda it: (it.trigger not in UNASKED, it.trigger == "test", it.asked))
    sent = [one for one in living if one.sent]
    personal = {one.store for one in living if one.store.kind in PERSONAL}
    products, kinds = {one.store.product for one in living}, {one.store.kind for one in living}
    decoded = next((one.seen for one in living if one.seen.decoded), None)
    if decoded is not None and (sent or personal):
        return chain(decoded)
    if seen.trigger in UNASKED:
        if sent or len(products) >= _SEVERAL or place:
            return chain(seen)
        return lowered(Severity.HIGH if kinds & _NOBODYS else Severity.INFO if seen.asked else Severity.MEDIUM, seen)
    if len({one.store.product for one in sent if one.store.kind in PERSONAL}) >= _SEVERAL:
        return chain(seen)
    if any(one.store.product == "keys" for one in sent):
        return chain(seen)
    if (networked and len({one.kind for one in personal}) >= _SEVERAL) or any(one.place for one in sent):
        return chain(seen)
    if place and len(kinds) >= _SEVERAL and kinds & _NOBODYS:
        return chain(seen)
    if len({one.store.kind for one in sent}) >= _SEVERAL or (place and len(products) >= _SEVERAL and personal):
        return chain(seen)
    worth = len({one.product for one in personal}) >= _SEVERAL or any(one.store in personal for one in sent)
    return lowered(Severity.MEDIUM if worth or len(kinds) >= 2 * _SEVERAL else Severity.INFO, seen)


RULE = Rule(
    id="STEAL-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("data-theft",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
