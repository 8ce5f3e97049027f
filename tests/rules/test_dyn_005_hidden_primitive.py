"""DYN-005: something dangerous is reached by a hidden road."""

from __future__ import annotations

import pytest

from assay.rules.dyn_005_hidden_primitive import RULE
from tests.behaviour import at, findings, worst

HEAD = "import base64, builtins, functools, importlib, operator, os, runpy, sys, requests\n"

CASES = [
    ("getattr(builtins, 'ex' + 'ec')(given)", "install", "high"),
    ("getattr(builtins, 'ex' + 'ec')(given)", "startup", "high"),
    ("getattr(builtins, 'ex' + 'ec')(given)", "import", "high"),
    ("getattr(builtins, 'ex' + 'ec')(given)", "call", "medium"),
    ("getattr(builtins, 'ex' + 'ec')(given)", "test", "info"),
    ("globals()['__builtins__'].__dict__['cexe'[::-1]](given)", "import", "high"),
    ("vars(builtins)['e' 'xe' + 'c'](given)", "import", "high"),
    ("getattr(os, 'sys' + 'tem')(given)", "import", "high"),
    ("getattr(os, ''.join(map(chr, [115, 121, 115, 116, 101, 109])))(given)", "call", "medium"),
    ("__builtins__.__dict__['ev{}'.format('al')](given)", "import", "high"),
    ("operator.attrgetter('system')(os)(given)", "import", "medium"),
    ("getattr(__import__('so'[::-1]), 'metsys'[::-1])(given)", "import", "high"),
    ("e = getattr(builtins, 'ex' + 'ec')\ne(given)", "import", "high"),
    ("functools.partial(getattr(os, 'sys' + 'tem'), given)()", "import", "high"),
    ("eval('exec')(given)", "import", "high"),
    ("e = eval('\\x65\\x78\\x65\\x63')\ne(given)", "install", "high"),
    ("eval('exec')(given)", "call", "info"),
    ("eval('ex' + 'ec')(given)", "call", "medium"),
    ("getattr(builtins, 'exec')(given)", "call", "info"),
    ("getattr(builtins, 'exec')(given)", "import", "medium"),
    ("globals()['eval'](given)", "import", "high"),
    ("sys.modules['os'].system(given)", "import", "high"),
    ("os.__dict__['system'](given)", "call", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "execute(given)",
    "given.exec()",
    "re.compile(given)",
    "model.eval()",
    "def exec(text):\n    pass\nexec(given)",
    "print('exec(given)')",
    "import demo.exec",
    "getattr(demo, 'run')(given)",
    "getattr(given, 'ex' + 'ec')(given)",
    "globals()['run'](given)",
    "sys.modules['demo'].run(given)",
    "exec(given)",
    "os.system(given)",
    "getattr(os, 'get' + 'cwd')()",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_what_is_done() -> None:
    found = findings(RULE, *at("import", HEAD + "getattr(builtins, 'ex' + 'ec')(given)" + "\n"))
    assert [one.evidence[0] for one in found] == ["builtins.exec(unknown)"]
