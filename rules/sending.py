"""Private data that flows out: by requests, sockets and names that are looked up, and by commands that send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.addresses import is_metadata, shape
from assay.rules.behaviour import UNASKED
from assay.rules.command_lines import command_of, is_running
from assay.rules.private_data import COMMAND_OUTPUT, CONTACT, GIVEN, KEY, is_fixed, kind_of
from assay.rules.shell_senders import sends, told_to
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.code.facts import CallFact, FlowFact
    from assay.scanner.code.ir import Place

SINKS = frozenset({"network", "dns", "download"})
"""Kinds of what sends data away."""

CHATS = ("discord.", "telegram.", "telebot.", "telepot.", "telethon.", "aiogram.", "pyrogram.", "dhooks.",
          "discord_webhook.", "slack_sdk.")  # fmt: skip
"""Clients of chats, which need no address."""

_NAME = lazy(
    r"^(?=.*[a-z])(?!.*\.(?:local|localdomain|internal|arpa|home|lan)\.?$)(?:[\w-]+\.)+[a-z]{2,}\.?$", re.IGNORECASE
)
LOOKED_UP = "a name that is looked up"
LEFT = "an address that is left in a place for pick-up"

_ROLES = frozenset({"data", "url", "headers", "name", "host", "files", ""})


_ACCESS_KEY = lazy(r"(?:^|_)access_?key(?:_?id)?\Z", re.IGNORECASE)
_SECRET_KEY = lazy(r"(?:^|_)secret_?key\Z", re.IGNORECASE)
_FIXED = lazy(r"\w+://[\w.-]{1,200}(?:[:/?]|\Z)")
_LOCAL = lazy(r"(?:(?:/|\\\\[?.]\\pipe\\)\S*\s?)+")
"""An address whose host is written down; sockets and pipes of the machine itself."""

_HEADED, _SENT = "XMLHttpRequest().setRequestHeader", "XMLHttpRequest().send"
_CONSENT = lazy(r"^input:.*\b(?:send|sent|upload|submit|share|report)\b", re.IGNORECASE | re.DOTALL)
"""A condition on what is answered to a question that says what will be done."""

CLOUD = "the credentials of a cloud"
"""The place of the service from which a machine in a cloud fetches its own credentials."""


_Origin = tuple[str, int, "Place", str, str]
"""Where something that flows came from: module, layer, place, and what it is."""


class Sent(NamedTuple):
    """One kind of data that is sent: where, to which sort of place ("" for an ordinary one), and how it is said.

    ``agreed`` says that somebody answers a question about sending first.
    """

    seen: Seen
    kind: str
    detail: str
    place: str
    steps: tuple[str, ...]
    name: str
    role: str = ""
    agreed: bool = False


def sent_by(code: Code) -> Iterator[Sent]:
    """Yield all private data that the code of a package sends."""
    yield from _flows(code, _places(code))
    yield from _commands(code)
    yield from _contacts(code)
    yield from _told(code)


def _places(code: Code) -> dict[tuple[str, int, str], str]:
    """Suspicious places that each function connects to, whatever data goes there: for sockets and clients."""
    found: dict[tuple[str, int, str], str] = {}
    for call in code.calls(*SINKS):
        for text in _addresses(call):
            kind = shape(text)
            if kind:
                found.setdefault(call.where.spot, kind)
    return found


def _addresses(call: CallFact) -> Iterator[str]:
    for one in (*call.receiver[:2], *call.arguments[:2]):
        yield from one.value.strings


def _left(code: Code) -> frozenset[tuple[str, int, Place]]:
    """Calls whose address is fetched from a suspicious place."""
    return frozenset(
        flow.where[:3]
        for flow in (code.facts.flows if code.facts else ())
        if flow.source == "remote" and flow.sink in SINKS and flow.role == "url" and shape(flow.detail)
    )


def _keys(code: Code) -> dict[_Origin, str]:
    """What a caller gives that wallets are made of, or to log in somewhere, whatever it is called: as "data" for
    a private key or its words, as "password".
    """
    flows = code.facts.flows if code.facts else ()
    given = (flow for flow in flows if flow.source == "parameter" and (flow.sink == "keyed" or flow.role == "password"))
    return {_origin(flow): flow.role for flow in given}


def _origin(flow: FlowFact) -> _Origin:
    return (*flow.chain[0], flow.source, flow.detail)


def _flows(code: Code, places: dict[tuple[str, int, str], str]) -> Iterator[Sent]:
    left, keys = _left(code), _keys(code)
    paired, headed = _paired(code), _headed(code)
    for flow in code.facts.flows if code.facts else ():
        kind = kind_of(flow) if (flow.sink in SINKS and flow.role in _ROLES) or _is_given(flow) else ""
        if flow.sink in SINKS and flow.role == "data" and _origin(flow) in keys:
            kind = KEY if keys[_origin(flow)] == "data" else GIVEN if is_fixed(flow.target) else kind
        if not kind or (flow.sink == "dns" and not _is_label(flow)):
            continue
        where = flow.where
        place = shape(flow.target) or places.get(where.spot, "")
        if flow.name.startswith(CHATS):
            place = place or "a chat"
        if where[:3] in left:
            place = LEFT
        if flow.sink == "dns":
            place = place or LOOKED_UP
        if kind == KEY and where[:3] in paired and _is_of_service(flow) and _origin(flow) not in keys:
            continue
        if flow.name.startswith("net.") and _LOCAL.fullmatch(flow.target):
            continue
        is_header = flow.name == _SENT and (where.module, where.layer, flow.detail) in headed
        role = "headers" if is_header else flow.role
        agreed = any(map(_CONSENT.search, where.conditions))
        yield Sent(code.seen(where), kind, flow.detail, place, flow.steps, flow.name, role, agreed)


def _is_of_service(flow: FlowFact) -> bool:
    """Whether a secret key goes where the caller says: he has both from the same service."""
    return _SECRET_KEY.search(flow.detail) is not None and not _FIXED.match(flow.target)


def _headed(code: Code) -> frozenset[tuple[str, int, str]]:
    """What requests carry in their headers, by module and layer: a request that is sent holds it all."""
    return frozenset(
        (flow.where.module, flow.where.layer, flow.detail)
        for flow in (code.facts.flows if code.facts else ())
        if flow.name == _HEADED and flow.role == "headers"
    )


def _paired(code: Code) -> frozenset[tuple[str, int, Place]]:
    """Calls that are given an access key: where they go is named too, the secret key beside it is that service's."""
    return frozenset(
        flow.where[:3]
        for flow in (code.facts.flows if code.facts else ())
        if flow.source == "parameter" and flow.sink in SINKS and _ACCESS_KEY.search(flow.detail)
    )


