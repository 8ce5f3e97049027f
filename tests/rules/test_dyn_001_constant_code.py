"""DYN-001: text that stands in the code is executed."""

from __future__ import annotations

import pytest

from assay.rules.dyn_001_constant_code import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ("exec('a = 1')", "install", "info"),
    ("exec('a = 1')", "startup", "info"),
    ("exec('a = 1')", "import", "info"),
    ("exec('a = 1')", "call", "info"),
    ("exec('a = 1')", "test", "info"),
    ("eval('1 + 1')", "import", "info"),
    ("exec('a' + ' = 1')", "import", "info"),
    ("exec('\\n'.join(['a = 1', 'b = 2']))", "import", "info"),
    ("a = 'b = 1'\nexec(a)", "import", "info"),
    ("import textwrap\nexec(textwrap.dedent('  a = 1'))", "import", "info"),
    ("builtins.exec('a = 1')", "import", "info"),
    ("execfile('version.py')", "install", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "exec(given)",
    "exec(base64.b64decode('YT0x'))",
    "e = exec\ne('a = 1')",
    "exec(compile('a = 1', 'x', 'exec'))",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "exec('a = 1')" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec('a = 1')"]
