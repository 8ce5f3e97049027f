"""A folder in which nothing was recognised is not looked at; a project that asks for nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.target import ReadOptions, read_targets
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = {"requirements.txt": "six==1.16.0\n"}


def write(root: Path, files: dict[str, str]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "recognised"),
    [
        pytest.param({}, False, id="empty"),
        pytest.param({"README.md": "six==1.16.0"}, False, id="prose"),
        pytest.param({"src/main.py": "import six", "a/b/c.js": "require('x')"}, False, id="source code alone"),
        pytest.param({"node_modules/x/index.js": ""}, False, id="a package without its manifest"),
        pytest.param({"setup.py": "import setuptools; setuptools.setup()"}, False, id="a setup.py, which is not run"),
        pytest.param({"x.py": '# /// script\n# dependencies = ["six"]\n# ///\n'}, True, id="a script with metadata"),
        pytest.param({"package.json": "{}"}, True, id="a manifest that asks for nothing"),
        pytest.param({"requirements.txt": "# none\n"}, True, id="a list of nothing"),
        pytest.param({"deep/er/pyproject.toml": "[project]\nname = 'x'\n"}, True, id="a manifest further down"),
        pytest.param({"node_modules/x/package.json": '{"name":"x","version":"1.0.0"}'}, True, id="a package"),
        pytest.param({"pyvenv.cfg": "home = /usr/bin\n"}, True, id="a virtual environment with nothing in it"),
    ],
)
def test_nothing_recognised_is_a_gap(tmp_path: Path, files: dict[str, str], recognised: bool) -> None:
    inventory = read_targets([str(write(tmp_path / "it", files))], ReadOptions())
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == ([] if recognised else [("", "nothing-recognised")])


def test_a_lockfile_that_is_broken_is_told_once(tmp_path: Path) -> None:
    inventory = read_targets([str(write(tmp_path, {"package-lock.json": "{"}))], ReadOptions())
    assert [gap.reason for gap in inventory.gaps] == ["truncated"]


def test_each_named_folder_counts(tmp_path: Path) -> None:
    write(tmp_path / "good", REQUIREMENTS)
    write(tmp_path / "goods", {})
    write(tmp_path / "z" / "deep", REQUIREMENTS)
    named = [str(tmp_path / name) for name in ("good", "goods", "z")]
    inventory = read_targets(named, ReadOptions())
    assert [(gap.path, gap.reason) for gap in inventory.gaps] == [("goods", "nothing-recognised")]
    assert len(inventory.components) == 1


@pytest.mark.parametrize(
    ("name", "text", "reasons"),
    [
        ("main.py", "import six\n", ["nothing-recognised"]),
        ("main.py", '# /// script\n# dependencies = ["six"]\n# ///\n', []),
        ("main.js", "require('x')\n", ["unknown-format"]),
        ("requirements.txt", "", []),
    ],
)
def test_a_file_that_is_named(tmp_path: Path, name: str, text: str, reasons: list[str]) -> None:
    inventory = read_targets([str(write(tmp_path, {name: text}) / name)], ReadOptions())
    assert [gap.reason for gap in inventory.gaps] == reasons
    assert {gap.path for gap in inventory.gaps} <= {name}


def test_what_is_left_out_on_request_was_not_recognised(tmp_path: Path) -> None:
    root = write(tmp_path, REQUIREMENTS)
    inventory = read_targets([str(root)], ReadOptions(exclude=("requirements.txt",)))
    assert [gap.reason for gap in inventory.gaps] == ["nothing-recognised"]


@pytest.mark.parametrize(
    ("files", "options", "code", "last"),
    [
        ({}, (), 3, "Incomplete: nothing to judge, no components in 0 files; 1 gap."),
        ({}, ("--allow-incomplete",), 0, "Passed: nothing to judge, no components in 0 files; 1 gap allowed."),
        ({"package.json": "{}"}, (), 0, "Passed: nothing to judge, no components in 1 file."),
    ],
)
def test_the_gate_does_not_pass_on_a_wrong_folder(
    tmp_path: Path, files: dict[str, str], options: tuple[str, ...], code: int, last: str
) -> None:
    result = assay("check", write(tmp_path / "it", files), *options)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (code, last)
