"""Bytes that nobody thought of: every reader accepts or refuses them, and never does anything else."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import ROOT
from tests.corpus.fuzz_pack import available
from tests.corpus.fuzz_targets import PACKS, TARGETS, Target, mutated, scrambled, survives

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [target.name for target in TARGETS]


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_each_target_accepts_what_it_starts_from(target: Target) -> None:
    """Or its mutations would all be refused at the same first step."""
    assert all(survives(target, seed) for seed in target.seeds)


@given(st.sampled_from(TARGETS), st.binary(max_size=200))
def test_any_bytes(target: Target, data: bytes) -> None:
    survives(target, data)


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_mutations(target: Target) -> None:
    chance = random.Random(target.name)
    ended = [survives(target, mutated(chance, chance.choice(target.seeds))) for _ in range(120)]
    assert not all(ended)


ROOT_UPDATE = next(target for target in TARGETS if target.name == "root").seeds[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("entry", rb'["npm","good-one",[["T",1,0,2,null,"\ud800",[],[["1.0.0"]],[],[]]]]'),
        ("entry", rb'["npm","good-one",[["T",1,0,2,null,"",[],[["1.0.0\udfff"]],[],[]]]]'),
        ("root", re.sub(rb'"keyids":\["[0-9a-f]{64}"', b'"keyids":[1', ROOT_UPDATE)),
        ("root", re.sub(rb'"revoked":\[\]', b'"revoked":[null]', ROOT_UPDATE)),
    ],
)
def test_what_the_fuzzer_found(name: str, data: bytes) -> None:
    """Signed nonsense that once ended in a traceback."""
    (target,) = (each for each in TARGETS if each.name == name)
    assert data not in target.seeds
    assert not survives(target, data)


def test_no_mutation_of_a_pack_is_accepted() -> None:
    chance = random.Random(7)
    packs = sorted(PACKS)
    for _ in range(500):
        survives(TARGETS[0], scrambled(chance, chance.choice(packs)))  # what it accepts it compares with ``PACKS``


def fuzzed(folder: Path, *arguments: str) -> str:
    """Run the fuzzer to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.fuzz_pack", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0", "TMPDIR": str(folder)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="atheris is not installed: there is a wheel for Python 3.11 only")
def test_mutations_that_coverage_guides(tmp_path: Path) -> None:
    """100,000 in all; without atheris as many that nothing guides."""
    printed = fuzzed(tmp_path, "--runs", "100000", "--seed", "1")
    assert "stat::number_of_executed_units: 100000" in printed
    edges = [int(number) for number in re.findall(r"cov: (\d+)", printed)]
    assert edges[-1] > edges[0]


@pytest.mark.slow
@pytest.mark.skipif(available(), reason="atheris is installed: its mutations take the place of these")
def test_mutations_that_nothing_guides(tmp_path: Path) -> None:
    assert "runs 100000" in fuzzed(tmp_path, "--plain", "--runs", "100000", "--seed", "1")
