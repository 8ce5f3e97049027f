"""STR-002: commands that are put together."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.str_002_hidden_command import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, importlib, os, requests, subprocess\n"

CASES = [
    ("os.system('neddih w- llehsrewop'[::-1])", "install", "high"),
    ("os.system('neddih w- llehsrewop'[::-1])", "startup", "high"),
    ("os.system('neddih w- llehsrewop'[::-1])", "import", "high"),
    ("os.system('neddih w- llehsrewop'[::-1])", "call", "medium"),
    ("os.system('neddih w- llehsrewop'[::-1])", "test", "info"),
    ("command = base64.b64decode('cG93ZXJzaGVsbCAtdyBoaWRkZW4=').decode()\nsubprocess.Popen(command, shell=True)", "install", "high"),
    ("subprocess.run([''.join(map(chr, [112, 111, 119, 101, 114, 115, 104, 101, 108, 108])), given])", "import", "high"),
    ('os.system(bytes(n ^ 5 for n in [102, 112, 119, 105, 37, 40, 106, 37, 100]).decode())', "import", "high"),
    ("command = 'llehsrewop'[::-1]", "import", "medium"),
    ("command = 'llehsrewop'[::-1]", "call", "info"),
    ("os.system('power' + 'shell -w hidden')", "import", "info"),
    ("subprocess.run('{} /c dir'.format('cmd'))", "import", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "os.system('powershell -w hidden')",
    "subprocess.run(['git', 'describe'])",
    "os.system('ls ' + given)",
    "os.system('powershell ' + given)",
    "command = 'evird'[::-1]",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_the_text_and_how_it_was_hidden() -> None:
    (found,) = findings(RULE, *at("import", HEAD + "os.system('neddih w- llehsrewop'[::-1])" + "\n"))
    assert found.evidence == ("powershell , given to os.system", "hidden by reverse")
