"""One installed distribution of an environment, found without running anything."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from assay.scanner.errors import UsageError
from assay.scanner.inputs.installed import environment_of, files_of
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

SITE = "lib/python3.12/site-packages"


def environment(folder: Path, site: str = SITE) -> Path:
    """Lay out an environment with two distributions, whose interpreter cannot be run."""
    files = {
        "bin/python": "no interpreter",
        "pyvenv.cfg": "home = /nowhere\n",
        "bin/demo": "#!python\n",
        f"{site}/my_demo/__init__.py": "X = 1\n",
        f"{site}/my_demo-1.0.dist-info/METADATA": "Name: My.Demo\nVersion: 1.0\n",
        f"{site}/my_demo-1.0.dist-info/licenses": "MIT",
        f"{site}/my_demo-1.0.dist-info/RECORD": "my_demo/__init__.py,,\nmy_demo/gone.py,,\n../../../bin/demo,,\n"
        "../../../../outside,,\n/etc/hostname,,\n",
        f"{site}/other-2.0.dist-info/METADATA": "Name: other\nVersion: 2.0\n",
        f"{site}/old-1.0-py3.12.egg-info": "Name: old\nVersion: 1.0\n",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["my-demo", "My.Demo", "my_demo"])
@pytest.mark.parametrize("python", ["bin/python", ""])
def test_what_belongs_to_it(tmp_path: Path, name: str, python: str) -> None:
    found = environment_of(str(environment(tmp_path) / python))
    assert [path.decode() for path in files_of(name, found)] == [
        "bin/demo",
        f"{SITE}/my_demo-1.0.dist-info/METADATA",
        f"{SITE}/my_demo-1.0.dist-info/RECORD",
        f"{SITE}/my_demo-1.0.dist-info/licenses",
        f"{SITE}/my_demo/__init__.py",
    ]


@pytest.mark.parametrize(
    "site", [SITE, "lib64/python3.9/site-packages", "Lib/site-packages", "lib/python3/dist-packages"]
)
def test_where_environments_keep_things(tmp_path: Path, site: str) -> None:
    found = environment_of(str(environment(tmp_path, site)))
    assert found.sites == (os.fsencode(tmp_path / site),)
    assert len(files_of("other", found)) == 1


def test_a_lone_egg_info_is_found(tmp_path: Path) -> None:
    assert files_of("old", environment_of(str(environment(tmp_path)))) == [f"{SITE}/old-1.0-py3.12.egg-info".encode()]


@pytest.mark.parametrize("name", ["my", "demo", "absent", "", "../x", "my_demo-1.0"])
def test_what_is_not_installed(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not installed in"):
        files_of(name, environment_of(str(environment(tmp_path))))


def test_no_environment(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no environment"):
        environment_of(str(tmp_path))
    with pytest.raises(UsageError, match="no environment"):
        environment_of(str(environment(tmp_path) / "bin" / "absent"))


def test_the_report_has_one_package_and_no_path_of_this_machine(tmp_path: Path) -> None:
    environment(tmp_path / "env")
    result = assay("scan", "--installed", "my-demo", "--python", tmp_path / "env", "-f", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["target"]["kind"] == "environment"
    assert [one["purl"] for one in report["components"]] == ["pkg:pypi/my-demo@1.0"]
    assert report["coverage"]["files"] == 5
    assert str(tmp_path) not in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--installed", "absent"), "not installed in"),
        (("--installed", "typer", "."), "cannot be combined"),
        (("--python", "."), "name a distribution too"),
        (("--installed", "typer", "--verify-determinism"), "give it the environment's folder"),
    ],
)
def test_wrong_usage(options: tuple[str, ...], said: str) -> None:
    result = assay("scan", *options)
    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
