"""DYN-003: text that is not known is executed when somebody calls it."""

from __future__ import annotations

import pytest

from assay.rules.dyn_003_text_when_called import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ('exec(given)', "call", "info"),
    ('eval(given)', "call", "info"),
    ('exec(sys.argv[1])', "call", "info"),
    ('exec(open(given).read())', "call", "info"),
    ('exec(given)', "import", "none"),
    ('class A:\n    def run(self, text):\n        return eval(text)', "import", "info"),
    ("if __name__ == '__main__':\n    exec(given)", "import", "info"),
    ('run = lambda text: eval(text)', "import", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "exec('a = 1')",
    "def f():\n    exec('a = 1')",
    "def f(text):\n    exec(base64.b64decode(text))",
    "def f(url):\n    exec(requests.get(url).text)",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "def f():\n    exec(sys.argv[1])" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec(argument)"]
