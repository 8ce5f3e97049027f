"""Attacks that were described in public, as inert packages: seen by their behaviour; their near misses left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.models import Severity
from tests.attacks.case import bad_files, good_files
from tests.attacks.families import FAMILIES
from tests.attacks.harness import findings, package_of, told, worst

if TYPE_CHECKING:
    from tests.attacks.case import Attack

_LEAST = 45


def _parameters(*, bad: bool) -> list[object]:
    return [
        pytest.param(
            attack,
            id=f"{family}: {attack.name}",
            marks=[pytest.mark.xfail(strict=True, reason=attack.unseen)] if bad and attack.unseen else [],
        )
        for family, attacks in FAMILIES.items()
        for attack in attacks
    ]


@pytest.mark.parametrize("attack", _parameters(bad=True))
def test_an_attack_is_seen_with_its_trigger(attack: Attack) -> None:
    found = findings(package_of(bad_files(attack)))
    grave = [one for one in found if one.severity.at_least(Severity.HIGH)]
    assert (attack.rule, attack.trigger) in {(one.rule, one.trigger) for one in grave}, told(found)


@pytest.mark.parametrize("attack", _parameters(bad=False))
def test_its_near_miss_is_left_alone(attack: Attack) -> None:
    found = findings(package_of(good_files(attack)))
    most = worst(found)
    assert most is None or not most.at_least(Severity.MEDIUM), told(found)


def test_installed_packages_are_judged_as_tarballs_are() -> None:
    for attack in FAMILIES["install scripts"][:4]:
        files = bad_files(attack)
        installed, packed = package_of(files, "installed"), package_of(files)
        assert [(one.rule, one.severity) for one in findings(installed)] == [
            (one.rule, one.severity) for one in findings(packed)
        ]


def test_there_are_enough_and_their_names_differ() -> None:
    names = [attack.name for attacks in FAMILIES.values() for attack in attacks]
    assert len(names) >= _LEAST
    assert len(set(names)) == len(names)


def test_nothing_in_them_reaches_anybody() -> None:
    """Addresses are of hosts that cannot be, or of services under names that nobody has."""
    for attacks in FAMILIES.values():
        for attack in attacks:
            text = b"\n".join(bad_files(attack).values()).decode()
            assert "example.invalid" in text or "127.0.0.1" in text or "made-up" in text or "http" not in text
