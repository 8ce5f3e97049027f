"""The code of each attack, planted in twenty places of an innocent package, is found in all of them."""

from __future__ import annotations

import re

import pytest

from assay.scanner.models import Severity
from tests.attacks.case import MANIFEST, package_files, written
from tests.attacks.families import FAMILIES
from tests.attacks.harness import findings, package_of, told
from tests.attacks.places import PLACES, Place

_LEAST_PAYLOADS = 55
_IS_MODULE = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_LOADS = re.compile(r"require\(\s*[\"'`]\.|__dirname|__filename|from [\"']\.")


def payloads() -> dict[str, str]:
    """Return the scripts of the attacks that stand alone, by the name of the attack; each is seen as an entry."""
    found = {}
    for attacks in FAMILIES.values():
        for attack in attacks:
            texts = [written(text) for path, text in attack.files.items() if path.endswith((".js", ".cjs", ".mjs"))]
            longest = max(texts, key=len, default="")
            if attack.unseen or not longest or _LOADS.search(longest):
                continue
            found[attack.name] = longest.removeprefix("#!/usr/bin/env node\n")
    return found


def grave(files: dict[str, str]) -> tuple[set[str], str]:
    """Return the rules that say HIGH or CRITICAL of a package, and all that was said."""
    found = findings(package_of(package_files(files)))
    return {one.rule for one in found if one.severity.at_least(Severity.HIGH)}, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_every_payload_is_found_in_a_place(place: Place) -> None:
    missed = []
    for name, payload in payloads().items():
        if _IS_MODULE.search(payload) and not place.modules:
            continue
        alone, _ = grave({MANIFEST: '"main": "index.js"', "index.js": payload})
        seen, said = grave(place.planted(payload))
        if alone and not seen & alone:
            missed.append(f"{name}: {sorted(alone)}, but {said}"[:400])
    assert not missed, "\n".join(missed)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_the_places_themselves_are_silent(place: Place) -> None:
    seen, said = grave(place.planted("exports.answer = 42;"))
    assert not seen, said


def test_there_are_payloads_and_places_enough() -> None:
    assert len(payloads()) >= _LEAST_PAYLOADS
    assert len(PLACES) == 20
