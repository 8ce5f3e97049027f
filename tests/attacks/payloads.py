"""The scripts of the attacks that stand alone, which can be planted somewhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.attacks.case import written
from tests.attacks.families import FAMILIES

if TYPE_CHECKING:
    from tests.attacks.case import Attack

_IS_MODULE = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_LOADS = re.compile(r"require\(\s*[\"'`]\.|__dirname|__filename|from [\"']\.")
_SCRIPTS = (".js", ".cjs", ".mjs")


def attacks() -> tuple[Attack, ...]:
    """Return all attacks that are seen, in their order."""
    return tuple(attack for some in FAMILIES.values() for attack in some if not attack.unseen)


def payloads() -> dict[str, str]:
    """Return the scripts of the attacks that stand alone, by the name of the attack; each is seen as an entry."""
    found = {}
    for attack in attacks():
        texts = [written(text) for path, text in attack.files.items() if path.endswith(_SCRIPTS)]
        longest = max(texts, key=len, default="")
        if longest and not _LOADS.search(longest):
            found[attack.name] = longest.removeprefix("#!/usr/bin/env node\n")
    return found


def is_module(payload: str) -> bool:
    """Say whether a payload has imports and exports of its own, and so cannot stand within other code."""
    return _IS_MODULE.search(payload) is not None
