"""STDLIB-001: processes that are started, by when and how openly."""

from __future__ import annotations

import pytest

from assay.rules.stdlib_001_process import RULE
from tests.behaviour import at, findings, worst

START = "import subprocess\nsubprocess.Popen(['prog', 'a'])"


@pytest.mark.parametrize(
    ("trigger", "severity"),
    [("install", "medium"), ("startup", "medium"), ("import", "medium"), ("call", "info"), ("test", "info")],
)
def test_when_it_runs_says_how_bad_it_is(trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, START)) == severity


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.system('prog a')",
        "import os as q\nq.popen('prog a')",
        "from subprocess import run as r\nr(['prog'])",
        "import os\nos.execlp('prog', 'prog', 'a')",
        "import os\nos.spawnv(os.P_NOWAIT, '/x/prog', ['prog'])",
        "import asyncio\nasyncio.run(asyncio.create_subprocess_shell('prog a'))",
        "import subprocess\nclass A:\n    subprocess.check_output('prog', shell=True)",
        "import subprocess\ndef go():\n    subprocess.call('prog')\ngo()",
        "import subprocess\nsubprocess.run(['git', 'clone', 'https://example.invalid/x'])",
        "import subprocess\nsubprocess.run('git describe && prog', shell=True)",
        "import subprocess\nsubprocess.run(['sh', '-c', 'make; prog'])",
        "import subprocess\nsubprocess.run(unknown)",
        "import subprocess\nsubprocess.run(['sudo', 'sudo'])",
        "import subprocess\nsubprocess.run('A=1 B=2', shell=True)",
        "import subprocess\nsubprocess.run([])",
        "import sys, subprocess\nsubprocess.run([sys.executable, 'x.py'])",
        "import sys, subprocess\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'x'])",
    ],
)
def test_a_program_is_started_on_import(source: str) -> None:
    assert worst(RULE, *at("import", source)) == "medium"


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nsubprocess.check_output(['git', 'describe', '--tags'])",
        "import subprocess\nsubprocess.check_output(['git', '-C', '/x', 'rev-parse', 'HEAD'])",
        "import os\nos.popen('git rev-parse --short HEAD 2>/dev/null')",
        "import subprocess\nsubprocess.run(['/usr/bin/gcc-12', '-c', 'x.c'])",
        "import subprocess\nsubprocess.run('cd build && cmake .. && make -j4', shell=True)",
        "import subprocess\nsubprocess.run(['cmake.exe', '--build', '.'])",
        "import subprocess\nsubprocess.getoutput('pkg-config --libs x')",
        "import subprocess\nsubprocess.run(['llvm-config', '--version'])",
        "import subprocess\nsubprocess.run(['prog', '--version'])",
        "import os\nos.system(f'{unknown} --modversion a')",
        "import os\nos.system('pg_config --libdir')",
        "import os\nos.system('CC=clang ./configure --prefix=/x')",
        "import subprocess\nsubprocess.run(['sh', '-c', 'uname -m'])",
        "import sys, subprocess\nsubprocess.run([sys.executable, '-m', 'pip', 'wheel', '.'])",
        "import sys, subprocess\nsubprocess.run([sys.executable, 'setup.py', 'build_ext'])",
    ],
)
def test_what_builds_run_is_a_fact_and_no_warning(source: str) -> None:
    assert worst(RULE, *at("install", source)) == "info"
    assert worst(RULE, *at("import", source)) == "info"


@pytest.mark.parametrize(
    "source",
    [
        "import os\ngetattr(os, 'sys' + 'tem')('prog a')",
        "__import__('o' + 's').system('prog a')",
        "import os, base64\nos.system(base64.b64decode('cHJvZyBh').decode())",
        "import os\nos.system('a gorp'[::-1])",
        "import os\nos.system(''.join(chr(c) for c in [112, 114, 111, 103]))",
        "import base64\nexec(base64.b64decode('aW1wb3J0IG9zCm9zLnN5c3RlbSgncHJvZycp'))",
        "import os, base64\nos.system(base64.b64decode('Z2l0IGRlc2NyaWJl').decode())",
    ],
)
def test_what_is_hidden_is_worse(source: str) -> None:
    assert worst(RULE, *at("import", source)) == "high"
    assert worst(RULE, *at("call", source)) == "medium"


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "def system(a): return a\nsystem('prog a')",
        "class os:\n    def system(a): return a\nos.system('prog')",
        "text = \"import os; os.system('prog')\"",
        "import subprocess\nif __name__ == '__never__':\n    pass",
    ],
)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", source)) == "none"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("import importlib\nimportlib.import_module('subprocess').run(['prog'])", "info"),
        ("import sys, subprocess\nsys.modules['subprocess'].run(['prog'])", "info"),
        ("import importlib\nimportlib.import_module('sub' + 'process').run(['prog'])", "medium"),
        ("import importlib\ngetattr(importlib.import_module('subprocess'), 'r' + 'un')(['prog'])", "medium"),
    ],
)
def test_a_module_that_is_loaded_late_hides_nothing(source: str, severity: str) -> None:
    assert worst(RULE, *at("call", source)) == severity
    assert worst(RULE, *at("import", source)) == "high"


def test_one_finding_for_a_file_with_what_it_starts() -> None:
    source = "import os\nos.system('a b')\nos.system('c d')\ndef f():\n    os.system('e f')"
    (found,) = findings(RULE, {"demo/__init__.py": source})
    assert found.location
    assert (found.location.line, found.trigger) == (2, "import")
    assert found.evidence == ("3 places", "os.system('a b')", "os.system('c d')", "os.system('e f')")


def test_a_command_run_as_a_script_is_called() -> None:
    assert worst(RULE, {"demo/x.py": "import os\nif __name__ == '__main__':\n    os.system('prog')"}) == "info"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("subprocess.Popen(['python3', '-c', 'from demo_loader import run'], close_fds=True)", "high"),
        (
            "subprocess.Popen(['python', '-c', \"import warnings; warnings.simplefilter(''); import a\"])",
            "high",
        ),
        ("subprocess.Popen([sys.executable, '-c', 'import demo_loader'])", "high"),
        ("subprocess.run('start prog.exe', shell=True)", "high"),
        ("os.system('ls -alR /srv > a')", "high"),
        ("os.system('cat /etc/passwd')", "high"),
        ("os.system('ls -al src')", "medium"),
        ("os.system('cat /etc/os-release')", "medium"),
        ("subprocess.run(['start', 'prog.exe'], shell=True)", "high"),
        ("subprocess.Popen(['python3', '/home/' + os.getlogin() + '/a.py'])", "high"),
        ("subprocess.run([sys.executable, '-c', 'import demo_loader'])", "medium"),
        ("subprocess.Popen([sys.executable, '-c', 'import sys; print(sys.path)'])", "medium"),
        ("subprocess.Popen([sys.executable, '-c', 'import sys, os'])", "medium"),
        ("subprocess.Popen(['python3', 'a.py'])", "medium"),
        ("subprocess.run('start https://example.invalid', shell=True)", "medium"),
        ("subprocess.run(['start', 'C:/Program Files/a.exe'], shell=True)", "medium"),
    ],
)
def test_starts_that_no_import_has_a_reason_for(source: str, severity: str) -> None:
    head = "import os, subprocess, sys\n"
    assert worst(RULE, *at("import", head + source)) == severity
    assert worst(RULE, *at("call", head + source)) == "info"
