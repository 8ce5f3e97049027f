"""The scripts of the attacks that stand alone, which can be planted somewhere else."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from assay.scanner.models import Severity
from tests.attacks.case import MANIFEST, package_files, written
from tests.attacks.families import FAMILIES
from tests.attacks.harness import findings, package_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.attacks.case import Attack

_IS_MODULE = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_LOADS = re.compile(r"require\(\s*[\"'`]\.|__dirname|__filename|from [\"']\.")
_SCRIPTS = (".js", ".cjs", ".mjs")


def attacks() -> tuple[Attack, ...]:
    """Return all attacks that are seen, in their order."""
    return tuple(attack for some in FAMILIES.values() for attack in some if not attack.unseen)


@cache
def payloads() -> Mapping[str, str]:
    """Return the scripts of the attacks that stand alone, by the name of the attack: those that are bad as an entry."""
    found = {}
    for attack in attacks():
        texts = [written(text) for path, text in attack.files.items() if path.endswith(_SCRIPTS)]
        longest = max(texts, key=len, default="")
        payload = longest.removeprefix("#!/usr/bin/env node\n")
        if longest and not _LOADS.search(longest) and _is_grave(payload):
            found[attack.name] = payload
    return found


def _is_grave(payload: str) -> bool:
    package = package_of(package_files({MANIFEST: '"main": "index.js"', "index.js": payload}))
    return any(one.severity.at_least(Severity.HIGH) for one in findings(package))


def is_module(payload: str) -> bool:
    """Say whether a payload has imports and exports of its own, and so cannot stand within other code."""
    return _IS_MODULE.search(payload) is not None
