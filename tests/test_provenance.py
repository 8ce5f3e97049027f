"""Artifacts and the provenance beside them, as a user scans them: exit codes, the report, and what is never said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.archives import tarball, wheel
from tests.attestations import NPM_PUBLISH, built, provenance, registry, statement, subject
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

NAME = "demo-1.0.0"
PURL = "pkg:npm/demo@1.0.0"
HOME = {"type": "git", "url": "git+https://github.com/example-invalid/demo.git"}


def attested(data: bytes, by: str = "https://github.com/example-invalid/demo") -> bytes:
    one = subject(PURL, data, "sha512")
    said = {"name": "demo", "version": "1.0.0", "registry": "https://registry.example.invalid"}
    return registry(statement(one, predicate=NPM_PUBLISH, said=said), built(one, by=by))


def report(*arguments: str | Path, code: int) -> Any:
    done = assay("scan", "--no-cache", "--format", "json", "--exit-code", *arguments)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def told(found: Any) -> list[tuple[str, str, str]]:
    return [
        (one["severity"], one["purl"], one["evidence"][0]) for one in found["findings"] if one["rule"] == "PROV-001"
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tarball(repository=HOME)
    (tmp_path / f"{NAME}.tgz").write_bytes(data)
    (tmp_path / f"{NAME}.attestations.json").write_bytes(attested(data))
    return tmp_path


def test_provenance_that_matches_changes_nothing(folder: Path) -> None:
    found = report(folder, "--profile", "all", code=0)
    assert told(found) == []
    assert found["coverage"]["status"] == "complete"
    (folder / f"{NAME}.attestations.json").unlink()
    alone = report(folder, "--profile", "all", code=0)
    assert told(alone) == [("info", "pkg:generic/.", "unattested")]
    others = [one for one in alone["findings"] if one["rule"] != "PROV-001"]
    assert others == found["findings"]
    assert report(folder, code=0)["findings"] == []


@pytest.mark.parametrize("named", [False, True])
def test_a_tarball_that_was_exchanged(folder: Path, named: bool) -> None:
    archive = folder / f"{NAME}.tgz"
    archive.write_bytes(tarball({"index.js": b"exports.x = 2;\n"}, repository=HOME))
    targets = [archive, folder / f"{NAME}.attestations.json"] if named else [folder]
    found = report(*targets, code=1)
    assert told(found) == [("high", PURL, "attested-digest")]
    assert [one["location"]["path"] for one in found["findings"]] == [f"{NAME}.attestations.json"]


def test_a_tarball_of_another_repository(folder: Path) -> None:
    data = (folder / f"{NAME}.tgz").read_bytes()
    (folder / f"{NAME}.attestations.json").write_bytes(attested(data, by="https://github.com/fork/demo"))
    found = report(folder, code=0)
    assert told(found) == [("medium", PURL, "attested-repository")]


def test_provenance_within_a_project(folder: Path) -> None:
    (folder / "package.json").write_text('{"name": "app", "version": "1.0.0"}', encoding="utf-8")
    (folder / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {"": {}}}', encoding="utf-8")
    (folder / f"{NAME}.tgz").write_bytes(tarball({"index.js": b"exports.x = 2;\n"}))
    assert told(report(folder, code=1)) == [("high", PURL, "attested-digest")]
    assert told(report(folder, "--no-code", code=1)) == [("high", PURL, "attested-digest")]


def test_provenance_that_cannot_be_read_is_a_gap(folder: Path) -> None:
    (folder / f"{NAME}.attestations.json").write_bytes(b'{"attestations": [{"bundle": {"dsseEnvelope"')
    found = report(folder, code=3)
    assert found["coverage"]["gaps"] == [
        {
            "detail": "not valid JSON: cut off, or with something after its end",
            "path": f"{NAME}.attestations.json",
            "reason": "truncated",
        }
    ]


def test_provenance_alone_is_nothing_to_judge(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.attestations.json").write_bytes(attested(b""))
    found = report(tmp_path, code=3)
    assert [gap["reason"] for gap in found["coverage"]["gaps"]] == ["nothing-recognised"]


def test_a_wheel_and_its_provenance_in_any_order_and_process(tmp_path: Path) -> None:
    name = "demo-1.0-py3-none-any.whl"
    (tmp_path / name).write_bytes(wheel())
    (tmp_path / f"{name}.provenance").write_bytes(provenance(statement(subject(name, b"other", "sha512"))))
    done = assay("scan", "--no-cache", "--verify-determinism", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "PROV-001" in done.stdout


def test_the_page_says_that_signatures_are_not_verified() -> None:
    assert "signatures are NOT verified" in " ".join(assay("explain", "PROV-001").stdout.split())
