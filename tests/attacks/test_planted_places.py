"""The code of each attack, planted in twenty places of an innocent package, is found in all of them."""

from __future__ import annotations

import pytest

from assay.scanner.models import Severity
from tests.attacks.case import MANIFEST, package_files
from tests.attacks.harness import findings, package_of, told
from tests.attacks.payloads import is_module, payloads
from tests.attacks.places import PLACES, Place

_LEAST_PAYLOADS = 55


def grave(files: dict[str, str]) -> tuple[set[str], str]:
    """Return the rules that say HIGH or CRITICAL of a package, and all that was said."""
    found = findings(package_of(package_files(files)))
    return {one.rule for one in found if one.severity.at_least(Severity.HIGH)}, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_every_payload_is_found_in_a_place(place: Place) -> None:
    missed = []
    for name, payload in payloads().items():
        if is_module(payload) and not place.modules:
            continue
        alone, _ = grave({MANIFEST: '"main": "index.js"', "index.js": payload})
        seen, said = grave(place.planted(payload))
        if not seen & alone:
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
