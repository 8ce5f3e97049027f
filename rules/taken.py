"""What is taken: stores that are read, keystrokes, pictures of the screen and the clipboard, as they reach others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.addresses import shape
from assay.rules.behaviour import UNASKED, Code, Seen
from assay.rules.chains import SENDS
from assay.rules.stores import Store, store_of, stores_read
from assay.rules.wallets import is_wallet_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import FlowFact

_SPIES = {"keys": "keystrokes", "screen": "pictures of the screen", "clipboard": "clipboard"}


class Taken(NamedTuple):
    """Something that is taken: a store or what is spied on; ``sent`` if it reaches the network, ``place`` if oddly."""

    seen: Seen
    store: Store
    sent: bool = False
    place: str = ""
    steps: tuple[str, ...] = ()


def taken(code: Code, network: dict[str, str]) -> Iterator[tuple[str, Taken]]:
    """Yield what is taken, by module; ``network`` are the modules that reach the network, and the odd place of each."""
    yield from _reads(code)
    yield from _flows(code, network)


def _reads(code: Code) -> Iterator[tuple[str, Taken]]:
    for call in code.facts.calls if code.facts else ():
        for store in stores_read(call):
            yield call.where.module, Taken(code.seen(call.where), store, steps=call.steps)
        if "clip" in call.kinds and any(
            map(is_wallet_address, (text for one in call.arguments for text in one.value.strings))
        ):
            store = Store("clipboard", "clipboard", "an address of a wallet is put there")
            yield call.where.module, Taken(code.seen(call.where), store, sent=True, place="a wallet")


def _flows(code: Code, network: dict[str, str]) -> Iterator[tuple[str, Taken]]:
    for flow in code.facts.flows if code.facts else ():
        store, seen = _source(flow), code.seen(flow.where)
        if store is None or not (flow.sink in SENDS or _is_handed_on(flow, seen)):
            continue
        place = shape(flow.target) or network.get(flow.where.module, "")
        yield flow.where.module, Taken(seen, store, flow.sink != "write", place, flow.steps)


def _is_handed_on(flow: FlowFact, seen: Seen) -> bool:
    """Whether keystrokes are kept, or unasked something is put into a clipboard that came of what was copied."""
    if (flow.source, flow.sink) == ("clipboard", "clip"):
        return seen.trigger in UNASKED or bool(seen.decoded)
    return (flow.source, flow.sink) == ("keys", "write")


def _source(flow: FlowFact) -> Store | None:
    if flow.source in _SPIES:
        return Store(_SPIES[flow.source], flow.source, flow.detail)
    return store_of(flow.detail) if flow.source == "credential" else None