def _contacts(code: Code) -> Iterator[Sent]:
    """Calls that nobody asked for and that reach a suspicious place, whatever they send."""
    for call in code.calls(*SINKS):
        place = next(filter(None, map(_place, _addresses(call))), "") or (
            _looked_up(call) if "dns" in call.kinds else ""
        )
        seen = code.seen(call.where)
        if place and seen.trigger in UNASKED:
            yield Sent(seen, CONTACT, call.name, place, call.steps, call.name)


def _looked_up(call: CallFact) -> str:
    """The place of a question for one fixed name on the internet: who serves the name learns that it was asked."""
    name = call.arguments[0].value.value if call.arguments else None
    return LOOKED_UP if isinstance(name, str) and _NAME.match(name) else ""


def _place(text: str) -> str:
    return shape(text) or (CLOUD if is_metadata(text) else "")


def _told(code: Code) -> Iterator[Sent]:
    """Commands that nobody asked for and by which other programs reach a suspicious place."""
    for call in code.calls("process"):
        seen = code.seen(call.where)
        if seen.trigger not in UNASKED or is_running(call):
            continue
        place = next(filter(None, map(_place, told_to(command_of(call).line))), "")
        if place:
            yield Sent(seen, CONTACT, call.name, place, call.steps, call.name)


def _is_given(flow: FlowFact) -> bool:
    """Whether data becomes part of a command that sends it."""
    return flow.sink == "process" and flow.role == "command" and bool(told_to(flow.target))


def _is_label(flow: FlowFact) -> bool:
    """Whether data stands in a name below a domain: looking up one's own name, or a service below it, is innocent."""
    parted = [(name.strip(".…"), *name.partition("…")) for name in flow.target.split()]
    return any("." in known and (not begun or bool(domain)) for known, begun, _, domain in parted)


def _commands(code: Code) -> Iterator[Sent]:
    """Shell commands that send what they find."""
    for call in code.calls("process"):
        texts = [text for one in call.arguments[:2] for text in one.value.strings]
        for text in dict.fromkeys([*texts, command_of(call).line]):
            if sends(text):
                yield Sent(code.seen(call.where), COMMAND_OUTPUT, text[:60], shape(text), call.steps, call.name)
