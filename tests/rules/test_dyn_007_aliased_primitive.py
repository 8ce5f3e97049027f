"""DYN-007: text is executed under another name."""

from __future__ import annotations

import pytest

from assay.rules.dyn_007_aliased_primitive import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ('e = exec\ne(given)', "install", "medium"),
    ('e = exec\ne(given)', "startup", "medium"),
    ('e = exec\ne(given)', "import", "medium"),
    ('e = exec\ne(given)', "call", "info"),
    ('e = exec\ne(given)', "test", "info"),
    ('[exec][0](given)', "import", "medium"),
    ('(exec, eval)[1](given)', "import", "medium"),
    ("{'run': exec}['run'](given)", "import", "medium"),
    ('def run(text, e=exec):\n    e(text)\nrun(given)', "import", "medium"),
    ('from builtins import exec as run\nrun(given)', "import", "medium"),
    ('(lambda e: e(given))(exec)', "import", "medium"),
    ('(lambda: eval)()(given)', "import", "medium"),
    ('class A:\n    run = exec\nA.run(given)', "import", "medium"),
    ("e = exec\ne('a = 1')", "import", "info"),
    ('e = exec\ndef run(text):\n    e(text)', "import", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "e = exec",
    "exec(given)",
    "builtins.exec(given)",
    "e = print\ne(given)",
    "getattr(builtins, 'exec')(given)",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "e = exec\ne(given)" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec(unknown)"]
