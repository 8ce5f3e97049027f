"""STR-001: names of functions and modules that are put together."""

from __future__ import annotations

import pytest

from assay.rules.str_001_hidden_name import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, importlib, os, requests, subprocess\n"

CASES = [
    ("getattr(builtins, 'cexe'[::-1])(given)", "install", "high"),
    ("getattr(builtins, 'cexe'[::-1])(given)", "startup", "high"),
    ("getattr(builtins, 'cexe'[::-1])(given)", "import", "high"),
    ("getattr(builtins, 'cexe'[::-1])(given)", "call", "medium"),
    ("getattr(builtins, 'cexe'[::-1])(given)", "test", "info"),
    ("importlib.import_module('ssecorpbus'[::-1])", "import", "high"),
    ("getattr(os, ''.join(map(chr, [115, 121, 115, 116, 101, 109])))(given)", "import", "high"),
    ("name = bytes.fromhex('73756270726f63657373').decode()\n__import__(name)", "import", "high"),
    ("name = base64.b64decode('b3Muc3lzdGVt').decode()", "import", "medium"),
    ("name = base64.b64decode('b3Muc3lzdGVt').decode()", "call", "info"),
    ("name = 'subpro' + 'cess'", "import", "info"),
    ("importlib.import_module('subpro' + 'cess')", "import", "info"),
    ("getattr(builtins, 'ex' + 'ec')(given)", "import", "info"),
    ("name = ''.join(['ev', 'al'])", "import", "info"),
    ("exec(base64.b64decode('aW1wb3J0IG9z'))", "install", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "name = 'subprocess'",
    "name = 'import ' + given",
    "name = 'colour'[::-1]",
    "name = base64.b64decode('YW4gaWNvbg==')",
    "import subprocess",
    "name = 'subprocess'.upper().lower()",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_the_text_and_how_it_was_hidden() -> None:
    (found,) = findings(RULE, *at("import", HEAD + "getattr(builtins, 'cexe'[::-1])(given)" + "\n"))
    assert found.evidence == ("exec, given to builtins.exec", "hidden by reverse")
