"""Source code that lies about: single files, trees without a manifest, several projects in one tree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

BAD = "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n"
GOOD = "import os\nprint(os.path.join('a', 'b'))\n"


def scanned(*targets: Path | str, code: int = 0) -> dict[str, Any]:
    result = assay("scan", *targets, "-f", "json")
    assert result.returncode == code, result.stderr or result.stdout
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def places(report: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    return {
        (found["rule"], found["purl"], found["location"]["path"], found["trigger"])
        for found in report["findings"]
        if found["severity"] in ("high", "critical")
    }


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("one.py", BAD, {("ENC-001", "pkg:generic/.", "one.py", "import")}),
        ("setup.py", BAD, {("ENC-001", "pkg:generic/.", "setup.py", "install")}),
        ("sitecustomize.py", BAD, {("ENC-001", "pkg:generic/.", "sitecustomize.py", "startup")}),
        ("one.py", GOOD, set()),
    ],
)
def test_a_single_file_is_a_target(
    tmp_path: Path, name: str, content: str, found: set[tuple[str, str, str, str]]
) -> None:
    (tmp_path / name).write_text(content)
    report = scanned(tmp_path / name)
    assert report["target"]["kind"] == "artifact"
    assert {place for place in places(report) if place[0] == "ENC-001"} == found
    assert places(scanned(tmp_path)) == places(report)


def test_a_tree_without_a_manifest_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("from . import inner\n")
    (tmp_path / "pkg" / "inner.py").write_text(BAD)
    report = scanned(tmp_path)
    (found,) = (one for one in report["findings"] if one["rule"] == "ENC-001")
    assert found["trace"] == ["pkg/__init__.py", "pkg/inner.py"]


def test_each_project_of_a_tree_is_a_package_of_its_own(tmp_path: Path) -> None:
    for project, content in (("one", GOOD), ("two", BAD)):
        (tmp_path / project).mkdir()
        (tmp_path / project / "pyproject.toml").write_text(f'[project]\nname = "{project}"\nversion = "1"\n')
        (tmp_path / project / "setup.py").write_text("from setuptools import setup\nimport helper\nsetup()\n")
        (tmp_path / project / "helper.py").write_text(content)
    found = [one for one in scanned(tmp_path)["findings"] if one["rule"] == "ENC-001"]
    assert [(one["location"]["path"], one["trigger"], one["trace"]) for one in found] == [
        ("two/helper.py", "install", ["two/setup.py", "two/helper.py"])
    ]


def test_without_code_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1"\n')
    (tmp_path / "one.py").write_text(BAD)
    result = assay("scan", tmp_path, "--no-code", "-f", "json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["findings"] == []
