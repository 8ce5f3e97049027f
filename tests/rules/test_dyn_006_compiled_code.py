"""DYN-006: text is compiled and executed."""

from __future__ import annotations

import pytest

from assay.rules.dyn_006_compiled_code import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ("exec(compile(given, 'x', 'exec'))", "install", "medium"),
    ("exec(compile(given, 'x', 'exec'))", "startup", "medium"),
    ("exec(compile(given, 'x', 'exec'))", "import", "medium"),
    ("exec(compile(given, 'x', 'exec'))", "call", "info"),
    ("exec(compile(given, 'x', 'exec'))", "test", "info"),
    ("code = compile(given, 'x', 'exec')\nexec(code, {})", "import", "medium"),
    ("def make(text):\n    return compile(text, 'x', 'exec')\nexec(make(given))", "import", "medium"),
    ("eval(compile(given, 'x', 'eval'))", "import", "medium"),
    ("exec(compile('a = 1', 'x', 'exec'))", "import", "info"),
    ("exec(compile(open('version.py').read(), 'version.py', 'exec'))", "install", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "code = compile(given, 'x', 'exec')",
    "exec(given)",
    "import re\nre.compile(given).match('a')",
    "exec(compile(base64.b64decode(given), 'x', 'exec'))",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "exec(compile('a = 1', 'x', 'exec'))" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec('a = 1')"]
