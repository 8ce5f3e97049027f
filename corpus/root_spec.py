"""The file from which a person makes a trust root: JSON, with keys by their hex digits or by the files that hold them.

::

    {"type": "assay.root-spec", "spec": 1, "version": n,
     "root": {"keys": [KEY…], "threshold": n},
     "channels": {"acme": {"keys": [KEY…], "threshold": n, "capabilities": [kind of section…],
                           "epoch": n, "min_seq": n, "priority": n, "revoked": ["sha256:…"…]}}}

KEY is a raw public key of 64 hex digits, or the path of a PEM file, relative to the folder of the specification.
``version`` may be left out where it follows from the root before. So may ``epoch`` and ``min_seq`` (1), ``priority``
(100) and ``revoked`` (none). Pure: whoever calls says how a file is read.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from assay.corpus import dsse, keys, sections, trust
from assay.corpus.fields import CONTROL, printable
from assay.corpus.trust import LOCAL_CHANNEL, Channel, Role, TrustRoot
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

MAX_BYTES = 1024 * 1024
DEFAULT_PRIORITY = 100

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_MAX = trust.MAX_SEQ

_KEYS: Final[Mapping[str, bool]] = {"type": True, "spec": True, "version": False, "root": True, "channels": True}
"""The keys of the file, and whether each must be there."""
_ROLE_KEYS: Final[Mapping[str, bool]] = {"keys": True, "threshold": True}
_CHANNEL_KEYS: Final[Mapping[str, bool]] = {
    **_ROLE_KEYS,
    "capabilities": True,
    "epoch": False,
    "min_seq": False,
    "priority": False,
    "revoked": False,
}


class RootSpec(NamedTuple):
    """The trust root that a file describes, and what is allowed in it but unwise, one line each."""

    root: TrustRoot
    warnings: tuple[str, ...]


def parse(data: bytes, read: Callable[[str], bytes], previous: TrustRoot | None = None) -> RootSpec:
    """Return the trust root that a file describes, as the successor of ``previous`` if there is one.

    ``read`` returns the content of a file that the specification names, or raises UsageError.

    Raises:
        UsageError: one line that names the key of the file that is wrong.
    """
    top = _Reader(_load(data), "", _KEYS)
    top.constant("type", "assay.root-spec")
    top.constant("spec", 1)
    version = _version(top, previous)
    known: dict[str, bytes] = {}
    role = _role(top.child("root", _ROLE_KEYS), known, read)
    channels = {}
    for name, value in top.mapping("channels").items():
        channels[name] = _channel(name, value, known, read)
    root = TrustRoot(version, known, role, channels)
    if previous is not None:
        _require_onward(root, previous)
    try:
        trust.parse_payload(trust.dump_payload(root))
    except CorpusError as error:
        raise UsageError(error.detail) from error
    return RootSpec(root, tuple(_warnings(root)))


def _version(top: _Reader, previous: TrustRoot | None) -> int:
    expected = 1 if previous is None else previous.version + 1
    version = top.integer("version", 1, _MAX, expected)
    if version == expected:
        return version
    if previous is None:
        raise top.refuse("version", f"{version} follows an older root; name that with --previous")
    raise top.refuse("version", f"{version} does not follow {previous.version}; write {expected}, or leave it out")


def _require_onward(root: TrustRoot, previous: TrustRoot) -> None:
    """Refuse a channel that goes back: what was refused under the old root would be accepted under the new one."""
    for name, channel in root.channels.items():
        before = previous.channels.get(name)
        if before is None:
            continue
        if channel.epoch < before.epoch:
            raise UsageError(f"channels.{name}.epoch: {channel.epoch}, but trust root {previous.version} has "
                             f"{before.epoch}; an epoch never goes back")  # fmt: skip
        if channel.epoch == before.epoch and channel.min_seq < before.min_seq:
            raise UsageError(f"channels.{name}.min_seq: {channel.min_seq}, but trust root {previous.version} has "
                             f"{before.min_seq}; it goes back with a new epoch only")  # fmt: skip


def _warnings(root: TrustRoot) -> list[str]:
    found = []
    for name, channel in sorted(root.channels.items()):
        shared = sorted(channel.role.keyids & root.role.keyids)
        if shared:
            found.append(
                f"channels.{name}.keys: {shared[0][:16]} is a root key too; "
                "keep root keys apart, so that a stolen pack key cannot change whom to trust"
            )
    if not root.channels:
        found.append("channels: none; no pack can be signed under this root")
    return found


# --- values ----------------------------------------------------------------------------------------------------


def _role(fields: _Reader, known: dict[str, bytes], read: Callable[[str], bytes]) -> Role:
    keyids: dict[str, int] = {}
    for place, text in enumerate(fields.texts("keys", trust.MAX_KEYS)):
        public = _public_key(fields, place, text, read)
        keyid = dsse.key_id(public)
        if keyid in keyids:
            raise fields.refuse(f"keys[{place}]", f"the same key as keys[{keyids[keyid]}]; one key signs once")
        keyids[keyid] = place
        known[keyid] = public
    if not keyids:
        raise fields.refuse("keys", "none; name at least one")
    threshold = fields.integer("threshold", 1, trust.MAX_KEYS)
    if threshold > len(keyids):
        raise fields.refuse("threshold", f"{threshold} of {len(keyids)} keys can never sign")
    if threshold > dsse.MAX_SIGNATURES:
        raise fields.refuse("threshold", f"{threshold}, but at most {dsse.MAX_SIGNATURES} signatures fit")
    return Role(frozenset(keyids), threshold)


def _public_key(fields: _Reader, place: int, text: str, read: Callable[[str], bytes]) -> bytes:
    try:
        public = bytes.fromhex(text) if keys.is_public_hex(text) else keys.parse_public(read(text))
        keys.require_sound(public)
    except UsageError as error:
        raise fields.refuse(f"keys[{place}]", f"{_quoted(text)}: {error}") from error
    return public


def _channel(name: str, value: Any, known: dict[str, bytes], read: Callable[[str], bytes]) -> Channel:
    where = f"channels.{printable(name)[:80]}"
    if not _NAME.fullmatch(name):
        raise UsageError(f"{where}: a name is of a-z, 0-9, dots and hyphens, at most 64 characters")
    if name == LOCAL_CHANNEL:
        raise UsageError(f"{where}: this channel is for what is registered on one machine; choose another name")
    fields = _Reader(value, where, _CHANNEL_KEYS)
    return Channel(
        name=name,
        role=_role(fields, known, read),
        epoch=fields.integer("epoch", 1, _MAX, 1),
        capabilities=_capabilities(fields),
        priority=fields.integer("priority", 0, 1000, DEFAULT_PRIORITY),
        min_seq=fields.integer("min_seq", 1, _MAX, 1),
        revoked=_revoked(fields),
    )


def _capabilities(fields: _Reader) -> frozenset[str]:
    found = fields.texts("capabilities", 2 * len(sections.KINDS))
    for place, kind in enumerate(found):
        if kind not in sections.KINDS:
            raise fields.refuse(
                f"capabilities[{place}]", f"{_quoted(kind)} is no kind of section{_suggest(kind, sections.KINDS)}"
            )
    chosen = frozenset(found)
    if not chosen:
        raise fields.refuse("capabilities", f"none; choose from {', '.join(sorted(sections.KINDS))}")
    if (sections.ADVISORIES in chosen) != (sections.BLOCKS in chosen):
        raise fields.refuse("capabilities", f"{sections.ADVISORIES} and {sections.BLOCKS} belong together; name both")
    return chosen


def _revoked(fields: _Reader) -> frozenset[str]:
    found = set()
    for place, text in enumerate(fields.texts("revoked", trust.MAX_REVOKED, required=False)):
        match = _DIGEST.fullmatch(text)
        if match is None:
            raise fields.refuse(f"revoked[{place}]", f"{_quoted(text)} is no digest, sha256: and 64 hex digits")
        found.add(match[1])
    return frozenset(found)


def _quoted(text: str) -> str:
    return f"'{printable(text)[:80]}'"


def _suggest(text: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(text, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; choose from {', '.join(sorted(known))}"


# --- JSON ------------------------------------------------------------------------------------------------------


def _load(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_refuse_number)
    except UnicodeDecodeError as error:
        raise UsageError("not UTF-8; write the specification as JSON") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError("not JSON that can be read: too deep, or a number too long") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"{printable(twice)[:80]}: this key stands twice in one object")
    return made


def _refuse_number(text: str) -> Any:
    raise UsageError(f"{text[:40]}: not a whole number")


class _Reader:
    """One object of the file, read key by key; every method raises UsageError with the key that is wrong."""

    def __init__(self, value: Any, where: str, keys_: Mapping[str, bool]) -> None:
        self._where = where
        if not isinstance(value, dict):
            raise UsageError(f"{where or 'the specification'}: not an object in braces")
        self._value: dict[str, Any] = value
        for key in value:
            if key not in keys_:
                raise self.refuse(key, f"no such key here{_suggest(key, keys_)}")
        for key, required in keys_.items():
            if required and key not in value:
                raise self.refuse(key, "is missing")

    def refuse(self, key: str, reason: str) -> UsageError:
        name = printable(key)[:80]
        return UsageError(f"{self._where}.{name}: {reason}" if self._where else f"{name}: {reason}")

    def constant(self, key: str, expected: str | int) -> None:
        found = self._value[key]
        if type(found) is not type(expected) or found != expected:
            raise self.refuse(key, f"must be {json.dumps(expected)}")

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self._value.get(key, default)
        if type(value) is not int or not low <= value <= high:
            raise self.refuse(key, f"not a whole number from {low} to {high}")
        return value

    def texts(self, key: str, most: int, *, required: bool = True) -> list[str]:
        value = self._value.get(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.refuse(key, "not a list of strings")
        if len(value) > most:
            raise self.refuse(key, f"more than {most} of them")
        for place, each in enumerate(value):
            if CONTROL.search(each):
                raise self.refuse(f"{key}[{place}]", "holds control, invisible or direction-changing characters")
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        value = self._value[key]
        if not isinstance(value, dict) or len(value) > trust.MAX_CHANNELS:
            raise self.refuse(key, f"not an object with at most {trust.MAX_CHANNELS} channels by name")
        return value

    def child(self, key: str, keys_: Mapping[str, bool]) -> _Reader:
        return _Reader(self._value[key], f"{self._where}.{key}" if self._where else key, keys_)
