"""``corpus.lock``: the packs that a project is judged by, so that a scan can be repeated years later.

The invoker names the file; none is ever taken from a scanned tree. JSON, written canonically but read leniently, since
people merge and mend it::

    {"type": "assay.corpus-lock", "spec": 1,
     "channels": {"default": {"digest": "sha256:…", "root": 1},
                  "acme":    {"least": "1.7"}}}

``digest`` names one pack to the byte, and ``root`` the version of the trust root that it was accepted by: keys may be
exchanged since, the digest cannot be forged. ``least`` is the least epoch.seq that will do. Channels that the file does
not name are not used.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.corpus import canonical
from assay.corpus.fields import Fields
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.verify import VerifiedPack

MAX_BYTES = 1024 * 1024
MAX_CHANNELS = 64

_CODE = "E_SOURCE"
_KEYS = frozenset({"type", "spec", "channels"})
_EXACT_KEYS = frozenset({"digest", "root"})
_LEAST_KEYS = frozenset({"least"})
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_NUMBER = re.compile(r"([1-9][0-9]{0,15})\.([1-9][0-9]{0,15})")


class Locked(NamedTuple):
    """What a channel is held to: one pack by its digest (64 hex digits), or a least (epoch, seq)."""

    digest: str = ""
    root: int = 0
    least: tuple[int, int] = (1, 1)


def parse(data: bytes) -> dict[str, Locked]:
    """Return what each channel is held to.

    Raises:
        UsageError: not a lock, or it names no channel.
    """
    try:
        return _channels(json.loads(data, object_pairs_hook=_distinct))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"corpus lock: not JSON: {error}") from error
    except CorpusError as error:
        raise UsageError(error.detail) from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _channels(value: Any) -> dict[str, Locked]:
    fields = Fields(value, "corpus lock", _CODE, _KEYS)
    fields.constant("type", "assay.corpus-lock")
    fields.constant("spec", 1)
    channels = fields.mapping("channels", MAX_CHANNELS)
    found = {name: _locked(channels, name, value["channels"][name]) for name in channels.names()}
    if not found:
        raise fields.refuse("channels", "names no channel")
    return found


def _locked(channels: Fields, name: str, value: Any) -> Locked:
    if isinstance(value, dict) and "least" in value:
        entry = channels.child(name, _LEAST_KEYS)
        match = _NUMBER.fullmatch(entry.text("least"))
        if match is None:
            raise entry.refuse("least", "not EPOCH.SEQ, such as 1.7")
        return Locked(least=(int(match[1]), int(match[2])))
    entry = channels.child(name, _EXACT_KEYS)
    match = _DIGEST.fullmatch(entry.text("digest"))
    if match is None:
        raise entry.refuse("digest", "not sha256: and 64 lowercase hex digits")
    return Locked(digest=match[1], root=entry.integer("root", 1, canonical.MAX_INTEGER))


def dump(packs: Iterable[VerifiedPack], *, exact: bool) -> bytes:
    """Return the lock for these packs: by digest if ``exact``, else by their number as the least one."""
    channels: dict[str, dict[str, Any]] = {}
    for pack in packs:
        if exact:
            channels[pack.channel.name] = {"digest": f"sha256:{pack.digest}", "root": pack.root.version}
        else:
            channels[pack.channel.name] = {"least": f"{pack.manifest.epoch}.{pack.manifest.seq}"}
    return canonical.dump({"type": "assay.corpus-lock", "spec": 1, "channels": channels}) + b"\n"
