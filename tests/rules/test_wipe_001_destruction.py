"""What is destroyed, by when, each beside near misses: files of one's own."""

from __future__ import annotations

import pytest

from assay.rules.destruction import destroys, is_whole
from assay.rules.wipe_001_destruction import RULE
from tests.behaviour import at, findings, worst
from tests.npm_behaviour import npm_package, npm_worst

_HEAD = "import json, os, shutil, subprocess, pathlib\nfrom cryptography.fernet import Fernet\n"
_WALK = "for r, d, fs in os.walk({}):\n    for f in fs:\n        {}"
_ENCRYPT = "p = os.path.join(r, f); x = open(p, 'rb').read(); open(p, 'wb').write(Fernet(b'k').encrypt(x))"


def severity(trigger: str, source: str) -> str:
    return worst(RULE, *at(trigger, _HEAD + source))


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("install", "shutil.rmtree(os.path.expanduser('~'))", "critical"),
        ("import", "shutil.rmtree('/')", "high"),
        ("call", "shutil.rmtree(pathlib.Path.home())", "high"),
        ("call", "shutil.rmtree(os.environ['HOME'])", "high"),
        ("call", "shutil.rmtree(os.environ['HOME'] if os.name == 'posix' else os.environ['USERPROFILE'])", "high"),
        ("call", "shutil.rmtree('/' if os.name == 'posix' else 'C:\\\\')", "high"),
        ("call", "shutil.rmtree(os.path.expanduser('~/Documents'))", "high"),
        ("call", _WALK.format("'/home'", "os.remove(os.path.join(r, f))"), "high"),
        ("call", _WALK.format("os.path.expanduser('~')", _ENCRYPT), "high"),
        ("import", "os.system('rm -rf /')", "high"),
        ("import", "subprocess.run(['rm', '-rf', '--no-preserve-root', '/'])", "high"),
        ("install", "os.system('vssadmin delete shadows /all /quiet')", "critical"),
        ("test", "os.system('rm -rf ~')", "low"),
        ("call", "os.system('rm -rf *')", "high"),
        ("call", "os.system('rm -rf \"$HOME\"/*')", "high"),
        ("import", "subprocess.run('rd /s /q .', shell=True, cwd=os.getcwd())", "high"),
        ("import", "for f in os.listdir(os.getcwd()):\n    shutil.rmtree(os.path.join(os.getcwd(), f))", "high"),
    ],
)
def test_what_is_destroyed(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "shutil.rmtree('build')",
        "os.system('cd build && rm -rf *')",
        "subprocess.run('rm -rf *', shell=True, cwd=given)",
        "os.chdir(given)\nos.system('rm -rf *')",
        "for f in os.listdir(os.getcwd()):\n    os.remove(os.path.join(os.getcwd(), f))",
        "for f in os.listdir('build'):\n    shutil.rmtree(os.path.join('build', f))",
        "shutil.rmtree('/tmp/demo')",
        "shutil.rmtree(os.path.join(os.environ['HOME'], '.cache', 'demo'))",
        "shutil.rmtree(os.path.expanduser('~/.demo'))",
        "os.remove(given)",
        "shutil.rmtree('/' if given else '.')",
        "shutil.rmtree(json.load(open(os.path.join(os.environ['HOME'], '.demo')))['folder'])",
        "shutil.rmtree(pathlib.Path.home().with_name(given))",
        "os.rmdir(given.rstrip('/') or '/')",
        "os.rmdir(os.path.abspath(os.environ.get('PLACE', '')).rstrip('/') or '/')",
        _WALK.format("'build'", "os.remove(os.path.join(r, f))"),
        _WALK.format("'/home'", "print(os.path.join(r, f))"),
        _WALK.format("given", _ENCRYPT),
        "os.system('rm -rf build dist')",
        "os.system('rm -rf /tmp/demo')",
        "os.system('rm -rf ~/.cache/demo')",
    ],
)
def test_near_misses(source: str) -> None:
    assert severity("call", source) == "none"


@pytest.mark.parametrize(
    "source",
    [
        "from shutil import rmtree as q\nq('/' + 'home')",
        "getattr(shutil, 'rm' + 'tree')(os.path.expanduser('~'))",
        "c = ['rm', '-r' + 'f']\nsubprocess.call(c + ['/'])",
        "def gone(p): shutil.rmtree(p)\ngone('C:\\\\')",
    ],
)
def test_mutations_change_nothing(source: str) -> None:
    assert severity("install", source) == "critical"


def test_says_what_goes() -> None:
    (found,) = findings(RULE, *at("import", _HEAD + "shutil.rmtree('/home')"))
    assert found.evidence == ("shutil.rmtree of /home",)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("~", True),
        ("C:\\", True),
        ("/sdcard/DCIM", True),
        ("…/Desktop", True),
        ("/home/a/demo", False),
        ("…/…", False),
        ("", False),
    ],
)
def test_whole_places(path: str, expected: bool) -> None:
    assert is_whole(path) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("rm -fr $HOME", True),
        ("rm -r -f /*", True),
        ("rd /s /q C:\\", True),
        ("format c: /q", True),
        ("dd if=/dev/zero of=/dev/sda", True),
        ("mkfs.ext4 /dev/sda1", True),
        ("dd if=a of=b.img", False),
        ("rm -f a.txt", False),
        ("del /q build", False),
        ("git format-patch c", False),
    ],
)
def test_commands_that_destroy(command: str, expected: bool) -> None:
    assert destroys(command) is expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (", {force: true}", "none"),
        ("", "none"),
        (", {recursive: true}", "high"),
        (", {['recur' + 'sive']: true}", "high"),
        (", options", "high"),
    ],
)
def test_a_home_is_not_removed_by_what_takes_single_files(options: str, expected: str) -> None:
    place = 'require("path").join(require("os").homedir(), name)'
    source = f'exports.go = (name, options) => require("fs").rmSync({place}{options});\n'
    assert npm_worst(RULE, npm_package({"index.js": source})) == expected
