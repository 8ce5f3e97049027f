"""Malformed input ends in a gap with path and reason and in exit 3; every other file is still scanned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.inputs.text import MAX_BYTES
from tests.command import FIXTURES, assay

if TYPE_CHECKING:
    from pathlib import Path

    from assay.scanner.models import Inventory

JSON = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "Pipfile.lock",
    "bom.json",
    "x.spdx.json",
    "bun.lock",
]
TOML = ["poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "pyproject.toml", "Pipfile"]
YAML = ["pnpm-lock.yaml"]
LINES = ["yarn.lock", "requirements.txt", "setup.cfg"]
ALL = [*JSON, *TOML, *YAML, *LINES]

DEEP = 100_000


def read_beside_a_good_file(folder: Path, name: str, data: bytes) -> Inventory:
    """Read a folder with the hostile file and, below it, a good one, which must be scanned whatever happens."""
    (folder / name).write_bytes(data)
    (folder / "good").mkdir()
    (folder / "good" / "requirements.txt").write_text("left-pad==1.0\n", encoding="utf-8")
    inventory = read_targets([str(folder)], ReadOptions())
    assert "pkg:pypi/left-pad@1.0" in {component.purl for component in inventory.components}
    return inventory


def reasons(inventory: Inventory, name: str) -> set[str]:
    for gap in inventory.gaps:
        assert gap.path == name
        assert gap.detail
        assert "\n" not in gap.detail
    return {gap.reason for gap in inventory.gaps}


EVERY_FORMAT = [
    pytest.param(b"\xff\xfe{\x00}\x00", {"not-utf8"}, id="UTF-16"),
    pytest.param(b"\xfe\xff\x00{\x00}", {"not-utf8"}, id="UTF-16, big-endian"),
    pytest.param(b'{"name": "caf\xe9"}', {"not-utf8"}, id="Latin-1"),
    pytest.param(b'{"a\x00b": 1}', {"not-utf8"}, id="NUL"),
    pytest.param(b"{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n}\n", {"merge-conflict"}, id="merge conflict"),
]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("data", "expected"), EVERY_FORMAT)
def test_no_format_is_read_from_it(tmp_path: Path, name: str, data: bytes, expected: set[str]) -> None:
    inventory = read_beside_a_good_file(tmp_path, name, data)
    assert reasons(inventory, name) == expected
    assert len(inventory.components) == 1


@pytest.mark.parametrize("name", ALL)
def test_a_file_of_one_huge_line_is_hashed_but_not_parsed(tmp_path: Path, name: str) -> None:
    inventory = read_beside_a_good_file(tmp_path, name, b"a" * (MAX_BYTES + 1))
    assert reasons(inventory, name) == {"too-large"}
    assert {file.path for file in inventory.files} == {name, "good/requirements.txt"}


@pytest.mark.parametrize("name", [*JSON, *TOML, *YAML])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"x = " + b"[" * DEEP, {"too-deep", "syntax", "truncated", "wrong-type"}, id="open brackets"),
        pytest.param(b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b"}", {"too-deep"}, id="brackets"),
        pytest.param(b'{"x": ' * DEEP + b"1" + b"}" * DEEP, {"too-deep"}, id="braces"),
        pytest.param(b"[1, 2]", {"syntax", "unknown-version", "wrong-type", "unknown-format"}, id="a list"),
        pytest.param(b'"text"', {"syntax", "unknown-version", "wrong-type", "unknown-format"}, id="a string"),
    ],
)
def test_nesting_and_wrong_shapes(tmp_path: Path, name: str, data: bytes, expected: set[str]) -> None:
    found = reasons(read_beside_a_good_file(tmp_path, name, data), name)
    assert found
    if b"[" * DEEP in data or b'{"x": ' * DEEP in data:
        assert found <= expected


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", {"empty"}, id="empty"),
        pytest.param(b'{"name": "x", "lockfileVersion": 3, "pack', {"truncated", "syntax"}, id="cut off"),
        pytest.param(b'{"a": NaN}', {"syntax"}, id="NaN"),
        pytest.param(b'{"a": -Infinity}', {"syntax"}, id="Infinity"),
        pytest.param(b'{"name": "\\ud800"}', {"not-utf8"}, id="half a surrogate"),
        pytest.param(b"{'name': 'x'}", {"syntax"}, id="single quotes"),
        pytest.param(b'{"a": 1} trailing', {"truncated", "syntax"}, id="something after the end"),
    ],
)
def test_json(tmp_path: Path, name: str, data: bytes, expected: set[str]) -> None:
    found = reasons(read_beside_a_good_file(tmp_path, name, data), name)
    assert found
    assert found <= expected


YAML_BOMB = b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1) if n else b"x"] * 10)) for n in range(12)
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(YAML_BOMB, {"alias-bomb"}, id="aliases that explode"),
        pytest.param(b"a: &a [*a]\n", {"alias-bomb"}, id="an alias to itself"),
        pytest.param(b"lockfileVersion: !!python/object:os.system {}\n", {"yaml-tag"}, id="a tag"),
        pytest.param(b"lockfileVersion: '9.0'\npackages: {a: [}\n", {"syntax"}, id="broken"),
        pytest.param(b"- " * DEEP + b"x\n", {"too-deep"}, id="deep sequences"),
        pytest.param(b"a: 1\n---\nb: 2\n---\nc: 3\n", {"syntax"}, id="three documents"),
    ],
)
def test_yaml(tmp_path: Path, data: bytes, expected: set[str]) -> None:
    assert reasons(read_beside_a_good_file(tmp_path, "pnpm-lock.yaml", data), "pnpm-lock.yaml") == expected


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("package-lock.json", b'{"name": "x", "lockfileVersion": 99, "packages": {}}'),
        ("package-lock.json", b'{"name": "x", "lockfileVersion": "latest", "packages": {}}'),
        ("pnpm-lock.yaml", b"lockfileVersion: '99.0'\n"),
        ("yarn.lock", b"__metadata:\n  version: 999\n"),
        ("bun.lock", b'{"lockfileVersion": 99, "packages": {}}'),
        ("uv.lock", b"version = 99\n"),
        ("poetry.lock", b'[metadata]\nlock-version = "99.0"\n'),
        ("pdm.lock", b'[metadata]\nlock_version = "99.0"\n'),
        ("pylock.toml", b'lock-version = "99.0"\n'),
        ("Pipfile.lock", b'{"_meta": {"pipfile-spec": 99}, "default": {}}'),
        ("bom.json", b'{"bomFormat": "CycloneDX", "specVersion": "99.0", "components": []}'),
        ("x.spdx.json", b'{"spdxVersion": "SPDX-99.0", "packages": []}'),
    ],
)
def test_a_version_that_nobody_knows_is_a_gap_not_an_empty_list(tmp_path: Path, name: str, data: bytes) -> None:
    assert reasons(read_beside_a_good_file(tmp_path, name, data), name) == {"unknown-version"}


def test_the_binary_lockfile_of_bun_is_a_gap(tmp_path: Path) -> None:
    inventory = read_beside_a_good_file(tmp_path, "bun.lockb", b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0\1\2")
    assert reasons(inventory, "bun.lockb") == {"binary-lockfile"}


READABLE = [
    ("package-lock.json", b'{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}'),
    ("package.json", b'{"name": "x", "dependencies": {"a": "1.0.0"}}'),
    ("requirements.txt", b"a==1.0.0\n"),
    ("pyproject.toml", b'[project]\nname = "x"\ndependencies = ["a==1.0.0"]\n'),
    ("pnpm-lock.yaml", b"lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-aaaa}\n"),
]


@pytest.mark.parametrize(("name", "data"), READABLE)
def test_a_byte_order_mark_is_said_and_nothing_is_lost(tmp_path: Path, name: str, data: bytes) -> None:
    inventory = read_beside_a_good_file(tmp_path, name, b"\xef\xbb\xbf" + data)
    assert "byte-order-mark" in reasons(inventory, name)
    assert "a" in {component.name for component in inventory.components}


def test_a_key_that_stands_twice_is_said_and_the_last_one_counts(tmp_path: Path) -> None:
    entry = b'"node_modules/a": {"version": "1.0.0"}'
    data = b'{"lockfileVersion": 3, "packages": {' + entry + b", " + entry.replace(b"1.0.0", b"2.0.0") + b"}}"
    inventory = read_beside_a_good_file(tmp_path, "package-lock.json", data)
    assert "duplicate-key" in reasons(inventory, "package-lock.json")
    assert "pkg:npm/a@2.0.0" in {component.purl for component in inventory.components}


def test_the_command_ends_with_exit_3_names_the_file_and_finds_the_rest(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "package-lock.json").write_text("{", encoding="utf-8")
    bad = (FIXTURES / "planted" / "npm-v3" / "bad" / "package-lock.json").read_bytes()
    (tmp_path / "package-lock.json").write_bytes(bad)
    for format_name in ("json", "sarif", "cyclonedx", "table"):
        result = assay("scan", tmp_path, "-f", format_name)
        assert result.returncode == 3
        assert "Traceback" not in result.stderr
        if format_name != "cyclonedx":
            assert "broken/package-lock.json" in result.stdout
        if format_name != "table":
            json.loads(result.stdout)
    report = json.loads(assay("scan", tmp_path, "-f", "json").stdout)
    assert report["coverage"]["status"] == "incomplete"
    assert {finding["rule"] for finding in report["findings"]} >= {"MAL-001", "ADV-001", "IOC-001"}
    assert assay("scan", tmp_path, "--allow-incomplete").returncode == 0
    assert assay("scan", tmp_path, "--exit-code").returncode == 1
