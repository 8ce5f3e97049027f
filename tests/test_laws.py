"""The laws, each with a planted defect that breaks it and is caught.

A defect is planted by a ``sitecustomize`` on PYTHONPATH, so that the processes that ``--verify-determinism`` starts
have it as well.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.command import FIXTURES, ROOT, assay

if TYPE_CHECKING:
    from pathlib import Path

BAD = FIXTURES / "planted" / "npm-v3" / "bad"

PURE = """
import sys
from assay.corpus.store import Store
from assay.corpus.selection import open_corpus
from assay.corpus.shipped import load_trust
from assay.rules.catalogue import ALL
from assay.scanner.canonical import document, encode
from assay.scanner.engine import scan
from assay.scanner.guards import Context, enforce
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.models import Tool
from assay.scanner.policy import Policy
from assay.formatters import load
from assay.formatters.options import RenderOptions

inventory = read_targets(sys.argv[1:2], ReadOptions())
corpus = open_corpus(Store("/nonexistent"), load_trust())
corpus.prepare(sorted({component.ecosystem for component in inventory.components}))
formatters = [load(name) for name in ("table", "json", "sarif", "cyclonedx")]
sys.stdout.write("")

def trap(name):
    def sprung(*_args, **_kwargs):
        raise AssertionError(f"the pure core uses {name}")
    return sprung

import os, random, time, secrets
for name in ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime", "sleep"):
    setattr(time, name, trap(f"time.{name}"))
for name in ("random", "randint", "choice", "shuffle", "getrandbits"):
    setattr(random, name, trap(f"random.{name}"))
os.urandom = trap("os.urandom")
class Trap(dict):
    __getitem__ = get = __contains__ = trap("os.environ")
os.environ = Trap()
os.getenv = trap("os.getenv")

FORBIDDEN = ("open", "import", "exec", "compile", "socket.", "subprocess.", "os.", "pathlib.", "shutil.", "tempfile.")
def hook(event, arguments):
    if armed and event.startswith(FORBIDDEN):
        raise AssertionError(f"the pure core raises the audit event {event} {arguments!r}")
armed = False
sys.addaudithook(hook)
armed = True
PLANT
report = scan(inventory, corpus, ALL, tool=Tool("0", "0"), policy=Policy(profile="all"), admits=lambda *_: True)
enforce(report, Context(inventory, corpus.packs(), ()))
texts = [formatter.render(report, RenderOptions(), ALL) for formatter in formatters]
armed = False
assert len(report.findings) >= 5, report.findings
print(report.fingerprint)
"""


def run_pure(plant: str = "") -> subprocess.CompletedProcess[str]:
    code = PURE.replace("PLANT", plant)
    return subprocess.run([sys.executable, "-c", code, str(BAD)], capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_pure_core_touches_nothing() -> None:
    result = run_pure()
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("sha256:")


@pytest.mark.parametrize(
    ("defect", "caught"),
    [
        ("open(os.devnull)", "audit event open"),
        ("import wave", "audit event import"),
        ("eval('1')", "audit event compile"),
        ("import socket; socket.socket()", "audit event"),
        ("time.time()", "uses time.time"),
        ("random.random()", "uses random.random"),
        ("os.environ.get('HOME')", "uses os.environ"),
        ("os.listdir('.')", "audit event os.listdir"),
    ],
)
def test_the_trap_bites(defect: str, caught: str) -> None:
    plant = textwrap.dedent(f"""
        def bad(subject, corpus, real=ALL[0].check):
            {defect}
            return real(subject, corpus)
        ALL = (ALL[0]._replace(check=bad), *ALL[1:])
    """)
    result = run_pure(plant)
    assert result.returncode != 0
    assert caught in result.stderr


def planted(folder: Path, code: str) -> dict[str, str]:
    """Return the environment in which every Python runs ``code`` at its start."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(textwrap.dedent(code), encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def test_determinism_holds(tmp_path: Path) -> None:
    env = {"ASSAY_OUTPUT": "report.json", "ASSAY_WITH_TIMING": "1", "ASSAY_EXIT_CODE": "1", "ASSAY_PROFILE": "all"}
    result = assay("scan", BAD, "--verify-determinism", "-f", "json", cwd=tmp_path, env=env)
    assert result.returncode == 1, result.stderr
    digests = {word for line in result.stderr.splitlines() for word in line.split() if word.startswith("sha256:")}
    assert len(digests) == 1
    assert len(result.stderr.splitlines()) == 3


SET_ORDER = """
from assay.scanner.inputs import collect, resolve
collect.sorted = resolve.sorted = lambda values, key=None: list(set(values))
"""
LISTING = """
import os
from assay.scanner.inputs import target
real = target.walk
def walk(root, limits, *, reverse_listing=False):
    entries = list(real(root, limits, reverse_listing=reverse_listing))
    global first
    first = (entries[-1] if reverse_listing else entries[0]).path
    return iter(entries)
target.walk = walk
target.project_name = lambda files, single_file: first
"""
CLOCK = """
import time
from assay.rules import mal_001_malware as rule
real = rule.check
def check(subject, corpus):
    for finding in real(subject, corpus):
        yield finding._replace(message=finding.message + TIME)
import assay.rules
assay.rules.COMPONENTS = (rule.RULE._replace(check=check), *assay.rules.COMPONENTS[1:])
"""


