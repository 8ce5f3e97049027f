"""DYN-002: text that is not known is executed unasked."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.dyn_002_unasked_text import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ('exec(given)', "install", "medium"),
    ('exec(given)', "startup", "medium"),
    ('exec(given)', "import", "medium"),
    ('exec(given)', "call", "none"),
    ('exec(given)', "test", "none"),
    ("exec(os.environ['X'])", "import", "medium"),
    ('exec(sys.argv[1])', "install", "medium"),
    ('eval(input())', "import", "medium"),
    ("exec(''.join(parts))", "import", "medium"),
    ('for text in parts:\n    exec(text)', "import", "medium"),
    ('def run(text):\n    exec(text)\nrun(given)', "import", "medium"),
    ('builtins.exec(given)', "import", "medium"),
    ("exec(open('demo/version.py').read())", "install", "info"),
    ("import runpy\nrunpy.run_path('/tmp/demo.py')", "import", "medium"),
    ("import runpy\nrunpy.run_path('/tmp/demo.py')", "call", "info"),
    ("sys.path.insert(0, 'C:\\\\Users\\\\Public\\\\demo')", "import", "medium"),
    ("with open(os.path.join(os.path.dirname(__file__), 'version.py')) as file:\n    exec(file.read(), {})", "install", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "import runpy\nrunpy.run_path('demo/tool.py')",
    "sys.path.insert(0, '/tmpfiles')",
    "sys.path.insert(0, os.path.dirname(__file__))",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "exec('a = 1')",
    "exec(base64.b64decode(given))",
    "exec(requests.get(given).text)",
    "e = exec\ne(given)",
    "exec(compile(given, 'x', 'exec'))",
    "if __name__ == '__main__':\n    exec(given)",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "exec(os.environ['X'])" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec(environment)"]
