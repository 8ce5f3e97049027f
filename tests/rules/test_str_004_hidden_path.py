"""STR-004: paths of private data that are put together."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.str_004_hidden_path import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, importlib, os, requests, subprocess\n"

CASES = [
    ("open('asr_di/hss./~'[::-1])", "install", "high"),
    ("open('asr_di/hss./~'[::-1])", "startup", "high"),
    ("open('asr_di/hss./~'[::-1])", "import", "high"),
    ("open('asr_di/hss./~'[::-1])", "call", "medium"),
    ("open('asr_di/hss./~'[::-1])", "test", "info"),
    ("path = base64.b64decode('LmF3cy9jcmVkZW50aWFscw==').decode()\nopen(os.path.join(given, path)).read()", "import", "high"),
    ("open(''.join(map(chr, [47, 101, 116, 99, 47, 112, 97, 115, 115, 119, 100])))", "install", "high"),
    ("open('/rgp/cnffjq'.translate(str.maketrans('rgpcnfjq', 'etcpaswd')))", "import", "high"),
    ("path = 'asr_di/hss./~'[::-1]", "import", "medium"),
    ("path = 'asr_di/hss./~'[::-1]", "call", "info"),
    ("open(os.path.join(given, '.s' + 'sh/id_rsa'))", "import", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "open(os.path.join(home, '.ssh/id_rsa'))",
    "open('~/.ssh/' + name)",
    "open('/tmp' + '/a')",
    "path = 'txt.a/pmt/'[::-1]",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_the_text_and_how_it_was_hidden() -> None:
    (found,) = findings(RULE, *at("import", HEAD + "open('asr_di/hss./~'[::-1])" + "\n"))
    assert found.evidence == (".ssh/, given to builtins.open", "hidden by reverse")
