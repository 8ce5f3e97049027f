"""DYN-004: modules are imported by computed names."""

from __future__ import annotations

import pytest

from assay.rules.dyn_004_computed_import import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ('importlib.import_module(given)', "install", "info"),
    ('importlib.import_module(given)', "import", "info"),
    ('importlib.import_module(given)', "call", "info"),
    ("__import__('demo.' + given)", "import", "info"),
    ("importlib.import_module(f'{__name__}.sub')", "import", "info"),
    ('runpy.run_path(given)', "import", "info"),
    ("runpy.run_module(os.environ['X'])", "import", "info"),
    ("__import__('sessecorpbus'[::-1])", "call", "medium"),
    ("__import__('sessecorpbus'[::-1])", "import", "high"),
    ("importlib.import_module('sessecorpbus'[::-1])", "install", "high"),
    ("i = __import__\ni(''.join(map(chr, [111, 115])))", "import", "high"),
    ('name = bytes([110 + 1, 115]).decode()\n__import__(name)', "import", "high"),
    ("__import__('sessecorpbus'[::-1])", "test", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "import os",
    "__import__('os')",
    "importlib.import_module('demo.sub')",
    "importlib.reload(demo)",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "__import__('so'[::-1])" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.__import__('os')"]