@pytest.mark.parametrize(
    ("defect", "code", "words"),
    [
        pytest.param("set order", SET_ORDER, "order", id="set order"),
        pytest.param("listing order", LISTING, "determinism", id="listing order"),
        pytest.param("clock", CLOCK.replace("TIME", "time.strftime(' %H:%M:%S')"), "clock", id="clock, by the guard"),
        pytest.param(
            "clock", CLOCK.replace("TIME", "str(time.time_ns() % 1000)"), "determinism", id="clock, by comparing"
        ),
        pytest.param("path", CLOCK.replace("TIME", "' in ' + __import__('os').getcwd()"), "paths", id="absolute path"),
        pytest.param("locale", CLOCK.replace("TIME", "__import__('os').environ['LC_ALL']"), "determinism", id="locale"),
    ],
)
def test_a_planted_defect_ends_in_exit_4(tmp_path: Path, defect: str, code: str, words: str) -> None:
    env = {**planted(tmp_path / "plant", code), "LC_ALL": "C.UTF-8"}
    result = assay("scan", BAD, "--verify-determinism", "-f", "json", cwd=BAD, env=env)
    assert (result.returncode, result.stdout) == (4, ""), result.stderr
    assert words in result.stderr.splitlines()[-1]


NO_NETWORK = """
import sys
def hook(event, arguments):
    if event.startswith("socket."):
        sys.stderr.write(f"NETWORK {event} {arguments!r}\\n")
        raise AssertionError(event)
sys.addaudithook(hook)
"""


def test_a_scan_makes_no_network_call(tmp_path: Path) -> None:
    env = planted(tmp_path / "plant", NO_NETWORK)
    prefix: tuple[str, ...] = ()
    if (
        shutil.which("unshare")
        and subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    ):
        prefix = ("unshare", "-rn")
    for format_name in ("table", "json", "sarif", "cyclonedx"):
        result = assay("scan", BAD, "-f", format_name, env=env, prefix=prefix)
        assert result.returncode == 0, result.stderr
        assert "NETWORK" not in result.stderr
    probe = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"],
        env={"PYTHONPATH": env["PYTHONPATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "NETWORK" in probe.stderr, "the trap does not bite"


def findings(text: str) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["purl"]) for finding in json.loads(text)["findings"]]


def test_a_planted_configuration_changes_nothing(tmp_path: Path) -> None:
    policy = "profile: default\nallow:\n  - package: npm:lodash\ninternal:\n  npm: ['*']\n"
    shutil.copytree(BAD, tmp_path / "project")
    before = assay("scan", ".", "-f", "json", cwd=tmp_path / "project")
    for name in ("assay.yml", ".assay.yml", ".config/assay/assay.yml", ".assayignore", "assay/assay.yml"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(policy, encoding="utf-8")
    after = assay("scan", ".", "-f", "json", cwd=tmp_path / "project")
    assert findings(after.stdout) == findings(before.stdout) != []
    assert json.loads(after.stdout)["policy"] == json.loads(before.stdout)["policy"]
    honoured = assay("scan", ".", "-f", "json", "--config", "assay.yml", cwd=tmp_path / "project")
    assert findings(honoured.stdout) != findings(before.stdout)


def test_a_hostile_folder_runs_nothing(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(BAD, project)
    booby = f"open({str(tmp_path / 'RAN')!r}, 'w').close()\n"
    for name in (
        "json",
        "sitecustomize",
        "usercustomize",
        "click",
        "typer",
        "yaml",
        "assay",
        "hashlib",
        "setup",
        "conftest",
    ):
        (project / f"{name}.py").write_text(booby, encoding="utf-8")
    for name in ("rules", "corpus", "scanner", "formatters", "rich", "cyclonedx"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text(booby, encoding="utf-8")
    (project / "evil.pth").write_text(f"import sys; {booby}", encoding="utf-8")
    for format_name in ("table", "json", "sarif", "cyclonedx"):
        result = assay("scan", ".", "-f", format_name, "--verify-determinism", cwd=project)
        assert result.returncode == 0, result.stderr
    assert not (tmp_path / "RAN").exists()


def test_heavy_modules_stay_out_of_a_json_scan() -> None:
    code = (
        "import sys; from assay.scanner.cli import run_command; "
        f"code = run_command(['scan', {str(BAD)!r}, '-f', 'json', '-o', '/dev/null']); "
        "print([name for name in HEAVY if name in sys.modules]); sys.exit(code)"
    )
    heavy = ["rich", "yaml", "jsonschema", "cyclonedx", "cvss", "packaging", "nodesemver", "packageurl", "pydantic"]
    heavy += ["yara_x", "csv", "zipfile", "concurrent.futures", "multiprocessing", "asyncio", "http", "ssl"]
    result = subprocess.run(
        [sys.executable, "-c", code.replace("HEAVY", repr(heavy))],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "[]\n"), result.stderr


def test_determinism_holds_for_a_tree_of_oddities(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "requirements.txt").write_text("asyncconfigreader==0.6\n", encoding="utf-8")
    (root / "new\nline\x1b[31m.txt").write_text("x", encoding="utf-8")
    (root / ".git").mkdir()
    os.mkfifo(root / "package-lock.json")
    os.mkfifo(root / "pipe")
    (root / "absolute").symlink_to(root / "sub")
    (root / "loop").symlink_to("loop")
    (root / "node_modules").symlink_to("/nonexistent")
    with open(os.fsencode(root) + b"/\xff.cdx.json", "wb") as file:
        file.write(b"{")
    (root / "closed").mkdir(mode=0)
    result = assay("scan", root, root / "sub", "--verify-determinism", "-f", "json", cwd=tmp_path)
    assert result.returncode == 3, result.stderr
    reasons = {gap["reason"] for gap in json.loads(result.stdout)["coverage"]["gaps"]}
    assert reasons - {"unreadable"} == {"link-outside", "not-a-regular-file", "truncated"}
