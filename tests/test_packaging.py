"""The wheel built from the sdist, installed into an empty environment and run, from a hostile folder too."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.command import FIXTURES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "-q", "--outdir", str(folder), str(ROOT)], check=True)
    return folder


def test_the_wheel_holds_everything_that_runs(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("scanner", "rules", "corpus", "formatters"):
        for source in (ROOT / folder).rglob("*"):
            if source.suffix in (".py", ".json", ".pack") and source.is_file():
                assert f"assay/{source.relative_to(ROOT).as_posix()}" in names
    assert {"assay/__init__.py", "assay/__main__.py", "assay/py.typed"} <= names
    assert not [name for name in names if not name.startswith(("assay/", "assay-"))]
    assert not [name for name in names if name.startswith("assay/tests")]


def test_the_sdist_holds_what_it_should_and_nothing_else(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    allowed = {
        "src",
        "scanner",
        "rules",
        "corpus",
        "formatters",
        "tests",
        "README.md",
        "STATE.md",
        "SCAAT.md",
        "CHANGELOG.md",
    }
    allowed |= {"CONTRIBUTING.md", "LICENSE", "NOTICE", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert tops <= allowed
    assert {"LICENSE", "NOTICE", "README.md", "tests"} <= tops


def test_the_installed_wheel_runs_from_a_hostile_folder(dist: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / "bin"
    (wheel,) = dist.glob("*.whl")
    locked = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
    subprocess.run([binaries / "pip", "install", "-q", *locked], check=True)
    subprocess.run([binaries / "pip", "install", "-q", "--no-deps", str(wheel)], check=True)
    hostile = tmp_path / "hostile"
    (hostile / "rules").mkdir(parents=True)
    for name in ("rules/__init__.py", "json.py", "sitecustomize.py", "typer.py", "assay.py"):
        (hostile / name).write_text("raise SystemExit('hostile code ran')\n", encoding="utf-8")
    lockfile = FIXTURES / "planted" / "npm-v3" / "bad" / "package-lock.json"
    (hostile / "package-lock.json").write_bytes(lockfile.read_bytes())
    for arguments, code in ((["version"], 0), (["scan", "."], 0), (["check", "."], 1), (["corpus", "verify"], 0)):
        result = subprocess.run(
            [binaries / "assay", *arguments], cwd=hostile, capture_output=True, text=True, check=False
        )
        assert result.returncode == code, result.stderr
        assert "hostile" not in result.stderr
