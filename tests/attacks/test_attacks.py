"""Attacks that were described in public, as inert packages: seen by their behaviour; their near misses left alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from assay.scanner.models import Severity
from tests.archives import tarball
from tests.attacks.case import bad_files, good_files
from tests.attacks.families import FAMILIES
from tests.attacks.harness import findings, package_of, told, worst
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

    from assay.scanner.models import Finding
    from tests.attacks.case import Attack

_LEAST = 45
_HOST = re.compile(r"\b\w[\w+.]*://(?:[^/@\s\"'`]*@)?([\w.-]+)")
_HARMLESS = {"127.0.0.1", "169.254.169.254", "discord.com", "www.w3.org"}
"""The machine itself, what only clouds answer to, a service that is asked for a hook nobody has, a format's name."""


def counting(found: list[Finding]) -> list[tuple[str, str, str]]:
    """Return the findings that a user is shown by default, as rule, place and severity."""
    return [(one.rule, str(one.location), one.severity) for one in found if one.severity.at_least(Severity.MEDIUM)]


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
    told_loudly = {(one.rule, one.trigger) for one in found if one.severity.at_least(Severity.HIGH)}
    assert (attack.rule, attack.trigger) in told_loudly, told(found)


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


@pytest.mark.parametrize("attack", [attack for attacks in FAMILIES.values() for attack in attacks])
def test_the_prefilter_loses_nothing_that_counts(attack: Attack) -> None:
    for files in (bad_files(attack), good_files(attack)):
        chosen, every = (counting(findings(package_of(files, every=all_of_it))) for all_of_it in (False, True))
        assert chosen == every


def test_a_scan_of_tarballs_says_the_same(tmp_path: Path) -> None:
    """All attacks as archives of npm in one folder, read by the program as a user runs it."""
    attacks = [attack for attacks in FAMILIES.values() for attack in attacks if not attack.unseen]
    for number, attack in enumerate(attacks):
        (tmp_path / f"a{number}-1.0.0.tgz").write_bytes(tarball(bad_files(attack)))
    report = json.loads(assay("scan", tmp_path, "--format", "json", "--allow-incomplete").stdout)
    said = {
        (one["location"]["path"].partition(".tgz")[0], one["rule"], one["trigger"])
        for one in report["findings"]
        if one["severity"] in ("critical", "high")
    }
    missed = [
        attack.name
        for number, attack in enumerate(attacks)
        if (f"a{number}-1.0.0", attack.rule, attack.trigger) not in said
    ]
    assert not missed


def test_there_are_enough_and_their_names_differ() -> None:
    names = [attack.name for attacks in FAMILIES.values() for attack in attacks]
    assert len(names) >= _LEAST
    assert len(set(names)) == len(names)


def test_nothing_in_them_reaches_anybody() -> None:
    """Addresses are of hosts that cannot be, or of services under names that nobody has."""
    texts = [data.decode() for attacks in FAMILIES.values() for one in attacks for data in bad_files(one).values()]
    hosts = {host for text in texts for host in _HOST.findall(text)}
    assert {host for host in hosts if not host.endswith("example.invalid")} <= _HARMLESS
