"""DIFF-001: what a version brings that the one before had not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.rules.diff_001_new_version import RULE
from assay.scanner.models import Change, PackedFile
from tests.behaviour import package
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Finding, Package

PLAIN = {"demo/__init__.py": "def add(a, b):\n    return a + b\n"}
POSTS = "import urllib.request\nurllib.request.urlopen('https://collect.example.dev/x')\n"
_NAMES = "".join(f"_0x{number:04x} = _0x{number + 1:04x} + {number}\n" for number in range(40))


def came(before: Package, after: Package, needs: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())) -> list[Finding]:
    assert RULE.check_change
    return list(RULE.check_change(Change(before, after, *needs), ListedCorpus()))


@pytest.mark.parametrize(
    ("added", "message", "evidence", "severity"),
    [
        ({"demo/net.py": POSTS}, "can do what it could not", "uses the network (urllib.request.urlopen)", "medium"),
        ({"demo/net.py": POSTS}, "talks to hosts that it did not", "collect.example.dev", "medium"),
        (
            {"demo/net.py": "import subprocess\ndef f(x):\n    subprocess.run(x)\n"},
            "can do what it could not",
            "starts processes (subprocess.run)",
            "low",
        ),
        ({"demo/a.so": b"\x7fELF" + bytes(99)}, "ships native code that it did not", "demo/a.so", "medium"),
    ],
)
def test_what_came(added: Mapping[str, str | bytes], message: str, evidence: str, severity: str) -> None:
    found = came(package(PLAIN), package({**PLAIN, **added}))
    assert any(
        message in one.message and evidence in one.evidence and one.severity.value == severity for one in found
    ), found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PLAIN, PLAIN),
        ({"demo/__init__.py": POSTS}, {"demo/__init__.py": "x = 1\n\n" + POSTS}),
        ({"demo/__init__.py": POSTS}, {"demo/other.py": POSTS, "demo/__init__.py": "from . import other"}),
        ({"demo/__init__.py": POSTS}, PLAIN),
        (PLAIN, {**PLAIN, "tests/test_net.py": POSTS}),
        (PLAIN, {**PLAIN, "demo/more.py": "def sub(a, b):\n    return a - b\n"}),
    ],
)
def test_what_did_not(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    assert came(package(before), package(after)) == []


def test_what_only_a_call_did_and_now_runs_unasked() -> None:
    called = {"demo/__init__.py": "import urllib.request\ndef f(url):\n    urllib.request.urlopen(url)\n"}
    found = came(
        package(called), package({"demo/__init__.py": called["demo/__init__.py"] + "f('https://a.example.dev')"})
    )
    assert {(one.evidence[0], one.severity.value) for one in found} >= {
        ("uses the network (urllib.request.urlopen)", "medium")
    }


def test_scripts_people_and_dependencies() -> None:
    old = package(PLAIN)._replace(ecosystem="npm", people=("ann",), lifecycle=(("install", "node-gyp rebuild"),))
    new = old._replace(people=("bob",), lifecycle=(("install", "node-gyp rebuild"), ("postinstall", "node x.js")))
    found = came(old, new, (("pkg:npm/a",), ("pkg:npm/a", "pkg:npm/b")))
    assert [(one.message.partition(" 1.0 ")[2], one.evidence, one.severity.value) for one in found] == [
        ("names other people as its authors", ("bob",), "medium"),
        ("runs something new at install", ("postinstall: node x.js",), "medium"),
        ("depends on packages that it did not", ("b",), "low"),
    ]
    both = new._replace(people=("ann", "bob"), lifecycle=old.lifecycle)
    assert [(one.evidence, one.severity.value) for one in came(old, both)] == [(("bob",), "low")]
    assert came(old._replace(people=()), old._replace(people=("bob",))) == []


def test_a_hijack_is_worse_than_its_parts() -> None:
    old = package({"setup.py": "x = 1"}, "sdist")._replace(lifecycle=())
    new = package({"setup.py": "import subprocess\nsubprocess.run(['x'])\n" + _NAMES}, "sdist")
    assert "high" in {one.severity.value for one in came(old, new)}
    plain = package({"setup.py": "import subprocess\nsubprocess.run(['x'])\n"}, "sdist")
    assert {one.severity.value for one in came(old, plain)} == {"medium"}


def test_a_binary_that_was_there_is_not_new() -> None:
    old = package(PLAIN)._replace(files=(PackedFile("demo/a.so", "0" * 64, 9, "elf"),))
    assert came(old, old._replace(files=(PackedFile("demo/a.so", "1" * 64, 12, "elf"),))) == []


def test_a_build_file_is_a_script_that_npm_runs() -> None:
    old = package(PLAIN)._replace(ecosystem="npm")
    new = old._replace(files=(*old.files, PackedFile("binding.gyp", "0" * 64, 9)))
    assert [one.evidence for one in came(old, new)] == [("install: node-gyp rebuild",)]
    built = old._replace(lifecycle=(("install", "node-gyp rebuild"),))
    assert came(built, built._replace(files=new.files)) == []
